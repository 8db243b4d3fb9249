"""Who decides what comes next: the score, its ablations, and the baselines. All spend the same audited budget on the same moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from eval.search.moves.case import KINDS, Kind, scripts
from eval.search.moves.decompose import decompositions
from eval.search.moves.direct import direct, retrievals
from eval.search.moves.repair import repairs
from physprover.errors import ConfigError
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from eval.search.budget import Amount, Budget
    from eval.search.moves.case import Case, Move


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


MOVES: dict[Kind, Callable[[Case], Iterable[Move]]] = {
    "script": scripts,
    "direct": direct,
    "retrieve": retrievals,
    "decompose": decompositions,
    "repair": repairs,
}


class Choice(Protocol):
    """The next move, or None: STOP."""

    def __call__(self, case: Case) -> tuple[Move, Value | None] | None: ...


class Policy(Protocol):
    """A way of searching. `start` gives the chooser of one statement."""

    @property
    def name(self) -> str: ...

    @property
    def kinds(self) -> frozenset[Kind]:
        """Moves it may make."""
        ...

    @property
    def learns(self) -> bool:
        """Whether it looks at what happened on other statements."""
        ...

    @property
    def alike(self) -> bool:
        """Whether alike statements count more for it."""
        ...

    @property
    def grows(self) -> bool:
        """Whether what it does here is added to what it knows; if not, every statement is searched as if it were the first."""
        ...

    def start(self) -> Choice: ...


class ByValue:
    """The move with the highest value per unit of what is left; STOP when none has any."""

    def __init__(
        self,
        name: str = "value",
        kinds: Iterable[Kind] = KINDS,
        weights: Weights = Weights(),  # noqa: B008 - frozen
        *,
        learns: bool = True,
        alike: bool = True,
        grows: bool = True,
    ) -> None:
        self.name, self.kinds, self.learns, self.alike = name, frozenset(kinds), learns, alike
        self.grows = grows
        self._weights = weights

    def start(self) -> Choice:
        return self._choose

    def _choose(self, case: Case) -> tuple[Move, Value | None] | None:
        best: tuple[Move, Value] | None = None
        for kind in KINDS:
            for move in MOVES[kind](case) if kind in self.kinds else ():
                gain, spread = case.view.posterior(move.arm)
                cost = case.view.cost(move.arm, move.guess)
                found = value(gain, spread, cost, case.desk.budget, self._weights)
                if found.score > 0 and (best is None or found.score > best[1].score):
                    best = (move, found)
        return best


class InOrder:
    """A fixed order of kinds with so many moves each, repeated until nothing is left to do."""

    learns = alike = False
    grows = True  # nothing looks at it

    def __init__(self, name: str, order: Iterable[tuple[Kind, int]]) -> None:
        self.name, self._order = name, tuple(order)
        self.kinds = frozenset(kind for kind, _ in self._order)

    def start(self) -> Choice:
        turn, made = 0, 0

        def choose(case: Case) -> tuple[Move, Value | None] | None:
            nonlocal turn, made
            for _ in range(len(self._order) + 1):
                kind, times = self._order[turn]
                move = next(iter(MOVES[kind](case)), None) if made < times else None
                if move is not None:
                    made += 1
                    return move, None
                turn, made = (turn + 1) % len(self._order), 0
            return None

        return choose


_ALL = 99  # more than any kind has moves

BASELINES: tuple[Policy, ...] = (
    InOrder("direct", [("direct", 1)]),
    InOrder("round robin", [(kind, 1) for kind in KINDS]),
    # scripts first, then what builds on them, the prover last
    InOrder(
        "order: scripts first",
        [("script", _ALL), ("decompose", _ALL), ("retrieve", _ALL), ("repair", _ALL), ("direct", _ALL)],
    ),
    # the schedule of Hilbert (arXiv 2509.22819): four direct samples, then retrieval, a sketch, and mending
    InOrder(
        "order: prover first",
        [("direct", 1), ("retrieve", 1), ("decompose", 1), ("repair", 1), ("script", 1)],
    ),
    InOrder(
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
FIXED_ORDERS = tuple(p.name for p in BASELINES if p.name.startswith("order"))

ABLATIONS: tuple[Policy, ...] = (
    *(ByValue(f"value without {kind}", [k for k in KINDS if k != kind]) for kind in KINDS),
    ByValue("value without bonus", weights=Weights(bonus=0.0)),
    ByValue("value without pressure", weights=Weights(pressure=0.0)),
    ByValue("value without learning", learns=False),
    ByValue("value without likeness", alike=False),
)

FROZEN = ByValue("value, frozen experience", grows=False)
"""The score with what was known before the study: fixed orders do not learn from test theorems either."""

POLICIES: dict[str, Policy] = {p.name: p for p in (ByValue(), FROZEN, *BASELINES, *ABLATIONS)}


def get_policy(name: str) -> Policy:
    """The policy called `name`; `ConfigError` names the known ones."""
    if name not in POLICIES:
        raise ConfigError(f"no search policy is called `{name}`; there are: {', '.join(POLICIES)}")
    return POLICIES[name]
