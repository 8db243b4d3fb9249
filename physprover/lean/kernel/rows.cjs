// Names, levels and terms as numbered rows that refer to earlier rows: what both the engine's export and the lean4export
// format are. A row becomes a term when a declaration needs it, for only then is it known what its constants are.
"use strict";

const levels = require("./level.cjs"), term = require("./term.cjs");
const { Exhausted, Malformed, Refused } = require("./errors.cjs");

const MAX_INDEX = 1 << 24, MAX_DIGITS = 1e6, MDATA = 10, LITERAL = 9;

class Rows {
  constructor() {
    this.names = new Map([[0, ""]]);
    this.levels = new Map([[0, levels.zero]]);
    this.terms = new Map(); // number -> row, as in export.cjs: [tag, …]
    this.made = new Map();
  }

  name(i) { return known(this.names, i, "name"); }
  level(i) { return known(this.levels, i, "level"); }

  addName(i, text) { place(this.names, i, text); }
  addLevel(i, tag, a, b) {
    let l;
    switch (tag) {
      case 0: l = levels.zero; break;
      case 1: l = levels.succ(this.level(a)); break;
      case 2: l = levels.max(this.level(a), this.level(b)); break;
      case 3: l = levels.imax(this.level(a), this.level(b)); break;
      case 4: l = levels.param(this.name(a)); break;
      default: throw new Malformed("a level of unknown kind");
    }
    place(this.levels, i, l);
  }

  // A row's parts must be there: no reference goes forward, so none goes round.
  addTerm(i, row) {
    if (!Array.isArray(row)) throw new Malformed("a term that is no row");
    for (const part of parts(row)) if (!this.terms.has(part)) throw new Malformed(`term ${i} refers to term ${part}, which is not before it`);
    place(this.terms, i, row);
  }

  // The term of row `i`; `constant(name)` gives the declaration of each constant in it.
  term(i, constant) {
    const { made } = this, stack = [i];
    if (!this.terms.has(i)) throw new Malformed(`there is no term ${i}`);
    while (stack.length) {
      const top = stack[stack.length - 1];
      if (made.has(top)) { stack.pop(); continue; }
      const row = this.terms.get(top);
      let ready = true;
      for (const part of parts(row)) if (!made.has(part)) { stack.push(part); ready = false; }
      if (!ready) continue;
      stack.pop();
      made.set(top, this.build(row, constant));
    }
    return made.get(i);
  }

  build(row, constant) {
    const e = k => this.made.get(row[k]);
    switch (row[0]) {
      case term.BVAR: return term.bvar(number(row[1], MAX_INDEX));
      case term.SORT: return term.sort(this.level(row[1]));
      case term.CONST:
        if (!Array.isArray(row[2])) throw new Malformed("a constant without its levels");
        return term.constant(constant(this.name(row[1])), term.levelList(row[2].map(l => this.level(l))));
      case term.APP: return term.app(e(1), e(2));
      case term.LAM: return term.lam(e(2), e(3));
      case term.PI: return term.pi(e(2), e(3));
      case term.LET: return term.let_(e(2), e(3), e(4));
      case MDATA: return e(1);
      case term.PROJ: {
        const of = constant(this.name(row[1]));
        if (of.kind !== "inductive") throw new Refused("a projection of what is no type");
        return term.proj(of, number(row[2], MAX_INDEX), e(3));
      }
      default: return this.literal(row);
    }
  }
  literal([, kind, value]) {
    if (typeof value !== "string") throw new Malformed("a literal that is no text");
    if (kind !== 0) {
      if (!value.isWellFormed()) throw new Malformed("a text literal that is not Unicode");
      return term.str(value);
    }
    if (!/^[0-9]+$/.test(value)) throw new Malformed("a number literal that is no number");
    if (value.length > MAX_DIGITS) throw new Exhausted("memory", `a number of more than ${MAX_DIGITS} digits`);
    return term.nat(BigInt(value));
  }
}

function parts(row) {
  switch (row[0]) {
    case term.APP: return [row[1], row[2]];
    case term.LAM: case term.PI: return [row[2], row[3]];
    case term.LET: return [row[2], row[3], row[4]];
    case term.PROJ: return [row[3]];
    case MDATA: return row[1] !== undefined && row.length === 2 ? [row[1]] : malformed();
    case term.BVAR: case term.SORT: case term.CONST: case LITERAL: return [];
    default: return malformed();
  }
}
function malformed() { throw new Malformed("a term of unknown kind"); }
function known(map, i, what) {
  const found = map.get(i);
  if (found === undefined) throw new Malformed(`there is no ${what} ${String(i).slice(0, 40)}`);
  return found;
}
function place(map, i, value) {
  if (!Number.isSafeInteger(i) || i < 0) throw new Malformed("a row whose number is none");
  if (map.has(i)) throw new Malformed(`two rows have number ${i}`);
  map.set(i, value);
}
function number(value, limit) { // given as a number or in decimals
  const n = typeof value === "string" && /^[0-9]+$/.test(value) ? Number(value) : value;
  if (!Number.isSafeInteger(n) || n < 0 || n > limit) throw new Malformed("an index that is none");
  return n;
}

module.exports = { Rows, number };
