"""Problems of a checkout of Lean files: one or many theorems a file, each ending in `sorry` or in a proof that is not looked at.

A problem's header is what stands before it in its file, other theorems left out. Pure text; Lean decides what can be posed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eval.statements import mask, split_statement, theorem_name
from physprover.errors import DataError
from physprover.records import Source, Theorem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_THEOREM = re.compile(r"^(?:(?:private|protected)\s+)?(?:theorem|lemma)\b", re.MULTILINE)
_COMMAND = re.compile(
    r"^(?:theorem|lemma|def|abbrev|structure|class|inductive|instance|example|axiom|namespace|section|end|open|variable|universe"
    r"|set_option|noncomputable|private|protected|notation|local|attribute|macro|syntax|@\[|#)",
    re.MULTILINE,
)
_DOC = re.compile(r"/--((?:(?!-/).)*)-/\s*\Z", re.DOTALL)


def read_lean_files(path: Path) -> Iterator[Theorem]:
    """Every theorem of a `.lean` file, or of the files below a folder, in the order of their names.

    Raises `DataError` when there is no Lean file, or one is not UTF-8.
    """
    files = [path] if path.is_file() else sorted(p for p in path.rglob("*.lean") if ".lake" not in p.parts)
    if not files:
        raise DataError(f"{path}: no Lean file")
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        try:
            text = file.read_text(encoding="utf-8").replace("\r\n", "\n")
        except UnicodeDecodeError:
            raise DataError(f"{file}: not UTF-8") from None
        yield from _problems(text, name)


def _problems(text: str, file: str) -> Iterator[Theorem]:
    masked = mask(text)
    kept, done = "", 0  # text before the theorem without other theorems
    for start in [m.start() for m in _THEOREM.finditer(masked)]:
        following = _COMMAND.search(masked, start + 1)
        end = following.start() if following else len(text)
        before = kept + text[done:start]
        doc = _DOC.search(before)
        statement, _ = split_statement(text[start:end])
        name = theorem_name(statement)
        if name is not None:
            yield Theorem(
                name=name,
                statement=statement,
                header=(before[: doc.start()] if doc else before).rstrip() + "\n",
                source=Source(file=file, line=text.count("\n", 0, start) + 1),
                split=_split(file),
                informal=" ".join(doc[1].split()) if doc else None,
            )
        kept, done = (before[: doc.start()] if doc else before), end


def _split(file: str) -> str:
    """The split that a file's folder or name says it is of, as checkouts of MiniF2F have it."""
    words = re.findall(r"[a-z]+", file.lower())
    return "validation" if "valid" in words else "test" if "test" in words else ""
