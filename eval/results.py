"""What an evaluation leaves behind: one JSON file that a report, a comparison or a sceptic can recompute from.

`EvalResult` holds counts per theorem, not only averages; `summarise` derives every figure from them. Attempts that were
not judged (`infrastructure`) are counted beside n, never in it. Theorems that could not be asked at all are listed by
name with the reason and are in no denominator.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Literal

from pydantic import Field

from eval.passk import Estimate, benchmark_pass_at_k, pass_at_k
from physprover.benchmark_files import NotRunnable
from physprover.errors import DataError, shortened, some
from physprover.files import write_record
from physprover.records import JudgedAttempt, Outcome, Record, Theorem, read_record

Level = Literal["one tactic", "multi-step", "not measured"]


class Flag(Record):
    """A word of warning about a problem that is asked."""

    name: str
    kind: Literal["duplicate", "known wrong", "false", "vacuous", "undefined name"]
    detail: str = ""


class FailedExample(Record):
    """A typical failing attempt of a theorem: the text that failed most often."""

    proof: str
    outcome: Outcome
    message: str = ""  # Lean's first message
    times: int = 1  # how many attempts wrote exactly this


class TheoremResult(Record):
    """Counts for one theorem, with one accepted proof and one typical failure to look at."""

    name: str
    domain: str = ""
    level: Level = "not measured"
    closed_by: tuple[str, ...] | None = None  # single tactics that close it, as in `Theorem`
    statement: str = ""
    informal: str = ""
    n: int  # judged attempts
    correct: int  # of them proved
    unjudged: int = 0  # sampled but not judged; neither success nor failure
    truncated: int = 0  # ended by the length limit, not by an end token
    outcomes: dict[str, int] = Field(default_factory=dict)  # Outcome value -> attempts, unjudged included
    accepted: str | None = None  # the shortest proof Lean accepted
    axioms: tuple[str, ...] = ()  # of its header, that some accepted proof rests on
    failed: FailedExample | None = None


class PassAtK(Record):
    """pass@k; `estimate` is None when no theorem had k judged attempts."""

    k: int
    estimate: Estimate | None


class Group(Record):
    """Figures of one set of theorems."""

    name: str
    theorems: int
    solved: int  # with at least one accepted proof
    pass_at: tuple[PassAtK, ...]

    def at(self, k: int) -> Estimate | None:
        """pass@k of this group, None when it was not measured."""
        return next((p.estimate for p in self.pass_at if p.k == k), None)


class EvalSettings(Record):
    """Everything that was chosen."""

    samples: int
    ks: tuple[int, ...]
    # This and the next two: None = sampled by another program, which did not say
    temperature: float | None
    top_p: float | None
    max_new_tokens: int | None
    seed: int
    check_seconds: float


class Summary(Record):
    """Every figure that follows from the counts."""

    overall: Group
    by_domain: tuple[Group, ...]
    by_level: tuple[Group, ...]
    outcomes: dict[str, int]


class Unused(Record):
    """What of a file of completions counts nowhere."""

    unread: tuple[str, ...] = ()  # why, of each row that cannot be read
    foreign: tuple[str, ...] = ()  # names that the benchmark does not hold
    missing: int = 0  # texts that are null


class EvalResult(Summary):
    """One evaluation of one prover on one benchmark: `eval/<label>.json`."""

    format: Literal[1] = 1
    label: str
    benchmark: str
    sampler: str
    model: str
    weights_version: int
    prompt_format: str = ""
    settings: EvalSettings
    theorems: tuple[TheoremResult, ...]
    not_runnable: tuple[NotRunnable, ...] = ()
    flags: tuple[Flag, ...] = ()  # problems that were asked and measure little
    empty: int = 0  # attempts without a proof of their problem, which count as failed
    unknown_tactics: int = 0  # attempts that failed by a tactic which the engine does not know
    unused: Unused = Unused()
    versions: dict[str, str] = Field(default_factory=dict)
    hashes: dict[str, str] = Field(default_factory=dict)  # "theorems", "attempts" -> sha256
    started: float = 0.0  # seconds since the epoch
    seconds: float = 0.0  # wall clock, summed over resumed sessions
    command: str = ""  # that finished it, as typed; "" when it was not a `physprover` command

    @property
    def groups(self) -> tuple[Group, ...]:
        """All theorems, then by level and by domain."""
        return (self.overall, *self.by_level, *self.by_domain)

    def members(self, group: Group) -> list[TheoremResult]:
        """The theorems of one of its groups."""
        everything = group == self.overall
        return [t for t in self.theorems if everything or group.name in (t.level, t.domain or "none")]

    @property
    def unjudged(self) -> int:
        """Attempts that count neither as success nor as failure."""
        return sum(t.unjudged for t in self.theorems)

    @property
    def on_axioms(self) -> str:
        """Which accepted proofs rest on axioms of their header, "" for none: they count, and may prove anything."""
        rows = [t for t in self.theorems if t.axioms]
        if not rows:
            return ""
        named = f"`{rows[0].name}` on {', '.join(rows[0].axioms)}"
        return f"{some(len(rows), 'theorem')} with proofs that rest on axioms of their header, e.g. {named}"

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a reader of the figures should know, a sentence each."""
        what = "completion" if self.settings.temperature is None else "attempt"
        known = self.prompt_format.startswith("tiny") or "embedded" not in self.versions.get("engine", "")
        unread, foreign, missing = self.unused.unread, self.unused.foreign, self.unused.missing
        found = (
            (self.on_axioms, self.on_axioms),
            (self.empty, f"{some(self.empty, what)} without a proof of the problem, counted as failed"),
            (
                self.unknown_tactics and not known,
                f"{some(self.unknown_tactics, what)} failed by a tactic that this engine does not know (it has none of "
                "Mathlib's): with Mathlib they may be proofs, so these figures do not compare with published ones",
            ),
            (missing, f"{some(missing, 'completion')} null, counted neither way"),
            (unread, f"{some(len(unread), 'row')} left out, e.g. {shortened(''.join(unread[:1]), 200)}"),
            (
                foreign,
                f"{some(len(foreign), 'name')} not in the benchmark, left out, e.g. `{''.join(foreign[:1])}`",
            ),
        )
        return tuple(sentence for holds, sentence in found if holds)

    @property
    def truncated(self) -> int:
        """Attempts that the length limit ended, not an end token."""
        return sum(t.truncated for t in self.theorems)

    @property
    def attempts_each(self) -> str:
        """How many attempts of a theorem were sampled: "16", or "4 to 16" where that differs."""
        counts = [t.n + t.unjudged for t in self.theorems] or [self.settings.samples]
        low, high = min(counts), max(counts)
        return str(low) if low == high else f"{low} to {high}"

    def write(self, path: Path) -> None:
        """Write atomically."""
        write_record(path, self)


