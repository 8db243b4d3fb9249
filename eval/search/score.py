"""The value of an action per unit of what is left: [gain + bonus − pressure]₊ / (cost + ε).

The form is that of inference-time budget control (arXiv 2605.05701, as described by others; its coefficients are not
public). Ours: gain is the posterior probability of a proof, bonus its uncertainty, pressure grows with the square of
the share of the budget that is gone, cost is the largest share of what is left that the action is expected to take.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.records import Record

if TYPE_CHECKING:
    from eval.search.budget import Amount, Budget

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
