"""Two kernels, one verdict: proofs that both accept, and what becomes of a proof when they disagree."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from physprover.errors import RunError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, asked
from physprover.lean.kernel.process import CHECK, Referee
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import compose
from physprover.records import CLOCK, Outcome, Verdict
from rl.canary import must_agree

POINT = "structure Point where\n  x : Nat\n  y : Nat\n\ndef Point.sum (p : Point) : Nat := p.x + p.y\n"
PROOFS = [
    ("", "theorem t (a b : Nat) (h : a < b) : a + 1 ≤ b", "by omega"),
    ("", "theorem t (a b : Int) : (a + b) * (a + b) = a * a + 2 * a * b + b * b", "by grind"),
    ("", "theorem t (x y : Nat) : x * y + x = x * (y + 1)", "by rw [Nat.mul_add, Nat.mul_one]"),
    ("", "theorem t : \"ab\" ++ \"c\" = \"abc\"", "by decide"),
    ("", "theorem t : 2 ^ 200 % 1000 = 376", "by decide"),
    ("", "theorem t (p q : Prop) (hp : p) (hq : q) : q ∧ p", "⟨hq, hp⟩"),
    ("", "theorem t {α : Type u} (xs : List α) : xs ++ [] = xs", "by induction xs <;> simp_all"),
    (POINT, "theorem t (p : Point) : p.sum = p.y + p.x", "by unfold Point.sum; omega"),
    (POINT, "theorem t (p : Point) : p = ⟨p.x, p.y⟩", "rfl"),
    ("inductive Tree where | leaf | node (l r : Tree)\n\ndef Tree.size : Tree → Nat | leaf => 1 | node l r => l.size + r.size\n",
     "theorem t (s : Tree) : 0 < s.size", "by induction s <;> simp_all [Tree.size] <;> omega"),
]  # fmt: skip


@pytest.fixture(scope="module")
def judge() -> Iterator[LeanProcess]:
    process = LeanProcess(ensure_installed())
    yield process
    process.kill()


@pytest.fixture(scope="module")
def referee() -> Iterator[Referee]:
    second = Referee(ensure_installed())
    yield second
    second.close()


def replayed(process: LeanProcess, header: str, statement: str, proof: str) -> tuple[dict[str, Any], Any]:
    """The judge's answer on a proof, and what it gives the second kernel."""
    problem = asked(Problem(header=header, statement=statement))
    text = compose(statement, proof) + "\n"
    screened = process.ask({"check": {**problem, "text": text, "limit": 4, "replay": False}}, 60.0)
    assert screened["outcome"] == "proved", screened
    answer = process.ask({"judge": {**problem, "constants": screened["constants"], "second": "whole"}}, 60.0)
    return answer, answer.pop("replayed")


@pytest.mark.parametrize("trusted", [True, False])
@pytest.mark.parametrize(("header", "statement", "proof"), PROOFS)
def test_both_kernels_accept(
    lean: EmbeddedEngine, header: str, statement: str, proof: str, trusted: bool
) -> None:
    verdict = lean.check(Problem(header=header, statement=statement, trusted_header=trusted), proof, 60.0)
    assert (verdict.outcome, verdict.tier) == (Outcome.PROVED, "judged"), verdict


def test_an_axiom_of_the_header_is_no_disagreement(lean: EmbeddedEngine) -> None:
    verdict = lean.check(
        Problem(header="axiom odd : 1 + 1 = 2 ↔ True\n", statement="theorem t : 1 + 1 = 2 ↔ True"), "odd"
    )
    assert (verdict.outcome, verdict.axioms) == (Outcome.PROVED, ("odd",))


def test_a_disagreement_is_a_verdict_of_its_own(judge: LeanProcess, referee: Referee) -> None:
    """What Lean accepted, with a part exchanged on the way: the second kernel alone sees it."""
    answer, given = replayed(judge, *PROOFS[2])
    other = replayed(judge, "", "theorem t (x y : Nat) : x * y + y = y * (x + 1)", "by grind")[1]
    found = referee.confirm(dict(answer), {**given, "theorem": {**given["theorem"], "name": "u"}}, 60.0)
    assert (found["outcome"], found["check"]) == ("cheated", CHECK)
    found = referee.confirm(dict(answer), {**other, "theorem": {**other["theorem"], "type": 0}}, 60.0)
    assert (found["outcome"], found["check"]) == ("cheated", CHECK)
    wrong = {
        **given["constants"],
        "declarations": [{**d, "value": d["type"]} for d in given["constants"]["declarations"]],
    }
    found = referee.confirm(dict(answer), {**given, "constants": wrong}, 60.0)
    assert (found["outcome"], found["check"]) == ("cheated", CHECK)
    assert referee.confirm(dict(answer), given, 60.0)["outcome"] == "proved"


def test_too_much_for_the_second_kernel_is_not_a_disagreement(judge: LeanProcess, referee: Referee) -> None:
    answer, given = replayed(judge, *PROOFS[1])
    found = referee.confirm(dict(answer), given, 1e-9)
    assert found["outcome"] == "timeout"
    assert found["check"] in (CHECK, CLOCK)  # whichever of the two passes first
    assert referee.confirm(dict(answer), given, 60.0)["outcome"] == "proved"


def test_a_disagreement_stops_a_run() -> None:
    problem = Problem(header="", statement="theorem t : 1 = 1")
    must_agree(problem, "rfl", Verdict(outcome=Outcome.CHEATED, check="axiom audit"), 3)
    must_agree(problem, "rfl", Verdict(outcome=Outcome.TIMEOUT, check=CHECK), 3)
    with pytest.raises(RunError, match="step 3: the two kernels disagree"):
        must_agree(problem, "rfl", Verdict(outcome=Outcome.CHEATED, check=CHECK), 3)
