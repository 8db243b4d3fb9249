// A whole file with no statement of ours: elaborate it, then hold every theorem it adds to the same audit and replay as
// a proof of ours. Used by the HTTP server, whose clients send files.
"use strict";

const { Malformed } = require("./constants.cjs");
const { exportConstants } = require("./export.cjs");

const MESSAGES = 100;

class Snippets {
  constructor(session) { this.session = session; }

  // The screen: messages as the community REPL gives them, holes, and the constants that the judge is to replay. With
  // `first`, commands of ours that are elaborated before those of the file, it is asked for the messages alone.
  check({ text, offered, first }) {
    const { elab, lean, constants } = this.session, start = this.session.base(text, offered);
    if (start.messages) return { messages: start.messages };
    if (first) {
      const prepared = elab.run(start.state, first), state = elab.run(prepared, text, start.position);
      try { return { messages: this.report(state).messages }; } finally { lean.drop(state); lean.drop(prepared); }
    }
    const state = elab.run(start.state, text, start.position);
    try {
      const { messages, sorries } = this.report(state);
      if (elab.hasErrors(state)) return { messages, sorries };
      const kernel = constants.kernel(elab.environment(state));
      try {
        return constants.scope(() => ({ messages, sorries, ...this.settle({ kernel: start.kernel, base: start.kernel }, kernel) }));
      } finally { lean.drop(kernel); }
    } finally { lean.drop(state); }
  }

  settle(problem, kernel) {
    const { constants, lean } = this.session, fresh = new Map(), theorems = this.theorems(kernel), bound = {};
    try {
      for (const name of theorems) {
        const closure = constants.closure(name, problem.kernel, kernel);
        const { refused } = constants.audit(closure, problem);
        if (refused) return { refused: `${shown(name)} ${refused}` };
        for (const constant of closure.fresh) fresh.set(constant.name, constant);
        const implicit = constants.implicit(constants.find(kernel, name));
        if (implicit.length) bound[shown(name)] = implicit;
      }
      return { theorems, bound, constants: exportConstants(lean, constants, [...fresh.values()]) };
    } catch (error) {
      if (error instanceof Malformed) return { refused: error.message };
      throw error;
    }
  }

  // The judge: the constants of another process, rebuilt from text and checked by Lean's kernel on our own library. Of the
  // file it reads the imports only.
  judge({ text, theorems, constants: exported }) {
    const { lean, constants, kernel } = this.session, start = this.session.base(text);
    if (start.messages) return { refused: "the imports cannot be read" };
    return constants.scope(() => {
      const problem = { name: null, kernel: start.kernel, base: start.kernel };
      const { environment, refused: reason } = kernel.replay(start.kernel, exported, problem);
      if (reason) return { refused: reason };
      try {
        for (const name of theorems) {
          const info = constants.find(environment, name);
          if (!info || constants.kind(info) !== "theorem") return { refused: `no theorem ${shown(name)}` };
          const { refused } = constants.audit(constants.closure(name, start.kernel, environment), problem);
          if (refused) return { refused };
        }
        return { modules: start.modules };
      } finally { lean.drop(environment); }
    });
  }

  report(state) {
    const { elab, lean } = this.session, messages = [], sorries = [];
    const log = lean.call("l_Lean_MessageLog_toList", lean.share(elab.messageLog(state)));
    for (const message of lean.list(log)) {
      const hole = elab.kind(message) === "hasSorry"; // Lean's own tag, never its wording
      if (messages.length >= MESSAGES && !hole && elab.severity(message) !== "error") continue;
      const found = elab.format(message);
      messages.push(found);
      if (hole) sorries.push({ pos: found.pos, endPos: found.endPos, goal: "" });
      if (messages.length >= 2 * MESSAGES) break;
    }
    lean.drop(log);
    return { messages, sorries };
  }

  theorems(kernel) { // names of those this file added: the second stage of the constant map, where imports do not go
    const { lean, constants } = this.session, names = [];
    const visit = node => {
      if (lean.tag(node) === 1) { // a collision: keys and values side by side
        const keys = lean.field(node, 0), values = lean.field(node, 1);
        for (let i = 0; i < arraySize(lean, keys); i++) take(arrayItem(lean, keys, i), arrayItem(lean, values, i));
        return;
      }
      const entries = lean.field(node, 0);
      for (let i = 0; i < arraySize(lean, entries); i++) {
        const entry = arrayItem(lean, entries, i);
        if (lean.isScalar(entry)) continue;
        if (lean.tag(entry) === 0) take(lean.field(entry, 0), lean.field(entry, 1));
        else visit(lean.field(entry, 0));
      }
    };
    const take = (name, info) => { if (constants.kind(info) === "theorem") names.push(lean.name(name)); };
    visit(lean.field(lean.field(kernel, 0), 1));
    return names.sort();
  }
}

function arraySize(lean, array) { return lean.field(array, 0); }
function arrayItem(lean, array, i) { return lean.field(array, 2 + i); }
function shown(name) { return name.replace(/\u0001/g, ".").replace(/\u0002/g, ""); }

module.exports = { Snippets };
