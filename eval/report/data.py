"""What the pages show, read from a run directory or from one evaluation's files, as frozen records.

A missing or damaged piece of a run is named in `problems`; the rest is shown.
"""

from __future__ import annotations

import json
import tomllib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from eval.baselines import ClosedTheorem, PortfolioResult, lines, over, read_portfolio
from eval.compare import compare
from eval.evaluate import is_state
from eval.passk import Lengths
from eval.results import EvalResult, Group, TheoremResult, missing_evidence, read_result
from physprover.errors import DataError, PhysProverError
from physprover.files import file_hash
from physprover.records import JudgedAttempt, Outcome, read_jsonl
from physprover.runs import Event, RunDir, StepMetrics


class GroupRow(NamedTuple):
    """One domain or level of a benchmark, or all of it, with the model-free baselines on its theorems."""

    name: str
    now: Group
    was: Group | None  # None: there is nothing to compare with
    constant: float | None  # the run-wide best constant tactic
    portfolio: float | None
    total: bool = False


@dataclass(frozen=True)
class BenchmarkResults:
    """Evaluations of one benchmark, oldest weights first, with its baselines.

    The pipeline's labels end in "before" and "after"; other evaluations stand beside them in the table only. Without
    such labels the oldest and the newest weights are compared.
    """

    name: str
    results: tuple[EvalResult, ...]
    portfolio: PortfolioResult | None = None

    @property
    def before(self) -> EvalResult:
        return next((r for r in self.results if r.label.endswith("before")), self.results[0])

    @property
    def after(self) -> EvalResult | None:
        """The evaluation of the trained weights, None while there is none."""
        named = [r for r in self.results if r.label.endswith("after")]
        if not named and any(r.label.endswith("before") for r in self.results):
            return None
        last = named[-1] if named else self.results[-1]
        return last if last is not self.before else None

    @property
    def last(self) -> EvalResult:
        return self.after or self.before

    @property
    def top(self) -> int:
        """The largest k."""
        return self.last.settings.ks[-1]

    @property
    def paired(self) -> str:
        """The paired test of after against before, as a sentence; "" while there is no after."""
        return compare(self.before, self.after).sentence if self.after else ""

    def rows(self, which: str) -> list[GroupRow]:
        """A row for each group of `by_domain` or `by_level`, and one for all theorems."""
        first = self.before if self.after else None
        groups: tuple[Group, ...] = getattr(self.last, which)
        old = {g.name: g for g in getattr(first, which)} if first else {}
        rows = []
        for g in groups:
            names = {t.name for t in self.last.members(g)}
            rows.append(GroupRow(g.name, g, old.get(g.name), *self._baselines(names)))
        every = self._baselines({t.name for t in self.last.theorems})
        return [
            *rows,
            GroupRow("all", self.last.overall, first.overall if first else None, *every, total=True),
        ]

    def _baselines(self, names: set[str]) -> tuple[float | None, float | None]:
        rows = [t for t in self.portfolio.theorems if t.name in names] if self.portfolio else []
        if self.portfolio is None or not rows:
            return None, None
        closed = sum(self.portfolio.best.tactic in t.closed_by for t in rows)
        return closed / len(rows), sum(bool(t.closed_by) for t in rows) / len(rows)

    @property
    def verdicts(self) -> list[tuple[str, Counter[str]]]:
        """Verdict classes before and after training; without an after, those of all attempts and of each level."""
        if self.after:
            return [("before RL", Counter(self.before.outcomes)), ("after RL", Counter(self.after.outcomes))]
        rows = [("all theorems", Counter(self.last.outcomes))]
        for group in self.last.by_level if len(self.last.by_level) > 1 else ():
            counts = (Counter(t.outcomes) for t in self.last.theorems if t.level == group.name)
            rows.append((group.name, sum(counts, Counter())))
        return rows

    @property
    def left_open(self) -> str:
        """What the newest evaluation's unjudged attempts leave open, "" when every attempt was judged."""
        return "; ".join(m.sentence for m in missing_evidence(self.last.theorems, self.last.settings.ks))

    @property
    def newly_solved(self) -> set[str]:
        """Names of the theorems that were not solved before."""
        if self.after is None:
            return set()
        solved = {t.name for t in self.after.theorems if t.correct}
        return {t.name for t in self.before.theorems if not t.correct} & solved

    @property
    def solved(self) -> list[TheoremResult]:
        """Solved theorems: newly solved and multi-step ones first, then spread over the domains."""
        new, rows = self.newly_solved, [t for t in self.last.theorems if t.accepted is not None]
        return _spread(
            rows, lambda t: (t.name not in new, t.level != "multi-step", -len(t.accepted or ""), t.name)
        )

    @property
    def unsolved(self) -> list[TheoremResult]:
        """Judged theorems without a proof: those lost in training first, then spread over the domains."""
        lost = {t.name for t in self.before.theorems if t.correct}
        rows = [t for t in self.last.theorems if t.n and not t.correct]
        return _spread(rows, lambda t: (t.name not in lost, t.level != "multi-step", t.name))


