// Definitional equality: reduction, proof irrelevance, eta for functions and structures, types with one value.
//
// What was found equal is merged into classes (a theorem of the theory: equality is an equivalence), so a failed search of
// one way never makes two terms equal. What failed is only remembered to not try the same arguments again.
"use strict";

const levels = require("./level.cjs");
const { APP, CONST, FVAR, LAM, NAT, PI, PROJ, SORT, STR, app, arity, bvar, fresh, fvar, head, instantiate, lam, nat, proj, spine, step } = require("./term.cjs");
const { Reducer, isStructure } = require("./reduce.cjs");

class Comparer extends Reducer {
  constructor(environment) {
    super(environment);
    this.failed = new Map(); // term -> those it was compared with in vain, argument by argument
  }

  equal(t, s) {
    if (t === s) return true;
    step();
    const quick = this.quick(t, s);
    if (quick !== undefined) return quick;
    const found = this.compare(t, s);
    if (found) merge(t, s);
    return found;
  }

  quick(t, s) { // what shows at once; undefined when nothing does
    if (representative(t) === representative(s)) return true;
    if (t.tag !== s.tag) return undefined;
    switch (t.tag) {
      case LAM: case PI: return this.binders(t, s);
      case SORT: return levels.equal(t.a, s.a);
      case NAT: case STR: return t.a === s.a;
      default: return undefined;
    }
  }

  binders(t, s) {
    const { tag } = t, vars = [], depth = Math.max(t.fv, s.fv);
    while (t.tag === tag && s.tag === tag) {
      const type = instantiate(t.a, vars);
      if (t.a !== s.a && !this.equal(type, instantiate(s.a, vars))) return false;
      vars.push(fvar(depth + vars.length, type));
      t = t.b; s = s.b;
    }
    return t === s || this.equal(instantiate(t, vars), instantiate(s, vars));
  }

  compare(t, s) {
    // `decide` and its like end in a comparison with true: evaluate the other side.
    if (s === this.literals.trueTerm && t.fv === 0 && s !== null && this.whnf(t) === s) return true;
    let a = this.core(t, true), b = this.core(s, true);
    if (a !== t || b !== s) {
      if (a === b) return true;
      const quick = this.quick(a, b);
      if (quick !== undefined) return quick;
    }
    const irrelevant = this.proofs(a, b);
    if (irrelevant !== undefined) return irrelevant;

    const unfolded = this.unfoldBoth(a, b);
    if (typeof unfolded === "boolean") return unfolded;
    [a, b] = unfolded;

    if (a.tag === CONST && b.tag === CONST && a.a === b.a && this.sameLevels(a.b, b.b)) return true;
    if (a.tag === PROJ && b.tag === PROJ && a.b === b.b && a.a === b.a && this.equal(a.c, b.c)) return true;
    const c = this.core(a), d = this.core(b); // projections of what had to be unfolded
    if (c !== a || d !== b) return this.equal(c, d);
    if (a.tag === APP && b.tag === APP && arity(a) === arity(b) && this.equal(head(a), head(b)) && this.sameArguments(a, b)) return true;
    return this.eta(a, b) || this.eta(b, a) || this.etaStructure(a, b) || this.etaStructure(b, a) || this.texts(a, b) || this.texts(b, a) || this.units(a, b);
  }

  sameLevels(a, b) {
    if (a === b) return true;
    if (a.items.length !== b.items.length) return false;
    return a.items.every((l, i) => levels.equal(l, b.items[i]));
  }
  sameArguments(t, s) { // of applications of equally many
    const a = spine(t), b = spine(s);
    for (let i = 0; i < a.length; i++) if (!this.equal(a[i], b[i])) return false;
    return true;
  }

  // Two proofs of one proposition are equal; undefined if `t` is no proof.
  proofs(t, s) {
    if (t.tag === SORT || t.tag === PI || t.tag === NAT || t.tag === STR) return undefined; // types and data
    const type = this.infer(t);
    if (!this.isProposition(type)) return undefined;
    return this.equal(type, this.infer(s));
  }

