"""Engines that an upgrade leaves behind, 0.38 GB each: removed once nobody runs from them.

A process that uses an engine folder holds a shared lock on `<folder>.lock` beside it, as long as it lives. Versions of
PhysProver before that took no lock; of theirs only running Lean processes can be seen. So an engine without a lock file is
left alone by installations and removed only when the user says `physprover lean install`.
"""

from __future__ import annotations

import fcntl
import re
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import IO

_held: dict[Path, IO[str]] = {}  # closed by the end of the process


def hold(folder: Path) -> None:
    """Keep `folder` from being removed while this process lives; waits while it is being removed.

    Without effect where the cache cannot be written: nobody can remove anything from it either.
    """
    if folder in _held:
        return
    with suppress(OSError):
        lock = _lock_file(folder).open("a")
        fcntl.flock(lock, fcntl.LOCK_SH)
        _held[folder] = lock


def older_engines(current: Path) -> list[Path]:
    """Folders beside `current` of the same engine with an earlier patch, oldest first."""
    stem, _, number = current.name.rpartition("-glue")
    found = []
    for folder in current.parent.glob(f"{stem}-glue*"):
        match = re.fullmatch(r"-glue(\d+)", folder.name.removeprefix(stem))
        if match and int(match[1]) < int(number) and folder.is_dir():
            found.append((int(match[1]), folder))
    return [folder for _, folder in sorted(found)]


def in_use(folder: Path) -> bool:
    """Whether a process holds `folder`, or one of this machine runs from it."""
    return (_lock_file(folder).exists() and _is_held(folder)) or bool(users(folder))


def remove_older(current: Path, unlocked_too: bool = False) -> tuple[list[Path], list[Path]]:
    """Remove what nobody uses of `older_engines`; returns (removed, left). The caller holds the installer's lock.

    `unlocked_too`: also those of versions without locks, unless a process of this machine runs from them.
    """
    removed, left = [], []
    for folder in older_engines(current):
        if (unlocked_too or _lock_file(folder).exists()) and _remove(folder):
            removed.append(folder)
        else:
            left.append(folder)
    return removed, left


def users(folder: Path) -> list[int]:
    """Processes of this machine that work in `folder` or name it on their command line."""
    import psutil

    found = []
    for process in psutil.process_iter(["cwd", "cmdline"]):
        cwd = f"{process.info['cwd'] or ''}/"
        arguments = [f"{argument}/" for argument in process.info["cmdline"] or ()]
        names = {f"{folder}/", f"{folder.resolve()}/"}
        if any(name in text for name in names for text in (cwd, *arguments)):
            found.append(int(process.pid))
    return found


def _remove(folder: Path) -> bool:
    with suppress(OSError), _lock_file(folder).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if users(folder):
            return False
        # Renamed first: a removal that is cut short must leave nothing that looks like an engine.
        with tempfile.TemporaryDirectory(
            prefix="partial-", dir=folder.parent, ignore_cleanup_errors=True
        ) as temporary:
            folder.rename(Path(temporary) / "old")
        return True
    return False


def _is_held(folder: Path) -> bool:
    """Whether some process holds the shared lock: then nobody can have it alone. Also where it cannot be told."""
    with suppress(OSError), _lock_file(folder).open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return False
    return True


def _lock_file(folder: Path) -> Path:
    return folder.with_name(f"{folder.name}.lock")