def _spread(
    rows: list[TheoremResult], rank: Callable[[TheoremResult], tuple[object, ...]]
) -> list[TheoremResult]:
    """Order by `rank`, but take one of each domain before the second of any."""
    turns: Counter[str] = Counter()
    keyed = []
    for place, row in enumerate(sorted(rows, key=rank)):
        keyed.append((turns[row.domain], place, row))
        turns[row.domain] += 1
    return [row for *_, row in sorted(keyed, key=lambda k: k[:2])]


@dataclass(frozen=True)
class FunnelStage:
    """How many candidates were left after one stage of the data."""

    name: str
    count: int


@dataclass(frozen=True)
class RunData:
    """Everything the page of a run shows."""

    title: str
    config: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    events: tuple[Event, ...] = ()
    metrics: tuple[StepMetrics, ...] = ()  # of finished steps
    disagreement: int = 0  # step that the kernels' disagreement ended
    benchmarks: tuple[BenchmarkResults, ...] = ()  # the held-out test split first
    stats: dict[str, Any] = field(default_factory=dict)
    sft: dict[str, Any] = field(default_factory=dict)
    problems: tuple[str, ...] = ()  # files that could not be read

    @property
    def main(self) -> BenchmarkResults | None:
        """The benchmark the page is about."""
        return next(iter(self.benchmarks), None)

    @property
    def dataset(self) -> str:
        """The data set that the run was given, "" where it builds its own."""
        given = self.config.get("data")
        return str(given.get("dataset") or "") if isinstance(given, dict) else ""

    @property
    def funnel(self) -> list[FunnelStage]:
        return read_funnel(self.stats)

    @property
    def stage_seconds(self) -> dict[str, float]:
        """Wall-clock seconds per finished stage, in order of first appearance."""
        total: defaultdict[str, float] = defaultdict(float)
        for event in self.events:
            if event.kind == "end":
                total[event.stage] += event.seconds
        return dict(total)

    @property
    def wall_seconds(self) -> float:
        """Wall-clock seconds in which a stage ran; stages may overlap."""
        ended = sorted((e.time - e.seconds, e.time) for e in self.events if e.kind == "end")
        total, until = 0.0, 0.0
        for begin, end in ended:
            total += max(0.0, end - max(begin, until))
            until = max(until, end)
        return total

    @property
    def unended(self) -> int:
        """How often a stage was begun and not ended, by a kill or since it still runs: nobody noted these seconds."""
        return sum((e.kind == "begin") - (e.kind == "end") for e in self.events)

    @property
    def ended_early(self) -> list[str]:
        """Stages that ended before their planned work."""
        out = []
        if self.stats.get("stopped_early"):
            out.append(
                f"The data was ended by its time limit after {self.stats.get('candidates')} candidates."
            )
        if self.sft.get("stopped_by") == "max_seconds":
            steps, planned = self.sft.get("steps", 0), self.sft.get("planned_steps", 0)
            of = f" of {planned}" if planned > steps else ""  # a budget in tokens plans no steps
            out.append(f"The warm start was ended by its time limit after {steps}{of} steps.")
        planned = self.config.get("rl", {}).get("steps")
        if "RL" in self.stage_seconds and self.metrics and planned and self.metrics[-1].step < planned:
            out.append(f"RL was ended after {self.metrics[-1].step} of {planned} steps.")
        if self.disagreement:
            out.append(f"RL was stopped in step {self.disagreement}: the two kernels disagreed on a proof.")
        return out


