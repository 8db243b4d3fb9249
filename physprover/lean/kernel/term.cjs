// Terms, each made once: structural equality is pointer equality, and what a check learns of a term stays on it.
//
// Bound variables are de Bruijn indices. A free variable is a pair (depth, type): a binder is opened at the first depth
// that no free variable of the terms at hand has, so the variable is fresh, and opening the same binder twice gives the
// same variable and finds what was learnt before. Names and kinds of binders mean nothing here and are not kept.
//
// Two tables: terms of the library stay, terms of one check go with it (`Terms.begin`); a term is in one of them, or, met
// in a check before the library needed it, is moved.
"use strict";

const levels = require("./level.cjs");
const { Exhausted, Malformed } = require("./errors.cjs");

const BVAR = 0, FVAR = 1, SORT = 3, CONST = 4, APP = 5, LAM = 6, PI = 7, LET = 8, NAT = 9, STR = 10, PROJ = 11;
const FIRST_SIZE = 1 << 12, LARGE = 1n << 1024n;

class Term {
  constructor(tag, id, hash, loose, fv, hasParam, a, b, c) {
    this.tag = tag;
    this.id = id;
    this.hash = hash;
    this.loose = loose; // bound variables below this index may occur unbound: 0 is closed
    this.fv = fv; // free variables have depths below this
    this.hasParam = hasParam; // mentions universe parameters
    this.a = a; // BVAR index; FVAR depth; SORT level; CONST, PROJ declaration; APP function; LAM, PI, LET type; NAT BigInt; STR text
    this.b = b; // FVAR type; CONST level list; APP argument; LAM, PI body; LET value; PROJ index
    this.c = c; // FVAR place while being abstracted; LET body; PROJ structure
    this.stamp = 0; // of the traversal that wrote `memo`
    this.offset = 0;
    this.memo = null;
    this.generation = 0; // of the check that wrote what follows
    this.core = null; // weak head normal form without unfolding
    this.whnf = null;
    this.type = null;
    this.checked = false; // its type was checked, not only computed
    this.same = null; // towards the representative of what was found equal
  }
}

class LevelList {
  constructor(items, id) {
    this.items = items;
    this.id = id;
    this.hasParam = items.some(l => l.hasParam);
  }
}

class Table { // open addressing; the hash of a term is made from the ids of its parts
  constructor() { this.slots = new Array(FIRST_SIZE).fill(null); this.count = 0; }
  find(hash, tag, a, b, c) {
    const { slots } = this, mask = slots.length - 1;
    for (let i = hash & mask; ; i = (i + 1) & mask) {
      const t = slots[i];
      if (t === null) return null;
      if (t.hash === hash && t.tag === tag && t.a === a && t.b === b && t.c === c) return t;
    }
  }
  add(term) {
    if (++this.count * 2 > this.slots.length) this.grow();
    this.put(term);
  }
  put(term) {
    const { slots } = this, mask = slots.length - 1;
    let i = term.hash & mask;
    while (slots[i] !== null) i = (i + 1) & mask;
    slots[i] = term;
  }
  grow() {
    const old = this.slots;
    this.slots = new Array(old.length * 2).fill(null);
    for (const t of old) if (t !== null) this.put(t);
  }
}

class Store { // one lifetime of terms
  constructor() {
    this.terms = new Table();
    this.literals = new Map();
    this.lists = new Map();
    this.weight = 0; // of large numbers, in terms
  }
}

const library = new Store();
let scratch = null, current = library;
let nextId = 1, nextList = 1, stamp = 0, generation = 1, budget = Infinity, room = Infinity;

// -- resources -------------------------------------------------------------
// Every term made and every step of reduction or comparison is counted.
function step() { if (--budget < 0) throw new Exhausted("steps", "more steps than one check is given"); }

