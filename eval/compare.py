"""Is B better than A, or is it noise? A paired test of two evaluations over the theorems both were asked.

* Solved theorems: exact McNemar test on the theorems solved by one side only (solved = some attempt was accepted).
* pass@1: mean of the per-theorem differences, with a 95 % interval and an exact sign-flip test (`paired`). The difference is
  "more than noise" where the interval excludes 0, which it does only where the sign-flip test rejects too.

`python -m tests.eval.coverage paired` measures how often two equal provers are called different.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from statistics import stdev
from typing import TypeAlias

import numpy as np

from eval.passk import mean_interval, pass_at_k
from eval.results import EvalResult
from physprover.errors import DataError, some
from physprover.records import Record

EXACT_STATES = 2_000_000  # array length up to which the sign-flip distribution is enumerated
FLIPS = 50_000  # random sign flips beyond that


class Paired(Record):
    """Mean of paired differences in [-1, 1], its 95 % interval, and the sign-flip test of "no difference"."""

    mean: float
    low: float
    high: float
    p: float

    @property
    def beyond_noise(self) -> bool:
        """The interval excludes 0; then p <= 0.05 too."""
        return self.low > 0 or self.high < 0


class Comparison(Paired):
    """B against A, paired over theorems: the difference is that of pass@1, B minus A, in shares (0.1 = 10 points)."""

    label_a: str
    label_b: str
    theorems: int  # judged on both sides
    only_a: tuple[str, ...]  # names solved by A alone
    only_b: tuple[str, ...]
    mcnemar_p: float  # two-sided, exact
    caution: str = ""  # why the two may not be comparable

    @property
    def lines(self) -> tuple[str, ...]:
        """The result as one would say it, in clauses."""
        points = f"{100 * self.mean:+.1f} points of pass@1 (95 % {100 * self.low:+.1f} to {100 * self.high:+.1f}, sign-flip p {_p(self.p)})"
        split = (
            f"{len(self.only_b)} solved only by {self.label_b}, {len(self.only_a)} only by {self.label_a} "
            f"(exact McNemar p {_p(self.mcnemar_p)})"
        )
        verdict = "more than noise" if self.beyond_noise else "not distinguishable from noise"
        caution = (f"Caution: {self.caution}.",) if self.caution else ()
        head = f"{self.label_b} against {self.label_a} on {some(self.theorems, 'theorem')}:"
        return head, f"{points}, {verdict};", f"{split}.", *caution

    @property
    def sentence(self) -> str:
        """The clauses in one line."""
        return " ".join(self.lines)


def compare(a: EvalResult, b: EvalResult) -> Comparison:
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
    return Comparison(
        **paired(differences).model_dump(),
        label_a=a.label,
        label_b=b.label,
        theorems=len(shared),
        only_a=only_a,
        only_b=only_b,
        mcnemar_p=mcnemar(len(only_a), len(only_b)),
        caution=_caution(a, b, len(rows_a.keys() ^ rows_b.keys())),
    )


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided McNemar test: each discordant theorem falls to either side like a fair coin."""
    n = only_a + only_b
    tail: float = sum(math.comb(n, i) for i in range(min(only_a, only_b) + 1)) / 2**n
    return min(1.0, 2 * tail)


def paired(differences: Sequence[float], resamples: int = 4000, seed: int = 0) -> Paired:
    """Is the mean of these paired differences 0?

    The interval is a bootstrap-t over theorems (Efron & Tibshirani 1993, ch. 12), which follows the skew of the differences.
    Where few theorems differ, many resamples have no spread at all, and dropping them makes the interval far too short. So
    every spread, that of the sample and of each resample, carries one more square of the largest difference, as Agresti and
    Min (2005) add half a pair to each discordant cell: no resample is degenerate and all are kept.
    A bootstrap cannot invent a sign that the sample does not hold, so the exact test has the last word on 0: where it does
    not reject at 5 %, the interval is extended to 0.

    Args:
        differences: one for each theorem, each in [-1, 1]; at least one.
        resamples: bootstrap resamples.
        seed: of the resampling.
    """
    values = np.asarray(differences, dtype=np.float64)
    count, mean = len(values), math.fsum(differences) / len(differences)
    largest = float(np.abs(values).max())
    if largest == 0.0 or count < 2:
        # Nothing to resample: the interval of a share, mapped from [0, 1] to [-1, 1].
        share = mean_interval([(d + 1) / 2 for d in differences])
        assert share is not None
        return Paired(mean=mean, low=min(0.0, 2 * share.low - 1), high=max(0.0, 2 * share.high - 1), p=1.0)
    distinct, times = np.unique(values, return_counts=True)
    drawn = np.random.default_rng(seed).multinomial(count, times / count, size=resamples)
    sums, squares = drawn @ distinct, drawn @ distinct**2

    def error(total: np.ndarray, square: np.ndarray) -> np.ndarray:
        spread = np.maximum(square - total**2 / count, 0.0) + largest**2
        return np.sqrt(spread / (count * (count - 1)))

    ratios = np.sort((sums / count - mean) / error(sums, squares))
    lower, upper = (float(ratios[int(q * (resamples - 1))]) for q in (0.025, 0.975))
    own = float(error(values.sum(), (values**2).sum()))
    low, high = max(-1.0, mean - max(0.0, upper) * own), min(1.0, mean - min(0.0, lower) * own)
    p = sign_flip(differences, seed)
    if p > 0.05:
        low, high = min(low, 0.0), max(high, 0.0)
    return Paired(mean=mean, low=low, high=high, p=p)


