"""`physprover replay`: train from the recorded attempts of a run, see `rl.replay`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import Overrides


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
