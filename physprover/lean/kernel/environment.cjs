// What is declared: the library's constants, trusted, and those added on top, each checked before it is there.
"use strict";

const levels = require("./level.cjs");
const { APP, CONST, FVAR, PI, PROJ, SORT, Terms, app, apply, bvar, constant, levelList, noLevels, pi, some, sort } = require("./term.cjs");
const { Checker } = require("./infer.cjs");
const { Declaration, shown } = require("./declaration.cjs");
const { Family } = require("./inductive.cjs");
const { Literals } = require("./literal.cjs");
const { Malformed, Refused } = require("./errors.cjs");

const QUOTIENT = { Quot: "type", "Quot\u0001mk": "mk", "Quot\u0001lift": "lift", "Quot\u0001ind": "ind" };

const RESERVED = /^_nested(\u0001|$)/;

class Environment {
  // `library`: {find(name)} of trusted declarations, or null. `known`: {find(name)} of declarations whose arithmetic may be
  // computed with numbers, where an own declaration is the same; null: the library's.
  constructor(library, known = null) {
    this.library = library;
    this.known = known;
    this.own = new Map();
    this.axioms = []; // names of those added
    this.renew();
  }

  find(name) { return this.own.get(name) ?? this.library?.find(name); }
  need(name) {
    const found = this.find(name);
    if (found === undefined) throw new Refused(`${shown(name)} is used before it is declared`);
    return found;
  }

  // The constants of literals, after something was added that they may be.
  renew() {
    const find = name => this.find(name);
    this.literals = new Literals(find).trust(find, d => d.library || (this.known !== null && sameDefinition(d, this.known.find(d.name))));
    this.checker = new Checker(this);
  }

  // -- adding --------------------------------------------------------------------
  axiom(name, params, type) {
    this.statement(name, params, type);
    this.axioms.push(name);
    return this.enter(new Declaration(name, "axiom", params, type));
  }
  definition(name, params, type, value, height) { return this.valued("definition", name, params, type, value, height); }
  opaque(name, params, type, value) { return this.valued("opaque", name, params, type, value, -1); }
  theorem(name, params, type, value) {
    const level = this.statement(name, params, type);
    if (!levels.isZero(level)) throw new Refused(`the theorem ${shown(name)} states no proposition`);
    return this.valued("theorem", name, params, type, value, -1);
  }

  valued(kind, name, params, type, value, height) {
    this.statement(name, params, type);
    this.closed(name, params, value);
    const { checker } = this;
    if (!checker.equal(checker.check(value), type)) throw new Refused(`${shown(name)} has another type than the one declared`);
    const d = new Declaration(name, kind, params, type);
    d.ownValue = value;
    d.height = height;
    return this.enter(d);
  }

  // Signature of a constant: the level of its type.
  statement(name, params, type) {
    this.unused(name);
    if (new Set(params).size !== params.length) throw new Refused(`${shown(name)} declares a universe parameter twice`);
    this.closed(name, params, type);
    return this.checker.sortOf(type, true);
  }
  unused(name) {
    if (name === "") throw new Refused("a constant without a name");
    if (this.find(name) !== undefined) throw new Refused(`${shown(name)} is declared already`);
  }
  closed(name, params, t) {
    if (t.loose > 0) throw new Refused(`${shown(name)}: a bound variable without its binder`);
    if (t.fv > 0) throw new Refused(`${shown(name)}: a free variable`);
    const declared = new Set(params);
    const strange = l => {
      const found = levels.undeclared(l, declared);
      if (found !== null) throw new Refused(`${shown(name)}: the universe parameter ${shown(found)} is not declared`);
      return false;
    };
    if (t.hasParam) some(t, u => u.tag === SORT ? strange(u.a) : u.tag === CONST && u.b.items.some(strange));
    some(t, u => { if (u.tag === CONST && !u.a.safe) throw new Refused(`${shown(name)} uses ${shown(u.a.name)}, which is unsafe`); return false; });
  }

  // A declaration that was checked on top of the same library before.
  take(d) {
    this.unused(d.name);
    this.own.set(d.name, d);
  }

  enter(d) {
    this.own.set(d.name, d);
    if (this.known !== null || this.library === null) this.renew();
    return d;
  }

  // A family of inductive types. `types`: [{name, type}]; `constructors(i)`: [{name, type}] of the i-th, asked once the
  // types are declared. Returns {types, constructors, recursors}, derived here.
  inductive(params, numParams, types, constructors) {
    if (!Number.isSafeInteger(numParams) || numParams < 0) throw new Malformed("a number of parameters that is none");
    if (types.length === 0) throw new Refused("a family of no types");
    const names = new Set(), claim = name => {
      if (names.has(name)) throw new Refused(`${shown(name)} is declared twice`);
      names.add(name);
      this.unused(name);
    };
    types.forEach(t => claim(t.name));
    for (const { name, type } of types) this.statementOnly(name, params, type);
    const family = new Family(this.checker, params, numParams, types), declared = family.types.map(e => e.declaration);
    for (const d of declared) this.own.set(d.name, d);
    try {
      const given = types.map((_, i) => constructors(i));
      for (const c of given.flat()) { claim(c.name); this.statementOnly(c.name, params, c.type); }
      const made = family.addConstructors(given);
      const recursorName = i => i < types.length ? types[i].name + "\u0001rec" : types[0].name + "\u0001rec_" + (i - types.length + 1);
      const recursors = family.recursors(recursorName);
      for (const r of recursors) claim(r.name);
      for (const d of [...made.flat(), ...recursors]) this.own.set(d.name, d);
      this.renew();
      return { types: declared, constructors: made, recursors };
    } catch (error) {
      for (const d of declared) this.own.delete(d.name);
      throw error;
    }
  }
  statementOnly(name, params, type) {
    if (new Set(params).size !== params.length) throw new Refused(`${shown(name)} declares a universe parameter twice`);
    this.closed(name, params, type);
    // Harmless here, where further types have no names; Lean refuses it since #14616, for there they have these.
    if (some(type, t => (t.tag === CONST || t.tag === PROJ) && RESERVED.test(t.a.name))) throw new Refused(`${shown(name)} mentions a name that Lean keeps for nested types`);
  }

