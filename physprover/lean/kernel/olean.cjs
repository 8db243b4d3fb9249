// Lean's compiled modules (.olean), read without Lean: the constants of the library as declarations, each when needed.
// A file is one image of Lean objects with absolute addresses from a base. An object is an i32 reference count, u16 size,
// u8 number of fields, u8 tag, then 4-byte fields, then scalars (the embedded Lean is a 32-bit one).
"use strict";

const fs = require("fs"), path = require("path");
const levels = require("./level.cjs"), term = require("./term.cjs");
const { Declaration } = require("./declaration.cjs");
const { Malformed } = require("./errors.cjs");

const KIND = ["axiom", "definition", "theorem", "opaque", "quotient", "inductive", "constructor", "recursor"];
const HEADER = 0x58, BASE_AT = 0x50, ROOT_AT = 0x54, BIG_NAT = 250;

class Module {
  constructor(file, library) {
    this.library = library;
    const data = fs.readFileSync(file);
    if (data.length < HEADER || data.toString("latin1", 0, 5) !== "olean" || data[5] !== 2) throw new Malformed(`${path.basename(file)} is no compiled Lean module of a known format`);
    this.u8 = data;
    const aligned = data.byteOffset % 4 === 0 ? data : Uint8Array.from(data);
    this.i32 = new Int32Array(aligned.buffer, aligned.byteOffset, data.length >> 2);
    this.base = data.readUInt32LE(BASE_AT);
    this.root = data.readInt32LE(ROOT_AT);
    this.strings = new Map(); // address -> text of a Name
    this.terms = new Map();
    this.levels = new Map();
    this.used = new Map(); // address of a Name -> Declaration
  }

  isScalar(p) { return (p & 1) === 1; }
  place(p) { return (p >>> 0) - this.base; }
  tag(p) { return this.isScalar(p) ? p >>> 1 : this.u8[this.place(p) + 7]; }
  field(p, i) { return this.i32[(this.place(p) + 8 + 4 * i) >> 2]; }
  byte(p, fields, i) { return this.u8[this.place(p) + 8 + 4 * fields + i]; }
  array(p) {
    const at = (this.place(p) + 16) >> 2;
    return this.i32.subarray(at, at + this.field(p, 0));
  }
  list(p) { const out = []; for (; !this.isScalar(p); p = this.field(p, 1)) out.push(this.field(p, 0)); return out; }
  text(p) { const at = this.place(p); return this.u8.toString("utf8", at + 20, at + 20 + this.field(p, 0) - 1); }
  natural(p) {
    if (this.isScalar(p)) return BigInt(p >>> 1);
    if (this.tag(p) !== BIG_NAT) throw new Malformed("a number in a compiled module is not one");
    // mpz: allocated limbs, limbs used, address of the limbs, least first
    let value = 0n;
    const limbs = this.field(p, 1), at = this.place(this.field(p, 2)) >> 2;
    for (let i = limbs - 1; i >= 0; i--) value = (value << 32n) | BigInt(this.i32[at + i] >>> 0);
    return value;
  }
  number(p) { return Number(this.natural(p)); }

  name(p) { // as the engine writes it: parts joined by U+0001, numbers marked by U+0002
    if (this.isScalar(p)) return "";
    let text = this.strings.get(p);
    if (text === undefined) {
      const before = this.name(this.field(p, 0)), last = this.field(p, 1);
      text = (before ? before + "\u0001" : "") + (this.tag(p) === 1 ? this.text(last) : "\u0002" + this.natural(last));
      this.strings.set(p, text);
    }
    return text;
  }

  imports() { return Array.from(this.array(this.field(this.root, 0)), p => this.name(this.field(p, 0))); }
  // [name, address of its ConstantInfo] of each constant
  *constants() {
    const names = this.array(this.field(this.root, 1)), infos = this.array(this.field(this.root, 2));
    for (let i = 0; i < names.length; i++) yield [this.name(names[i]), infos[i]];
  }

  level(p) {
    let l = this.levels.get(p);
    if (l !== undefined) return l;
    const f = i => this.field(p, i);
    switch (this.tag(p)) {
      case 0: l = levels.zero; break;
      case 1: l = levels.succ(this.level(f(0))); break;
      case 2: l = levels.max(this.level(f(0)), this.level(f(1))); break;
      case 3: l = levels.imax(this.level(f(0)), this.level(f(1))); break;
      case 4: l = levels.param(this.name(f(0))); break;
      default: throw new Malformed("a universe metavariable in the library");
    }
    this.levels.set(p, l);
    return l;
  }

  declaration(name) { // of the constant that the Name at this address names
    let d = this.used.get(name);
    if (d === undefined) this.used.set(name, d = this.library.need(this.name(name)));
    return d;
  }

