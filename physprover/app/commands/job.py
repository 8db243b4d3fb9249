"""The verbs of the main job: `run` and what surrounds it (`plan`, `replay`, `study`)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.options import ConfigFile, Overrides, run_config


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
        from rl.presets import resolve
        from rl.validation import explain, refuse_impossible

        print(explain(settings))
        refuse_impossible(resolve(settings))
        return
    from physprover.app.verbs.run import run_job

    print(run_job(settings))


def plan(
    config: ConfigFile,
    gpus: Annotated[
        list[int] | None, typer.Option(min=2, help="Plan for so many GPUs instead; repeat to compare.")
    ] = None,
    prompt_tokens: Annotated[float | None, typer.Option(help="Mean prompt; default: the limit.")] = None,
    answer_tokens: Annotated[float | None, typer.Option(help="Mean answer; default: the limit.")] = None,
    check_seconds: Annotated[
        float | None, typer.Option(help="Mean CPU seconds of a check; default: the deadline.")
    ] = None,
    overrides: Overrides = None,
) -> None:
    """What a run costs on a GPU cluster.

    Memory, tokens, GPU-hours, Lean CPU-hours, disk, and the bottleneck, by arithmetic; starts nothing. A config that
    cannot fit is refused. With --gpus, GPUs are divided between trainer and samplers in the fastest way that fits.

    \b
    Examples:
      physprover plan configs/physprover-7b.toml
      physprover plan configs/physprover-7b.toml --gpus 8 --gpus 64 --answer-tokens 700 --check-seconds 10
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
      physprover replay runs/quickstart --out runs/replayed --set rl.optimizer.learning_rate=1e-5
    """
    from physprover.app.display import Display
    from physprover.app.verbs.models import open_run
    from physprover.config_file import load_config
    from physprover.runs import RunDir
    from rl.replay import replay as replay_run

    recorded, target = open_run(run_dir), RunDir(out)
    config = load_config(recorded.path / "config.toml", tuple(overrides or ()))
    replay_run(config, recorded, target, Display())
    print(target.last_checkpoint())


def study(
    file: Annotated[Path, typer.Argument(metavar="STUDY", help="Study file, see configs/studies.")],
    out: Annotated[
        Path | None,
        typer.Option(
            help="Directory of data, labels and a run for each arm and seed; of an optimizer study the file of its records."
        ),
    ] = None,
    seeds: Annotated[int | None, typer.Option(min=1, help="Seeds of each arm; default: the study's.")] = None,
    arm: Annotated[list[str] | None, typer.Option(help="Only this arm; repeat.")] = None,
    only_table: Annotated[bool, typer.Option("--table", help="Run nothing; print what is there.")] = False,
) -> None:
    """Compare settings over seeds on one data set; a table with intervals.

    Every arm and seed is an ordinary run directory. Repeat to resume; more seeds only add runs. Studies of optimizers alone
    (`kind = …` in the file) need no Lean and print their table.

    \b
    Examples:
      physprover study configs/studies/nonsmooth.toml
      physprover study configs/studies/insight.toml --out runs/insight --seeds 1
      physprover study configs/studies/insight.toml --out runs/insight --arm plain --arm "3 stages"
      physprover study configs/studies/insight.toml --out runs/insight --table
    """
    from physprover.app.display import Display
    from physprover.app.lab.study import load_study, only, optimizer_study, run_study, study_table
    from physprover.errors import ConfigError
    from physprover.resources import resolve

    if (table := optimizer_study(resolve(file), out)) is not None:
        print(table)
        return
    chosen = load_study(resolve(file))
    if out is None:
        raise ConfigError(f"{file}: its runs need a directory, --out DIR")
    if arm:
        chosen = only(chosen, arm)
    which = range(seeds or chosen.seeds)
    print(study_table(chosen, out, which) if only_table else run_study(chosen, out, which, Display()))
