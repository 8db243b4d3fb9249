// Weak head normal forms: beta, zeta, projections, recursors on constructors (with K and eta for structures), quotients,
// numbers, and unfolding. `core` does all but the last two.
"use strict";

const { APP, CONST, LAM, LET, NAT, PROJ, STR, SORT, PI, FVAR, Terms, step, fresh, app, apply, arity, constant, head, instantiate, instantiate1, instantiateLevels, proj, spine, nat } = require("./term.cjs");
const { Refused } = require("./errors.cjs");
const { log2 } = require("./literal.cjs");

class Reducer {
  constructor(environment) {
    this.environment = environment;
    this.literals = environment.literals;
  }

  // -- without unfolding -------------------------------------------------------
  // `cheap`: what a projection is taken of is not unfolded either.
  core(t, cheap = false) {
    if (t.tag !== APP && t.tag !== PROJ && t.tag !== LET) return t;
    if (!cheap && fresh(t).core !== null) return t.core;
    let r = t;
    for (;;) {
      const next = this.coreStep(r, cheap);
      if (next === null) break;
      r = next;
      if (!cheap && (r.tag === APP || r.tag === PROJ) && fresh(r).core !== null) { r = r.core; break; }
    }
    if (!cheap) { fresh(t).core = r; fresh(r).core = r; }
    return r;
  }

  coreStep(t, cheap) { // one step, or null
    step();
    switch (t.tag) {
      case LET: return instantiate1(t.c, t.b);
      case PROJ: return this.project(t, cheap);
      case APP: break;
      default: return null;
    }
    const f = head(t);
    switch (f.tag) {
      case LAM: {
        const args = spine(t);
        let body = f, n = 0;
        while (body.tag === LAM && n < args.length) { body = body.b; n++; }
        return apply(instantiate(body, args, 0, n), args, n);
      }
      case LET: case PROJ: {
        const g = this.core(f, cheap);
        return g === f ? null : apply(g, spine(t));
      }
      case CONST:
        if (f.a.kind === "recursor") return this.recursor(f, t);
        if (f.a.kind === "quotient") return this.quotient(f, t);
        return null;
      default: return null;
    }
  }

  project(t, cheap) {
    let s = cheap ? this.core(t.c, true) : this.whnf(t.c);
    if (s.tag === STR) s = this.whnf(this.literals.stringTerm(s));
    const f = head(s);
    if (f.tag !== CONST || f.a.kind !== "constructor" || f.a.data.inductive !== t.a) return null;
    const args = spine(s), { numParams, numFields } = f.a.data;
    return t.b < numFields && args.length === numParams + numFields ? args[numParams + t.b] : null;
  }

  recursor(f, t) {
    const { numParams, numMotives, numMinors, numIndices, rules, k } = f.a.data, place = numParams + numMotives + numMinors + numIndices;
    if (arity(t) <= place || f.b.items.length !== f.a.params.length) return null;
    const args = spine(t);
    let major = args[place];
    if (k) major = this.byK(f.a, major) ?? major;
    major = this.whnf(major);
    if (major.tag === NAT) major = this.literals.natConstructor(major);
    else if (major.tag === STR) major = this.whnf(this.literals.stringTerm(major));
    major = this.byEta(f.a, major);
    const c = head(major);
    if (c.tag !== CONST || c.a.kind !== "constructor") return null;
    const rule = rules.find(r => r.constructor === c.a);
    if (rule === undefined) return null;
    const given = spine(major);
    if (given.length !== c.a.data.numParams + rule.numFields) return null;
    const rhs = apply(ruleAt(f, rule), args, 0, numParams + numMotives + numMinors);
    return apply(apply(rhs, given, given.length - rule.numFields), args, place + 1);
  }

  // K: any proof of a proposition with one constructor without fields is that constructor, if the types agree.
  byK(recursor, major) {
    const type = this.whnf(this.infer(major)), f = head(type);
    const rule = recursor.data.rules[0];
    if (f.tag !== CONST || rule === undefined || f.a !== rule.constructor.data.inductive) return null;
    const made = apply(constant(rule.constructor, f.b), spine(type), 0, rule.constructor.data.numParams);
    return this.equal(type, this.infer(made)) ? made : null;
  }

