"""`physprover data insight`: label the proofs of a data set, have a model word them, or check every label again."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.ask import open_pool

if TYPE_CHECKING:
    from pathlib import Path

    from data_gen.insight.card import InsightStats
    from physprover.config import EngineConfig, LLMConfig


def insight(dataset: Path, out: Path, engine: EngineConfig, limit: int | None) -> str:
    """Label `dataset` into `out`; returns the lines that say what came of it."""
    return _summary(_label(dataset, out, engine, limit), out)


def insight_in_words(
    dataset: Path, out: Path, engine: EngineConfig, limit: int | None, llm: LLMConfig
) -> str:
    """As `insight`; then a language model says the idea of each proof. Raises `ConfigError` before Lean is asked anything."""
    from data_gen.insight.wording import Wordings
    from physprover.app.display import Display

    wordings = Wordings(llm, out / "wording.jsonl")
    try:
        stats = wordings.add(out, _label(dataset, out, engine, limit), Display())
    finally:
        wordings.close()
    told = stats.wording
    assert told is not None  # `add` has counted them
    return (
        f"{_summary(stats, out)}\n{told.written} of {stats.complete} records have a wording by {told.model}, unchecked; "
        f"{told.tokens} tokens"
    )


def _label(dataset: Path, out: Path, engine: EngineConfig, limit: int | None) -> InsightStats:
    from data_gen.insight.build import build_insights
    from physprover.app.display import Display

    with open_pool(engine, progress=Display()) as pool:
        return build_insights(dataset, out, pool, engine.seconds, Display(), limit)


def _summary(stats: InsightStats, out: Path) -> str:
    lost = ", ".join(f"{count} without {stage}" for stage, count in stats.missing.items())
    rate = stats.proofs / max(stats.seconds, 1e-9)
    return (
        f"{stats.complete} of {stats.proofs} proofs have a complete record ({stats.coverage:.1%})"
        + (f"; {lost}, see {out / 'missing.parquet'}" if lost else "")
        + f"\n{stats.checks} checks in {stats.seconds:.1f} s, {rate:.1f} proofs/s; {stats.shortened} proofs made shorter, "
        f"{stats.trivial_sketches} sketches are a bare hole, {stats.undecided} labels left undecided"
    )


def check_again(out: Path, engine: EngineConfig, limit: int | None) -> int:
    """Ask Lean for every record again; prints what is wrong. Returns 0 when all is as recorded, else 1."""
    from data_gen.insight.build import recheck
    from physprover.app.display import Display

    with open_pool(engine, progress=Display()) as pool:
        found = recheck(out, pool, engine.seconds, Display(), limit)
    for kind, names in (
        ("proof refused", found.proofs),
        ("sketch", found.sketches),
        ("not needed", found.labels),
    ):
        for name in names:
            print(f"{kind}  {name}")
    print(
        f"{found.records} records checked again: {len(found.proofs)} proofs refused, {len(found.sketches)} sketches that do "
        f"not elaborate, {len(found.labels)} labels that are not needed; {found.unsettled} questions not settled in time"
    )
    return 0 if found.clean else 1
