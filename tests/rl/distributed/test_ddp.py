"""Whole DDP runs in four processes: replicas stay bit-identical, budgets hold, a stopped run continues exactly."""

import copy

import pytest
import torch
import torch.distributed as dist
from torch.nn.parallel import DistributedDataParallel

from rl.distributed import EXCHANGES, CommunicationError, attach
from rl.optim import StoSignSGD
from tests.rl.distributed.processes import run

STEPS = 12
RUN_BYTES = 40_000


def _model():
    torch.manual_seed(0)
    return torch.nn.Sequential(
        torch.nn.Linear(20, 64), torch.nn.Tanh(), torch.nn.Linear(64, 40), torch.nn.Linear(40, 1)
    )


def _train(model, optimizer, first, last):
    for step in range(first, last):
        generator = torch.Generator().manual_seed(1000 * step + dist.get_rank())
        x = torch.randn(16, 20, generator=generator)
        optimizer.zero_grad()
        (model(x).squeeze(1) - x[:, :3].sum(1)).square().mean().backward()
        optimizer.step()


def _options(exchange):
    return {"run_bytes": RUN_BYTES, "run_steps": STEPS} if exchange.startswith("topk") else {}


def _start(exchange):
    model = DistributedDataParallel(_model(), bucket_cap_mb=0.005)
    return model, StoSignSGD(model.parameters(), 3e-3, seed=1), attach(model, exchange, **_options(exchange))


def _whole_runs():
    out = {}
    for exchange in EXCHANGES:
        model, optimizer, state = _start(exchange)
        _train(model, optimizer, 0, STEPS)
        weights = torch.cat([p.detach().flatten() for p in model.parameters()])
        spent = state.budget.spent if exchange.startswith("topk") else None
        out[exchange] = (weights, spent)
    return out


def test_replicas_stay_identical_and_budgets_hold(tmp_path):
    results = run(_whole_runs, 4, tmp_path)
    start = torch.cat([p.detach().flatten() for p in _model().parameters()])
    for exchange in EXCHANGES:
        weights, spent = results[0][exchange]
        assert not torch.equal(weights, start)
        assert all(torch.equal(weights, other[exchange][0]) for other in results)
        if spent is not None:
            assert 0.5 * RUN_BYTES < spent <= RUN_BYTES


def _resumed():
    out = {}
    for exchange in ("sign", "topk-threshold"):
        model, optimizer, state = _start(exchange)
        _train(model, optimizer, 0, 5)
        saved = state.state_dict()
        saved = copy.deepcopy((saved, optimizer.state_dict(), model.module.state_dict()))
        _train(model, optimizer, 5, 9)
        again, other, fresh = _start(exchange)
        again.module.load_state_dict(saved[2])
        other.load_state_dict(saved[1])
        fresh.load_state_dict(saved[0])
        _train(again, other, 5, 9)
        out[exchange] = all(
            torch.equal(a, b) for a, b in zip(model.parameters(), again.parameters(), strict=True)
        )
    return out


def test_a_stopped_run_continues_exactly(tmp_path):
    assert run(_resumed, 2, tmp_path) == [{"sign": True, "topk-threshold": True}] * 2


class _Branches(torch.nn.Module):
    """A layer in two that some steps leave out."""

    def __init__(self):
        super().__init__()
        torch.manual_seed(0)
        self.always, self.sometimes, self.last = (
            torch.nn.Linear(*shape) for shape in ((7, 5), (7, 5), (5, 1))
        )

    def forward(self, x, both):
        return self.last(self.always(x) + self.sometimes(x) if both else self.always(x))


def _gradient(model):
    return torch.cat(
        [(torch.zeros_like(p) if p.grad is None else p.grad).flatten() for p in model.parameters()]
    )


