// Many changes of one proof's constants, each replayed by Lean's kernel: what `physprover bench variants` asks. What a change
// does not touch is rebuilt and checked once: the terms, and the environments before the first declaration that differs.
"use strict";

const { Builder } = require("./kernel.cjs");

const CONST = 4, SORT = 3;

class Variants {
  constructor(session) { this.session = session; }

  // The reason why Lean refuses each change [table, row, value] of `exported`, "" where it accepts the theorems.
  judge({ text, theorems, constants: exported, changes }) {
    const { lean, constants, kernel } = this.session, { kernel: start } = this.session.base(text);
    return constants.scope(() => {
      const problem = { name: null, kernel: start, base: start }, builder = new Builder(lean, exported);
      const environments = [lean.share(start)]; // before each declaration, and after the last
      const ending = environment => { // of a replay; which axioms the theorem rests on is no affair of the kernel
        const lacks = theorems.find(name => { const info = constants.find(environment, name); return !info || constants.kind(info) !== "theorem"; });
        return lacks === undefined ? "" : `no theorem ${lacks}`;
      };
      try {
        if (kernel.formFault(start, exported)) return { answers: null };
        const fault = this.replay(builder, exported, problem, 0, environments[0], e => environments.push(lean.share(e)));
        if (fault) return { answers: null }; // the proof itself must hold
        return { answers: changes.map(change => this.one(builder, exported, problem, environments, change, ending)) };
      } finally {
        environments.forEach(e => lean.drop(e));
        builder.release();
      }
    });
  }

  one(builder, exported, problem, environments, [table, place, value], ending) {
    const { lean, kernel } = this.session, rows = [...exported[table]];
    rows[place] = value;
    const changed = { ...exported, [table]: rows }, dirty = this.touched(changed, table, place);
    const mine = Object.create(builder, { levels: { value: [...builder.levels] }, exprs: { value: [...builder.exprs] } }), made = [];
    try {
      for (const i of dirty.levels) made.push(mine.levels[i] = mine.level(changed.levels[i]));
      for (const i of dirty.exprs) made.push(mine.exprs[i] = mine.expression(changed.exprs[i]));
      if (dirty.family) {
        const fault = kernel.formFault(problem.base, changed);
        if (fault) return fault;
      }
      let last = environments[dirty.first];
      const keep = e => { if (last !== environments[dirty.first]) lean.drop(last); last = lean.share(e); };
      try {
        return this.replay(mine, changed, problem, dirty.first, last, keep) || ending(last);
      } finally { if (last !== environments[dirty.first]) lean.drop(last); }
    } finally { made.forEach(p => lean.drop(p)); }
  }

  // Rows that mention the changed one, itself included, in order; the first declaration they reach; whether it is of a family.
  touched({ levels, exprs, declarations }, table, place) {
    const dirty = { levels: new Set(), exprs: new Set() };
    if (table !== "declarations") dirty[table].add(place);
    levels.forEach(([tag, ...parts], i) => { if (tag > 0 && tag < 4 && parts.some(p => dirty.levels.has(p))) dirty.levels.add(i); });
    exprs.forEach((row, i) => {
      const named = row[0] === SORT ? [row[1]] : row[0] === CONST ? row[2] : [];
      if (named.some(l => dirty.levels.has(l)) || children(row).some(c => dirty.exprs.has(c))) dirty.exprs.add(i);
    });
    const byName = new Map(declarations.map((d, i) => [d.name, i]));
    let first = declarations.length, family = false;
    declarations.forEach((d, i) => {
      const differs = (table === "declarations" && i === place) || dirty.exprs.has(d.type) || ("value" in d && dirty.exprs.has(d.value));
      if (!differs || d.kind === "recursor") return; // Lean makes its own
      if (d.kind === "inductive" || d.kind === "constructor") family = true;
      const own = d.kind === "constructor" ? declarations.find(t => t.kind === "inductive" && t.constructors.includes(d.name)) : d;
      const group = own?.kind === "inductive" ? [...own.all, ...own.constructors].map(n => byName.get(n) ?? i) : [i];
      first = Math.min(first, i, ...group);
    });
    const sorted = set => [...set].sort((a, b) => a - b);
    return { levels: sorted(dirty.levels), exprs: sorted(dirty.exprs), first, family };
  }

  // Add the declarations from `first` on; `keep` is shown each environment (borrowed). The reason of a refusal, or "".
  replay(builder, exported, problem, first, start, keep) {
    const { lean, kernel } = this.session, { declarations } = exported, waiting = new Map();
    const byName = new Map(declarations.map(d => [d.name, d]));
    for (const d of declarations.slice(0, first)) if (d.kind === "inductive") waiting.set(d.name, d);
    let environment = lean.share(start);
    for (const d of declarations.slice(first)) {
      const object = kernel.declaration(builder, problem, d, byName, waiting);
      if (typeof object === "string") { lean.drop(environment); return object; }
      if (object !== null) {
        const added = kernel.add(environment, object);
        if (added.error) return added.error;
        environment = added.environment;
      }
      keep(environment);
    }
    lean.drop(environment);
    return "";
  }
}

function children([tag, ...parts]) {
  switch (tag) {
    case 5: return parts;
    case 6: case 7: return [parts[1], parts[2]];
    case 8: return [parts[1], parts[2], parts[3]];
    case 11: return [parts[2]];
    default: return [];
  }
}

module.exports = { Variants };