def sign_flip(differences: Sequence[float], seed: int = 0) -> float:
    """Two-sided p of the sign-flip test: if the two sides are equal, each difference is as likely to have the other sign.

    Exact where the differences have a common denominator that allows it (they are differences of c/n); otherwise over
    `FLIPS` random flips, the observed signs among them. Of differences of one size it is the exact McNemar test.
    """
    parts = [Fraction(d).limit_denominator(10_000) for d in differences if d]
    scale = math.lcm(*(part.denominator for part in parts)) if parts else 1
    units = [abs(int(part * scale)) for part in parts]
    total = sum(units)
    observed = abs(sum(int(part * scale) for part in parts))
    if 2 * total < EXACT_STATES:
        chance = np.zeros(2 * total + 1)
        chance[total] = 1.0
        for unit in units:
            # The ends are still 0: nothing wraps round.
            chance = (np.roll(chance, unit) + np.roll(chance, -unit)) / 2
        return min(1.0, float(chance[np.abs(np.arange(-total, total + 1)) >= observed].sum()))
    values = np.array([abs(d) for d in differences if d])
    rng, extreme = np.random.default_rng(seed), 1
    for _ in range(FLIPS // 1000):
        sums = np.abs(rng.choice((-1.0, 1.0), size=(1000, len(values))) @ values)
        extreme += int((sums >= abs(math.fsum(differences)) - 1e-9).sum())
    return extreme / (FLIPS + 1)


def _caution(a: EvalResult, b: EvalResult, left_out: int) -> str:
    notes = []
    if left_out:
        notes.append(f"{some(left_out, 'theorem')} judged on one side only, left out")
    if a.unjudged or b.unjudged:
        notes.append(f"{a.unjudged} and {b.unjudged} attempts could not be judged and count neither way")
    if a.hashes.get("theorems") != b.hashes.get("theorems") and not left_out:
        notes.append("the statements or headers differ between the two")
    if a.attempts_each != b.attempts_each:
        notes.append(f"{a.attempts_each} against {b.attempts_each} attempts per theorem")
    if a.settings.temperature != b.settings.temperature or a.settings.top_p != b.settings.top_p:
        notes.append("sampling settings differ")
    if a.versions.get("engine") != b.versions.get("engine"):
        notes.append("judged by different engines")
    return "; ".join(notes)


def _p(value: float) -> str:
    return f"= {value:.2g}" if value >= 0.0001 else "< 0.0001"


# -- Several seeds of several arms: means with t intervals over seeds, and differences paired by seed. --
#
# An interval over seeds says what another run of the same recipe would give on the same theorems; the interval over theorems
# of a single evaluation (eval/passk.py) answers another question.

Column: TypeAlias = tuple[str, int]
"""A group of theorems ("all" or a level) and k."""
Values: TypeAlias = "Mapping[Column, float]"


class SeedMean(Record):
    """Mean over seeds of a share; `half` is half the 95 % t interval, None with fewer than two seeds."""

    mean: float
    half: float | None

    def points(self, sign: bool = False) -> str:
        """In points of a hundred."""
        number = f"{100 * self.mean:+.1f}" if sign else f"{100 * self.mean:.1f}"
        return number if self.half is None else f"{number} ± {100 * self.half:.1f}"


def over_seeds(values: Sequence[float]) -> SeedMean:
    """Mean and t interval; raises `ValueError` without values."""
    if not values:
        raise ValueError("no values to average")
    count, mean = len(values), math.fsum(values) / len(values)
    half = t_quantile(0.975, count - 1) * (stdev(values) / math.sqrt(count)) if count > 1 else None
    return SeedMean(mean=mean, half=half)


def t_quantile(probability: float, freedom: int) -> float:
    """Quantile of Student's t with `freedom` degrees of freedom, for a probability above one half."""
    low, high = 0.0, math.pi / 2
    for _ in range(60):  # halvings of the angle: to double precision
        angle = (low + high) / 2
        if _within(angle, freedom) < 2 * probability - 1:
            low = angle
        else:
            high = angle
    return math.sqrt(freedom) * math.tan(high)


def _within(angle: float, freedom: int) -> float:
    """Probability that |t| is at most √freedom · tan(angle) (Abramowitz & Stegun, 26.7.3 and 26.7.4)."""
    odd, square = freedom % 2, math.cos(angle) ** 2
    term, total = math.cos(angle) if odd else 1.0, 0.0
    for j in range(1 + odd, freedom + 1, 2):
        total += term
        term *= square * j / (j + 1)
    central = math.sin(angle) * total
    return 2 / math.pi * (angle + central) if odd else central


def values(result: EvalResult) -> dict[Column, float]:
    """What one evaluation measured: pass@k over all theorems, then by level."""
    groups = [("all", result.overall), *sorted((group.name, group) for group in result.by_level)]
    return {
        (name, k): estimate.value
        for name, group in groups
        for k in result.settings.ks
        if (estimate := group.at(k)) is not None
    }


def paired_by_seed(after: Mapping[int, Values], before: Mapping[int, Values]) -> dict[int, Values]:
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
        for name, by_seed in ((f"{arm} − {first}", paired_by_seed(arms[arm], arms[first])) for arm in others)
    ]
    return markdown_table(head, [*rows, *differences])


def markdown_table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A Markdown table, without a line's end behind the last row."""
    return "\n".join(f"| {' | '.join(row)} |" for row in (head, ["---"] * len(head), *rows))


def _cell(by_seed: Mapping[int, Values], column: Column, sign: bool = False) -> str:
    found = [one[column] for one in by_seed.values() if column in one]
    return over_seeds(found).points(sign) if found else ""
