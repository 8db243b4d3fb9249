"""StoSignSGD on DTensor shards, in real processes: the same bits as unsharded, and one decision for all ranks."""

import pytest
import torch
import torch.distributed as dist
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.tensor import DTensor, Shard, distribute_tensor

from rl.optim import NonFiniteGradientError, StoSignSGD
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
