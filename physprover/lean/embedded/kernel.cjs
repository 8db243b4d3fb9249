// The judge's half: rebuild exported constants and let Lean's kernel check each one, on top of our own header and with
// the problem's own type. No elaborator, no tactic and no option of the submission is involved.
"use strict";

const { exportConstants, exportTheorem } = require("./export.cjs");
const { InductiveForm } = require("./inductive_form.cjs");
const { Pieces } = require("./pieces.cjs");

const SAFE = 1; // DefinitionSafety.safe
const FORM = "inductive form";
const SORT = 3, PI = 7; // constructors of Expr
const AXIOM = 0, DEFINITION = 1, THEOREM = 2, OPAQUE = 3, INDUCTIVE = 6; // constructors of Declaration

class Builder {
  constructor(lean, { names, levels, exprs }) {
    this.lean = lean;
    this.names = names.map(n => lean.makeName(n));
    this.levels = [];
    this.exprs = [];
    for (const row of levels) this.levels.push(this.level(row));
    for (const row of exprs) this.exprs.push(this.expression(row));
  }
  use(table, i) {
    const p = this[table][i];
    if (p === undefined) throw new Error("forward reference in exported constants");
    return this.lean.share(p);
  }
  levelList(ids) { return this.lean.listOf(ids.map(i => this.use("levels", i))); }

  level([tag, a, b]) {
    const { E } = this.lean;
    switch (tag) {
      case 0: return E.lean_level_mk_zero(this.lean.box(0));
      case 1: return E.lean_level_mk_succ(this.use("levels", a));
      case 2: return E.lean_level_mk_max(this.use("levels", a), this.use("levels", b));
      case 3: return E.lean_level_mk_imax(this.use("levels", a), this.use("levels", b));
      case 4: return E.lean_level_mk_param(this.use("names", a));
      default: throw new Error("bad level");
    }
  }

  expression([tag, a, b, c, d]) {
    const { E } = this.lean, e = i => this.use("exprs", i);
    switch (tag) {
      case 0: return E.lean_expr_mk_bvar(this.lean.makeNat(a));
      case 3: return E.lean_expr_mk_sort(this.use("levels", a));
      case 4: return E.lean_expr_mk_const(this.use("names", a), this.levelList(b));
      case 5: return E.lean_expr_mk_app(e(a), e(b));
      case 6: return E.lean_expr_mk_lambda(this.use("names", a), e(b), e(c), d);
      case 7: return E.lean_expr_mk_forall(this.use("names", a), e(b), e(c), d);
      case 8: return E.lean_expr_mk_let(this.use("names", a), e(b), e(c), e(d));
      case 9: return E.lean_expr_mk_lit(this.lean.ctor(a, [a === 0 ? this.lean.makeNat(b) : this.lean.string(b)]));
      case 11: return E.lean_expr_mk_proj(this.use("names", a), this.lean.makeNat(b), e(c));
      default: throw new Error("bad expression");
    }
  }

  signature(declaration, type = this.use("exprs", declaration.type)) {
    const { lean } = this;
    return lean.ctor(0, [lean.makeName(declaration.name), lean.listOf(declaration.levels.map(n => lean.makeName(n))), type]);
  }
  only(name) { return this.lean.listOf([this.lean.makeName(name)]); }

  hints(code) {
    if (code < 2) return this.lean.box(code);
    const n = code - 2;
    return this.lean.ctor(2, [], [n & 255, (n >> 8) & 255, (n >> 16) & 255, n >>> 24]);
  }

  release() { for (const p of [...this.levels, ...this.exprs]) this.lean.drop(p); }
}

class Kernel {
  constructor(lean, constants) {
    this.lean = lean;
    this.constants = constants;
    this.pieces = new Pieces(lean, constants);
  }

