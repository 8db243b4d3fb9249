"""Several seeds of several arms: means with t intervals over seeds, and differences paired by seed.

An interval over seeds says what another run of the same recipe would give on the same theorems; the interval over theorems
of a single evaluation (eval/passk.py) answers another question.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from eval.distributions import beta_quantile
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.results import EvalResult, Group


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


def arms_table(
    arms: Mapping[str, Mapping[int, EvalResult]], notes: Mapping[str, str], ks: Sequence[int]
) -> str:
    """A Markdown table of arms (first column), then one of differences from the first arm, paired by seed.

    `arms` holds results by arm and seed, `notes` one remark for each arm (what its training saw).
    """
    groups = sorted({g.name for by_seed in arms.values() for r in by_seed.values() for g in r.by_level})
    columns = [(group, k) for group in ("all", *groups) for k in ks]
    head = ["arm", "training", "seeds", *(f"{group}: pass@{k}" for group, k in columns)]
    rows = [
        [arm, notes.get(arm, ""), str(len(by_seed)), *(_cell(by_seed, c) for c in columns)]
        for arm, by_seed in arms.items()
    ]
    first, *others = arms
    differences = [
        [
            f"{arm} − {first}",
            "",
            str(len(arms[arm].keys() & arms[first].keys())),
            *(_gap(arms[arm], arms[first], c) for c in columns),
        ]
        for arm in others
    ]
    lines = ["| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *rows, *differences]]
    return "\n".join(lines)


def _cell(by_seed: Mapping[int, EvalResult], column: tuple[str, int]) -> str:
    values = [v for result in by_seed.values() if (v := _value(result, column)) is not None]
    return over_seeds(values).points() if values else ""


def _gap(arm: Mapping[int, EvalResult], base: Mapping[int, EvalResult], column: tuple[str, int]) -> str:
    pairs = [(_value(arm[seed], column), _value(base[seed], column)) for seed in arm if seed in base]
    gaps = [a - b for a, b in pairs if a is not None and b is not None]
    return over_seeds(gaps).points(sign=True) if gaps else ""


def _value(result: EvalResult, column: tuple[str, int]) -> float | None:
    name, k = column
    groups: Sequence[Group] = (result.overall,) if name == "all" else result.by_level
    estimate = next((g.at(k) for g in groups if name in ("all", g.name)), None)
    return None if estimate is None else estimate.value
