"""What runs have recorded, as checks: the proofs of their data sets, and the different attempts that passed and failed."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from physprover.app.pipeline import data_path
from physprover.app.provers import open_run
from physprover.config_file import load_config
from physprover.dataset import load_by_name
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.records import JudgedAttempt, Outcome, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from physprover.records import Theorem


@dataclass
class Recorded:
    """Checks, each once, without messages."""

    proofs: list[Check] = field(default_factory=list)  # of the data sets
    passed: list[Check] = field(default_factory=list)  # attempts
    failed: list[Check] = field(default_factory=list)


def recorded(runs: Sequence[Path], seconds: float) -> Recorded:
    """What the runs' folders hold.

    A theorem that several runs have is posed as the one whose data set says that its header's lemmas are proved. Raises
    `DataError` for a folder that is no run, and for an attempt at a theorem that its run's data do not hold.
    """
    theorems: dict[tuple[str, str], Theorem] = {}
    names: list[dict[str, Theorem]] = []
    attempts: list[list[JudgedAttempt]] = []
    for folder in runs:
        run = open_run(folder)
        data = data_path(load_config(run.path / "config.toml"), run)
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
            to.append(Check(id=theorem.name, problem=problem, proof=proof, seconds=seconds, messages=0))

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


def mixed(found: Recorded, count: int, rate: float, seed: int = 0) -> list[Check]:
    """`count` attempts in random order, of which the share `rate` passed. Raises `DataError` where there are too few."""
    passing = round(rate * count)
    if len(found.passed) < passing or len(found.failed) < count - passing:
        have = f"the runs hold {len(found.passed)} that passed and {len(found.failed)} that failed"
        raise DataError(f"{count} different attempts of which {rate:.0%} pass: {have}")
    draw = random.Random(seed)
    chosen = draw.sample(found.passed, passing) + draw.sample(found.failed, count - passing)
    draw.shuffle(chosen)
    return [check.replace(id=str(number)) for number, check in enumerate(chosen)]
