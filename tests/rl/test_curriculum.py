"""Curricula: every problem's turn, state round trips, and where the success-rate curriculum looks."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.config import RLConfig
from physprover.errors import DataError, RunError
from physprover.records import Theorem
from rl.curriculum import Curriculum, SuccessRate, build, chance_in_band, informative_chance, restore

KINDS = ("uniform", "proof_length", "success_rate")


def problems(count: int) -> list[Theorem]:
    return [
        Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} = {i}", proof="x" * (count - i))
        for i in range(count)
    ]


def make(kind: str, count: int = 10):
    return build(RLConfig(curriculum=kind, group_size=8), problems(count), seed=3)


@settings(max_examples=30, deadline=None)
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


def test_state_of_another_kind_is_refused() -> None:
    with pytest.raises(RunError, match=r"rl\.curriculum"):
        restore(make("success_rate"), make("uniform").state())


def test_nothing_to_learn_from_is_an_error() -> None:
    with pytest.raises(DataError, match="no training theorems"):
        build(RLConfig(), [], 0)


@settings(max_examples=20, deadline=None)
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


@settings(max_examples=40, deadline=None)
@given(st.floats(0.5, 30), st.floats(0.5, 30), st.floats(0.05, 0.6), st.floats(0.1, 0.4))
def test_chance_in_band_is_the_share_of_draws(good: float, bad: float, low: float, width: float) -> None:
    rng = random.Random(1)
    draws = [rng.betavariate(good, bad) for _ in range(4000)]
    share = sum(low <= p <= low + width for p in draws) / len(draws)
    assert chance_in_band(good, bad, (low, low + width)) == pytest.approx(share, abs=0.05)


def test_the_band_is_where_it_looks() -> None:
    config = RLConfig(curriculum="success_rate", group_size=8, target_band=(0.1, 0.5))
    course = build(config, problems(3), seed=0)
    assert isinstance(course, SuccessRate)
    for name, proved in (("t0", 0), ("t1", 5), ("t2", 16)):
        course.observe(name, proved, 16, 1)
    weights = [course.weight(name, 1) for name in ("t0", "t1", "t2")]
    assert weights[1] > 0.9
    assert weights[1] > 2 * max(weights[0], weights[2])


def solved_again() -> tuple[RLConfig, Curriculum]:
    config = RLConfig(curriculum="uniform", group_size=8, solved_share=0.25)
    return config, build(config, problems(20), seed=0)


def test_solved_problems_come_back_oldest_first_and_leave_when_forgotten() -> None:
    _, course = solved_again()
    for step, name in enumerate(("t3", "t4", "t5")):
        course.observe(name, 8, 8, step)
    course.observe("t6", 7, 8, 3)
    assert [t.name for t in course.pick(8, 4, 0)][:2] == ["t3", "t4"]
    assert [t.name for t in course.pick(8, 4, 0, frozenset({"t3"}))][:2] == ["t4", "t5"]
    course.observe("t3", 2, 8, 4)
    assert [t.name for t in course.pick(8, 5, 0)][:2] == ["t4", "t5"]
    refill = [t.name for t in course.pick(8, 5, 1)]
    assert len(refill) == len(set(refill)) == 8, (
        "refills replace groups without signal; solved ones have none"
    )


def test_solved_problems_survive_a_resume() -> None:
    config, course = solved_again()
    course.observe("t3", 8, 8, 0)
    again = build(config, problems(20), seed=0)
    restore(again, course.state())
    assert [t.name for t in again.pick(8, 1, 0)] == [t.name for t in course.pick(8, 1, 0)]
    with pytest.raises(RunError, match=r"another rl\.curriculum"):
        restore(again, make("uniform").state())