  // Eta: a value of a structure is the constructor applied to its projections.
  byEta(recursor, major) {
    const c = head(major);
    if (c.tag === CONST && c.a.kind === "constructor") return major;
    const [rule] = recursor.data.rules;
    if (recursor.data.rules.length !== 1 || !isStructure(rule.constructor.data.inductive)) return major;
    const type = this.whnf(this.infer(major)), f = head(type);
    if (f.tag !== CONST || f.a !== rule.constructor.data.inductive || this.isProposition(type)) return major;
    return this.expand(rule.constructor, f.b, type, major);
  }
  expand(constructor, list, type, value) {
    const { numParams, numFields, inductive } = constructor.data;
    let made = apply(constant(constructor, list), spine(type), 0, numParams);
    for (let i = 0; i < numFields; i++) made = app(made, proj(inductive, i, value));
    return made;
  }

  quotient(f, t) {
    const place = f.a.data.role === "lift" ? 5 : f.a.data.role === "ind" ? 4 : -1;
    if (place < 0 || arity(t) <= place) return null;
    const args = spine(t), made = this.whnf(args[place]), mk = head(made);
    if (mk.tag !== CONST || mk.a.kind !== "quotient" || mk.a.data.role !== "mk" || arity(made) !== 3) return null;
    return apply(app(args[3], made.b), args, place + 1);
  }

  // -- with unfolding ----------------------------------------------------------
  whnf(t) {
    if (t.tag === SORT || t.tag === PI || t.tag === LAM || t.tag === NAT || t.tag === STR || t.tag === FVAR) return t;
    if (fresh(t).whnf !== null) return t.whnf;
    let r = t;
    for (;;) {
      r = this.core(r);
      const next = this.compute(r) ?? this.unfold(r);
      if (next === null) break;
      r = next;
    }
    fresh(t).whnf = r;
    return r;
  }

  // The declaration that unfolding `t` would unfold, or null.
  unfoldable(t) {
    const f = head(t);
    return f.tag === CONST && f.a.unfolds && f.b.items.length === f.a.params.length ? f.a : null;
  }
  unfold(t) {
    const d = this.unfoldable(t);
    if (d === null) return null;
    step();
    if (t.tag === CONST) return d.valueAt(t.b);
    const f = head(t), args = spine(t);
    let body = d.valueAt(f.b), n = 0;
    while (body.tag === LAM && n < args.length) { body = body.b; n++; }
    return apply(instantiate(body, args, 0, n), args, n);
  }

  // Arithmetic on literals, or null.
  compute(t) {
    if (t.tag !== APP || t.fv !== 0) return null;
    const { literals } = this, f = head(t);
    if (f.tag !== CONST) return null;
    const n = arity(t);
    if (n === 2) {
      const compute = literals.binary.get(f.a);
      if (compute === undefined) return null;
      const a = this.number(t.a.b);
      if (a === null) return null;
      const b = this.number(t.b);
      if (b === null) return null;
      step();
      const value = compute(a, b);
      return value === undefined ? null : literals.result(value);
    }
    if (n === 1 && (f.a === literals.succ || f.a === literals.log2) && f.a !== null) {
      const a = this.number(t.b);
      return a === null ? null : nat(f.a === literals.succ ? a + 1n : log2(a));
    }
    return null;
  }
  number(t) { // value of a closed term that is a literal, or null
    const v = this.whnf(t);
    return v.tag === NAT ? v.a : v === this.literals.zeroTerm ? 0n : null;
  }
}

function ruleAt(f, rule) {
  if (f.b.items.length === 0) return rule.rhs;
  rule.made ??= new Map();
  let r = rule.made.get(f.b.id);
  if (r === undefined) {
    const make = () => instantiateLevels(rule.rhs, f.a.params, f.b);
    r = f.a.lasting ? Terms.lasting(make) : make();
    if (rule.made.size < 64) rule.made.set(f.b.id, r);
  }
  return r;
}

// One constructor, no indices, not recursive: the types with eta and projections to all fields.
function isStructure(inductive) {
  const { constructors, numIndices, isRec } = inductive.data;
  return constructors.length === 1 && numIndices === 0 && !isRec;
}

module.exports = { Reducer, isStructure };