def _unused_by_all():
    """Largest entry of what was lost of the mean gradients of all steps, and of these sums."""
    alone, world = _Branches(), dist.get_world_size()
    model = DistributedDataParallel(_Branches(), find_unused_parameters=True, bucket_cap_mb=0.0002)
    exchange = attach(model, "topk-fixed", run_bytes=3000, run_steps=STEPS)
    due = got = 0.0
    for step in range(STEPS):
        x = torch.randn(8, 7, generator=torch.Generator().manual_seed(1000 * step + dist.get_rank()))
        for each in (alone, model):
            each.zero_grad()
            each(x, both=step % 2 == 0).square().mean().backward()
        due, got = due + _gradient(alone) / world, got + _gradient(model)
    got = (
        got / world + exchange.residual / world
    )  # the sum over ranks is the answer, which all have, and all residuals
    for total in (due, got):
        dist.all_reduce(total)
    return float((got - due).abs().max()), float(due.abs().max())


def test_what_is_unsent_of_a_parameter_waits_until_a_rank_uses_it(tmp_path):
    for lost, due in run(_unused_by_all, 2, tmp_path):
        assert lost < 1e-5 < due


def _twice():
    model = DistributedDataParallel(torch.nn.Linear(3, 1))
    attach(model, "sign")
    said = []
    for exchange in ("topk-fixed", "dense"):
        try:
            attach(model, exchange, run_bytes=1000, run_steps=10)
        except CommunicationError as error:
            said.append(str(error))
    return said


def test_a_second_exchange_is_refused_in_one_line(tmp_path):
    (said,) = run(_twice, 1, tmp_path)
    assert len(said) == 2
    assert all("exchange_hook already: attach one exchange, once" in line for line in said)


def test_unknown_exchange_is_refused():
    with pytest.raises(CommunicationError, match="exchange must be"):
        attach(torch.nn.Linear(1, 1), "telepathy")
    with pytest.raises(CommunicationError, match="DistributedDataParallel, not Linear"):
        attach(torch.nn.Linear(1, 1), "sign")


class _Waves(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.phase = torch.nn.Parameter(torch.ones(3, dtype=torch.complex64))

    def forward(self, x):
        return (self.phase * x).abs().sum()


def _sparse_and_complex(exchange):
    said = []
    with pytest.raises(CommunicationError) as refused:
        attach(DistributedDataParallel(_Waves()), exchange, **_options(exchange))
    said.append(str(refused.value))
    model = DistributedDataParallel(torch.nn.Embedding(4, 2, sparse=True))
    attach(model, exchange, **_options(exchange))
    loss = model(torch.tensor([1])).sum()
    with pytest.raises(CommunicationError) as refused:
        loss.backward()
    return [*said, str(refused.value)]


@pytest.mark.parametrize("exchange", ["sign", "topk-norm"])
def test_sparse_and_complex_gradients_are_refused_in_one_line(tmp_path, exchange):
    for waves, embedding in run(_sparse_and_complex, 2, tmp_path, exchange):
        assert waves.startswith("complex parameters cannot")
        assert embedding.startswith("sparse gradients cannot")


def _misplaced():
    """What is said of states that belong elsewhere, and of a model on a part of the processes."""
    said = []
    _, _, sign = _start("sign")
    model, optimizer, topk = _start("topk-norm")
    for state, other in ((sign.state_dict(), topk), (topk.state_dict(), sign)):
        with pytest.raises(CommunicationError) as refused:
            other.load_state_dict(state)
        said.append(str(refused.value))
    topk.load_state_dict(topk.state_dict() | {"residual": torch.zeros(5)})
    with pytest.raises(CommunicationError) as refused:
        _train(model, optimizer, 0, 1)
    said.append(str(refused.value))
    alone = [dist.new_group([rank]) for rank in range(dist.get_world_size())][dist.get_rank()]
    part = DistributedDataParallel(_model(), process_group=alone)
    with pytest.raises(CommunicationError) as refused:
        attach(part, "sign")
    said.append(str(refused.value))
    attach(part, "dense")
    return said


def test_what_belongs_elsewhere_is_refused_in_one_line(tmp_path):
    expected = (
        "state of a topk exchange",
        "state of a sign exchange",
        "is of 5 entries",
        "over 1 of 2 processes",
    )
    for said in run(_misplaced, 2, tmp_path):
        assert all(part in line for part, line in zip(expected, said, strict=True))
