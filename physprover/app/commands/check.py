"""`physprover check`: certificates and exported declarations, judged by the second kernel alone."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer

from physprover.app.commands.common import Json, Seconds
from physprover.errors import DataError
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.kernel import Answer, SecondKernel
from physprover.lean.kernel.certificates import check_folder

_STATUS = {"accepted": 0, "refused": 1, "malformed": 2, "exhausted": 2}


def check(
    path: Annotated[
        Path,
        typer.Argument(metavar="DIR|FILE", help="Certificates, or declarations in the lean4export format."),
    ],
    as_json: Json = False,
    seconds: Seconds = 60.0,
) -> None:
    """Check certificates, or exported declarations, with the second kernel alone, without Lean.

    Certificates build on the installed library, which they must name. A file stands alone: every declaration in it is
    checked from the ground up. The axioms are named. Exit status 0: accepted, 1: refused, 2: could not be checked.

    \b
    Examples:
      physprover check proofs/
      physprover check proof.ndjson --json --seconds 300
    """
    status = 0
    for name, answer in _answers(path, seconds):
        print(_as_json(name, answer) if as_json else f"{name}: {in_words(answer)}", flush=True)
        status = max(status, _STATUS[answer.outcome])
    raise typer.Exit(status)


def _answers(path: Path, seconds: float) -> Iterator[tuple[str, Answer]]:
    """Raises `DataError` where there is nothing to check, or the certificates are of another library."""
    if path.is_dir():
        for entry, answer in check_folder(path, ensure_installed(), seconds):
            yield entry.name, answer
        return
    if not path.is_file():
        raise DataError(f"{path}: no such file")
    with closing(SecondKernel(ensure_installed(), reads=(path.resolve().parent,))) as kernel:
        yield str(path), kernel.file(path, seconds)


def in_words(answer: Answer) -> str:
    """One line of an answer."""
    if answer.outcome == "accepted":
        rests = f"rests on {', '.join(answer.axioms)}" if answer.axioms else "no axioms"
        return f"accepted by the second kernel, {rests}"
    reason = f"out of {answer.resource}: {answer.message}" if answer.resource else answer.message
    return f"{answer.outcome}: {reason}"


def _as_json(name: str, answer: Answer) -> str:
    row = {"name": name, "outcome": answer.outcome, "message": answer.message, "axioms": answer.axioms}
    return json.dumps(row | {"resource": answer.resource, "seconds": round(answer.seconds, 3)})
