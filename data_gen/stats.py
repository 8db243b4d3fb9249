"""What a build reports: `stats.json`, the card and the run's report read it."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from data_gen.funnel import Rejected, StageCount
from data_gen.splits import SPLITS
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.records import Theorem


class SplitCount(Record):
    """Rows of one split."""

    split: str
    rows: int
    seeds: int
    conjectures: int
    multi_step: int | None  # closed by no single tactic of the portfolio; None where some were not measured


class DatasetStats(Record):
    """Figures of one build."""

    schema_version: int = 1
    library: str
    revision: str
    engine: str  # name and version of the Lean that judged
    core: bool  # nothing in the set needs more than `Init`
    seed: int
    config_hash: str
    splits: tuple[SplitCount, ...]
    domains: dict[str, dict[str, int]]  # domain -> split -> rows
    rules: dict[str, int]  # generator rule -> kept conjectures
    candidates: int
    kept: int
    rejected: dict[str, int]  # stage -> rows of the side table
    funnel: tuple[StageCount, ...]
    checks: int  # questions Lean answered in this process
    reused: int  # answers taken over from an interrupted build
    rounds: int
    stopped_early: bool  # max_seconds ended the generation
    seconds: float
    problems: tuple[str, ...] = ()  # files and declarations that could not be read


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


def domain_counts(theorems: Sequence[Theorem]) -> dict[str, dict[str, int]]:
    """Rows by domain and split."""
    table: dict[str, dict[str, int]] = {}
    for (domain, split), count in sorted(Counter((t.domain, t.split) for t in theorems).items()):
        table.setdefault(domain, {})[split] = count
    return table


def rule_counts(theorems: Sequence[Theorem]) -> dict[str, int]:
    """Kept conjectures by generator rule, most frequent first."""
    return dict(Counter(t.rule for t in theorems if t.origin == "conjecture").most_common())


def rejected_counts(rows: Sequence[Rejected]) -> dict[str, int]:
    """Rejected rows by stage."""
    return dict(Counter(row.stage for row in rows).most_common())
