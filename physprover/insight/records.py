"""Insight records and their data set: theorem → techniques → sketch → proof, each part checked by Lean.

data/<split>.parquet    one `Insight` a row, the theorem's own columns first
missing.parquet         theorems without a complete record, each with the reason
stats.json, README.md
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from physprover.dataset import as_records, read_parquet, theorem_schema, write_parquet
from physprover.errors import DataError
from physprover.insight.techniques import Technique
from physprover.records import Record, Theorem

if TYPE_CHECKING:
    import pyarrow as pa

_OWN = ("techniques", "sketch", "holes", "core", "dropped", "undecided")
_WORDING = "unchecked_wording"  # a column that sets made before it do not have


class Wording(Record):
    """What a language model says about a proof. Nothing checked it: no label, no reward and no training target."""

    model: str  # as the endpoint names it
    text: str = ""  # "" where the model gave none
    problem: str = ""  # why there is none


class Insight(Record):
    """What a theorem's proof teaches."""

    theorem: Theorem
    techniques: tuple[Technique, ...]
    sketch: str  # `core` with its leaves replaced by `sorry`; elaborates
    holes: int  # of the sketch
    core: str  # the reference proof without what it does not need; accepted by Lean
    dropped: tuple[str, ...] = ()  # what the reference proof holds beyond `core`
    undecided: int = 0  # labels Lean did not settle within the deadline; they are not listed
    unchecked_wording: Wording | None = None  # None: no model was asked


class Missing(Record):
    """A row of the side table: a theorem without a complete record, and why."""

    name: str
    split: str
    domain: str
    statement: str
    stage: Literal["proof", "techniques", "sketch"]  # the first part that is missing
    reason: str


def write_insights(path: Path, rows: Iterable[Insight]) -> None:
    """Write one split; atomic, and the same rows give the same bytes."""
    flat = [{**row.theorem.model_dump(), **row.model_dump(include={*_OWN, _WORDING})} for row in rows]
    write_parquet(path, flat, _schema())


def load_insights(path: Path, split: str) -> list[Insight]:
    """Records of one split of an insight data set. Raises `DataError` for a missing or foreign one."""
    file = path / "data" / f"{split}.parquet"
    if not file.exists():
        raise DataError(
            f"{path}: no insight data set with a split `{split}`; make one with `physprover data insight`"
        )
    try:
        rows = [
            {
                **{key: row[key] for key in _OWN},
                _WORDING: row.get(_WORDING),
                "theorem": {k: v for k, v in row.items() if k not in (*_OWN, _WORDING)},
            }
            for row in read_parquet(file)
        ]
    except KeyError as error:
        raise DataError(f"{file}: not an insight data set: no column {error}") from None
    return as_records(Insight, rows, file)


def _schema() -> pa.Schema:
    import pyarrow as pa

    text, technique = pa.string(), pa.struct([(name, pa.string()) for name in Technique.model_fields])
    own = [
        ("techniques", pa.list_(technique)),
        ("sketch", text),
        ("holes", pa.int32()),
        ("core", text),
        ("dropped", pa.list_(text)),
        ("undecided", pa.int32()),
        (_WORDING, pa.struct([(name, text) for name in Wording.model_fields])),
    ]
    return pa.schema([*theorem_schema(), *own])
