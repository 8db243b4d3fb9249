"""Benchmarks behind one registry: splits of a data set, MiniF2F, ProofNet, PutnamBench, CombiBench, any file of problems.

Problems written for Mathlib stay as they are for a native Lean, and are said in core Lean for the embedded engine
(`in_core_lean`). What an engine cannot pose, and what a file holds that is no problem, is listed by name with the reason
(`Benchmark.not_runnable`): first by a static pre-check, then by Lean itself (`pose`). Such problems are in no denominator.
Problems that are asked and yet measure little (stated twice, known wrong, false, vacuous) carry a flag.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, NamedTuple

from eval.results import Flag
from physprover.benchmark_files import NotRunnable, read_problems
from physprover.config import EngineConfig
from physprover.dataset import load_theorems
from physprover.errors import DataError
from physprover.lean import engine_kind
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.lean.text.commands import parse
from physprover.lean.text.definitions import DOUBT
from physprover.lean.text.headers import imports_of
from physprover.lean.text.statements import masked_or_plain, signature
from physprover.progress import Progress
from physprover.records import Attempt, Outcome, Record, SamplerInfo, Theorem
from physprover.tables import Columns


class BenchmarkSpec(NamedTuple):
    """One entry of the registry."""

    kind: Literal["dataset", "file"] = "file"
    split: str = ""  # keep problems of this split; "" keeps all
    mathlib: bool = False  # written for Mathlib


class Benchmark(Record):
    """Problems ready to be asked, and those that are not, by name."""

    name: str
    theorems: tuple[Theorem, ...]
    not_runnable: tuple[NotRunnable, ...] = ()
    mathlib: bool = False  # written for Mathlib, and still so
    flags: tuple[Flag, ...] = ()


_SENSE_SECONDS = 5.0
_VACUOUS = "by\n  intros\n  exfalso\n  first | omega | simp_all; done | grind"
_FALSE = "by\n  first | decide | omega | simp; done | grind"

REGISTRY = {
    "test": BenchmarkSpec("dataset"),  # splits of a data set folder
    "validation": BenchmarkSpec("dataset"),
    "train": BenchmarkSpec("dataset"),
    "minif2f": BenchmarkSpec(mathlib=True),
    "minif2f-valid": BenchmarkSpec(split="validation", mathlib=True),
    "minif2f-test": BenchmarkSpec(split="test", mathlib=True),
    "proofnet": BenchmarkSpec(mathlib=True),  # any of its Lean 4 variants
    "putnambench": BenchmarkSpec(mathlib=True),  # the folder lean4/src of a checkout
    "combibench": BenchmarkSpec(mathlib=True),  # the folder lean/CombiBench of a checkout
    "physprover": BenchmarkSpec(),  # PhysProver's 250 released prompts; needs PhysLean
    "lean": BenchmarkSpec(),  # the theorems of a Lean file or folder
    "jsonl": BenchmarkSpec(),  # any JSON Lines, JSON or Parquet file, see `Columns`
}


def load_for_engine(name: str, path: Path, engine: EngineConfig, columns: Columns | None = None) -> Benchmark:
    """`load_benchmark` in words the engine knows: as written for a native Lean, else in core Lean."""
    benchmark = load_benchmark(name, path, columns)
    return benchmark if engine_kind(engine) == "project" else in_core_lean(benchmark)


def load_benchmark(name: str, path: Path, columns: Columns | None = None) -> Benchmark:
    """Read a benchmark as it is written, by registry name; `columns` names columns that have unusual names.

    Raises `DataError`, one line, for an unknown name, a file that cannot be read, and one without any problem.
    """
    spec = REGISTRY.get(name)
    if spec is None:
        raise DataError(f"no benchmark `{name}`; there are {', '.join(REGISTRY)}")
    if spec.kind == "dataset":
        theorems = load_theorems(path, name)
        if not theorems:
            raise DataError(f"{path}: the {name} split is empty")
        return Benchmark(name=name, theorems=tuple(theorems))
    found = read_problems(path, columns)
    rows = [t for t in found.theorems if not spec.split or t.split == spec.split]
    if not rows:
        kind = f" with split `{spec.split}`" if spec.split else ""
        raise DataError(f"{path}: holds no problem{kind}")
    minif2f = name.startswith("minif2f")
    if minif2f:
        rows = [t if t.domain else t.replace(domain=family(t.name)) for t in rows]
    return Benchmark(
        name=name,
        theorems=tuple(rows),
        not_runnable=found.left_out,
        mathlib=spec.mathlib,
        flags=(*duplicates(rows), *(known_wrong(rows) if minif2f else ())),
    )


def in_core_lean(benchmark: Benchmark) -> Benchmark:
    """The problems that mean the same without Mathlib, with core's header; the others are listed with the reason."""
    if not benchmark.mathlib:
        return benchmark
    theorems, missing = [], []
    for theorem in benchmark.theorems:
        header, own = core_header(theorem.header)
        if why := missing_notion(f"{own}\n{theorem.statement}"):
            missing.append(NotRunnable(name=theorem.name, reason=why))
        else:
            statement = re.sub(r"(?<![\w'.])lemma(?=\s)", "theorem", theorem.statement, count=1)
            theorems.append(theorem.replace(header=header, statement=statement))
    return benchmark.replace(
        theorems=tuple(theorems), not_runnable=(*benchmark.not_runnable, *missing), mathlib=False
    )


