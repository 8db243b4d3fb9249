"""The module cut down to few exports, and the trampolines: on a small one made here, run by the real Node.js."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import LeanSetupError
from physprover.lean.embedded import glue, wasm
from physprover.lean.embedded import glue as slim
from physprover.lean.embedded.process import node_binary

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
    return wasm.section(kind, wasm.vector(items))


def module() -> bytes:
    """Functions returning their number, in the table already or not, and what trampolines need: a stack, a flag, throwers.

    Imports: function 0 `throw_cpp`, 1 `throw_js`, 2 `invoke_v`, 3 `invoke_ij`. Places 1 and 2 of the table: f0, f1.
    """
    own = 4  # index of f0
    bodies = [b"\0\x41" + number(value) + b"\x0b" for value in FUNCTIONS.values()]
    types = [0] * len(bodies)
    names = dict(zip(FUNCTIONS, range(own, own + len(FUNCTIONS)), strict=True)) | {"f1_again": own + 1}

    def define(name: str, kind: int, code: bytes) -> None:
        names[name] = own + len(bodies)
        types.append(kind)
        bodies.append(b"\0" + code + b"\x0b")

    stack = wasm.leb(1 + len(DATA))  # the last global
    define("emscripten_stack_get_current", 0, b"\x23" + stack)
    define("_emscripten_stack_restore", 1, b"\x20\0\x24" + stack)
    define("setThrew", 2, b"\x20\0\x24" + wasm.leb(2 + len(DATA)))
    spoil = b"\x41\x63\x24" + stack  # a callee that leaves the stack pointer at -29
    define("cpp", 3, spoil + b"\x10\0")
    define("js", 3, spoil + b"\x10\1")
    define("half", 4, b"\x20\0\x42\2\x7f\xa7")  # i64 / 2, as i32
    define("try_v", 1, b"\x20\0\x10\2")
    define("try_ij", 5, b"\x20\0\x20\1\x10\3")
    exports = [wasm.name(n) + b"\0" + wasm.leb(i) for n, i in names.items()]
    exports += [wasm.name(n) + b"\3" + wasm.leb(1 + k) for k, n in enumerate([*DATA, "stack", "threw"])]
    constants = [b"\x7f\0\x41" + number(address) + b"\x0b" for address in DATA.values()]
    env = wasm.name("env")
    functions = [("throw_cpp", 3), ("throw_js", 3), ("invoke_v", 1), ("invoke_ij", 5)]
    signatures = [b"\x60\0\1\x7f", b"\x60\1\x7f\0", b"\x60\2\x7f\x7f\0", b"\x60\0\0"]
    signatures += [b"\x60\1\x7e\1\x7f", b"\x60\2\x7f\x7e\1\x7f"]
    return wasm.MAGIC + b"".join(
        [
            section(1, signatures),
            section(
                2,
                [env + wasm.name("base") + b"\3\x7f\0"]
                + [env + wasm.name(n) + bytes([0, k]) for n, k in functions],
            ),
            section(3, [bytes([t]) for t in types]),
            section(4, [b"\x70\0\3"]),
            section(6, [*constants, b"\x7f\1\x41\5\x0b", b"\x7f\1\x41\0\x0b"]),
            section(7, [*exports, wasm.name("__indirect_function_table") + b"\1\0"]),
            section(9, [b"\0\x41\1\x0b" + bytes([2, own, own + 1])]),
            section(10, [wasm.leb(len(b)) + b for b in bodies]),
        ]
    )


RUN = """
const fs = require("fs"), { find, link } = require(process.argv[1] + "/symbols.cjs");
let threw = 0;
const env = { base: new WebAssembly.Global({ value: "i32" }, 0),
  throw_cpp() { threw = 1; throw 7; }, throw_js() { throw new RangeError("of JavaScript"); } };
