from __future__ import annotations

import pytest

from physprover.lean.text.commands import parse
from physprover.lean.text.names import meant
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
    declared = {command.name: command for command in commands if command.name}
    assert [command.name for command in meant(written, last.scope, declared)] == names


def test_a_prefix_opens_for_its_own_command() -> None:
    *commands, last = parse(mask(f"{TEXT}open A.B in\nattribute [simp] deep\n"))
    declared = {command.name: command for command in commands if command.name}
    assert meant("deep", last.scope, declared) == ()
    assert [command.name for command in meant("deep", last.scope, declared, last.prefix)] == ["A.B.deep"]
