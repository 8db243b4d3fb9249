"""What a build leaves on disk beside its journals.

data/*.parquet, rejected.parquet     rows kept and rows rejected
leaks.json, contamination.json       what was searched for, and what was found
README.md, funnel.svg                the card
stats.json                           figures; the same for the same contents, and written last: its presence says complete
timings.json                         what it cost this time
"""

from __future__ import annotations

import hashlib
import io
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from data_gen.contamination import Contamination, LeakReport
from data_gen.funnel import Funnel
from data_gen.judging import Judging
from data_gen.library import Library
from data_gen.stats import (
    BuildTimes,
    DatasetStats,
    Rejected,
    StageCount,
    by_split,
    level_of,
    saved_figures,
    split_counts,
)
from physprover.config import RunConfig
from physprover.dataset import card_front, write_dataset, write_parquet
from physprover.errors import DataError
from physprover.files import write_text
from physprover.records import Theorem

if TYPE_CHECKING:
    import pyarrow as pa


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


def refuse_other(out: Path, config: RunConfig, library: Library) -> list[str]:
    """What is to be said before the rows in `out` are replaced.

    Raises `DataError` where they were made with another seed or other settings, or are no rows of a build.
    """
    found = saved_figures(out)
    if found is None:
        return []
    if "config_hash" not in found:
        raise DataError(
            f"{out} holds something else than the result of `data build`; choose another folder (--out)"
        )
    if found["config_hash"] != _config_hash(config):
        known = {
            "seed": (found["seed"], config.seed),
            "data.generators": (found["generators"], list(config.data.generators)),
            "data.context": (found["context"], config.data.context),
            "data.split": (found["split_by"], config.data.split),
        }
        named = [f"`{key}` was {was!r}, now {now!r}" for key, (was, now) in known.items() if was != now]
        raise DataError(
            f"{out} holds a data set of another configuration: {'; '.join(named) or 'other settings of [data]'}; choose "
            "another folder (--out) or remove it"
        )
    if found["revision"] == library.revision:
        return []
    return [f"the library has changed: this replaces the rows in {out}, of its revision {found['revision']}"]


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
        domains=by_split(theorems, lambda t: t.domain),
        levels=by_split(theorems, level_of),
        rules=dict(Counter(t.rule for t in theorems if t.origin == "conjecture").most_common()),
        candidates=funnel.counts()[0].entered,
        kept=sum(t.origin == "conjecture" for t in theorems),
        rejected=dict(Counter(row.stage for row in build.rejected).most_common()),
        seeds_left_out=dict(
            Counter(row.stage for row in build.rejected if row.origin == "seed").most_common()
        ),
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


# -- The data set's card: what the Hugging Face hub shows, generated from the build's own figures. --

_BODY = """# PhysLeanData: {library}

{headers}

Theorems in Lean 4 for training provers. Each row holds a `statement` (up to `:=`), the `header` that Lean reads before it and a
`proof` (after `:=`; one that begins with `|` or `where` follows the statement without `:=`). {engines}

    from datasets import load_dataset
    row = load_dataset("parquet", data_files="data/{example}.parquet")["train"][0]
    # one JSON object a line, `name`, `header`, `statement`, `proof` and `lemmas_proved` among its keys, is what
    # `physprover verify --jsonl FILE` judges; the text of a Lean file is header + statement + " := " + proof, in which a
    # header's theorems with `sorry` are open theorems of that file

Seeds are the theorems of the library; conjectures were made from train and validation seeds (`rule`, `parents`; a rule that begins with
`not-` is the proved negation of one). Every proof in the set was accepted by Lean ({engine}). `closed_by` lists the single tactics
that close the statement alone, `satisfied_by` values at which its hypotheses hold, `level` is its difficulty: 0 one such tactic, 1 one step, 2 two or three, 3 four to seven or a case split,
4 longer.

{split}

## Rows
| split | seeds | conjectures | closed by no single tactic |
|---|---|---|---|
{splits}

{left_out}

| level | train | validation | test |
|---|---|---|---|
{levels}

## Funnel of the conjectures
{candidates} candidates, {kept} kept ({share:.0%}).

![Funnel](funnel.svg)

| stage | entered | passed |
|---|---|---|
{funnel}

What fell out is in `rejected.parquet` with the stage and the reason. Held against every candidate: {benchmarks}; {contaminating} repeated
one of these and fell (`contamination.json`).

## By domain
| domain | train | validation | test |
|---|---|---|---|
{domains}

## Provenance
Library `{library}`, revision {revision}{commit}, licence {licence}; generators: {generators}; headers: {context}; seed {seed};
configuration {config_hash}; {engine}.
{stopped}
"""


_HEADERS = {
    "raw": "**What headers hold:** the file above the theorem as it was written, with the proofs of earlier theorems.",
    "stripped": "**What headers hold:** the file above the theorem without comments, with the proofs of earlier theorems.",
    "sorry": "**What headers hold:** the file above the theorem, with `sorry` for the proofs of earlier theorems, each of which is\n"
    "a row of its own and was accepted by Lean (`lemmas_proved`). A plain Lean therefore warns of `sorry` in a header. Behind a `sorry` of the\n"
    "library's own the proofs stand in full. What only reports (`example`, `#eval`) is left out.",
}


