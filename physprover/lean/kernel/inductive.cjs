// Inductive types: what a family must satisfy, and the recursors it gets. Reference: Carneiro, "The Type Theory of Lean",
// section 2.6; Dybjer, "Inductive families" (1994).
//
// A type nested in others (a field of type `List Tree`) is read as a mutual family: `List Tree` becomes one more type, with
// the constructors of List for Tree. These further types are declarations without a name, so nothing can mention them; the
// recursors are derived for the larger family and then speak of `List Tree` again.
"use strict";

const levels = require("./level.cjs");
const { APP, CONST, LAM, LET, PI, PROJ, SORT, Terms, app, apply, arity, close, constant, fvar, head, instantiate, instantiate1, levelList, replace, some, sort, spine, step } = require("./term.cjs");
const { Declaration, shown } = require("./declaration.cjs");
const { Exhausted, Refused } = require("./errors.cjs");

const MAX_NESTED = 256;

class Family {
  // `types`: [{name, type}]; `params`: names of universe parameters; `numParams`: parameters that all types share
  constructor(checker, params, numParams, types) {
    this.checker = checker;
    this.params = params;
    this.list = levelList(params.map(n => levels.param(n)));
    this.numParams = numParams;
    this.depth = 0; // of the next free variable
    this.types = [];
    this.members = new Map(); // Declaration -> its entry in `types`
    for (const { name, type } of types) this.addType(name, type);
  }

  variable(type) { return fvar(this.depth++, type); }

  addType(name, type) {
    const { checker } = this, first = this.types.length === 0;
    checker.sortOf(type, true);
    const rest = this.open(type, this.numParams, first ? null : this.parameters);
    if (first) this.parameters = rest.vars;
    let numIndices = 0, body = rest.body;
    const vars = [];
    for (; body.tag === PI; body = body.b, numIndices++) vars.push(this.variable(instantiate(body.a, vars)));
    const result = checker.whnf(instantiate(body, vars));
    if (result.tag !== SORT) throw new Refused(`${shown(name)} is no type`);
    if (first) this.level = result.a;
    else if (!levels.equal(this.level, result.a)) throw new Refused("types of one family in different universes");
    const declaration = new Declaration(name, "inductive", this.params, type);
    declaration.data = { numParams: this.numParams, numIndices, numNested: 0, all: [], constructors: [], isRec: false, isReflexive: false };
    return this.enter({ declaration, numIndices, indexTypes: rest.body, nested: null });
  }
  enter(entry) {
    entry.constructors = [];
    entry.applied = apply(constant(entry.declaration, this.list), this.parameters);
    this.types.push(entry);
    this.members.set(entry.declaration, entry);
    return entry.declaration;
  }

  // `type` after its first `n` binders, on fresh variables or on `known`, whose types they must have.
  open(type, n, known) {
    const vars = [];
    let body = type;
    for (let i = 0; i < n; i++, body = body.b) {
      if (body.tag !== PI) throw new Refused("fewer parameters than declared");
      const domain = instantiate(body.a, vars);
      if (known !== null && !this.checker.equal(domain, known[i].b)) throw new Refused("parameters of another type than the family's");
      vars.push(known === null ? this.variable(domain) : known[i]);
    }
    return { vars, body: instantiate(body, vars) };
  }

  mentions(t) { return some(t, u => u.tag === CONST && this.members.has(u.a)); }

  // -- constructors --------------------------------------------------------------
  // `given`: for each type, its [{name, type}]
  addConstructors(given) {
    const { checker } = this, own = this.types.length;
    for (let i = 0; i < own; i++) {
      given[i].forEach(({ name, type }, index) => {
        checker.sortOf(type, true); // as written: parameters of a nested type that its own constructors do not use are checked here
        const { body } = this.open(type, this.numParams, this.parameters);
        this.requireUniform(body, name);
        this.addConstructor(this.types[i], name, type, index, body);
      });
    }
    for (let i = 0; i < this.types.length; i++) { // grows as nested types are met
      for (const c of this.types[i].constructors) c.body = this.flatten(c.body);
    }
    const nested = this.types.length - own;
    for (const entry of this.types) for (const c of entry.constructors) this.analyse(entry, c);
    const isRec = this.types.some(e => e.constructors.some(c => c.fields.some(f => f.recursive !== null)));
    const isReflexive = this.types.some(e => e.constructors.some(c => c.fields.some(f => f.recursive !== null && f.recursive.vars.length > 0)));
    const all = this.types.slice(0, own).map(e => e.declaration.name);
    for (const e of this.types) {
      Object.assign(e.declaration.data, { isRec, isReflexive, all, numNested: nested, constructors: e.constructors.map(c => c.declaration) });
      for (const c of e.constructors) c.declaration.data.numFields = c.fields.length;
    }
    Terms.forget(); // what was learnt of types without constructors
    return this.types.slice(0, own).map(e => e.constructors.map(c => c.declaration));
  }
  addConstructor(entry, name, type, index, body) {
    const declaration = new Declaration(name, "constructor", this.params, type);
    declaration.data = { inductive: entry.declaration, index, numParams: this.numParams, numFields: 0 };
    entry.constructors.push({ declaration, body, fields: [], indices: [] });
  }