def read_result(path: Path) -> EvalResult:
    """Read an evaluation; raises `DataError` naming the file and what is wrong with it."""
    if not path.exists():
        raise DataError(f"{path}: no such evaluation")
    return read_record(path, EvalResult, "an evaluation result")


def level_of(theorem: Theorem) -> Level:
    """Whether one tactic of the portfolio closes it, where that was measured."""
    if theorem.closed_by is None:
        return "not measured"
    return "one tactic" if theorem.closed_by else "multi-step"


def theorem_result(theorem: Theorem, judged: Sequence[JudgedAttempt]) -> TheoremResult:
    """Count the attempts of one theorem."""
    outcomes = Counter(j.verdict.outcome for j in judged)
    unjudged = outcomes[Outcome.INFRASTRUCTURE]
    proofs = [j.attempt.proof for j in judged if j.verdict.outcome is Outcome.PROVED]
    return TheoremResult(
        name=theorem.name,
        domain=theorem.domain,
        level=level_of(theorem),
        closed_by=theorem.closed_by,
        statement=theorem.statement,
        informal=theorem.informal or "",
        n=len(judged) - unjudged,
        correct=len(proofs),
        unjudged=unjudged,
        truncated=sum(j.attempt.truncated for j in judged),
        outcomes={o.value: outcomes[o] for o in Outcome if outcomes[o]},
        accepted=min(proofs, key=lambda p: (len(p), p), default=None),
        axioms=tuple(
            sorted(
                {a for j in judged if j.verdict.outcome is Outcome.PROVED for a in j.verdict.header_axioms}
            )
        ),
        failed=_typical_failure(judged),
    )


