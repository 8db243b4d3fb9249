"""StoSignSGD and `signed` on DTensor shards, in real processes: the same bits as unsharded, one decision for all ranks."""

import copy

import pytest
import torch
import torch.distributed as dist
import torch.distributed.checkpoint as dcp
from torch.distributed.checkpoint.state_dict import (
    StateDictOptions,
    get_model_state_dict,
    get_optimizer_state_dict,
    set_model_state_dict,
    set_optimizer_state_dict,
)
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
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


# -- torch.distributed.checkpoint --

MODES = [{}, {"flatten_optimizer_state_dict": True}, {"full_state_dict": True}]


def _layers(sharded):
    model = torch.nn.Sequential(torch.nn.Linear(5, 7), torch.nn.Linear(7, 3))
    with torch.no_grad():
        for i, p in enumerate(model.parameters()):
            p.copy_(torch.randn(p.shape, generator=torch.Generator().manual_seed(i)))
    if sharded:
        mesh = init_device_mesh("cpu", (dist.get_world_size(),))
        for layer in (*model, model):
            fully_shard(layer, mesh=mesh)
    decayed = [p for p in model.parameters() if p.ndim > 1]
    rest = [p for p in model.parameters() if p.ndim == 1]
    groups = [{"params": decayed, "weight_decay": 0.3}, {"params": rest, "weight_decay": 0.0}]
    return model, groups


def _learn(model, optimizer, steps):
    for step in steps:
        inputs = torch.randn(4, 5, generator=torch.Generator().manual_seed(step))
        model(inputs).square().mean().backward()
        optimizer.step()
        optimizer.zero_grad()


def _weights(model):
    return [getattr(p, "full_tensor", lambda p=p: p)().detach().clone() for p in model.parameters()]


def _by_name(make, folder, sharded):
    """For each mode, weights of an unbroken run and of one that goes on from its checkpoint on disk."""
    out = []
    for number, mode in enumerate(MODES):
        options = StateDictOptions(**mode)
        model, groups = _layers(sharded)
        optimizer = make(groups)
        _learn(model, optimizer, range(2))
        states = {"model": get_model_state_dict(model, options=options)}
        states["optimizer"] = get_optimizer_state_dict(model, optimizer, options=options)
        place = f"{folder}/{number}"
        dcp.save(states, checkpoint_id=place)
        _learn(model, optimizer, range(2, 5))
        again, groups = _layers(sharded)
        other = make([{"params": g["params"]} for g in groups])
        states = {"model": get_model_state_dict(again, options=options)}
        states["optimizer"] = get_optimizer_state_dict(again, other, options=options)
        dcp.load(states, checkpoint_id=place)
        set_model_state_dict(again, states["model"], options=options)
        set_optimizer_state_dict(again, other, states["optimizer"], options=options)
        _learn(again, other, range(2, 5))
        out.append((_weights(model), _weights(again)))
    return out


def _make_signed(groups):
    return signed(torch.optim.Adam(groups, 1e-2), seed=5)


def _make_sto(groups):
    return StoSignSGD(groups, 1e-2, seed=5, state_dtype="8bit")


@pytest.mark.parametrize("make", [_make_signed, _make_sto])
@pytest.mark.parametrize("world", [1, 2])
def test_distributed_checkpoints_know_the_state_by_name(tmp_path, make, world):
    """One process has plain tensors, two have shards; both give the same weights."""
    (tmp_path / "saved").mkdir()
    for modes in run(_by_name, world, tmp_path, make, tmp_path / "saved", world > 1):
        for whole, resumed in modes:
            assert all(map(torch.equal, whole, resumed))
