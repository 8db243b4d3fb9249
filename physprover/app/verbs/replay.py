"""`physprover replay`: the trainer over recorded rollouts, without a sampler and without Lean."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.app.verbs.models import open_run
from physprover.config_file import load_config
from physprover.runs import RunDir

if TYPE_CHECKING:
    from pathlib import Path


def replay_run(run_dir: Path, out: Path, overrides: tuple[str, ...]) -> str:
    """Replay `run_dir` into `out`, with its own settings changed by `overrides`; returns the folder of the weights."""
    from physprover.app.display import Display
    from rl.replay import replay

    recorded = open_run(run_dir)
    config = load_config(recorded.path / "config.toml", overrides)
    target = RunDir(out)
    replay(config, recorded, target, Display())
    return str(target.last_checkpoint())
