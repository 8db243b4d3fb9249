"""One-bit exchange between four real processes: unbiased, identical everywhere, and few bytes on the wire."""

import math

import pytest
import torch
import torch.distributed as dist
from hypothesis import given
from hypothesis import strategies as st

from rl.distributed.sign_exchange import SignExchange, pack, unpack
from rl.optim import OptimizerError
from tests.rl.distributed.processes import run
from tests.rl.sockets import sent_bytes

WORLD, SIZE, DRAWS = 4, 700, 200


@given(st.lists(st.booleans(), min_size=0, max_size=96).map(lambda b: b[: len(b) // 8 * 8]))
def test_packing_is_exact(flags):
    positive = torch.tensor(flags, dtype=torch.bool)
    assert torch.equal(unpack(pack(positive)) > 0, positive)


def _gradient(rank):
    g = torch.randn(SIZE, generator=torch.Generator().manual_seed(rank)) * 10.0 ** -(
        torch.arange(SIZE) // 100
    )
    g[128:192] = 0  # two whole blocks of zeros
    return g


def _draw():
    rank, means, answers = dist.get_rank(), {}, {}
    for name, options in {"mean": {}, "majority": {"rule": "majority"}}.items():
        state = SignExchange(seed=3, block=32, **options)
        total = torch.zeros(SIZE, dtype=torch.float64)
        for _ in range(DRAWS):
            answer = state.average(_gradient(rank))
            total += answer
        means[name], answers[name] = total / DRAWS, answer
    bad = _gradient(rank)
    if rank == 2:
        bad[7] = math.nan
    try:
        SignExchange().average(bad)
        refused = False
    except OptimizerError:
        refused = True
    return means, answers, refused


def test_mean_of_signs_is_unbiased_and_a_vote_is_not(tmp_path):
    results = run(_draw, WORLD, tmp_path)
    truth = torch.stack([_gradient(r) for r in range(WORLD)]).double().mean(0)
    for means, answers, refused in results:
        assert refused  # on every rank, though only one held the NaN
        for name in means:
            assert torch.equal(answers[name], results[0][1][name])
            assert (answers[name][128:192] == 0).all()
    means, answers, _ = results[0]
    off = {}
    for name, mean in means.items():
        envelope = answers[name].double().abs().clamp_min(1e-30)
        z = (mean - truth) / (envelope / math.sqrt(DRAWS))
        off[name] = float(z[truth != 0].square().mean())
    assert off["mean"] < 1.2  # 1 is sampling noise alone
    assert off["majority"] > 2


def _bytes():
    g = torch.randn(2_000_000, generator=torch.Generator().manual_seed(dist.get_rank()))
    sign = SignExchange()
    measured = []
    for exchange in (lambda: dist.all_reduce(g.clone()), lambda: sign.average(g)):
        exchange()
        dist.barrier()
        before = sent_bytes()
        exchange()
        dist.barrier()
        after = sent_bytes()
        measured.append(None if before is None or after is None else after - before)
    return measured, sign.payload // 2


def test_bytes_on_the_wire(tmp_path):
    results = run(_bytes, WORLD, tmp_path)
    if any(None in measured for measured, _ in results):
        pytest.skip("THIS SYSTEM DOES NOT REPORT BYTES PER CONNECTION: the wire is not measured here")
    dense = sum(measured[0] for measured, _ in results)
    signs = sum(measured[1] for measured, _ in results)
    payload = sum(counted for _, counted in results)
    assert dense / signs >= 25
    assert payload <= signs <= 1.1 * payload  # the count is honest: what the sockets saw, less the headers