let ticks = 0;
link(env, () => { const was = threw; threw = 0; return was; }, () => { ticks += 1; return 2; });
const { exports } = new WebAssembly.Instance(new WebAssembly.Module(fs.readFileSync(process.argv[1] + "/lean.wasm")), { env });
const table = exports.__indirect_function_table, call = name => table.get(find(name));
const attempt = (name, ...args) => { try { return call(name)(...args) ?? null; } catch (error) { return String(error); } };
const state = () => [exports.stack.value, exports.threw.value];
const asked = JSON.parse(process.argv[2]);
console.log(JSON.stringify({
  exports: Object.keys(exports),
  answers: asked.map(find).map(a => a === undefined ? null : a > 0 ? table.get(a)() : a),
  calm: [attempt("try_ij", find("half"), 2n ** 32n + 10n), state()],
  cpp: [attempt("try_v", find("cpp")), state()],
  js: [attempt("try_v", find("js")), state()],
  ticks,
}));
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[object]]:
    folder = tmp_path_factory.mktemp("slim")
    (folder / "stock.wasm").write_bytes(module())
    slim.slim(folder / "stock.wasm", folder, {"f7"})
    script = Path(glue.__file__).with_name("symbols.cjs")
    (folder / "symbols.cjs").write_bytes(script.read_bytes())
    command = [str(node_binary()), "-e", RUN, str(folder), json.dumps(ASKED)]
    answer: dict[str, list[object]] = json.loads(
        subprocess.run(command, check=True, capture_output=True, text=True).stdout
    )
    return answer


ASKED = [*FUNCTIONS, "f1_again", *DATA, "stack", "absent", ""]


def test_every_symbol_keeps_its_function_or_address(found: dict[str, list[object]]) -> None:
    assert found["exports"] == ["f7", "stack", "threw", "__indirect_function_table"]
    expected = [
        *FUNCTIONS.values(),
        FUNCTIONS["f1"],
        *(-address for address in DATA.values()),
        None,
        None,
        None,
    ]
    assert found["answers"] == expected


def test_a_call_that_throws_nothing_gives_its_result(found: dict[str, list[object]]) -> None:
    assert found["calm"] == [(2**31 + 5) - 2**32, [5, 0]]


def test_a_cpp_exception_is_caught_noted_and_the_stack_put_back(found: dict[str, list[object]]) -> None:
    assert found["cpp"] == [None, [5, 1]]


def test_an_exception_of_javascript_goes_through(found: dict[str, list[object]]) -> None:
    assert found["js"] == ["RangeError: of JavaScript", [5, 1]]


def test_the_script_is_asked_again_after_as_many_calls_as_it_said(found: dict[str, object]) -> None:
    assert found["ticks"] == 2  # at the first of three calls, and two later


@pytest.mark.parametrize(
    "change",
    [
        lambda m: b"\0asn" + m[4:],
        lambda m: m.replace(b"\x70\0\3", b"\x6f\0\3"),  # a table of something else
        lambda m: m.replace(section(9, [b"\0\x41\1\x0b\2\4\5"]), b""),
        lambda m: m.replace(b"\0\x41\1\x0b\2\4\5", b"\0\x41\2\x0b\2\4\5"),  # filled from another place on
        lambda m: m.replace(b"setThrew", b"setthrew"),
    ],
)
def test_another_module_is_refused(tmp_path: Path, change: object) -> None:
    assert callable(change)
    stock = tmp_path / "stock.wasm"
    stock.write_bytes(change(module()))
    assert stock.read_bytes() != module()
    with pytest.raises(LeanSetupError):
        slim.slim(stock, tmp_path, set())
    assert not (tmp_path / "lean.wasm").exists()


@given(st.integers(0, 2**31 - 1))
def test_numbers_are_read_as_written(value: int) -> None:
    assert wasm.Reader(wasm.leb(value)).number() == value
    assert wasm.Reader(wasm.signed_leb(value)).signed() == wasm.Reader(number(value)).signed() == value
