"""Train, validation and test by source file, and the check that nothing held out is readable from train.

`splits.toml` in the library's root names the held-out files:

    test = ["Optics/Lenses"]
    validation = ["Units/Dimensions"]

Without it a file is drawn by the hash of its name; files that others import then stay in train, since a header that
inlines them would show their proofs.
"""

from __future__ import annotations

import difflib
import hashlib
import re
import tomllib
from typing import TYPE_CHECKING, Literal, cast

from physprover.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data_gen.library import Library
    from physprover.records import Theorem

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
TEST_SHARE, VALIDATION_SHARE = 0.25, 0.08
_MIN_LEAK_CHARS = 40  # shorter proofs ("by rfl") recur everywhere and give nothing away


def split_library(library: Library, theorems: Sequence[Theorem]) -> list[Theorem]:
    """The theorems with their split set. Raises `DataError` for a bad splits.toml or a leak."""
    table = library.root / "splits.toml"
    chosen = _read_table(library, table) if table.exists() else _by_hash(library)
    result = [theorem.replace(split=chosen[theorem.source.file]) for theorem in theorems]
    if found := leaks(result):
        raise DataError(f"{table}: train headers show held-out theorems: {'; '.join(found[:3])}")
    return result


def leaks(theorems: Sequence[Theorem]) -> list[str]:
    """One line for each held-out theorem whose statement or longer proof stands in a header of a lower split.

    Train must not see validation or test, validation must not see test.
    """
    headers: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in headers:  # the longest header of a file contains all others of it
            headers[theorem.split][theorem.source.file] = _squeezed(theorem.header)
    found = []
    for theorem in theorems:
        below = {"test": ("train", "validation"), "validation": ("train",)}.get(theorem.split, ())
        needles = [_squeezed(theorem.statement), _squeezed(theorem.proof or "")]
        for split in below:
            for file, header in headers[split].items():
                if any(len(n) >= _MIN_LEAK_CHARS and n in header for n in needles):
                    found.append(f"{theorem.name} ({theorem.split}) in {file} ({split})")
    return found


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()


def _by_hash(library: Library) -> dict[str, Split]:
    imported = {name for module in library.modules.values() for name in module.imports}
    chosen: dict[str, Split] = {}
    for name, module in library.modules.items():
        share = int.from_bytes(hashlib.sha256(module.file.encode()).digest()[:8], "big") / 2**64
        held: Split = "test" if share < TEST_SHARE else "validation"
        chosen[module.file] = (
            held if share < TEST_SHARE + VALIDATION_SHARE and name not in imported else "train"
        )
    return chosen


def _read_table(library: Library, path: Path) -> dict[str, Split]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from None
    files = {_short(module.file): module.file for module in library.modules.values()}
    chosen: dict[str, Split] = dict.fromkeys(files.values(), "train")
    for split, names in table.items():
        if split not in ("test", "validation"):
            raise DataError(f"{path}: unknown split `{split}`; valid: test, validation")
        for name in names:
            if name not in files:
                close = difflib.get_close_matches(name, files, n=1)
                raise DataError(
                    f"{path}: no file `{name}`" + (f"; did you mean `{close[0]}`?" if close else "")
                )
            if chosen[files[name]] != "train":
                raise DataError(f"{path}: `{name}` is named twice")
            chosen[files[name]] = cast("Split", split)
    return chosen


def _short(file: str) -> str:
    """PhysCore/Optics/Lenses.lean as splits.toml writes it: Optics/Lenses."""
    return file.split("/", 1)[-1].removesuffix(".lean")
