"""A survey of every move on its own, and the router that it teaches: the prover, a script or a sketch, whichever proves a statement
at the least expected number of checks.

A search stops at its first proof, so its record says nothing of the moves that it did not reach. A survey makes each move on a
fresh copy of the statement, whatever the others did, and writes down whether it proved the statement and after how many checks.

The router reads the chance of an arm off surveyed theorems: a mean over theorems weighted by likeness, in which rare features
count more, shrunk to the arm's kind. What fails here tells about the rest: a surveyed theorem that the failed arm does prove is
weaker evidence from then on, so that after `grind` fails the arms that solve what `grind` leaves come first. The arm of the most
proofs a check is next; below `stop` proofs a check the search ends. (For a known distribution this greedy order needs at most four
times the checks of the best one: min-sum set cover, Feige, Lovász and Tetali 2004.)
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from eval.search.budget import Amount, Budget, OutOfBudget
from eval.search.case import KINDS, Case, Kind, Move
from eval.search.desk import Desk
from eval.search.experience import Observation, kind_of
from eval.search.library import features
from eval.search.moves import MOVES
from eval.search.policies import Choice, Policy, Value, get_policy
from physprover.errors import ConfigError, HeaderError, RunError
from physprover.files import append, read_journal
from physprover.lean.protocol import Problem
from physprover.records import Record, Theorem, read_jsonl

if TYPE_CHECKING:
    from eval.search.search import SearchResult, Tools
    from physprover.progress import Progress

_TIMES: dict[Kind, int] = {"decompose": 3}  # how often a move is repeated; others are made once
ALLOWANCE = Amount(tokens=10**6, checks=12, seconds=120.0)  # of one arm on one theorem


class TriedAlone(Record):
    """One arm on one theorem, by itself."""

    arm: str
    proved: bool
    spent: Amount  # until it was proved, or until nothing was left to do


class Surveyed(Record):
    """A theorem and what each arm did to it: a line of a survey."""

    theorem: str
    features: tuple[str, ...]
    tried: tuple[TriedAlone, ...]
    asked: str = ""  # `_asked` of its theorem


def survey(
    theorems: Sequence[Theorem], tools: Tools, out: Path, progress: Progress, kinds: Sequence[Kind] = KINDS
) -> list[Surveyed]:
    """Survey what is missing in `out`; theorems whose statement does not elaborate are left out.

    Raises `RunError` when `out` holds a survey of another statement of the same name, by other weights or of other kinds.
    """
    found = {line.theorem: line for line in read_journal(out, Surveyed)}
    refuse_other(
        theorems,
        found,
        lambda theorem: _asked(theorem, tools, kinds),
        f"{out} holds a survey of",
        "another statement, other weights or other kinds of move",
    )
    with progress.stage("survey", len(theorems)) as stage:
        for theorem in theorems:
            if theorem.name not in found:
                with suppress(HeaderError):
                    line = survey_one(theorem, tools, kinds)
                    append(out, line)
                    found[theorem.name] = line
            stage.advance(1)
    return [found[t.name] for t in theorems if t.name in found]


def refuse_other(
    theorems: Iterable[Theorem],
    kept: Mapping[str, Surveyed | SearchResult],
    asked: Callable[[Theorem], str],
    holds: str,
    other: str,
) -> None:
    """Raises `RunError` where the line that a file `holds` under a theorem's name is not of what is `asked` now."""
    for theorem in theorems:
        if theorem.name in kept and kept[theorem.name].asked != asked(theorem):
            raise RunError(f"{holds} `{theorem.name}` with {other}; choose another file")


def survey_one(theorem: Theorem, tools: Tools, kinds: Sequence[Kind] = KINDS) -> Surveyed:
    """Every arm on its own. `repair` follows a round of samples, whose failures it mends."""
    tried: list[TriedAlone] = []
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
            for leaf in case.learned_of_leaves(seen):
                tools.experience.add(leaf)
    return Surveyed(
        theorem=theorem.name, features=seen, tried=tuple(tried), asked=_asked(theorem, tools, kinds)
    )


def _asked(theorem: Theorem, tools: Tools, kinds: Sequence[Kind]) -> str:
    return f"{tools.asked(theorem)} {' '.join(kinds)}"


def _case(theorem: Theorem, tools: Tools) -> Case:
    desk = Desk(theorem, Problem.of(theorem), Budget(ALLOWANCE), tools.pool, tools.sampler, tools.limits)
    return Case(theorem, desk, tools.library, tools.experience.seen_from(features(theorem)))


def _exhausted(case: Case, move: Move, kind: Kind) -> TriedAlone:
    """Make the move, again and again while it has more to do, until it proves the statement or the allowance is spent."""
    before = case.desk.budget.spent
    for _ in range(_TIMES.get(kind, 1)):
        case.desk.arm = move.arm
        with suppress(OutOfBudget):
            move.run(case)
        if case.solved or move.arm in case.done:
            break
    return TriedAlone(arm=move.arm, proved=case.solved, spent=case.desk.budget.spent - before)


def observations(lines: Iterable[Surveyed]) -> Iterator[Observation]:
    """What surveys teach a score: each arm once on each theorem."""
    for line in lines:
        for tried in line.tried:
            yield Observation(arm=tried.arm, features=line.features, success=tried.proved, cost=tried.spent)


# -- The router --

# Settled on the survey of the validation theorems alone, each of its files against the others (docs/results.md).
KEEP = 0.3  # weight that a surveyed theorem keeps when an arm that proves it has failed here
SHRINK = 4.0  # surveyed theorems that the rate of an arm's kind is worth
STOP = 0.025  # proofs a check
FLOOR = 0.02  # weight of a surveyed theorem that shares no feature
MORE = " more"  # of the arm of a sketch after its first check
_NO_RECORD = (0.2, 2.0)  # proofs, uses: of a kind that no survey has


