"""The card of an insight data set."""

from __future__ import annotations

from physprover.records import Record

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
        return Recheck(
            records=self.records + other.records,
            proofs=self.proofs + other.proofs,
            sketches=self.sketches + other.sketches,
            labels=self.labels + other.labels,
            unsettled=self.unsettled + other.unsettled,
        )


# -- Card --

_CARD = """---
license: apache-2.0
language:
- en
tags:
- lean4
- theorem-proving
- physics
task_categories:
- text-generation
pretty_name: PhysLeanData insight
configs:
- config_name: default
  data_files:
{files}
---
# PhysLeanData: insight

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
    text = _CARD.format(
        files="\n".join(f"  - split: {split}\n    path: data/{split}.parquet" for split in splits) or "  []",
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
