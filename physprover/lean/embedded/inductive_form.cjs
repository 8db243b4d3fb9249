// The only inductive types that a submission may declare: those whose shape can be read off, without any reduction, to lie
// outside the parts of Lean's kernel that had soundness bugs in 2026 (leanprover/lean4 #14576, #14577, #14582, #14807):
// * the type of each family is a telescope that ends in a `Sort` as written;
// * the family occurs in its constructors only as `I params indices` with the declaration's own universe and type
//   parameters, as the result or at the end of a field's own telescope, never inside another type or an index (no nested
//   types, no parameter that varies);
// * each field's type has a sort that can be read off its head constant or variable; no primitive projection occurs.
// The input is the exported form of the constants, so nothing here touches Lean's objects but the types of library
// constants. docs/verify.md says the same to users.
"use strict";

const BVAR = 0, SORT = 3, CONST = 4, APP = 5, LAMBDA = 6, PI = 7, LET = 8, PROJECTION = 11, PARAM = 4;

class InductiveForm {
  // `endsInSort(name, arity)`: whether the type of a library constant is, as written, a telescope of `arity` arguments
  // before a `Sort`.
  constructor({ names, levels, exprs, declarations }, endsInSort) {
    Object.assign(this, { names, levels, exprs, endsInSort });
    this.byName = new Map(declarations.map(d => [d.name, d]));
    this.mentions = new Map(); // family -> for each expression whether it mentions it
  }

  // Why the mutual family `all` is outside the class; null when it is inside.
  fault(all) {
    const types = all.map(name => this.byName.get(name)), [{ params, levels }] = types;
    const family = this.mentioning(new Set(all));
    for (const one of types) {
      if (one.params !== params || one.levels.join() !== levels.join()) return this.named(one, "has other parameters than its family");
      if (this.projects(one.type)) return this.named(one, "has a primitive projection in its type");
      const { domains, end } = this.telescope(one.type);
      if (this.exprs[end][0] !== SORT) return this.named(one, "does not end in a sort as written");
      if (domains.length < params) return this.named(one, "has fewer arguments than parameters");
      if (family[one.type]) return this.named(one, "mentions its own family in its type");
      for (const name of one.constructors) {
        const constructor = this.byName.get(name);
        if (constructor === undefined) return this.named(one, "lacks a constructor");
        const reason = this.constructorFault(constructor, one, new Set(all), family, params);
        if (reason) return this.named(constructor, reason);
      }
    }
    return null;
  }

  constructorFault(constructor, own, all, family, params) {
    if (constructor.levels.join() !== own.levels.join()) return "has other universe parameters than its type";
    if (this.projects(constructor.type)) return "has a primitive projection in a field";
    const { domains, end } = this.telescope(constructor.type);
    if (domains.length < params) return "has fewer arguments than its type has parameters";
    for (let i = 0; i < domains.length; i++) {
      const known = domains.slice(0, i);
      if (!this.hasPlainSort(domains[i], known)) return `has a field (argument ${i + 1}) whose sort cannot be read off`;
      if (i < params && family[domains[i]]) return "mentions its family in a parameter";
      if (!family[domains[i]]) continue;
      const inner = this.telescope(domains[i]);
      if (inner.domains.some(d => family[d])) return "has its family to the left of an arrow in a field";
      const reason = this.occurrenceFault(inner.end, all, family, own, params, known.length + inner.domains.length);
      if (reason) return `${reason} in a field`;
    }
    return this.occurrenceFault(end, new Set([own.name]), family, own, params, domains.length);
  }

  // `I params indices`, below `depth` binders of which the parameters are the outermost.
  occurrenceFault(e, allowed, family, own, params, depth) {
    const { head, args } = this.spine(e), [tag, name, levels] = this.exprs[head];
    if (tag !== CONST || !allowed.has(this.names[name])) return "has its family inside another type";
    const asDeclared = levels.length === own.levels.length &&
      levels.every((l, i) => this.levels[l][0] === PARAM && this.names[this.levels[l][1]] === own.levels[i]);
    if (!asDeclared) return "has its family at other universes";
    for (let i = 0; i < params; i++) {
      const row = args[i] === undefined ? [] : this.exprs[args[i]];
      if (row[0] !== BVAR || Number(row[1]) !== depth - 1 - i) return "has its family with other parameters";
    }
    return args.some(a => family[a]) ? "has its family in an index" : "";
  }

  // Whether the sort of type `e` shows without reduction; `known`: the types of the variables it may name, outermost first.
  hasPlainSort(e, known) {
    const { domains, end } = this.telescope(e), context = [...known];
    for (const domain of domains) {
      if (!this.hasPlainSort(domain, context)) return false;
      context.push(domain);
    }
    const { head, args } = this.spine(end), [tag, a] = this.exprs[head];
    switch (tag) {
      case SORT: return args.length === 0;
      case BVAR: {
        const type = context[context.length - 1 - Number(a)];
        return type !== undefined && this.sortAfter(type, args.length);
      }
      case CONST: {
        const own = this.byName.get(this.names[a]);
        return own ? this.sortAfter(own.type, args.length) : this.endsInSort(this.names[a], args.length);
      }
      default: return false;
    }
  }

  sortAfter(type, arity) {
    const { domains, end } = this.telescope(type);
    return domains.length === arity && this.exprs[end][0] === SORT;
  }

  telescope(e) {
    const domains = [];
    for (; this.exprs[e][0] === PI; e = this.exprs[e][3]) domains.push(this.exprs[e][2]);
    return { domains, end: e };
  }

  spine(e) {
    const args = [];
    for (; this.exprs[e][0] === APP; e = this.exprs[e][1]) args.push(this.exprs[e][2]);
    return { head: e, args: args.reverse() };
  }

  children([tag, a, b, c, d]) {
    switch (tag) {
      case APP: return [a, b];
      case LAMBDA: case PI: return [b, c];
      case LET: return [b, c, d];
      case PROJECTION: return [c];
      default: return [];
    }
  }

  // For each expression of the tables whether it mentions one of `names`: rows refer backwards, so one pass settles it.
  mentioning(names) {
    const found = new Array(this.exprs.length).fill(false);
    this.exprs.forEach((row, i) => {
      found[i] = (row[0] === CONST && names.has(this.names[row[1]])) || this.children(row).some(c => found[c]);
    });
    return found;
  }

  projects(e) {
    this.projecting ??= this.exprs.reduce((found, row, i) => {
      found[i] = row[0] === PROJECTION || this.children(row).some(c => found[c]);
      return found;
    }, []);
    return this.projecting[e];
  }

  named({ name }, reason) { return `inductive type: ${name.replace(/\u0001/g, ".").replace(/\u0002/g, "")} ${reason}`; }
}

module.exports = { InductiveForm };