def gather(run: RunDir) -> RunData:
    """Read whatever the run directory holds."""
    problems: list[str] = []

    def read(file: Path, load: Callable[[Path], Any]) -> Any:
        if not file.exists():
            return None
        try:
            return load(file)
        except (PhysProverError, OSError, ValueError) as error:
            problems.append(f"{file.name}: {str(error).splitlines()[0]}")
            return None

    def rows(file: str, load: Callable[[], Iterable[Any]]) -> tuple[Any, ...]:
        return read(run.path / file, lambda _: tuple(load())) or ()

    path = run.path
    config = read(path / "config.toml", lambda f: tomllib.loads(f.read_text(encoding="utf-8"))) or {}
    metrics = rows("metrics.jsonl", run.metrics)
    return RunData(
        title=str(config.get("name", path.resolve().name)),
        config=config,
        provenance=read(path / "provenance.json", _tree) or {},
        events=rows("events.jsonl", run.events),
        metrics=tuple(m for m in metrics if not m.disagreements),
        disagreement=max((m.step for m in metrics if m.disagreements), default=0),
        benchmarks=_benchmarks(path / "eval", read),
        stats=read(path / "data" / "stats.json", _tree) or {},
        sft=read(path / "warmstart" / "sft_stats.json", _tree) or {},
        problems=tuple(problems),
    )


def _tree(file: Path) -> dict[str, Any]:
    found = json.loads(file.read_text(encoding="utf-8"))
    if not isinstance(found, dict):
        raise DataError("not a JSON object")
    return found


def _benchmarks(
    folder: Path, read: Callable[[Path, Callable[[Path], Any]], Any]
) -> tuple[BenchmarkResults, ...]:
    results: defaultdict[str, list[EvalResult]] = defaultdict(list)
    portfolios: dict[str, PortfolioResult] = {}
    for file in sorted(folder.glob("*.json")):
        if file.name.startswith("portfolio-"):
            if found := read(file, read_portfolio):
                portfolios[file.stem.removeprefix("portfolio-")] = found
        elif not is_state(file) and (result := read(file, read_result)):
            results[result.benchmark].append(result)
    out = []
    for name, found_results in results.items():
        ordered = tuple(sorted(found_results, key=lambda r: (r.weights_version, r.started)))
        asked = {t.name for t in ordered[-1].theorems}
        measured = over(portfolios[name], asked) if name in portfolios else None
        out.append(BenchmarkResults(name, ordered, measured or derived_portfolio(ordered[-1])))
    return tuple(sorted(out, key=lambda b: (b.name != "test", b.name)))


def derived_portfolio(result: EvalResult) -> PortfolioResult | None:
    """Baselines from the theorems' own `closed_by`, where every theorem has it."""
    rows = [
        ClosedTheorem(name=t.name, domain=t.domain, closed_by=t.closed_by)
        for t in result.theorems
        if t.closed_by is not None
    ]
    return lines(rows) if rows and len(rows) == len(result.theorems) else None


_STAGES = {  # of data_gen.funnel
    "parses": "a statement that cannot run code",
    "distinct": "not a duplicate",
    "novel": "not a near duplicate",
    "uncontaminated": "not a test theorem in disguise",
    "elaborates": "statement elaborates",
    "provable": "proved, or its negation",
    "consistent": "hypotheses consistent",
    "needed": "every hypothesis needed",
    "satisfied": "hypotheses satisfied by values",
    "new": "not given by one theorem",
    "selected": "kept",
}


