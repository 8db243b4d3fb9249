"""`physprover run`, `plan` and `replay`: the whole job and what came of it; its cost, before; its attempts again, behind it."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Annotated

import typer

from eval.baselines import PortfolioResult, over, read_portfolio
from eval.passk import Estimate
from eval.results import read_result
from physprover.app.commands.common import ConfigFile, Overrides, keeping, run_config
from physprover.app.display import Display
from physprover.config_file import with_preset
from physprover.lean import engine_kind


def run(
    config: ConfigFile,
    overrides: Overrides = None,
    address: Annotated[
        str | None, typer.Option(help="Ray cluster to join, e.g. auto or HOST:6379; default: a local one.")
    ] = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Check and explain the run; start nothing.")
    ] = False,
) -> None:
    """The whole job, seeds to report.

    Data, warm start, RL, evaluation and report, in one run directory. Repeat the command to resume.

    \b
    Examples:
      physprover run configs/quickstart.toml
      physprover run configs/quickstart.toml --set name=seed1 --set seed=1
      physprover run configs/physprover-7b.toml --dry-run
      physprover run configs/physprover-7b.toml --address auto
    """
    joined = [f"cluster.address={address}"] if address is not None else []
    settings = run_config(config, [*(overrides or []), *joined])
    if dry_run:
        from physprover.app.preflight import data_problems, folder_problems
        from rl.validation import explain, refuse_impossible

        settings = with_preset(settings)
        print(explain(settings, [*data_problems(settings), *folder_problems(settings)]))
        refuse_impossible(settings)
        return
    from eval.report.data import gather
    from physprover.app.pipeline import run_pipeline

    display = Display()
    if engine_kind(settings.engine) == "embedded":
        from physprover.lean.embedded.install import ensure_installed

        ensure_installed(display)
    with keeping():
        done = run_pipeline(settings, display)
    early = "".join(f"\n  {line}" for line in gather(done).ended_early)
    print(f"{summary(done.path / 'eval')}{early}\nreport: {done.path / 'report.html'}")


def summary(folder: Path) -> str:
    """Before, after and the baselines of a run's evaluations in one small table; "" when there are none."""
    lines: list[str] = []
    for benchmark in ("test", "minif2f"):
        results = {
            f"{when} RL": read_result(f)
            for when in ("before", "after")
            if (f := folder / f"{benchmark}-{when}.json").exists()
        }
        if not results:
            continue
        first = next(iter(results.values()))
        ks = [p.k for p in first.overall.pass_at]
        head = f"{benchmark}, {first.overall.theorems} theorems"
        lines.append(f"\n{head:<28}" + "".join(f"{f'pass@{k}':>22}" for k in ks))
        for label, result in results.items():
            lines.append(f"  {label:<26}" + "".join(f"{_text(result.overall.at(k)):>22}" for k in ks))
        baseline = folder / f"portfolio-{benchmark}.json"
        asked = {t.name for t in first.theorems}
        if baseline.exists() and (found := over(read_portfolio(baseline), asked)):
            lines += _baselines(found, len(ks), len(asked))
    return "\n".join(lines)


def _baselines(found: PortfolioResult, columns: int, asked: int) -> list[str]:
    """Their rows, and over how many theorems they are where not over all that were `asked`."""
    rows = (
        (f"always `{found.best.tactic}`", found.best.estimate),
        ("any tactic of the portfolio", found.portfolio),
        *(("best script told the defs", script.estimate) for script in found.templates[:1]),
    )
    return [
        f"  {label:<26}"
        + f"{_text(estimate):>22}" * columns
        + ("" if estimate.theorems == asked else f"  over {estimate.theorems} theorems")
        for label, estimate in rows
    ]


def _text(estimate: Estimate | None) -> str:
    return "–" if estimate is None else str(estimate)


def _number(value: float | None) -> float | None:
    if value is not None and math.isnan(value):
        raise typer.BadParameter("nan is not a number.")
    return value


def plan(
    config: ConfigFile,
    gpus: Annotated[
        list[int] | None,
        typer.Option(min=2, max=10_000, help="Plan for so many GPUs instead; repeat to compare."),
    ] = None,
    prompt_tokens: Annotated[
        float | None, typer.Option(min=1, callback=_number, help="Mean prompt; default: the limit.")
    ] = None,
    answer_tokens: Annotated[
        float | None, typer.Option(min=1, callback=_number, help="Mean answer; default: the limit.")
    ] = None,
    check_seconds: Annotated[
        float | None,
        typer.Option(min=0.001, callback=_number, help="Mean CPU seconds of a check; default: the deadline."),
    ] = None,
    overrides: Overrides = None,
) -> None:
    """What a run costs on a GPU cluster.

    Memory, tokens, GPU-hours, Lean CPU-hours, disk, and the bottleneck, by arithmetic; starts nothing. A config that
    cannot fit is refused. With --gpus, GPUs are divided between trainer and samplers in the fastest way that fits.

    \b
    Examples:
      physprover plan configs/physprover-7b.toml
      physprover plan configs/physprover-7b.toml --gpus 8 --gpus 64 \\
        --answer-tokens 700 --check-seconds 10
    """
    from rl.planning.plan import plan_run

    settings = run_config(config, overrides)
    print(plan_run(settings, tuple(gpus or ()), prompt_tokens, answer_tokens, check_seconds))


def replay(
    run_dir: Annotated[Path, typer.Argument(metavar="RUN", help="Run whose attempts are replayed.")],
    out: Annotated[Path, typer.Option(help="New folder for metrics and weights.")],
    overrides: Overrides = None,
) -> None:
    """Train from recorded attempts, without a sampler and without Lean.

    With the run's own settings the weights come out the same; --set shows what others make of the same attempts and their
    recorded rewards. Rounds of self-play come again too.

    \b
    Example:
      physprover replay runs/quickstart --out runs/replayed \\
        --set rl.optimizer.learning_rate=1e-5
    """
    from physprover.app.display import Display
    from physprover.app.provers import open_run
    from physprover.config_file import load_config
    from physprover.runs import RunDir
    from rl.replay import replay as replay_run

    recorded, target = open_run(run_dir), RunDir(out)
    config = load_config(recorded.path / "config.toml", tuple(overrides or ()))
    replay_run(config, recorded, target, Display())
    print(target.last_checkpoint())
