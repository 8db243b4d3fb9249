"""Does the 95 % interval cover 95 %? Simulated evaluations with a known truth: `python -m eval.coverage`.

Each simulated evaluation draws N theorems from a population of success rates, n attempts for each, and asks whether the
interval of `eval.passk` holds the population's true pass@k. The populations are those small provers meet: most theorems
out of reach, a bimodal split, easy ones, and smooth ones.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from eval.passk import benchmark_pass_at_k
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable

POPULATIONS: dict[str, Callable[[random.Random], float]] = {
    "most out of reach": lambda r: 0.0 if r.random() < 0.6 else r.betavariate(1, 2),
    "bimodal": lambda r: r.betavariate(0.5, 8) if r.random() < 0.5 else r.betavariate(8, 1),
    "U-shaped": lambda r: r.betavariate(0.3, 0.7),
    "hard": lambda r: r.betavariate(0.5, 2),
    "smooth": lambda r: r.betavariate(2, 5),
    "rarely solved": lambda r: 0.0 if r.random() < 0.9 else r.betavariate(2, 2),
}


class Coverage(Record):
    """Share of the simulated evaluations whose interval held the truth."""

    population: str
    theorems: int
    k: int
    evaluations: int
    covered: float
    width: float  # mean width of the interval


def simulate(population: str, theorems: int, k: int, evaluations: int, n: int = 8, seed: int = 0) -> Coverage:
    """Simulate `evaluations` evaluations of `theorems` theorems with `n` attempts each."""
    draw, rng = POPULATIONS[population], random.Random(f"{seed} {population} {theorems} {k}")
    truth = sum(1 - (1 - draw(rng)) ** k for _ in range(200_000)) / 200_000
    covered, width = 0, 0.0
    for _ in range(evaluations):
        cells = []
        for _ in range(theorems):
            rate = draw(rng)
            cells.append((n, sum(rng.random() < rate for _ in range(n))))
        estimate = benchmark_pass_at_k(cells, k)
        assert estimate is not None
        covered += estimate.low <= truth <= estimate.high
        width += estimate.high - estimate.low
    return Coverage(
        population=population,
        theorems=theorems,
        k=k,
        evaluations=evaluations,
        covered=covered / evaluations,
        width=width / evaluations,
    )


def main() -> None:
    """Print coverage over 2,000 evaluations for each population, size and k, and the mean over all."""
    rows = [simulate(name, size, k, 2000) for name in POPULATIONS for size in (20, 60, 120) for k in (1, 8)]
    for row in rows:
        print(
            f"{row.population:18} N={row.theorems:<4} pass@{row.k}  {100 * row.covered:5.1f} %  width {row.width:.3f}"
        )
    print(f"mean over all {100 * sum(row.covered for row in rows) / len(rows):.1f} %")


if __name__ == "__main__":
    main()