  // A type of the family stands only applied to the parameters and universe levels it was declared with.
  requireUniform(t, name) {
    const seen = new Set();
    const go = u => {
      if (seen.has(u)) return;
      seen.add(u);
      step();
      const f = head(u);
      if (f.tag === CONST && this.members.has(f.a)) {
        const args = spine(u);
        if (f.b !== this.list || args.length < this.numParams || this.parameters.some((p, i) => args[i] !== p)) throw new Refused(`${shown(name)}: ${shown(f.a.name)} with other parameters than its own`);
        args.slice(this.numParams).forEach(go);
        return;
      }
      switch (u.tag) {
        case APP: case LAM: case PI: go(u.a); go(u.b); break;
        case LET: go(u.a); go(u.b); go(u.c); break;
        case PROJ: go(u.c); break;
      }
    };
    go(t);
  }

  // `t` with each nested type (`List Tree`) replaced by a further member of the family.
  flatten(t) {
    return replace(t, u => {
      if (u.tag !== APP) return undefined;
      const f = head(u);
      if (f.tag !== CONST || f.a.kind !== "inductive" || this.members.has(f.a)) return undefined;
      const args = spine(u), n = f.a.data.numParams;
      if (n === 0 || args.length < n || !args.slice(0, n).some(x => this.mentions(x))) return undefined;
      const outer = apply(f, args, 0, n);
      if (outer.loose > 0) throw new Refused(`${shown(f.a.name)} nests a type with a bound variable among its parameters`);
      return apply(this.nested(outer), args.slice(n).map(x => this.flatten(x)));
    });
  }
  nested(outer) { // the member that stands for `outer`, applied to the parameters
    for (const e of this.types) if (e.nested === outer) return e.applied;
    const f = head(outer), args = spine(outer);
    const family = f.a.data.all.map(n => this.checker.environment.need(n));
    for (const d of family) {
      if (this.types.length >= MAX_NESTED) throw new Exhausted("memory", "too many nested types");
      const over = apply(constant(d, f.b), args), body = instantiatePis(d.typeAt(f.b), args);
      const type = close(PI, body, this.parameters);
      const result = resultSort(this, body);
      if (!levels.equal(result, this.level)) throw new Refused(`${shown(d.name)} nests a type of another universe`);
      const declaration = new Declaration("", "inductive", this.params, type);
      declaration.data = { numParams: this.numParams, numIndices: d.data.numIndices, numNested: 0, all: [], constructors: [], isRec: true, isReflexive: false };
      this.enter({ declaration, numIndices: d.data.numIndices, indexTypes: body, nested: over });
      const entry = this.types[this.types.length - 1];
      d.data.constructors.forEach((c, index) => {
        const inside = instantiatePis(c.typeAt(f.b), args);
        this.addConstructor(entry, "", null, index, inside);
        const made = entry.constructors[index];
        made.original = apply(constant(c, f.b), args);
      });
    }
    return this.types.find(e => e.nested === outer).applied;
  }

  // Fields of a constructor: universes, positivity, and which are recursive.
  analyse(entry, c) {
    const { checker } = this, what = c.declaration.name ? shown(c.declaration.name) : "a constructor of a nested type";
    if (c.declaration.ownType === null) c.declaration.ownType = close(PI, c.body, this.parameters);
    if (this.types.some(e => e.nested !== null)) checker.sortOf(c.body, true);
    const proposition = levels.isZero(this.level), vars = [];
    let body = c.body;
    for (; body.tag === PI; body = body.b) {
      const type = instantiate(body.a, vars), level = checker.sortOf(type, false);
      if (!proposition && !levels.leq(level, this.level)) throw new Refused(`${what}: a field in a larger universe than the type`);
      const v = this.variable(type);
      vars.push(v);
      c.fields.push({ variable: v, type, level, recursive: this.recursive(type, what) });
    }
    const result = instantiate(body, vars), found = this.member(result);
    if (found !== entry) throw new Refused(`${what} makes no value of its type`);
    c.indices = spine(result).slice(this.numParams);
  }

  // The entry whose type `t` is, with the family's parameters and indices that do not mention the family; else null.
  member(t) {
    const f = head(t);
    const entry = f.tag === CONST ? this.members.get(f.a) : undefined;
    if (entry === undefined || f.b !== this.list) return null;
    const args = spine(t);
    if (args.length !== this.numParams + entry.numIndices) return null;
    for (let i = 0; i < this.numParams; i++) if (args[i] !== this.parameters[i]) return null;
    return args.slice(this.numParams).some(x => this.mentions(x)) ? null : entry;
  }

  // {vars, entry, indices} of a recursive field `∀ vars, entry indices`; null if the family does not occur. Refuses a
  // negative occurrence.
  recursive(type, what) {
    const vars = [];
    let t = this.checker.whnf(type);
    if (!this.mentions(t)) return null;
    while (t.tag === PI) {
      if (this.mentions(t.a)) throw new Refused(`${what}: the type occurs to the left of an arrow`);
      const v = this.variable(t.a);
      vars.push(v);
      t = this.checker.whnf(instantiate1(t.b, v));
      if (!this.mentions(t)) return null;
    }
    const entry = this.member(t);
    if (entry === null) throw new Refused(`${what}: the type occurs where it may not`);
    return { vars, entry, indices: spine(t).slice(this.numParams) };
  }

