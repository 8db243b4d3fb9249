// The lean4export format, version 3.1 (one JSON object a line): read and checked, and written.
"use strict";

const levels = require("./level.cjs"), term = require("./term.cjs");
const { shown } = require("./declaration.cjs");
const { Malformed, Refused } = require("./errors.cjs");
const { requireSame } = require("./replay.cjs");
const { number, Rows } = require("./rows.cjs");

const FORMAT = "3.1.0", MAX_LINE = 1 << 26;

// -- reading -----------------------------------------------------------------
class Reader {
  // `trusted`: a declaration that the environment's library has must be the library's; else everything is checked.
  constructor(environment, trusted) {
    this.environment = environment;
    this.trusted = trusted;
    this.rows = new Rows();
    this.lines = 0;
    this.declared = []; // names, in the file's order
  }

  read(line) {
    this.lines++;
    if (line.length > MAX_LINE) throw new Malformed(`line ${this.lines} is longer than 64 MiB`);
    let row;
    try { row = JSON.parse(line); } catch { throw new Malformed(`line ${this.lines} is no JSON: the file is cut off or damaged`); }
    if (row === null || typeof row !== "object" || Array.isArray(row)) throw new Malformed(`line ${this.lines} is no object`);
    if (this.lines === 1) return this.meta(row);
    if ("in" in row) return this.name(row);
    if ("il" in row) return this.level(row);
    if ("ie" in row) return this.term(row);
    return this.declaration(row);
  }
  meta({ meta }) {
    const version = meta?.format?.version;
    if (typeof version !== "string" || !version.startsWith("3.")) throw new Malformed(`the first line does not say that this is the export format 3 (${FORMAT})`);
  }

  name({ in: i, str, num }) {
    const given = str ?? num, before = given === undefined ? undefined : this.rows.name(given.pre);
    const last = str !== undefined ? str.str : num !== undefined ? "\u0002" + number(num.i, Number.MAX_SAFE_INTEGER) : undefined;
    if (typeof last !== "string" || (str !== undefined && (last === "" || /[\u0001\u0002]/.test(last) || !last.isWellFormed()))) throw new Malformed(`line ${this.lines}: a part of a name that is none`);
    this.rows.addName(i, before ? before + "\u0001" + last : last);
  }
  level({ il: i, succ, max, imax, param }) {
    const { rows } = this;
    if (succ !== undefined) rows.addLevel(i, levels.SUCC, succ);
    else if (Array.isArray(max)) rows.addLevel(i, levels.MAX, max[0], max[1]);
    else if (Array.isArray(imax)) rows.addLevel(i, levels.IMAX, imax[0], imax[1]);
    else if (param !== undefined) rows.addLevel(i, levels.PARAM, param);
    else throw new Malformed(`line ${this.lines}: a level of unknown kind`);
  }
  term({ ie: i, ...row }) {
    const r = row, { rows } = this;
    if ("bvar" in r) rows.addTerm(i, [term.BVAR, r.bvar]);
    else if ("sort" in r) rows.addTerm(i, [term.SORT, r.sort]);
    else if (r.const) rows.addTerm(i, [term.CONST, r.const.name, r.const.us]);
    else if (r.app) rows.addTerm(i, [term.APP, r.app.fn, r.app.arg]);
    else if (r.lam) rows.addTerm(i, [term.LAM, r.lam.name, r.lam.type, r.lam.body]);
    else if (r.forallE) rows.addTerm(i, [term.PI, r.forallE.name, r.forallE.type, r.forallE.body]);
    else if (r.letE) rows.addTerm(i, [term.LET, r.letE.name, r.letE.type, r.letE.value, r.letE.body]);
    else if (r.proj) rows.addTerm(i, [term.PROJ, r.proj.typeName, r.proj.idx, r.proj.struct]);
    else if ("natVal" in r) rows.addTerm(i, [9, 0, r.natVal]);
    else if ("strVal" in r) rows.addTerm(i, [9, 1, r.strVal]);
    else if (r.mdata) rows.addTerm(i, [10, r.mdata.expr]);
    else throw new Malformed(`line ${this.lines}: a term of unknown kind`);
  }

  names(list) {
    if (!Array.isArray(list)) throw new Malformed(`line ${this.lines}: names that are no list`);
    return list.map(i => this.rows.name(i));
  }
  at(i) { return this.rows.term(i, name => this.environment.need(name)); }
  signature(d) { return [this.rows.name(d.name), this.names(d.levelParams), this.at(d.type)]; }

  declaration(row) {
    const { environment } = this, kind = Object.keys(row)[0], d = row[kind];
    if (kind === undefined || d === null || typeof d !== "object") throw new Malformed(`line ${this.lines}: a declaration that is none`);
    if (kind === "inductive") return this.inductive(d);
    const [name, params, type] = this.signature(d);
    this.declared.push(name);
    if (this.inLibrary(name, () => this.requireLibrary(name, params, type, kind === "def" ? this.at(d.value) : null))) return;
    switch (kind) {
      case "axiom": if (d.isUnsafe) this.unsafe(name); environment.axiom(name, params, type); break;
      case "thm": environment.theorem(name, params, type, this.at(d.value)); break;
      case "opaque": if (d.isUnsafe) this.unsafe(name); environment.opaque(name, params, type, this.at(d.value)); break;
      case "quot": environment.quotient(name, params, type); break;
      case "def":
        if (d.safety !== "safe") this.unsafe(name);
        environment.definition(name, params, type, this.at(d.value), height(d.hints));
        break;
      default: throw new Malformed(`line ${this.lines}: a declaration of unknown kind`);
    }
  }
  unsafe(name) { throw new Refused(`${shown(name)} is not safe`); }

