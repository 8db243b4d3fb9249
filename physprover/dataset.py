"""A data set on disk: one parquet file for each split and a card, as `datasets.load_dataset(folder)` expects it.

data/train.parquet, data/validation.parquet, data/test.parquet    one `Theorem` a row
rejected.parquet                                                  candidates that fell out, with the reason
stats.json, README.md
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError

from physprover.config import RunConfig
from physprover.errors import DataError, first_line
from physprover.files import replacing, write_text
from physprover.records import R, Theorem, first_problem
from physprover.resources import resolve

if TYPE_CHECKING:
    import pyarrow as pa


SPLITS = ("train", "validation", "test")


def split_named(name: str) -> str:
    """A split's name as given. Raises `DataError` for one that no data set has."""
    if name not in SPLITS:
        raise DataError(f"no split is called `{name}`; there are: {', '.join(SPLITS)}")
    return name


def load_theorems(path: Path | str, split: str) -> list[Theorem]:
    """Theorems of one split of a data set folder. Raises `DataError` for a missing, foreign or empty data set.

    Only the validation split may be empty.
    """
    theorems = load_split(path, split)
    if not theorems and split != "validation":
        raise DataError(f"{path}: the split `{split}` is empty")
    return theorems


def load_split(path: Path | str, split: str) -> list[Theorem]:
    """Theorems of one split, which may hold none. Raises `DataError` for a missing or foreign data set."""
    path = Path(path)
    file = path / "data" / f"{split}.parquet"
    if not file.exists():
        known = sorted(p.stem for p in (path / "data").glob("*.parquet"))
        have = f"it has {', '.join(known)}" if known else "build one with `physprover data build`"
        raise DataError(f"{path}: no data set with a split `{split}`; {have}")
    rows = read_parquet(file)
    if rows and "sketch" in rows[0]:
        raise DataError(
            f"{path}: an insight data set; name the data set that it was made from (`data show` reads both)"
        )
    return as_records(Theorem, rows, file)


def read_parquet(file: Path) -> list[dict[str, Any]]:
    """The rows of a parquet file. Raises `DataError` for one that cannot be read."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        rows: list[dict[str, Any]] = pq.read_table(file).to_pylist()
    except FileNotFoundError:
        raise DataError(f"{file}: no such file") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{file}: {first_line(error)}") from None
    return rows


def as_records(kind: type[R], rows: Iterable[Mapping[str, Any]], file: Path) -> list[R]:
    """Rows of `file` as records. Raises `DataError` naming the column that does not fit."""
    try:
        return [kind.model_validate(row) for row in rows]
    except ValidationError as error:
        column, what = first_problem(error)
        raise DataError(f"{file}: column `{column}`: {what}") from None


def data_path(config: RunConfig, run: Path) -> Path:
    """The data set that a run in the folder `run` uses: the configured one, else its own. Raises `DataError` where it is missing."""
    return resolve(config.data.dataset) if config.data.dataset else run / "data"


def load_by_name(path: Path) -> dict[str, Theorem]:
    """Theorems of all splits by their names, which a data set has once each. Raises what `load_split` raises."""
    return {theorem.name: theorem for split in SPLITS for theorem in load_split(path, split)}


def write_dataset(out: Path, theorems: Iterable[Theorem], card: str) -> dict[str, int]:
    """Write the splits and the card; returns rows per split. Each file is replaced atomically.

    Raises `DataError` when a theorem has no split, two share a name, or the disk is full.
    """
    rows: dict[str, list[Theorem]] = {split: [] for split in SPLITS}
    names: set[str] = set()
    for theorem in theorems:
        if theorem.split not in rows:
            raise DataError(f"{theorem.name}: has no split")
        if theorem.name in names:
            raise DataError(f"{theorem.name}: two theorems of the data set have this name")
        names.add(theorem.name)
        rows[theorem.split].append(theorem)
    for split, members in rows.items():
        write_parquet(out / "data" / f"{split}.parquet", [t.model_dump() for t in members], theorem_schema())
    write_text(out / "README.md", card)
    return {split: len(members) for split, members in rows.items()}


_FRONT = """---
license: {licence}
language:
- en
tags:
{tags}
task_categories:
- text-generation
pretty_name: {name}
configs:
- config_name: default
  data_files:
{files}
---
"""


def card_front(name: str, licence: str, splits: Iterable[str], tags: Sequence[str] = ()) -> str:
    """The YAML front matter of a data set's card; `splits` are those that have rows."""
    files = "\n".join(f"  - split: {split}\n    path: data/{split}.parquet" for split in splits)
    shown = "\n".join(f"- {tag}" for tag in ("lean4", "theorem-proving", "physics", *tags))
    return _FRONT.format(name=name, licence=licence, tags=shown, files=files or "  []")


def theorem_schema() -> pa.Schema:
    """Arrow types of `Theorem`, in field order."""
    import pyarrow as pa

    text, texts = pa.string(), pa.list_(pa.string())
    source = pa.struct([("file", text), ("line", pa.int32()), ("revision", text)])
    special = dict.fromkeys(("premises", "lemmas", "parents", "closed_by"), texts)
    special |= {"source": source, "level": pa.int32(), "lemmas_proved": pa.bool_()}
    return pa.schema([(n, special.get(n, text)) for n in Theorem.model_fields])


def write_parquet(path: Path, rows: Sequence[Mapping[str, Any]], schema: pa.Schema) -> None:
    """Write rows to a parquet file whose bytes depend on the rows alone; atomic."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    columns = [pa.array([row[field.name] for row in rows], field.type) for field in schema]
    table = pa.Table.from_arrays(columns, schema=schema)
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd")
