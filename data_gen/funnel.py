"""Stage 1c: what becomes of candidates. Each stage is counted and timed; what falls out keeps its reason.

    candidates → distinct → not in the test split → elaborates → proved by some attempt → hypotheses that may hold
    → not too many easy ones

Proofs are tried before the portfolio: most candidates that fall, fall there, and trying the whole portfolio is dear.
"""

from __future__ import annotations

import time
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from data_gen.headers import read_header
from data_gen.terms import normal_form, parse_statement
from physprover.portfolio import portfolio_proof
from physprover.records import Record, Theorem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from data_gen.judging import Judging
    from data_gen.mutate import Candidate

STAGES = ("distinct", "uncontaminated", "elaborates", "provable", "consistent", "selected")


class Rejected(Record):
    """A row of the side table: a candidate (or seed) that is not in the data set, and why."""

    name: str
    statement: str
    domain: str
    split: str
    origin: str
    rule: str
    parents: tuple[str, ...]
    stage: str  # the first stage it did not pass
    reason: str
    closed_by: tuple[str, ...] | None = None


class StageCount(Record):
    """One line of the funnel."""

    stage: str
    entered: int = 0
    passed: int = 0
    seconds: float = 0.0


def rejected(theorem: Theorem, stage: str, reason: str) -> Rejected:
    """The side-table row of a theorem that fell out."""
    return Rejected(
        **{
            f: getattr(theorem, f)
            for f in ("name", "statement", "domain", "split", "origin", "rule", "parents")
        },
        closed_by=theorem.closed_by,
        stage=stage,
        reason=" ".join(reason.split())[:300],
    )