  // `second`: an accepted proof comes with what the second kernel is to check: "new", with those pieces of a trusted header
  // that no answer held before; "anew", with all it needs; "whole", from the library up.
  judge(problem, exported, second = null) {
    const { environment, refused: reason, check } = this.replay(problem.kernel, exported, problem);
    if (reason) return refused(reason, check);
    try {
      const info = this.constants.find(environment, problem.name);
      if (!info || !this.constants.sameType(info, problem.info)) return refused("the replayed theorem is not the problem's");
      const closure = this.constants.closure(problem.name, problem.kernel, environment);
      const { axioms, holes, refused: forbidden } = this.constants.audit(closure, problem);
      if (forbidden) return { ...refused(forbidden, "axiom audit"), axioms };
      const header = problem.trusted ? null : this.judgeHeader(problem, environment);
      if (header) return header;
      const unchecked = problem.trusted && problem.metaprograms ? this.uncheckedInHeader(problem, environment) : "";
      const verdict = proved(axioms, problem.trusted ? holes : [], unchecked);
      return second && !unchecked ? { ...verdict, replayed: this.replayed(problem, environment, closure, second) } : verdict;
    } finally { this.lean.drop(environment); }
  }

  // All that the theorem rests on above the library, as Lean's kernel has accepted it, and the statement as we elaborated it.
  // `closure`: what the submission added. A header from the same hand is sent whole, like the submission.
  replayed(problem, environment, closure, second) {
    const { lean, constants, pieces } = this, { base, modules } = problem;
    if (second === "whole" || !problem.trusted) {
      const { fresh } = constants.closure(problem.name, base, environment);
      return { modules, ...exportTheorem(lean, constants, fresh, problem) };
    }
    const header = [...closure.leaves].filter(name => !constants.find(base, name));
    return { modules, ...pieces.of(header, problem, second === "anew"), ...exportTheorem(lean, constants, closure.fresh, problem) };
  }

  // A header from the same hand as the proof: whatever of it the theorem rests on is replayed too, from the library up.
  // Its axioms stay (the verdict names them); a hole or an unchecked constant in it does not. Null when all is well.
  judgeHeader(problem, environment) {
    const { fresh, leaves } = this.constants.closure(problem.name, problem.base, environment), { base } = problem;
    const { refused: forbidden } = this.constants.audit({ fresh: fresh.filter(c => this.constants.kind(c.info) !== "axiom"), leaves }, { kernel: base, base });
    if (forbidden) return refused(`${forbidden} through its header`, "axiom audit");
    const whole = this.replay(base, exportConstants(this.lean, this.constants, fresh), { ...problem, axioms: true });
    if (whole.refused) return refused(`${whole.refused} (in the header)`, whole.check);
    this.lean.drop(whole.environment);
    return null;
  }

  // Why the kernel refuses what the theorem rests on in a trusted header that could have added it unchecked; "" when it
  // does not. The form of inductive types is the author's affair there.
  uncheckedInHeader(problem, environment) {
    const { fresh } = this.constants.closure(problem.name, problem.base, environment);
    const whole = this.replay(problem.base, exportConstants(this.lean, this.constants, fresh), { ...problem, axioms: true, anyForm: true });
    if (whole.refused) return whole.refused;
    this.lean.drop(whole.environment);
    return "";
  }

  // `start` (borrowed) with exported constants added, each checked: {environment} (owned), or {refused} with the reason
  // and the name of the check.
  replay(start, exported, problem) {
    const fault = problem.anyForm ? null : this.formFault(start, exported);
    if (fault) return { refused: fault, check: FORM };
    const builder = new Builder(this.lean, exported);
    const byName = new Map(exported.declarations.map(d => [d.name, d])), waiting = new Map();
    let environment = this.lean.share(start);
    try {
      for (const declaration of exported.declarations) {
        const object = this.declaration(builder, problem, declaration, byName, waiting);
        if (object === null) continue;
        if (typeof object === "string") { this.lean.drop(environment); return { refused: object }; }
        const added = this.add(environment, object);
        if (added.error) return { refused: added.error };
        environment = added.environment;
      }
      return { environment };
    } finally { builder.release(); }
  }

  // Why an inductive type among the constants is outside the class that the judge admits; null when none is.
  formFault(start, exported) {
    const form = new InductiveForm(exported, (name, arity) => this.endsInSort(start, name, arity));
    for (const { kind, name, all } of exported.declarations) {
      if (kind !== "inductive") continue;
      // A family that is not all there is never added, see inductive().
      const fault = all.every(n => form.byName.get(n)?.kind === "inductive") ? form.fault(all) : `inductive type ${shown(name)} lacks its family`;
      if (fault) return fault;
    }
    return null;
  }

