// What the engine exports of a checked proof (embedded/export.cjs), added to an environment declaration by declaration.
"use strict";

const { Malformed, Refused } = require("./errors.cjs");
const { number, Rows } = require("./rows.cjs");
const { shown } = require("./declaration.cjs");
const levels = require("./level.cjs"), { instantiateLevels, levelList } = require("./term.cjs");

const SAFE = 1, OPAQUE = 0, ABBREVIATION = 1; // as export.cjs writes them

class Replay {
  constructor(environment, { names, levels: levelRows, exprs, declarations }) {
    this.environment = environment;
    this.rows = new Rows();
    // Tables are numbered from 0; in rows, name 0 and level 0 are taken.
    this.rows.names.clear();
    this.rows.levels.clear();
    names.forEach((text, i) => this.rows.addName(i, text));
    levelRows.forEach(([tag, a, b], i) => this.rows.addLevel(i, tag, a, b));
    exprs.forEach((row, i) => this.rows.addTerm(i, row));
    this.waiting = new Map(); // name -> declaration row
    for (const d of declarations) {
      if (this.waiting.has(d.name)) throw new Refused(`${shown(d.name)} is declared twice`);
      this.waiting.set(d.name, d);
    }
    this.met = new Map(); // inductive types whose family is not complete yet
  }

  term(i) { return this.rows.term(i, name => this.environment.need(name)); }

  // In the order given, so that nothing rests on what comes later. A family comes with the last of its types, and its
  // constructors and recursors with it, wherever their rows are.
  all() {
    for (const d of this.waiting.values()) this.add(d);
    for (const d of this.waiting.values()) {
      if (this.environment.own.get(d.name)?.kind !== d.kind) throw new Refused(`${shown(d.name)} is a ${d.kind} of no type`);
    }
  }

  add(d) {
    const { environment } = this, type = () => this.term(d.type), value = () => this.term(d.value);
    switch (d.kind) {
      case "axiom": environment.axiom(d.name, d.levels, type()); break;
      case "theorem": environment.theorem(d.name, d.levels, type(), value()); break;
      case "definition":
        if (d.safety !== SAFE) throw new Refused(`the definition ${shown(d.name)} is not safe`);
        environment.definition(d.name, d.levels, type(), value(), d.hints === OPAQUE ? -1 : d.hints === ABBREVIATION ? Infinity : number(d.hints, 2 ** 33) - 2);
        break;
      case "opaque":
        if (d.unsafe) throw new Refused(`the opaque constant ${shown(d.name)} is not safe`);
        environment.opaque(d.name, d.levels, type(), value());
        break;
      case "inductive": this.family(d); break;
      case "constructor": case "recursor": break; // derived, see family()
      default: throw new Refused(`a declaration of kind ${String(d.kind).slice(0, 40)}`);
    }
  }

  declared(name) {
    const d = this.waiting.get(name);
    if (d === undefined) throw new Malformed(`${shown(name)} is not declared`);
    return d;
  }

  family(d) {
    this.met.set(d.name, d);
    if (!d.all.every(n => this.met.has(n))) return;
    const members = d.all.map(n => this.met.get(n));
    for (const m of members) {
      if (m.kind !== "inductive" || m.unsafe || m.params !== d.params || m.levels.join() !== d.levels.join() || m.all.join() !== d.all.join()) throw new Refused(`${shown(m.name)} is no type of the family of ${shown(d.name)}`);
    }
    const types = members.map(m => ({ name: m.name, type: this.term(m.type) }));
    const made = this.environment.inductive(d.levels, number(d.params, 2 ** 16), types, i =>
      members[i].constructors.map(n => ({ name: n, type: this.term(this.declared(n).type) })));
    // What the engine says of the constructors and recursors it has must be what was derived here.
    for (const own of [...made.constructors.flat(), ...made.recursors]) {
      const given = this.waiting.get(own.name);
      if (given === undefined) continue;
      if (given.kind !== own.kind) throw new Refused(`${shown(own.name)} is a ${own.kind}`);
      requireSame(this.environment, own, given.levels, this.term(given.type));
    }
  }
}

// A derived constant has the type that was given, up to the names of universe parameters. What was given is checked before it is
// compared: of an ill-typed term a comparison may learn what does not hold, and it remembers what it learns.
function requireSame(environment, own, params, type) {
  if (own.params.length !== params.length) throw new Refused(`${shown(own.name)} has other universe parameters than derived`);
  const renamed = instantiateLevels(type, params, levelList(own.params.map(n => levels.param(n))));
  if (renamed === own.type) return;
  environment.closed(own.name, own.params, renamed);
  environment.checker.sortOf(renamed, true);
  if (!environment.checker.equal(renamed, own.type)) throw new Refused(`${shown(own.name)} has another type than derived`);
}

module.exports = { Replay, requireSame };
