"""pass@k against brute force; the intervals against simulation and known values."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.passk import benchmark_pass_at_k, mean_interval, pass_at_k, wilson
from tests.eval.coverage import simulate

cells = st.integers(1, 9).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n), st.integers(1, n)))


@given(cells)
def test_equals_brute_force_over_all_subsets(cell: tuple[int, int, int]) -> None:
    n, c, k = cell
    subsets = list(combinations([1] * c + [0] * (n - c), k))
    assert pass_at_k(n, c, k) == pytest.approx(sum(map(any, subsets)) / len(subsets), abs=1e-12)


@given(cells)
def test_rises_with_proofs_and_with_k(cell: tuple[int, int, int]) -> None:
    n, c, k = cell
    if c < n:
        assert pass_at_k(n, c, k) <= pass_at_k(n, c + 1, k)
    if k < n:
        assert pass_at_k(n, c, k) <= pass_at_k(n, c, k + 1) + 1e-12


@pytest.mark.parametrize(("n", "c", "k"), [(8, 9, 1), (8, -1, 1), (4, 2, 8), (4, 2, 0)])
def test_impossible_cells_are_refused(n: int, c: int, k: int) -> None:
    with pytest.raises(ValueError, match="pass@"):
        pass_at_k(n, c, k)


def test_unjudged_attempts_leave_the_denominator() -> None:
    """Two proofs among four judged of eight sampled is 1/2, and says nothing about pass@8."""
    assert benchmark_pass_at_k([(4, 2)], 1).value == 0.5  # type: ignore[union-attr]
    assert benchmark_pass_at_k([(4, 2)], 8) is None
    mixed = benchmark_pass_at_k([(4, 2), (8, 8), (0, 0)], 8)
    assert mixed is not None
    assert (mixed.value, mixed.theorems) == (1.0, 1)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=40))
def test_interval_holds_its_estimate_and_stays_in_the_unit_interval(values: list[float]) -> None:
    estimate = mean_interval(values)
    assert estimate is not None
    assert 0 <= estimate.low <= estimate.value <= estimate.high <= 1
    assert estimate.high > estimate.low


def test_binary_theorems_give_wilsons_interval() -> None:
    estimate = mean_interval([1.0] * 30 + [0.0] * 70)
    assert estimate is not None
    assert (estimate.low, estimate.high) == pytest.approx(wilson(0.3, 100), abs=1e-12)
    assert (estimate.low, estimate.high) == pytest.approx(
        (0.2189, 0.3958), abs=1e-4
    )  # Newcombe 1998, method 3


@pytest.mark.parametrize("population", ["most out of reach", "bimodal", "smooth"])
def test_coverage_is_near_95_percent(population: str) -> None:
    """400 evaluations leave a binomial error of 1.1 points; `python -m tests.eval.coverage` is the full simulation."""
    covered = simulate(population, theorems=60, k=1, evaluations=400).covered
    assert 0.92 <= covered <= 0.98
