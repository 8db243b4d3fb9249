// Universe levels: zero, successor, max, imax and parameters, each made once, and the order between them.
// Reference: Carneiro, "The Type Theory of Lean" (2019), section 2.3. The order is decided for all values of the
// parameters: case distinction on a parameter being zero removes every imax, what is left is a maximum of `p + k` and `k`.
"use strict";

const { Exhausted } = require("./errors.cjs");

const ZERO = 0, SUCC = 1, MAX = 2, IMAX = 3, PARAM = 4;
const SPLIT_LIMIT = 4096; // case distinctions for one comparison: 12 parameters under imax

class Level {
  constructor(tag, a, b, id) {
    this.tag = tag;
    this.a = a; // SUCC, MAX, IMAX: a level; PARAM: its name
    this.b = b;
    this.id = id;
    this.hasParam = tag === PARAM || (tag !== ZERO && (a.hasParam || (b !== null && b.hasParam)));
    this.depth = tag === ZERO || tag === PARAM ? 0 : 1 + Math.max(a.depth, b === null ? 0 : b.depth);
    if (this.depth > 10000) throw new Exhausted("depth", "a universe level nested more than 10000 deep");
  }
}

const table = new Map(); // key -> Level; levels are few and shared by all checks
const zero = new Level(ZERO, null, null, 0);
let made = 1;

function intern(tag, key, a, b) {
  let level = table.get(key);
  if (level === undefined) table.set(key, level = new Level(tag, a, b, made++));
  return level;
}

const succ = a => intern(SUCC, "s" + a.id, a, null);
const max = (a, b) => intern(MAX, "m" + a.id + "," + b.id, a, b);
const imax = (a, b) => intern(IMAX, "i" + a.id + "," + b.id, a, b);
const param = name => intern(PARAM, "p" + name, name, null);
const one = succ(zero);

// Whether a level is above zero for all values of its parameters.
function neverZero(u) {
  switch (u.tag) {
    case SUCC: return true;
    case MAX: return neverZero(u.a) || neverZero(u.b);
    case IMAX: return neverZero(u.b);
    default: return false;
  }
}

// `u` with parameters replaced: `values` maps names to levels.
function instantiate(u, values) {
  if (!u.hasParam) return u;
  const known = new Map();
  const go = l => {
    if (!l.hasParam) return l;
    let r = known.get(l);
    if (r !== undefined) return r;
    if (l.tag === PARAM) r = values.get(l.a) ?? l;
    else if (l.tag === SUCC) r = succ(go(l.a));
    else r = (l.tag === MAX ? max : imax)(go(l.a), go(l.b));
    known.set(l, r);
    return r;
  };
  return go(u);
}

// The normal form of a level that holds no undecided imax: a constant, and parameter -> the largest number added to it.
// Null, with `blocked` naming a parameter to split on, where an imax is undecided.
class Sum {
  constructor() { this.constant = 0; this.terms = new Map(); this.blocked = null; }
  add(u, k) { // max with u + k
    for (; u.tag === SUCC; u = u.a) k++;
    switch (u.tag) {
      case ZERO: if (k > this.constant) this.constant = k; return;
      case PARAM: if (!(this.terms.get(u.a) >= k)) this.terms.set(u.a, k); return;
      case MAX: this.add(u.a, k); this.add(u.b, k); return;
      default: {
        const right = new Sum();
        right.add(u.b, 0);
        if (right.blocked !== null) this.blocked = right.blocked;
        else if (right.constant > 0 || [...right.terms.values()].some(n => n > 0)) { this.add(u.a, k); this.join(right, k); }
        else if (right.terms.size === 0) { if (k > this.constant) this.constant = k; }
        else [this.blocked] = right.terms.keys();
      }
    }
  }
  join(other, k) { // max with other + k, which is above k: reading a nested imax twice would take time by powers of two
    if (other.constant > 0) this.constant = Math.max(this.constant, other.constant + k);
    for (const [name, n] of other.terms) this.terms.set(name, Math.max(n + k, this.terms.get(name) ?? 0));
  }
  below(other) {
    if (this.constant > other.constant && ![...other.terms.values()].some(k => k >= this.constant)) return false;
    for (const [name, k] of this.terms) if (!(other.terms.get(name) >= k)) return false;
    return true;
  }
}

function sum(u) { const s = new Sum(); s.add(u, 0); return s; }

// u ≤ v for all values of the parameters.
function leq(u, v) {
  let splits = 0;
  const go = (a, b) => {
    if (a === b || a === zero) return true;
    const left = sum(a), right = sum(b), name = left.blocked ?? right.blocked;
    if (name === null) return left.below(right);
    if (++splits > SPLIT_LIMIT) throw new Exhausted("steps", "a comparison of universe levels with too many cases");
    const p = param(name), none = new Map([[name, zero]]), some = new Map([[name, succ(p)]]);
    return go(instantiate(a, none), instantiate(b, none)) && go(instantiate(a, some), instantiate(b, some));
  };
  return go(u, v);
}

const equal = (u, v) => u === v || (leq(u, v) && leq(v, u));
const isZero = u => u === zero || (!neverZero(u) && leq(u, zero)); // a proposition's level for all parameters

// First parameter of `u` that `declared` (a Set of names) lacks, or null.
function undeclared(u, declared) {
  if (!u.hasParam) return null;
  if (u.tag === PARAM) return declared.has(u.a) ? null : u.a;
  return undeclared(u.a, declared) ?? (u.b === null ? null : undeclared(u.b, declared));
}

module.exports = { ZERO, SUCC, MAX, IMAX, PARAM, Level, zero, one, succ, max, imax, param, neverZero, isZero, instantiate, leq, equal, undeclared };
