"""What commands share: options, the configurations made from them, and a group that shows each error once, as one line."""

from __future__ import annotations

import contextlib
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.models import Default

from physprover.errors import PhysProverError, visible

if TYPE_CHECKING:
    from physprover.config import EngineConfig, RunConfig

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
Repo = Annotated[str, typer.Argument(metavar="OWNER/NAME", help="Repository of the Hugging Face hub.")]
Public = Annotated[bool, typer.Option("--public", help="Make a new repository public, not private.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="List what would be uploaded, and stop.")]


def run_config(config: Path | None, overrides: list[str] | None) -> RunConfig:
    """The settings of a file, also one that came with the package, or the defaults, with `--set` applied."""
    from physprover.config_file import load_config
    from physprover.resources import resolve

    return load_config(resolve(config) if config else None, tuple(overrides or ()))


def engine_config(kind: str, project: Path | None, workers: int, seconds: float) -> EngineConfig:
    """The engine that the options name."""
    from physprover.config_file import parse_config

    tree = {"kind": kind, "workers": workers, "seconds": seconds}
    return parse_config(
        {"engine": {**tree, "project_dir": str(project) if project else None}}, "command line"
    ).engine


class CommandGroup(TyperGroup):
    """Shows each error once, as one line."""

    def invoke(self, ctx: Any) -> Any:
        from physprover.runs import terminable

        try:
            with terminable():
                return super().invoke(ctx)
        except PhysProverError as error:
            _stop(f"physprover: {error}")
        except KeyboardInterrupt as error:
            _stop(f"\nphysprover: interrupted{_kept(error)}")
        except OSError as error:
            if isinstance(error, BrokenPipeError):  # the reader of the pipe has seen enough
                raise
            _stop(f"physprover: {error.filename or 'input/output'}: {error.strerror or error}{_kept(error)}")


@contextlib.contextmanager
def keeping(*, resumes: bool = True) -> Iterator[None]:
    """Around work that leaves what it has finished: whoever ends it early is told so, and how to go on where it `resumes`."""
    try:
        yield
    except (KeyboardInterrupt, OSError) as error:
        again = shlex.join(["physprover", *sys.argv[1:]])
        error.add_note(f"finished work is kept{f'; to continue: {again}' if resumes else ''}")
        raise


def _kept(error: BaseException) -> str:
    return "".join(f"; {note}" for note in getattr(error, "__notes__", [])[:1])


def _stop(line: str) -> NoReturn:
    print(visible(line), file=sys.stderr)
    raise typer.Exit(2)


def new_app(text: str | None = None, group: type[CommandGroup] = CommandGroup) -> typer.Typer:
    """A group of commands; without `text` its callback is a command of its own and explains itself."""
    # Plain help: it starts faster than rich panels and keeps the examples as written.
    return typer.Typer(
        help=text if text is not None else Default(None),
        cls=group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=text is not None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
