// One engine's memory: headers elaborated once, statements once, and the verdict on each submission.
"use strict";

const { Constants, Malformed } = require("./constants.cjs");
const { exportConstants } = require("./export.cjs");
const { Kernel } = require("./kernel.cjs");
const { Snippets } = require("./snippet.cjs");

const HEADER_LIMIT = 2000, PROBLEM_LIMIT = 4000;
// Only at one of these may one header continue another: a prefix that ends inside a command would mean something else.
const IMPORTS = /^\s*(?:import [A-Z][\w.]*[ \t]*\n\s*)*/;
const COMMAND = /^\s*\n(\/--|\/-!|theorem |def |structure |inductive |instance |abbrev |namespace |end |open |section|variable |@\[|export |private |protected |noncomputable |example |set_option |universe |attribute |class |axiom |opaque |infix|notation |local |scoped |macro |syntax )/;

const continues = rest => !rest.trim() || COMMAND.test("\n" + rest);

class Session {
  constructor(lean, elaborator) {
    this.lean = lean;
    this.elab = elaborator;
    this.constants = new Constants(lean);
    this.kernel = new Kernel(lean, this.constants);
    this.snippets = new Snippets(this);
    this.bases = new Map(); // imported modules -> {state, kernel env}
    this.headers = new Map(); // header text -> command state (owned)
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

  // Where a text starts: Init, or the modules that its leading `import` lines name. They are read from our own library.
  base(text) {
    const lines = IMPORTS.exec(text)[0], modules = [...lines.matchAll(/[A-Z][\w.]*/g)].map(m => m[0]), key = modules.join(" ");
    if (!this.bases.has(key)) {
      let state;
      try { state = this.elab.base(modules.length ? modules : ["Init"]); } catch (error) { return { messages: [{ severity: "error", data: error.message }] }; }
      this.bases.set(key, { state, kernel: this.constants.kernel(this.elab.environment(state)) });
    }
    return { ...this.bases.get(key), rest: text.slice(lines.length) };
  }

  handle(request) {
    if (request.check) return this.check(request.check);
    if (request.judge) return this.judge(request.judge);
    if (request.snippet) return this.snippets.check(request.snippet);
    if (request.judgeSnippet) return this.snippets.judge(request.judgeSnippet);
    if (typeof request.cmd === "string") return this.command(request);
    return { message: "unknown request" };
  }

  // The community REPL's command: elaborate text on a numbered environment, keep the result.
  command({ cmd, env, limit }) {
    if (env !== undefined && env !== null && this.numbered[env] === undefined) return { message: "Unknown environment." };
    const { state: start, rest, messages: missing } = this.numbered[env] ? { state: this.numbered[env], rest: cmd } : this.base(cmd);
    if (missing) return { messages: missing };
    const state = this.elab.run(start, rest);
    const messages = this.elab.report(state, limit ?? 100), id = this.numbered.push(state) - 1;
    return { env: id, ...(messages.length ? { messages } : {}) };
  }

  // Command state after a header (borrowed). Elaborates only what follows the longest text already met: most headers are
  // beginnings of one file, so the state after each of its commands is kept.
  header(text) {
    let state = this.headers.get(text);
    if (state !== undefined) return { state };
    let from = "";
    for (const known of this.headers.keys()) {
      if (known.length > from.length && text.startsWith(known) && continues(text.slice(known.length))) from = known;
    }
    const start = from ? { state: this.headers.get(from), rest: text.slice(from.length) } : this.base(text);
    if (start.messages) return start;
    if (from && !start.rest.trim()) state = this.lean.share(start.state);
    else {
      const before = text.slice(0, text.length - start.rest.length), utf8 = Buffer.from(start.rest);
      state = this.elab.run(start.state, start.rest, (met, end) => this.meet(before + utf8.toString("utf8", 0, end), met));
    }
    if (this.elab.hasErrors(state)) {
      const messages = this.elab.report(state);
      this.lean.drop(state);
      return { messages };
    }
    this.keepHeader(text, state);
    return { state };
  }

  // Keep the state (borrowed) that Lean is in after a header's `beginning`.
  meet(beginning, state) {
    const key = beginning.trimEnd();
    if (!this.headers.has(key)) this.keepHeader(key, this.lean.share(state));
  }

  keepHeader(text, state) { this.keep(this.headers, text, state, HEADER_LIMIT, old => this.lean.drop(old)); }

  // The statement as we elaborate it, once: full name and constant, out of every submission's reach.
  problem({ header, statement, trusted_header: trusted = true }) {
    return { ...this.elaborated(header, statement), trusted };
  }

  elaborated(headerText, statement) {
    const key = headerText + "\u0000" + statement, known = this.problems.get(key);
    if (known !== undefined) return known;
    const { state, messages } = this.header(headerText);
    if (state === undefined) return { error: "header", messages };
    const name = declaredName(statement, this.elab.namespace(state));
    if (name === undefined) return { error: "statement", messages: [{ severity: "error", data: "the statement does not begin with `theorem NAME`" }] };
    const after = this.elab.run(state, statement + " := sorry\n");
    let problem;
    if (this.elab.hasErrors(after)) problem = { error: "statement", messages: this.elab.report(after) };
    else {
      const kernel = this.constants.kernel(this.elab.environment(after));
      this.constants.borrowed = null;
      const info = this.constants.find(kernel, name);
      this.lean.drop(kernel);
      if (!info || this.constants.kind(info) !== "theorem") problem = { error: "statement", messages: [{ severity: "error", data: "the statement does not declare a theorem of its name" }] };
      else if (!this.constants.needs(info).has("sorryAx")) problem = { error: "statement", messages: [{ severity: "error", data: "the statement holds a proof already" }] };
      else problem = { state, name, info, kernel: this.constants.kernel(this.elab.environment(state)), base: this.base(headerText).kernel };
    }
    this.lean.drop(after);
    if (problem.error) return problem;
    this.lean.share(state);
    this.keep(this.problems, key, problem, PROBLEM_LIMIT, old => { this.lean.drop(old.state); this.lean.drop(old.info); this.lean.drop(old.kernel); });
    return problem;
  }

  // The screen: elaborate the submission, bind it to the statement, audit its axioms. `replay` also judges it right here.
  check({ statement, proof, limit, replay, ...rest }) {
    const problem = this.problem({ statement, ...rest });
    if (problem.error) return { outcome: "invalid", check: problem.error, messages: problem.messages };
    const after = this.elab.run(problem.state, statement + " := " + proof + "\n");
    try {
      if (this.elab.hasErrors(after)) return { outcome: "rejected", messages: this.elab.report(after, limit) };
      return this.constants.scope(() => this.settle(problem, after, replay));
    } finally { this.lean.drop(after); }
  }

  settle(problem, after, replay) {
    const kernel = this.constants.kernel(this.elab.environment(after));
    try {
      const info = this.constants.find(kernel, problem.name);
      if (!info || this.constants.kind(info) !== "theorem") return refuse("statement binding", "no theorem of the given name was added");
      if (!this.constants.sameType(info, problem.info)) return refuse("statement binding", "the theorem's type is not the problem's");
      const closure = this.constants.closure(problem.name, problem.kernel, kernel);
      const { axioms, refused } = this.constants.audit(closure, problem);
      if (refused) return { ...refuse("axiom audit", refused), axioms };
      const constants = exportConstants(this.lean, this.constants, closure.fresh);
      return replay ? this.kernel.judge(problem, constants) : { outcome: "proved", axioms, constants };
    } catch (error) {
      if (error instanceof Malformed) return refuse("export", error.message);
      throw error;
    } finally { this.lean.drop(kernel); }
  }

  // The judge: constants that another process exported, rebuilt here from text, on a header and statement of our own.
  judge({ constants, ...rest }) {
    const problem = this.problem(rest);
    if (problem.error) return { outcome: "invalid", check: problem.error, messages: problem.messages };
    return this.constants.scope(() => this.kernel.judge(problem, constants));
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

function refuse(check, reason) { return { outcome: "cheated", check, messages: [{ severity: "error", data: reason }] }; }

// Full name of the theorem that a statement declares: its parts as Lean.name writes them.
const BEFORE = String.raw`(?:@\[(?:[^\[\]]|\[[^\]]*\])*\]|private|protected|public|nonrec|noncomputable|(?:open|set_option|omit|include)\s[^]*?\sin)\s*`;
const THEOREM = new RegExp(String.raw`^\s*((?:${BEFORE})*)theorem\s+((?:«[^»]*»|[^\s:({\[⦃«»])+)`, "u");
function declaredName(statement, namespace) {
  const [, before, written] = THEOREM.exec(stripComments(statement)) ?? [];
  if (written === undefined) return undefined;
  const parts = splitName(written), rooted = parts[0] === "_root_";
  const full = rooted ? parts.slice(1) : [...(namespace ? [namespace] : []), ...parts];
  if (/(^|\s)private\s/.test(before)) full.unshift("_private", "\u00020");
  return full.join("\u0001");
}
function stripComments(text) { // block comments nest
  let out = "", depth = 0;
  for (const [token] of text.matchAll(/\/-|-\/|--.*|«[^»]*»|[^]/gu)) {
    if (token === "/-") depth++;
    else if (token === "-/" && depth > 0) depth--;
    else if (depth === 0) out += token.startsWith("--") ? " " : token;
    if (depth === 0 && token === "-/") out += " ";
  }
  return out;
}
function splitName(text) { return [...text.matchAll(/«([^»]*)»|([^.«»]+)/gu)].map(m => m[1] ?? m[2]); }

module.exports = { Session };
