"""Pass over tokens against every order of the attempts, against pass@k, and its unbiasedness by enumeration."""

from itertools import permutations, product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval import passk as pass_tokens
from eval.passk import (
    Lengths,
    benchmark_pass_at_k,
    budget_grid,
    pass_at_k,
    pass_over_tokens,
    saved_for,
    solved_within,
)

tokens = st.integers(1, 9)
attempts = st.lists(st.tuples(tokens, st.booleans()), min_size=1, max_size=6)
budgets = st.lists(st.integers(0, 60), min_size=1, max_size=8)


def lengths_of(drawn: list[tuple[int, bool]]) -> Lengths:
    return Lengths(tuple(t for t, good in drawn if not good), tuple(t for t, good in drawn if good))


def run_procedure(drawn: tuple[tuple[int, bool], ...], budget: int) -> bool:
    spent = 0
    for length, good in drawn:
        spent += length
        if spent > budget:
            return False
        if good:
            return True
    return False


@settings(max_examples=60)
@given(attempts, budgets)
def test_equals_the_share_of_all_orders(drawn: list[tuple[int, bool]], limits: list[int]) -> None:
    orders = list(permutations(drawn))
    expected = [sum(run_procedure(o, b) for o in orders) / len(orders) for b in limits]
    assert solved_within(lengths_of(drawn), limits) == pytest.approx(expected, abs=1e-12)


@given(st.integers(1, 20), st.integers(0, 20), st.integers(0, 20), st.integers(1, 40))
def test_attempts_of_one_length_give_pass_at_k(length: int, c: int, failures: int, k: int) -> None:
    n = c + failures
    lengths = Lengths((length,) * failures, (length,) * c)
    expected = pass_at_k(n, c, min(k, n)) if n else 0.0
    for budget in (k * length, k * length + length - 1):
        assert solved_within(lengths, [budget]) == pytest.approx([expected], abs=1e-12)


@given(
    st.lists(st.tuples(st.integers(1, 5000), st.booleans()), max_size=40), st.lists(st.integers(0, 200_000))
)
def test_rises_with_the_budget_and_ends_at_pass_at_n(
    drawn: list[tuple[int, bool]], limits: list[int]
) -> None:
    lengths = lengths_of(drawn)
    shares = solved_within(lengths, [0, *sorted(limits), 10**9])
    assert shares == sorted(shares)
    assert shares[0] == 0.0
    assert shares[-1] == pytest.approx(float(bool(lengths.proved)))


@pytest.mark.parametrize("budget", [0, 2, 3, 5, 7, 9, 12, 20])
def test_is_unbiased(budget: int) -> None:
    """Over every sample of four attempts of a small population, weighted by its probability: the procedure's own value."""
    population = [((2, True), 0.2), ((3, False), 0.5), ((5, True), 0.1), ((1, False), 0.2)]
    truth = estimate = 0.0
    for sample in product(population, repeat=4):
        drawn = tuple(attempt for attempt, _ in sample)
        weight = 1.0
        for _, probability in sample:
            weight *= probability
        truth += weight * run_procedure(drawn, budget)
        estimate += weight * solved_within(lengths_of(list(drawn)), [budget])[0]
    assert estimate == pytest.approx(truth, abs=1e-12)


@settings(max_examples=30)
@given(st.lists(st.tuples(st.integers(30, 400), st.booleans()), min_size=2, max_size=20))
def test_rounding_moves_the_curve_by_no_more_than_the_grains(drawn: list[tuple[int, bool]]) -> None:
    lengths = lengths_of(drawn)
    limits = [i * lengths.total // 12 for i in range(1, 13)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pass_tokens, "WORK", 20_000)
        grain = pass_tokens._grain(lengths) if lengths.proved else 1
        rounded = solved_within(lengths, limits)
    slack = grain * (len(drawn) + 2)
    lower = solved_within(lengths, [max(0, b - slack) for b in limits])
    upper = solved_within(lengths, [b + slack for b in limits])
    for low, share, high in zip(lower, rounded, upper, strict=True):
        assert low - 1e-12 <= share <= high + 1e-12


def test_many_long_attempts_stay_cheap_and_exact_at_the_end() -> None:
    """128 attempts of up to 4,096 tokens: rounded, and still pass@n at the end."""
    failed = tuple(1000 + 24 * i for i in range(127))
    lengths = Lengths(failed, (4096,))
    assert pass_tokens._grain(lengths) > 1
    assert solved_within(lengths, [4095 // 2, lengths.total * 2]) == [0.0, pytest.approx(1.0)]


def test_the_benchmark_is_the_mean_over_theorems_with_the_interval_of_pass_at_k() -> None:
    theorems = [Lengths((4, 4, 4), (4,)), Lengths((), (4, 4, 4, 4)), Lengths((4,) * 4, ())]
    (point,) = pass_over_tokens(theorems, [8])
    assert point.tokens == 8
    assert point.estimate == benchmark_pass_at_k([(4, 1), (4, 4), (4, 0)], 2)
    assert saved_for(theorems) == 16
    assert pass_over_tokens([], [8]) == []


@given(st.lists(attempts.map(lengths_of), max_size=4))
def test_the_grid_reaches_from_the_first_proof_to_the_last_token(theorems: list[Lengths]) -> None:
    grid = budget_grid(theorems)
    assert grid == sorted(set(grid))
    if any(t.proved for t in theorems):
        assert grid[0] == min(n for t in theorems for n in t.proved)
        assert grid[-1] == max(t.total for t in theorems)


def test_an_attempt_of_no_tokens_is_refused() -> None:
    with pytest.raises(ValueError, match="no tokens"):
        solved_within(Lengths((0, 3), (2,)), [5])
