// What headers declare, checked once: many proofs stand on the same header.
//
// A piece is one constant, or one family of inductive types with its constructors and recursors, as {text, needs}: its rows,
// and the digests of the pieces it builds on. Its digest is a hash of both, computed here, so it stands for the content of a
// piece down to the library; no name is asked for. A piece is kept only after this kernel has checked it, on top of the
// library and the pieces below it alone, so whatever is remembered holds, whoever sent it, and what a proof declares of its
// own (judge.cjs) is never kept.
"use strict";

const { createHash } = require("crypto");
const { Environment } = require("./environment.cjs");
const { Malformed, Unknown } = require("./errors.cjs");
const { Replay } = require("./replay.cjs");
const { Terms } = require("./term.cjs");

class Remembered { // on top of one library
  constructor(library) {
    this.library = library;
    this.pieces = new Map(); // digest -> {declarations, axioms, needs}
  }

  // An environment with the pieces of these digests and all below them. Throws `Unknown` with the digests that are not kept.
  environment(digests) {
    const missing = digests.filter(d => !this.pieces.has(d));
    if (missing.length) throw new Unknown(missing);
    const environment = new Environment(this.library), seen = new Set(), stack = digests.map(d => this.pieces.get(d));
    while (stack.length) {
      const piece = stack.pop();
      if (seen.has(piece)) continue;
      seen.add(piece);
      piece.declarations.forEach(d => environment.take(d));
      environment.axioms.push(...piece.axioms);
      stack.push(...piece.needs);
    }
    return environment;
  }

  // Check a piece, and keep it.
  add({ text, needs }) {
    if (typeof text !== "string" || !Array.isArray(needs)) throw new Malformed("a piece of a header that is none");
    const key = digest(text, needs);
    if (this.pieces.has(key)) return;
    const environment = this.environment(needs), below = new Set(environment.own.keys()), axioms = environment.axioms.length;
    new Replay(environment, parsed(text)).all();
    const declarations = [...environment.own.values()].filter(d => !below.has(d.name));
    declarations.forEach(d => d.keep());
    this.pieces.set(key, { declarations, axioms: environment.axioms.slice(axioms), needs: needs.map(d => this.pieces.get(d)) });
    Terms.renew();
  }
}

function digest(text, needs) { return createHash("sha256").update(needs.join() + "\n" + text).digest("hex"); }
function parsed(text) { try { return JSON.parse(text); } catch { throw new Malformed("a piece of a header cut off"); } }

module.exports = { Remembered };
