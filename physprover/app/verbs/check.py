"""`physprover check`: exported declarations, judged by the second kernel alone."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from physprover.errors import DataError
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.kernel import Answer, SecondKernel

if TYPE_CHECKING:
    from pathlib import Path

_STATUS = {"accepted": 0, "refused": 1, "malformed": 2, "exhausted": 2}


def check_export(file: Path, as_json: bool, seconds: float) -> int:
    """Check one file in the lean4export format and print one line; returns the exit status.

    Raises `DataError` where there is no such file.
    """
    if not file.is_file():
        raise DataError(f"{file}: no such file")
    kernel = SecondKernel(ensure_installed(), reads=(file.resolve().parent,))
    try:
        answer = kernel.file(file, seconds)
    finally:
        kernel.close()
    print(_as_json(file, answer) if as_json else f"{file}: {in_words(answer)}")
    return _STATUS[answer.outcome]


def in_words(answer: Answer) -> str:
    """One line of an answer."""
    if answer.outcome == "accepted":
        rests = f"rests on {', '.join(answer.axioms)}" if answer.axioms else "no axioms"
        return f"accepted by the second kernel, {rests}"
    reason = f"out of {answer.resource}: {answer.message}" if answer.resource else answer.message
    return f"{answer.outcome}: {reason}"


def _as_json(file: Path, answer: Answer) -> str:
    row = {"file": str(file), "outcome": answer.outcome, "message": answer.message, "axioms": answer.axioms}
    return json.dumps(row | {"resource": answer.resource, "seconds": round(answer.seconds, 3)})
