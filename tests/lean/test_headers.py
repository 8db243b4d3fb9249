"""Headers: what Lean's own parser reads of them decides, and a verdict does not depend on which headers came before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import permutations

import pytest

from physprover.config import EngineConfig
from physprover.errors import HeaderError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.records import Outcome

TRUE = "theorem two : 1 + 1 = 2"


@pytest.mark.parametrize(
    "header",
    [
        "-- only a comment",
        "/- only a comment -/\n",
        "/-\nCopyright\n-/\nimport Std\n\n/-! doc -/\nnamespace Demo\n",
        "import Std -- the standard library\n",
        "import Init import Std\n",
        "module\n",
        "module\n\npublic import Std\nmeta import Init\n@[expose] public section\ndef f := 2\n",
        "prelude\nimport Init\n",
        "import all Init\n",
    ],
)
def test_every_form_of_beginning_is_read(lean: EmbeddedEngine, header: str) -> None:
    assert lean.check(Problem(header=header, statement=TRUE), "rfl").outcome is Outcome.PROVED


@pytest.mark.parametrize(
    ("header", "reason"),
    [
        ("import Foo.Bar\n", "unknown module prefix 'Foo'$"),
        ("impor Std\n", "1:0"),
        ("prelude\n", "prelude"),
        ("def a := 1\n/- open", "unterminated comment"),
        ("def a := 1\n\nimport Std\n", "3:0.*import"),
    ],
)
def test_what_cannot_be_read_is_refused_with_the_true_reason(
    lean: EmbeddedEngine, header: str, reason: str
) -> None:
    with pytest.raises(HeaderError, match=reason):
        lean.check(Problem(header=header, statement=TRUE), "rfl")


# Beginnings of each other as text, each with its value of `m`. `m` is renamed so that each order meets new headers.
VALUES = [
    ("def m : Nat := 2", 2),
    ("def m : Nat := 2 -- ", 2),
    ("def m : Nat := 2 -- def n := 3\n", 2),
    ("def m : Nat := 2\n  + 3\n", 5),
    ("def m : Nat := 2\n  + 3\n/- def m := 7 -/ def k := m\n", 5),
    ("def m : Nat := 2 -- \ninstance (priority := high) : HAdd Nat Nat Nat := ⟨fun _ _ => 9⟩\n", 2),
    ("def m : Nat := 25\n", 25),
]


@pytest.fixture(scope="module")
def fresh(lean: EmbeddedEngine) -> Iterator[EmbeddedEngine]:
    """A worker that has met no header."""
    engine = EmbeddedEngine(EngineConfig(judge=False))
    yield engine
    engine.close()


@pytest.mark.slow
def test_a_header_means_the_same_whatever_headers_came_before(fresh: EmbeddedEngine) -> None:
    for turn, order in enumerate(list(permutations(VALUES, 3))[::7]):
        for text, value in order:
            header = re.sub(r"\bm\b", f"m_{turn}", text)
            problem = Problem(header=header, statement=f"theorem t : m_{turn} = {value}")
            assert fresh.check(problem, "rfl").outcome is Outcome.PROVED, header


def test_the_rest_of_a_comment_is_not_run_as_code(lean: EmbeddedEngine) -> None:
    first, second = VALUES[1][0], "def m : Nat := 2 -- instance : HAdd Nat Nat Nat := ⟨fun _ _ => 3⟩\n"
    assert lean.check(Problem(header=first, statement="theorem t : m = 2"), "rfl").outcome is Outcome.PROVED
    verdict = lean.check(Problem(header=second, statement="theorem t : m + m = 3"), "rfl")
    assert verdict.outcome is Outcome.REJECTED


def test_messages_of_a_header_name_its_own_lines(lean: EmbeddedEngine) -> None:
    header = "import Std\n\ndef a : Nat := 1\n"
    lean.check(Problem(header=header, statement="theorem t : a = 1"), "rfl")
    with pytest.raises(HeaderError, match="5:15"):
        lean.check(Problem(header=header + "\ndef b : Nat := c\n", statement="theorem t : a = 1"), "rfl")


BROKEN = "def four : Nat := two + two\n"


@pytest.mark.parametrize("more", ["", "def five : Nat := 5\n", "def six : Nat := seven\n"])
def test_a_header_ends_with_the_first_command_that_fails(lean: EmbeddedEngine, more: str) -> None:
    with pytest.raises(HeaderError, match="1:18: Unknown identifier `two`") as refused:
        lean.check(Problem(header=BROKEN + more, statement="theorem t : four = 4"), "rfl")
    assert "seven" not in str(refused.value)


def test_what_makes_a_failing_command_another_one_is_read(lean: EmbeddedEngine) -> None:
    with pytest.raises(HeaderError, match="Unknown identifier `two`"):
        lean.check(Problem(header=BROKEN, statement="theorem t : four = 4"), "rfl")
    whole = f"{BROKEN}  where two := 2\n"
    assert lean.check(Problem(header=whole, statement="theorem t : four = 4"), "rfl").reward == 1.0
    before = f"def two : Nat := 2\n{BROKEN}"
    assert lean.check(Problem(header=before, statement="theorem t : four = 4"), "rfl").reward == 1.0
