"""The embedded engine on real Lean: what is proved, what is refused, by which check, and what kills a worker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from physprover.errors import HeaderError
from physprover.lean.embedded.engine import unfit
from physprover.lean.protocol import Problem
from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.lean.embedded import EmbeddedEngine

HEADER = """namespace Tests.Mechanics
/-- Twice the kinetic energy. -/
def vis_viva (m v : Int) : Int := m * v * v
theorem vis_viva_zero (m : Int) : vis_viva m 0 = 0 := by
  simp [vis_viva]
"""
EVEN = Problem(header=HEADER, statement="theorem vis_viva_neg (m v : Int) : vis_viva m (-v) = vis_viva m v")
FALSE = Problem(header="", statement="theorem absurd_sum : 2 + 2 = 5")


@pytest.mark.parametrize(
    "proof", ["by unfold vis_viva; grind", "by\n  simp only [vis_viva]\n  grind", "by grind [vis_viva]"]
)
def test_honest_proofs_are_proved_and_judged(lean: EmbeddedEngine, proof: str) -> None:
    verdict = lean.check(EVEN, proof)
    assert (verdict.outcome, verdict.tier, verdict.reward) == (Outcome.PROVED, "judged", 1.0)


def test_a_failing_tactic_is_rejected_with_leans_message(lean: EmbeddedEngine) -> None:
    verdict = lean.check(EVEN, "by simp [vis_viva]")
    assert verdict.outcome is Outcome.REJECTED
    assert "unsolved goals" in verdict.messages[0]


@pytest.mark.parametrize(
    ("proof", "check"),
    [
        ("by sorry", "axiom audit"),
        ("sorryAx _ false", "axiom audit"),
        ("by exact (sorry)\ntheorem more : True := trivial", "axiom audit"),
        ("(by decide : 2 + 2 = 4) ▸ cheat\naxiom cheat : 2 + 2 = 5", ""),
        ("by\n  have h : ∀ p : Prop, p := fun _ => sorryAx _ true\n  exact h _", "axiom audit"),
    ],
)
def test_holes_are_refused_by_a_named_check(lean: EmbeddedEngine, proof: str, check: str) -> None:
    verdict = lean.check(FALSE, proof)
    assert verdict.outcome in (Outcome.CHEATED, Outcome.REJECTED)
    assert verdict.check == check


def test_a_theorem_may_not_be_proved_by_itself(lean: EmbeddedEngine) -> None:
    assert lean.check(FALSE, "absurd_sum").outcome is Outcome.REJECTED


def test_axioms_of_a_proof_are_named(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem em_twice (p : Prop) : p ∨ ¬p")
    verdict = lean.check(problem, "Classical.choice ⟨Classical.em p⟩")
    assert verdict.outcome is Outcome.PROVED
    assert verdict.axioms == ("Classical.choice",)


def test_axioms_of_the_problems_own_header_are_trusted_and_named(lean: EmbeddedEngine) -> None:
    problem = Problem(
        header="axiom planck_positive : ∃ h : Nat, 0 < h\n", statement="theorem quantum : ∃ h : Nat, 0 < h"
    )
    verdict = lean.check(problem, "planck_positive")
    assert (verdict.outcome, verdict.axioms) == (Outcome.PROVED, ("planck_positive",))


def test_a_helper_inductive_type_is_replayed_by_the_judge(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem three : 3 = 1 + 2")
    assert (
        lean.check(problem, "by\n  cases (show True ∨ False from Or.inl trivial) <;> rfl").outcome
        is Outcome.PROVED
    )


def test_structural_recursion_in_where_clauses_is_replayed(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem all_zero_add (n : Nat) : 0 + n = n")
    proof = (
        "go n\nwhere\n  go : (n : Nat) → 0 + n = n\n    | 0 => rfl\n    | k + 1 => congrArg (· + 1) (go k)"
    )
    verdict = lean.check(problem, proof)
    assert (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged")


@pytest.mark.parametrize(
    ("header", "statement"),
    [
        ("def x : Nat := y\n", "theorem t : 1 = 1"),
        ("", "theorem t : nonsense"),
        ("", "theorem t : Nat"),
        ("", "example : 1 = 1"),
        ("", "def t : Nat"),
    ],
)
def test_a_bad_problem_is_the_problems_fault(lean: EmbeddedEngine, header: str, statement: str) -> None:
    with pytest.raises(HeaderError):
        lean.check(Problem(header=header, statement=statement), "rfl")


def test_headers_build_on_each_other_without_leaking(lean: EmbeddedEngine) -> None:
    longer = HEADER + "theorem later (m : Int) : vis_viva m 1 = m := by\n  simp [vis_viva]\n"
    use = "theorem u (m : Int) : vis_viva m 1 = m"
    assert lean.check(Problem(header=longer, statement=use), "later m").outcome is Outcome.PROVED
    assert lean.check(Problem(header=HEADER, statement=use), "later m").outcome is Outcome.REJECTED


def test_one_submission_does_not_see_anothers_declarations(lean: EmbeddedEngine) -> None:
    problem = Problem(header="", statement="theorem one : 1 = 1")
    lean.check(problem, "rfl\ntheorem smuggled : 2 = 2 := rfl")
    assert (
        lean.check(Problem(header="", statement="theorem two : 2 = 2"), "smuggled").outcome
        is Outcome.REJECTED
    )


def test_a_worker_that_dies_is_replaced(lean: EmbeddedEngine) -> None:
    verdict = lean.check(FALSE, "by repeat (skip; skip)", seconds=60)
    assert verdict.outcome in (Outcome.CRASHED, Outcome.TIMEOUT)
    assert lean.check(EVEN, "by grind [vis_viva]").outcome is Outcome.PROVED


@pytest.mark.parametrize("text", ["", "  \n", "by \x00simp", "by simp\r", "x" * 70_000])
def test_unfit_text_never_reaches_lean(text: str) -> None:
    assert unfit(text)
