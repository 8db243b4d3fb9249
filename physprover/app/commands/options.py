"""Options that several verbs share, and the configurations made from them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from physprover.config import EngineConfig, LLMConfig, RunConfig

ConfigFile = Annotated[
    Path, typer.Argument(metavar="CONFIG", help="TOML file, e.g. configs/quickstart.toml.")
]
Overrides = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override one setting; repeatable."),
]
Workers = Annotated[
    int, typer.Option(min=1, help="Lean processes (about 0.7 GB of memory each, growing with use).")
]
Seconds = Annotated[
    float, typer.Option(min=0.1, help="Deadline of one check in CPU seconds; with --project, wall clock.")
]
EngineKind = Annotated[str, typer.Option("--engine", help="auto, embedded or project.")]
Project = Annotated[
    Path | None, typer.Option(help="Built Lake project to check in, or physlean (needs a native Lean).")
]
Json = Annotated[bool, typer.Option("--json", help="One JSON object a line.")]
Model = Annotated[
    str | None, typer.Option(help="Run directory or Hugging Face model; default: the newest run.")
]


def run_config(config: Path, overrides: list[str] | None) -> RunConfig:
    """The settings of a file, also one that came with the package, with `--set` applied."""
    from physprover.config_file import load_config
    from physprover.resources import resolve

    return load_config(resolve(config), tuple(overrides or ()))


def engine_config(kind: str, project: Path | None, workers: int, seconds: float) -> EngineConfig:
    """The engine that the options name."""
    from physprover.config_file import parse_config

    tree = {"kind": kind, "workers": workers, "seconds": seconds}
    return parse_config(
        {"engine": {**tree, "project_dir": str(project) if project else None}}, "command line"
    ).engine


def llm_config(config: Path | None, overrides: list[str] | None) -> LLMConfig:
    """[data.llm] of a file, or its defaults, with `--set` applied."""
    from physprover.config_file import load_config
    from physprover.resources import resolve

    return load_config(resolve(config) if config else None, tuple(overrides or ())).data.llm