  term(p) {
    let t = this.terms.get(p);
    if (t !== undefined) return t;
    const f = i => this.field(p, i);
    switch (this.tag(p)) {
      case 0: t = term.bvar(this.number(f(0))); break;
      case 3: t = term.sort(this.level(f(0))); break;
      case 4: t = term.constant(this.declaration(f(0)), term.levelList(this.list(f(1)).map(l => this.level(l)))); break;
      case 5: t = term.app(this.term(f(0)), this.term(f(1))); break;
      case 6: t = term.lam(this.term(f(1)), this.term(f(2))); break;
      case 7: t = term.pi(this.term(f(1)), this.term(f(2))); break;
      case 8: t = term.let_(this.term(f(1)), this.term(f(2)), this.term(f(3))); break;
      case 9: { const l = f(0), v = this.field(l, 0); t = this.tag(l) === 0 ? term.nat(this.natural(v)) : term.str(this.text(v)); break; }
      case 10: t = this.term(f(1)); break;
      case 11: t = term.proj(this.declaration(f(0)), this.number(f(1)), this.term(f(2))); break;
      default: throw new Malformed("a variable without a binder in the library");
    }
    this.terms.set(p, t);
    return t;
  }
  lasting(p) { return term.Terms.lasting(() => this.term(p)); }

  // The declaration of a ConstantInfo. Only its signature's names are read now.
  declare(info) {
    const kind = KIND[this.tag(info)], value = this.field(info, 0), signature = this.field(value, 0);
    const source = { type: () => this.lasting(this.field(signature, 2)), value: () => this.lasting(this.field(value, 1)) };
    const d = new Declaration(this.name(this.field(signature, 0)), kind, this.list(this.field(signature, 1)).map(n => this.name(n)), null, source);
    d.library = true;
    d.safe = this.isSafe(kind, value);
    const f = i => this.field(value, i), at = p => this.library.need(this.name(p)), number = i => this.number(f(i));
    switch (kind) {
      case "definition": d.height = this.height(f(2)); break;
      case "theorem": d.height = -1; break;
      case "inductive": d.lazy = () => ({ numParams: number(1), numIndices: number(2), numNested: number(5), all: this.list(f(3)).map(n => this.name(n)),
        constructors: this.list(f(4)).map(at), isRec: this.byte(value, 6, 0) !== 0, isReflexive: this.byte(value, 6, 2) !== 0 }); break;
      case "constructor": d.lazy = () => ({ inductive: at(f(1)), index: number(2), numParams: number(3), numFields: number(4) }); break;
      case "quotient": d.lazy = () => ({ role: ["type", "mk", "lift", "ind"][this.byte(value, 1, 0)] }); break;
      case "recursor": d.lazy = () => ({ all: this.list(f(1)).map(n => this.name(n)), numParams: number(2), numIndices: number(3), numMotives: number(4),
        numMinors: number(5), k: this.byte(value, 7, 0) !== 0,
        rules: this.list(f(6)).map(r => ({ constructor: at(this.field(r, 0)), numFields: this.number(this.field(r, 1)), rhs: this.lasting(this.field(r, 2)) })) }); break;
    }
    return d;
  }
  height(hints) { return this.isScalar(hints) ? (this.tag(hints) === 0 ? -1 : Infinity) : this.i32[(this.place(hints) + 8) >> 2] >>> 0; }
  isSafe(kind, value) {
    switch (kind) {
      case "definition": return this.byte(value, 4, 0) === 1;
      case "opaque": return this.byte(value, 3, 0) === 0;
      case "inductive": return this.byte(value, 6, 1) === 0;
      case "constructor": return this.byte(value, 5, 0) === 0;
      case "recursor": return this.byte(value, 7, 1) === 0;
      case "axiom": return this.byte(value, 1, 0) === 0;
      default: return true;
    }
  }
}

// All modules that some modules import, and their constants by name.
class Library {
  constructor(folder) {
    this.folder = folder;
    this.modules = new Map(); // module -> Module
    this.places = new Map(); // constant -> [Module, address] or its Declaration
  }

  // Add the named modules and all they import.
  load(names) {
    const waiting = [...names];
    while (waiting.length) {
      const name = waiting.pop();
      if (this.modules.has(name)) continue;
      if (!/^[A-Za-z_][\w]*(\u0001[A-Za-z_]\w*)*$/.test(name)) throw new Malformed("a module of a strange name");
      const file = path.join(this.folder, ...name.split("\u0001")) + ".olean";
      let module;
      try { module = new Module(file, this); } catch (error) {
        if (error.code === "ENOENT") throw new Malformed(`no module ${name.replace(/\u0001/g, ".")} in the library`);
        throw error;
      }
      this.modules.set(name, module);
      for (const [constant, info] of module.constants()) if (!this.places.has(constant)) this.places.set(constant, [module, info]);
      waiting.push(...module.imports());
    }
    return this;
  }

  find(name) { // Declaration or undefined
    const place = this.places.get(name);
    if (place === undefined || place instanceof Declaration) return place;
    const declaration = place[0].declare(place[1]);
    this.places.set(name, declaration);
    return declaration;
  }
  need(name) { // a private constant that its module does not export has a name and nothing else
    let found = this.find(name);
    if (found === undefined) {
      const lacks = () => { throw new Malformed(`the library does not export ${name.replace(/\u0001/g, ".")}`); };
      found = new Declaration(name, "hidden", [], null, { type: lacks, value: lacks });
      found.library = true;
      this.places.set(name, found);
    }
    return found;
  }
}

module.exports = { Library };
