"""An insight data set from a built data set; the same call after a kill asks Lean only what is missing.

Also the pass that believes none of it: `recheck` asks Lean again for every sketch and for every proof without each label.
"""

from __future__ import annotations

import shutil
import time
from collections import Counter
from typing import TYPE_CHECKING

from data_gen.insight.card import InsightStats, Recheck, card
from data_gen.insight.label import label, sketch_holds
from data_gen.judging import Judging
from physprover.dataset import SPLITS, load_theorems, write_parquet
from physprover.errors import DataError
from physprover.files import replacing, write_text
from physprover.insight.records import Insight, Missing, load_insights, write_insights
from physprover.insight.script import read_script
from physprover.insight.sketch import Sketch
from physprover.insight.techniques import Scope, drops
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from physprover.lean.protocol import Pool
    from physprover.progress import Progress
    from physprover.records import Theorem

_WAVE = 256  # theorems labelled together


def build_insights(
    dataset: Path,
    out: Path,
    pool: Pool,
    seconds: float,
    progress: Progress,
    limit: int | None = None,
    splits: Sequence[str] = SPLITS,
) -> InsightStats:
    """Label the proofs of `splits` (the first `limit` of each) of the data set at `dataset` and write `out`.

    Raises `DataError` when it holds no proof.
    """
    begin = time.monotonic()
    theorems = [t for split in splits for t in load_theorems(dataset, split)[:limit] if t.proof is not None]
    if not theorems:
        raise DataError(f"{dataset}: no theorem with a proof to label")
    out.mkdir(parents=True, exist_ok=True)
    _remember(dataset / "verdicts.jsonl", out / "verdicts.jsonl")
    judging = Judging(pool, out / "verdicts.jsonl", seconds)
    complete: list[Insight] = []
    missing: list[Missing] = []
    try:
        with progress.stage("insight", len(theorems)) as stage:
            for start in range(0, len(theorems), _WAVE):
                rows, lost = label(theorems[start : start + _WAVE], judging, stage.advance)
                complete += rows
                missing += lost
                rate = (start + _WAVE) / max(time.monotonic() - begin, 1e-3)
                stage.advance(0, complete=len(complete), proofs_per_s=round(rate, 1))
    finally:
        judging.close()
    stats = _stats(theorems, complete, missing, judging, time.monotonic() - begin)
    _write(out, complete, missing, stats)
    return stats


def _remember(source: Path, target: Path) -> None:
    """Begin with what Lean said when the data set was built: the same text in the same context is not asked twice."""
    if source.exists() and not target.exists():
        with replacing(target) as draft:
            shutil.copyfile(source, draft)


def recheck(out: Path, pool: Pool, seconds: float, progress: Progress, limit: int | None = None) -> Recheck:
    """Ask Lean everything again, reusing no earlier answer; the first `limit` records of each split."""
    present = [split for split in SPLITS if (out / "data" / f"{split}.parquet").exists()]
    rows = [row for split in present for row in load_insights(out, split)[:limit]]
    if not rows:
        raise DataError(f"{out}: no insight records to check again")
    path = out / "recheck.jsonl"
    path.unlink(missing_ok=True)
    judging = Judging(pool, path, seconds)
    try:
        with progress.stage("insight: check again", len(rows)) as stage:
            found = Recheck(records=0)
            for start in range(0, len(rows), _WAVE):
                wave = rows[start : start + _WAVE]
                found = found.plus(_recheck(wave, judging))
                stage.advance(len(wave))
    finally:
        judging.close()
    return found


def _recheck(rows: Sequence[Insight], judging: Judging) -> Recheck:
    questions: dict[str, tuple[Theorem, str]] = {}
    labels: dict[str, str] = {}  # question -> what it shows when it is accepted
    for row in rows:
        name, script = row.theorem.name, read_script(row.core)
        questions |= {f"{name} proof": (row.theorem, row.core), f"{name} sketch": (row.theorem, row.sketch)}
        for number, drop in enumerate(drops(script, Scope(row.theorem.header, row.theorem.statement))):
            questions[f"{name} {number}"] = (row.theorem, drop.text)
            labels[f"{name} {number}"] = f"{name}: {script.text[drop.at : drop.until]}"
    answers = judging.ask(questions)
    return Recheck(
        records=len(rows),
        proofs=tuple(r.theorem.name for r in rows if not answers[f"{r.theorem.name} proof"].proved),
        sketches=tuple(r.theorem.name for r in rows if not sketch_holds(answers[f"{r.theorem.name} sketch"])),
        labels=tuple(label for question, label in labels.items() if answers[question].proved),
        unsettled=sum(
            answers[question].outcome not in (Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED)
            for question in questions
        ),
    )


def _stats(
    theorems: Sequence[Theorem],
    rows: Sequence[Insight],
    lost: Sequence[Missing],
    judging: Judging,
    seconds: float,
) -> InsightStats:
    return InsightStats(
        proofs=len(theorems),
        complete=len(rows),
        by_split={split: sum(row.theorem.split == split for row in rows) for split in SPLITS},
        missing=dict(Counter(row.stage for row in lost)),
        techniques=dict(
            Counter(name for row in rows for name in sorted({t.name for t in row.techniques})).most_common()
        ),
        trivial_sketches=sum(Sketch(row.sketch).trivial for row in rows),
        shortened=sum(bool(row.core != read_script(row.theorem.proof or "").text) for row in rows),
        undecided=sum(row.undecided for row in rows),
        checks=judging.asked,
        reused=judging.reused,
        engine=judging.engine,
        seconds=round(seconds, 1),
    )


def _write(out: Path, rows: Sequence[Insight], lost: Sequence[Missing], stats: InsightStats) -> None:
    import pyarrow as pa

    schema = pa.schema([(name, pa.string()) for name in Missing.model_fields])
    write_parquet(out / "missing.parquet", [row.model_dump() for row in lost], schema)
    for split in SPLITS:
        write_insights(out / "data" / f"{split}.parquet", [row for row in rows if row.theorem.split == split])
    write_summary(out, stats)  # last: its presence says complete


def write_summary(out: Path, stats: InsightStats) -> None:
    """Write the card and stats.json of an insight data set."""
    write_text(out / "README.md", card(stats))
    write_text(out / "stats.json", stats.model_dump_json(indent=1) + "\n")
