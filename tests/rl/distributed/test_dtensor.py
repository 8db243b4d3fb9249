"""StoSignSGD and `signed` on DTensor shards, in real processes: the same bits as unsharded, one decision for all ranks."""

import copy

import pytest
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor

from rl.optim import Muon, NonFiniteGradientError, OptimizerError, StoSignSGD, signed
from tests.rl.distributed.processes import run

SHAPE, STEPS = (37, 130), 4  # 37 rows do not divide evenly


def _start():
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(0))


def _gradient(step):
    return torch.randn(SHAPE, generator=torch.Generator().manual_seed(10 + step))


def _whole():
    p = torch.nn.Parameter(_start())
    optimizer = StoSignSGD([p], 1e-2, weight_decay=0.1, seed=3)
    for step in range(STEPS):
        p.grad = _gradient(step)
        optimizer.step()
    return p.detach()


def _sharded():
    mesh = init_device_mesh("cpu", (dist.get_world_size(),))
    out = []
    for dimension in (0, 1):
        placement = [Shard(dimension)]
        p = torch.nn.Parameter(distribute_tensor(_start(), mesh, placement))
        optimizer = StoSignSGD([p], 1e-2, weight_decay=0.1, seed=3, idle="skip_step")
        for step in range(STEPS):
            p.grad = distribute_tensor(_gradient(step), mesh, placement)
            optimizer.step()
            if step == 1:  # a checkpoint keeps shards and dtypes
                saved = optimizer.state_dict()
                optimizer = StoSignSGD([p], 1.0)
                optimizer.load_state_dict(saved)
                assert isinstance(optimizer.state[p]["momentum"], DTensor)
        out.append(p.detach().full_tensor())
    poison = torch.zeros(SHAPE)
    poison[0, 0] = torch.nan  # on rank 0 only
    p.grad = distribute_tensor(poison, mesh, placement)
    with pytest.raises(NonFiniteGradientError):
        optimizer.step()
    one = torch.zeros(SHAPE)
    one[0, 0] = 1.0  # other ranks see only zeros and must still take the step
    p.grad = distribute_tensor(one, mesh, placement)
    optimizer.step()
    moved = optimizer.report.moved
    p.grad = distribute_tensor(torch.zeros(SHAPE), mesh, placement)
    optimizer.step()
    return out, moved, optimizer.report.moved


@pytest.mark.parametrize("world", [2, 4])
def test_shards_equal_the_whole_and_agree(tmp_path, world):
    whole = _whole()
    for (rows, columns), moved, idle_moved in run(_sharded, world, tmp_path):
        assert torch.equal(rows, whole)
        assert torch.equal(columns, whole)
        assert moved
        assert not idle_moved


# -- signed --

BASES = {
    "sgd": lambda params: torch.optim.SGD(params, 1e-2, momentum=0.9),
    "adam": lambda params: torch.optim.Adam(params, 1e-2),
}
CASES = [("sgd", torch.float32), ("sgd", torch.bfloat16), ("adam", torch.float32)]


def _converted(name, dtype, place):
    """A matrix and a bias of three entries (some ranks have none of it) after some steps, with a resume in the middle."""
    params = [torch.nn.Parameter(place(t.to(dtype))) for t in (_start(), torch.ones(3))]
    optimizer = signed(BASES[name](params), weight_decay=0.1, seed=3)
    for step in range(STEPS):
        for p, gradient in zip(params, (_gradient(step), _gradient(step)[0, :3]), strict=True):
            p.grad = place(gradient.to(dtype))
        optimizer.step()
        if step == 1:
            saved = copy.deepcopy(optimizer.state_dict())
            optimizer = signed(BASES[name](params))
            optimizer.load_state_dict(saved)
    return params, optimizer


def _converted_shards():
    mesh, out = init_device_mesh("cpu", (dist.get_world_size(),)), []

    def rows(t):
        return distribute_tensor(t, mesh, [Shard(0)])

    for case in CASES:
        params, optimizer = _converted(*case, rows)
        out.append([p.detach().full_tensor() for p in params])
    poison = torch.zeros(SHAPE)
    poison[0, 0] = torch.nan  # on rank 0 only
    params[0].grad = rows(poison)
    with pytest.raises(OptimizerError, match="NaN"):
        optimizer.step()
    assert all(torch.equal(p.detach().full_tensor(), q) for p, q in zip(params, out[-1], strict=True))
    whole = _converted("adam", torch.float32, lambda t: t)[1].state_dict()
    with pytest.raises(OptimizerError, match="divided over processes"):
        optimizer.load_state_dict(whole)
    with pytest.raises(OptimizerError, match="Muon orthogonalises whole matrices"):
        Muon(params[:1], 1e-2)
    return out


def test_signed_on_shards_is_signed_on_the_whole(tmp_path):
    whole = [[p.detach() for p in _converted(*case, lambda t: t)[0]] for case in CASES]
    for shards in run(_converted_shards, 4, tmp_path):
        for ours, theirs in zip(shards, whole, strict=True):
            assert all(torch.equal(p, q) for p, q in zip(ours, theirs, strict=True))
