"""Files that survive a kill: whole files are replaced by one rename, journals lose at most a half line, folders have one owner.

Every function raises `RunError` with one line when the disk is full, with what to do, or a path cannot be written.
"""

from __future__ import annotations

import errno
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from physprover.errors import RunError
from physprover.records import R, Record, read_jsonl


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A temporary file or folder beside `path`, to be filled in the block; renamed to `path` at its end.

    A kill or an error leaves what was there before.
    """
    temporary = path.with_name(path.name + ".tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        temporary.replace(path)
    except OSError as error:
        raise unwritten(path, error) from None


def must_be_writable(path: Path) -> None:
    """Raise `RunError` where `replacing` could not write `path`, before work is spent on what goes there.

    Makes the folder, as writing would.
    """
    try:
        if path.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary = path.with_name(path.name + ".tmp")
        temporary.touch()
        temporary.unlink()
    except OSError as error:
        raise unwritten(path, error) from None


def write_text(path: Path, text: str) -> None:
    """Write a UTF-8 text file, whole or not at all."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def write_record(path: Path, record: Record) -> None:
    """Write one record as indented JSON, whole or not at all."""
    write_text(path, record.model_dump_json(indent=1) + "\n")


def append(path: Path, *records: Record) -> None:
    """Add records to a journal (JSON Lines), one line each."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(record.model_dump_json() + "\n" for record in records))
    except OSError as error:
        raise unwritten(path, error) from None


def repair(path: Path) -> None:
    """Cut the half-written last line that a killed process may have left in a journal; nothing where there is no file."""
    if not path.exists():
        return
    data = path.read_bytes()
    if data and not data.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)


def read_journal(path: Path, kind: type[R]) -> list[R]:
    """The records of a journal after `repair`, none where there is no file. Raises `DataError` for a malformed line."""
    repair(path)
    return list(read_jsonl(path, kind)) if path.exists() else []


def file_hash(path: Path) -> str:
    """sha256 of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold `folder` against other processes; the process that holds it may take it again. Raises `RunError` when held."""
    from filelock import FileLock, Timeout

    lock = FileLock(folder / ".lock", timeout=0, is_singleton=True)
    try:
        lock.acquire()
    except Timeout:
        raise RunError(
            f"{folder}: another process is working in this directory; wait for it or choose another name"
        ) from None
    try:
        yield
    finally:
        lock.release()


def unwritten(path: Path, error: OSError) -> RunError:
    """What to raise where a file could not be written: the path, why, and what to do about it."""
    full = error.errno in (errno.ENOSPC, errno.EDQUOT)
    advice = "; free some space and repeat the command" if full else ""
    return RunError(f"{path}: {error.strerror or error}{advice}")
