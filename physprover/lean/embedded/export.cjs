// Constants as plain JSON: names, levels and expressions in tables that refer backwards, so that another process can
// rebuild them without reading anything a submission could have written itself.
"use strict";

const { Malformed } = require("./constants.cjs");

class Exporter {
  constructor(lean, constants) {
    this.lean = lean;
    this.constants = constants;
    this.tables = { names: [], levels: [], exprs: [] };
    this.ids = { names: new Map(), levels: new Map(), exprs: new Map() };
  }

  intern(table, key, row) {
    let id = this.ids[table].get(key);
    if (id === undefined) {
      id = this.tables[table].push(row()) - 1;
      this.ids[table].set(key, id);
    }
    return id;
  }
  name(p) { const text = this.lean.name(p); return this.intern("names", text, () => text); }

  level(p) { // zero 0, succ 1, max 2, imax 3, param 4
    const { lean } = this, tag = lean.tag(p);
    if (tag > 4) throw new Malformed("universe metavariable");
    return this.intern("levels", p, () => tag === 0 ? [0] : tag === 4 ? [4, this.name(lean.field(p, 0))]
      : tag === 1 ? [1, this.level(lean.field(p, 0))] : [tag, this.level(lean.field(p, 0)), this.level(lean.field(p, 1))]);
  }

  children(e) {
    const f = i => this.lean.field(e, i);
    switch (this.lean.tag(e)) {
      case 5: return [f(0), f(1)];
      case 6: case 7: return [f(1), f(2)];
      case 8: return [f(1), f(2), f(3)];
      case 10: return [f(1)];
      case 11: return [f(2)];
      default: return [];
    }
  }

  expression(root) { // post-order with an explicit stack: proof terms can be deep
    const known = this.ids.exprs, stack = [root];
    while (stack.length) {
      const e = stack[stack.length - 1];
      if (known.has(e)) { stack.pop(); continue; }
      const missing = this.children(e).filter(c => !known.has(c));
      if (missing.length) { stack.push(...missing); continue; }
      stack.pop();
      known.set(e, this.row(e));
    }
    return known.get(root);
  }

  row(e) {
    const { lean } = this, f = i => lean.field(e, i), id = i => this.ids.exprs.get(f(i)), tag = lean.tag(e);
    const binder = () => [tag, this.name(f(0)), id(1), id(2), lean.byte(e, 3, 8)]; // 8 bytes of cached data come first
    switch (tag) {
      case 0: return this.push([0, lean.nat(f(0))]);
      case 3: return this.push([3, this.level(f(0))]);
      case 4: return this.push([4, this.name(f(0)), [...lean.list(f(1))].map(l => this.level(l))]);
      case 5: return this.push([5, id(0), id(1)]);
      case 6: case 7: return this.push(binder());
      case 8: return this.push([8, this.name(f(0)), id(1), id(2), id(3)]);
      case 9: return this.push(lean.tag(f(0)) === 0 ? [9, 0, lean.nat(lean.field(f(0), 0))] : [9, 1, lean.text(lean.field(f(0), 0))]);
      case 10: return id(1); // metadata means nothing to the kernel
      case 11: return this.push([11, this.name(f(0)), lean.nat(f(1)), id(2)]);
      default: throw new Malformed("free or meta variable in a constant");
    }
  }
  push(row) { return this.tables.exprs.push(row) - 1; }

  declaration({ name, info }) {
    const { lean, constants } = this, value = constants.value(info), kind = constants.kind(info);
    const common = { kind, name, levels: constants.levels(info), type: this.expression(constants.type(info)) };
    switch (kind) {
      case "theorem": return { ...common, value: this.expression(lean.field(value, 1)) };
      case "definition": return { ...common, value: this.expression(lean.field(value, 1)), hints: this.hints(lean.field(value, 2)), safety: lean.byte(value, 4, 0) };
      case "opaque": return { ...common, value: this.expression(lean.field(value, 1)), unsafe: lean.byte(value, 3, 0) };
      case "inductive": return { ...common, params: lean.nat(lean.field(value, 1)), unsafe: lean.byte(value, 6, 1),
        all: this.texts(lean.field(value, 3)), constructors: this.texts(lean.field(value, 4)) };
      default: return common; // constructors and recursors: the kernel makes them with their type
    }
  }
  hints(p) { return this.lean.isScalar(p) ? this.lean.tag(p) : this.lean.module.i32[(p + 8) >> 2] + 2; } // opaque 0, abbrev 1, regular n + 2
  texts(list) { return [...this.lean.list(list)].map(n => this.lean.name(n)); }
}

function exportConstants(lean, constants, fresh) {
  const exporter = new Exporter(lean, constants), declarations = fresh.map(c => exporter.declaration(c));
  return { ...exporter.tables, declarations };
}

// What the second kernel is given: the constants, and name, universe parameters and type (a row of theirs) of a statement.
function exportTheorem(lean, constants, fresh, { name, info }) {
  const exporter = new Exporter(lean, constants), declarations = fresh.map(c => exporter.declaration(c));
  const theorem = { name, levels: constants.levels(info), type: exporter.expression(constants.type(info)) };
  return { constants: { ...exporter.tables, declarations }, theorem };
}

module.exports = { exportConstants, exportTheorem };
