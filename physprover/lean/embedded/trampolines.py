"""The calls that may throw, in WebAssembly instead of JavaScript.

lean.wasm was compiled for JavaScript exceptions: each C++ call that has something to clean up goes out to a function
`invoke_viii(f, a, b, c)` of the script, which calls table place `f` inside `try`. That crossing, there and back, was a
seventh of all time. Here the same functions are made with WebAssembly's own `try`, which catches what the script throws:

    sp = stackSave(); try { return table[f](a, b, c) } catch { stackRestore(sp); if (!cpp()) rethrow; setThrew(1, 0); return 0 }

`caught` asks the script whether it threw a C++ exception (a number, in its own test) or something of JavaScript's.
The module owns the function table, which lean.wasm then imports. Proposal: "Exception handling", first version.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.embedded import wasm

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TRAMPOLINES = "trampolines.wasm"
PREFIX = "invoke_"
TABLE_NAME = "__indirect_function_table"
STACK_SAVE, STACK_RESTORE, SET_THREW = "emscripten_stack_get_current", "_emscripten_stack_restore", "setThrew"
_TYPES = {"i": b"\x7f", "j": b"\x7e", "f": b"\x7d", "d": b"\x7c"}
_ZERO = {"v": b"", "i": b"\x41\0", "j": b"\x42\0", "f": b"\x43" + bytes(4), "d": b"\x44" + bytes(8)}
_TRY, _CATCH_ALL, _RETHROW, _IF, _NOT, _EMPTY = b"\x06", b"\x19", b"\x09", b"\x04", b"\x45", b"\x40"
_CALL, _CALL_INDIRECT, _GET, _SET, _CONST, _END = b"\x10", b"\x11", b"\x20", b"\x21", b"\x41", b"\x0b"


def trampolines(names: Sequence[str], table_size: int, places: Mapping[str, int]) -> bytes:
    """The module: one function for each `invoke_…` in `names`, and the table, `table_size` places at first.

    `places` says where in the table stand STACK_SAVE, STACK_RESTORE and SET_THREW. A signature's first letter is the
    result (v none, i i32, j i64, f f32, d f64), the others are the arguments after the place.
    """
    types = _Types()
    caught = types.index("i")
    bodies = [_body(name.removeprefix(PREFIX), types, places) for name in names]
    functions = [wasm.leb(types.index(_outer(name.removeprefix(PREFIX)))) for name in names]
    exports = [wasm.name(name) + b"\0" + wasm.leb(1 + k) for k, name in enumerate(names)]
    exports.append(wasm.name(TABLE_NAME) + bytes([wasm.A_TABLE, 0]))
    parts = [
        (wasm.TYPE, wasm.vector(types.entries)),
        (wasm.IMPORT, wasm.vector([wasm.name("env") + wasm.name("caught") + b"\0" + wasm.leb(caught)])),
        (wasm.FUNCTIONS, wasm.vector(functions)),
        (wasm.TABLE, wasm.vector([table_type(table_size)])),
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
        call(fixed(STACK_SAVE), "i") + _SET + saved,
        _TRY + block + arguments + call(_GET + b"\0", signature),
        _CATCH_ALL + _GET + saved + call(fixed(STACK_RESTORE), "vi"),
        _CALL + b"\0" + _NOT + _IF + _EMPTY + _RETHROW + b"\1" + _END,
        _CONST + b"\1" + _CONST + b"\0" + call(fixed(SET_THREW), "vii"),
        _ZERO[signature[0]] + _END + _END,
    ]
    return b"".join(code)
