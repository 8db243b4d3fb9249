"""Benchmarks behind one registry: splits of a data set, MiniF2F, ProofNet, PutnamBench, any JSON Lines file or folder of Lean files.

Loading is strict: one malformed row refuses the file, because a benchmark that lost a row in silence measures something
else. Problems written for Mathlib stay as they are for a native Lean, and are said in core Lean for the embedded engine
(`in_core_lean`). What an engine cannot pose is listed by name with the reason (`Benchmark.not_runnable`): first by a static
pre-check where one exists, then by Lean itself (`pose`). Such problems are in no denominator.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from eval import minif2f
from eval.lean_files import read_lean_files
from eval.results import NotRunnable, file_hash, theorems_hash
from eval.statements import holds_proof, split_statement, theorem_name
from physprover.errors import DataError
from physprover.lean import engine_kind
from physprover.lean.ask import judge_attempts
from physprover.records import Attempt, Outcome, Record, SamplerInfo, Source, Theorem

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from physprover.config import EngineConfig
    from physprover.lean.protocol import Pool
    from physprover.progress import Progress


class Columns(Record):
    """Which column of a JSON Lines row holds what; "" = the file has no such column."""

    name: str = "name"
    statement: str = "statement"  # up to `:=`, an empty `:= by` or `:= by sorry` after it is cut
    header: str = "header"
    informal: str = "informal"
    domain: str = "domain"
    split: str = "split"


class BenchmarkSpec(Record):
    """One entry of the registry."""

    name: str
    description: str
    kind: Literal[
        "dataset", "jsonl", "lean"
    ]  # where `jsonl` is given a folder or a Lean file, that is read instead
    columns: Columns = Columns()
    split: str = ""  # keep rows whose split column says this; "" keeps all
    mathlib: bool = False  # written for Mathlib


class Benchmark(Record):
    """Problems ready to be asked, and those that are not, by name."""

    name: str
    sha256: str  # of the file; of names, headers and statements for a data set
    theorems: tuple[Theorem, ...]
    not_runnable: tuple[NotRunnable, ...] = ()
    mathlib: bool = False  # written for Mathlib, and still so

    @property
    def total(self) -> int:
        """Problems the benchmark holds, runnable or not."""
        return len(self.theorems) + len(self.not_runnable)


_MINIF2F = Columns(statement="formal_statement", informal="informal_prefix", domain="")

REGISTRY: dict[str, BenchmarkSpec] = {
    spec.name: spec
    for spec in (
        BenchmarkSpec(name="test", description="test split of a data set folder", kind="dataset"),
        BenchmarkSpec(name="validation", description="validation split of a data set folder", kind="dataset"),
        BenchmarkSpec(name="train", description="train split of a data set folder", kind="dataset"),
        BenchmarkSpec(
            name="minif2f", description="MiniF2F, both splits", kind="jsonl", columns=_MINIF2F, mathlib=True
        ),
        BenchmarkSpec(
            name="minif2f-valid",
            description="MiniF2F, valid",
            kind="jsonl",
            columns=_MINIF2F,
            split="valid",
            mathlib=True,
        ),
        BenchmarkSpec(
            name="minif2f-test",
            description="MiniF2F, test",
            kind="jsonl",
            columns=_MINIF2F,
            split="test",
            mathlib=True,
        ),
        BenchmarkSpec(
            name="proofnet",
            description="ProofNet# (PAug/ProofNetSharp)",
            kind="jsonl",
            columns=Columns(
                name="id", statement="lean4_formalization", header="lean4_src_header", informal="nl_statement"
            ),
            mathlib=True,
        ),
        BenchmarkSpec(
            name="putnambench",
            description="PutnamBench, the folder lean4/src of a checkout; needs Mathlib",
            kind="lean",
            mathlib=True,
        ),
        BenchmarkSpec(name="lean", description="the theorems of a Lean file or folder", kind="lean"),
        BenchmarkSpec(
            name="jsonl", description="any JSON Lines file, see `Columns`", kind="jsonl", columns=Columns()
        ),
    )
}


def load_for_engine(name: str, path: Path, engine: EngineConfig) -> Benchmark:
    """`load_benchmark` in words the engine knows: as written for a native Lean, else in core Lean."""
    benchmark = load_benchmark(name, path)
    return benchmark if engine_kind(engine) == "project" else in_core_lean(benchmark)


def load_benchmark(name: str, path: Path, columns: Columns | None = None) -> Benchmark:
    """Read a benchmark as it is written, by registry name; `columns` replaces the entry's column map.

    Raises `DataError`, one line, for an unknown name, an unreadable, empty or malformed file, duplicate names, and
    proofs in place of statements.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise DataError(f"no benchmark `{name}`; there are {', '.join(REGISTRY)}")
    if spec.kind == "dataset":
        from physprover.dataset import load_theorems

        theorems = load_theorems(path, spec.name)
        if not theorems:
            raise DataError(f"{path}: the {spec.name} split is empty")
        return Benchmark(name=name, sha256=theorems_hash(theorems), theorems=tuple(theorems))
    from_lean = spec.kind == "lean" or path.is_dir() or path.suffix == ".lean"
    rows = list(
        _lean_problems(path, spec) if from_lean else _read_problems(path, spec, columns or spec.columns)
    )
    if not rows:
        kind = f" with split `{spec.split}`" if spec.split else ""
        raise DataError(f"{path}: holds no problem{kind}")
    return Benchmark(
        name=name,
        sha256=theorems_hash(rows) if from_lean else file_hash(path),
        theorems=tuple(rows),
        mathlib=spec.mathlib,
    )


