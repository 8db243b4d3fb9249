// The WebAssembly module of Lean. V8 compiles a function when it is first called and again, better, when it is called
// often: some ten CPU seconds in every new process. So an installation keeps the machine code of a warm process
// (`machine_code.py`), and a process begins with that wherever V8 takes it: same V8, same flags, same processor features.
"use strict";

const crypto = require("crypto"), fs = require("fs"), path = require("path"), v8 = require("v8");

const DIGEST_BYTES = 32; // the file: sha256 of what follows, then V8's bytes
let lean; // WebAssembly.Module
let begun = false; // with kept machine code

// V8 has functions for this, behind a flag that lets JavaScript name them; it is off again before Lean starts.
function native(text, ...args) {
  v8.setFlagsFromString("--allow-natives-syntax");
  try { return new Function("a", "b", `return ${text}`)(...args); } finally { v8.setFlagsFromString("--no-allow-natives-syntax"); }
}

// For Emscripten's `instantiateWasm`: a module with this engine's imports.
function instantiate(engineDir) {
  return (imports, done) => {
    const wasm = fs.readFileSync(path.join(engineDir, "lean.wasm"));
    lean = kept(path.join(engineDir, "lean.code"), wasm);
    begun = lean !== undefined;
    lean ??= new WebAssembly.Module(wasm);
    wasm.buffer.transfer(0); // V8 has copied it; waiting for garbage collection would hold 116 MB
    done(new WebAssembly.Instance(lean, imports), lean);
    return {};
  };
}

// V8 does not survive damaged machine code, so a file that is not whole is not shown to it.
function kept(file, wasm) {
  let data;
  try { data = fs.readFileSync(file); } catch { return undefined; }
  const code = new Uint8Array(data.subarray(DIGEST_BYTES)); // a buffer of its own, as V8 asks
  if (!digest(code).equals(data.subarray(0, DIGEST_BYTES))) return undefined;
  const module = native("%DeserializeWasmModule(a, b)", code.buffer, wasm);
  for (const read of [code, data]) read.buffer.transfer(0);
  return module;
}

// Write this process's machine code; bytes written.
function save(fd) {
  const code = new Uint8Array(native("%SerializeWasmModule(a)", lean));
  for (const part of [digest(code), code]) {
    for (let at = 0; at < part.length;) at += fs.writeSync(fd, part, at);
  }
  return DIGEST_BYTES + code.length;
}

function digest(bytes) { return crypto.createHash("sha256").update(bytes).digest(); }

module.exports = { instantiate, save, begun: () => begun };
