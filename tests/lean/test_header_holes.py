"""A hole, an axiom or an unchecked declaration in a header is named, and neither reward nor score rests on it."""

from __future__ import annotations

import pytest

from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Theorem

LEMMA = "theorem three (a b : Nat) : a + b = 3 := sorry\n"
DEEP = LEMMA + "theorem zero_three : 0 + 0 = 3 := three 0 0\ntheorem fine : 1 + 1 = 2 := rfl\n"
ANSWER = "abbrev answer : Nat := sorry\n"


@pytest.mark.parametrize(
    ("header", "statement", "proof", "axioms", "named"),
    [
        (LEMMA, "theorem t (x y : Nat) : x + y = 3", "three x y", ("sorryAx",), "three"),
        (DEEP, "theorem t : 0 + 0 = 3", "zero_three", ("sorryAx",), "three"),
        (ANSWER, "theorem t (n : Nat) (h : n = answer) : answer = n", "h.symm", ("sorryAx",), "answer"),
        (DEEP, "theorem t : 1 + 1 = 2", "fine", (), ""),
        ("axiom ax : 1 = 2\ntheorem of_ax : 1 = 2 := ax\n", "theorem t : 1 = 2", "of_ax", ("ax",), ""),
        (
            "theorem em_ (p : Prop) : p ∨ ¬p := Classical.em p\n",
            "theorem t (p : Prop) : p ∨ ¬p",
            "em_ p",
            (),
            "",
        ),
    ],
)
def test_what_a_proof_takes_from_its_header_is_named(
    lean: EmbeddedEngine, header: str, statement: str, proof: str, axioms: tuple[str, ...], named: str
) -> None:
    problem = Problem(header=header, statement=statement)
    verdict = lean.check(problem, proof)
    assert (verdict.outcome, verdict.axioms) == (Outcome.PROVED, axioms)
    assert any(m.endswith(f"`sorry` in the header: {named}") for m in verdict.messages) is bool(named)
    assert verdict.rests_on_hole is bool(named)


def test_a_header_that_skips_the_kernel_is_named(lean: EmbeddedEngine) -> None:
    header = "set_option debug.skipKernelTC true in\ntheorem large : (List.range 9).length = 9 := by decide\n"
    verdict = lean.check(Problem(header=header, statement="theorem t : (List.range 9).length = 9"), "large")
    assert (verdict.outcome, verdict.rests_on_hole) == (
        Outcome.PROVED,
        False,
    )  # skipped, and yet the kernel accepts it


def test_a_declaration_that_the_kernel_refuses_is_named(lean: EmbeddedEngine) -> None:
    header = "set_option debug.skipKernelTC true in\ntheorem wrong : 1 + 1 = 3 := by decide +kernel\n"
    verdict = lean.check(Problem(header=header, statement="theorem t : 1 + 1 = 3"), "wrong")
    assert (verdict.outcome, verdict.axioms) == (Outcome.PROVED, ("unchecked declaration",))
    assert "the kernel refuses" in verdict.messages[0]


def test_reward_and_score_do_not_rest_on_a_hole(lean: EmbeddedEngine) -> None:
    theorem = Theorem(name="t", header=LEMMA, statement="theorem t (x y : Nat) : x + y = 3")
    verdict = lean.check(Problem.of(theorem), "three x y")
    assert (verdict.outcome, verdict.check, verdict.reward) == (Outcome.INFRASTRUCTURE, "header", None)


def test_lemmas_that_the_data_set_proves_are_no_holes(lean: EmbeddedEngine) -> None:
    theorem = Theorem(
        name="t", header=LEMMA, statement="theorem t (x y : Nat) : x + y = 3", lemmas_proved=True
    )
    verdict = lean.check(Problem.of(theorem), "three x y")
    assert (verdict.outcome, verdict.axioms, verdict.reward) == (Outcome.PROVED, (), 1.0)


def test_an_answer_left_open_is_a_hole_in_a_data_set_too(lean: EmbeddedEngine) -> None:
    statement = "theorem t (n : Nat) (h : n = answer) : answer = n"
    theorem = Theorem(name="t", header=ANSWER, statement=statement, lemmas_proved=True)
    assert lean.check(Problem.of(theorem), "h.symm").outcome is Outcome.INFRASTRUCTURE