def read_funnel(stats: dict[str, Any]) -> list[FunnelStage]:
    """The funnel of `data/stats.json` (`data_gen.stats.DatasetStats`): candidates, then what passed each stage."""
    found = [s for s in stats.get("funnel", []) if isinstance(s, dict) and "stage" in s and "passed" in s]
    if not found:
        return []
    first = FunnelStage("candidates generated", int(found[0].get("entered", 0)))
    return [first, *(FunnelStage(_STAGES.get(s["stage"], str(s["stage"])), int(s["passed"])) for s in found)]


# -- one evaluation --


@dataclass(frozen=True)
class EvaluationData:
    """Everything the page of one evaluation shows."""

    result: EvalResult
    attempts: dict[str, list[JudgedAttempt]]  # by theorem, in the order they were judged
    portfolio: PortfolioResult | None = None
    problems: tuple[str, ...] = ()  # files beside it that could not be read

    @property
    def lengths(self) -> list[Lengths] | None:
        """Tokens of each theorem's judged attempts; None where attempts have no token ids (no model wrote them)."""
        out = []
        for row in self.result.theorems:
            judged = [
                j for j in self.attempts.get(row.name, []) if j.verdict.outcome is not Outcome.INFRASTRUCTURE
            ]
            if any(not j.attempt.token_ids for j in judged):
                return None
            if judged:
                proved = tuple(len(j.attempt.token_ids) for j in judged if j.verdict.reward == 1.0)
                failed = tuple(len(j.attempt.token_ids) for j in judged if j.verdict.reward == 0.0)
                out.append(Lengths(failed, proved))
        return out


def read_attempts(result_file: Path) -> EvaluationData:
    """Read an evaluation's `X.json` with the `X.attempts.jsonl` and the `portfolio-<benchmark>.json` beside it.

    Raises `DataError` for a file that is no evaluation, and for attempts that are missing or not the counted ones. A
    portfolio that cannot be read is named on the page.
    """
    result = read_evaluation(result_file)
    file = result_file.with_suffix(".attempts.jsonl")
    if not file.exists():
        raise DataError(f"{file}: not there; the page of an evaluation needs its attempts")
    if result.hashes.get("attempts") not in (None, file_hash(file)):
        raise DataError(f"{file}: not the attempts that {result_file.name} counted (their sha256 differs)")
    attempts: defaultdict[str, list[JudgedAttempt]] = defaultdict(list)
    for judged in read_jsonl(file, JudgedAttempt):
        attempts[judged.attempt.theorem].append(judged)
    problems: list[str] = []
    return EvaluationData(result, dict(attempts), _measured(result_file, result, problems), tuple(problems))


def read_evaluation(file: Path) -> EvalResult:
    """`read_result`, which also says what else the file is. Raises `DataError`."""
    try:
        return read_result(file)
    except DataError as error:
        if file.is_dir():
            found = sorted(f.name for f in (file / "eval").glob("*.json"))
            raise DataError(
                f"{file}: a folder; name an evaluation's file, e.g. {file / 'eval' / (found or ['test-after.json'])[0]}"
            ) from None
        known = _kind(file)
        raise DataError(f"{file}: {known}" if known else str(error)) from None


def _kind(file: Path) -> str:
    """What a file that is no evaluation seems to be, "" when it is nothing known."""
    try:
        with file.open(encoding="utf-8") as rows:
            first = json.loads(rows.readline())
    except (OSError, ValueError):
        return ""
    keys = first.keys() if isinstance(first, dict) else set()
    if {"policy", "spent", "steps"} <= keys:
        return "the result of a search (`eval --search`), which has no pass@k; name an evaluation by sampling"
    if {"attempt", "verdict"} <= keys:
        return "saved attempts; name the evaluation's .json beside it"
    return ""


def _measured(file: Path, result: EvalResult, problems: list[str]) -> PortfolioResult | None:
    """The measured baselines, counted again over the theorems asked; else what the theorems themselves say."""
    measured = file.with_name(f"portfolio-{result.benchmark}.json")
    if measured.exists():
        try:
            found = read_portfolio(measured)
        except DataError as error:
            problems.append(str(error))
        else:
            counted = over(found, {t.name for t in result.theorems})
            if counted is not None and len(counted.theorems) == len(result.theorems):
                return counted
    return derived_portfolio(result)