  // Unfold the one with the larger definition until a comparison decides, or nothing is left to unfold: then the pair.
  unfoldBoth(t, s) {
    for (;;) {
      step();
      const numbers = this.successors(t, s);
      if (numbers !== undefined) return numbers;
      if (t.fv === 0 && s.fv === 0) {
        const x = this.compute(t);
        if (x !== null) return this.equal(x, s);
        const y = this.compute(s);
        if (y !== null) return this.equal(t, y);
      }
      const d = this.unfoldable(t), e = this.unfoldable(s);
      if (d === null && e === null) return [t, s];
      if (e === null || (d !== null && d.height > e.height)) t = (d !== null && e === null && this.viaProjection(s, r => { s = r; })) ? t : this.next(t);
      else if (d === null || e.height > d.height) s = (d === null && this.viaProjection(t, r => { t = r; })) ? s : this.next(s);
      else {
        if (d === e && t.tag === APP && s.tag === APP && arity(t) === arity(s) && Number.isFinite(d.height) && d.height >= 0 && this.sameCall(t, s)) return true;
        t = this.next(t);
        s = this.next(s);
      }
      if (t === s) return true;
      const quick = this.quick(t, s);
      if (quick !== undefined) return quick;
    }
  }
  next(t) { return this.core(this.unfold(t), true); }
  // The other side is stuck on a projection: reduce what it projects before unfolding anything.
  viaProjection(t, set) {
    if (head(t).tag !== PROJ) return false;
    const r = this.core(t);
    if (r === t) return false;
    set(r);
    return true;
  }
  sameCall(t, s) { // applications of one constant: their arguments, before what it unfolds to
    if (this.failed.get(t)?.has(s)) return false;
    if (this.sameLevels(head(t).b, head(s).b) && this.sameArguments(t, s)) return true;
    if (!this.failed.has(t)) this.failed.set(t, new Set());
    this.failed.get(t).add(s);
    return false;
  }

  // n + 1 against m + 1, literals or not; undefined if either is neither that nor zero.
  successors(t, s) {
    const { zeroTerm } = this.literals;
    if (zeroTerm === null) return undefined;
    const isZero = x => x === zeroTerm || (x.tag === NAT && x.a === 0n);
    if (isZero(t) && isZero(s)) return true;
    if (t.tag === NAT && s.tag === NAT) return t.a === s.a;
    const before = x => x.tag === NAT ? (x.a > 0n ? nat(x.a - 1n) : null) : x.tag === APP && x.a === this.literals.succTerm ? x.b : null;
    const p = before(t), q = p === null ? null : before(s);
    return p === null || q === null ? undefined : this.equal(p, q);
  }

  eta(t, s) { // f = fun x => f x
    if (t.tag !== LAM || s.tag === LAM) return false;
    const type = this.whnf(this.infer(s));
    return type.tag === PI && this.equal(t, lam(type.a, app(s, bvar(0))));
  }

  etaStructure(t, s) { // t is the constructor applied to the fields of s
    const f = head(t);
    if (f.tag !== CONST || f.a.kind !== "constructor") return false;
    const { numParams, numFields, inductive } = f.a.data;
    if (!isStructure(inductive) || arity(t) !== numParams + numFields) return false;
    if (!this.equal(this.infer(t), this.infer(s))) return false;
    const args = spine(t);
    for (let i = 0; i < numFields; i++) if (!this.equal(proj(inductive, i, s), args[numParams + i])) return false;
    return true;
  }

  texts(t, s) { // a text literal against its constructor form
    if (t.tag !== STR || s.tag !== APP || s.a.tag !== CONST || s.a.a !== this.literals.ofList) return false;
    return this.equal(this.literals.stringTerm(t), s);
  }

  units(t, s) { // a structure without fields has one value
    const type = this.whnf(this.infer(t)), f = head(type);
    if (f.tag !== CONST || f.a.kind !== "inductive" || !isStructure(f.a) || f.a.data.constructors[0].data.numFields !== 0) return false;
    return this.equal(type, this.infer(s));
  }
}

function representative(t) {
  fresh(t);
  if (t.same === null) return t;
  let root = t.same;
  while (fresh(root).same !== null) root = root.same;
  while (t.same !== null && t.same !== root) { const next = t.same; t.same = root; t = next; }
  return root;
}
function merge(t, s) {
  if (t.tag === FVAR && s.tag === FVAR) return;
  const a = representative(t), b = representative(s);
  if (a !== b) (a.id < b.id ? b : a).same = a.id < b.id ? a : b;
}

module.exports = { Comparer };