def duplicates(theorems: Sequence[Theorem]) -> list[Flag]:
    """Problems that state, under another name, what an earlier one states."""
    seen: dict[tuple[str, str], str] = {}
    found = []
    for theorem in theorems:
        parts = signature(theorem.statement)
        key = ("".join(theorem.header.split()), "".join(" ".join(parts).split()) if parts else theorem.name)
        first = seen.setdefault(key, theorem.name)
        if first != theorem.name:
            found.append(Flag(name=theorem.name, kind="duplicate", detail=f"states the same as {first}"))
    return found


def pose(benchmark: Benchmark, pool: Pool, progress: Progress, *, check_seconds: float = 20.0) -> Benchmark:
    """Elaborate every statement; those Lean refuses move to `not_runnable` with its message.

    What is left is flagged where its hypotheses contradict each other, where its negation is proved by a single tactic,
    and where it holds names that nothing defines.
    """
    by_name = {t.name: t for t in benchmark.theorems}
    # `by skip` proves nothing: `rejected`, or `proved` when the statement is trivial.
    probes = [_probe(name, "by skip") for name in by_name]
    refused: dict[str, str] = {}
    flags: list[Flag] = []
    with progress.stage(f"pose {benchmark.name}", total=len(by_name)) as stage:
        for judged in judge_attempts(probes, by_name, pool, check_seconds):
            name, verdict = judged.attempt.theorem, judged.verdict
            if verdict.outcome not in (Outcome.REJECTED, Outcome.PROVED):
                message = " ".join(next(iter(verdict.messages), "no message").split())[:300]
                said = (
                    ""
                    if verdict.check == "header"
                    else f"the statement alone ends in {verdict.outcome.value}: "
                )
                refused[name] = said + message
            elif doubt := next((m for m in verdict.messages if m.startswith(DOUBT)), ""):
                flags.append(Flag(name=name, kind="undefined name", detail=doubt.removeprefix("warning: ")))
            stage.advance(1, refused=len(refused))
    asked = [by_name[n] for n in by_name if n not in refused]
    flags += senseless(asked, pool, progress, min(check_seconds, _SENSE_SECONDS))
    more = tuple(NotRunnable(name=n, reason=refused[n]) for n in by_name if n in refused)
    return benchmark.replace(
        theorems=tuple(asked),
        not_runnable=(*benchmark.not_runnable, *more),
        flags=(*benchmark.flags, *flags),
    )


def senseless(
    theorems: Sequence[Theorem], pool: Pool, progress: Progress, check_seconds: float
) -> list[Flag]:
    """Problems whose hypotheses are contradictory, or whose negation holds, as far as single tactics see it."""
    asked: dict[str, tuple[Theorem, Attempt, Flag]] = {}
    for theorem in theorems:
        parts = signature(theorem.statement)
        if parts is None:
            continue
        binders, goal = parts
        if goal != "False" and binders:
            flag = Flag(
                name=theorem.name,
                kind="vacuous",
                detail="its hypotheses contradict each other: `exfalso` proves it",
            )
            name = f"{theorem.name} vacuous"
            asked[name] = (theorem.replace(name=name), _probe(name, _VACUOUS), flag)
        negated = f"theorem physprover_negated : ¬ ({f'∀ {binders}, ' if binders else ''}{goal})"
        name = f"{theorem.name} false"
        flag = Flag(name=theorem.name, kind="false", detail="its negation is proved")
        asked[name] = (theorem.replace(name=name, statement=negated), _probe(name, _FALSE), flag)
    found = []
    with progress.stage("pose: false or vacuous", total=len(asked)) as stage:
        questions = {name: theorem for name, (theorem, _, _) in asked.items()}
        attempts = [attempt for _, attempt, _ in asked.values()]
        for judged in judge_attempts(attempts, questions, pool, check_seconds):
            if judged.verdict.outcome is Outcome.PROVED:
                found.append(asked[judged.attempt.theorem][2])
            stage.advance(1, flagged=len(found))
    return sorted(found, key=lambda flag: (flag.name, flag.kind))


def _probe(name: str, proof: str) -> Attempt:
    return Attempt(theorem=name, proof=proof, sampler=SamplerInfo(name="pose"))


# -- MiniF2F without Mathlib: which of its problems core Lean can pose, and in what words. --
#
# The problems import Mathlib. Those that speak of natural numbers, integers and rationals only, mean the same in core
# Lean once ℕ, ℤ and ℚ are notation for its types, because Mathlib uses core's own instances for them. The header below
# replaces the Mathlib header; it is the same text for every problem, so an engine elaborates it once. `autoImplicit` is
# off, otherwise `ℝ` would quietly become a type variable and a false friend of the problem would be posed.
#
# `missing_notion` is a static pre-check that names the reason; whoever passes it is really elaborated before it counts.

