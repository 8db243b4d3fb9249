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

from physprover.records import Record

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
