// A declared constant. Terms point to it, so a name needs no look-up and nothing can be used before it is there.
"use strict";

const { instantiateLevels, Terms } = require("./term.cjs");

let made = 1;

class Declaration {
  // kind: axiom, definition, theorem, opaque, quotient, inductive, constructor or recursor; `params`: names of its universe
  // parameters; `source`: {type(), value()} that are asked once, when needed (the library's), or null.
  constructor(name, kind, params, type = null, source = null) {
    this.id = made++;
    this.name = name;
    this.kind = kind;
    this.params = params;
    this.ownType = type;
    this.ownValue = null;
    this.source = source;
    this.height = 0; // of a definition: 1 + the largest height its value mentions; Infinity for an abbreviation, -1 if opaque
    this.library = false;
    this.own = null; // of the `data` that rules of its kind need: see inductive.cjs
    this.safe = true;
    this.lazy = null; // () => data
    this.types = new Map();
    this.values = new Map();
  }

  get type() { return this.ownType ??= this.source.type(); }
  get value() { return this.ownValue ??= this.source.value(); }
  get data() { return this.own ??= this.lazy(); }
  set data(value) { this.own = value; }
  get unfolds() { return this.kind === "definition" || this.kind === "theorem"; }

  typeAt(list) { return this.at(this.types, list, () => this.type); }
  valueAt(list) { return this.at(this.values, list, () => this.value); }
  at(known, list, of) {
    if (list.items.length === 0) return of();
    let t = known.get(list.id);
    if (t === undefined) {
      const make = () => instantiateLevels(of(), this.params, list);
      t = this.library ? Terms.lasting(make) : make(); // what stays with a declaration lives as long as it
      if (known.size < 64) known.set(list.id, t);
    }
    return t;
  }
}

const shown = name => name.replace(/\u0001/g, ".").replace(/\u0002/g, "") || "[anonymous]";

module.exports = { Declaration, shown };