@dataclass(frozen=True)
class _Known:
    """A surveyed theorem: its features, and for each arm whether it proves and the checks it takes."""

    features: frozenset[str]
    arms: dict[str, tuple[bool, int]]


def router(surveyed: Sequence[Surveyed], name: str = "router", *, stop: float = STOP) -> Policy:
    """The arm with the highest ratio of chance to checks, STOP below `stop` (0 spends the whole budget).

    The survey must not hold the theorems that are to be searched.
    """
    survey = [_known(line) for line in surveyed]
    carriers = Counter(feature for known in survey for feature in known.features)

    def start() -> Choice:
        made: list[str] = []  # every one of them has failed, or the search would be over
        weights: list[float] = []

        def choose(case: Case) -> tuple[Move, Value | None] | None:
            if not weights:
                here = common(features(case.theorem))
                weights.extend(_weight(here, known.features, carriers, len(survey)) for known in survey)
            if made:
                for i, known in enumerate(survey):
                    if known.arms.get(made[-1], (False, 0))[0]:
                        weights[i] *= KEEP
            moves = {arm: move for arm, move in _moves(case, made) if arm not in made}
            found = _rated(moves, survey, weights)
            arm = max(found, key=lambda a: found[a].score, default=None)
            if arm is None or found[arm].score < stop:
                return None
            made.append(arm)
            return moves[arm], found[arm]

        return choose

    return Policy(name, start, grows=False)


def read_surveys(files: Iterable[Path]) -> list[Surveyed]:
    """The lines of surveys. `DataError` for a malformed file."""
    return [line for file in files for line in read_jsonl(file, Surveyed)]


def survey_digest(lines: Iterable[Surveyed]) -> str:
    """What tells these surveys from others; "" for none."""
    text = "".join(line.model_dump_json() for line in lines)
    return hashlib.sha256(text.encode()).hexdigest()[:16] if text else ""


def refuse_searched(lines: Iterable[Surveyed], searched: Collection[str]) -> None:
    """Raises `ConfigError` where a survey holds a theorem that is searched now."""
    if shared := sorted({line.theorem for line in lines} & set(searched)):
        raise ConfigError(f"--survey: holds `{shared[0]}`, which is searched now; survey another split")


def choose_policy(name: str | None, lines: Sequence[Surveyed] | None) -> Policy:
    """The router that a survey teaches; without one (None) the policy of that name, the score where there is none.

    Raises `ConfigError` for an unknown name, a router without a survey, or a survey with another policy.
    """
    if lines is None:
        if name == "router":
            raise ConfigError("the router needs --survey FILE, which `physprover bench survey` writes")
        return get_policy(name or "value")
    if name not in (None, "router"):
        raise ConfigError(f"--survey teaches the router, but `{name}` is to search; leave one of them out")
    return router(lines)


def _weight(here: frozenset[str], there: frozenset[str], carriers: Mapping[str, int], surveyed: int) -> float:
    """FLOOR to 1 by the share of features in common, each weighted by how few surveyed theorems have it."""

    def rarity(seen: frozenset[str]) -> float:
        return sum(math.log(1 + surveyed / carriers.get(feature, 1)) for feature in seen)

    union = rarity(here | there)
    return FLOOR + (1 - FLOOR) * (rarity(here & there) / union if union else 0.0)


def _rated(arms: Collection[str], survey: Sequence[_Known], weights: Sequence[float]) -> dict[str, Value]:
    """Chance and checks of each arm, by the surveyed theorems and their weights."""
    proofs: dict[str, float] = defaultdict(float)  # by arm and by kind
    uses: dict[str, float] = defaultdict(float)
    checks: dict[str, list[int]] = defaultdict(list)
    for known, weight in zip(survey, weights, strict=True):
        for arm in arms:
            if arm in known.arms:
                proved, cost = known.arms[arm]
                for key in (arm, kind_of(arm)):
                    proofs[key] += weight * proved
                    uses[key] += weight
                checks[arm].append(cost)
    rated = {}
    for arm in arms:
        kind = kind_of(arm)
        usual = (proofs[kind] + _NO_RECORD[0]) / (uses[kind] + _NO_RECORD[1])
        chance = (proofs[arm] + SHRINK * usual) / (uses[arm] + SHRINK)
        mean = (sum(checks[arm]) + 1) / (len(checks[arm]) + 1)
        rated[arm] = Value(gain=chance, bonus=0.0, pressure=0.0, cost=mean)
    return rated


def _moves(case: Case, made: Collection[str]) -> Iterable[tuple[str, Move]]:
    """What can be done, by arm; a sketch is tried once with its likeliest fillings before it is worked on."""
    for kind in KINDS:
        for move in MOVES[kind](case):
            if move.once is None:
                yield move.arm, move
            elif move.arm in made:
                yield move.arm + MORE, move
            else:
                yield move.arm, replace(move, run=move.once)


def _known(line: Surveyed) -> _Known:
    arms: dict[str, tuple[bool, int]] = {}
    for tried in line.tried:
        checks = tried.spent.checks
        if kind_of(tried.arm) == "decompose":
            at_once = tried.proved and checks == 1
            arms[tried.arm] = (at_once, 1)
            if not at_once:
                arms[tried.arm + MORE] = (tried.proved, max(1, checks - 1))
        else:
            arms[tried.arm] = (tried.proved, max(1, checks))
    return _Known(common(frozenset(line.features)), arms)


def common(seen: frozenset[str]) -> frozenset[str]:
    """The features that statements of different files can share: names of definitions are not among them."""
    return frozenset(x for x in seen if not x.startswith("def "))