const Terms = {
  // Start a check: its terms and what it learns are its own. `steps` and `terms` bound its work and memory.
  begin(steps = Infinity, terms = Infinity) {
    scratch = current = new Store();
    generation++;
    budget = steps;
    room = terms;
  },
  end() { scratch = null; current = library; generation++; budget = room = Infinity; },
  forget() { generation++; }, // what was learnt, not the terms
  // Go on with the same check: what is left of its steps, its terms so far forgotten but for those kept.
  renew() { scratch = current = new Store(); generation++; },
  // Let a closed term of this check outlive it: it and its parts become the library's.
  keep(t) {
    const stack = [t];
    while (stack.length) {
      const u = stack.pop();
      if (u.tag === NAT || u.tag === STR) { library.literals.set(u.tag === NAT ? u.a : "s" + u.a, u); continue; }
      if (library.terms.find(u.hash, u.tag, u.a, u.b, u.c) !== null) continue;
      library.terms.add(u);
      switch (u.tag) {
        case APP: case LAM: case PI: stack.push(u.a, u.b); break;
        case LET: stack.push(u.a, u.b, u.c); break;
        case PROJ: stack.push(u.c); break;
      }
    }
  },
  kept() { return library.terms.count; },
  // Forget the terms that outlive checks too: for whoever holds none of them any more.
  clear() { library.terms = new Table(); library.literals = new Map(); library.weight = 0; },
  // Run `body`, whose terms belong to the library.
  lasting(body) {
    const outer = current;
    current = library;
    try { return body(); } finally { current = outer; }
  },
  steps() { return budget; },
  count() { return library.terms.count + (scratch?.terms.count ?? 0); },
};

// Make sure that what `t` remembers is of this check.
function fresh(t) {
  if (t.generation !== generation) {
    t.generation = generation;
    t.core = t.whnf = t.type = t.same = null;
    t.checked = false;
  }
  return t;
}

// -- making terms ------------------------------------------------------------
const mix = (x, y, z) => {
  let h = (Math.imul(x, 0x9e3779b1) ^ Math.imul(y + 0x7f4a7c15, 0x85ebca6b) ^ Math.imul(z, 0xc2b2ae35)) | 0;
  h ^= h >>> 15;
  h = Math.imul(h, 0x2c1b3c6d);
  return h ^ (h >>> 13);
};

function make(hash, tag, loose, fv, hasParam, a, b, c) {
  let t = current.terms.find(hash, tag, a, b, c);
  if (t !== null) return t;
  if (current !== library) {
    t = library.terms.find(hash, tag, a, b, c);
    if (t !== null) return t;
  } else if (scratch !== null) {
    t = scratch.terms.find(hash, tag, a, b, c);
    if (t !== null) { library.terms.add(t); return t; } // now the library's: a term is never made twice
  }
  step();
  t = new Term(tag, nextId++, hash, loose, fv, hasParam, a, b, c);
  if (current !== library && current.terms.count + current.weight > room) throw new Exhausted("memory", "more terms than one check may hold");
  current.terms.add(t);
  return t;
}

function levelList(items) {
  if (items.length === 0) return noLevels;
  const key = items.map(l => l.id).join();
  let list = library.lists.get(key); // few, and small
  if (list === undefined) library.lists.set(key, list = new LevelList(items, nextList++));
  return list;
}
const noLevels = new LevelList([], 0);

const bvar = i => make(mix(BVAR, i, 1), BVAR, i + 1, 0, false, i, null, null);
const sort = l => make(mix(SORT, l.id, 2), SORT, 0, 0, l.hasParam, l, null, null);
const constant = (decl, list) => make(mix(CONST, decl.id, list.id), CONST, 0, 0, list.hasParam, decl, list, null);
const app = (f, x) => make(mix(APP, f.id, x.id), APP, f.loose > x.loose ? f.loose : x.loose, f.fv > x.fv ? f.fv : x.fv, f.hasParam || x.hasParam, f, x, null);
function binder(tag, type, body) {
  const inner = body.loose > 0 ? body.loose - 1 : 0;
  return make(mix(tag, type.id, body.id), tag, type.loose > inner ? type.loose : inner, type.fv > body.fv ? type.fv : body.fv, type.hasParam || body.hasParam, type, body, null);
}
const lam = (type, body) => binder(LAM, type, body);
const pi = (type, body) => binder(PI, type, body);
function let_(type, value, body) {
  const inner = body.loose > 0 ? body.loose - 1 : 0;
  return make(mix(LET, mix(type.id, value.id, 3), body.id), LET, Math.max(type.loose, value.loose, inner), Math.max(type.fv, value.fv, body.fv),
    type.hasParam || value.hasParam || body.hasParam, type, value, body);
}
const proj = (decl, index, of) => make(mix(PROJ, decl.id, mix(index, of.id, 4)), PROJ, of.loose, of.fv, of.hasParam, decl, index, of);

