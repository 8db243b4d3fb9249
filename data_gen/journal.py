"""Append-only files of records that a killed process may have left with half a last line."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from physprover.errors import DataError
from physprover.records import Record, read_jsonl

if TYPE_CHECKING:
    from pathlib import Path

R = TypeVar("R", bound=Record)


def read_journal(path: Path, kind: type[R]) -> list[R]:
    """The records of a journal, none where there is no file; a torn last line is cut off the file."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return []
    if data and not data.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(data.rfind(b"\n") + 1)
    return list(read_jsonl(path, kind))


def append(path: Path, *records: Record) -> None:
    """Add records at the end. Raises `DataError` when the disk is full."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write("".join(record.model_dump_json() + "\n" for record in records))
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}; free some space and repeat the command") from None
