"""Train, validation and test, by source file or (as in the paper) by lemma.

`splits.toml` in the library's root names the held-out files:

    test = ["Optics/Lenses"]
    validation = ["Units/Dimensions"]

Without it a file is drawn by the hash of its name; files that others import then stay in train, since a header that
inlines them would show their proofs.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from typing import TYPE_CHECKING, Literal, cast

from data_gen.leaks import leaks
from physprover.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data_gen.library import Library
    from physprover.records import Theorem

Split = Literal["train", "validation", "test"]
SPLITS: tuple[Split, ...] = ("train", "validation", "test")
TEST_SHARE, VALIDATION_SHARE = 0.25, 0.08
PAPER_TEST_SHARE = 250 / 3183


def split_library(library: Library, theorems: Sequence[Theorem]) -> list[Theorem]:
    """The theorems with their split set, by file. Raises `DataError` for a bad splits.toml or a leak."""
    table = library.root / "splits.toml"
    chosen = _read_table(library, table) if table.exists() else _by_hash(library)
    result = [theorem.replace(split=chosen[theorem.source.file]) for theorem in theorems]
    if found := [leak for leak in leaks(result) if leak.readable]:
        raise DataError(f"{table}: train headers show held-out theorems: {'; '.join(map(str, found[:3]))}")
    return result


def split_lemmas(theorems: Sequence[Theorem]) -> list[Theorem]:
    """The theorems with their split set as in the paper: each lemma for itself, no validation split. Neighbours of test
    lemmas stay in train, so headers of train show test theorems: `data_gen.leaks` counts them."""
    return [
        theorem.replace(split="test" if _share(theorem.name) < PAPER_TEST_SHARE else "train")
        for theorem in theorems
    ]


def _share(name: str) -> float:
    """A number in [0, 1) that belongs to a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def _by_hash(library: Library) -> dict[str, Split]:
    imported = {name for module in library.modules.values() for name in module.imports}
    chosen: dict[str, Split] = {}
    for name, module in library.modules.items():
        share = _share(module.file)
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
