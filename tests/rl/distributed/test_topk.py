"""Adaptive Top-K: nothing is lost, all entries equal an all-reduce, the controller follows its budget."""

import pytest
import torch
import torch.distributed as dist

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