_CORE = frozenset({"Init", "Std"})
CORE_HEADER = """\
set_option autoImplicit false
notation "ℕ" => Nat
notation "ℤ" => Int
notation "ℚ" => Rat
open Nat
"""

# What core Lean 4 lacks and Mathlib defines, in the order in which a reader would name the reason.
_MISSING: tuple[tuple[str, str], ...] = (
    (r"ℝ|\bReal\b|\bNNReal\b", "real numbers"),
    (r"\b(?:Type|Sort)\*", "the notation Type*"),
    (r"ℂ|\bComplex\b", "complex numbers"),
    (r"∑|∏|\bFinset\b|\bMultiset\b", "finite sums, products or sets (Finset)"),
    (r"\bSet\b|∈|∉|⊆|∩|∪", "sets"),
    (r"√|\bsqrt\b|\bNNReal\b", "square roots"),
    (r"\bNat\.Prime\b|\bPrime\b|\bNat\.primeFactors\w*|\bNat\.divisors\b", "prime numbers or divisors"),
    (r"\bEven\b|\bOdd\b", "Even and Odd"),
    (r"[\w)\]]\s*!(?!=)|\bfactorial\b|\bchoose\b", "factorials or binomials"),
    (r"\[(?:Z?MOD)\b|\bModEq\b|\bZMod\b", "congruences (ModEq, ZMod)"),
    (r"\|[^|\s][^|∣]*\||\babs\b", "absolute values"),
    (r"\bIrrational\b", "irrational numbers"),
    (r"\bdigits\b|\bofDigits\b", "digits"),
    (r"⌊|⌋|⌈|⌉|\bfloor\b|\bceil\b", "floor and ceiling"),
    (r"\bIsGreatest\b|\bIsLeast\b|\bsInf\b|\bsSup\b", "suprema and infima"),
    (r"≃|\bEquiv\b|∃!", "equivalences or unique existence"),
)


def missing_notion(statement: str) -> str | None:
    """A reason why core Lean cannot pose the statement, None when nothing known is missing."""
    text = masked_or_plain(statement).masked
    found = [what for pattern, what in _MISSING if re.search(pattern, text)]
    return f"needs Mathlib: {', '.join(found)}" if found else None


def core_header(header: str) -> tuple[str, str]:
    """(The header for an engine without Mathlib, those of its commands that are the problem's own).

    Imports of what core Lean lacks, `open` and `set_option` give way to `CORE_HEADER`; a header that imports no such
    thing is kept.
    """
    source = masked_or_plain(header)
    if all(name.partition(".")[0] in _CORE for name in imports_of(source)):
        return header, ""
    own = "\n\n".join(
        header[command.start : command.end]
        for command in parse(source)
        if command.kind not in ("import", "open", "set_option", "module", "universe")
    )
    return (f"{CORE_HEADER}\n{own}\n", own) if own else (CORE_HEADER, "")


def family(name: str) -> str:
    """Where a MiniF2F problem comes from, read from its name ("mathd_algebra_125" -> "mathd_algebra")."""
    found = re.match(r"mathd_[a-z]+|aime|amc|imo|[a-z]+", name)
    return found.group() if found else ""


# Statements of the test split that yangky11/miniF2F-lean4 corrected in February 2026 (commit 1be24b7, pull request 33), most
# of them as in AI-MO/minif2f_test: what a right statement contains, and what is wrong without it.
KNOWN_WRONG: dict[str, tuple[str, str]] = {
    "aime_1994_p3": (r"∀", "the equation holds at one x only"),
    "algebra_ineq_nto1onlt2m1on": (r"\)\s*≤\s*2\s*-\s*1", "`<` is false for n = 1, `≤` is meant"),
    "amc12a_2019_p12": (r"x\s*>\s*0|0\s*<\s*x", "x and y must be positive reals"),
    "amc12a_2020_p10": (r"1\s*<\s*n|n\s*>\s*1", "n = 1 must be excluded"),
    "amc12a_2021_p25": (r"N\s*>\s*0|0\s*<\s*N", "N must be positive"),
    "imo_1982_p1": (r":\s*ℤ\s*\)", "differences of natural numbers are cut off at 0"),
    "mathd_numbertheory_618": (r"n\s*>\s*0|0\s*<\s*n", "n = 0 is a counterexample"),
}


def known_wrong(theorems: Sequence[Theorem]) -> list[Flag]:
    """Problems of MiniF2F that a public list of corrections names and that are stated here as before it."""
    found = []
    for theorem in theorems:
        right, what = KNOWN_WRONG.get(theorem.name, ("", ""))
        if what and not re.search(right, theorem.statement):
            found.append(Flag(name=theorem.name, kind="known wrong", detail=what))
    return found
