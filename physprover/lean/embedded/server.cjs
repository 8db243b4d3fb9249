// The server: one JSON object a line in on stdin, one out on a pipe of its own, which Lean code cannot reach.
// Speaks the community REPL's {"cmd", "env"} and our {"check"}; see process.py for the client.
"use strict";

const fs = require("fs"), path = require("path");
const { Lean } = require("./abi.cjs");
const { Elaborator } = require("./elaborate.cjs");
const { begun, instantiate, save } = require("./module.cjs");
const { Session } = require("./session.cjs");

const [, , engineDir, replyFd, codeFd] = process.argv; // codeFd: at install time only

function reply(value) { fs.writeSync(Number(replyFd), JSON.stringify(value) + "\n"); }

const ACCESS_DENIED = 2, READ_ONLY = 69; // WASI error numbers

// The only host folder Lean can see is its own. Node refuses every write to it; here Lean is told so, and the file system
// in memory is closed too: it would outlive a submission.
function mount(FS) {
  const { NODEFS, MEMFS } = FS.filesystems, known = NODEFS.convertNodeCode;
  FS.mkdirTree(engineDir);
  FS.mount(NODEFS, { root: engineDir }, engineDir);
  NODEFS.convertNodeCode = error => error.code === "ERR_ACCESS_DENIED" ? ACCESS_DENIED : known(error);
  MEMFS.createNode = () => { throw new FS.ErrnoError(READ_ONLY); };
}

// Emscripten gives the main thread 64 KiB for what C++ keeps in memory; a proof evaluated 200 calls deep fills that. With
// this much, V8's own stack (process.py) ends first, with an error that we can tell: of all code seen, Lean's kernel takes
// most here, half a byte for each byte of V8's.
const STACK_BYTES = 2 ** 26;

function enlargeStack({ E }) { E._emscripten_stack_restore((E.malloc(STACK_BYTES) + STACK_BYTES) & ~15); }

// Lean counts its work in heartbeats and gives up where those of a command are spent. A request past its CPU seconds has them all
// spent at once, so that Lean ends it in good order and the process, with all the headers it knows, goes on. What begins after that
// counts from where it begins, so they are spent anew at every look. Where nothing passes by here, or the submission has put the
// limit away, the client ends the process (process.py).
const SPENT = 3_000_000_000n; // far more than any command has
const CALLS = 10_000; // trampolines between two looks at the clock, a few milliseconds
let deadline = Infinity; // microseconds of CPU
let beats = 0n;

function used() {
  const { user, system } = process.cpuUsage(); // as deadlines do: what a busy machine makes us wait is nobody's work
  return user + system;
}

function begin(lean, seconds = Infinity) {
  const now = used();
  lean.E._ZN4lean14set_heartbeatsEy(beats = 0n);
  lean.E._ZN4lean17set_max_heartbeatEm(0);
  deadline = now + 1e6 * seconds;
  lean.late = false;
  return now;
}

function watch(lean) {
  const client = process.ppid;
  globalThis.leanTick = () => {
    if (process.ppid !== client) process.exit(0); // nobody waits for an answer, nor would anybody end what never ends
    if (deadline === Infinity || used() < deadline) return CALLS;
    lean.late = true;
    lean.E._ZN4lean14set_heartbeatsEy(beats += SPENT);
    if (lean.inKernel) lean.E._ZN4lean17set_max_heartbeatEm(1); // elsewhere nobody would catch what C++ throws
    return CALLS;
  };
}

function serve(module) {
  mount(module.FS);
  const lean = new Lean(module);
  watch(lean);
  enlargeStack(lean);
  const session = new Session(lean, new Elaborator(lean, engineDir));
  session.warm();
  reply({ ready: true, version: session.version(), code: begun() });
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
  const began = begin(session.lean, request.seconds);
  try {
    const result = request.saveCode && codeFd ? { bytes: save(Number(codeFd)) } : session.handle(request);
    return { ...result, nonce: request.nonce, ms: (used() - began) / 1e3, late: session.lean.late };
  } catch (error) {
    // A trap leaves Lean's memory in an unknown state: say so and end; a fresh worker takes over.
    reply({ nonce: request.nonce, fatal: describe(session.lean, error), deep: error instanceof RangeError, again: error.again });
    process.exit(70);
  }
}

function describe(lean, error) { // a number is a C++ exception
  if (typeof error !== "number") return String(error?.message ?? error).slice(0, 500);
  return `Lean threw an exception that nobody caught: ${said(lean, error).slice(0, 500)}`;
}

function said(lean, exception) { // `what()`, the third function in the table of a std::exception
  try {
    const { i32, u8, table } = lean.module, text = table.get(i32[(i32[exception >> 2] + 8) >> 2])(exception);
    return Buffer.from(u8.subarray(text, u8.indexOf(0, text))).toString("utf8");
  } catch { return "it cannot be read"; }
}

globalThis.leanModule = {
  noInitialRun: true, instantiateWasm: instantiate(engineDir),
  stdin: () => null, print() {}, printErr() {}, // standard streams are no channel
};
globalThis.onLean = serve;
require(path.join(engineDir, "lean.js"));
