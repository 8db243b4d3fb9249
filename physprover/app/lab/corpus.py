"""What the benches put to the judge: attempts made from a library, its reference proofs, and what runs have recorded."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from data_gen.extract import extract_library
from physprover.app.provers import open_run
from physprover.config import DataConfig
from physprover.config_file import load_config
from physprover.dataset import data_path, load_by_name
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import JudgedAttempt, Outcome, Theorem, read_jsonl

# -- Of a library --

PASSING = 0.1  # share of attempts that are a reference proof
SEED = 20261122
_SECONDS = 60.0  # for what Lean has accepted before
_WORD = re.compile(r"\w[\w.'!?]*|[^\w\s]")


def reference_proofs(library: Path, count: int) -> list[Check]:
    """The theorems of a library with their proofs, spread evenly over it: `count`, or all of them."""
    proved = _proved(library)
    every = max(1, len(proved) // count) if count else 1
    chosen = proved[::every][: count or None]
    return [Check(id=t.name, problem=Problem.of(t), proof=str(t.proof), seconds=_SECONDS) for t in chosen]


def _proved(library: Path) -> list[Theorem]:
    return [t for t in extract_library(library, DataConfig().context) if t.proof]


def make_corpus(library: Path, attempts: int, theorems: int, seed: int = SEED) -> list[Check]:
    """`attempts` checks over `theorems` theorems of a library.

    A tenth are reference proofs, the rest half single tactics of the portfolio, half reference proofs with one word
    dropped, doubled, exchanged with another of the same proof, or cut off after.
    """
    draw = random.Random(seed)
    proved = _proved(library)
    if not proved:
        raise DataError(f"{library}: no theorem with a proof in it")
    chosen = draw.sample(proved, min(theorems, len(proved)))
    return [_attempt(k, draw.choice(chosen), draw) for k in range(attempts)]


def _attempt(number: int, theorem: Theorem, draw: random.Random) -> Check:
    proof, kind = str(theorem.proof), draw.random()
    if kind >= PASSING:
        proof = corrupt(proof, draw) if kind < (1 + PASSING) / 2 else portfolio_proof(draw.choice(PORTFOLIO))
    return Check(id=str(number), problem=Problem.of(theorem), proof=proof, seconds=20.0, messages=0)


def corrupt(proof: str, draw: random.Random) -> str:
    """One slip of the pen: a different text, never an empty one."""
    words = list(_WORD.finditer(proof))
    for _ in range(20):
        word, other = draw.choice(words), draw.choice(words)
        before, after = proof[: word.start()], proof[word.end() :]
        changed = draw.choice(
            (before + after, before + word[0] + " " + word[0] + after, before + other[0] + after, before)
        )
        if changed.strip() and changed != proof:
            return changed
    return proof + " slip"


# -- Of runs --


@dataclass
class Recorded:
    """Checks, each once, without messages."""

    proofs: list[Check] = field(default_factory=list)  # of the data sets
    passed: list[Check] = field(default_factory=list)  # attempts
    failed: list[Check] = field(default_factory=list)


def recorded(runs: Sequence[Path]) -> Recorded:
    """What the runs' folders hold.

    A theorem that several runs have is posed as the one whose data set says that its header's lemmas are proved. Raises
    `DataError` for a folder that is no run, and for an attempt at a theorem that its run's data do not hold.
    """
    theorems: dict[tuple[str, str], Theorem] = {}
    names: list[dict[str, Theorem]] = []
    attempts: list[list[JudgedAttempt]] = []
    for folder in runs:
        run = open_run(folder)
        data = data_path(load_config(run.path / "config.toml"), run.path)
        names.append(load_by_name(data))
        for theorem in names[-1].values():
            known = theorems.get((theorem.header, theorem.statement))
            if known is None or theorem.lemmas_proved:
                theorems[theorem.header, theorem.statement] = theorem
        attempts.append(list(read_jsonl(run.path / "attempts.jsonl", JudgedAttempt)))
    found, seen = Recorded(), set[tuple[Problem, str]]()

    def add(to: list[Check], theorem: Theorem, proof: str) -> None:
        problem = Problem.of(theorems[theorem.header, theorem.statement])
        if (problem, proof) not in seen:
            seen.add((problem, proof))
            to.append(Check(id=theorem.name, problem=problem, proof=proof, seconds=_SECONDS, messages=0))

    for theorem in theorems.values():
        if theorem.proof:
            add(found.proofs, theorem, theorem.proof)
    seen.clear()  # an attempt may be the reference proof
    for folder, by_name, judged in zip(runs, names, attempts, strict=True):
        for each in judged:
            if each.attempt.theorem not in by_name:
                raise DataError(f"{folder}: theorem {each.attempt.theorem} is not in the run's data")
            if each.verdict.outcome is not Outcome.INFRASTRUCTURE:
                passes = each.verdict.outcome is Outcome.PROVED
                add(
                    found.passed if passes else found.failed,
                    by_name[each.attempt.theorem],
                    each.attempt.proof,
                )
    return found


def mixed(found: Recorded, count: int, rate: float) -> list[Check]:
    """`count` attempts in random order, of which the share `rate` passed. Raises `DataError` where there are too few."""
    passing = round(rate * count)
    if len(found.passed) < passing or len(found.failed) < count - passing:
        have = f"the runs hold {len(found.passed)} that passed and {len(found.failed)} that failed"
        raise DataError(f"{count} different attempts of which {rate:.0%} pass: {have}")
    draw = random.Random(0)
    chosen = draw.sample(found.passed, passing) + draw.sample(found.failed, count - passing)
    draw.shuffle(chosen)
    return [check.replace(id=str(number)) for number, check in enumerate(chosen)]
