"""Retrieval: lemmas of the header, proofs of alike statements, and no look at what is held out."""

import pytest

from eval.search.library import Retriever, definitions, features, lemmas, statement_of, with_premises
from physprover.errors import DataError
from physprover.prompts import get_prompt
from physprover.records import Theorem

HEADER = """\
namespace Phys.Mech
/-- Momentum. -/
def momentum (m v : Int) : Int := m * v
structure Body where
  mass : Int
  vel : Int
theorem momentum_rest (m : Int) : momentum m 0 = 0 := sorry
theorem momentum_comm (m v : Int) : momentum m v = momentum v m := sorry
end Phys.Mech
namespace Phys.Optics
def power (n : Int) : Int := n + n
theorem power_zero : power 0 = 0 := sorry
open Phys.Mech
"""
THEOREM = Theorem(
    name="momentum_unit",
    header=HEADER,
    statement="theorem momentum_unit (v : Int) (h : momentum v v = 1) (b : Body) : momentum 1 v = v",
    premises=("Phys.Mech.momentum",),
    split="test",
)
TRAIN = [
    Theorem(
        name="power_two",
        header=HEADER,
        statement="theorem power_two (n : Int) : power n = 2 * n",
        premises=("power",),
        proof="by\n  simp only [power]\n  omega",
        split="train",
    ),
    Theorem(
        name="energy_unit",
        header="def energy (a b : Int) : Int := a * b\n",
        statement="theorem energy_unit (x : Int) (h : energy x x = 1) : energy 1 x = x",
        premises=("energy",),
        proof="by simp [energy]",
        split="train",
    ),
]


def test_lemmas_come_with_full_names() -> None:
    found = lemmas(THEOREM, 2)
    assert {lemma.name for lemma in found} == {"Phys.Mech.momentum_rest", "Phys.Mech.momentum_comm"}
    assert lemmas(THEOREM.replace(header=""), 3) == []


def test_a_lemma_behind_its_attribute_is_found() -> None:
    """A theorem is read as Lean reads it, not as a line that begins with the word."""
    header = HEADER.replace("theorem power_zero", "@[simp] theorem power_zero")
    power = THEOREM.replace(header=header, statement="theorem p : power 0 = 0 + power 0")
    assert "Phys.Optics.power_zero" in {lemma.name for lemma in lemmas(power, 3)}


def test_premises_reach_the_prompt_and_not_the_problem() -> None:
    shown = with_premises(THEOREM, lemmas(THEOREM, 2))
    assert "<|l1|>" in get_prompt("tiny").render(shown)
    assert "-- useful: Phys.Mech.momentum_rest" in get_prompt("deepseek-prover-v2").render(shown)
    assert shown.statement == THEOREM.statement


def test_a_proof_is_carried_over_in_the_names_of_this_statement() -> None:
    assert Retriever(TRAIN).analogies(THEOREM, 1) == ["by\n  simp [momentum]"]
    assert Retriever().analogies(THEOREM, 3) == []


def test_held_out_proofs_are_refused() -> None:
    with pytest.raises(DataError, match="`energy_unit`, which is held out"):
        Retriever([TRAIN[0], TRAIN[1].replace(split="test")])


def test_a_theorem_is_no_analogy_of_itself() -> None:
    assert Retriever(TRAIN).analogies(TRAIN[1], 5) != ["by\n  simp [energy]"]


def test_what_a_statement_is_made_of() -> None:
    parts = statement_of(THEOREM)
    assert parts.bound() == {"v": "Int", "h": "momentum v v = 1", "b": "Body"}
    assert parts.goal == "momentum 1 v = v"
    assert statement_of(THEOREM.replace(statement="theorem t.{u} : 1 = 1")).goal == ": 1 = 1"
    assert definitions(THEOREM) == definitions(THEOREM.replace(premises=())) == ["momentum"]
    assert {"def momentum", "type structure", "hypothesis", "goal ="} <= features(THEOREM)