  // -- recursors -----------------------------------------------------------------
  // Whether the recursors give data (elements of any universe), not only proofs.
  givesData() {
    if (levels.neverZero(this.level)) return true;
    if (this.types.length > 1) return false;
    const { constructors } = this.types[0];
    if (constructors.length > 1) return false;
    if (constructors.length === 0) return true;
    const [{ fields, indices }] = constructors;
    return fields.every(f => levels.isZero(f.level) || indices.includes(f.variable));
  }

  // Recursors of all types, the nested ones' last. `nameOf(i)`: the name of the i-th.
  recursors(nameOf) {
    const data = this.givesData();
    let name = "u";
    for (let i = 1; this.params.includes(name); i++) name = "u_" + i;
    const elim = data ? levels.param(name) : levels.zero, params = data ? [name, ...this.params] : this.params;
    const list = levelList(params.map(n => levels.param(n))), { parameters } = this;
    const k = levels.isZero(this.level) && this.types.length === 1 && this.types[0].constructors.length === 1 && this.types[0].constructors[0].fields.length === 0;

    for (const e of this.types) {
      e.indices = [];
      for (let body = e.indexTypes; body.tag === PI; body = body.b) e.indices.push(this.variable(instantiate(body.a, e.indices)));
      e.major = this.variable(apply(e.applied, e.indices));
      e.motive = this.variable(close(PI, sort(elim), [...e.indices, e.major]));
    }
    const motives = this.types.map(e => e.motive), minors = [];
    for (const e of this.types) for (const c of e.constructors) {
      const fields = c.fields.map(f => f.variable);
      c.made = apply(apply(constant(c.declaration, this.list), parameters), fields);
      const hypotheses = [];
      for (const f of c.fields) {
        if (f.recursive === null) continue;
        const { vars, entry, indices } = f.recursive;
        hypotheses.push(this.variable(close(PI, app(apply(entry.motive, indices), apply(f.variable, vars)), vars)));
      }
      c.conclusion = app(apply(e.motive, c.indices), c.made);
      c.minor = this.variable(close(PI, close(PI, c.conclusion, hypotheses), fields));
      minors.push(c.minor);
    }

    const back = t => this.unflatten(t), made = this.types.map((e, i) => {
      const vars = [...motives, ...minors, ...e.indices, e.major];
      const type = close(PI, back(close(PI, app(apply(e.motive, e.indices), e.major), vars)), parameters);
      const d = new Declaration(nameOf(i), "recursor", params, type);
      d.data = { all: this.types[0].declaration.data.all, numParams: this.numParams, numIndices: e.numIndices, numMotives: motives.length, numMinors: minors.length, k, rules: [] };
      e.recursor = d;
      return d;
    });
    for (const e of this.types) for (const c of e.constructors) {
      const fields = c.fields.map(f => f.variable), shared = [...motives, ...minors];
      const results = c.fields.filter(f => f.recursive !== null).map(({ variable, recursive: { vars, entry, indices } }) =>
        close(LAM, app(apply(apply(apply(constant(entry.recursor, list), parameters), shared), indices), apply(variable, vars)), vars));
      const all = [...shared, ...fields];
      const rhs = close(LAM, back(close(LAM, apply(apply(c.minor, fields), results), all)), parameters);
      const expected = close(PI, back(close(PI, c.conclusion, all)), parameters);
      e.recursor.data.rules.push({ constructor: c.original === undefined ? c.declaration : head(c.original).a, numFields: fields.length, rhs, expected });
    }
    // Redundant, and cheap: what was derived is well-typed, nested types put back.
    for (const d of made) {
      this.checker.sortOf(d.type, true);
      for (const rule of d.data.rules) if (!this.checker.equal(this.checker.check(rule.rhs), rule.expected)) throw new Refused(`${shown(d.name)} has an ill-typed rule`);
    }
    return made;
  }

  // The nested types and their constructors in the place of the members that stood for them.
  unflatten(t) {
    if (this.types.every(e => e.nested === null)) return t;
    const originals = new Map();
    for (const e of this.types) if (e.nested !== null) {
      originals.set(e.applied, e.nested);
      for (const c of e.constructors) originals.set(apply(constant(c.declaration, this.list), this.parameters), c.original);
    }
    return replace(t, u => originals.get(u));
  }
}

function instantiatePis(type, args) {
  let body = type;
  for (let i = 0; i < args.length; i++, body = body.b) if (body.tag !== PI) throw new Refused("a nested type with fewer parameters than it is given");
  return instantiate(body, args);
}
function resultSort(family, body) {
  const vars = [];
  for (; body.tag === PI; body = body.b) vars.push(family.variable(instantiate(body.a, vars)));
  const s = family.checker.whnf(instantiate(body, vars));
  if (s.tag !== SORT) throw new Refused("a nested type that is none");
  return s.a;
}

module.exports = { Family };