function literal(tag, value) {
  const key = tag === NAT ? value : "s" + value;
  let t = current.literals.get(key) ?? library.literals.get(key);
  if (t === undefined && current === library && scratch !== null && (t = scratch.literals.get(key)) !== undefined) library.literals.set(key, t);
  if (t === undefined) {
    step();
    const id = nextId++;
    current.literals.set(key, t = new Term(tag, id, mix(tag, id, 5), 0, 0, false, value, null, null));
    if (tag === NAT && value >= LARGE) weigh(value.toString(16).length >> 6);
  }
  return t;
}
function weigh(terms) { // what a large number takes, as so many terms
  current.weight += terms;
  budget -= terms;
  if (current !== library && current.terms.count + current.weight > room) throw new Exhausted("memory", "more terms than one check may hold");
}
const nat = value => literal(NAT, value); // a BigInt
const str = text => literal(STR, text);

// A free variable of depth `depth`: see the head of this file. `type` is closed but for variables of smaller depth.
function fvar(depth, type) {
  return make(mix(FVAR, depth, type.id), FVAR, 0, depth + 1, type.hasParam, depth, type, null);
}

// -- applications ------------------------------------------------------------
function apply(f, args, from = 0, to = args.length) {
  for (let i = from; i < to; i++) f = app(f, args[i]);
  return f;
}
function head(t) { while (t.tag === APP) t = t.a; return t; }
function spine(t) { // arguments, first to last
  let n = 0;
  for (let f = t; f.tag === APP; f = f.a) n++;
  const args = new Array(n);
  for (let f = t; n > 0; f = f.a) args[--n] = f.b;
  return args;
}
function arity(t) { let n = 0; for (; t.tag === APP; t = t.a) n++; return n; }

// -- substitution ------------------------------------------------------------
// The traversals below visit a shared subterm once for each number of binders around it: `memo` holds the latest.
let values = null, first = 0, count = 0, lowest = 0;

// `t` with its `n` outermost unbound variables replaced by closed terms: args[to - 1] takes the place of variable 0.
function instantiate(t, args, from = 0, to = args.length) {
  if (t.loose === 0) return t;
  values = args; first = from; count = to - from; stamp++;
  return substitute(t, 0);
}
function instantiate1(t, x) { return instantiate(t, [x]); }

function substitute(t, offset) {
  if (t.loose <= offset) return t;
  if (t.tag === BVAR) return t.a - offset < count ? values[first + count - 1 - (t.a - offset)] : bvar(t.a - count);
  if (t.stamp === stamp && t.offset === offset) return t.memo;
  let r;
  switch (t.tag) {
    case APP: r = app(substitute(t.a, offset), substitute(t.b, offset)); break;
    case LAM: case PI: r = binder(t.tag, substitute(t.a, offset), substitute(t.b, offset + 1)); break;
    case LET: r = let_(substitute(t.a, offset), substitute(t.b, offset), substitute(t.c, offset + 1)); break;
    default: r = proj(t.a, t.b, substitute(t.c, offset));
  }
  t.stamp = stamp; t.offset = offset; t.memo = r;
  return r;
}