def in_core_lean(benchmark: Benchmark) -> Benchmark:
    """The problems that mean the same without Mathlib, with core's header; the others are listed with the reason."""
    if not benchmark.mathlib:
        return benchmark
    missing = {t.name: minif2f.missing_notion(t.statement) for t in benchmark.theorems}
    return benchmark.replace(
        theorems=tuple(
            t.replace(header=minif2f.core_header(t.header)) for t in benchmark.theorems if not missing[t.name]
        ),
        not_runnable=tuple(NotRunnable(name=n, reason=why) for n, why in missing.items() if why),
        mathlib=False,
    )


def pose(benchmark: Benchmark, pool: Pool, progress: Progress, *, check_seconds: float = 20.0) -> Benchmark:
    """Elaborate every statement; those Lean refuses move to `not_runnable` with its message."""
    by_name = {t.name: t for t in benchmark.theorems}
    # `skip` proves nothing: a statement that can be posed is answered `rejected` (or `proved`, when it is trivial).
    probes = (Attempt(theorem=n, proof="by skip", sampler=SamplerInfo(name="pose")) for n in by_name)
    refused: dict[str, str] = {}
    with progress.stage(f"pose {benchmark.name}", total=len(by_name)) as stage:
        for judged in judge_attempts(probes, by_name, pool, check_seconds):
            verdict = judged.verdict
            if verdict.outcome not in (Outcome.REJECTED, Outcome.PROVED):
                message = " ".join(next(iter(verdict.messages), "no message").split())[:300]
                said = (
                    ""
                    if verdict.check == "header"
                    else f"the statement alone ends in {verdict.outcome.value}: "
                )
                refused[judged.attempt.theorem] = said + message
            stage.advance(1, refused=len(refused))
    more = tuple(NotRunnable(name=n, reason=refused[n]) for n in by_name if n in refused)
    return benchmark.replace(
        theorems=tuple(t for t in benchmark.theorems if t.name not in refused),
        not_runnable=(*benchmark.not_runnable, *more),
    )


def _read_problems(path: Path, spec: BenchmarkSpec, columns: Columns) -> Iterator[Theorem]:
    names: dict[str, int] = {}
    for number, row in _rows(path):
        where = f"{path}:{number}"
        theorem = _problem(row, spec, columns, where)
        if theorem.name in names:
            raise DataError(
                f"{where}: the name `{theorem.name}` was used on line {names[theorem.name]} already"
            )
        names[theorem.name] = number
        if not spec.split or row.get(columns.split) == spec.split:
            yield theorem


def _lean_problems(path: Path, spec: BenchmarkSpec) -> Iterator[Theorem]:
    wanted = {"valid": "validation"}.get(spec.split, spec.split)
    seen: dict[str, Source] = {}
    for theorem in read_lean_files(path):
        if theorem.name in seen:
            first = seen[theorem.name]
            raise DataError(
                f"{path}: the name `{theorem.name}` of {theorem.source.file}:{theorem.source.line} "
                f"was used at {first.file}:{first.line} already"
            )
        seen[theorem.name] = theorem.source
        if not wanted or theorem.split == wanted:
            yield theorem.replace(domain=minif2f.family(theorem.name) if spec.mathlib else "")


def _rows(path: Path) -> Iterator[tuple[int, dict[str, object]]]:
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        raise DataError(f"{path}: no such file") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    for number, line in enumerate(data.split(b"\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line.decode("utf-8"))
        except UnicodeDecodeError:
            raise DataError(f"{path}:{number}: not UTF-8 text") from None
        except json.JSONDecodeError as error:
            raise DataError(f"{path}:{number}: not JSON: {error.msg}") from None
        if not isinstance(row, dict):
            raise DataError(f"{path}:{number}: expected a JSON object, found {type(row).__name__}")
        yield number, row


def _problem(row: dict[str, object], spec: BenchmarkSpec, columns: Columns, where: str) -> Theorem:
    def text(column: str, required: bool = False) -> str:
        value = row.get(column) if column else ""
        if isinstance(value, str) and (value.strip() or not required):
            return value
        if value is None and not required:
            return ""
        what = "is empty" if value == "" else "is missing" if value is None else "is not text"
        raise DataError(f"{where}: column `{column}` {what}; the row has {', '.join(row)}")

    name = text(columns.name, required=True).strip()
    statement, after = split_statement(text(columns.statement, required=True))
    if holds_proof(after):
        raise DataError(f"{where}: `{name}` holds a proof after `:=`; a benchmark holds statements only")
    if theorem_name(statement) is None:
        raise DataError(f"{where}: the statement of `{name}` declares no named theorem")
    split = {"valid": "validation", "train": "train", "validation": "validation", "test": "test"}
    return Theorem(
        name=name,
        statement=statement,
        header=text(columns.header),
        domain=text(columns.domain) or (minif2f.family(name) if spec.mathlib else ""),
        source=Source(file=where.rpartition(":")[0].rpartition("/")[2], line=int(where.rpartition(":")[2])),
        split=split.get(text(columns.split), ""),
        informal=text(columns.informal).strip().removeprefix("/--").removesuffix("-/").strip() or None,
    )
