"""The paired comparison against hand calculation, symmetry and simulation."""

import random
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.compare import compare, mcnemar, paired_bootstrap, theorems_needed
from eval.results import EvalResult
from physprover.errors import DataError

Make = Callable[..., EvalResult]


@pytest.mark.parametrize(
    ("a", "b", "p"), [(0, 0, 1.0), (5, 5, 1.0), (0, 5, 0.0625), (1, 9, 22 / 1024), (0, 10, 2 / 1024)]
)
def test_mcnemar_by_hand(a: int, b: int, p: float) -> None:
    assert mcnemar(a, b) == pytest.approx(p)
    assert mcnemar(b, a) == mcnemar(a, b)


@given(st.lists(st.integers(-8, 8).map(lambda i: i / 8), min_size=2, max_size=30))
def test_bootstrap_interval_holds_the_mean_and_mirrors(differences: list[float]) -> None:
    mean = sum(differences) / len(differences)
    low, high = paired_bootstrap(differences, 200, 0)
    assert -1 <= low <= high <= 1
    assert low - 1e-9 <= mean <= high + 1e-9


def test_bootstrap_interval_covers_about_95_percent() -> None:
    rng, covered = random.Random(0), 0
    for seed in range(200):
        sample = [rng.choice((-0.25, 0.0, 0.0, 0.125, 0.5)) for _ in range(60)]
        low, high = paired_bootstrap(sample, 300, seed)
        covered += low <= 0.075 <= high
    assert 0.90 <= covered / 200 <= 0.99


def test_more_theorems_are_needed_for_smaller_differences() -> None:
    spread = [0.5, -0.5] * 20
    small, large = ([d + shift for d in spread] for shift in (0.05, 0.2))
    assert theorems_needed(large) == pytest.approx((1.96 + 0.8416) ** 2 * 0.25 * 40 / 39 / 0.04, abs=1)
    assert theorems_needed(small) == pytest.approx(16 * (theorems_needed(large) or 0), rel=0.03)
    assert theorems_needed(spread) is None


def test_sentence_says_more_than_noise(make_result: Make) -> None:
    before, after = make_result("before", 0, 0.0), make_result("after", 40, 0.6)
    comparison = compare(before, after)
    assert comparison.beyond_noise
    assert "more than noise" in comparison.sentence
    assert len(comparison.only_b) == sum(
        bool(b.correct) and not a.correct for a, b in zip(before.theorems, after.theorems, strict=True)
    )
    mirrored = compare(after, before)
    assert mirrored.difference == -comparison.difference
    assert mirrored.mcnemar_p == comparison.mcnemar_p


def test_the_same_result_twice_is_no_difference(make_result: Make) -> None:
    result = make_result("a", 0, 0.0)
    comparison = compare(result, result)
    assert comparison.difference == 0
    assert not comparison.beyond_noise
    assert comparison.theorems_needed is None


def test_unlike_evaluations_are_cautioned_or_refused(make_result: Make) -> None:
    a, b = make_result("a", 0, 0.0), make_result("b", 1, 0.0)
    fewer = b.replace(theorems=b.theorems[5:])
    assert "5 theorems were judged on one side only" in compare(a, fewer).sentence
    assert "different engines" in compare(a, b.replace(versions={"engine": "another"})).sentence
    with pytest.raises(DataError, match="share no judged theorem"):
        compare(a, b.replace(theorems=tuple(t.replace(name="x" + t.name) for t in b.theorems)))
