"""`physprover eval` and `physprover compare`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from data_gen.extract import with_imports
from eval.benchmarks import REGISTRY, Benchmark, load_for_engine, pose
from eval.compare import compare as paired
from eval.evaluate import cap
from eval.passk import Estimate
from eval.rejudge import Completions, holds_attempts, rejudge
from eval.results import EvalResult, Group, missing_evidence
from eval.search.budget import parse_budget
from eval.search.router import choose_policy, read_surveys, refuse_searched, survey_digest
from eval.search.study import run_policy, summary
from physprover.app.commands.common import Overrides, keeping
from physprover.app.display import Display, say
from physprover.app.provers import experience_file, find_model, find_prover, find_settings, open_tools
from physprover.config import EvalConfig, RunConfig
from physprover.config_file import load_config
from physprover.dataset import data_path
from physprover.errors import ConfigError, shortened, some, visible
from physprover.files import must_be_writable
from physprover.lean import engine_kind
from physprover.lean.ask import open_pool
from physprover.models.fetch import fingerprint
from physprover.models.sampler import Sampler
from physprover.records import Record
from physprover.runs import RunDir
from physprover.tables import Columns

_BUDGET = "checks=32,seconds=30"


def evaluate(
    model: Annotated[
        str, typer.Argument(metavar="RUN_OR_MODEL", help="Run directory or Hugging Face model.")
    ],
    benchmark: Annotated[
        str,
        typer.Option(
            help="test, validation, train, minif2f, proofnet, putnambench, combibench, physprover, lean or jsonl."
        ),
    ] = "test",
    path: Annotated[
        Path | None, typer.Option(help="Problems: JSON Lines, JSON, Parquet, Lean files, a data set.")
    ] = None,
    column: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FIELD=COLUMN", help="A column with an unusual name, e.g. statement=code; repeatable."
        ),
    ] = None,
    samples: Annotated[int | None, typer.Option(min=1, help="Attempts per theorem.")] = None,
    max_problems: Annotated[int | None, typer.Option(min=1, help="Stop after so many problems.")] = None,
    seed: Annotated[int, typer.Option(help="Sampling seed.")] = 0,
    out: Annotated[Path | None, typer.Option(help="Result file; default: eval/ of the run.")] = None,
    policy: Annotated[
        str | None, typer.Option("--search", metavar="POLICY", help="Search instead of sampling, e.g. value.")
    ] = None,
    surveys: Annotated[
        list[Path] | None,
        typer.Option(
            "--survey", help="File of `bench survey` on another split, with --search router; repeat."
        ),
    ] = None,
    budget: Annotated[
        str | None,
        typer.Option(help=f"Of each theorem, with --search; default: {_BUDGET}."),
    ] = None,
    replay: Annotated[
        Path | None,
        typer.Option(help="Judge a file's saved attempts again, or completions sampled elsewhere; no model."),
    ] = None,
    overrides: Overrides = None,
) -> None:
    """pass@k with 95 % intervals on held-out theorems. Repeat the command to resume.

    Writes X.json, and beside it a page (X.html) and a Markdown table (X.md).
    With --search: theorems solved within a budget each. With --replay: do saved verdicts still hold (exit status 1: no)? Or, of rows
    {"name": …, "completion": …} that another program sampled, pass@k; RUN_OR_MODEL is then what to call it.

    \b
    Examples:
      physprover eval runs/quickstart
      physprover eval runs/quickstart --search value --budget checks=32,seconds=30
      physprover eval runs/quickstart \\
        --replay runs/quickstart/eval/test-after.attempts.jsonl
      physprover eval runs/quickstart --benchmark minif2f --path minif2f.jsonl
      physprover eval my-prover --benchmark minif2f --path minif2f.jsonl \\
        --replay completions.jsonl
      physprover eval deepseek-ai/DeepSeek-Prover-V2-7B \\
        --benchmark minif2f --path minif2f.jsonl --set sampler.kind=vllm \\
        --set engine.project_dir=physlean --set model.prompt=deepseek-prover-v2
    """
    request = EvalRequest(
        model=model,
        benchmark=benchmark,
        path=path,
        samples=samples,
        max_problems=max_problems,
        seed=seed,
        out=out,
        columns=tuple(column or ()),
    )
    if surveys and policy is None:
        raise ConfigError("--survey teaches a search: add --search router")
    if budget is not None and policy is None:
        raise ConfigError("--budget is what a search may spend: add --search POLICY, e.g. value")
    if replay is not None and policy is not None:
        raise ConfigError("--replay judges what is written, --search looks for proofs: leave one of them out")
    if samples is not None and policy is not None:
        raise ConfigError(
            "--samples counts attempts without a search; with --search give --budget checks=N,seconds=S"
        )
    if replay is not None and not holds_attempts(replay):
        print(visible(evaluate_completions(request, replay, tuple(overrides or ()))))
        return
    if replay is not None:
        text, status = replay_attempts(request, replay, tuple(overrides or ()))
        print(text)
        raise typer.Exit(status)
    if policy is not None:
        print(search_benchmark(request, policy, budget or _BUDGET, tuple(overrides or ()), surveys or ()))
        return
    print(evaluate_model(request, tuple(overrides or ())))


def compare(
    first: Annotated[Path, typer.Argument(help="Evaluation result (JSON), e.g. before.")],
    second: Annotated[Path, typer.Argument(help="Evaluation result (JSON), e.g. after.")],
) -> None:
    """Is one evaluation better than another?

    A paired test over the theorems both have.

    \b
    Example:
      physprover compare runs/quickstart/eval/test-before.json \\
        runs/quickstart/eval/test-after.json
    """
    from eval.report.data import read_evaluation

    a, b = read_evaluation(first), read_evaluation(second)
    if a.label == b.label:  # a label is the file's name without its folder
        a, b = a.replace(label=str(first)), b.replace(label=str(second))
    say("\n".join(paired(a, b).lines))


class EvalRequest(Record):
    """What the command line asks for; None leaves it to the configuration."""

    model: str
    benchmark: str
    path: Path | None = None
    samples: int | None = None
    max_problems: int | None = None
    seed: int = 0
    out: Path | None = None
    columns: tuple[str, ...] = ()  # "statement=lean4_code"


def evaluate_model(request: EvalRequest, overrides: tuple[str, ...]) -> str:
    """Evaluate, write the page and the Markdown table beside the result, and return the table to print."""
    from physprover.models.load import load_sampler

    if request.out is not None:
        _must_take_result(request.out)
    prover = find_model(request.model, overrides)
    benchmark = _benchmark(request, prover.data, prover.config)
    name = f"{request.benchmark}-{Path(prover.weights).name}-seed{request.seed}.json"
    out = request.out or prover.results / name
    if request.out is None:
        _must_take_result(out)
    sampler = load_sampler(prover.weights, prover.config)
    limit, weights = prover.config.model.max_new_tokens, fingerprint(prover.weights)
    return _score(request, prover.config, benchmark, sampler, out, limit, weights=weights)


def evaluate_completions(request: EvalRequest, file: Path, overrides: tuple[str, ...]) -> str:
    """`evaluate_model` of what another program sampled; `request.model` names it, or the run whose settings and data are used."""
    from physprover.prompts import get_prompt

    # not among the results of a run, which did not write them
    name = f"{request.benchmark}-{Path(request.model).name}-{file.stem}.json"
    out = request.out or Path("runs") / "eval" / name
    _must_take_result(out)
    config, run = _settings_of(request.model, overrides)
    benchmark = _benchmark(request, data_path(config, run.path) if run else None, config)
    form = config.model.prompt
    prompt = None if form.startswith("tiny") else get_prompt(form)
    columns = _columns(request.columns)
    completions = Completions(file, request.model, benchmark, request.samples, prompt, columns)
    request = request.replace(samples=max(completions.counts.values()))
    return _score(request, config, completions.benchmark, completions, out, None, completions)


def _settings_of(name: str, overrides: tuple[str, ...]) -> tuple[RunConfig, RunDir | None]:
    """Those of a run directory; of any other name the defaults, since nothing is sampled."""
    if (Path(name) / "config.toml").exists():
        return find_settings(name, overrides)
    return load_config(None, overrides), None


def _must_take_result(out: Path) -> None:
    """Raises `ConfigError` for another ending, `RunError` where nothing can be written: before work is spent."""
    if out.suffix != ".json":
        raise ConfigError(f"--out {out}: give a name that ends in .json; page and table go beside it")
    must_be_writable(out)


def _score(
    request: EvalRequest,
    config: RunConfig,
    benchmark: Benchmark,
    sampler: Sampler,
    out: Path,
    max_new_tokens: int | None,
    given: Completions | None = None,
    weights: str | None = None,
) -> str:
    from eval.evaluate import evaluate
    from eval.report.pages import write_page

    settings, display, least = _settings(config.eval, request), Display(), ""
    with open_pool(config.engine, progress=Display()) as pool:
        if REGISTRY[benchmark.name].kind != "dataset" and benchmark.theorems:
            benchmark = pose(benchmark, pool, display, check_seconds=config.engine.seconds)
        counts = given.counts if given else None
        if counts:  # a k that some theorem has not got would be of other theorems than the rest
            asked = cap(benchmark.theorems, settings.max_problems)
            least = min((t.name for t in asked), key=counts.__getitem__, default="")
            ks = tuple(k for k in settings.ks if k <= counts.get(least, k)) or (1,)
            settings = settings.model_copy(update={"ks": ks})
        with keeping():
            result = evaluate(
                settings,
                sampler,
                pool,
                benchmark,
                out,
                display,
                seed=request.seed,
                max_new_tokens=max_new_tokens,
                check_seconds=config.engine.seconds,
                counts=counts,
                unused=given.unused if given else None,
                weights=weights,
            )
    pages = write_page(out)
    dropped = [k for k in config.eval.ks if k not in settings.ks]
    few = f"`{least}` has {counts[least]}" if counts and least else f"{settings.samples} were asked for"
    left_out = "".join(f"\npass@{k} needs {some(k, 'attempt')} of a theorem, {few}" for k in dropped)
    return (
        f"{table(result)}{left_out}\nwritten to {out}\n  page     {pages.html}\n  Markdown {pages.markdown}"
    )


def search_benchmark(
    request: EvalRequest,
    policy: str,
    budget: str,
    overrides: tuple[str, ...],
    surveys: Sequence[Path] = (),
) -> str:
    """Search each theorem within a budget of its own; returns the figure (solved at that budget, not a pass@k)."""
    lines = read_surveys(surveys) if surveys else None
    chosen, total = choose_policy(policy, lines), parse_budget(budget)
    prover = find_prover(request.model, overrides)
    benchmark = _benchmark(request, prover.data, prover.config)
    refuse_searched(lines or (), {t.name for t in benchmark.theorems})
    kind = "-".join(filter(None, (request.benchmark, Path(prover.weights).name, policy)))
    name = f"search-{kind}-{total}-seed{request.seed}".replace(" ", "-")
    out = request.out or prover.results / f"{name}.jsonl"
    must_be_writable(out)
    with open_tools(prover, request.seed) as tools:
        tools.prover += survey_digest(lines or ())
        theorems = cap(benchmark.theorems, request.max_problems)
        with keeping():
            results, left_out = run_policy(theorems, chosen, total, tools, out, Display())
        kept = experience_file(prover)
        # What is learned on the test split is not taken along.
        if kept is not None and request.benchmark != "test":
            known = set(tools.experience.observations)  # of this command too, where it is repeated
            new = [result for result in results if not known.issuperset(result.learned)]
            for observation in (o for result in new for o in result.learned):
                tools.experience.add(observation)
            tools.experience.write(kept)
    found = summary(results, (*left_out, *(n.name for n in benchmark.not_runnable)))
    arms = "\n".join(f"{count:>6}  {arm}" for arm, count in found.arms.items())
    return f"{found.sentence}\nfound by:\n{arms or '       nothing'}\nwritten to {out}"


def replay_attempts(request: EvalRequest, attempts: Path, overrides: tuple[str, ...]) -> tuple[str, int]:
    """Judge saved attempts again; the text to print and the exit status (1: some verdict changed). Loads no model."""
    config, run = _settings_of(request.model, overrides)
    benchmark = _benchmark(request, data_path(config, run.path) if run else None, config)
    engine = config.engine.model_copy(update={"verdicts": None})  # Lean is to be asked again, not a file
    with open_pool(engine, progress=Display()) as pool:
        began = time.monotonic()
        report = rejudge(attempts, benchmark.theorems, pool, Display(), check_seconds=config.engine.seconds)
        seconds = time.monotonic() - began
    lines = [
        f"{report.sentence}; {report.texts / seconds:.1f} checks a second with {some(config.engine.workers, 'worker')}"
    ]
    if report.unknown:
        lines.append(f"{some(len(report.unknown), 'theorem')} of the file not in the given set, left out")
    for change in report.changes[:20]:
        lines.append(
            f"{change.theorem}: {change.before.value} → {change.after.value}  {shortened(change.message, 80)}"
        )
    return "\n".join(lines), 1 if report.changes else 0


def _benchmark(request: EvalRequest, data: Path | None, config: RunConfig) -> Benchmark:
    path = request.path or data
    if path is None:
        raise ConfigError(f"--benchmark {request.benchmark} of a model needs --path FILE")
    found = load_for_engine(request.benchmark, path, config.engine, _columns(request.columns))
    if request.benchmark != "lean" or engine_kind(config.engine) != "embedded":
        return found
    folder = path if path.is_dir() else path.parent
    return found.replace(theorems=tuple(with_imports(found.theorems, folder)))


def _columns(named: tuple[str, ...]) -> Columns | None:
    """Raises `ConfigError` for what is not FIELD=COLUMN."""
    fields = dict(item.partition("=")[::2] for item in named)
    if wrong := [f for f in fields if f not in Columns.model_fields or not fields[f]]:
        raise ConfigError(
            f"--column {wrong[0]}: give FIELD=COLUMN, FIELD one of {', '.join(Columns.model_fields)}"
        )
    return Columns(**fields) if fields else None


def _settings(config: EvalConfig, request: EvalRequest) -> EvalConfig:
    samples = request.samples or config.samples
    ks = tuple(k for k in config.ks if k <= samples) or (1,)
    limit = request.max_problems or config.max_problems
    return config.model_copy(update={"samples": samples, "ks": ks, "max_problems": limit})


def table(result: EvalResult) -> str:
    """pass@k with intervals, overall, by level and by domain, in 80 columns; then what was not asked, and why."""
    ks = [p.k for p in result.overall.pass_at]
    head = f"{result.benchmark + ', ' + result.model:<32.32}{'theorems':>9}{'solved':>7}" + "".join(
        f"{f'pass@{k}':>16}" for k in ks
    )
    lines = [head, "-" * len(head)]
    lines += [_row(group, ks) for group in result.groups]
    if result.unjudged:
        lines.append(
            f"{some(result.unjudged, 'attempt')} could not be judged and count{'s' * (result.unjudged == 1)} neither way"
        )
        lines += [f"  {missing.sentence}" for missing in missing_evidence(result.theorems, ks)]
    if result.truncated:
        total = sum(t.n + t.unjudged for t in result.theorems)
        limit = result.settings.max_new_tokens
        lines.append(
            f"{result.truncated} of {total} attempts ran into the limit of {limit} tokens without an end token"
        )
    lines += map(visible, result.remarks)
    if result.not_runnable:
        reasons = Counter(shortened(problem.reason, 72) for problem in result.not_runnable)
        lines.append(f"{some(len(result.not_runnable), 'problem')} not asked, in no figure above:")
        lines += [f"  {count:>4}  {reason}" for reason, count in reasons.most_common(6)]
    if result.flags:
        kinds = Counter(flag.kind for flag in result.flags)
        lines.append(f"{some(len(result.flags), 'flag')} on problems asked (named in the result file):")
        lines += [f"  {count:>4}  {kind}" for kind, count in kinds.most_common()]
    return "\n".join(lines)


def _row(group: Group, ks: list[int]) -> str:
    cells = "".join(f"{_percent(group.at(k)):>16}" for k in ks)
    return f"{group.name:<32.32}{group.theorems:>9}{group.solved:>7}{cells}"


def _percent(estimate: Estimate | None) -> str:
    if estimate is None:
        return "–"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.0f}, {100 * estimate.high:.0f}]"
