from __future__ import annotations

import pytest

from physprover.lean.text.commands import Command, parse
from physprover.lean.text.names import Declared
from physprover.lean.text.tokens import mask

TEXT = """theorem foo : p := h
protected theorem A.bar : p := h
theorem bar : p := h
namespace A
theorem foo : p := h
namespace B
theorem foo : p := h
theorem deep : p := h
end B
end A
theorem C.foo : p := h
"""


@pytest.mark.parametrize(
    ("scope", "written", "names"),
    [
        ("", "foo", ["foo"]),
        ("", "A.foo", ["A.foo"]),
        ("", "B.foo", []),
        ("namespace A", "foo", ["A.foo"]),
        ("namespace A", "B.foo", ["A.B.foo"]),
        ("namespace A", "_root_.foo", ["foo"]),
        ("namespace A", "bar", ["bar"]),
        ("namespace A", "A.bar", ["A.bar"]),
        ("namespace A.B", "foo", ["A.B.foo"]),
        ("namespace A.B", "deep.symm", ["A.B.deep"]),
        ("namespace D", "foo", ["foo"]),
        ("open A", "foo", ["foo", "A.foo"]),
        ("open A", "bar", ["bar"]),
        ("open A", "B.deep", ["A.B.deep"]),
        ("namespace A\nopen B", "deep", ["A.B.deep"]),
        ("namespace A\nopen C", "foo", ["A.foo"]),
    ],
)
def test_a_name_means_what_lean_takes_it_for(scope: str, written: str, names: list[str]) -> None:
    *commands, last = parse(mask(f"{TEXT}{scope}\nexample : p := h\n"))
    assert [command.name for command in _declared(commands).meant(written, last.scope)] == names


def _declared(commands: list[Command]) -> Declared:
    declared = Declared()
    for command in commands:
        declared.add(command)
    return declared


def test_a_name_of_a_million_parts_is_no_work() -> None:
    *commands, last = parse(mask(f"{TEXT}example : p := h\n"))
    assert _declared(commands).meant(".".join(["foo"] * 1_000_000), last.scope)[0].name == "foo"


def test_a_prefix_opens_for_its_own_command() -> None:
    *commands, last = parse(mask(f"{TEXT}open A.B in\nattribute [simp] deep\n"))
    declared = _declared(commands)
    assert declared.meant("deep", last.scope) == ()
    assert [command.name for command in declared.meant("deep", last.scope, last.prefix)] == ["A.B.deep"]