def card(stats: DatasetStats) -> str:
    """README.md of a built data set."""
    splits = [s.split for s in stats.splits if s.rows]
    front = card_front(f"PhysLeanData ({stats.library})", stats.licence, splits, ["synthetic"])
    return front + _BODY.format(
        example=splits[-1] if splits else "test",
        library=stats.library,
        licence=stats.licence,
        engines="All of it needs only core Lean (`Init`)."
        if stats.core
        else "Headers import the library's packages.",
        engine=stats.engine or "not judged",
        headers=_HEADERS[stats.context],
        split=_split(stats),
        splits="\n".join(
            f"| {s.split} | {s.seeds} | {s.conjectures} | {'not measured' if s.multi_step is None else s.multi_step} |"
            for s in stats.splits
        ),
        left_out=_left_out(stats),
        levels=_by_split(stats.levels),
        candidates=stats.candidates,
        kept=stats.kept,
        share=stats.kept / max(stats.candidates, 1),
        funnel="\n".join(f"| {c.stage} | {c.entered} | {c.passed} |" for c in stats.funnel),
        benchmarks=", ".join(f"{name} ({n} statements)" for name, n in stats.benchmarks.items()),
        contaminating=stats.contaminating,
        domains=_by_split(stats.domains),
        revision=stats.revision,
        commit=f" (commit {stats.commit})" if stats.commit else "",
        generators=", ".join(stats.generators) or "none",
        context=stats.context,
        seed=stats.seed,
        config_hash=stats.config_hash,
        stopped="The time limit ended the generation early." if stats.stopped_early else "",
    )


_REASONS = {
    "seed": "Lean refuses their own proof, or one that they rest on",
    "uncontaminated": "a benchmark states them",
}


def _left_out(stats: DatasetStats) -> str:
    lines = ["No seed was left out."]
    if stats.seeds_left_out:
        reasons = ", ".join(f"{count} ({_REASONS[stage]})" for stage, count in stats.seeds_left_out.items())
        lines = [f"Seeds left out: {reasons}; see `rejected.parquet`."]
    if stats.problems:
        lines += ["", "Noted when the library was read:", "", *(f"* {problem}" for problem in stats.problems)]
    return "\n".join(lines)


def _split(stats: DatasetStats) -> str:
    if stats.split_by == "file":
        return (
            "Splits are by source file; no test statement or proof stands in a header of train or validation\n"
            f"(searched at every build), and {stats.twins} held-out theorems have a twin of the same words there (`leaks.json`)."
        )
    return (
        f"Splits are by lemma, as in the paper, so neighbours of test lemmas are in train: {stats.leaking} of {stats.held_out}\n"
        f"held-out theorems can be read in headers of a lower split, {stats.leaking_proofs} of them with their proof (`leaks.json`)."
    )


def _by_split(table: dict[str, dict[str, int]]) -> str:
    return "\n".join(
        f"| {name or '–'} | {n.get('train', 0)} | {n.get('validation', 0)} | {n.get('test', 0)} |"
        for name, n in sorted(table.items())
    )


# -- The funnel as a picture for the card. --


def funnel_svg(stages: Sequence[StageCount]) -> str:
    """A self-contained SVG, the same bytes for the same counts: what entered each stage, pale, and what passed it, dark."""
    import matplotlib
    from matplotlib.figure import Figure

    names = [stage.stage for stage in stages]
    out = io.StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "", "font.family": "sans-serif"})
        figure = Figure(figsize=(10, 0.36 * len(stages) + 0.3), layout="constrained")
        axes = figure.add_subplot(frameon=False)
        axes.barh(names, [stage.entered for stage in stages], color="#c9d7e8")
        axes.barh(names, [stage.passed for stage in stages], color="#2f6299")
        for place, stage in enumerate(stages):
            axes.annotate(
                f"{stage.passed} of {stage.entered}",
                (stage.entered, place),
                (6, 0),
                textcoords="offset points",
                va="center",
            )
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.tick_params(length=0)
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return out.getvalue()


# -- The licence a library's text is under, as its LICENSE file says. --

_MARKS = {
    "Apache License": "apache-2.0",
    "MIT License": "mit",
    "BSD 3-Clause": "bsd-3-clause",
    "BSD 2-Clause": "bsd-2-clause",
    "GNU GENERAL PUBLIC LICENSE": "gpl",
    "CC BY-NC": "cc-by-nc-4.0",
    "Creative Commons": "cc",
}


def licence(root: Path) -> str:
    """Hugging Face's short name of the licence in the library's folder or the nearest one above; "unknown" without one."""
    for folder in (root.absolute(), *list(root.absolute().parents)[:2]):
        for name in ("LICENSE", "LICENSE.md", "LICENSE.txt", "COPYING"):
            try:
                text = (folder / name).read_text(encoding="utf-8", errors="replace")[:400]
            except OSError:
                continue
            return next((short for mark, short in _MARKS.items() if mark in text), "other")
    return "unknown"
