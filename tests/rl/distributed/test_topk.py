"""Adaptive Top-K: nothing is lost, all entries equal an all-reduce, the controller follows its budget."""

import itertools

import pytest
import torch
import torch.distributed as dist
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rl.distributed import AdaptiveTopK, ByteBudget
from rl.optim import OptimizerError
from tests.rl.distributed.processes import run

SIZE = 3000


def _gradient(step, rank):
    generator = torch.Generator().manual_seed(100 * step + rank)
    loud = 6.0 if step % 10 == 3 else 1.0
    return loud * 0.97**step * torch.randn(SIZE, generator=generator) ** 3  # heavy tails, bursts


def _exchanges():
    rank, world = dist.get_rank(), dist.get_world_size()
    # Everything fits: the answer is the mean of the gradients.
    all_of_it = AdaptiveTopK(ByteBudget(10**9, 1, "fixed"))
    g = _gradient(0, rank).bfloat16().float()
    mean = all_of_it.average(g)
    dense = g.clone()
    dist.all_reduce(dense)
    complete = torch.allclose(mean, dense / world, atol=1e-6) and not all_of_it.residual.any()

    out = {"complete": complete}
    for rule in ("fixed", "norm", "threshold"):
        steps, total = 60, 60 * 60 * 6 * (world - 1)
        state = AdaptiveTopK(ByteBudget(total, steps, rule, entry_bytes=6 * (world - 1)))
        sent, given, trace = torch.zeros(SIZE), torch.zeros(SIZE), []
        for step in range(steps):
            g = _gradient(step, rank)
            given += g
            before = state.budget.spent
            sent += state.average(g) * world
            trace.append(state.budget.spent - before)
        residual = state.residual
        for tensor in (given, residual):
            dist.all_reduce(tensor)
        lost = float((sent + residual - given).abs().max() / given.abs().max())
        out[rule] = (lost, state.budget.spent / total, trace)
    return out


def test_exchange_loses_nothing_and_keeps_to_the_budget(tmp_path):
    results = run(_exchanges, 2, tmp_path)
    for result in results:
        assert result["complete"]
        for rule in ("fixed", "norm", "threshold"):
            lost, used, trace = result[rule]
            assert lost < 1e-4
            assert 0.6 < used <= 1.0
            assert trace == results[0][rule][2]  # all ranks spend alike
    assert len(set(results[0]["fixed"][2][:-2])) == 1
    assert len(set(results[0]["threshold"][2])) > 5


def _sizes(scale):
    """Ten steps of gradients of one size; the spread of the two sides of "nothing is lost", in units of that size."""
    rank, world = dist.get_rank(), dist.get_world_size()
    out = {}
    for rule in ("norm", "threshold"):
        state = AdaptiveTopK(ByteBudget(10 * 300 * 6 * (world - 1), 10, rule, entry_bytes=6 * (world - 1)))
        given, sent = torch.zeros(SIZE, dtype=torch.float64), torch.zeros(SIZE, dtype=torch.float64)
        for step in range(10):
            g = (_gradient(step, rank) / 300 * scale).clamp(-scale, scale)  # in [-scale, scale]
            given += g.double() / world
            sent += state.average(g).double()
        residual = state.residual.double() / world
        for tensor in (given, residual):
            dist.all_reduce(tensor)
        out[rule] = float(((sent + residual - given) / scale).abs().max())
    return out


@pytest.mark.parametrize("scale", [1e-30, 1e-12, 1e3, 1e30])
def test_finite_gradients_of_any_size_are_averaged(tmp_path, scale):
    """Sums of squares of float32 overflow from 1.8e19 on; that is no NaN in a gradient."""
    for result in run(_sizes, 2, tmp_path, scale):
        assert all(lost < 1e-5 for lost in result.values())


def test_a_spent_budget_sends_nothing():
    budget = ByteBudget(600, 10, "threshold")
    assert budget.choose(1.0, 10**9, 1000) <= 5 * 10
    budget.spent = 600
    assert budget.choose(1.0, 10**9, 1000) == 0
    for bad in ({"total": 0, "steps": 1}, {"total": 1, "steps": 0}, {"total": 1, "steps": 1, "rule": "best"}):
        with pytest.raises(OptimizerError):
            ByteBudget(**bad)


def _entries(budget: ByteBudget, steps: int) -> list[int]:
    entries = []
    for _ in range(steps):
        entries.append(budget.choose(1.0, 50, 676, 12))
        budget.settle(entries[-1], 12 + 6 * entries[-1], 0.5)
    return entries


@pytest.mark.parametrize(("total", "first"), [(100, 1), (21600, 11)])
def test_a_budget_that_has_run_out_says_so_once(total: int, first: int) -> None:
    """Too small for its steps' headers from the start; spent, where a run goes on behind its steps."""
    budget = ByteBudget(total, 10, "fixed", 6)
    with pytest.warns(UserWarning, match=f"no entry left at step {first} of 10") as told:
        entries = _entries(budget, 30)
    assert len(told) == 1
    assert entries[-1] == 0


# -- Any run spends its budget, and over all of its steps. --


def _spend(rule: str, steps: int, entries: int, norms: list[float], above: int = 0) -> list[int]:
    """Entries sent at each step of a run whose budget holds ``entries`` beside the headers; norms repeat."""
    budget = ByteBudget(12 * steps + 6 * entries, steps, rule, 6)
    sent, squares = [], itertools.cycle(norm**2 for norm in norms)
    for _ in range(steps):
        square = next(squares)
        sent.append(budget.choose(square, above, 10**6, 12))
        budget.settle(sent[-1], 12 + 6 * sent[-1], square)
        assert budget.spent <= budget.total
    return sent


def _trend(factor: float) -> list[float]:
    return [factor**step for step in range(300)]


NORMS = st.one_of(
    st.floats(0.5, 2.0).map(_trend),  # decaying, stationary, growing
    st.lists(st.floats(-9, 9).map(lambda power: 10**power) | st.just(0.0), min_size=1, max_size=40),
)


@pytest.mark.parametrize("rule", ["fixed", "norm", "threshold"])
@settings(max_examples=40)
@given(st.integers(5, 300), st.floats(0.3, 500), NORMS, st.sampled_from([0, 3, 10**6]))
@example(15, 132.0, _trend(1.1), 3)
@example(30, 248.0, _trend(0.8), 0)
@example(300, 132.0, _trend(1.0), 3)
@example(300, 1.0, _trend(2.0), 10**6)
def test_a_budget_lasts_for_its_run_and_is_spent(
    rule: str, steps: int, mean: float, norms: list[float], above: int
) -> None:
    entries = max(1, int(mean * steps))
    sent = _spend(rule, steps, entries, norms, above)
    assert sum(sent) >= 0.95 * entries
    if entries >= steps:
        assert min(sent) >= 1


def test_loud_steps_send_more_and_the_bounds_tighten() -> None:
    norms = [1.0] * 10 + [50.0] + [1.0] * 40 + [0.02] + [1.0] * 48
    sent = _spend("norm", 100, 10_000, norms)
    assert sent[:10] == [100] * 10
    assert 180 < sent[10] <= 200
    assert sent[51] < 0.6 * sent[49]
    growing = _spend("norm", 100, 10_000, _trend(1.3))
    assert max(growing) <= 200
    assert growing[-2] >= 15  # of 100


def test_the_fixed_rule_sends_alike_to_the_last_step() -> None:
    """``run_bytes`` of 800 a step: 131 entries and a header."""
    for steps in (15, 100, 300):
        sent = _spend("fixed", steps, (800 * steps - 12 * steps) // 6, [1.0])
        assert set(sent) <= {131, 132}
