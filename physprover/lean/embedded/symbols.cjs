// Addresses of Lean's symbols, for the interpreter's `dlsym` and for our own calls. Copied beside lean.js at install time;
// see slim.py, which writes the table: count, sorted hashes (first halves, second halves), addresses (data negative).
"use strict";

const crypto = require("crypto"), fs = require("fs"), path = require("path");

const bytes = fs.readFileSync(path.join(__dirname, "lean.symbols"));
const words = new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
const count = words[0], first = words.subarray(1, count + 1), second = words.subarray(count + 1, 2 * count + 1);
const addresses = new Int32Array(words.buffer, words.byteOffset + 4 * (2 * count + 1), count);

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

module.exports = { find };
