"""Curricula: every problem's turn, state round trips, and where the success-rate curriculum looks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.config import RLConfig
from physprover.errors import DataError, RunError
from physprover.records import Theorem
from rl.curriculum import SuccessRate, build, informative_chance, restore

KINDS = ("uniform", "proof_length", "success_rate")


def problems(count: int) -> list[Theorem]:
    return [
        Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} = {i}", proof="x" * (count - i))
        for i in range(count)
    ]


def make(kind: str, count: int = 10):
    return build(RLConfig(curriculum=kind, group_size=8), problems(count), seed=3)


@settings(max_examples=30)
@given(st.sampled_from(KINDS), st.integers(1, 12), st.integers(1, 15), st.integers(0, 5))
def test_picks_are_different_and_not_excluded(kind: str, count: int, wanted: int, banned: int) -> None:
    course = make(kind, count)
    exclude = frozenset(f"t{i}" for i in range(banned))
    picked = [t.name for t in course.pick(wanted, 1, 0, exclude)]
    assert len(picked) == len(set(picked)) == min(wanted, max(0, count - banned))
    assert not exclude & set(picked)


@pytest.mark.parametrize("kind", ["uniform", "proof_length"])
def test_a_pass_visits_every_problem_once(kind: str) -> None:
    course = make(kind)
    first_pass = [t.name for step in range(5) for t in course.pick(2, step, 0)]
    assert sorted(first_pass) == sorted(f"t{i}" for i in range(10))


def test_short_proofs_come_first() -> None:
    names = [t.name for t in make("proof_length").pick(10, 1, 0)]
    assert names == [f"t{i}" for i in reversed(range(10))]


@pytest.mark.parametrize("kind", KINDS)
def test_restored_state_picks_the_same(kind: str) -> None:
    course, again = make(kind), make(kind)
    for step in range(7):
        for theorem in course.pick(3, step, 0):
            course.observe(theorem.name, step % 3, 8, step)
    restore(again, course.state())
    for step in range(7, 12):
        assert course.pick(4, step, 1) == again.pick(4, step, 1)


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(DataError, match="no training theorems"):
        build(RLConfig(), [], 0)


@settings(max_examples=20)
@given(st.floats(0.3, 9), st.floats(0.3, 9), st.integers(2, 16))
def test_informative_chance_is_the_integral(good: float, bad: float, size: int) -> None:
    rng = random.Random(0)
    draws = [rng.betavariate(good, bad) for _ in range(20_000)]
    estimate = sum(1 - p**size - (1 - p) ** size for p in draws) / len(draws)
    assert informative_chance(good, bad, size) == pytest.approx(estimate, abs=0.02)


def test_success_rate_prefers_the_band_keeps_exploring_and_forgets() -> None:
    course = SuccessRate(problems(4), 8, seed=0)
    for step in range(1, 6):
        course.observe("t0", 8, 8, step)  # always solved
        course.observe("t1", 0, 8, step)  # never solved
        course.observe("t2", 4, 8, step)  # in the band
    weights = {name: course.weight(name, 6) for name in ("t0", "t1", "t2", "t3")}
    assert weights["t2"] > weights["t3"] > max(weights["t0"], weights["t1"])
    assert min(weights.values()) >= SuccessRate.floor
    assert course.weight("t0", 60) > 2 * weights["t0"]  # old evidence fades, so it is tried again


def test_the_state_of_another_curriculum_is_refused() -> None:
    with pytest.raises(RunError, match=r"another rl\.curriculum"):
        restore(make("success_rate"), make("uniform").state())
