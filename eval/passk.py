"""pass@k without bias, and 95 % intervals that hold what they promise.

The estimate. A theorem with n judged attempts, c of them proofs, has pass@k = 1 - C(n-c, k) / C(n, k): the share of
the k-subsets that hold a proof, which is unbiased for 1 - (1-p)^k (Chen et al., arXiv 2107.03374, eq. 1). Attempts that
were not judged are in neither n nor c. A theorem with fewer than k judged attempts has no estimate at that k.

The interval over theorems. The benchmark's theorems stand for a population of such theorems, so the mean of the
per-theorem estimates x_i carries both the choice of theorems and the sampling of attempts. A normal or t interval fails
near 0 and 1, where small benchmarks live (coverage down to 0 in our simulation). We use Wilson's score interval at an
effective size n_eff = N / r, where r = var(x) / m(1-m) says how much less than a coin each theorem varies; r is shrunk
towards 1 by a quarter of a pseudo-theorem, so that "all the same so far" is not taken for "never anything else".
`python -m eval.coverage` measures the coverage; docs/results.md shows it.

The interval of one cell (one theorem, or one count out of n): Clopper-Pearson, exact.
"""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence


# -- Quantiles that need nothing but the standard library: normal, and binomial tails by the regularised incomplete beta. --


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal."""
    return NormalDist().inv_cdf(probability)


def incomplete_beta(x: float, a: float, b: float) -> float:
    """Regularised incomplete beta I_x(a, b), a, b > 0 (continued fraction of Lentz; DLMF 8.17.22)."""
    if x <= 0.0 or x >= 1.0:
        return float(x >= 1.0)
    if x > (a + 1.0) / (a + b + 2.0):  # the fraction converges fast on the other side only
        return 1.0 - incomplete_beta(1.0 - x, b, a)
    log_front = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    tiny = 1e-300
    c, d, value = 1.0, 0.0, 1.0
    for i in range(1000):
        m = i // 2
        if i == 0:
            term = 1.0
        elif i % 2 == 0:
            term = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        else:
            term = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        d = 1.0 / (1.0 + term * d or tiny)
        c = 1.0 + term / c or tiny
        value *= c * d
        if abs(1.0 - c * d) < 1e-15:
            break
    return math.exp(log_front) * (value - 1.0) / a


def beta_quantile(probability: float, a: float, b: float) -> float:
    """x with I_x(a, b) = probability."""
    return bisect(lambda x: incomplete_beta(x, a, b) - probability, 0.0, 1.0)


def bisect(rising: Callable[[float], float], low: float, high: float) -> float:
    """Root of a rising function between `low` and `high`, to double precision."""
    for _ in range(200):
        middle = (low + high) / 2
        if middle in (low, high):
            break
        if rising(middle) < 0:
            low = middle
        else:
            high = middle
    return (low + high) / 2


# -- Passk --

SHRINKAGE = 0.25  # pseudo-theorems of coin-like variance; see eval/coverage.py


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


def mean_interval(values: Sequence[float], level: float = 0.95) -> Estimate | None:
    """Mean of per-theorem shares with its interval over theorems; None without any theorem."""
    count = len(values)
    if not count:
        return None
    mean = min(1.0, math.fsum(values) / count)
    coin = mean * (1.0 - mean)
    squares = math.fsum((x - mean) ** 2 for x in values)
    ratio = (squares + SHRINKAGE) / (count * coin + SHRINKAGE)
    low, high = wilson(mean, count / ratio, level)
    return Estimate(value=mean, low=low, high=high, theorems=count)


def wilson(share: float, size: float, level: float = 0.95) -> tuple[float, float]:
    """Wilson's score interval for a share of `size` (not necessarily whole) trials."""
    q = normal_quantile(0.5 + level / 2)
    a = q * q / size
    centre = (share + a / 2) / (1 + a)
    half = q / (1 + a) * math.sqrt(share * (1 - share) / size + a / (4 * size))
    return max(0.0, min(share, centre - half)), min(1.0, max(share, centre + half))


def exact_interval(n: int, c: int, level: float = 0.95) -> tuple[float, float]:
    """Clopper-Pearson interval of a success rate from `c` of `n`; (0, 1) when nothing was judged."""
    tail = (1 - level) / 2
    low = 0.0 if c == 0 else beta_quantile(tail, c, n - c + 1)
    high = 1.0 if c == n else beta_quantile(1 - tail, c + 1, n - c)
    return low, high


def benchmark_pass_at_k(cells: Iterable[tuple[int, int]], k: int) -> Estimate | None:
    """pass@k over theorems given as (n judged, c proofs); theorems with n < k are left out (see `Estimate.theorems`)."""
    return mean_interval([pass_at_k(n, c, k) for n, c in cells if n >= k])
