"""Quantiles that need nothing but the standard library: normal, and binomial tails by the regularised incomplete beta."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


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
