// The server: one JSON object a line in on stdin, one out on a pipe of its own, which Lean code cannot reach.
// Speaks the community REPL's {"cmd", "env"} and our {"check"}; see process.py for the client.
"use strict";

const fs = require("fs"), path = require("path");
const { Lean } = require("./abi.cjs");
const { Elaborator } = require("./elaborate.cjs");
const { Session } = require("./session.cjs");

const [, , engineDir, replyFd] = process.argv;

function reply(value) { fs.writeSync(Number(replyFd), JSON.stringify(value) + "\n"); }

function serve(module) {
  module.FS.mkdirTree(engineDir);
  module.FS.mount(module.FS.filesystems.NODEFS, { root: engineDir }, engineDir); // the only host folder Lean can see
  const lean = new Lean(module), session = new Session(lean, new Elaborator(lean, engineDir));
  session.warm();
  reply({ ready: true, version: session.version() });
  let pending = "";
  // The event loop runs between requests: a blocking read would starve Lean's second thread.
  process.stdin.setEncoding("utf8").on("data", chunk => {
    pending += chunk;
    for (let end; (end = pending.indexOf("\n")) >= 0;) {
      const line = pending.slice(0, end);
      pending = pending.slice(end + 1);
      if (line.trim()) reply(answer(session, line));
    }
  }).on("end", () => process.exit(0));
}

function answer(session, line) {
  let request;
  try { request = JSON.parse(line); } catch { return { message: "not a JSON object" }; }
  const began = process.hrtime.bigint();
  try {
    const result = session.handle(request);
    return { ...result, nonce: request.nonce, ms: Number(process.hrtime.bigint() - began) / 1e6 };
  } catch (error) {
    // A trap leaves Lean's memory in an unknown state: say so and end; a fresh worker takes over.
    reply({ nonce: request.nonce, fatal: String(error?.message ?? error).slice(0, 500) });
    process.exit(70);
  }
}

globalThis.leanModule = { noInitialRun: true, print() {}, printErr() {} }; // what Lean code prints is no channel
globalThis.onLean = serve;
require(path.join(engineDir, "lean.js"));
