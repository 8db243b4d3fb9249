// One engine's memory: headers elaborated once, statements once, and the verdict on each submission.
"use strict";

const { createHash } = require("crypto");
const { Constants, Malformed } = require("./constants.cjs");
const { exportConstants } = require("./export.cjs");
const { Kernel } = require("./kernel.cjs");
const { Snippets } = require("./snippet.cjs");
const { Variants } = require("./variants.cjs");

// A header without these words cannot add a declaration that the kernel has not checked.
const METAPROGRAMS = /skipKernelTC|import\b[^]*\bLean\b/;
// What a library's modules register is known behind them, as if they were imported: all of a trusted header, of another the
// lines that stand for what it imports.
const INITIALIZES = /\binitialize\b|\bregister_|\[init\b/;
const HEADER_LIMIT = 2000, POINT_LIMIT = 2000, PROBLEM_LIMIT = 4000;

class Session {
  constructor(lean, elaborator) {
    this.lean = lean;
    this.elab = elaborator;
    this.constants = new Constants(lean);
    this.kernel = new Kernel(lean, this.constants);
    this.snippets = new Snippets(this);
    this.bases = new Map(); // imported modules -> {state, kernel env}
    this.headers = new Map(); // header text behind its mark, see marked() -> command state (owned)
    this.unchecked = new Map(); // header text -> that state under `skipKernelTC` (owned), see withoutKernel()
    this.points = new Map(); // digest of the text up to the end of a command -> that command and the states round it (owned), see run()
    this.problems = new Map(); // header + statement -> {name, kernel env, type…}
    this.numbered = []; // REPL environments
  }

  version() { return this.lean.text(this.lean.module.i32[this.lean.E.l_Lean_versionString.value >> 2]); }

  // The first use of each tactic is slow (V8 compiles it then): do that before any deadline runs.
  warm() {
    const { state } = this.base("");
    const proofs = ["theorem w1 (a b : Nat) (h : a < b) : a + 1 ≤ b := by omega", "theorem w2 (a : Int) : a + 0 = a := by simp",
      "theorem w3 (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b := by grind", "theorem w4 : 3 * 7 = 21 := by decide"];
    for (const text of proofs) this.lean.drop(this.elab.run(state, text));
  }

  // Where a text starts: its imports, as Lean's parser reads them, from our own library. `offered`: roots of the modules
  // that may be imported, all of the library's where it is not given.
  base(text, offered = undefined) {
    const { modules, position, messages } = this.elab.readImports(text);
    if (messages.length) return { messages };
    if (!modules.includes("Init")) return { messages: [{ severity: "error", data: "a file with `prelude` and without `import Init` cannot be judged" }] };
    const other = offered && modules.find(m => !offered.includes(m.split(".")[0]));
    if (other) return { messages: [notOffered(other, text, offered)] };
    const wanted = ["Init", ...modules.filter(m => m.split(".")[0] !== "Init")], key = wanted.join(" "); // no module of Std imports all of Init
    if (!this.bases.has(key)) {
      let state;
      try { state = this.elab.base(wanted); } catch (error) {
        if (error.again) throw error;
        return { messages: [{ severity: "error", data: error.message.replace(/^Lean IO error: |\n[^]*/g, "") }] };
      }
      this.bases.set(key, { state, kernel: this.constants.kernel(this.elab.environment(state)) });
    }
    return { ...this.bases.get(key), position, modules };
  }

  handle(request) {
    if (request.prepare) return this.prepare(request.prepare);
    if (request.check) return this.check(request.check);
    if (request.judge) return this.judge(request.judge);
    if (request.snippet) return this.snippets.check(request.snippet);
    if (request.judgeSnippet) return this.snippets.judge(request.judgeSnippet);
    if (request.variants) return new Variants(this).judge(request.variants);
    if (typeof request.cmd === "string") return this.command(request);
    return { message: "unknown request" };
  }

  // The community REPL's command: elaborate text on a numbered environment, keep the result.
  command({ cmd, env, limit }) {
    if (env !== undefined && env !== null && this.numbered[env] === undefined) return { message: "Unknown environment." };
    const start = this.numbered[env] ? { state: this.numbered[env] } : this.base(cmd);
    if (start.messages) return { messages: start.messages };
    const state = this.elab.run(start.state, cmd, start.position);
    const messages = this.elab.report(state, limit ?? 100), id = this.numbered.push(state) - 1;
    return { env: id, ...(messages.length ? { messages } : {}) };
  }

  // Command state after a header (borrowed). Most headers are beginnings of one file, so the state after each command met
  // is kept, and a header that holds the same commands goes on from the last of them. Lean's parser decides whether it
  // does: what follows a command can continue it, or be part of a comment. A header ends with the first command that fails,
  // and so does every other that holds that command.
  header(text, mark = "") {
    let state = this.headers.get(mark + text);
    if (state !== undefined) return { state };
    const start = this.known(text, mark) ?? this.base(text);
    if (start.messages) return start;
    const digest = digests(mark, text);
    state = this.elab.run(start.state, text, start.position, point => point.end < 0 || this.meet(digest(point.end), point), initialized(mark, text));
    if (this.elab.hasErrors(state)) {
      const messages = this.elab.report(state);
      this.lean.drop(state);
      return { messages };
    }
    this.keep(this.headers, mark + text, state, HEADER_LIMIT, old => this.lean.drop(old));
    return { state };
  }

  // The state (borrowed) after the longest known beginning of `text` that ends with a command of `text`, and where the
  // next command begins; the messages of that command where it fails.
  known(text, mark) {
    const ends = new Set([...this.points.values()].map(point => point.end)), digest = digests(mark, text);
    const met = [...ends].sort((a, b) => a - b).map(end => this.points.get(digest(end))).filter(Boolean);
    for (const point of met.reverse()) {
      const position = this.elab.sameCommand(text, point);
      if (position !== undefined) return point.messages ? { messages: point.messages } : { state: point.after, position };
    }
    return undefined;
  }

  meet(beginning, { syntax, before, after, ...place }) {
    if (this.points.has(beginning) || (place.messages && this.lean.late)) return; // a deadline is no fault of the command
    const [s, b, a] = [syntax, before, after].map(p => this.lean.share(p));
    this.keep(this.points, beginning, { ...place, syntax: s, before: b, after: a }, POINT_LIMIT,
      old => [old.syntax, old.before, old.after].forEach(p => this.lean.drop(p)));
  }

  // The statement as we elaborate it, once: full name and constant, out of every submission's reach.
  // `statement` comes with a hole for its proof, `declares` is the name it gives (physprover/lean/text reads it).
  problem({ header, statement, declares, trusted_header: trusted = true, imported_lines: imported, lemmas_proved: proved = false }) {
    const mark = marked(header, trusted ? Infinity : imported ?? 0);
    return { ...this.elaborated(header, statement, declares, mark), trusted, proved, metaprograms: METAPROGRAMS.test(header) };
  }

  elaborated(headerText, statement, declares, mark) {
    const key = mark + headerText + "\u0000" + statement, known = this.problems.get(key);
    if (known !== undefined) return known;
    const { state, messages } = this.header(headerText, mark);
    if (state === undefined) return { error: "header", messages };
    const start = this.base(headerText);
    const name = declares ? fullName(declares, this.elab.namespace(state)) : undefined;
    if (name === undefined) return { error: "statement", messages: [{ severity: "error", data: "the statement does not begin with `theorem NAME`" }] };
    const after = this.elab.run(state, statement);
    let problem;
    if (this.elab.hasErrors(after)) problem = { error: "statement", messages: this.elab.report(after) };
    else {
      const kernel = this.constants.kernel(this.elab.environment(after));
      this.constants.borrowed = null;
      const info = this.constants.find(kernel, name);
      this.lean.drop(kernel);
      if (!info || this.constants.kind(info) !== "theorem") problem = { error: "statement", messages: [{ severity: "error", data: "the statement does not declare a theorem of its name" }] };
      else if (!this.constants.needs(info).has("sorryAx")) problem = { error: "statement", messages: [{ severity: "error", data: "the statement holds a proof already" }] };
      else problem = { state, header: mark + headerText, name, info, kernel: this.constants.kernel(this.elab.environment(state)), base: start.kernel, modules: start.modules, bound: this.constants.implicit(info) };
    }
    this.lean.drop(after);
    if (problem.error) return problem;
    this.lean.share(state);
    this.keep(this.problems, key, problem, PROBLEM_LIMIT, old => { this.lean.drop(old.state); this.lean.drop(old.info); this.lean.drop(old.kernel); });
    return problem;
  }

  // Trusted text ahead of the checks on it, whose deadline it must not use up (process.py).
  prepare(asked) {
    const { error, messages } = this.problem(asked);
    return error ? { outcome: "invalid", check: error, messages } : {};
  }

  // A header's state (borrowed) in which Lean's elaborator adds a declaration without asking the kernel.
  withoutKernel(header, state) {
    let found = this.unchecked.get(header);
    if (found === undefined) {
      found = this.elab.run(state, "set_option debug.skipKernelTC true");
      this.keep(this.unchecked, header, found, HEADER_LIMIT, old => this.lean.drop(old));
    }
    return found;
  }

  // The screen: elaborate the submission, bind it to the statement, audit its axioms. `replay` also judges it right here;
  // `unchecked` leaves the kernel's part to the judge, which does the same work again.
  check({ text, limit, replay, unchecked, ...rest }) {
    const problem = this.problem(rest);
    if (problem.error) return { outcome: "invalid", check: problem.error, messages: problem.messages };
    const start = unchecked ? this.withoutKernel(problem.header, problem.state) : problem.state;
    const after = this.elab.run(start, text), { bound } = problem;
    try {
      if (this.elab.hasErrors(after)) return { outcome: "rejected", messages: this.elab.report(after, limit), bound };
      return { ...this.constants.scope(() => this.settle(problem, after, replay)), bound };
    } finally { this.lean.drop(after); }
  }

  settle(problem, after, replay) {
    const kernel = this.constants.kernel(this.elab.environment(after));
    try {
      const info = this.constants.find(kernel, problem.name);
      if (!info || this.constants.kind(info) !== "theorem") return refuse("statement binding", "no theorem of the given name was added");
      if (!this.constants.sameType(info, problem.info)) return refuse("statement binding", "the theorem's type is not the problem's");
      const closure = this.constants.closure(problem.name, problem.kernel, kernel);
      const { axioms, holes, refused } = this.constants.audit(closure, problem);
      if (refused) return { ...refuse("axiom audit", refused), axioms };
      const constants = exportConstants(this.lean, this.constants, closure.fresh);
      return replay ? this.kernel.judge(problem, constants) : { outcome: "proved", axioms, holes, constants };
    } catch (error) {
      if (error instanceof Malformed) return refuse("export", error.message);
      throw error;
    } finally { this.lean.drop(kernel); }
  }

  // The judge: constants that another process exported, rebuilt here from text, on a header and statement of our own.
  judge({ constants, second, ...rest }) {
    const problem = this.problem(rest);
    if (problem.error) return { outcome: "invalid", check: problem.error, messages: problem.messages };
    return this.constants.scope(() => this.kernel.judge(problem, constants, second));
  }

  keep(map, key, value, limit, release) {
    if (map.size >= limit) {
      const [oldest] = map.keys();
      release(map.get(oldest));
      map.delete(oldest);
    }
    map.set(key, value);
  }
}

// Gives the digest of a text up to a byte, asked for ascending bytes. The texts themselves would be hundreds of megabytes for
// one header of a thousand commands.
function digests(mark, text) {
  const utf8 = Buffer.from(text), hash = createHash("sha256").update(mark);
  let done = 0;
  return end => {
    hash.update(utf8.subarray(done, end));
    done = end;
    return hash.copy().digest("base64");
  };
}

function notOffered(module, text, offered) {
  const line = text.split("\n").findIndex(l => l.includes(module)) + 1 || 1, root = module.split(".")[0];
  const data = `unknown module prefix '${root}'\n\nThis server runs core Lean and offers ${offered.join(" and ")}; files that import ${root} need the project engine.`;
  return { severity: "error", pos: { line, column: 0 }, endPos: null, data };
}

// What stands in front of a header in the maps of a session: of how many of its first lines the initializers run.
function marked(header, lines) { return INITIALIZES.test(beginning(header, lines)) ? `${lines}\u0000` : ""; }
function initialized(mark, text) { return mark ? Buffer.byteLength(beginning(text, parseFloat(mark))) : 0; } // bytes
function beginning(text, lines) { return lines === Infinity ? text : text.split("\n").slice(0, lines).join("\n"); }

function refuse(check, reason) { return { outcome: "cheated", check, messages: [{ severity: "error", data: reason }] }; }

// Full name of the theorem that a statement declares: its parts as Lean.name writes them.
function fullName({ parts, rooted, private: hidden }, namespace) {
  const full = [...(namespace && !rooted ? [namespace] : []), ...parts];
  if (hidden) full.unshift("_private", "\u00020");
  return full.join("\u0001");
}

module.exports = { Session };