  endsInSort(environment, name, arity) {
    const { lean } = this, info = this.constants.find(environment, name);
    if (!info) return false;
    let type = this.constants.type(info);
    for (; arity > 0 && lean.tag(type) === PI; arity--) type = lean.field(type, 2);
    return arity === 0 && lean.tag(type) === SORT;
  }

  // A Declaration object to add, null when a later one brings it, or the reason why it may not be added.
  declaration(builder, problem, d, byName, waiting) {
    const { lean } = this, value = () => builder.use("exprs", d.value);
    switch (d.kind) {
      case "theorem": {
        // The problem's theorem is checked against the type that *we* elaborated.
        const type = d.name === problem.name ? lean.share(this.constants.type(problem.info)) : undefined;
        return lean.ctor(THEOREM, [lean.ctor(0, [builder.signature(d, type), value(), builder.only(d.name)])]);
      }
      case "definition":
        if (d.safety !== SAFE) return `definition ${shown(d.name)} is not safe`;
        return lean.ctor(DEFINITION, [lean.ctor(0, [builder.signature(d), value(), builder.hints(d.hints), builder.only(d.name)], [SAFE])]);
      case "opaque":
        if (d.unsafe) return `opaque ${shown(d.name)} is not safe`;
        return lean.ctor(OPAQUE, [lean.ctor(0, [builder.signature(d), value(), builder.only(d.name)], [0])]);
      case "inductive": return this.inductive(builder, d, byName, waiting);
      case "constructor": case "recursor": return null;
      case "axiom": if (problem.axioms) return lean.ctor(AXIOM, [lean.ctor(0, [builder.signature(d)], [0])]); // else refused:
      // falls through
      default: return `${d.kind} ${shown(d.name)} added by the submission`;
    }
  }

  inductive(builder, d, byName, waiting) {
    const { lean } = this;
    waiting.set(d.name, d);
    if (!d.all.every(n => waiting.has(n))) return null; // the last of a mutual family brings them all
    if (d.unsafe) return `inductive type ${shown(d.name)} is not safe`;
    const types = d.all.map(n => {
      const one = waiting.get(n), constructors = one.constructors.map(c => lean.ctor(0, [lean.makeName(c), builder.use("exprs", byName.get(c).type)]));
      return lean.ctor(0, [lean.makeName(n), builder.use("exprs", one.type), lean.listOf(constructors)]);
    });
    return lean.ctor(INDUCTIVE, [lean.listOf(d.levels.map(n => lean.makeName(n))), lean.makeNat(d.params), lean.listOf(types)], [0]);
  }

  add(environment, declaration) { // owns both
    const { lean } = this, unlimited = lean.ctor(0, [], [0, 0, 0, 0]);
    lean.inKernel = true;
    const result = lean.call("l_Lean_Kernel_Environment_addDeclCore", environment, unlimited, declaration, lean.box(0));
    lean.inKernel = false;
    const value = lean.share(lean.field(result, 0)), failed = lean.tag(result) === 0;
    lean.drop(result);
    if (!failed) return { environment: value };
    const options = lean.module.i32[lean.E.l_Lean_Options_empty.value >> 2];
    const message = lean.call("l_Lean_Kernel_Exception_toMessageData", value, options);
    return { error: lean.takeText(lean.call("l_Lean_MessageData_toString", message)).slice(0, 500) };
  }
}

function proved(axioms, holes = [], unchecked = "") {
  const messages = [];
  if (holes.length) messages.push({ severity: "warning", data: `rests on \`sorry\` in the header: ${holes.join(", ")}` });
  if (unchecked) messages.push({ severity: "warning", data: `rests on a declaration of the header that the kernel refuses: ${unchecked}` });
  return { outcome: "proved", axioms: unchecked ? [...axioms, "unchecked declaration"] : axioms, messages };
}

function refused(reason, check = "kernel replay") { return { outcome: "cheated", check, messages: [{ severity: "error", data: reason }] }; }
function shown(name) { return name.replace(/\u0001/g, ".").replace(/\u0002/g, ""); }

module.exports = { Builder, Kernel };
