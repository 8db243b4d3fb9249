"""The data set's card: what the Hugging Face hub shows, generated from the build's own figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from data_gen.stats import DatasetStats

_FRONT = """---
license: apache-2.0
language:
- en
tags:
- lean4
- theorem-proving
- physics
- synthetic
task_categories:
- text-generation
pretty_name: PhysLeanData ({library})
configs:
- config_name: default
  data_files:
{files}
---
"""

_BODY = """# PhysLeanData: {library}

Physics theorems in Lean 4 for training provers. Each row holds a `statement` (up to `:=`), the `header` that Lean reads before it and a
`proof` (after `:=`): header, statement, ` := ` and proof, in this order, are one Lean text. {engines}

Seeds are the theorems of the library; conjectures were made from train and validation seeds by symbolic rules (`rule`, `parents`).
Every proof in the set was accepted by Lean ({engine}). `closed_by` lists the single tactics that close the statement alone.
Splits are by source file; no test statement or proof stands in a header of train or validation (checked at every build).

## Rows
| split | seeds | conjectures | closed by no single tactic |
|---|---|---|---|
{splits}

## Funnel of the conjectures
{candidates} candidates, {kept} kept ({share:.0%}).

| stage | entered | passed |
|---|---|---|
{funnel}

What fell out is in `rejected.parquet` with the stage and the reason.

## By domain
| domain | train | validation | test |
|---|---|---|---|
{domains}

## Provenance
Library `{library}`, revision {revision}; generator: symbolic mutation, seed {seed}; configuration {config_hash}; {engine}.
{stopped}
"""


def card(stats: DatasetStats) -> str:
    """README.md of a built data set."""
    files = "\n".join(
        f"  - split: {s.split}\n    path: data/{s.split}.parquet" for s in stats.splits if s.rows
    )
    return _FRONT.format(library=stats.library, files=files or "  []") + _BODY.format(
        library=stats.library,
        engines="All of it needs only core Lean (`Init`)."
        if stats.core
        else "Headers import the library's packages.",
        engine=stats.engine or "not judged",
        splits="\n".join(
            f"| {s.split} | {s.seeds} | {s.conjectures} | {'not measured' if s.multi_step is None else s.multi_step} |"
            for s in stats.splits
        ),
        candidates=stats.candidates,
        kept=stats.kept,
        share=stats.kept / max(stats.candidates, 1),
        funnel="\n".join(f"| {c.stage} | {c.entered} | {c.passed} |" for c in stats.funnel),
        domains="\n".join(
            f"| {domain or '–'} | {n.get('train', 0)} | {n.get('validation', 0)} | {n.get('test', 0)} |"
            for domain, n in sorted(stats.domains.items())
        ),
        revision=stats.revision,
        seed=stats.seed,
        config_hash=stats.config_hash,
        stopped="The time limit ended the generation early." if stats.stopped_early else "",
    )
