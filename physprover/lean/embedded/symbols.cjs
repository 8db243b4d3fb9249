// What lean.js needs of slim.py's work: addresses of Lean's symbols, and the trampolines with the function table. Copied
// beside lean.js at install time. Addresses: count, sorted hashes (first halves, second halves), addresses (data negative).
"use strict";

const crypto = require("crypto"), fs = require("fs"), path = require("path");

const beside = name => fs.readFileSync(path.join(__dirname, name));
const bytes = beside("lean.symbols"), words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
const count = words[0], first = words.subarray(1, count + 1), second = words.subarray(count + 1, 2 * count + 1);
const addresses = new Int32Array(words.buffer, words.byteOffset + 4 * (2 * count + 1), count);
const trampolines = new WebAssembly.Module(beside("trampolines.wasm"));

// Address of a symbol: a place in the function table, or minus a place in memory; undefined where there is no such symbol.
function find(name) {
  const hash = crypto.createHash("sha1").update(name).digest(), high = hash.readUInt32BE(0), low = hash.readUInt32BE(4);
  let from = 0, to = count;
  while (from < to) {
    const middle = (from + to) >> 1;
    if (first[middle] < high || (first[middle] === high && second[middle] < low)) from = middle + 1;
    else to = middle;
  }
  return from < count && first[from] === high && second[from] === low ? addresses[from] : undefined;
}

// Put the trampolines and a fresh table among the imports; `caught()` says whether a C++ exception is on its way, once, and
// `tick()` how many trampolines may be called before it is called again.
function link(imports, caught, tick) {
  Object.assign(imports, new WebAssembly.Instance(trampolines, { env: { caught, tick } }).exports);
}

module.exports = { find, link };
