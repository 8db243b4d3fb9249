"""Theorems of one Lean file, for `physprover verify` and `prove`: broken ones are kept, with what is wrong.

A file inside a Lake project is read with its project (own imports are inlined); any other file stands alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from data_gen.extract import extract
from data_gen.library import Library, _read_module, read_library
from data_gen.premises import THEOREMS
from physprover.errors import DataError

if TYPE_CHECKING:
    from pathlib import Path

    from data_gen.library import Module
    from physprover.records import Theorem


@dataclass(frozen=True)
class Cut:
    """One theorem of a file: as a problem, and as it stands in the text."""

    name: str
    line: int
    theorem: Theorem | None  # None when it has no proof to judge
    text: str  # the whole command, docstring and attributes included


def read_theorems(path: Path) -> list[Cut]:
    """All theorems of a file, in order.

    Raises `DataError` for an unreadable or non-UTF-8 file, for a theorem without a name and for a file without theorems.
    """
    library, module = _load(path)
    theorems, problems = extract(library)
    here = {(t.source.file, t.source.line): t for t in theorems}
    cuts = []
    for command in module.commands:
        if command.kind in THEOREMS:
            line = module.source.line(command.keyword)
            if not command.name:
                raise DataError(f"{path}:{line}: a theorem without a name")
            text = module.source.text[command.start : command.end]
            cuts.append(Cut(command.name, line, here.get((module.file, line)), text))
    if not cuts:
        raise DataError(f"{path}: no theorem in it{'; ' + problems[0] if problems else ''}")
    return cuts


def _load(path: Path) -> tuple[Library, Module]:
    project = next((p for p in path.absolute().parents if (p / "lakefile.toml").exists()), None)
    if project:
        library = read_library(project)
        file = path.absolute().relative_to(project).as_posix()
        module = next((m for m in library.modules.values() if m.file == file), None)
        if module:
            return library, module
    try:
        module = _read_module(path.name, path.read_bytes())
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{path}: {error}") from None
    return Library(path.parent, {module.name: module}, ""), module
