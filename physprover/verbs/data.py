"""`physprover data …`: build, stats, show, validate."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.dataset import load_theorems
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome
from physprover.verbs.pool import open_pool

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from physprover.config import EngineConfig, RunConfig
    from physprover.records import Theorem

SPLITS = ("train", "validation", "test")


def build(config: RunConfig, out: Path) -> str:
    """Build a data set into `out`; returns the line that says what it holds."""
    from data_gen.build import build_dataset
    from physprover.display import Display

    with open_pool(config.engine) as pool:
        build_dataset(config, pool, out, Display())
    return stats(out)


def stats(dataset: Path) -> str:
    """A table: one line per domain, theorems by split, seeds apart from conjectures."""
    splits = {split: load_theorems(dataset, split) for split in SPLITS}
    everything = [t for theorems in splits.values() for t in theorems]
    domains = sorted({t.domain or "(none)" for t in everything})
    wide = max(map(len, [*domains, "all"]))
    head = f"{'domain':<{wide}}" + "".join(f"{split:>12}" for split in SPLITS) + f"{'seeds':>8}{'conj.':>8}"
    lines = [head, "-" * len(head)]
    for domain in [*domains, "all"]:
        rows = [
            [t for t in splits[split] if domain == "all" or (t.domain or "(none)") == domain]
            for split in SPLITS
        ]
        origins = Counter(t.origin for row in rows for t in row)
        counts = "".join(f"{len(row):>12}" for row in rows)
        lines.append(f"{domain:<{wide}}{counts}{origins['seed']:>8}{origins['conjecture']:>8}")
    return "\n".join(lines)


def show(dataset: Path, name: str, split: str, limit: int, as_json: bool) -> None:
    """Print theorems whose name contains `name`."""
    found = [t for t in load_theorems(dataset, _split(split)) if name in t.name]
    if not found:
        raise DataError(f"{dataset}: no theorem of the {split} split has `{name}` in its name")
    for theorem in found[:limit]:
        print(theorem.model_dump_json() if as_json else _text(theorem))
    if len(found) > limit and not as_json:
        print(f"… {len(found) - limit} more")


def validate(dataset: Path, split: str, engine: EngineConfig) -> int:
    """Judge every reference proof again; returns 0 when all are accepted, 1 when not, 2 when some were not judged."""
    theorems = [t for t in load_theorems(dataset, _split(split)) if t.proof is not None]
    if not theorems:
        raise DataError(f"{dataset}: the {split} split holds no reference proofs")
    outcomes = _judge(theorems, engine)
    print(f"{outcomes[Outcome.PROVED]} of {len(theorems)} reference proofs of the {split} split accepted")
    if outcomes[Outcome.INFRASTRUCTURE]:
        return 2
    return 0 if outcomes[Outcome.PROVED] == len(theorems) else 1


def _judge(theorems: Sequence[Theorem], engine: EngineConfig) -> Counter[Outcome]:
    from physprover.display import Display

    checks = [
        Check(id=t.name, problem=Problem.of(t), proof=t.proof or "", seconds=engine.seconds) for t in theorems
    ]
    outcomes: Counter[Outcome] = Counter()
    with open_pool(engine, len(checks)) as pool, Display().stage("validate", len(checks)) as stage:
        for check, verdict in pool.check_many(checks):
            outcomes[verdict.outcome] += 1
            stage.advance(accepted=outcomes[Outcome.PROVED])
            if verdict.outcome is not Outcome.PROVED:
                message = (verdict.messages or ("",))[0].strip().splitlines()[:1]
                print(f"{verdict.outcome.value}  {check.id}  {' '.join(message)}")
    return outcomes


def _split(name: str) -> str:
    if name not in SPLITS:
        raise DataError(f"no split is called `{name}`; there are: {', '.join(SPLITS)}")
    return name


def _text(theorem: Theorem) -> str:
    origin = (
        f"{theorem.rule} of {', '.join(theorem.parents)}"
        if theorem.origin == "conjecture"
        else theorem.source.file
    )
    lines = [f"-- {theorem.name}  ({theorem.domain or 'no domain'}; {origin})"]
    if theorem.informal:
        lines.append(f"/-- {theorem.informal} -/")
    lines.append(theorem.statement + (f" := {theorem.proof}" if theorem.proof else ""))
    if theorem.closed_by is not None:
        lines.append(f"-- single tactics that close it: {', '.join(theorem.closed_by) or 'none'}")
    return "\n".join(lines) + "\n"
