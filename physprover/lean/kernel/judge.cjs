// What the second kernel is asked: whether constants hold on top of the library and give a theorem its statement, and
// whether a certificate does. Each answer is one object with an outcome:
//   accepted; refused (the judgement does not hold); malformed (no declarations); exhausted (more work than it is given).
"use strict";

const fs = require("fs");
const { Environment, sameDefinition } = require("./environment.cjs");
const { Exhausted, Malformed, Refused, Unknown } = require("./errors.cjs");
const { Library } = require("./olean.cjs");
const { Reader } = require("./ndjson.cjs");
const { Remembered } = require("./remembered.cjs");
const { Replay } = require("./replay.cjs");
const { CONST, some, Terms } = require("./term.cjs");
const { shown } = require("./declaration.cjs");
const { writeCertificate } = require("./certificate.cjs");

const STANDARD = new Set(["propext", "Classical.choice", "Quot.sound"]);
const ADMITS = new Set(["sorryAx", "lcProof", "lcAny", "lcUnreachable", "lcErased", "Lean.ofReduceBool", "Lean.ofReduceNat", "Lean.trustCompiler"]);
const STEPS = 4e8, TERMS = 5e6; // for one check: minutes, and about 1 GB
const KEPT = 2e6; // terms of libraries and headers that outlive checks: past this all are forgotten

class Judge {
  constructor(libraryDir) {
    this.libraryDir = libraryDir;
    this.libraries = new Map(); // names of the modules imported -> Library
    this.headers = new Map(); // Library -> Remembered, what was checked on top of it
  }

  library(modules) {
    const wanted = ["Init", ...modules.filter(m => m !== "Init")].map(m => m.replace(/\./g, "\u0001")), key = wanted.join(" ");
    let library = this.libraries.get(key);
    if (library === undefined) {
      library = new Library(this.libraryDir).load(wanted);
      if (this.libraries.size >= 4) {
        const [[oldest, old]] = this.libraries;
        this.libraries.delete(oldest);
        this.headers.delete(old);
      }
      this.libraries.set(key, library);
    }
    return library;
  }

  remembered(modules) {
    const library = this.library(modules);
    if (!this.headers.has(library)) this.headers.set(library, new Remembered(library));
    return this.headers.get(library);
  }
  forget() {
    this.libraries.clear();
    this.headers.clear();
    Terms.clear();
  }

  // `modules` imported; `header`: digests of what `constants` build on besides, `pieces`: those that may not be known yet
  // (remembered.cjs); `constants` as the engine exports them; `theorem`: the name, universe parameters and type (a row of
  // `constants`) that the engine elaborated from the statement, or `theorems`: names of those that must be there.
  check({ modules, header = [], pieces = [], constants, theorem, theorems }) {
    if (Terms.kept() > KEPT) this.forget();
    return this.bounded(() => {
      for (const piece of pieces) this.remembered(modules).add(piece);
      const { environment } = this.replay(modules, constants, theorem, header);
      for (const name of theorems ?? []) theoremOf(environment, name);
      return { axioms: environment.axioms.map(shown) };
    });
  }
  replay(modules, constants, theorem, header = []) {
    const environment = this.remembered(modules).environment(header), replay = new Replay(environment, constants);
    replay.all();
    if (theorem !== undefined) {
      if (!replay.waiting.has(theorem.name)) throw new Refused(`no theorem ${shown(theorem.name)}`); // a header's is no proof of it
      const found = theoremOf(environment, theorem.name);
      if (found.params.join() !== theorem.levels.join() || found.type !== replay.term(theorem.type)) throw new Refused(`${shown(theorem.name)} proves another statement`);
    }
    return { environment };
  }

  // Of each change [table, row, value] of the constants, what `check` answers.
  variants({ modules, constants, theorems, changes }) {
    const answers = changes.map(([table, place, value]) => {
      const rows = [...constants[table]];
      rows[place] = value;
      const { outcome, message = "" } = this.check({ modules, constants: { ...constants, [table]: rows }, theorems });
      return { outcome, message };
    });
    return { outcome: "accepted", answers };
  }

