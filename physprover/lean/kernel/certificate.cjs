// A proof as text in the lean4export format: the constants of the library that it mentions, then its own.
//
// A theorem of the library stands as an axiom (compiled modules hold no proofs), and so does what they hide of a definition.
// Binders have no names in this kernel: in the text they are all called x.
"use strict";

const levels = require("./level.cjs");
const { APP, BVAR, CONST, LAM, LET, NAT, PI, PROJ, SORT, STR } = require("./term.cjs");
const { Refused } = require("./errors.cjs");

const FORMAT = "3.1.0", EXPORTER = "physprover", LEAN = "4.28.0";

class Writer {
  constructor(environment) {
    this.environment = environment;
    this.lines = [];
    this.names = new Map([["", 0]]);
    this.levels = new Map([[levels.zero, 0]]);
    this.terms = new Map();
    this.done = new Set();
    this.put({ meta: { exporter: { name: EXPORTER, version: "1" }, lean: { githash: "", version: LEAN }, format: { version: FORMAT } } });
  }
  put(object) { this.lines.push(JSON.stringify(object)); }

  name(text) {
    let i = this.names.get(text);
    if (i !== undefined) return i;
    const cut = text.lastIndexOf("\u0001"), pre = this.name(cut < 0 ? "" : text.slice(0, cut)), last = text.slice(cut + 1);
    i = this.names.size;
    this.names.set(text, i);
    this.put(last.startsWith("\u0002") ? { in: i, num: { pre, i: Number(last.slice(1)) } } : { in: i, str: { pre, str: last } });
    return i;
  }
  level(l) {
    let i = this.levels.get(l);
    if (i !== undefined) return i;
    const row = l.tag === levels.PARAM ? { param: this.name(l.a) } : l.tag === levels.SUCC ? { succ: this.level(l.a) }
      : l.tag === levels.MAX ? { max: [this.level(l.a), this.level(l.b)] } : { imax: [this.level(l.a), this.level(l.b)] };
    i = this.levels.size;
    this.levels.set(l, i);
    this.put({ ...row, il: i });
    return i;
  }
  params(names) { names.forEach(n => this.level(levels.param(n))); return names.map(n => this.name(n)); }

  term(root) {
    const stack = [root];
    while (stack.length) {
      const t = stack[stack.length - 1];
      if (this.terms.has(t)) { stack.pop(); continue; }
      const missing = children(t).filter(c => !this.terms.has(c));
      if (missing.length) { stack.push(...missing); continue; }
      stack.pop();
      const row = this.row(t), i = this.terms.size;
      this.terms.set(t, i);
      this.put({ ...row, ie: i });
    }
    return this.terms.get(root);
  }
  row(t) {
    const e = u => this.terms.get(u), bound = () => ({ name: this.name("x"), type: e(t.a), body: e(t.b), binderInfo: "default" });
    switch (t.tag) {
      case BVAR: return { bvar: t.a };
      case SORT: return { sort: this.level(t.a) };
      case CONST: return { const: { name: this.name(t.a.name), us: t.b.items.map(l => this.level(l)) } };
      case APP: return { app: { fn: e(t.a), arg: e(t.b) } };
      case LAM: return { lam: bound() };
      case PI: return { forallE: bound() };
      case LET: return { letE: { name: this.name("x"), type: e(t.a), value: e(t.b), body: e(t.c), nondep: false } };
      case NAT: return { natVal: String(t.a) };
      case STR: return { strVal: t.a };
      case PROJ: return { proj: { typeName: this.name(t.a.name), idx: t.b, struct: e(t.c) } };
      default: throw new Refused("a free variable in a declaration");
    }
  }

