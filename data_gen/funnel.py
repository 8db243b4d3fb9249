"""Stage 1c: what becomes of candidates. Each stage is counted and timed; what falls out keeps its reason.

| stage | who falls |
|---|---|
| parses | no statement, one that could run code when Lean reads it, or one of wrong types |
| distinct | equal to an earlier statement up to names |
| novel | nearly equal to an earlier one (word triples) |
| uncontaminated | equal or nearly equal to a benchmark's statement, the test split's among them |
| elaborates | Lean cannot read it in its header |
| provable | no attempt proves it or its negation (where the negation is proved, it takes the candidate's place) |
| consistent | the hypotheses contradict each other |
| needed | it does without one of its hypotheses or variables |
| satisfied | no values were found at which its hypotheses hold, or 0, 1 and -1 alone |
| new | one theorem of its file, applied or rewritten with, gives it |
| selected | one bare tactic closes it, or a rule only repackaged its parent, and the share of such is full |

What costs no Lean comes first; proofs are tried before the portfolio, since most candidates that fall, fall there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from data_gen.attempts import Attempts, Prover
from data_gen.candidates import Candidate, with_level
from data_gen.contamination import Benchmarks, Hit, NearDuplicates
from data_gen.headers import read_header
from data_gen.informal import sentence
from data_gen.judging import Judging
from data_gen.probes import Examined, Satisfied, derived, examine, idle_variables, satisfy, shorten
from data_gen.stats import Rejected, StageCount, rejected
from physprover.lean.text.terms import normal_form, parse_statement
from physprover.portfolio import portfolio_proof
from physprover.records import Theorem

STAGES = (
    "parses", "distinct", "novel", "uncontaminated", "elaborates", "provable", "consistent", "needed",
    "satisfied", "new", "selected",
)  # fmt: skip
REPACKAGING = frozenset(("swap", "conjoin", "behind", "witness", "some_value", "direction", "contrapositive"))
# Rules whose candidates one theorem mostly gives: on PhysCore 14 of 113 passed the stage `new` (29 November 2026).
_RESTATING = REPACKAGING | {"both_sides", "compound", "constructor", "identify", "literal", "through"}


def restates(rule: str) -> bool:
    """Whether what the rule makes mostly says what one theorem says; so does what cites its own parent."""
    return rule.startswith("cite-") or rule in _RESTATING


@dataclass
class Funnel:
    """Takes portions of candidates; keeps what survived and what did not."""

    judging: Judging
    attempts: int  # of a candidate's own proofs, before the portfolio and the provers
    benchmarks: Benchmarks
    near_duplicate: float = 1.0  # Jaccard index of word triples
    skip: Collection[str] = ()  # stages left out
    provers: Sequence[Prover] = ()
    kept: list[Theorem] = field(default_factory=list)
    fallen: list[Rejected] = field(default_factory=list)
    hits: list[Hit] = field(default_factory=list)  # contaminating candidates
    seconds: dict[str, float] = field(default_factory=lambda: dict.fromkeys(STAGES, 0.0))
    _seen: dict[str, str] = field(default_factory=dict)  # normal form -> name
    _entered: Counter[str] = field(default_factory=Counter)
    _passed: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._near = NearDuplicates(self.near_duplicate)
        # file -> its longest header, under which all its theorems but one can be named
        self._last: dict[str, str] = {}

    def know(self, theorems: Iterable[Theorem]) -> None:
        """Statements that are not to be made again; those of the test split are among the benchmarks."""
        for theorem in theorems:
            self._last[theorem.source.file] = max(
                self._last.get(theorem.source.file, ""), theorem.header, key=len
            )
            statement = parse_statement(theorem.statement)
            if statement is not None and theorem.split != "test":
                key = normal_form(statement)
                self._seen.setdefault(key, theorem.name)
                self._near.add(key, theorem.name)

    def pour(self, candidates: Sequence[Candidate], tick: Callable[[], None] = lambda: None) -> None:
        """Send a portion through all stages but the last; `tick` is called once for each check Lean answered."""
        proved = self._new(self._meaningful(self._provable(self._fresh(candidates), tick), tick), tick)
        with self._timed("selected"):
            closed = self.judging.portfolio(proved, tick)
        self.kept += [with_portfolio(theorem, closed[theorem.name]) for theorem in proved]

    def _fresh(self, candidates: Sequence[Candidate]) -> list[Candidate]:
        """The stages that ask no Lean: readable statements nobody has made before and no benchmark holds."""
        readable = self._sift("parses", candidates, lambda c: c.reason or None)
        distinct = self._sift("distinct", readable, self._twin)
        novel = self._sift("novel", distinct, self._neighbour)
        return self._sift("uncontaminated", novel, self._contaminates)

    def select(self, easy_share: float, repackaging_share: float = 1.0) -> list[Theorem]:
        """Survivors with at most a share of repackaged ones, and of easy ones (closed by a single tactic), in each split, in order."""
        fresh = self._capped(self.kept, repackaging_share, _repackages)
        chosen = self._capped(fresh, easy_share, _easy)
        self._count("selected", len(self.kept), len(chosen))
        return chosen

    def _capped(
        self, theorems: Sequence[Theorem], share: float, why: Callable[[Theorem], str | None]
    ) -> list[Theorem]:
        """All but those with a reason against them beyond a share of each split; the first ones stay."""
        reasons = [why(theorem) for theorem in theorems]
        good = Counter(t.split for t, reason in zip(theorems, reasons, strict=True) if reason is None)
        room = {
            split: len(theorems) if share == 1 else int(share * good[split] / (1 - share))
            for split in {theorem.split for theorem in theorems}
        }
        chosen = []
        for theorem, reason in zip(theorems, reasons, strict=True):
            if reason is not None:
                if room[theorem.split] <= 0:
                    self._fall("selected", theorem, f"{reason}; share is full")
                    continue
                room[theorem.split] -= 1
            chosen.append(theorem)
        return chosen

    def counts(self) -> tuple[StageCount, ...]:
        """The stages in order, those left out not among them."""
        return tuple(
            StageCount(stage=s, entered=self._entered[s], passed=self._passed[s])
            for s in STAGES
            if s not in self.skip
        )

    # -- stages that ask no Lean: the reason a candidate falls, or None --

    def _twin(self, candidate: Candidate) -> str | None:
        other = self._seen.setdefault(candidate.key, candidate.theorem.name)
        return None if other == candidate.theorem.name else f"same statement as {other}"

    def _neighbour(self, candidate: Candidate) -> str | None:
        near = self._near.find(candidate.key)
        if near is not None:
            return f"nearly the statement of {near[0]} (likeness {near[1]:.2f})"
        self._near.add(candidate.key, candidate.theorem.name)
        return None

    def _contaminates(self, candidate: Candidate) -> str | None:
        hit = self.benchmarks.find(candidate.theorem)
        if hit is None:
            return None
        self.hits.append(hit)
        return str(hit)

    def _sift(
        self, stage: str, candidates: Sequence[Candidate], why: Callable[[Candidate], str | None]
    ) -> list[Candidate]:
        if stage in self.skip:
            return list(candidates)
        passed = []
        with self._timed(stage):
            for candidate in candidates:
                reason = why(candidate)
                if reason is None:
                    passed.append(candidate)
                else:
                    self._fall(stage, candidate.theorem, reason)
        self._count(stage, len(candidates), len(passed))
        return passed

    # -- stages that ask Lean --

    def _provable(self, candidates: Sequence[Candidate], tick: Callable[[], None]) -> list[Theorem]:
        work = Attempts(self.judging, candidates, tick, draws="satisfied" not in self.skip)
        with self._timed("elaborates"):
            work.first()
        with self._timed("provable"):
            work.rest(self.attempts, self.provers)
        settled = []
        for candidate in candidates:
            theorem, name = candidate.theorem, candidate.theorem.name
            if name in work.ill_formed:
                self._fall("elaborates", theorem, work.ill_formed[name])
            elif name in work.open:
                self._fall("provable", theorem, f"no attempt proved it; last: {work.last.get(name, 'none')}")
            elif name in work.refuted:
                self._fall("refuted", theorem, f"false: {work.refuted[name].name} is proved")
                settled.append(work.refuted[name])
            else:
                settled.append(work.proved[name])
        with self._timed("provable"):
            lavish = {c.theorem.name for c in candidates if c.lavish}
            short = shorten([t for t in settled if t.name in lavish], self.judging, tick)
            shorter = {t.name: t for t in short}
            settled = [shorter.get(t.name, t) for t in settled]
        readable = len(candidates) - len(work.ill_formed)
        self._count("elaborates", len(candidates), readable)
        self._count("provable", readable, len(settled))
        return settled

    def _meaningful(self, theorems: Sequence[Theorem], tick: Callable[[], None]) -> list[Theorem]:
        """Those with hypotheses that hold at values found for them, 0, 1 and -1 aside, and are needed; with these values."""
        unasked = "satisfied" in self.skip
        with self._timed("satisfied"):
            core = [] if unasked else [t for t in theorems if t.engine == "core"]
            points = satisfy(core, self.judging, tick)
        values = {n: str(one) for n, one in points.items() if one.point is not None}
        with self._timed("consistent"):
            both = {"consistent", "needed"} <= set(self.skip)
            found = {} if both else examine(theorems, self.judging, tick, values)
        clash = [name for name, one in found.items() if one.contradictory]
        left = self._keep(
            "consistent", theorems, dict.fromkeys(clash, "the hypotheses contradict each other")
        )
        left = self._keep("needed", left, _superfluous(left, found))
        left = self._keep("satisfied", left, _unsatisfied(points, values))
        if unasked:
            return left
        return [t.replace(satisfied_by=values.get(t.name, "" if t.engine == "core" else None)) for t in left]

    def _new(self, theorems: Sequence[Theorem], tick: Callable[[], None]) -> list[Theorem]:
        """Those that no single theorem of their file gives."""
        if "new" in self.skip:
            return list(theorems)
        with self._timed("new"):
            found = derived(theorems, self._last, self.judging, tick)
        reasons = {name: f"{source} alone gives it" for name, source in found.items()}
        return self._keep("new", theorems, reasons)

    def _keep(self, stage: str, theorems: Sequence[Theorem], reasons: Mapping[str, str]) -> list[Theorem]:
        if stage in self.skip:
            return list(theorems)
        for theorem in theorems:
            if theorem.name in reasons:
                self._fall(stage, theorem, reasons[theorem.name])
        passed = [theorem for theorem in theorems if theorem.name not in reasons]
        self._count(stage, len(theorems), len(passed))
        return passed

    # -- bookkeeping --

    def _fall(self, stage: str, theorem: Theorem, reason: str) -> None:
        self.fallen.append(rejected(theorem, stage, reason))
        if stage != "novel":
            self._near.discard(theorem.name)  # what is not in the set must not keep its like out

    def _count(self, stage: str, entered: int, passed: int) -> None:
        self._entered[stage] += entered
        self._passed[stage] += passed

    @contextmanager
    def _timed(self, stage: str) -> Iterator[None]:
        begin = time.monotonic()
        yield
        self.seconds[stage] += time.monotonic() - begin


def _superfluous(theorems: Sequence[Theorem], examined: Mapping[str, Examined]) -> dict[str, str]:
    """Name -> what the theorem does without."""
    found = {}
    for theorem in theorems:
        spare = examined[theorem.name].spare if theorem.name in examined else ()
        idle = idle_variables(theorem)
        if spare or idle:
            found[theorem.name] = f"does without {', '.join([*spare, *idle])}"
    return found


def _unsatisfied(points: Mapping[str, Satisfied], values: Mapping[str, str]) -> dict[str, str]:
    """Name -> what is wrong with the values at which the hypotheses hold."""
    return {
        name: f"satisfied by trivial values only: {values[name]}"
        if name in values
        else "no values found that satisfy the hypotheses"
        for name, one in points.items()
        if name not in values or one.trivial
    }


def _repackages(theorem: Theorem) -> str | None:
    rule = theorem.rule.removeprefix("cite-")
    return f"{theorem.rule} repackages {theorem.parents[0]}" if rule in REPACKAGING else None


def _easy(theorem: Theorem) -> str | None:
    return f"easy: closed by {', '.join(theorem.closed_by)}" if theorem.closed_by else None


def with_portfolio(theorem: Theorem, closed_by: tuple[str, ...]) -> Theorem:
    """The theorem with its `closed_by`, level and meaning in words; an easy conjecture's proof becomes the single tactic."""
    proof = portfolio_proof(closed_by[0]) if closed_by else theorem.proof
    statement = parse_statement(theorem.statement)
    words = theorem.informal or (sentence(statement, read_header(theorem.header)) if statement else None)
    return with_level(theorem.replace(closed_by=closed_by, proof=proof, informal=words))