// Inverse of `instantiate`: the variables become bound ones, the last of them number 0.
function abstract(t, vars) {
  if (vars.length === 0) return t;
  lowest = Infinity;
  for (let i = 0; i < vars.length; i++) { vars[i].memo = i; if (vars[i].a < lowest) lowest = vars[i].a; }
  count = vars.length; values = vars; stamp++;
  const r = bind(t, 0);
  for (const v of vars) v.memo = null;
  return r;
}
function bind(t, offset) {
  if (t.fv <= lowest) return t;
  if (t.tag === FVAR) return values[t.memo] === t ? bvar(offset + count - 1 - t.memo) : t;
  if (t.stamp === stamp && t.offset === offset) return t.memo;
  let r;
  switch (t.tag) {
    case APP: r = app(bind(t.a, offset), bind(t.b, offset)); break;
    case LAM: case PI: r = binder(t.tag, bind(t.a, offset), bind(t.b, offset + 1)); break;
    case LET: r = let_(bind(t.a, offset), bind(t.b, offset), bind(t.c, offset + 1)); break;
    default: r = proj(t.a, t.b, bind(t.c, offset));
  }
  t.stamp = stamp; t.offset = offset; t.memo = r;
  return r;
}
// Abstract `vars` and bind each of them, outermost first.
function close(tag, t, vars) {
  t = abstract(t, vars);
  for (let i = vars.length - 1; i >= 0; i--) t = binder(tag, abstract(vars[i].b, vars.slice(0, i)), t);
  return t;
}

// Rebuild `t` from its leaves up: `leaf(t)` gives a replacement, or undefined to look inside. The depth of binders does
// not matter to it, so what replaces a subterm is closed.
function replace(t, leaf) {
  const known = new Map();
  const go = u => {
    let r = known.get(u);
    if (r !== undefined) return r;
    step();
    r = leaf(u);
    if (r === undefined) {
      switch (u.tag) {
        case APP: r = app(go(u.a), go(u.b)); break;
        case LAM: case PI: r = binder(u.tag, go(u.a), go(u.b)); break;
        case LET: r = let_(go(u.a), go(u.b), go(u.c)); break;
        case PROJ: r = proj(u.a, u.b, go(u.c)); break;
        default: r = u;
      }
    }
    known.set(u, r);
    return r;
  };
  return go(t);
}

// Whether a subterm of `t` satisfies `test`; each is looked at once.
function some(t, test) {
  const seen = new Set(), stack = [t];
  while (stack.length) {
    const u = stack.pop();
    if (seen.has(u)) continue;
    seen.add(u);
    step();
    if (test(u)) return true;
    switch (u.tag) {
      case APP: case LAM: case PI: stack.push(u.a, u.b); break;
      case LET: stack.push(u.a, u.b, u.c); break;
      case PROJ: stack.push(u.c); break;
    }
  }
  return false;
}

function instantiateLevels(t, names, list) {
  if (names.length === 0 || !t.hasParam) return t;
  const map = new Map(names.map((n, i) => [n, list.items[i]])), known = new Map();
  const go = u => {
    if (!u.hasParam) return u;
    let r = known.get(u);
    if (r !== undefined) return r;
    switch (u.tag) {
      case SORT: r = sort(levels.instantiate(u.a, map)); break;
      case CONST: r = constant(u.a, levelList(u.b.items.map(l => levels.instantiate(l, map)))); break;
      case APP: r = app(go(u.a), go(u.b)); break;
      case LAM: case PI: r = binder(u.tag, go(u.a), go(u.b)); break;
      case LET: r = let_(go(u.a), go(u.b), go(u.c)); break;
      case PROJ: r = proj(u.a, u.b, go(u.c)); break;
      case FVAR: r = fvar(u.a, go(u.b)); break;
      default: throw new Malformed("a term of unknown kind");
    }
    known.set(u, r);
    return r;
  };
  return go(t);
}

module.exports = {
  BVAR, FVAR, SORT, CONST, APP, LAM, PI, LET, NAT, STR, PROJ, Term, Terms, step, fresh,
  bvar, fvar, sort, constant, app, lam, pi, let_, proj, nat, str, levelList, noLevels, binder,
  apply, head, spine, arity, instantiate, instantiate1, abstract, close, replace, some, instantiateLevels,
};