  inLibrary(name, compare) {
    if (!this.trusted || this.environment.library?.find(name) === undefined) return false;
    compare();
    return true;
  }
  requireLibrary(name, params, type, value) {
    const own = this.environment.library.find(name), list = term.levelList(own.params.map(n => levels.param(n)));
    const rename = t => term.instantiateLevels(t, params, list);
    if (own.params.length !== params.length || rename(type) !== own.type || (value !== null && (!own.unfolds || rename(value) !== own.value))) throw new Refused(`${shown(name)} is not what this library declares`);
  }

  inductive(d) {
    const types = d.types ?? d.inductiveVals, constructors = d.ctors ?? d.constructorVals, recursors = d.recs ?? d.recursorVals;
    if (![types, constructors, recursors].every(Array.isArray)) throw new Malformed(`line ${this.lines}: an inductive declaration without its parts`);
    if (types.length === 0) throw new Refused(`line ${this.lines}: constructors or recursors of no type`);
    const names = types.map(t => this.rows.name(t.name)), { environment } = this;
    this.declared.push(...names);
    if (this.inLibrary(names[0], () => this.familyOfLibrary([...types, ...constructors, ...recursors]))) return;
    for (const x of [...types, ...constructors, ...recursors]) if (x.isUnsafe) this.unsafe(this.rows.name(x.name));
    const params = this.names(types[0].levelParams), numParams = number(types[0].numParams, 1 << 16);
    const used = new Set(), made = environment.inductive(params, numParams, types.map(t => ({ name: this.rows.name(t.name), type: this.at(t.type) })), i =>
      this.names(types[i].ctors).map(name => {
        const c = constructors.find(x => this.rows.name(x.name) === name);
        if (c === undefined) throw new Malformed(`line ${this.lines}: no constructor ${shown(name)}`);
        used.add(c);
        this.require(name, this.names(c.levelParams).join() === params.join(), "universe parameters");
        return { name, type: this.at(c.type) };
      }));
    if (used.size !== constructors.length) throw new Refused(`${shown(names[0])} comes with a constructor of no type`);
    this.compare(types, constructors, recursors, made, params);
  }
  // A family that the library has: each part is the library's.
  familyOfLibrary(parts) {
    for (const p of parts) {
      const [name, params, type] = this.signature(p);
      if (this.environment.library.find(name) === undefined) throw new Refused(`${shown(name)} is not in this library`);
      this.requireLibrary(name, params, type, null);
    }
  }

  // What the file says of a family must be what was derived of it.
  compare(types, constructors, recursors, made, params) {
    const all = made.types.map(t => t.name).join();
    types.forEach((t, i) => {
      const { name, data } = made.types[i];
      this.require(name, this.names(t.levelParams).join() === params.join(), "universe parameters");
      this.require(name, this.names(t.all).join() === all, "a family");
      this.agree(name, t, data, ["numParams", "numIndices", "numNested", "isRec", "isReflexive"]);
    });
    for (const own of made.constructors.flat()) {
      const c = constructors.find(x => this.rows.name(x.name) === own.name);
      this.require(own.name, this.rows.name(c.induct) === own.data.inductive.name, "a type");
      this.agree(own.name, { ...c, index: c.cidx }, own.data, ["index", "numParams", "numFields"]);
    }
    if (recursors.length !== made.recursors.length) throw new Refused(`${shown(made.types[0].name)} has ${made.recursors.length} recursors, not ${recursors.length}`);
    for (const own of made.recursors) {
      const r = recursors.find(x => this.rows.name(x.name) === own.name);
      if (r === undefined) throw new Refused(`${shown(own.name)} is missing`);
      const names = this.names(r.levelParams);
      requireSame(this.environment, own, names, this.at(r.type));
      this.require(own.name, this.names(r.all).join() === all, "a family");
      this.agree(own.name, r, own.data, ["numParams", "numIndices", "numMotives", "numMinors", "k"]);
      this.require(own.name, Array.isArray(r.rules) && r.rules.length === own.data.rules.length, "a number of rules");
      const list = term.levelList(own.params.map(n => levels.param(n)));
      own.data.rules.forEach((rule, i) => {
        const given = r.rules[i];
        this.require(own.name, this.rows.name(given.ctor) === rule.constructor.name && given.nfields === rule.numFields, "a rule");
        const rhs = term.instantiateLevels(this.at(given.rhs), names, list);
        this.require(own.name, rhs === rule.rhs || (rhs.loose === 0 && this.sameRule(rhs, rule)), "a rule");
      });
    }
  }
  sameRule(rhs, rule) {
    const { checker } = this.environment;
    return checker.equal(checker.check(rhs), rule.expected) && checker.equal(rhs, rule.rhs);
  }
  agree(name, given, own, keys) { for (const k of keys) if (given[k] !== undefined) this.require(name, given[k] === own[k], k); }
  require(name, holds, what) { if (!holds) throw new Refused(`${shown(name)} comes with ${what} other than derived`); }

  end() { if (this.lines === 0) throw new Malformed("the file is empty"); }
}

function height(hints) {
  if (hints === "opaque") return -1;
  if (hints === "abbrev") return Infinity;
  return number(hints?.regular, 2 ** 32);
}

module.exports = { Reader, FORMAT };
