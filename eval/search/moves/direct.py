"""DIRECT: sample proofs of the statement as it stands, and check each distinct one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.search.desk import writable
from eval.search.library import with_premises
from eval.search.moves.case import ONE_CHECK, SAMPLES, SAMPLING, Kind, Script
from eval.search.sketch import laid_out

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.search.budget import Amount
    from eval.search.moves.case import Case, Move
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
        if not proof.strip():
            case.desk.drawn["cut off before a proof" if attempt.truncated else "without a proof"] += 1
        elif not writable(proof):
            case.desk.drawn["with names that stand for nothing"] += 1
            case.drafts.append(proof)
        else:
            case.desk.drawn["repeated" if proof in case.desk.tried else "checked"] += 1
            if case.desk.check(proof, messages=2) and case.solved:
                return


# -- RETRIEVE: bring in what others have proved. Lemmas of the header go into scripts and into the prover's prompt; proofs of --
# alike statements are tried with this statement's names.

_BATCH = 2  # analogies tried in one move


@dataclass(frozen=True)
class WithPremises:
    """Samples of the prover that has the retrieved lemmas in its prompt; may be repeated."""

    kind: Kind = "retrieve"
    arm: str = "retrieve sample"
    guess: Amount = SAMPLING

    def run(self, case: Case) -> None:
        case.facts = tuple(lemma.name for lemma in case.lemmas)
        sample_and_check(case, with_premises(case.theorem, case.lemmas), self.arm)


@dataclass(frozen=True)
class Fact:
    """A closing script that is told the retrieved lemmas: one check."""

    template: str
    kind: Kind = "retrieve"
    guess: Amount = ONE_CHECK

    @property
    def arm(self) -> str:
        return f"retrieve {self.template}"

    def run(self, case: Case) -> None:
        case.facts = tuple(lemma.name for lemma in case.lemmas)
        Script(self.template, self.kind).run(case)


@dataclass(frozen=True)
class Analogy:
    """Proofs of the most similar train theorems, the best that were not tried yet."""

    start: int
    kind: Kind = "retrieve"
    arm: str = "retrieve proof"
    guess: Amount = ONE_CHECK

    def run(self, case: Case) -> None:
        case.done.add(f"analogy {self.start}")
        for proof in case.analogies[self.start : self.start + _BATCH]:
            case.desk.check(proof, messages=2)
            if case.solved:
                return


def retrievals(case: Case) -> Iterator[Move]:
    """Scripts with lemmas, then proofs of alike statements, then samples with lemmas."""
    for template in ("grind [facts]", "simp [facts]"):
        if case.lemmas and (fact := Fact(template)).arm not in case.done:
            yield fact
    if len(case.library):
        starts = range(0, len(case.analogies), _BATCH)
        start = next((s for s in starts if f"analogy {s}" not in case.done), None)
        if start is not None:
            yield Analogy(start)
    if case.lemmas and case.desk.can_sample and WithPremises.arm not in case.done:
        yield WithPremises()
