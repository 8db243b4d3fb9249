"""What a build reports: `stats.json`, the card and the run's report read it."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from pydantic import Field

from physprover.dataset import SPLITS
from physprover.records import Record, Theorem


class SplitCount(Record):
    """Rows of one split."""

    split: str
    rows: int
    seeds: int
    conjectures: int
    multi_step: int | None  # closed by no single tactic of the portfolio; None where some were not measured


class DatasetStats(Record):
    """Figures of one build: the same for the same contents. What it cost is in `BuildTimes`."""

    schema_version: int = 2
    library: str
    revision: str  # hash of the library's sources
    commit: str  # of the library's own git checkout; "" where it has none
    licence: str
    engine: str  # name and version of the Lean that judged
    core: bool  # nothing in the set needs more than `Init`
    seed: int
    config_hash: str
    generators: tuple[str, ...]
    context: str  # form of the headers
    split_by: str
    splits: tuple[SplitCount, ...]
    domains: dict[str, dict[str, int]]  # domain -> split -> rows
    levels: dict[str, dict[str, int]]  # difficulty level -> split -> rows
    rules: dict[str, int]  # generator rule -> kept conjectures
    candidates: int
    kept: int
    rejected: dict[str, int]  # stage -> rows of the side table
    seeds_left_out: dict[str, int] = Field(default_factory=dict)  # stage -> those of them that are seeds
    funnel: tuple[StageCount, ...]
    held_out: int  # theorems of validation and test
    leaking: int  # of them, those that can be read in a lower split
    leaking_proofs: int
    twins: int  # held-out theorems whose words are also those of one in a lower split
    benchmarks: dict[str, int]  # held against the candidates -> statements in it
    contaminating: int  # candidates that repeated one
    rounds: int
    stopped_early: bool  # max_seconds ended the generation
    problems: tuple[str, ...] = ()  # files and declarations that could not be read


class BuildTimes(Record):
    """What one process spent on a build; `timings.json`."""

    seconds: float
    stages: dict[str, float]  # funnel stage -> seconds
    checks: int  # questions Lean answered
    reused: int  # answers taken over from the journal of an earlier process


def split_counts(theorems: Sequence[Theorem]) -> tuple[SplitCount, ...]:
    """Rows by split."""
    counts = []
    for split in SPLITS:
        rows = [t for t in theorems if t.split == split]
        seeds = sum(t.origin == "seed" for t in rows)
        unknown = any(t.closed_by is None for t in rows)
        multi = None if unknown else sum(t.closed_by == () for t in rows)
        counts.append(
            SplitCount(
                split=split, rows=len(rows), seeds=seeds, conjectures=len(rows) - seeds, multi_step=multi
            )
        )
    return tuple(counts)


def by_split(theorems: Sequence[Theorem], group: Callable[[Theorem], str]) -> dict[str, dict[str, int]]:
    """Rows by group and split."""
    table: dict[str, dict[str, int]] = {}
    for (name, split), count in sorted(Counter((group(t), t.split) for t in theorems).items()):
        table.setdefault(name, {})[split] = count
    return table


def level_of(theorem: Theorem) -> str:
    """The difficulty level as a table names it."""
    return "not measured" if theorem.level is None else str(theorem.level)


# -- The side table: rows that are not in the data set, each with the stage it fell at and the reason. --


class Rejected(Record):
    """A row of the side table: a candidate (or seed) that is not in the data set, and why."""

    name: str
    statement: str
    domain: str
    split: str
    origin: str
    rule: str
    parents: tuple[str, ...]
    stage: (
        str  # the first stage it did not pass; "seed" for a seed, "refuted" where its negation took its place
    )
    reason: str
    closed_by: tuple[str, ...] | None = None


class StageCount(Record):
    """One line of the funnel."""

    stage: str
    entered: int = 0
    passed: int = 0


def saved_figures(folder: Path) -> dict[str, Any] | None:
    """`stats.json` of whatever a folder holds, also of an earlier version; {} where it cannot be read, None where there is none."""
    file = folder / "stats.json"
    if not file.exists():
        return None
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (ValueError, OSError):
        return {}
    return found if isinstance(found, dict) else {}


def rejected(theorem: Theorem, stage: str, reason: str) -> Rejected:
    """The side-table row of a theorem that fell out."""
    return Rejected(
        name=theorem.name,
        statement=theorem.statement,
        domain=theorem.domain,
        split=theorem.split,
        origin=theorem.origin,
        rule=theorem.rule,
        parents=theorem.parents,
        closed_by=theorem.closed_by,
        stage=stage,
        reason=one_line(reason),
    )


def one_line(reason: str) -> str:
    """A reason as a side table keeps it: one line, 300 characters at most."""
    return " ".join(reason.split())[:300]