  // One of the four constants of quotients, with exactly its type.
  quotient(name, params, type) {
    const role = Object.hasOwn(QUOTIENT, name) ? QUOTIENT[name] : undefined;
    if (role === undefined) throw new Refused(`${shown(name)} is no constant of quotients`);
    this.statement(name, params, type);
    if (params.length !== (role === "lift" ? 2 : 1)) throw new Refused(`${shown(name)} has other universe parameters than quotients have`);
    if (type !== this.quotientType(role, params.map(n => levels.param(n)))) throw new Refused(`${shown(name)} has another type than quotients have`);
    const d = new Declaration(name, "quotient", params, type);
    d.data = { role };
    return this.enter(d);
  }
  quotientType(role, [u, v]) {
    const b = bvar, arrow = (x, y) => pi(x, y), prop = sort(levels.zero); // in `arrow` the codomain counts one more binder
    const made = (name, args) => {
      const d = this.need(name);
      if (d.kind !== "quotient") throw new Refused(`${shown(name)} is declared as something else than quotients`);
      return apply(constant(d, levelList([u])), args);
    };
    const relation = pi(b(0), pi(b(1), prop)), quot = (a, r) => made("Quot", [a, r]);
    if (role === "type") return pi(sort(u), pi(relation, sort(u)));
    if (role === "mk") return pi(sort(u), pi(relation, pi(b(1), quot(b(2), b(1)))));
    if (role === "ind") {
      const mk = made("Quot\u0001mk", [b(3), b(2), b(0)]);
      return pi(sort(u), pi(relation, pi(pi(quot(b(1), b(0)), prop), pi(pi(b(2), app(b(1), mk)), pi(quot(b(3), b(2)), app(b(2), b(0)))))));
    }
    const eq = this.need("Eq");
    if (!isEquality(eq)) throw new Refused("quotients need Eq, and this one is another");
    // α r β f, then: ∀ a b, r a b → f a = f b
    const same = apply(constant(eq, levelList([v])), [b(4), app(b(3), b(2)), app(b(3), b(1))]);
    const respects = pi(b(3), pi(b(4), arrow(apply(b(4), [b(1), b(0)]), same)));
    return pi(sort(u), pi(relation, pi(sort(v), pi(arrow(b(2), b(1)), arrow(respects, arrow(quot(b(4), b(3)), b(3)))))));
  }
}

// Eq: ∀ {α : Sort u}, α → α → Prop with the one constructor refl : ∀ (a : α), a = a.
function isEquality(d) {
  if (d.kind !== "inductive" || d.params.length !== 1 || d.data.constructors.length !== 1) return false;
  const u = levels.param(d.params[0]), [refl] = d.data.constructors, of = (...args) => apply(constant(d, levelList([u])), args);
  const reflU = levels.param(refl.params[0]);
  return d.type === pi(sort(u), pi(bvar(0), pi(bvar(1), sort(levels.zero))))
    && refl.type === pi(sort(reflU), pi(bvar(0), apply(constant(d, levelList([reflU])), [bvar(1), bvar(0), bvar(0)])));
}

// Whether a definition reads like one that is known, through the names of all it mentions.
function sameDefinition(d, known, seen = new Map()) {
  if (d === known) return true;
  if (known === undefined || d.name !== known.name || d.kind !== known.kind || d.params.length !== known.params.length) return false;
  if (seen.has(d)) return seen.get(d) === known;
  seen.set(d, known);
  const rename = new Map(known.params.map((n, i) => [n, levels.param(d.params[i])]));
  const sameLevel = (l, k) => l === levels.instantiate(k, rename);
  const pairs = new Map();
  const same = (t, k) => {
    if (t === k) return true;
    if (t.tag !== k.tag) return false;
    const met = pairs.get(t);
    if (met === k) return true;
    pairs.set(t, k);
    switch (t.tag) {
      case SORT: return sameLevel(t.a, k.a);
      case CONST: return t.b.items.length === k.b.items.length && t.b.items.every((l, i) => sameLevel(l, k.b.items[i])) && sameDefinition(t.a, k.a, seen);
      case 9: case 10: return t.a === k.a;
      case 0: return t.a === k.a;
      case 11: return t.b === k.b && sameDefinition(t.a, k.a, seen) && same(t.c, k.c);
      case 8: return same(t.a, k.a) && same(t.b, k.b) && same(t.c, k.c);
      default: return t.tag !== FVAR && same(t.a, k.a) && same(t.b, k.b);
    }
  };
  if (!same(d.type, known.type)) return false;
  switch (d.kind) {
    case "definition": return same(d.value, known.value);
    case "inductive": return d.data.constructors.length === known.data.constructors.length && d.data.numParams === known.data.numParams
      && d.data.constructors.every((c, i) => sameDefinition(c, known.data.constructors[i], seen));
    case "constructor": return sameDefinition(d.data.inductive, known.data.inductive, seen);
    case "recursor": return d.data.rules.length === known.data.rules.length; // derived from its type
    default: return true;
  }
}

module.exports = { Environment, sameDefinition };
