"""The paired comparison against hand calculation, symmetry and simulation."""

import itertools
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from eval.compare import compare, mcnemar, paired, sign_flip
from eval.results import EvalResult
from physprover.app.commands import app
from physprover.errors import DataError
from tests.eval.coverage import false_alarms

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
    test = paired(differences, 200, 0)
    assert -1 <= test.low <= test.high <= 1
    assert test.low - 1e-9 <= mean <= test.high + 1e-9
    assert not test.beyond_noise or test.p <= 0.05


@given(st.lists(st.integers(-8, 8).map(lambda i: i / 8), min_size=1, max_size=10))
def test_sign_flip_equals_brute_force_over_all_signs(differences: list[float]) -> None:
    seen = abs(sum(differences))
    flips = [
        abs(sum(d * s for d, s in zip(differences, signs, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(differences))
    ]
    assert sign_flip(differences) == pytest.approx(sum(f >= seen - 1e-9 for f in flips) / len(flips))


def test_sign_flip_of_solved_theorems_is_mcnemar_and_of_many_denominators_is_sampled() -> None:
    assert sign_flip([1.0] * 9 + [-1.0] + [0.0] * 50) == pytest.approx(mcnemar(1, 9))
    rng = random.Random(0)
    odd = [rng.uniform(-1, 1) for _ in range(100)]
    middle = sum(odd) / len(odd)
    assert sign_flip([d - middle for d in odd]) > 0.9  # no common denominator
    assert sign_flip([abs(d) for d in odd]) < 0.001


@pytest.mark.parametrize("solved", [1, 2, 3, 4, 5])
def test_few_theorems_improved_are_not_beyond_noise(solved: int) -> None:
    """Exact McNemar: five improved and none worse has p = 0.0625."""
    assert not paired([1.0] * solved + [0.0] * (195 - solved)).beyond_noise


@pytest.mark.parametrize(
    ("null", "discordant"),
    [("solved or not", 2), ("solved or not", 4), ("solved or not", 10), ("eight attempts", 6)],
)
def test_equal_provers_are_seldom_called_different(null: str, discordant: int) -> None:
    """`python -m tests.eval.coverage paired` is the full simulation; the old interval called 2 discordant noise only in 4 of 5."""
    assert false_alarms(null, 195, discordant, 400) <= 0.06


def test_a_real_difference_is_found() -> None:
    rng = random.Random(0)
    found = sum(
        paired(
            [rng.choice((0.5, 0.25, 0.0, -0.125)) for _ in range(30)] + [0.0] * 165, 500, seed
        ).beyond_noise
        for seed in range(50)
    )
    assert found >= 45


def test_bootstrap_interval_covers_about_95_percent() -> None:
    rng, covered = random.Random(0), 0
    for seed in range(200):
        sample = [rng.choice((-0.25, 0.0, 0.0, 0.125, 0.5)) for _ in range(60)]
        test = paired(sample, 300, seed)
        covered += test.low <= 0.075 <= test.high
    assert 0.90 <= covered / 200 <= 0.99


def test_sentence_says_more_than_noise(make_result: Make) -> None:
    before, after = make_result("before", 0, 0.0), make_result("after", 40, 0.6)
    comparison = compare(before, after)
    assert comparison.beyond_noise
    assert "more than noise" in comparison.sentence
    assert len(comparison.only_b) == sum(
        bool(b.correct) and not a.correct for a, b in zip(before.theorems, after.theorems, strict=True)
    )
    mirrored = compare(after, before)
    assert mirrored.mean == -comparison.mean
    assert mirrored.mcnemar_p == comparison.mcnemar_p


def test_the_same_result_twice_is_no_difference(make_result: Make) -> None:
    result = make_result("a", 0, 0.0)
    comparison = compare(result, result)
    assert comparison.mean == 0
    assert not comparison.beyond_noise


def test_two_results_of_one_name_are_told_apart_by_their_folders(tmp_path: Path, make_result: Make) -> None:
    files = [tmp_path / folder / "r.json" for folder in ("old", "new")]
    for version, file in enumerate(files):
        make_result("r", version, 0.0).write(file)
    said = CliRunner().invoke(app, ["compare", *map(str, files)]).stdout
    assert all(
        len(line) <= 100 for line in said.replace(str(files[0]), "a").replace(str(files[1]), "b").splitlines()
    )
    assert "".join(f"{files[1]} against {files[0]} on".split()) in "".join(said.split())


def test_unlike_evaluations_are_cautioned_or_refused(make_result: Make) -> None:
    a, b = make_result("a", 0, 0.0), make_result("b", 1, 0.0)
    fewer = b.replace(theorems=b.theorems[5:])
    assert "5 theorems judged on one side only" in compare(a, fewer).sentence
    assert "different engines" in compare(a, b.replace(versions={"engine": "another"})).sentence
    with pytest.raises(DataError, match="share no judged theorem"):
        compare(a, b.replace(theorems=tuple(t.replace(name="x" + t.name) for t in b.theorems)))
