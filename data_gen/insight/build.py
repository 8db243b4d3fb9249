"""Label the proofs of a data set, a data set of its own with its figures and card."""

from __future__ import annotations

import shutil
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

from data_gen.insight.label import label, sketch_holds
from data_gen.judging import Judging
from data_gen.stats import saved_figures
from physprover.dataset import SPLITS, card_front, load_theorems, write_parquet
from physprover.errors import DataError
from physprover.files import replacing, write_text
from physprover.insight.records import Insight, Missing, load_insights, write_insights
from physprover.insight.script import read_script
from physprover.insight.sketch import Sketch
from physprover.insight.techniques import Scope, drops
from physprover.lean.protocol import Pool
from physprover.progress import Progress
from physprover.records import Outcome, Record, Theorem

# -- What labelling did, and what asking Lean again found. --


class WordingStats(Record):
    """What asking a language model for the idea of each proof gave."""

    model: str
    written: int  # records with a wording
    problems: dict[str, int]  # why the others have none -> records
    tokens: int  # written by the model, those of useless answers too


class InsightStats(Record):
    """What a build of insight records did."""

    proofs: int
    complete: int
    by_split: dict[str, int]  # complete records
    missing: dict[str, int]  # stage -> theorems
    techniques: dict[str, int]  # name -> records that list it
    trivial_sketches: int  # proofs of a single step: their sketch is a bare hole
    shortened: int  # proofs that held something they do not need
    undecided: int  # labels Lean did not settle in time, left out
    checks: int  # asked of Lean in this process
    reused: int
    engine: str
    seconds: float  # of labelling in this process, Lean's start included
    wording: WordingStats | None = None  # None: no model was asked

    @property
    def coverage(self) -> float:
        """Share of proofs with a complete record."""
        return self.complete / max(1, self.proofs)


class Recheck(Record):
    """What asking again found wrong."""

    records: int
    proofs: tuple[str, ...] = ()  # records whose minimised proof Lean refuses
    sketches: tuple[str, ...] = ()  # … whose sketch does not elaborate
    labels: tuple[str, ...] = ()  # "name: constant" that the proof does without
    unsettled: int = 0  # questions Lean did not answer in time

    @property
    def clean(self) -> bool:
        return not (self.proofs or self.sketches or self.labels)

    def plus(self, other: Recheck) -> Recheck:
        """Both together."""
        return Recheck(**{name: getattr(self, name) + getattr(other, name) for name in Recheck.model_fields})


# -- The card of an insight data set. --

_CARD = """# PhysLeanData: insight

Physics theorems in Lean 4 with what their proofs teach: theorem → `techniques` → `sketch` → proof (`core`). No language model
wrote any label: each was derived from a proof the kernel accepted and checked by Lean ({engine}).

* `core`: the reference proof without the arguments, claims and steps that Lean does not miss; accepted by the kernel.
* `techniques`: theorem calls (`use`, `unfold`, `apply`), constructions (`witness`, `claim`, `obtain`, `suffices`, `define`,
  `generalise`) and transformations (`rewrite`, `simplify`, `cases`, `induction`, …, `decide`: reduction to a decision procedure).
  `evidence` says how it is known: `needed` (Lean refuses the proof without it), `sketch` (it stands in the sketch, which
  elaborates), `proof` (it stands in the accepted proof). Every listed theorem or definition is `needed`.
* `sketch`: `core` with its leaves replaced by `sorry`; it elaborates. {trivial} proofs are a single step and their sketch is a
  bare hole.

The test split is labelled too, for analysis; train on `train` only.

## Rows
{complete} of {proofs} proofs have a complete record ({coverage:.1%}); the others are in `missing.parquet`, with the reason.

| split | records |
|---|---|
{splits}

{shortened} proofs held something they do not need. {undecided} labels were not settled within the deadline and are not listed.

| technique | records that list it |
|---|---|
{techniques}
"""
_WORDING = """
## Informal wording: not checked
`unchecked_wording` (`model`, `text`, `problem`) holds what the language model `{model}` said when asked for the idea of a proof.
Neither Lean nor a person checked it, and it may be wrong. It is no label, no reward and no training target; every other column
is independent of it. {written} of {complete} records have one{lost}.
"""


def card(stats: InsightStats) -> str:
    """README.md of an insight data set."""
    splits = {split: rows for split, rows in stats.by_split.items() if rows}
    text = card_front("PhysLeanData insight", "apache-2.0", splits) + _CARD.format(
        engine=stats.engine or "not judged",
        trivial=stats.trivial_sketches,
        complete=stats.complete,
        proofs=stats.proofs,
        coverage=stats.coverage,
        splits="\n".join(f"| {split} | {rows} |" for split, rows in splits.items()),
        shortened=stats.shortened,
        undecided=stats.undecided,
        techniques="\n".join(f"| `{name}` | {rows} |" for name, rows in stats.techniques.items()),
    )
    return text + (_about(stats.wording, stats.complete) if stats.wording else "")


def _about(wording: WordingStats, complete: int) -> str:
    reasons = "; ".join(f"{count}: {problem}" for problem, count in wording.problems.items())
    return _WORDING.format(
        model=wording.model,
        written=wording.written,
        complete=complete,
        lost=f" (none for {reasons})" if reasons else "",
    )


# -- An insight data set from a built data set; the same call after a kill asks Lean only what is missing. --
#
# Also the pass that believes none of it: `recheck` asks Lean again for every sketch and for every proof without each label.

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

    Raises `DataError` when it holds no proof, or `out` something else than labels.
    """
    begin = time.monotonic()
    found = saved_figures(out)
    if out.resolve() == dataset.resolve() or (found is not None and "techniques" not in found):
        raise DataError(f"{out} holds another data set; choose another folder for the labels (--out)")
    theorems = [t for split in splits for t in load_theorems(dataset, split)[:limit] if t.proof is not None]
    if not theorems:
        raise DataError(f"{dataset}: no theorem with a proof to label")
    out.mkdir(parents=True, exist_ok=True)
    _remember(dataset / "verdicts.jsonl", out / "verdicts.jsonl")
    complete: list[Insight] = []
    missing: list[Missing] = []
    with (
        closing(Judging(pool, out / "verdicts.jsonl", seconds)) as judging,
        progress.stage("insight", len(theorems)) as stage,
    ):
        for start in range(0, len(theorems), _WAVE):
            rows, lost = label(theorems[start : start + _WAVE], judging, stage.advance)
            complete += rows
            missing += lost
            rate = min(start + _WAVE, len(theorems)) / max(time.monotonic() - begin, 1e-3)
            stage.advance(0, complete=len(complete), proofs_per_s=round(rate, 1))
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
    found = Recheck(records=0)
    with (
        closing(Judging(pool, path, seconds)) as judging,
        progress.stage("insight: check again", len(rows)) as stage,
    ):
        for start in range(0, len(rows), _WAVE):
            wave = rows[start : start + _WAVE]
            found = found.plus(_recheck(wave, judging))
            stage.advance(len(wave))
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
