"""A scripted prover and checker for tests of evaluations, where only the bookkeeping is under test, and tables of rows."""

import gzip
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from eval.benchmarks import Benchmark
from eval.evaluate import evaluate
from eval.results import EvalResult
from physprover.config import EvalConfig
from physprover.lean.protocol import Check
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.records import Attempt, Outcome, SamplerInfo, Theorem, Verdict
from tests.scripted import ScriptedPool, ScriptedSampler

THEOREMS = [
    Theorem(
        name=f"t{i}",
        statement=f"theorem t{i} : {i} = {i}",
        domain="ab"[i % 2],
        closed_by=(() if i < 3 else ("rfl",)),
    )
    for i in range(6)
]
BENCHMARK = Benchmark(name="test", theorems=tuple(THEOREMS))
CONFIG = EvalConfig(samples=4, ks=(1, 4))


class Scripted(ScriptedSampler):
    """Writes "<seed> <index>" and remembers every call."""

    def __init__(self, repeat: bool = False, too_long: tuple[str, ...] = (), version: int = 3) -> None:
        self.calls: list[tuple[str, int, int]] = []
        self.repeat, self.too_long = repeat, too_long
        self.info = SamplerInfo(name="scripted", model="none", weights_version=version)

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        for theorem in theorems:
            for i in range(n):
                self.calls.append((theorem.name, params.seed, i))
                text = "same" if self.repeat else f"{params.seed} {i}"
                yield Attempt(
                    theorem=theorem.name, proof=text, sampler=self.info, token_ids=(1,), logprobs=(-0.5,)
                )

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return [t.name for t in theorems if t.name in self.too_long]


class Checker(ScriptedPool):
    """Accepts even indices; dies after `fuse` verdicts; the theorem `broken` is never judged."""

    def __init__(self, fuse: int | None = None, broken: str = "") -> None:
        super().__init__()
        self.fuse, self.broken = fuse, broken

    def verdict(self, check: Check) -> Verdict:
        if self.fuse is not None and len(self.asked) > self.fuse:
            raise KeyboardInterrupt
        outcome = Outcome.PROVED if check.proof[-1] in "02468" else Outcome.REJECTED
        if self.broken and f" {self.broken} " in check.problem.statement:
            outcome = Outcome.INFRASTRUCTURE
        return Verdict(outcome=outcome, messages=("error: no",), engine="scripted")


def run(
    out: Path, sampler: Scripted, pool: Checker, weights: str | None = None, **changes: object
) -> EvalResult:
    config = CONFIG.model_copy(update=changes)
    return evaluate(
        config, sampler, pool, BENCHMARK, out, Silent(), seed=7, max_new_tokens=32, weights=weights
    )


def write_rows(file: Path, *rows: object) -> Path:
    file.write_text("".join(f"{json.dumps(row)}\n" for row in rows))
    return file


def write_table(file: Path, rows: list[dict[str, object]]) -> Path:
    """The rows as the file's name says."""
    if file.suffix == ".parquet":
        pq.write_table(pa.Table.from_pylist(rows), file)
        return file
    text = json.dumps(rows) if ".json" in file.suffixes else "".join(f"{json.dumps(row)}\n" for row in rows)
    file.write_bytes(gzip.compress(text.encode()) if file.suffix == ".gz" else text.encode())
    return file
