"""Several seeds of several arms: means with t intervals over seeds, and differences paired by seed.

An interval over seeds says what another run of the same recipe would give on the same theorems; the interval over theorems
of a single evaluation (eval/passk.py) answers another question.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, TypeAlias

from eval.passk import beta_quantile
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.results import EvalResult

Column: TypeAlias = tuple[str, int]
"""A group of theorems ("all" or a level) and k."""
Values: TypeAlias = "Mapping[Column, float]"


class SeedMean(Record):
    """Mean over seeds of a share; `half` is half the 95 % t interval, None with fewer than two seeds."""

    mean: float
    half: float | None
    seeds: int

    def points(self, sign: bool = False) -> str:
        """In points of a hundred."""
        number = f"{100 * self.mean:+.1f}" if sign else f"{100 * self.mean:.1f}"
        return number if self.half is None else f"{number} ± {100 * self.half:.1f}"


def over_seeds(values: Sequence[float]) -> SeedMean:
    """Mean and t interval; raises `ValueError` without values."""
    if not values:
        raise ValueError("no values to average")
    count, mean = len(values), math.fsum(values) / len(values)
    if count < 2:
        return SeedMean(mean=mean, half=None, seeds=count)
    error = math.sqrt(math.fsum((v - mean) ** 2 for v in values) / (count - 1) / count)
    return SeedMean(mean=mean, half=t_quantile(0.975, count - 1) * error, seeds=count)


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t with `freedom` degrees of freedom, for a probability above one half."""
    x = beta_quantile(2 * (1 - probability), freedom / 2, 0.5)
    return math.sqrt(freedom * (1 - x) / x)


def values(result: EvalResult) -> dict[Column, float]:
    """What one evaluation measured: pass@k over all theorems, then by level."""
    groups = [("all", result.overall), *sorted((group.name, group) for group in result.by_level)]
    return {
        (name, k): estimate.value
        for name, group in groups
        for k in result.settings.ks
        if (estimate := group.at(k)) is not None
    }


def paired(after: Mapping[int, Values], before: Mapping[int, Values]) -> dict[int, Values]:
    """Differences, seed by seed where both have it."""
    return {
        seed: {column: v - before[seed][column] for column, v in found.items() if column in before[seed]}
        for seed, found in after.items()
        if seed in before
    }


def arms_table(arms: Mapping[str, Mapping[int, Values]], notes: Mapping[str, str]) -> str:
    """A Markdown table of arms (first column), then one of differences from the first arm, paired by seed.

    `arms` holds values by arm and seed, `notes` one remark for each arm (what its training saw).
    """
    columns = list(dict.fromkeys(c for by_seed in arms.values() for found in by_seed.values() for c in found))
    head = ["arm", "training", "seeds", *(f"{group}: pass@{k}" for group, k in columns)]
    rows = [
        [arm, notes.get(arm, ""), str(len(by_seed)), *(_cell(by_seed, c) for c in columns)]
        for arm, by_seed in arms.items()
    ]
    first, *others = arms
    differences = [
        [name, "", str(len(by_seed)), *(_cell(by_seed, c, sign=True) for c in columns)]
        for name, by_seed in ((f"{arm} − {first}", paired(arms[arm], arms[first])) for arm in others)
    ]
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows, *differences]]
    return "\n".join(lines)


def _cell(by_seed: Mapping[int, Values], column: Column, sign: bool = False) -> str:
    found = [one[column] for one in by_seed.values() if column in one]
    return over_seeds(found).points(sign) if found else ""
