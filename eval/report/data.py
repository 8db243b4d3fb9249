"""What a report shows, gathered from a run directory. A missing or damaged piece is noted and the rest is shown."""

from __future__ import annotations

import json
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from eval.baselines import ClosedTheorem, PortfolioResult, lines, read_portfolio
from eval.passk import benchmark_pass_at_k
from eval.results import EvalResult, read_result
from eval.store import is_state
from physprover.errors import PhysProverError

if TYPE_CHECKING:
    from pathlib import Path

    from eval.passk import Estimate
    from physprover.runs import Event, RunDir, StepMetrics


@dataclass
class Benchmark:
    """Evaluations of one benchmark, oldest weights first, with its baselines.

    The pipeline's labels end in "before" and "after"; other evaluations stand beside them in the table only. Without
    such labels the oldest and the newest weights are compared.
    """

    name: str
    results: list[EvalResult]
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


@dataclass
class FunnelStage:
    """How many candidates were left after one stage of the data."""

    name: str
    count: int
    seconds: float | None = None


@dataclass
class ReportData:
    """Everything the page shows."""

    title: str
    config: dict[str, Any] = field(default_factory=dict)
    provenance: dict[str, Any] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    metrics: list[StepMetrics] = field(default_factory=list)
    benchmarks: list[Benchmark] = field(default_factory=list)
    stats: dict[str, Any] = field(default_factory=dict)
    sft: dict[str, Any] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)  # files that could not be read

    @property
    def physics(self) -> Benchmark | None:
        """The benchmark the page is about: the held-out test split."""
        return next((b for b in self.benchmarks if b.name == "test"), None) or next(
            iter(self.benchmarks), None
        )

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


def gather(run: RunDir) -> ReportData:
    """Read whatever the run directory holds."""
    data = ReportData(title=run.path.resolve().name)
    data.config = _try(data, run.path / "config.toml", _toml) or {}
    data.provenance = _try(data, run.path / "provenance.json", _json) or {}
    data.stats = _try(data, run.path / "data" / "stats.json", _json) or {}
    data.sft = _try(data, run.path / "warmstart" / "sft_stats.json", _json) or {}
    for name, read in (("metrics", run.metrics), ("events", run.events)):
        try:
            setattr(data, name, list(read()))
        except PhysProverError as error:
            data.problems.append(str(error))
    data.title = str(data.config.get("name", data.title))
    data.benchmarks = _benchmarks(run.path / "eval", data)
    return data


def _benchmarks(folder: Path, data: ReportData) -> list[Benchmark]:
    results: defaultdict[str, list[EvalResult]] = defaultdict(list)
    portfolios: dict[str, PortfolioResult] = {}
    for file in sorted(folder.glob("*.json")):
        if file.name.startswith("portfolio"):
            found = _try(data, file, read_portfolio)
            if found:
                portfolios[file.stem.removeprefix("portfolio").lstrip("-") or found.benchmark] = found
        elif not is_state(file) and not file.name.startswith("compare"):
            result = _try(data, file, read_result)
            if result:
                results[result.benchmark].append(result)
    out = []
    for name, found_results in results.items():
        ordered = sorted(found_results, key=lambda r: (r.weights_version, r.started))
        out.append(Benchmark(name, ordered, portfolios.get(name) or derived_portfolio(ordered[-1])))
    return sorted(out, key=lambda b: (b.name != "test", b.name))


def derived_portfolio(result: EvalResult) -> PortfolioResult | None:
    """Baselines from the theorems' own `closed_by`, where every theorem has it."""
    rows = [
        ClosedTheorem(name=t.name, domain=t.domain, closed_by=t.closed_by)
        for t in result.theorems
        if t.closed_by is not None
    ]
    return lines(rows) if rows and len(rows) == len(result.theorems) else None


def every_k(result: EvalResult) -> list[tuple[int, Estimate]]:
    """pass@k for k = 1, 2, 4, … and the largest k, recomputed from the counts."""
    top = max((t.n for t in result.theorems), default=0)
    ks = sorted({*(2**i for i in range(12) if 2**i <= top), *(k for k in result.settings.ks if k <= top)})
    found = [(k, benchmark_pass_at_k([(t.n, t.correct) for t in result.theorems], k)) for k in ks]
    return [(k, estimate) for k, estimate in found if estimate is not None]


STAGE_NAMES = {
    "distinct": "not a duplicate",
    "uncontaminated": "not a test theorem in disguise",
    "elaborates": "Lean understands the statement",
    "provable": "Lean accepted some proof",
    "selected": "kept",
}


def read_funnel(stats: dict[str, Any]) -> list[FunnelStage]:
    """The funnel of `data/stats.json` (`data_gen.stats.DatasetStats`): candidates, then what passed each stage."""
    stages = [s for s in stats.get("funnel", []) if isinstance(s, dict) and "stage" in s and "passed" in s]
    if not stages:
        return []
    first = FunnelStage("candidates generated", int(stages[0].get("entered", 0)))
    rest = [
        FunnelStage(STAGE_NAMES.get(s["stage"], str(s["stage"])), int(s["passed"]), s.get("seconds"))
        for s in stages
    ]
    return [first, *rest]


def _try(data: ReportData, file: Path, read: Any) -> Any:
    if not file.exists():
        return None
    try:
        return read(file)
    except (PhysProverError, OSError, ValueError) as error:
        data.problems.append(f"{file.name}: {str(error).splitlines()[0]}")
        return None


def _json(file: Path) -> Any:
    return json.loads(file.read_text(encoding="utf-8"))


def _toml(file: Path) -> dict[str, Any]:
    return tomllib.loads(file.read_text(encoding="utf-8"))
