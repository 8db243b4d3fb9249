"""Theorems as Lean itself sees them, through lean-dojo, and how they compare with the static extraction.

Tracing builds the library with a native Lean (elan) under lean-dojo, which takes from minutes to hours; results are cached by
lean-dojo. It sees what text cannot show (macros, generated declarations) and serves to check the static extractor.
"""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from physprover.errors import LeanSetupError, first_line
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import without_comments
from physprover.records import Record, Theorem


def statement_of(code: str) -> str:
    """A traced declaration's text up to its proof, on one line."""
    cut = split_statement(code)
    return " ".join((code[: cut.statement_end] if cut else code).split())


class Traced(Record):
    """A theorem of the trace."""

    name: str
    file: str
    statement: str  # attributes and modifiers included, one line
    proof: str  # without comments; "" where the trace holds none


class Comparison(Record):
    """Static extraction against the trace. Names only; the texts are in the two sources."""

    both: int
    only_static: tuple[str, ...]
    only_traced: tuple[str, ...]
    other_statement: tuple[str, ...]
    other_proof: tuple[str, ...]

    def __str__(self) -> str:
        rows = (
            ("in both", str(self.both)),
            ("only in the text", _some(self.only_static)),
            ("only in the trace", _some(self.only_traced)),
            ("another statement", _some(self.other_statement)),
            ("another proof", _some(self.other_proof)),
        )
        return "\n".join(f"{label:<18} {value}" for label, value in rows)


def trace_library(root: Path) -> list[Traced]:
    """All theorems of the library's own files. Raises `LeanSetupError` where tracing cannot run."""
    dojo = _lean_dojo(root)
    try:
        repo = dojo.LeanGitRepo.from_path(root)
        traced = dojo.trace(repo).get_traced_theorems()
    except Exception as error:  # lean-dojo raises whatever its tools raise
        raise LeanSetupError(f"lean-dojo could not trace {root}: {first_line(error)}") from None
    return [_record(theorem) for theorem in traced if theorem.repo == repo]


def compare(static: Sequence[Theorem], traced: Sequence[Traced]) -> Comparison:
    """Match by full name; texts are compared without comments and spacing."""
    ours = {theorem.name: theorem for theorem in static}
    theirs = {theorem.name: theorem for theorem in traced}
    both = [name for name in ours if name in theirs]
    return Comparison(
        both=len(both),
        only_static=tuple(name for name in ours if name not in theirs),
        only_traced=tuple(name for name in theirs if name not in ours),
        other_statement=tuple(
            n for n in both if not _same(_bare(theirs[n].statement), _bare(ours[n].statement))
        ),
        other_proof=tuple(
            n for n in both if theirs[n].proof and not _same(theirs[n].proof, ours[n].proof or "")
        ),
    )


def _lean_dojo(root: Path) -> Any:
    if shutil.which("lake") is None:
        raise LeanSetupError(
            "tracing needs a native Lean: no `lake` on the PATH (`physprover lean install --help`)"
        )
    if not (root / ".git").exists():
        raise LeanSetupError(f"tracing needs a git checkout, and {root} is none")
    try:
        import lean_dojo
    except ImportError:
        raise LeanSetupError(
            "tracing needs lean-dojo: pip install 'physprover[lean]' (Python 3.12 at most)"
        ) from None
    return lean_dojo


def _record(theorem: Any) -> Traced:
    return Traced(
        name=theorem.theorem.full_name,
        file=str(theorem.file_path),
        statement=statement_of(theorem.get_theorem_statement()),
        proof=theorem.get_tactic_proof() or "",
    )


def _bare(statement: str) -> str:
    """A statement from its keyword on: attributes and modifiers are cut differently by the two."""
    text = without_comments(statement)
    starts = [text.find(word) for word in ("theorem ", "lemma ") if word in text]
    return text[min(starts, default=0) :].removesuffix(":=")


def _same(one: str, other: str) -> bool:
    return "".join(without_comments(one).split()) == "".join(without_comments(other).split())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)}" + (f": {', '.join(names[:5])}{more}" if names else "")
