"""Canaries: statements that are false for certain, and Lean's answer to them."""

from __future__ import annotations

import pytest

from physprover.errors import RunError
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Theorem, Verdict
from rl import canary

HEADER = "def double (n : Nat) : Nat := n + n\n"
THEOREM = Theorem(
    name="d",
    statement="theorem d (n : Nat) (h : n = n) : double n = 2 * n",
    header=HEADER,
    proof="by unfold double; omega",
)


@pytest.mark.parametrize(
    ("statement", "negated"),
    [
        ("theorem a (x : Int) {y : Nat} : x = x", "theorem canary : ¬ (∀ (x : Int) {y : Nat}, (x = x))"),
        ("theorem a : 1 = 1", "theorem canary : ¬ (1 = 1)"),
        (
            "theorem a (f : Nat → Nat) : ∀ x : Nat, f x = f x",
            "theorem canary : ¬ (∀ (f : Nat → Nat), (∀ x : Nat, f x = f x))",
        ),
        ("instance : Foo", None),
        ("theorem a", None),
    ],
)
def test_negation(statement: str, negated: str | None) -> None:
    assert canary.negation(Theorem(name="a", statement=statement, proof="by rfl")) == negated


def test_no_negation_without_a_proof() -> None:
    assert canary.negation(Theorem(name="a", statement="theorem a : 1 = 1")) is None


def test_draws_repeat_and_vary() -> None:
    first = canary.draw([THEOREM], [], 8, seed=0, step=1)
    assert first == canary.draw([THEOREM], [], 8, seed=0, step=1)
    assert first != canary.draw([THEOREM], [], 8, seed=0, step=2)


def test_an_accepted_canary_stops_the_run() -> None:
    false = canary.Canary(Problem(header="", statement="theorem canary : False"), "by magic")
    canary.must_be_refused(false, Verdict(outcome=Outcome.CHEATED), 3)
    canary.must_be_refused(false, Verdict(outcome=Outcome.INFRASTRUCTURE), 3)
    with pytest.raises(RunError, match="step 3: the judge accepted a false statement"):
        canary.must_be_refused(false, Verdict(outcome=Outcome.PROVED), 3)


def test_lean_refuses_every_cheat_on_every_false_statement_of_a_real_header(lean) -> None:
    negated = canary.negation(THEOREM)
    for number, proof in enumerate([*canary.CHEATS, THEOREM.proof]):
        statement = (*canary.FALSE_STATEMENTS, negated)[number % (len(canary.FALSE_STATEMENTS) + 1)]
        verdict = lean.check(Problem(header=HEADER, statement=statement), proof)
        assert verdict.outcome in (Outcome.REJECTED, Outcome.CHEATED), (statement, proof, verdict)


def test_lean_poses_the_negation_and_takes_the_theorem_itself(lean) -> None:
    assert lean.check(Problem.of(THEOREM), THEOREM.proof).outcome is Outcome.PROVED
    posed = lean.check(Problem(header=HEADER, statement=canary.negation(THEOREM)), "by grind")
    assert posed.outcome is Outcome.REJECTED
