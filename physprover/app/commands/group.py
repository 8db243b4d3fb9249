"""A group of commands that shows each error once, as one line."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import typer
from typer.core import TyperGroup
from typer.models import Default

from physprover.errors import PhysProverError

_RESUMABLE = {"run", "eval", "data", "lean", "models", "study"}


class _Group(TyperGroup):
    """Shows each error once, as one line."""

    def invoke(self, ctx: Any) -> Any:
        try:
            return super().invoke(ctx)
        except PhysProverError as error:
            _stop(f"physprover: {error}")
        except KeyboardInterrupt:
            hint = f"; to continue: {_command_line()}" if _RESUMABLE & set(sys.argv[1:2]) else ""
            _stop(f"\nphysprover: interrupted; finished work is kept{hint}")
        except OSError as error:
            if isinstance(error, BrokenPipeError):  # the reader of the pipe has seen enough
                raise
            _stop(
                f"physprover: {error.filename or 'input/output'}: {error.strerror or error}; finished work is kept"
            )


def _stop(line: str) -> NoReturn:
    print(line, file=sys.stderr)
    raise typer.Exit(2)


def _command_line() -> str:
    import shlex

    return shlex.join(["physprover", *sys.argv[1:]])


def new_app(text: str | None = None) -> typer.Typer:
    """A group of commands; without `text` its callback is a command of its own and explains itself."""
    # Plain help: it starts faster than rich panels and keeps the examples as written.
    return typer.Typer(
        help=text if text is not None else Default(None),
        cls=_Group,
        rich_markup_mode=None,
        pretty_exceptions_enable=False,
        no_args_is_help=text is not None,
        add_completion=False,
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
