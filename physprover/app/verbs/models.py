"""From what a user names (a run directory or a model) to weights and the settings they were made with."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.config_file import load_config
from physprover.errors import ConfigError, ModelError, RunError
from physprover.models.fetch import resolve_model
from physprover.runs import RunDir

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.config import RunConfig


# Of the published evaluations of 7B provers; within the tiny prover's lengths nearly every answer would be cut.
_LENGTHS = ("model.max_prompt_tokens=4096", "model.max_new_tokens=2048")


def open_run(path: Path) -> RunDir:
    """An existing run directory. Raises `RunError` when the folder is none."""
    if not (path / "config.toml").exists():
        raise RunError(f"{path}: not a run directory (no config.toml in it)")
    return RunDir(path)


def newest_run(output: Path) -> Path:
    """The run directory touched last. Raises `RunError` when there is none."""
    runs = [config.parent for config in output.glob("*/config.toml")]
    if not runs:
        raise RunError(
            f"no run in {output}/; make one with `physprover run configs/quickstart.toml`, or give --model"
        )
    return max(runs, key=lambda run: (run / "config.toml").stat().st_mtime)


def find_model(name: str, overrides: Sequence[str] = ()) -> tuple[str, RunConfig, RunDir | None]:
    """Weights to load, the settings to sample with, and the run they come from, if any.

    A run directory gives its newest complete checkpoint, or its warm start. Any other name is a Hugging Face model.
    """
    config, run = find_settings(name, overrides)
    if run is None:
        return resolve_model(name), config, None
    weights = run.last_checkpoint()
    if weights is None and (run.path / "warmstart" / "config.json").exists():
        weights = run.path / "warmstart"
    if weights is None:
        raise RunError(f"{name}: the run has no weights yet; continue it with `physprover run`")
    return str(weights), config, run


def find_settings(name: str, overrides: Sequence[str] = ()) -> tuple[RunConfig, RunDir | None]:
    """The settings that belong to a run directory, or to a model by name, whether it has weights or not."""
    path = Path(name)
    if (path / "config.toml").exists():
        return load_config(path / "config.toml", tuple(overrides)), open_run(path)
    if path.is_dir() and not (path / "config.json").exists():
        raise ModelError(f"{name}: neither a run directory (config.toml) nor a model (config.json)")
    return _defaults(name, overrides), None


def _defaults(name: str, overrides: Sequence[str]) -> RunConfig:
    path = f"model.path={json.dumps(name, ensure_ascii=False)}"
    config = load_config(None, (path, *overrides))
    if not config.model.prompt.startswith("tiny"):
        config = load_config(None, (path, *_LENGTHS, *overrides))
    if config.model.prompt == "tiny" and not Path(resolve_model(name)).exists():
        raise ConfigError(
            f"{name}: there is no such folder; for a model of the hub, say which prompt format it was trained on, e.g. "
            "--set model.prompt=deepseek-prover-v2"
        )
    return config
