from __future__ import annotations

import pytest

from physprover.lean.text.commands import Command, parse
from physprover.lean.text.names import Declared, going_with
from physprover.lean.text.problems import passages, without
from physprover.lean.text.tokens import blanked_at, mask

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


NAMED = """namespace A
theorem bad : p := h
theorem good : p := h
attribute [simp] bad
attribute [simp] bad good
open A (bad)
export A (bad good)
#check good
grind_pattern bad => f x
/-- More. -/
add_decl_doc bad
def uses : Fin 3 := ⟨1, bad⟩
abbrev again := uses
theorem rests : p := bad
theorem on_both : again = uses := rests
end A
theorem bad : p := h
attribute [simp] bad
"""


@pytest.mark.parametrize(
    ("more", "behind", "gone", "stays"),
    [
        ("", "good", ["uses", "again", "rests", "on_both"], []),
        ("", "x.again", [], ["uses", "again", "rests", "on_both"]),
        ("instance : T := again\n", "good", [], ["uses", "again", "instance"]),
        ("attribute [reducible] uses\n", "good", [], ["uses", "again", "[reducible]"]),
    ],
)
def test_what_names_a_theorem_goes_with_it(more: str, behind: str, gone: list[str], stays: list[str]) -> None:
    """Names in lists always, definitions where nothing that stays may mean one of them."""
    source = mask(NAMED.replace("end A\n", f"{more}end A\n"))
    commands = parse(source)
    first = next(p.command.keyword for p in passages(source) if p.name == "A.bad")
    out, blanks = going_with(source, commands, {first}, behind)
    left = without(blanked_at(source.text, blanks), commands, out)
    assert "attribute [simp]     good\n" in left
    assert "export A (    good)\n" in left
    assert "open" not in left
    assert "#check" not in left
    assert left.endswith("theorem bad : p := h\nattribute [simp] bad\n")
    assert left.count("bad") == 2 + 2 * bool(stays)  # with `uses` and `rests`
    assert all(word in left for word in stays)
    assert not any(word in left for word in gone)
