"""Who decides what comes next: the score, its ablations, and the baselines. All spend the same audited budget on the same moves."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from eval.search.budget import Amount, Budget
from eval.search.case import KINDS, Case, Kind, Move
from eval.search.moves import MOVES
from physprover.errors import ConfigError
from physprover.records import Record

# -- The value of an action per unit of what is left: [gain + bonus − pressure]₊ / (cost + ε). --
#
# The form is that of inference-time budget control (arXiv 2605.05701, as described by others; its coefficients are not
# public). Ours: gain is the posterior probability of a proof, bonus its uncertainty, pressure grows with the square of
# the share of the budget that is gone, cost is the largest share of what is left that the action is expected to take.

EPSILON = 0.005  # of the budget left: an action that costs nothing is not worth infinitely much


class Weights(Record):
    """Coefficients of the score, chosen once, before anything was measured."""

    bonus: float = 0.5  # standard deviations of the gain
    pressure: float = 0.05  # gain that an action must promise per whole remaining budget when all is gone


class Value(Record):
    """A score and its parts."""

    gain: float
    bonus: float
    pressure: float
    cost: float

    @property
    def score(self) -> float:
        return max(0.0, self.gain + self.bonus - self.pressure) / (self.cost + EPSILON)


def value(gain: float, spread: float, cost: Amount, budget: Budget, weights: Weights) -> Value:
    """Score an action with posterior mean `gain` and standard deviation `spread`."""
    share = min(1.0, cost.share_of(budget.left))
    return Value(
        gain=gain,
        bonus=weights.bonus * spread,
        pressure=weights.pressure * budget.pressure**2 * share,
        cost=share,
    )


# -- Policies --

Choice = Callable[[Case], tuple[Move, Value | None] | None]
"""The next move on a statement and why it was chosen (None: by a fixed order), or None: STOP."""


@dataclass(frozen=True)
class Policy:
    """A way of searching."""

    name: str
    start: Callable[[], Choice]  # gives the chooser of one statement
    kinds: frozenset[Kind] = frozenset(KINDS)  # moves it may make
    learns: bool = False  # whether it looks at what happened on other statements
    alike: bool = False  # whether alike statements count more for it
    grows: bool = (
        True  # whether what it does here is added to what it knows, which fixed orders do not look at
    )


def by_value(
    name: str,
    kinds: Collection[Kind] = KINDS,
    weights: Weights = Weights(),  # noqa: B008 - frozen
    *,
    learns: bool = True,
    alike: bool = True,
    grows: bool = True,
) -> Policy:
    """The move with the highest value per unit of what is left; STOP when none has any."""

    def choose(case: Case) -> tuple[Move, Value | None] | None:
        best: tuple[Move, Value] | None = None
        for kind in KINDS:
            for move in MOVES[kind](case) if kind in kinds else ():
                gain, spread = case.view.posterior(move.arm)
                cost = case.view.cost(move.arm, move.guess)
                found = value(gain, spread, cost, case.desk.budget, weights)
                if found.score > 0 and (best is None or found.score > best[1].score):
                    best = (move, found)
        return best

    return Policy(name, lambda: choose, frozenset(kinds), learns, alike, grows)


def in_order(name: str, order: Sequence[tuple[Kind, int]]) -> Policy:
    """A fixed order of kinds with so many moves each, repeated until nothing is left to do."""

    def start() -> Choice:
        turn, made = 0, 0

        def choose(case: Case) -> tuple[Move, Value | None] | None:
            nonlocal turn, made
            for _ in range(len(order) + 1):
                kind, times = order[turn]
                move = next(iter(MOVES[kind](case)), None) if made < times else None
                if move is not None:
                    made += 1
                    return move, None
                turn, made = (turn + 1) % len(order), 0
            return None

        return choose

    return Policy(name, start, frozenset(kind for kind, _ in order))


_ALL = 99  # more than any kind has moves

BASELINES: tuple[Policy, ...] = (
    in_order("direct", [("direct", 1)]),
    in_order("round robin", [(kind, 1) for kind in KINDS]),
    # scripts first, then what builds on them, the prover last
    in_order(
        "order: scripts first",
        [("script", _ALL), ("decompose", _ALL), ("retrieve", _ALL), ("repair", _ALL), ("direct", _ALL)],
    ),
    # the schedule of Hilbert (arXiv 2509.22819): four direct samples, then retrieval, a sketch, and mending
    in_order(
        "order: prover first",
        [("direct", 1), ("retrieve", 1), ("decompose", 1), ("repair", 1), ("script", 1)],
    ),
    in_order(
        "order: scripts, prover, rest",
        [
            ("script", _ALL),
            ("direct", 2),
            ("repair", 4),
            ("decompose", _ALL),
            ("retrieve", _ALL),
            ("direct", _ALL),
        ],
    ),
)

ABLATIONS: tuple[Policy, ...] = (
    *(by_value(f"value without {kind}", [k for k in KINDS if k != kind]) for kind in KINDS),
    by_value("value without bonus", weights=Weights(bonus=0.0)),
    by_value("value without pressure", weights=Weights(pressure=0.0)),
    by_value("value without learning", learns=False),
    by_value("value without likeness", alike=False),
)

FROZEN = by_value("value, frozen experience", grows=False)
"""The score with what was known before the study: fixed orders do not learn from test theorems either."""

POLICIES: dict[str, Policy] = {p.name: p for p in (by_value("value"), FROZEN, *BASELINES, *ABLATIONS)}


def get_policy(name: str) -> Policy:
    """The policy called `name`; `ConfigError` names the known ones."""
    if name not in POLICIES:
        known = "; ".join((*POLICIES, "router (with --survey FILE)"))
        raise ConfigError(f"no search policy is called `{name}`; there are: {known}")
    return POLICIES[name]
