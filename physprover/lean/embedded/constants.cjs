// What a submission added to the environment: the constants its theorem rests on, and the checks made of them.
// Nothing here reads printed text: constants, types and axioms are Lean's own objects.
"use strict";

const KIND = ["axiom", "definition", "theorem", "opaque", "quot", "inductive", "constructor", "recursor"];
// Init holds them, yet a proof that rests on one proves nothing.
const FORBIDDEN = new Set(["sorryAx", "lcProof", "lcAny", "lcUnreachable", "lcErased", "Lean.ofReduceBool", "Lean.ofReduceNat",
  "Lean.trustCompiler", "Lean.reduceBool", "Lean.reduceNat"]);
const STANDARD = new Set(["propext", "Classical.choice", "Quot.sound"]);

class Malformed extends Error {} // a constant that no honest elaboration makes

class Constants {
  constructor(lean) { this.lean = lean; }

  kernel(environment) { return this.lean.call("lean_elab_environment_to_kernel_env", this.lean.share(environment)); }

  find(kernel, name) { // borrowed ConstantInfo, or 0
    const { lean } = this, found = lean.call("lean_environment_find", lean.share(kernel), lean.makeName(name));
    if (lean.isScalar(found)) return 0;
    const info = lean.field(found, 0);
    lean.share(info); lean.drop(found);
    this.borrowed?.push(info);
    return info;
  }
  kind(info) { return KIND[this.lean.tag(info)]; }
  value(info) { return this.lean.field(info, 0); } // TheoremVal, DefinitionVal, …
  signature(info) { return this.lean.field(this.value(info), 0); } // ConstantVal: name, levelParams, type
  type(info) { return this.lean.field(this.signature(info), 2); }
  levels(info) { return [...this.lean.list(this.lean.field(this.signature(info), 1))].map(n => this.lean.name(n)); }

  // Names of the implicit variables that a type begins with, those that Lean bound by itself among them.
  implicit(info) {
    const { lean } = this, names = [];
    for (let e = this.type(info); lean.tag(e) === 7 && lean.byte(e, 3, 8) !== 0; e = lean.field(e, 2)) {
      if (lean.byte(e, 3, 8) === 1) names.push(lean.name(lean.field(e, 0)));
    }
    return names;
  }

  sameType(a, b) {
    const { lean } = this;
    return this.levels(a).join() === this.levels(b).join() && lean.E.lean_expr_eqv(this.type(a), this.type(b)) !== 0;
  }

  // Names of all constants in an expression (borrowed), each once.
  mentioned(expression, seen = new Set(), names = new Set()) {
    const { lean } = this, stack = [expression];
    while (stack.length) {
      const e = stack.pop();
      if (seen.has(e)) continue;
      seen.add(e);
      switch (lean.tag(e)) {
        case 4: names.add(lean.name(lean.field(e, 0))); break;
        case 5: stack.push(lean.field(e, 0), lean.field(e, 1)); break;
        case 6: case 7: stack.push(lean.field(e, 1), lean.field(e, 2)); break;
        case 8: stack.push(lean.field(e, 1), lean.field(e, 2), lean.field(e, 3)); break;
        case 10: stack.push(lean.field(e, 1)); break;
        case 11: names.add(lean.name(lean.field(e, 0))); stack.push(lean.field(e, 2)); break;
      }
    }
    return names;
  }

  // Walk from `root` through everything the submission added. Returns new constants in dependency order and the
  // constants of header and library they rest on.
  closure(root, before, after) {
    const fresh = [], leaves = new Set(), done = new Set();
    const visit = name => { // depth-first with an explicit stack: proofs can be deep
      const stack = [[name, null]];
      while (stack.length) {
        const top = stack[stack.length - 1];
        if (top[1] === null) {
          if (done.has(top[0])) { stack.pop(); continue; }
          done.add(top[0]);
          if (this.find(before, top[0])) { leaves.add(top[0]); stack.pop(); continue; }
          const info = this.find(after, top[0]);
          if (!info) throw new Malformed("unknown constant " + top[0]);
          top[1] = [...this.needs(info)];
          top[2] = info;
        }
        const next = top[1].pop();
        if (next === undefined) { fresh.push({ name: top[0], info: top[2] }); stack.pop(); }
        else if (!done.has(next)) stack.push([next, null]);
      }
    };
    visit(root);
    return { fresh, leaves };
  }

  needs(info) {
    const { lean } = this, names = this.mentioned(this.type(info)), value = this.value(info);
    switch (this.kind(info)) {
      case "definition": case "theorem": case "opaque": this.mentioned(lean.field(value, 1), new Set(), names); break;
      case "inductive": for (const i of [3, 4]) for (const n of lean.list(lean.field(value, i))) names.add(lean.name(n)); break; // family, constructors
      case "constructor": names.add(lean.name(lean.field(value, 1))); break;
      case "recursor": for (const n of lean.list(lean.field(value, 1))) names.add(lean.name(n)); break;
    }
    return names;
  }

  // Axioms used, and the first reason why they may not be. Axioms of the problem's own header are trusted, and named; so
  // are its holes: `sorryAx` among the axioms, the declarations that hold a `sorry` in `holes`.
  audit({ fresh, leaves }, problem) {
    const { base } = problem, axioms = new Set(), shown = n => n.replace(/\u0001/g, ".").replace(/\u0002/g, "");
    for (const { name, info } of fresh) if (this.kind(info) === "axiom") return { axioms: [shown(name)], refused: `axiom ${shown(name)} added by the submission` };
    for (const name of leaves) {
      const text = shown(name);
      if (FORBIDDEN.has(text)) return { axioms: [text], refused: `rests on ${text}` };
      if (STANDARD.has(text)) axioms.add(text);
    }
    const holes = this.auditHeader([...leaves].filter(name => !this.find(base, name)), problem, axioms, shown);
    if (holes.length) axioms.add("sorryAx");
    return { axioms: [...axioms].sort(), holes, refused: null };
  }

  // What the constants `names` of the header rest on, through the header down to the library: adds axioms to `axioms`,
  // returns the names of declarations with a hole. Theorems with a hole are no holes where they are `proved` elsewhere.
  auditHeader(names, { kernel, base, proved }, axioms, shown) {
    const seen = new Set(names), stack = [...names], holes = [];
    while (stack.length) {
      const name = stack.pop(), info = this.find(kernel, name), kind = this.kind(info), needs = this.needs(info);
      if (kind === "axiom") axioms.add(shown(name));
      if (needs.has("sorryAx")) {
        if (proved && kind === "theorem") continue;
        holes.push(shown(name));
      }
      for (const next of needs) {
        if (seen.has(next)) continue;
        seen.add(next);
        if (!this.find(base, next)) stack.push(next);
        else if (STANDARD.has(shown(next)) || (next !== "sorryAx" && FORBIDDEN.has(shown(next)))) axioms.add(shown(next));
      }
    }
    return holes.sort();
  }

  // Object borrowed from find() stay valid inside `scope`, then are released.
  scope(body) {
    const outer = this.borrowed;
    this.borrowed = [];
    try { return body(); } finally {
      for (const p of this.borrowed) this.lean.drop(p);
      this.borrowed = outer;
    }
  }
}

module.exports = { Constants, Malformed };
