"""Train, validation and test, by source file or (as in the paper) by lemma.

`splits.toml` in the library's root names the held-out files:

    test = ["Optics/Lenses"]
    validation = ["Units/Dimensions"]

The first folder, here `PhysCore/`, may be written or left out. Without the table files are drawn in the order of their
names' hashes until each split has its share of the theorems. In a library in core Lean, whose headers inline what a file
imports, a file is held out together with the files that import it; headers of other libraries show their own file only.
Files that declare theorems of one name are held out together.
"""

from __future__ import annotations

import difflib
import hashlib
import tomllib
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal, cast

from data_gen.contamination import leaks
from data_gen.library import Library
from physprover.errors import DataError
from physprover.lean.text.commands import THEOREMS
from physprover.records import Theorem

Split = Literal["train", "validation", "test"]
PAPER_TEST_SHARE = 250 / 3183
_TOLERANCE = 0.01  # by which a held-out split may miss its share


def split_library(
    library: Library, theorems: Sequence[Theorem], test: float = 0.05, validation: float = 0.05
) -> list[Theorem]:
    """The theorems with their split set, by file.

    Args:
        test: share of the theorems to hold out for testing, where the library has no splits.toml.
        validation: the same for validation.

    Raises `DataError` for a bad splits.toml, or one whose train headers show held-out theorems.
    """
    table = library.root / "splits.toml"
    if table.exists():
        chosen = _read_table(library, table)
    else:
        chosen = _draw(library, theorems, {"test": test, "validation": validation})
    result = [theorem.model_copy(update={"split": chosen[theorem.source.file]}) for theorem in theorems]
    if found := [leak for leak in leaks(result) if leak.readable]:
        where = table if table.exists() else library.root
        raise DataError(f"{where}: train headers show held-out theorems: {'; '.join(map(str, found[:3]))}")
    return result


def off_size(theorems: Sequence[Theorem], test: float, validation: float) -> list[str]:
    """One line for each held-out split whose share of the theorems is more than a hundredth off what was asked."""
    lines = []
    for split, wanted in (("test", test), ("validation", validation)):
        count = sum(t.split == split for t in theorems)
        if abs(count / max(len(theorems), 1) - wanted) > _TOLERANCE:
            lines.append(
                f"{split} holds {count} of {len(theorems)} theorems ({count / max(len(theorems), 1):.1%}); asked were "
                f"{wanted:.1%}: whole files do not divide otherwise (name some in splits.toml)"
            )
    return lines


def split_lemmas(theorems: Sequence[Theorem]) -> list[Theorem]:
    """The theorems with their split set as in the paper: each lemma for itself, no validation split. Neighbours of test
    lemmas stay in train, so headers of train show test theorems: `data_gen.contamination` counts them."""
    return [
        theorem.model_copy(update={"split": "test" if _share(theorem.name) < PAPER_TEST_SHARE else "train"})
        for theorem in theorems
    ]


def _share(name: str) -> float:
    """A number in [0, 1) that belongs to a name."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64


def _draw(library: Library, theorems: Sequence[Theorem], shares: Mapping[str, float]) -> dict[str, Split]:
    """Files for each held-out split, in the order of their names' hashes, as long as they fit into its share."""
    counts = Counter(theorem.source.file for theorem in theorems)
    chosen: dict[str, Split] = {module.file: "train" for module in library.modules.values()}
    order = sorted((m for m in library.modules.values() if counts[m.file]), key=lambda m: _share(m.file))
    showing = _showing(library)
    for split, share in shares.items():
        wanted, held = share * len(theorems), 0
        slack = max(_TOLERANCE / 2 * len(theorems), 0.5)
        for module in order:
            group = [f for f in (module.file, *showing[module.name]) if chosen[f] == "train"]
            if held >= wanted - slack / 2:
                break
            if chosen[module.file] != "train" or len(group) <= len(showing[module.name]):
                continue  # held out already, or shown by a file that another split holds
            size = sum(counts[file] for file in group)
            if held + size <= wanted + slack:
                chosen |= dict.fromkeys(group, cast("Split", split))
                held += size
    return chosen


def _showing(library: Library) -> dict[str, tuple[str, ...]]:
    """Module -> files whose headers show theorems of it: those of a core library that import it, directly or not, and
    those that declare a theorem of the same name. With a file stand those that show it in turn."""
    direct: dict[str, set[str]] = {name: set() for name in library.modules}
    declaring: dict[str, list[str]] = {}
    for name, module in library.modules.items():
        if library.is_core(name):
            for imported in library.closure(name):
                direct[imported].add(name)
        for theorem in {c.name for c in module.commands if c.kind in THEOREMS and not c.private}:
            declaring.setdefault(theorem, []).append(name)
    for names in declaring.values():
        for name in names if len(names) > 1 else ():
            direct[name] |= {*names} - {name}
    found = {}
    for name in direct:
        reached = dict.fromkeys([name])
        waiting = [name]
        while waiting:
            fresh = sorted(direct[waiting.pop()] - reached.keys())
            reached |= dict.fromkeys(fresh)
            waiting += fresh
        found[name] = tuple(library.modules[other].file for other in reached if other != name)
    return found


def _read_table(library: Library, path: Path) -> dict[str, Split]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise DataError(f"{path}: {error}") from None
    files = _by_name([module.file for module in library.modules.values()])
    chosen: dict[str, Split] = {module.file: "train" for module in library.modules.values()}
    for split, names in table.items():
        if split not in ("test", "validation"):
            raise DataError(f"{path}: unknown split `{split}`; valid: test, validation")
        if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
            raise DataError(f'{path}: `{split}` is not a list of files, such as ["Optics/Lenses"]')
        for name in names:
            found = files.get(name.removesuffix(".lean"), ())
            if len(found) > 1:
                raise DataError(f"{path}: `{name}` may be {' or '.join(f'`{file}`' for file in found)}")
            if not found:
                close = difflib.get_close_matches(name, files, n=1)
                raise DataError(
                    f"{path}: no file `{name}`" + (f"; did you mean `{close[0]}`?" if close else "")
                )
            (file,) = found
            if chosen[file] != "train":
                raise DataError(f"{path}: `{name}` is named twice")
            chosen[file] = cast("Split", split)
    return chosen


def _by_name(files: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What splits.toml may call a file, each with the files it may mean: PhysCore/Optics/Lenses, or else Optics/Lenses."""
    short: dict[str, tuple[str, ...]] = {}
    for file in files:
        name = file.split("/", 1)[-1].removesuffix(".lean")
        short[name] = (*short.get(name, ()), file)
    return short | {file.removesuffix(".lean"): (file,) for file in files}