@dataclass
class Funnel:
    """Takes rounds of candidates; keeps what survived and what did not."""

    judging: Judging
    attempts: int  # proofs tried on each candidate before the portfolio
    kept: list[Theorem] = field(default_factory=list)
    fallen: list[Rejected] = field(default_factory=list)
    _seen: dict[str, str] = field(default_factory=dict)  # normal form -> name
    _test: dict[str, str] = field(default_factory=dict)
    _entered: Counter[str] = field(default_factory=Counter)
    _passed: Counter[str] = field(default_factory=Counter)
    _seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))

    def know(self, theorems: Iterable[Theorem]) -> None:
        """Statements that are not to be made again."""
        for theorem in theorems:
            statement = parse_statement(theorem.statement)
            if statement is not None:
                known = self._test if theorem.split == "test" else self._seen
                known.setdefault(normal_form(statement), theorem.name)

    def pour(self, candidates: Sequence[Candidate], tick: Callable[[], None] = lambda: None) -> None:
        """Send one round through all stages but the last; `tick` is called once for each check Lean answered."""
        distinct = self._distinct(candidates)
        clean = self._uncontaminated(distinct)
        proved = self._consistent(self._proved(clean, tick), tick)
        with self._timed("selected"):
            closed = self.judging.portfolio(proved, tick)
        self.kept += [with_portfolio(theorem, closed[theorem.name]) for theorem in proved]

    def select(self, easy_share: float) -> list[Theorem]:
        """Survivors with at most a share of easy ones (closed by a single tactic) in each split, in order."""
        hard = Counter(theorem.split for theorem in self.kept if not theorem.closed_by)
        room = {
            split: int(easy_share * count / (1 - easy_share)) if easy_share < 1 else 10**9
            for split, count in hard.items()
        }
        chosen = []
        for theorem in self.kept:
            if theorem.closed_by:
                if room.get(theorem.split, 0) <= 0:
                    self._fall(
                        "selected", theorem, f"easy: closed by {', '.join(theorem.closed_by)}; share is full"
                    )
                    continue
                room[theorem.split] -= 1
            chosen.append(theorem)
        self._count("selected", len(self.kept), len(chosen))
        return chosen

    def counts(self) -> tuple[StageCount, ...]:
        """The funnel so far."""
        return tuple(
            StageCount(
                stage=s, entered=self._entered[s], passed=self._passed[s], seconds=round(self._seconds[s], 1)
            )
            for s in STAGES
        )

    def _distinct(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        passed = []
        for candidate in candidates:
            first = self._seen.setdefault(candidate.key, candidate.theorem.name)
            if first == candidate.theorem.name:
                passed.append(candidate)
            else:
                self._fall("distinct", candidate.theorem, f"same statement as {first}")
        self._count("distinct", len(candidates), len(passed))
        return passed

    def _uncontaminated(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        passed = []
        for candidate in candidates:
            if (held := self._test.get(candidate.key)) is None:
                passed.append(candidate)
            else:
                self._fall("uncontaminated", candidate.theorem, f"same statement as the test theorem {held}")
        self._count("uncontaminated", len(candidates), len(passed))
        return passed

    def _proved(self, candidates: Sequence[Candidate], tick: Callable[[], None]) -> list[Theorem]:
        """Try each candidate's proofs in order, one a wave, then the portfolio's as a last resort."""
        proved: dict[str, Theorem] = {}
        open_: dict[str, Candidate] = {c.theorem.name: c for c in candidates}
        last: dict[str, str] = {}
        ill_formed = 0
        for wave in range(self.attempts + 1):
            with self._timed("provable" if wave else "elaborates"):
                questions = {name: (c.theorem, p) for name, c in open_.items() if (p := self._proof(c, wave))}
                answers = self.judging.ask(questions, tick)
            for name, answer in answers.items():
                if answer.proved:
                    proved[name] = open_.pop(name).theorem.replace(proof=questions[name][1])
                elif answer.ill_formed:
                    self._fall("elaborates", open_.pop(name).theorem, answer.message)
                    ill_formed += 1
                else:
                    last[name] = answer.message or answer.outcome.value
        for name, candidate in open_.items():
            self._fall(
                "provable", candidate.theorem, f"no attempt proved it; last: {last.get(name, 'none made')}"
            )
        self._count("elaborates", len(candidates), len(candidates) - ill_formed)
        self._count("provable", len(candidates) - ill_formed, len(proved))
        return [proved[c.theorem.name] for c in candidates if c.theorem.name in proved]

    def _consistent(self, theorems: Sequence[Theorem], tick: Callable[[], None]) -> list[Theorem]:
        """Those from whose hypotheses no attempt derives a contradiction: the others say nothing."""
        refutations = {t.name: (t, proof) for t in theorems if (proof := refutation(t))}
        with self._timed("consistent"):
            answers = self.judging.ask(refutations, tick)
        vacuous = {name for name, answer in answers.items() if answer.proved}
        for theorem in theorems:
            if theorem.name in vacuous:
                self._fall("consistent", theorem, "the hypotheses contradict each other")
        self._count("consistent", len(theorems), len(theorems) - len(vacuous))
        return [theorem for theorem in theorems if theorem.name not in vacuous]

    def _proof(self, candidate: Candidate, wave: int) -> str | None:
        """The proof of a wave: the candidate's own in turn, at last the strongest single tactic."""
        if wave == self.attempts:
            return portfolio_proof("grind")
        return candidate.proofs[wave] if wave < len(candidate.proofs) else None

    def _fall(self, stage: str, theorem: Theorem, reason: str) -> None:
        self.fallen.append(rejected(theorem, stage, reason))

    def _count(self, stage: str, entered: int, passed: int) -> None:
        self._entered[stage] += entered
        self._passed[stage] += passed

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self._seconds[stage] += time.monotonic() - begin


def refutation(theorem: Theorem) -> str | None:
    """A proof that needs the hypotheses only, and they would have to be contradictory; None without hypotheses."""
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.hypotheses():
        return None
    functions = read_header(theorem.header).functions
    names = ", ".join(name for name in theorem.premises if name in functions)
    return f"by\n  exfalso\n  first | omega | (simp_all; done) | grind [{names}]"


def with_portfolio(theorem: Theorem, closed_by: tuple[str, ...]) -> Theorem:
    """The theorem with its `closed_by`; an easy conjecture's proof becomes the single tactic."""
    proof = portfolio_proof(closed_by[0]) if closed_by else theorem.proof
    return theorem.replace(closed_by=closed_by, proof=proof)
