"""`physprover plan`: the cost of a run by arithmetic, see `rl.planning`."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from physprover.app.commands.common import ConfigFile, Overrides, run_config


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
