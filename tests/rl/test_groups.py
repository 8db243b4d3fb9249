"""Advantages, seeds and what counts as informative."""

from __future__ import annotations

import itertools

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from trl.trainer.utils import nanstd

from physprover.records import Attempt, JudgedAttempt, Outcome, SamplerInfo, Verdict
from rl.groups import Group, Sample, derive_seed, samples, towards_pass_at, unlikely

OUTCOMES = {1.0: Outcome.PROVED, 0.0: Outcome.REJECTED, None: Outcome.INFRASTRUCTURE}


def group(rewards: list[float | None], name: str = "t") -> Group:
    return Group(
        theorem=name,
        judged=tuple(
            JudgedAttempt(
                attempt=Attempt(
                    theorem=name,
                    proof=f"by p{i}",
                    prompt_ids=(1, 2),
                    token_ids=(3, i),
                    logprobs=(-0.5, -0.25),
                    sampler=SamplerInfo(name="test", weights_version=7),
                ),
                verdict=Verdict(outcome=OUTCOMES[reward]),
            )
            for i, reward in enumerate(rewards)
        ),
    )


rewards = st.lists(st.sampled_from([1.0, 0.0, None]), min_size=1, max_size=8)


@given(st.lists(rewards, min_size=1, max_size=5), st.sampled_from(["group", "none"]))
def test_advantages_are_those_of_trl(batch: list[list[float | None]], scale: str) -> None:
    """TRL's formulas on the same rewards with NaN for what was not judged, for the groups that carry signal."""
    expected = []
    for one in batch:
        known = [r for r in one if r is not None]
        if len(set(known)) < 2:
            continue
        tensor = torch.tensor([float("nan") if r is None else r for r in one], dtype=torch.float64)
        advantages = tensor - torch.nanmean(tensor)
        if scale == "group":
            advantages = advantages / (nanstd(tensor) + 1e-4)
        expected += [a for a in advantages.tolist() if a == a]
    got = [s.advantage for s in samples([group(r, f"t{i}") for i, r in enumerate(batch)], scale)]
    assert got == pytest.approx(expected)


@given(rewards)
def test_unjudged_attempts_neither_train_nor_move_the_baseline(one: list[float | None]) -> None:
    known = [r for r in one if r is not None]
    with_none = [s.advantage for s in samples([group(one)], "group")]
    assert with_none == [s.advantage for s in samples([group(known)], "group")] if known else with_none == []


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0]), min_size=1, max_size=7), st.integers(1, 7))
def test_towards_pass_at_is_the_mean_over_all_choices(values: list[float], k: int) -> None:
    k = min(k, len(values))
    expected = []
    for i in range(len(values)):
        choices = [c for c in itertools.combinations(range(len(values)), k) if i in c]
        expected.append(sum(max(values[j] for j in c) for c in choices) / len(choices))
    assert towards_pass_at(values, k) == pytest.approx(expected)


@given(rewards, st.integers(2, 8))
def test_towards_pass_at_leaves_what_was_not_judged(one: list[float | None], k: int) -> None:
    got = towards_pass_at(one, k)
    assert [r is None for r in got] == [r is None for r in one]
    known = [r for r in one if r is not None]
    assert [r for r in got if r is not None] == pytest.approx(list(towards_pass_at(known, k)))


def test_pass_at_learns_from_rare_proofs_alone() -> None:
    often, rare = group([1.0] * 7 + [0.0]), group([1.0] + [0.0] * 7, "u")
    got = samples([often, rare], "group", pass_at=4)
    assert [s.advantage > 0 for s in got] == [True] + [False] * 7  # of `often`, any four hold a proof


def test_rare_proofs_are_worth_more_than_likely_ones() -> None:
    plain = group([1.0, 1.0, 0.0, None, 1.0])
    judged = tuple(
        item.replace(attempt=item.attempt.replace(logprobs=(0.0, total)))
        for item, total in zip(plain.judged, (-1.0, -9.0, -5.0, -7.0, -1.0), strict=True)
    )
    # Of four judged: ranks 2.5 (two are equally likely), 0, 1, 2.5.
    assert unlikely(plain.replace(judged=judged), 0.4) == pytest.approx((0.75, 1.0, 0.0, None, 0.75))
    assert unlikely(plain.replace(judged=judged), 0.0) == plain.rewards


def test_batch_scale_uses_the_spread_of_all_groups() -> None:
    both = samples([group([1.0, 0.0]), group([1.0, 0.0, 0.0, 0.0], "u")], "batch")
    spread = float(torch.tensor([1.0, 0, 1, 0, 0, 0]).std()) + 1e-4
    assert [s.advantage for s in both] == pytest.approx(
        [v / spread for v in (0.5, -0.5, 0.75, -0.25, -0.25, -0.25)]
    )


@pytest.mark.parametrize(
    ("one", "informative"),
    [
        ([1.0, 0.0], True),
        ([1.0, 1.0], False),
        ([0.0, None], False),
        ([None, None], False),
        ([1.0, None, 0.0], True),
    ],
)
def test_informative(one: list[float | None], informative: bool) -> None:
    assert group(one).informative is informative


def test_samples_carry_what_the_sampler_said() -> None:
    first = samples([group([1.0, 0.0])], "group")[0]
    assert (first.prompt_ids, first.token_ids, first.logprobs, first.version) == (
        (1, 2),
        (3, 0),
        (-0.5, -0.25),
        7,
    )


def test_attempts_without_matching_logprobs_are_refused() -> None:
    with pytest.raises(ValueError, match="2 tokens, 1 log-probs"):
        Sample.of(Attempt(theorem="t", proof="", token_ids=(1, 2), logprobs=(-1.0,)), 1.0)


@given(st.integers(0, 2**63), st.integers(0, 10_000), st.integers(0, 9))
def test_seeds_are_positive_31_bit_and_depend_on_the_place(seed: int, step: int, turn: int) -> None:
    here = derive_seed(seed, "sample", step, turn)
    assert 0 <= here < 2**31
    assert here == derive_seed(seed, "sample", step, turn)
    assert here != derive_seed(seed, "sample", step + 1, turn)
