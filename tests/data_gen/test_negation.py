"""What is false is refuted by its negation, at points of small values."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data_gen.attempts import DOUBTFUL, SOUND
from data_gen.candidates import negation
from data_gen.headers import read_header
from data_gen.mutations import RULES
from data_gen.points import trial
from data_gen.values import small_values
from physprover.lean.protocol import Problem
from physprover.lean.text.terms import parse_statement
from tests.data_gen.spins import HEADER, theorem

if TYPE_CHECKING:
    from physprover.lean.embedded.engine import EmbeddedEngine


@pytest.mark.parametrize(
    ("text", "false"),
    [
        ("(x y : Int) (h : 0 < x) : x ≤ y", True),
        ("(x : Int) : twice x = x", True),
        ("(s : Spin) : flip s = s", True),
        ("(n : Nat) (b : Bool) : n = 0 ∨ b = true", True),
        ("(v : Int × Nat) : v.1 = v.2", True),
        ("(b : Body) (l : List Spin) : b.mass = b.x ∧ l.length = b.y", True),
        ("(x : Int) : twice x = 2 * x", False),
        ("(x y : Int) (h : x < y) : x ≤ y", False),
    ],
)
def test_the_negation_of_what_is_false_is_proved(lean: EmbeddedEngine, text: str, false: bool) -> None:
    found = negation(theorem(text, premises=("twice", "flip")))
    assert found is not None
    assert found.theorem.statement.startswith("theorem t_not : ¬ ∀ ")
    verdict = lean.check(Problem.of(found.theorem), found.proofs[0], messages=1)
    assert (verdict.reward == 1.0) is false, verdict.messages


def test_a_drawn_point_refutes_what_small_values_do_not(lean: EmbeddedEngine) -> None:
    false = theorem("(x : Int) (h : 0 < x) : twice x ≠ 14", premises=("twice",))
    statement = parse_statement(false.statement)
    assert statement is not None
    truth, point = trial(statement, read_header(HEADER))
    assert (truth, point) == (False, {"x": "(7 : Int)"})
    small, drawn = negation(false), negation(false, point)
    assert small is not None
    assert drawn is not None
    assert drawn.theorem == small.theorem
    assert lean.check(Problem.of(small.theorem), small.proofs[0]).reward == 0.0
    assert lean.check(Problem.of(drawn.theorem), drawn.proofs[0]).reward == 1.0


def test_every_rule_is_sound_or_doubtful() -> None:
    """Negations of what a sound rule makes are not asked; those of a doubtful one are asked early. `abstract` has none."""
    assert not SOUND & DOUBTFUL
    named = {rule.__name__ for rule in RULES} | {"converse"}  # which `contrapositive` makes
    assert {*SOUND, *DOUBTFUL, "abstract"} == named


def test_small_values() -> None:
    header = read_header(HEADER)
    assert small_values("Body", header) == (
        "(⟨0, 1, 2⟩ : Body)",
        "(⟨1, 2, 3⟩ : Body)",
        "(⟨(-1), 3, 0⟩ : Body)",
    )
    assert small_values("Int × (Spin × Bool)", header)[0] == "(0, (Spin.down, true))"
    assert small_values("List Spin", header) == ("[]", "[Spin.up]", "[Spin.up, Spin.down]")
    assert small_values("Int → Int", header) == small_values("Fin 3", header) == ()


def test_no_negation_without_a_variable_or_with_implicit_ones() -> None:
    assert negation(theorem(": twice 1 = 3")) is None
    assert negation(theorem("{x : Int} : twice x = x")) is None
