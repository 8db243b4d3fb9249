"""Every move tried on its own on train theorems: the records from which a router learns what to try when.

A search stops at its first proof, so its record says nothing of the moves that it did not reach. A survey makes each move on a
fresh copy of the statement, whatever the others did, and writes down whether it proved the statement and after how many checks.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from eval.search.budget import Amount, Budget, OutOfBudget
from eval.search.desk import Desk
from eval.search.experience import Observation
from eval.search.library import features
from eval.search.moves.case import KINDS, Case, Kind, leaf_arm
from eval.search.policies import MOVES
from physprover.errors import HeaderError
from physprover.files import append, repair
from physprover.lean.protocol import Problem
from physprover.records import Record, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from eval.search.moves.case import Move
    from eval.search.search import Tools
    from physprover.progress import Progress
    from physprover.records import Theorem

_TIMES: dict[Kind, int] = {"decompose": 3}  # how often a move is repeated; others are made once
ALLOWANCE = Amount(tokens=10**6, checks=12, seconds=120.0)  # of one arm on one theorem


class Tried(Record):
    """One arm on one theorem, by itself."""

    arm: str
    proved: bool
    spent: Amount  # until it was proved, or until nothing was left to do


class Surveyed(Record):
    """A theorem and what each arm did to it: a line of a survey."""

    theorem: str
    features: tuple[str, ...]
    tried: tuple[Tried, ...]


def survey(
    theorems: Sequence[Theorem], tools: Tools, out: Path, progress: Progress, kinds: Sequence[Kind] = KINDS
) -> list[Surveyed]:
    """Survey what is missing in `out`; theorems whose statement does not elaborate are left out."""
    repair(out)
    found = {line.theorem: line for line in read_jsonl(out, Surveyed)} if out.exists() else {}
    with progress.stage("survey", len(theorems)) as stage:
        for theorem in theorems:
            if theorem.name not in found:
                with suppress(HeaderError):
                    line = survey_one(theorem, tools, kinds)
                    append(out, line)
                    found[theorem.name] = line
            stage.advance(1)
    return [found[t.name] for t in theorems if t.name in found]


def survey_one(theorem: Theorem, tools: Tools, kinds: Sequence[Kind] = KINDS) -> Surveyed:
    """Every arm on its own. `repair` follows a round of samples, whose failures it mends."""
    tried: list[Tried] = []
    seen = tuple(sorted(features(theorem)))
    for kind in kinds:
        begun = _case(theorem, tools)
        if kind == "repair":
            for sample in MOVES["direct"](begun):
                _exhausted(begun, sample, "direct")
            begun.desk.proof = None
        for move in list(MOVES[kind](begun)):
            if any(t.arm == move.arm for t in tried):
                continue
            case = begun if kind == "repair" else _case(theorem, tools)
            tried.append(_exhausted(case, move, kind))
            case.desk.proof = None
            for template, closed in case.leaves:
                leaf = Observation(arm=leaf_arm(template), features=seen, success=closed, cost=Amount())
                tools.experience.add(leaf)
    return Surveyed(theorem=theorem.name, features=seen, tried=tuple(tried))


def _case(theorem: Theorem, tools: Tools) -> Case:
    desk = Desk(theorem, Problem.of(theorem), Budget(ALLOWANCE), tools.pool, tools.sampler, tools.limits)
    return Case(theorem, desk, tools.library, tools.experience.seen_from(features(theorem)))


def _exhausted(case: Case, move: Move, kind: Kind) -> Tried:
    """Make the move, again and again while it has more to do, until it proves the statement or the allowance is spent."""
    before = case.desk.budget.spent
    for _ in range(_TIMES.get(kind, 1)):
        case.desk.arm = move.arm
        with suppress(OutOfBudget):
            move.run(case)
        if case.solved or move.arm in case.done:
            break
    return Tried(arm=move.arm, proved=case.solved, spent=case.desk.budget.spent - before)
