"""The theorems of one Lean file, for `physprover verify` and `prove`: broken ones are kept, with what is wrong.

A file inside a Lake project is read with its project (own imports are inlined); any other file stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_gen.extract import extract
from data_gen.library import Library, module_of, read_library
from physprover.errors import DataError
from physprover.lean.text.problems import passages

if TYPE_CHECKING:
    from pathlib import Path

    from data_gen.library import Module
    from physprover.records import Theorem


@dataclass(frozen=True)
class Cut:
    """One theorem of a file: as a problem, and as it stands in the text."""

    name: str
    line: int
    theorem: Theorem | None  # None when it has no proof to judge, or cannot be judged by itself
    text: str  # the whole command, docstring and attributes included
    reason: str = ""  # why it cannot


def read_theorems(path: Path) -> list[Cut]:
    """All theorems of a file, in order.

    Raises `DataError` for an unreadable or non-UTF-8 file, for a theorem without a name and for a file without theorems.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    return cut_theorems(data, path)


def cut_theorems(data: bytes, path: Path) -> list[Cut]:
    """`read_theorems` on a file's contents; `path` tells the project and stands in messages."""
    library, module = _load(data, path)
    theorems, problems = extract(library, holes=True)
    here = {(t.source.file, t.source.line): t for t in theorems}
    cuts = []
    for passage in passages(module.source, module.commands):
        if not passage.name:
            raise DataError(f"{path}:{passage.line}: a theorem without a name")
        theorem = here.get((module.file, passage.line))
        cuts.append(Cut(passage.name, passage.line, theorem, passage.text, passage.reason))
    if not cuts:
        raise DataError(f"{path}: no theorem in it{'; ' + problems[0] if problems else ''}")
    return cuts


def _load(data: bytes, path: Path) -> tuple[Library, Module]:
    project = next((p for p in path.absolute().parents if (p / "lakefile.toml").exists()), None)
    if project:
        library = read_library(project)
        file = path.absolute().relative_to(project).as_posix()
        module = next((m for m in library.modules.values() if m.file == file), None)
        if module:
            return library, module
    try:
        module = module_of(path.name, data)
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return Library(path.parent, {module.name: module}, ""), module
