"""Is B better than A, or is it noise? A paired test of two evaluations over the theorems both were asked.

* McNemar, exact: of the theorems solved by one side only, how uneven is the split? (solved = some attempt was accepted)
* pass@1 difference: mean of per-theorem differences with a studentised paired bootstrap interval (Efron & Tibshirani 1993,
  ch. 12), which stays honest for the skewed differences of small benchmarks.
* How many theorems it would take: the size at which this mean difference would be found with 80 % power, given the spread
  of the differences seen.
"""

from __future__ import annotations

import math
import random
from typing import TYPE_CHECKING

from eval.distributions import normal_quantile
from eval.passk import mean_interval, pass_at_k
from physprover.errors import DataError
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.results import EvalResult


class Comparison(Record):
    """B against A. Differences are B minus A, in shares (0.1 = 10 points)."""

    label_a: str
    label_b: str
    theorems: int  # judged on both sides
    solved_a: int
    solved_b: int
    only_a: tuple[str, ...]  # names solved by A alone
    only_b: tuple[str, ...]
    mcnemar_p: float  # two-sided, exact
    difference: float  # of pass@1
    low: float
    high: float
    theorems_needed: int | None  # None: no difference was seen at all
    left_out: int  # theorems only one side has
    caution: str = ""  # why the two may not be comparable

    @property
    def beyond_noise(self) -> bool:
        """The 95 % interval of the pass@1 difference excludes 0."""
        return self.low > 0 or self.high < 0

    @property
    def sentence(self) -> str:
        """The result as one would say it."""
        points = f"{100 * self.difference:+.1f} points of pass@1 (95 % {100 * self.low:+.1f} to {100 * self.high:+.1f})"
        split = (
            f"{len(self.only_b)} solved only by {self.label_b}, {len(self.only_a)} only by {self.label_a} "
            f"(exact McNemar p {_p(self.mcnemar_p)})"
        )
        verdict = "more than noise" if self.beyond_noise else "not distinguishable from noise"
        text = f"{self.label_b} against {self.label_a} on {self.theorems} theorems: {points}, {verdict}; {split}."
        if not self.beyond_noise and self.theorems_needed is not None:
            text += f" A difference of this size would need about {self.theorems_needed:,} theorems to show."
        return f"{text} Caution: {self.caution}." if self.caution else text


def compare(a: EvalResult, b: EvalResult, *, resamples: int = 4000, seed: int = 0) -> Comparison:
    """Paired comparison of B with A. Raises `DataError` when they share no judged theorem."""
    rows_a = {t.name: t for t in a.theorems if t.n}
    rows_b = {t.name: t for t in b.theorems if t.n}
    shared = [name for name in rows_a if name in rows_b]
    if not shared:
        raise DataError(f"`{a.label}` and `{b.label}` share no judged theorem; nothing to compare")
    only_a = tuple(n for n in shared if rows_a[n].correct and not rows_b[n].correct)
    only_b = tuple(n for n in shared if rows_b[n].correct and not rows_a[n].correct)
    differences = [
        pass_at_k(rows_b[n].n, rows_b[n].correct, 1) - pass_at_k(rows_a[n].n, rows_a[n].correct, 1)
        for n in shared
    ]
    low, high = paired_bootstrap(differences, resamples, seed)
    mean = math.fsum(differences) / len(differences)
    return Comparison(
        label_a=a.label,
        label_b=b.label,
        theorems=len(shared),
        solved_a=sum(rows_a[n].correct > 0 for n in shared),
        solved_b=sum(rows_b[n].correct > 0 for n in shared),
        only_a=only_a,
        only_b=only_b,
        mcnemar_p=mcnemar(len(only_a), len(only_b)),
        difference=mean,
        low=low,
        high=high,
        theorems_needed=theorems_needed(differences),
        left_out=len(rows_a.keys() ^ rows_b.keys()),
        caution=_caution(a, b, len(rows_a.keys() ^ rows_b.keys())),
    )


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar test: each discordant theorem falls to either side like a fair coin."""
    n = only_a + only_b
    tail: float = sum(math.comb(n, i) for i in range(min(only_a, only_b) + 1)) / 2**n
    return min(1.0, 2 * tail)


def paired_bootstrap(differences: Sequence[float], resamples: int, seed: int) -> tuple[float, float]:
    """95 % bootstrap-t interval of the mean difference, theorems drawn with replacement."""
    count, mean = len(differences), math.fsum(differences) / len(differences)
    error = _standard_error(differences)
    if (
        error == 0.0
    ):  # nothing to resample: fall back on the interval of a share, mapped from [0, 1] to [-1, 1]
        share = mean_interval([(d + 1) / 2 for d in differences])
        assert share is not None
        return 2 * share.low - 1, 2 * share.high - 1
    rng, ratios = random.Random(seed), []
    for _ in range(resamples):
        drawn = rng.choices(differences, k=count)
        spread = _standard_error(drawn)
        if spread > 0.0:
            ratios.append((math.fsum(drawn) / count - mean) / spread)
    if not ratios:
        return -1.0, 1.0
    ratios.sort()
    upper, lower = ratios[int(0.975 * (len(ratios) - 1))], ratios[int(0.025 * (len(ratios) - 1))]
    return max(-1.0, mean - max(0.0, upper) * error), min(1.0, mean - min(0.0, lower) * error)


def theorems_needed(differences: Sequence[float], power: float = 0.8) -> int | None:
    """Theorems at which a two-sided 5 % test finds this mean difference with the given power; None if it is 0."""
    count, mean = len(differences), math.fsum(differences) / len(differences)
    if mean == 0.0:
        return None
    z = normal_quantile(0.975) + normal_quantile(power)
    variance = _standard_error(differences) ** 2 * count
    return max(2, math.ceil(variance * (z / mean) ** 2))


def _standard_error(values: Sequence[float]) -> float:
    count = len(values)
    if count < 2:
        return 0.0
    mean = math.fsum(values) / count
    return math.sqrt(math.fsum((x - mean) ** 2 for x in values) / (count - 1) / count)


def _caution(a: EvalResult, b: EvalResult, left_out: int) -> str:
    notes = []
    if left_out:
        notes.append(f"{left_out} theorems were judged on one side only and are left out")
    if a.hashes.get("theorems") != b.hashes.get("theorems") and not left_out:
        notes.append("the statements or headers differ between the two")
    if a.settings.samples != b.settings.samples:
        notes.append(f"{a.settings.samples} against {b.settings.samples} attempts per theorem")
    if a.settings.temperature != b.settings.temperature or a.settings.top_p != b.settings.top_p:
        notes.append("sampling settings differ")
    if a.versions.get("engine") != b.versions.get("engine"):
        notes.append("judged by different engines")
    return "; ".join(notes)


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.0001 else "< 0.0001"
