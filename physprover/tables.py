"""Tables as people have them: JSON Lines, JSON arrays, JSON of columns, Parquet, gzip, and which column of a row holds what."""

from __future__ import annotations

import gzip
import json
import math
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from physprover.dataset import read_parquet
from physprover.errors import DataError, first_line, naming
from physprover.records import Record

_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LISTED, _QUOTED = re.compile(r"\[(.*)\]", re.DOTALL), re.compile(r"""(['"])(.*?)\1""")  # "['Algebra']"
_GZIP = b"\x1f\x8b"

# What public files call a column, the likeliest first.
_USUAL = {
    "name": ("name", "id", "problem_id", "problem_name", "theorem_name", "full_name", "theorem_names"),
    "statement": (
        "statement", "formal_statement", "formal_stmt", "lean4_formalization", "lean4_statement",
        "autoformalization", "lean4_code", "lean_code", "formal", "input", "prompt", "messages",
    ),
    "header": ("header", "lean4_src_header", "src_header", "formal_header"),
    "informal": (
        "informal", "informal_prefix", "nl_statement", "informal_statement", "informal_stmt", "problem",
    ),
    "domain": ("domain", "topic", "category", "subject"),
    "split": ("split",),
}  # fmt: skip


class Columns(Record):
    """Which column of a row holds what; "" = the usual names are tried (see `docs/evaluate.md`)."""

    name: str = ""
    # A proof or an empty place behind `:=` is cut off; what stands before goes to the header
    statement: str = ""
    header: str = ""
    informal: str = ""
    domain: str = ""
    split: str = ""
    completion: str = ""  # of a file of completions, not of problems


def table_files(folder: Path) -> list[Path]:
    """The tables of a data set, those in `data/` where there are any. Raises `DataError` for none."""
    files = sorted(p for p in folder.rglob("*") if p.is_file())
    files = [p for p in files if not any(part.startswith(".") for part in p.relative_to(folder).parts)]
    for inside in (folder / "data", folder):
        # Of a set with Parquet files, those in JSON say something about it
        for endings in ((".parquet",), (".jsonl", ".jsonl.gz"), (".json", ".json.gz")):
            if found := [p for p in files if p.name.endswith(endings) and p.is_relative_to(inside)]:
                return found
    raise DataError(f"{folder}: no Lean file, and no table in JSON Lines, JSON or Parquet")


def table_rows(path: Path) -> Iterator[tuple[int, Any]]:
    """Rows of JSON Lines, a JSON array or object of columns (all also in gzip) or Parquet, numbered from 1; by lines in JSON Lines.

    A line that is no JSON comes as the reason in words. Raises `DataError` for a file that cannot be read.
    """
    if path.suffix == ".parquet":
        yield from enumerate(read_parquet(path), 1)
        return
    if path.suffix.lower() in (".csv", ".tsv") and path.is_file():
        raise DataError(f"{path}: a table in text; give JSON Lines, a JSON array, Parquet or Lean files")
    with naming(path):
        data = _unpacked(path.read_bytes()).removeprefix(b"\xef\xbb\xbf")
    if data.lstrip()[:1] == b"[":
        rows: Any = None
        try:
            rows = json.loads(data)
        except UnicodeDecodeError:
            raise DataError(f"{path}: not UTF-8 text") from None
        except json.JSONDecodeError as error:
            if error.msg != "Extra data":  # more lines behind a first one in brackets
                raise DataError(f"{path}:{error.lineno}: not JSON: {error.msg}") from None
        except (ValueError, RecursionError):  # below, of its line
            pass
        if isinstance(rows, list) and any(isinstance(row, dict) for row in rows):
            yield from enumerate(rows, 1)
            return
    if table := _by_column(data):
        yield from enumerate(table, 1)
        return
    for number, line in enumerate(data.split(b"\n"), 1):
        if line.strip():
            yield number, _of_line(line)


def _by_column(data: bytes) -> list[dict[str, Any]]:
    """The rows of one JSON object with an equally long list for each of several columns, as `json.dump(ds.to_dict())` writes it."""
    if data.lstrip()[:1] != b"{":
        return []
    try:
        table = json.loads(data)
    except (ValueError, RecursionError):  # JSON Lines, or what `_of_line` names
        return []
    lists = list(table.values())
    if len(lists) < 2 or any(not isinstance(c, list) or len(c) != len(lists[0]) for c in lists):
        return []
    return [dict(zip(table, row, strict=True)) for row in zip(*lists, strict=True)]


def _unpacked(data: bytes) -> bytes:
    """A file's contents out of gzip, told by its first bytes. Raises `DataError` for a damaged one."""
    if not data.startswith(_GZIP):
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error):
        raise DataError("damaged gzip") from None


def _of_line(line: bytes) -> Any:
    try:
        return json.loads(line.decode("utf-8"))
    except UnicodeDecodeError:
        return "not UTF-8 text"
    except json.JSONDecodeError as error:
        return f"not JSON: {error.msg}"
    except (ValueError, RecursionError) as error:  # a number of thousands of digits, brackets in thousands
        return f"not JSON that can be read: {first_line(error)}"


def text_of(row: dict[str, Any], field: str, columns: Columns, required: bool = False) -> str:
    """A field's text: of the named column, else of the first usual name that the row has.

    Raises `DataError` for what is no text, and for none where it is `required`.
    """
    named = str(getattr(columns, field))
    candidates = (named,) if named else _USUAL[field]
    there = next((c for c in candidates if c in row), candidates[0])
    column = next((c for c in candidates if row.get(c) not in (None, "")), there)
    value = row.get(column)
    label = field in ("name", "split", "domain")
    if isinstance(value, float) and math.isnan(value):  # what pandas writes where there is none
        value = None
    if field == "domain" and (inside := _LISTED.fullmatch(str(value))):
        value = ", ".join(text for _, text in _QUOTED.findall(inside[1]))
    if isinstance(value, list):
        value = of_list(value, asked=field in ("statement", "header"))
    if isinstance(value, str) and (value.strip() or not required):
        if _SURROGATE.search(value):
            raise DataError(f"column `{column}` holds half a character (a lone surrogate)")
        return value
    if isinstance(value, (int, float)) and not isinstance(value, bool) and label:
        # whole numbers become floats in pandas where a row has none
        return str(int(value) if isinstance(value, float) and value.is_integer() else value)
    if value is None and not required:
        return ""
    absent = "is null" if column in row else "is missing"
    what = "is empty" if isinstance(value, str) else absent if value is None else "is not text"
    raise DataError(f"column `{column}` {what}; the row has {', '.join(row)}")


def names_in(row: dict[str, Any], named: str = "") -> list[str]:
    """What may name a row's problem: its column `named`, then its usual ones, the likeliest first."""
    found = []
    for column in filter(None, (named, *_USUAL["name"], "theorem", "custom_id")):
        try:
            found.append(text_of(row, "name", Columns(name=column)).strip())
        except DataError:  # not text
            continue
    return [name for name in found if name]


def of_list(value: list[Any], asked: bool) -> Any:
    """What a list says: the first message of a chat's user, or, of what Lean is asked, its lines.

    A list that says neither comes back as it is where Lean would be asked without it, else nothing does.
    """
    user = (m.get("content") for m in value if isinstance(m, dict) and m.get("role") == "user")
    if (said := next(user, None)) is not None or not asked or not value:
        return said
    return "\n".join(value) if all(isinstance(line, str) for line in value) else value