  // A constant after all that it mentions.
  declare(root) {
    const stack = [[root, null]];
    while (stack.length) {
      const top = stack[stack.length - 1], group = this.group(top[0]);
      if (top[1] === null) {
        if (this.done.has(group[0])) { stack.pop(); continue; }
        this.done.add(group[0]);
        top[1] = this.mentioned(group);
      }
      const next = top[1].pop();
      if (next === undefined) { this.write(group); stack.pop(); } else if (!this.done.has(this.group(next)[0])) stack.push([next, null]);
    }
  }
  // What is declared together: a family with its constructors and recursors, the constants of quotients, or one constant.
  group(d) {
    const need = n => this.environment.need(n);
    if (d.kind === "quotient") return ["Quot", "Quot\u0001mk", "Quot\u0001lift", "Quot\u0001ind"].map(need);
    const all = d.kind === "inductive" || d.kind === "recursor" ? d.data.all : d.kind === "constructor" ? d.data.inductive.data.all : null;
    if (all === null) return [d];
    const types = all.map(need), rec = types.map(t => need(t.name + "\u0001rec"));
    for (let i = 1; i <= types[0].data.numNested; i++) rec.push(need(types[0].name + "\u0001rec_" + i));
    return [...types, ...types.flatMap(t => t.data.constructors), ...rec];
  }
  bodies(d) {
    if (d.kind === "recursor") return [d.type, ...d.data.rules.map(r => r.rhs)];
    return d.kind === "definition" || (d.kind === "opaque" && !d.library) || (d.kind === "theorem" && !d.library) ? [d.type, d.value] : [d.type];
  }
  mentioned(group) {
    const found = new Set(), seen = new Set(), stack = group.flatMap(d => this.bodies(d)), literals = [];
    while (stack.length) {
      const t = stack.pop();
      if (seen.has(t)) continue;
      seen.add(t);
      if (t.tag === CONST || t.tag === PROJ) found.add(t.a);
      else if (t.tag === NAT) literals.push("Nat");
      else if (t.tag === STR) literals.push("Nat", "String\u0001ofList", "Char\u0001ofNat", "List\u0001nil");
      stack.push(...children(t));
    }
    for (const n of literals) found.add(this.environment.need(n));
    if (group[0].kind === "quotient") found.add(this.environment.need("Eq"));
    return [...found].filter(d => !group.includes(d));
  }

  write(group) {
    const [d] = group;
    const common = x => ({ name: this.name(x.name), levelParams: this.params(x.params), type: this.term(x.type) });
    const value = () => this.term(d.value), all = () => [this.name(d.name)];
    switch (d.kind) {
      case "quotient": for (const x of group) this.put({ quot: { ...common(x), kind: x.data.role === "mk" ? "ctor" : x.data.role } }); break;
      case "inductive": this.put({ inductive: this.family(group, common) }); break;
      case "definition": this.put({ def: { ...common(d), value: value(), hints: d.height < 0 ? "opaque" : d.height === Infinity ? "abbrev" : { regular: d.height }, safety: "safe", all: all() } }); break;
      default:
        if (d.kind === "axiom" || d.library) this.put({ axiom: { ...common(d), isUnsafe: false } });
        else this.put({ [d.kind === "theorem" ? "thm" : "opaque"]: { ...common(d), value: value(), all: all(), ...(d.kind === "opaque" ? { isUnsafe: false } : {}) } });
    }
  }
  family(group, common) {
    const of = kind => group.filter(x => x.kind === kind), names = list => list.map(n => this.name(n)), isUnsafe = false;
    return {
      types: of("inductive").map(x => ({ ...common(x), numParams: x.data.numParams, numIndices: x.data.numIndices, all: names(x.data.all), ctors: names(x.data.constructors.map(c => c.name)),
        numNested: x.data.numNested, isRec: x.data.isRec, isReflexive: x.data.isReflexive, isUnsafe })),
      ctors: of("constructor").map(x => ({ ...common(x), induct: this.name(x.data.inductive.name), cidx: x.data.index, numParams: x.data.numParams, numFields: x.data.numFields, isUnsafe })),
      recs: of("recursor").map(x => ({ ...common(x), all: names(x.data.all), numParams: x.data.numParams, numIndices: x.data.numIndices, numMotives: x.data.numMotives, numMinors: x.data.numMinors,
        rules: x.data.rules.map(r => ({ ctor: this.name(r.constructor.name), nfields: r.numFields, rhs: this.term(r.rhs) })), k: x.data.k, isUnsafe })),
    };
  }
}

function children(t) {
  switch (t.tag) {
    case APP: case LAM: case PI: return [t.a, t.b];
    case LET: return [t.a, t.b, t.c];
    case PROJ: return [t.c];
    default: return [];
  }
}

// {text, axioms, library}: the certificate, the axioms it states, and which of them are the library's theorems.
function writeCertificate(environment, name) {
  const writer = new Writer(environment);
  writer.declare(environment.need(name));
  return { text: writer.lines.join("\n") + "\n" };
}

module.exports = { writeCertificate };