def _typical_failure(judged: Sequence[JudgedAttempt]) -> FailedExample | None:
    failing = [j for j in judged if j.verdict.outcome not in (Outcome.PROVED, Outcome.INFRASTRUCTURE)]
    if not failing:
        return None
    texts = Counter(j.attempt.proof for j in failing)
    proof, times = max(texts.items(), key=lambda item: (item[1], item[0]))
    verdict = next(j.verdict for j in failing if j.attempt.proof == proof)
    message = first_error(verdict.messages)[:600]
    return FailedExample(proof=proof, outcome=verdict.outcome, message=message, times=times)


def first_error(messages: Sequence[str]) -> str:
    """Lean's first error, else its first message, "" for none."""
    return next((m for m in messages if "error" in m[:20]), next(iter(messages), ""))


def group(name: str, theorems: Iterable[TheoremResult], ks: Iterable[int]) -> Group:
    """Figures of some theorems."""
    rows = list(theorems)
    return Group(
        name=name,
        theorems=len(rows),
        solved=sum(t.correct > 0 for t in rows),
        pass_at=tuple(
            PassAtK(k=k, estimate=benchmark_pass_at_k([(t.n, t.correct) for t in rows], k)) for k in ks
        ),
    )


class MissingEvidence(Record):
    """What unjudged attempts leave open about one pass@k, over the theorems of which k or more attempts were sampled."""

    k: int
    theorems: int
    left_out: tuple[str, ...]  # names of those with fewer than k judged attempts, which are in no figure
    if_failed: float  # the figure over all `theorems`, had every unjudged attempt failed
    if_proved: float  # had every one been a proof

    @property
    def sentence(self) -> str:
        """For a table's foot."""
        text = (
            f"pass@{self.k} would be {100 * self.if_failed:.1f} % had every unjudged attempt failed, "
            f"{100 * self.if_proved:.1f} % had every one proved"
        )
        if not self.left_out:
            return text
        names = ", ".join(self.left_out[:3]) + (", …" if len(self.left_out) > 3 else "")
        return (
            f"{text}; it leaves out {len(self.left_out)} of {self.theorems} theorems with fewer than {self.k} judged "
            f"attempts ({names})"
        )


def missing_evidence(theorems: Iterable[TheoremResult], ks: Iterable[int]) -> list[MissingEvidence]:
    """Bounds of each pass@k that unjudged attempts touch; empty when every attempt was judged."""
    rows, found = list(theorems), []
    for k in ks:
        asked = [t for t in rows if t.n + t.unjudged >= k]
        if not any(t.unjudged for t in asked):
            continue
        failed = [pass_at_k(t.n + t.unjudged, t.correct, k) for t in asked]
        proved = [pass_at_k(t.n + t.unjudged, t.correct + t.unjudged, k) for t in asked]
        found.append(
            MissingEvidence(
                k=k,
                theorems=len(asked),
                left_out=tuple(t.name for t in asked if t.n < k),
                if_failed=sum(failed) / len(asked),
                if_proved=sum(proved) / len(asked),
            )
        )
    return found


def summarise(theorems: Sequence[TheoremResult], ks: tuple[int, ...]) -> Summary:
    """Every figure of some theorems: over all, by domain, by level."""
    domains = sorted({t.domain for t in theorems})
    levels: tuple[Level, ...] = ("one tactic", "multi-step", "not measured")
    by_level = [group(level, (t for t in theorems if t.level == level), ks) for level in levels]
    total: Counter[str] = Counter()
    for theorem in theorems:
        total.update(theorem.outcomes)
    return Summary(
        overall=group("all", theorems, ks),
        by_domain=tuple(group(d or "none", (t for t in theorems if t.domain == d), ks) for d in domains),
        by_level=tuple(g for g in by_level if g.theorems),
        outcomes={o.value: total[o.value] for o in Outcome if total[o.value]},
    )


def refuse_namesakes(theorems: Iterable[Theorem]) -> None:
    """Raises `DataError` where two problems have one name: attempts are counted by it."""
    for name, count in Counter(t.name for t in theorems).items():
        if count > 1:
            raise DataError(f"two problems are named `{name}`; names must be unique")


def theorems_hash(theorems: Iterable[Theorem]) -> str:
    """sha256 over name, header and statement: two results with the same hash asked the same questions."""
    digest = hashlib.sha256()
    for theorem in theorems:
        for part in (theorem.name, theorem.header, theorem.statement):
            digest.update(part.encode() + b"\0")
    return digest.hexdigest()