  // The certificate's text for what `check` accepts: see certificate.cjs.
  certificate({ modules, constants, theorem }) {
    return this.bounded(() => {
      const { environment } = this.replay(modules, constants, theorem);
      return writeCertificate(environment, theorem.name);
    });
  }

  // A file in the lean4export format. With `modules`, it is a certificate: what the library declares must be the library's
  // and `theorem` must be there; without, everything in it is checked, and nothing is trusted but its axioms.
  file({ file, modules = null, theorem = null }) {
    return this.bounded(() => {
      const library = modules === null ? null : this.library(modules), environment = new Environment(library, library === null ? this.arithmetic() : null);
      const reader = new Reader(environment, library !== null);
      for (const line of lines(file)) reader.read(line);
      reader.end();
      if (reader.declared.length === 0) throw new Malformed("the file declares nothing");
      if (theorem !== null) theoremOf(environment, theorem);
      return { axioms: axiomsOf(environment), declared: reader.declared.length, added: environment.own.size };
    });
  }
  arithmetic() { return this.libraryDir === null ? null : this.library([]); }

  bounded(body, { steps = STEPS, terms = TERMS } = {}) {
    Terms.begin(steps, terms);
    try { return { outcome: "accepted", ...body(), steps: steps - Terms.steps() }; } catch (error) {
      const message = String(error.message).slice(0, 500).replace(/\s+/g, " ");
      if (error instanceof Refused) return { outcome: "refused", message };
      if (error instanceof Unknown) return { outcome: "unknown", message, missing: error.digests };
      if (error instanceof Malformed) return { outcome: "malformed", message };
      if (error instanceof Exhausted) return { outcome: "exhausted", resource: error.resource, message };
      if (error instanceof RangeError) return { outcome: "exhausted", resource: "depth", message: "terms nested deeper than one check may follow" };
      throw error;
    } finally { Terms.end(); }
  }
}

// Axioms added, and those of the library that what was added mentions. What admits anything is refused. An axiom that has the
// name of one of Lean's, and not its statement, is not named as if it were Lean's.
function axiomsOf(environment) {
  const { known } = environment, foreign = n => known !== null && STANDARD.has(shown(n)) && !sameDefinition(environment.find(n), known.find(n));
  const found = new Set(environment.axioms.map(n => foreign(n) ? `${shown(n)} (not Lean's)` : shown(n)));
  for (const d of environment.own.values()) {
    for (const body of d.unfolds || d.kind === "opaque" ? [d.type, d.value] : [d.type]) some(body, t => {
      if (t.tag !== CONST || !t.a.library) return false;
      const name = shown(t.a.name);
      if (ADMITS.has(name)) throw new Refused(`${shown(d.name)} rests on ${name}`);
      if (STANDARD.has(name)) found.add(name);
      return false;
    });
  }
  return [...found].sort();
}

function theoremOf(environment, name) {
  const found = environment.own.get(name);
  if (found === undefined || found.kind !== "theorem") throw new Refused(`no theorem ${shown(name)}`);
  return found;
}

function* lines(file) { // of a file, without its whole text in memory
  const handle = fs.openSync(file, "r"), chunk = Buffer.alloc(1 << 20);
  try {
    let rest = [];
    for (let n; (n = fs.readSync(handle, chunk, 0, chunk.length, null)) > 0;) {
      let from = 0;
      for (let at; (at = chunk.indexOf(10, from)) >= 0 && at < n; from = at + 1) {
        rest.push(Buffer.from(chunk.subarray(from, at)));
        const line = Buffer.concat(rest).toString("utf8");
        rest = [];
        if (line.trim()) yield line;
      }
      rest.push(Buffer.from(chunk.subarray(from, n)));
    }
    const line = Buffer.concat(rest).toString("utf8");
    if (line.trim()) yield line;
  } finally { fs.closeSync(handle); }
}

module.exports = { Judge };
