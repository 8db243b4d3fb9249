"""pass@k without bias, and 95 % intervals that hold what they promise.

The estimate. A theorem with n judged attempts, c of them proofs, has pass@k = 1 - C(n-c, k) / C(n, k): the share of
the k-subsets that hold a proof, which is unbiased for 1 - (1-p)^k (Chen et al., arXiv 2107.03374, eq. 1). Attempts that
were not judged are in neither n nor c. A theorem with fewer than k judged attempts has no estimate at that k.

The interval over theorems. The benchmark's theorems stand for a population of such theorems, so the mean of the
per-theorem estimates x_i carries both the choice of theorems and the sampling of attempts. A normal or t interval fails
near 0 and 1, where small benchmarks live (coverage down to 0 in our simulation). We use Wilson's score interval at an
effective size n_eff = N / r, where r = var(x) / m(1-m) says how much less than a coin each theorem varies; r is shrunk
towards 1 by a quarter of a pseudo-theorem, so that "all the same so far" is not taken for "never anything else".
`python -m tests.eval.coverage` measures the coverage; docs/results.md shows it.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from physprover.records import Record

if TYPE_CHECKING:
    from numpy.typing import NDArray


SHRINKAGE = 0.25  # pseudo-theorems of coin-like variance; see tests/eval/coverage.py


class Estimate(Record):
    """A share in [0, 1] with its interval, over `theorems` theorems."""

    value: float
    low: float
    high: float
    theorems: int

    def __str__(self) -> str:
        return f"{100 * self.value:.1f} % [{100 * self.low:.1f}, {100 * self.high:.1f}]"


def pass_at_k(n: int, c: int, k: int) -> float:
    """Unbiased pass@k from `c` proofs among `n` judged attempts. Raises `ValueError` unless 0 <= c <= n and 1 <= k <= n."""
    if not (0 <= c <= n and 1 <= k <= n):
        raise ValueError(f"pass@{k} needs 0 <= c <= n and 1 <= k <= n, got n={n}, c={c}")
    return 1.0 - math.comb(n - c, k) / math.comb(n, k)


def mean_interval(values: Sequence[float]) -> Estimate | None:
    """Mean of per-theorem shares with its interval over theorems; None without any theorem."""
    count = len(values)
    if not count:
        return None
    mean = min(1.0, math.fsum(values) / count)
    coin = mean * (1.0 - mean)
    squares = math.fsum((x - mean) ** 2 for x in values)
    ratio = (squares + SHRINKAGE) / (count * coin + SHRINKAGE)
    low, high = wilson(mean, count / ratio)
    return Estimate(value=mean, low=low, high=high, theorems=count)


def wilson(share: float, size: float) -> tuple[float, float]:
    """Wilson's 95 % score interval for a share of `size` (not necessarily whole) trials."""
    q = NormalDist().inv_cdf(0.975)
    a = q * q / size
    centre = (share + a / 2) / (1 + a)
    half = q / (1 + a) * math.sqrt(share * (1 - share) / size + a / (4 * size))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def benchmark_pass_at_k(cells: Iterable[tuple[int, int]], k: int) -> Estimate | None:
    """pass@k over theorems given as (n judged, c proofs); theorems with n < k are left out (see `Estimate.theorems`)."""
    return mean_interval([pass_at_k(n, c, k) for n, c in cells if n >= k])


# -- Pass over tokens: the share of theorems solved when a number of sampled tokens may be spent on each. --
#
# What is estimated. On one theorem, attempts are sampled one after another until one is a proof, the budget of B tokens is
# spent, or n attempts have been made, whichever comes first; an attempt that would run over the budget is cut off and is
# no proof. The figure is the probability of a proof. Tokens are those the model wrote, end token included; its prompt is
# not counted.
#
# The estimate. The n judged attempts that were saved, drawn in random order: the share of their n! orders in which the
# tokens up to and including the first proof are at most B. Attempts are independent draws, so each order is one run of the
# procedure above, and the mean over all of them is unbiased at every B (a U-statistic, as pass@k is; tests/eval
# enumerates it). Where all attempts have t tokens it equals pass@k at k = B // t, and beyond the tokens of all n attempts
# it is pass@n. What more than n attempts would give it does not say: `saved_for` is where that begins to matter.
#
# How. No order is drawn. The first proof is any of the c proofs with equal chance, and j failures come before it with
# probability c/(n-j) · Π_{i<j} (m-i)/(n-i), m = n - c; any j of the m failures are equally likely, and the distribution of
# their tokens follows by adding one failure at a time. The work is m² times the tokens; above `WORK`, which takes more
# than some thirty attempts of a thousand tokens, lengths are rounded to whole grains of a few tokens.

