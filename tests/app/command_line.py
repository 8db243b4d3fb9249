"""Commands called in this process, as a user types them."""

from __future__ import annotations

from typer.testing import CliRunner

from physprover.app.commands import app


def call(*arguments: str, stdin: str | bytes | None = None) -> tuple[int, str, str]:
    result = CliRunner().invoke(app, list(arguments), input=stdin)
    return result.exit_code, result.stdout, result.stderr


def fails_in_one_line(*arguments: str, stdin: str | None = None) -> str:
    status, _, stderr = call(*arguments, stdin=stdin)
    assert status == 2
    assert stderr.startswith("physprover: ")
    assert stderr.count("\n") == 1
    return stderr
