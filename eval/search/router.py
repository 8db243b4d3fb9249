"""Send each statement to the prover, a script or a sketch: whichever proves it at the least expected number of checks.

The chance of an arm is read off surveyed theorems (eval/search/survey.py), where every arm was tried on its own: a mean over
theorems weighted by likeness, shrunk to the arm's kind. What fails here tells about the rest: a surveyed theorem that the failed
arm does prove is evidence no longer, so that after `grind` fails the arms that solve what `grind` leaves come first. The arm of
the most proofs a check is next; below `stop` proofs a check the search ends. (For a known distribution this greedy order
needs at most four times the checks of the best one: min-sum set cover, Feige, Lovász and Tetali 2004.)
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from eval.search.library import features
from eval.search.moves.case import KINDS
from eval.search.moves.decompose import Decompose
from eval.search.policies import MOVES, Value

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eval.search.moves.case import Case, Kind, Move
    from eval.search.policies import Choice
    from eval.search.survey import Surveyed

# Settled on the surveys of validation and train theorems alone, each validation file against the others (docs/results.md).
KEEP = 0.05  # weight that a surveyed theorem keeps when an arm that proves it has failed here
SHRINK = 4.0  # surveyed theorems that the rate of an arm's kind is worth
STOP = 0.02  # proofs a check
FLOOR = 0.2  # weight of a theorem that shares no feature
MORE = " more"  # of the arm of a sketch after its first check
_NO_RECORD = (0.2, 2.0)  # proofs, uses: of a kind that no survey has


@dataclass(frozen=True)
class _Known:
    """A surveyed theorem: its features, and for each arm whether it proves and the checks it takes."""

    features: frozenset[str]
    arms: dict[str, tuple[bool, int]]


class Router:
    """`Policy`: the arm with the highest ratio of chance to checks, STOP below `stop`."""

    kinds: frozenset[Kind] = frozenset(KINDS)
    learns = alike = False
    grows = False

    def __init__(self, surveyed: Sequence[Surveyed], name: str = "router", *, stop: float = STOP) -> None:
        """`stop` 0 spends the whole budget. Surveys must not hold the theorems that are to be searched."""
        self.name, self._stop = name, stop
        self._known = [_known(line) for line in surveyed]

    def start(self) -> Choice:
        made: list[str] = []  # every one of them has failed, or the search would be over
        weights: list[float] = []

        def choose(case: Case) -> tuple[Move, Value | None] | None:
            if not weights:
                here = common(features(case.theorem))
                weights.extend(FLOOR + (1 - FLOOR) * _overlap(here, k.features) for k in self._known)
            if made:
                last = made[-1]
                for i, known in enumerate(self._known):
                    if known.arms.get(last, (False, 0))[0]:
                        weights[i] *= KEEP
            moves = {arm: move for arm, move in _moves(case, set(made)) if arm not in made}
            found = self._rated(moves, weights)
            arm = max(found, key=lambda a: found[a].score, default=None)
            if arm is None or found[arm].score < self._stop:
                return None
            made.append(arm)
            return moves[arm], found[arm]

        return choose

    def _rated(self, moves: Iterable[str], weights: Sequence[float]) -> dict[str, Value]:
        """Chance and checks of each arm."""
        proofs: dict[str, float] = defaultdict(float)  # by arm and by kind
        uses: dict[str, float] = defaultdict(float)
        checks: dict[str, list[int]] = defaultdict(list)
        arms = list(moves)
        for known, weight in zip(self._known, weights, strict=True):
            for arm in arms:
                if arm in known.arms:
                    proved, cost = known.arms[arm]
                    for key in (arm, _kind(arm)):
                        proofs[key] += weight * proved
                        uses[key] += weight
                    checks[arm].append(cost)
        rated = {}
        for arm in arms:
            kind = _kind(arm)
            usual = (proofs[kind] + _NO_RECORD[0]) / (uses[kind] + _NO_RECORD[1])
            chance = (proofs[arm] + SHRINK * usual) / (uses[arm] + SHRINK)
            mean = (sum(checks[arm]) + 1) / (len(checks[arm]) + 1)
            rated[arm] = Value(gain=chance, bonus=0.0, pressure=0.0, cost=mean)
        return rated


def _moves(case: Case, made: set[str]) -> Iterable[tuple[str, Move]]:
    """What can be done, by arm; a sketch is tried once with its likeliest fillings before it is worked on."""
    for kind in KINDS:
        for move in MOVES[kind](case):
            if not isinstance(move, Decompose):
                yield move.arm, move
            elif move.arm in made:
                yield move.arm + MORE, move
            else:
                yield move.arm, replace(move, once=True)


def _known(line: Surveyed) -> _Known:
    arms: dict[str, tuple[bool, int]] = {}
    for tried in line.tried:
        checks = tried.spent.checks
        if _kind(tried.arm) == "decompose":
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


def _overlap(one: frozenset[str], other: frozenset[str]) -> float:
    return len(one & other) / max(1, len(one | other))


def _kind(arm: str) -> str:
    return arm.partition(" ")[0]
