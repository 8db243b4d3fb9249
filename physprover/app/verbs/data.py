"""`physprover data …`: extract, build, stats, validate. `show` is in `data_show`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.dataset import SPLITS, load_split, load_theorems, split_named
from physprover.errors import DataError
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome, write_jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from physprover.config import EngineConfig, RunConfig
    from physprover.records import Theorem


def build(config: RunConfig, out: Path) -> str:
    """Build a data set into `out`; returns the line that says what it holds."""
    from data_gen.build import build_dataset
    from physprover.app.display import Display

    with open_pool(config.engine, progress=Display()) as pool:
        build_dataset(config, pool, out, Display())
    return stats(out)


def check(config: RunConfig) -> str:
    """Run the stages of a build that ask no Lean and write nothing; returns what they found."""
    from data_gen.build import check_dataset

    return str(check_dataset(config))


def extract(library: Path, context: str, out: Path | None, trace: bool) -> str:
    """Read a Lean library and count its theorems by domain; the rows go to `out` (JSON Lines).

    With `trace`, lean-dojo reads it too and the two are compared.
    """
    from data_gen.contexts import CONTEXT_FORMS
    from data_gen.extract import extract as extract_theorems
    from data_gen.library import read_library

    if context not in CONTEXT_FORMS:
        raise DataError(f"no context form is called `{context}`; there are: {', '.join(CONTEXT_FORMS)}")
    read = read_library(library)
    theorems, left_out = extract_theorems(read, context)
    problems = (*read.problems, *left_out)
    if not theorems:
        raise DataError(f"{library}: no theorem in it{': ' + problems[0] if problems else ''}")
    lines = [
        f"{domain or '(none)':<24}{n:>6}" for domain, n in sorted(Counter(t.domain for t in theorems).items())
    ]
    lines += [f"{'all':<24}{len(theorems):>6}  in {len(read.modules)} files", *problems]
    if trace:
        from data_gen.trace import compare, trace_library

        lines += ["", str(compare(theorems, trace_library(library)))]
    if out is not None:
        write_jsonl(out, theorems)
    return "\n".join(lines)


def stats(dataset: Path) -> str:
    """Two tables: theorems by domain and by difficulty level, each by split, seeds apart from conjectures."""
    splits = {split: load_split(dataset, split) for split in SPLITS}
    by_domain = _table("domain", splits, lambda t: t.domain or "(none)")
    by_level = _table("level", splits, lambda t: "not measured" if t.level is None else str(t.level))
    return f"{by_domain}\n\n{by_level}"


def _table(head: str, splits: Mapping[str, Sequence[Theorem]], group: Callable[[Theorem], str]) -> str:
    groups = sorted({group(t) for theorems in splits.values() for t in theorems})
    wide = max(map(len, [*groups, head, "all"]))
    title = f"{head:<{wide}}" + "".join(f"{split:>12}" for split in splits) + f"{'seeds':>8}{'conj.':>8}"
    lines = [title, "-" * len(title)]
    for name in [*groups, "all"]:
        rows = [[t for t in theorems if name in ("all", group(t))] for theorems in splits.values()]
        origins = Counter(t.origin for row in rows for t in row)
        counts = "".join(f"{len(row):>12}" for row in rows)
        lines.append(f"{name:<{wide}}{counts}{origins['seed']:>8}{origins['conjecture']:>8}")
    return "\n".join(lines)


def validate(dataset: Path, split: str, engine: EngineConfig) -> int:
    """Judge every reference proof again; returns 0 when all are accepted, 1 when not, 2 when some were not judged."""
    theorems = [t for t in load_theorems(dataset, split_named(split)) if t.proof is not None]
    if not theorems:
        raise DataError(f"{dataset}: the {split} split holds no reference proofs")
    outcomes = _judge(theorems, engine)
    print(f"{outcomes[Outcome.PROVED]} of {len(theorems)} reference proofs of the {split} split accepted")
    if outcomes[Outcome.INFRASTRUCTURE]:
        return 2
    return 0 if outcomes[Outcome.PROVED] == len(theorems) else 1


def _judge(theorems: Sequence[Theorem], engine: EngineConfig) -> Counter[Outcome]:
    from physprover.app.display import Display

    checks = [
        Check(id=t.name, problem=Problem.of(t), proof=t.proof or "", seconds=engine.seconds) for t in theorems
    ]
    outcomes: Counter[Outcome] = Counter()
    with open_pool(engine, len(checks), Display()) as pool, Display().stage("validate", len(checks)) as stage:
        for check, verdict in pool.check_many(checks):
            outcomes[verdict.outcome] += 1
            stage.advance(accepted=outcomes[Outcome.PROVED])
            if verdict.outcome is not Outcome.PROVED:
                message = (verdict.messages or ("",))[0].strip().splitlines()[:1]
                print(f"{verdict.outcome.value}  {check.id}  {' '.join(message)}")
    return outcomes
