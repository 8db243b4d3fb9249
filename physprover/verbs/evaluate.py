"""`physprover eval` and `physprover compare`."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.errors import ConfigError
from physprover.records import Record
from physprover.verbs.models import find_model
from physprover.verbs.pool import open_pool

if TYPE_CHECKING:
    from eval.passk import Estimate
    from eval.results import EvalResult, Group
    from physprover.config import EvalConfig
    from physprover.runs import RunDir


class Request(Record):
    """What the command line asks for; None leaves it to the configuration."""

    model: str
    benchmark: str
    path: Path | None = None
    samples: int | None = None
    max_problems: int | None = None
    seed: int = 0
    out: Path | None = None


def evaluate_model(request: Request, overrides: tuple[str, ...]) -> str:
    """Evaluate and return the table to print."""
    from eval.benchmarks import REGISTRY, load_benchmark, pose
    from eval.evaluate import evaluate
    from physprover.display import Display
    from physprover.models.load import load_sampler
    from physprover.pipeline import data_path

    weights, config, run = find_model(request.model, overrides)
    path = request.path or (data_path(config, run) if run else None)
    if path is None:
        raise ConfigError(f"--benchmark {request.benchmark} of a model needs --path FILE")
    benchmark = load_benchmark(request.benchmark, path)
    settings = _settings(config.eval, request)
    out = request.out or _default_out(request, weights, run)
    display = Display()
    sampler = load_sampler(weights, config)
    with open_pool(config.engine) as pool:
        if REGISTRY[benchmark.name].kind == "jsonl" and benchmark.theorems:
            benchmark = pose(benchmark, pool, display, check_seconds=config.engine.seconds)
        result = evaluate(
            settings,
            sampler,
            pool,
            list(benchmark.theorems),
            out,
            out.stem,
            display,
            request.seed,
            config.model.max_new_tokens,
            benchmark=benchmark.name,
            not_runnable=benchmark.not_runnable,
            check_seconds=config.engine.seconds,
        )
    return f"{table(result)}\nwritten to {out}"


def compare_results(first: Path, second: Path) -> str:
    """The plain sentence of a paired comparison."""
    from eval.compare import compare
    from eval.results import read_result

    return compare(read_result(first), read_result(second)).sentence


def _settings(config: EvalConfig, request: Request) -> EvalConfig:
    samples = request.samples or config.samples
    ks = tuple(k for k in config.ks if k <= samples) or (1,)
    limit = request.max_problems or config.max_problems
    return config.model_copy(update={"samples": samples, "ks": ks, "max_problems": limit})


def _default_out(request: Request, weights: str, run: RunDir | None) -> Path:
    file = f"{request.benchmark}-{Path(weights).name}-seed{request.seed}.json"
    return run.path / "eval" / file if run else Path("runs") / "eval" / file


def table(result: EvalResult) -> str:
    """pass@k with intervals, overall, by level and by domain, in 80 columns; then what was not asked, and why."""
    ks = [p.k for p in result.overall.pass_at]
    head = f"{result.benchmark + ', ' + result.model:<32.32}{'theorems':>9}{'solved':>7}" + "".join(
        f"{f'pass@{k}':>16}" for k in ks
    )
    lines = [head, "-" * len(head)]
    lines += [_row(group, ks) for group in (result.overall, *result.by_level, *result.by_domain)]
    if result.unjudged:
        lines.append(f"{result.unjudged} attempts could not be judged; they count neither way")
    if result.not_runnable:
        reasons = Counter(problem.reason[:60] for problem in result.not_runnable)
        lines.append(
            f"{len(result.not_runnable)} problems not runnable with this engine, in no figure above:"
        )
        lines += [f"  {count:>4}  {reason}" for reason, count in reasons.most_common(6)]
    return "\n".join(lines)


def _row(group: Group, ks: list[int]) -> str:
    cells = "".join(f"{_percent(group.at(k)):>16}" for k in ks)
    return f"{group.name:<32.32}{group.theorems:>9}{group.solved:>7}{cells}"


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
