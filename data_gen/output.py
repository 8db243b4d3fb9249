"""What a build leaves on disk beside its journals.

data/*.parquet, rejected.parquet     rows kept and rows rejected
leaks.json, contamination.json       what was searched for, and what was found
README.md, funnel.svg                the card
stats.json                           figures; the same for the same contents, and written last: its presence says complete
timings.json                         what it cost this time
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from data_gen.card import card, funnel_svg, licence
from data_gen.stats import (
    BuildTimes,
    DatasetStats,
    Rejected,
    domain_counts,
    level_counts,
    rejected_counts,
    rule_counts,
    split_counts,
)
from physprover.dataset import write_dataset, write_parquet
from physprover.files import write_text

if TYPE_CHECKING:
    from pathlib import Path

    import pyarrow as pa

    from data_gen.contamination import Contamination
    from data_gen.funnel import Funnel
    from data_gen.judging import Judging
    from data_gen.leaks import LeakReport
    from data_gen.library import Library
    from physprover.config import RunConfig
    from physprover.records import Theorem


@dataclass(frozen=True)
class Build:
    """Everything a build found."""

    theorems: tuple[Theorem, ...]
    rejected: tuple[Rejected, ...]
    leaks: LeakReport
    contamination: Contamination
    rounds: int
    stopped_early: bool
    problems: tuple[str, ...]
    seconds: float


def write(
    out: Path, build: Build, config: RunConfig, library: Library, funnel: Funnel, judging: Judging
) -> DatasetStats:
    """Write everything, `stats.json` last; each file is replaced atomically. Raises `DataError` when the disk is full."""
    stats = _stats(build, config, library, funnel, judging)
    write_parquet(out / "rejected.parquet", [row.model_dump() for row in build.rejected], _rejected_schema())
    write_dataset(out, build.theorems, card(stats))
    write_text(out / "funnel.svg", funnel_svg(stats.funnel))
    write_text(out / "leaks.json", build.leaks.model_dump_json(indent=1) + "\n")
    write_text(out / "contamination.json", build.contamination.model_dump_json(indent=1) + "\n")
    times = BuildTimes(
        seconds=round(build.seconds, 1),
        stages={stage: round(seconds, 1) for stage, seconds in funnel.seconds.items()},
        checks=judging.asked,
        reused=judging.reused,
    )
    write_text(out / "timings.json", times.model_dump_json(indent=1) + "\n")
    write_text(out / "stats.json", stats.model_dump_json(indent=1) + "\n")
    return stats


def _stats(
    build: Build, config: RunConfig, library: Library, funnel: Funnel, judging: Judging
) -> DatasetStats:
    theorems = build.theorems
    return DatasetStats(
        library=library.root.name,
        revision=library.revision,
        commit=library.commit,
        licence=licence(library.root),
        engine=judging.engine,
        core=all(t.engine == "core" for t in theorems),
        seed=config.seed,
        config_hash=_config_hash(config),
        generators=config.data.generators,
        context=config.data.context,
        split_by=config.data.split,
        splits=split_counts(theorems),
        domains=domain_counts(theorems),
        levels=level_counts(theorems),
        rules=rule_counts(theorems),
        candidates=funnel.counts()[0].entered,
        kept=sum(t.origin == "conjecture" for t in theorems),
        rejected=rejected_counts(build.rejected),
        funnel=funnel.counts(),
        held_out=build.leaks.held_out,
        leaking=build.leaks.leaking,
        leaking_proofs=build.leaks.proofs,
        twins=build.leaks.twins,
        benchmarks={source.name: source.statements for source in build.contamination.sources},
        contaminating=len(build.contamination.hits),
        rounds=build.rounds,
        stopped_early=build.stopped_early,
        problems=build.problems,
    )


def _rejected_schema() -> pa.Schema:
    import pyarrow as pa

    lists = {"parents", "closed_by"}
    return pa.schema(
        [(n, pa.list_(pa.string()) if n in lists else pa.string()) for n in Rejected.model_fields]
    )


def _config_hash(config: RunConfig) -> str:
    """Hash of what decides the contents: the data section and the seed."""
    tree: dict[str, Any] = {"data": config.data.model_dump(exclude={"max_seconds"}), "seed": config.seed}
    return hashlib.sha256(json.dumps(tree, sort_keys=True).encode()).hexdigest()[:12]