_GRID = 36  # budgets of a figure
WORK = 20_000_000  # additions for one theorem, some hundredths of a second


class Lengths(NamedTuple):
    """Tokens of one theorem's judged attempts, one number each, all positive."""

    failed: tuple[int, ...]
    proved: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.failed) + sum(self.proved)


class AtBudget(NamedTuple):
    """One point of the curve."""

    tokens: int  # budget of each theorem
    estimate: Estimate


def pass_over_tokens(theorems: Sequence[Lengths], budgets: Sequence[int]) -> list[AtBudget]:
    """The mean over theorems at each budget, with the interval over theorems of pass@k; empty without theorems."""
    shares = [solved_within(lengths, budgets) for lengths in theorems]
    columns = [mean_interval(column) for column in zip(*shares, strict=True)]
    return [AtBudget(b, e) for b, e in zip(budgets, columns, strict=False) if e is not None]


def solved_within(lengths: Lengths, budgets: Sequence[int]) -> list[float]:
    """Probability, for each budget, that a random order of one theorem's attempts reaches a proof within it.

    Raises `ValueError` for an attempt without tokens.
    """
    if min((*lengths.failed, *lengths.proved), default=1) < 1:
        raise ValueError("an attempt of no tokens has no place on a curve over tokens")
    if not lengths.proved:
        return [0.0] * len(budgets)
    grain = _grain(lengths)
    failed = [max(1, round(t / grain)) for t in lengths.failed]
    proved = [max(1, round(t / grain)) for t in lengths.proved]
    before = _tokens_before_proof(failed, len(proved))
    cost = np.zeros(len(before) + max(proved))
    for tokens in proved:
        cost[tokens : tokens + len(before)] += before / len(proved)
    solved = np.minimum(1.0, np.cumsum(cost))
    return [float(solved[min(b // grain, len(solved) - 1)]) if b > 0 else 0.0 for b in budgets]


def _grain(lengths: Lengths) -> int:
    tokens = sum(lengths.failed) + max(lengths.proved)
    return max(1, math.ceil(len(lengths.failed) ** 2 * tokens / WORK))


def _tokens_before_proof(failed: Sequence[int], proofs: int) -> NDArray[np.float64]:
    """Probability of each number of failed tokens (index: 0 to all of them) before the first of `proofs` proofs."""
    count, top = len(failed), sum(failed)
    # [j, s]: j of the failures seen so far, taken at random, have s tokens
    sums = np.zeros((count + 1, top + 1))
    sums[0, 0] = 1.0
    for seen, tokens in enumerate(failed, 1):
        taken = np.arange(1, seen + 1)[:, None] / seen  # chance that the newest one is among j of `seen`
        with_it = taken * sums[:seen, : top + 1 - tokens]
        sums[1:seen] *= 1.0 - taken[:-1]
        sums[seen] = 0.0
        sums[1 : seen + 1, tokens:] += with_it
    chance, first = np.empty(count + 1), 1.0
    for j in range(count + 1):
        chance[j] = first * proofs / (count + proofs - j)
        first *= (count - j) / (count + proofs - j)
    return np.asarray(chance @ sums)


def budget_grid(theorems: Sequence[Lengths]) -> list[int]:
    """Budgets evenly spaced in their logarithm, from the shortest proof to the most tokens of any theorem."""
    first = min((t for lengths in theorems for t in lengths.proved), default=1)
    last = max((lengths.total for lengths in theorems), default=1)
    step = math.log(max(first, last) / first) / (_GRID - 1)
    return sorted({round(first * math.exp(i * step)) for i in range(_GRID)})


def saved_for(theorems: Sequence[Lengths]) -> int:
    """Tokens for which the saved attempts of every theorem last, 0 without theorems; beyond, some procedure ended at n."""
    return min((lengths.total for lengths in theorems), default=0)
