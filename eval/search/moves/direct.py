"""DIRECT: sample proofs of the statement as it stands, and check each distinct one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.search.desk import writable
from eval.search.moves.case import SAMPLES, SAMPLING, Kind
from eval.search.sketch import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.search.budget import Amount
    from eval.search.moves.case import Case
    from physprover.records import Theorem


@dataclass(frozen=True)
class Direct:
    """A few samples; may be repeated."""

    kind: Kind = "direct"
    arm: str = "direct"
    guess: Amount = SAMPLING

    def run(self, case: Case) -> None:
        sample_and_check(case, case.theorem, self.arm)


def direct(case: Case) -> Iterator[Direct]:
    """Whenever there is a prover."""
    if case.desk.can_sample and Direct.arm not in case.done:
        yield Direct()


def sample_and_check(case: Case, theorem: Theorem, arm: str) -> None:
    """Sample `theorem` and check what is written against the problem, until one is proved.

    Where the prover has nothing to say (a prompt beyond its context), the arm is done with.
    """
    attempts = case.desk.sample(theorem, min(SAMPLES, case.desk.budget.left.checks))
    if not attempts:
        case.done.add(arm)
    for attempt in attempts:
        proof = laid_out(attempt.proof)
        if not writable(proof):
            case.drafts.append(proof)
        elif case.desk.check(proof, messages=2) and case.solved:
            return
