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
    this.kept = false; // outlives the check that it was added in: see remembered.cjs
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
  get lasting() { return this.library || this.kept; }
  get unfolds() { return this.kind === "definition" || this.kind === "theorem"; }

  // Outlive the check that it was added in, without what was made on the way.
  keep() {
    Terms.keep(this.type);
    if (this.ownValue !== null) Terms.keep(this.ownValue);
    this.types.clear();
    this.values.clear();
    if (this.kind === "recursor") for (const rule of this.data.rules) {
      Terms.keep(rule.rhs);
      delete rule.expected;
      delete rule.made;
    }
    this.kept = true;
  }

  typeAt(list) { return this.at(this.types, list, () => this.type); }
  valueAt(list) { return this.at(this.values, list, () => this.value); }
  at(known, list, of) {
    if (list.items.length === 0) return of();
    let t = known.get(list.id);
    if (t === undefined) {
      const make = () => instantiateLevels(of(), this.params, list);
      t = this.lasting ? Terms.lasting(make) : make(); // what stays with a declaration lives as long as it
      if (known.size < 64) known.set(list.id, t);
    }
    return t;
  }
}

const shown = name => name.replace(/\u0001/g, ".").replace(/\u0002/g, "") || "[anonymous]";

module.exports = { Declaration, shown };
