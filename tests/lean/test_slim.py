"""The module cut down to few exports: on a small one made here, run by the real Node.js."""

from __future__ import annotations

import json
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import LeanSetupError
from physprover.lean.embedded import glue, slim
from physprover.lean.embedded.process import node_binary

if TYPE_CHECKING:
    from pathlib import Path

FUNCTIONS = {f"f{k}": 1000 + k for k in range(300)}  # name -> what it returns
DATA = {"low": 64, "high": 70_000}  # name -> address


def number(value: int) -> bytes:
    """A signed LEB128 of a value that is not negative."""
    out = bytearray()
    while True:
        byte, value = value & 0x7F, value >> 7
        if value == 0 and not byte & 0x40:
            return bytes([*out, byte])
        out.append(byte | 0x80)


def section(kind: int, items: list[bytes]) -> bytes:
    body = slim._leb(len(items)) + b"".join(items)
    return bytes([kind]) + slim._leb(len(body)) + body


def text(name: str) -> bytes:
    return slim._leb(len(name.encode())) + name.encode()


def module() -> bytes:
    """Functions 0 and 1 stand in the table already; `f1` also bears a second name; one global can change."""
    bodies = [b"\0\x41" + number(value) + b"\x0b" for value in FUNCTIONS.values()]
    names = [*FUNCTIONS, "f1_again"]
    indices = [*range(len(FUNCTIONS)), 1]
    exports = [text(n) + b"\0" + slim._leb(i) for n, i in zip(names, indices, strict=True)]
    exports += [text(n) + b"\3" + slim._leb(1 + k) for k, n in enumerate([*DATA, "stack"])]
    constants = [b"\x7f\0\x41" + number(address) + b"\x0b" for address in DATA.values()]
    return b"".join(
        [
            b"\0asm\1\0\0\0",
            section(1, [b"\x60\0\1\x7f"]),
            section(2, [text("env") + text("base") + b"\3\x7f\0"]),
            section(3, [b"\0"] * len(FUNCTIONS)),
            section(4, [b"\x70\0\3"]),
            section(6, [*constants, b"\x7f\1\x41\5\x0b"]),
            section(7, [*exports, text("table") + b"\1\0"]),
            section(9, [b"\0\x41\1\x0b" + b"\2\0\1"]),
            section(10, [slim._leb(len(b)) + b for b in bodies]),
        ]
    )


RUN = """
const fs = require("fs"), { find } = require(process.argv[1] + "/symbols.cjs");
const base = new WebAssembly.Global({ value: "i32" }, 0);
const instance = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(process.argv[1] + "/slim.wasm")), { env: { base } });
const asked = JSON.parse(process.argv[2]), at = asked.map(find), { table } = instance.exports;
console.log(JSON.stringify({
  exports: Object.keys(instance.exports),
  answers: at.map(a => a === undefined ? null : a > 0 ? table.get(a)() : a),
}));
"""


def test_every_symbol_keeps_its_function_or_address(tmp_path: Path) -> None:
    stock = tmp_path / "stock.wasm"
    stock.write_bytes(module())
    slim.slim(stock, tmp_path / "slim.wasm", tmp_path / slim.SYMBOLS, {"f7"})
    script = glue.Path(glue.__file__).with_name("symbols.cjs")
    (tmp_path / "symbols.cjs").write_bytes(script.read_bytes())
    asked = [*FUNCTIONS, "f1_again", *DATA, "stack", "absent", ""]
    command = [str(node_binary()), "-e", RUN, str(tmp_path), json.dumps(asked)]
    found = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    assert found["exports"] == ["f7", "stack", "table"]
    expected = [
        *FUNCTIONS.values(),
        FUNCTIONS["f1"],
        *(-address for address in DATA.values()),
        None,
        None,
        None,
    ]
    assert found["answers"] == expected


@pytest.mark.parametrize(
    "change",
    [
        lambda m: b"\0asn" + m[4:],
        lambda m: m.replace(b"\x70\0\3", b"\x6f\0\3"),  # a table of something else
        lambda m: m.replace(section(9, [b"\0\x41\1\x0b" + b"\2\0\1"]), b""),
        lambda m: m.replace(
            b"\0\x41\1\x0b\2\0\1", b"\0\x41\2\x0b\2\0\1"
        ),  # the table filled from another place on
    ],
)
def test_another_module_is_refused(tmp_path: Path, change: object) -> None:
    assert callable(change)
    stock = tmp_path / "stock.wasm"
    stock.write_bytes(change(module()))
    with pytest.raises(LeanSetupError):
        slim.slim(stock, tmp_path / "slim.wasm", tmp_path / slim.SYMBOLS, set())
    assert not (tmp_path / "slim.wasm").exists()


@given(st.integers(0, 2**31 - 1))
def test_numbers_are_read_as_written(value: int) -> None:
    assert slim.Reader(slim._leb(value)).number() == value
    assert slim.Reader(slim._signed_leb(value)).signed() == slim.Reader(number(value)).signed() == value
