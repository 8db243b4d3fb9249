"""Stage 1: a Lean library becomes a data set that Lean has judged.

    read → split → prove the seeds → measure what single tactics close → rounds of conjectures → funnel → write

Every verdict is appended to `verdicts.jsonl` in the output folder as it comes; the same call after a kill asks only
what is missing. Without `max_seconds` two builds with one seed write the same tables and card; with it, a build stops between
waves drawn from all seeds alike, so stopping early stays balanced.
"""

from __future__ import annotations

import hashlib
import json
import time
from random import Random
from typing import TYPE_CHECKING, Any

from data_gen.card import card
from data_gen.extract import extract
from data_gen.funnel import Funnel, Rejected, rejected
from data_gen.judging import Judging
from data_gen.library import read_library
from data_gen.mutate import mutate
from data_gen.splits import leaks, split_library
from data_gen.stats import DatasetStats, domain_counts, rejected_counts, rule_counts, split_counts
from physprover.dataset import write_dataset, write_parquet, write_text
from physprover.errors import DataError
from physprover.resources import resolve

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    import pyarrow as pa

    from data_gen.library import Library
    from data_gen.mutate import Candidate
    from physprover.config import RunConfig
    from physprover.lean.protocol import Pool
    from physprover.progress import Progress, Stage
    from physprover.records import Theorem

_WAVE = 128  # candidates sent through the funnel together: few enough to stop in time, enough to keep workers busy


def build_dataset(config: RunConfig, pool: Pool, out: Path, progress: Progress) -> DatasetStats:
    """Build the data set of `config.data.library` into `out`. Raises `DataError` for an empty or leaking library."""
    begin = time.monotonic()
    library = read_library(resolve(config.data.library))
    seeds, problems = _seeds(config, library)
    out.mkdir(parents=True, exist_ok=True)
    judging = Judging(pool, out / "verdicts.jsonl", config.engine.seconds)
    try:
        timed = config.data.max_seconds is not None  # then train seeds are not measured
        asked = len(seeds) + sum(not (timed and t.split == "train") for t in seeds)
        with progress.stage("data: seeds", asked) as stage:
            for problem in problems:
                stage.note(problem)
            proved, fallen = _prove(seeds, judging, stage)
            measured = [t for t in proved if not (timed and t.split == "train")]
            proved = _measure(proved, measured, judging, stage)
        funnel, rounds, stopped = _conjectures(config, proved, judging, progress)
    finally:
        judging.close()
    conjectures = funnel.select(config.data.easy_share)
    theorems = [*proved, *conjectures]
    if found := leaks(theorems):
        raise DataError(f"held-out theorems can be read in lower splits: {'; '.join(found[:3])}")
    stats = DatasetStats(
        library=library.root.name,
        revision=library.revision,
        engine=judging.engine,
        core=all(t.engine == "core" for t in theorems),
        seed=config.seed,
        config_hash=_config_hash(config),
        splits=split_counts(theorems),
        domains=domain_counts(theorems),
        rules=rule_counts(theorems),
        candidates=funnel.counts()[0].entered,
        kept=len(conjectures),
        rejected=rejected_counts([*fallen, *funnel.fallen]),
        funnel=funnel.counts(),
        checks=judging.asked,
        reused=judging.reused,
        rounds=rounds,
        stopped_early=stopped,
        seconds=round(time.monotonic() - begin, 1),
        problems=tuple(problems),
    )
    _write(out, theorems, [*fallen, *funnel.fallen], stats)
    return stats


def _seeds(config: RunConfig, library: Library) -> tuple[list[Theorem], list[str]]:
    theorems, left_out = extract(library, "sorry")
    short = [t for t in theorems if len(t.statement) <= config.data.max_statement_chars]
    problems = [*library.problems, *left_out]
    if len(short) < len(theorems):
        limit = config.data.max_statement_chars
        problems.append(f"{len(theorems) - len(short)} statements of more than {limit} characters left out")
    if not short:
        raise DataError(
            f"{library.root}: no theorem to build from" + (f": {problems[0]}" if problems else "")
        )
    return split_library(library, short), problems


def _prove(
    theorems: Sequence[Theorem], judging: Judging, stage: Stage
) -> tuple[list[Theorem], list[Rejected]]:
    """The theorems whose reference proof Lean accepts, and the others with Lean's reason."""
    answers = judging.ask({t.name: (t, t.proof or "") for t in theorems}, stage.advance)
    proved = [t for t in theorems if answers[t.name].proved]
    fallen = [
        rejected(t, "seed", answers[t.name].message or answers[t.name].outcome)
        for t in theorems
        if not answers[t.name].proved
    ]
    for row in fallen[:10]:
        stage.note(f"seed {row.name} left out: {row.reason}")
    if not proved:
        raise DataError(f"no seed's proof was accepted; first: {fallen[0].name}: {fallen[0].reason}")
    return proved, fallen


def _measure(
    theorems: Sequence[Theorem], measured: Sequence[Theorem], judging: Judging, stage: Stage
) -> list[Theorem]:
    """All theorems, `closed_by` filled in for the measured ones. Short of time, train seeds go without."""
    closed = judging.portfolio(measured, stage.advance)
    return [t.replace(closed_by=closed.get(t.name)) for t in theorems]


def _conjectures(
    config: RunConfig, seeds: Sequence[Theorem], judging: Judging, progress: Progress
) -> tuple[Funnel, int, bool]:
    """Rounds of candidates until they or the time run out: the funnel, rounds begun, whether time ended it."""
    funnel = Funnel(judging, config.data.attempts_per_conjecture)
    funnel.know(seeds)
    count = config.data.conjectures_per_seed
    limit, begin = config.data.max_seconds, time.monotonic()
    rounds = 0
    with progress.stage("data: conjectures", None) as stage:
        tick = _ticker(stage, funnel, judging)
        for candidates in mutate(seeds, count, config.seed, config.data.max_statement_chars):
            rounds += 1
            for wave in _waves(candidates, Random(f"{config.seed}:{rounds}")):
                if limit is not None and time.monotonic() - begin > limit:
                    stage.note(
                        f"time limit of {limit:.0f} s: {len(funnel.kept)} conjectures survived {rounds} rounds"
                    )
                    return funnel, rounds, True
                funnel.pour(wave, tick)
    return funnel, rounds, False


def _waves(candidates: Sequence[Candidate], random: Random) -> Iterator[list[Candidate]]:
    """A round in balanced portions; within each, one file after another, since engines keep the last headers."""
    mixed = random.sample(candidates, len(candidates))
    for start in range(0, len(mixed), _WAVE):
        wave = mixed[start : start + _WAVE]
        yield sorted(wave, key=lambda c: (c.theorem.source.file, len(c.theorem.header), c.theorem.name))


def _ticker(stage: Stage, funnel: Funnel, judging: Judging) -> Callable[[], None]:
    begin = time.monotonic()

    def tick() -> None:
        rate = judging.asked / max(time.monotonic() - begin, 1e-3)
        stage.advance(
            1, candidates=funnel.counts()[0].entered, survived=len(funnel.kept), checks_per_s=f"{rate:.0f}"
        )

    return tick


def _write(out: Path, theorems: Sequence[Theorem], fallen: Sequence[Rejected], stats: DatasetStats) -> None:
    write_parquet(out / "rejected.parquet", [row.model_dump() for row in fallen], _rejected_schema())
    write_dataset(out, theorems, card(stats))
    write_text(out / "stats.json", stats.model_dump_json(indent=1) + "\n")  # last: its presence says complete


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
