// What a header declares, for the second kernel: each constant once, as a text that stands by itself.
//
// A piece is one constant, or one family of inductive types with its constructors and recursors, and names the pieces that it
// builds on by their digests (kernel/remembered.cjs). A proof is then sent with the digests of what it mentions of its header,
// and with the pieces that were not sent before.
"use strict";

const { createHash } = require("crypto");
const { Malformed } = require("./constants.cjs");
const { exportConstants } = require("./export.cjs");

const LIMIT = 20000; // constants

class Pieces {
  constructor(lean, constants) {
    this.lean = lean;
    this.constants = constants;
    this.known = new Map(); // ConstantInfo (owned) -> {digest, text, needs: digests, below: pieces}
    this.sent = new Set(); // digests
  }

  // Digests of the constants `names` of a header, and the pieces that are to be sent with them, each behind those it needs.
  // `anew`: as if none had been sent.
  of(names, problem, anew) {
    if (this.known.size > LIMIT) this.forget();
    if (anew) this.sent.clear();
    const roots = names.map(name => this.piece(this.constants.find(problem.kernel, name), name, problem)), pieces = [], stack = [...roots];
    while (stack.length) {
      const piece = stack[stack.length - 1], missing = piece.below.filter(p => !this.sent.has(p.digest));
      if (this.sent.has(piece.digest)) { stack.pop(); continue; }
      if (missing.length) { stack.push(...missing); continue; }
      stack.pop();
      this.sent.add(piece.digest);
      pieces.push({ digest: piece.digest, text: piece.text, needs: piece.needs });
    }
    return { header: [...new Set(roots.map(p => p.digest))], pieces };
  }

  piece(info, name, problem) { // of a constant (borrowed), after all it builds on: chains of definitions can be long
    const { known } = this, stack = [[info, name, null]];
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (known.has(top[0])) { stack.pop(); continue; }
      top[2] ??= this.unit(top[0], top[1], problem);
      const { members, needs } = top[2], missing = [...needs].filter(([, i]) => !known.has(i));
      if (missing.length) { stack.push(...missing.map(([n, i]) => [i, n, null])); continue; }
      stack.pop();
      const below = [...new Set([...needs.values()].map(i => known.get(i)))].sort((a, b) => a.digest < b.digest ? -1 : 1);
      const text = JSON.stringify(exportConstants(this.lean, this.constants, members)), digests = below.map(p => p.digest);
      const piece = { digest: createHash("sha256").update(digests.join() + "\n" + text).digest("hex"), text, needs: digests, below };
      for (const m of members) known.set(this.lean.share(m.info), piece);
      if (!known.has(top[0])) throw new Malformed("a constant outside its own family");
    }
    return known.get(info);
  }

  // The constants declared together with one, and what they mention of the header besides: name -> ConstantInfo.
  unit(info, name, { kernel, base }) {
    const { constants } = this, find = n => constants.find(kernel, n);
    const members = this.family(info, name, find).map(n => ({ name: n, info: n === name ? info : find(n) })).filter(m => m.info);
    const inside = new Set(members.map(m => m.name)), needs = new Map();
    for (const m of members) for (const n of constants.needs(m.info)) if (!inside.has(n) && !needs.has(n) && !constants.find(base, n)) needs.set(n, find(n));
    return { members, needs };
  }
  family(info, name, find) {
    const { lean, constants } = this, texts = (i, at) => [...lean.list(lean.field(constants.value(i), at))].map(n => lean.name(n));
    const kind = constants.kind(info);
    if (kind === "constructor") return this.family(find(lean.name(lean.field(constants.value(info), 1))), null, find);
    if (kind !== "inductive" && kind !== "recursor") return [name];
    const all = texts(info, kind === "inductive" ? 3 : 1), recursors = all.map(n => n + "\u0001rec");
    for (let i = 1; find(`${all[0]}\u0001rec_${i}`); i++) recursors.push(`${all[0]}\u0001rec_${i}`); // of nested types
    return [...all, ...all.flatMap(n => texts(find(n), 4)), ...recursors];
  }

  forget() {
    for (const info of this.known.keys()) this.lean.drop(info);
    this.known.clear();
    this.sent.clear();
  }
}

module.exports = { Pieces };
