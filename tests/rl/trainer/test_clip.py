"""Clipping by the global norm over the whole range of float32, against float64, alone and divided over processes."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from rl.trainer.optimizers import clip_grad_norm
from tests.rl.distributed.processes import run

SHAPES = ((5,), (3, 7), ())


def parameters(size: float, seed: int, dtype: torch.dtype = torch.float32) -> list[torch.nn.Parameter]:
    """Three tensors whose gradients have entries of about `size`, and one without a gradient."""
    draw = torch.Generator().manual_seed(seed)
    held = [torch.nn.Parameter(torch.zeros(shape, dtype=dtype)) for shape in SHAPES]
    for p in held:
        p.grad = (torch.randn(p.shape, generator=draw, dtype=torch.float64) * size).to(dtype)
    return [*held, torch.nn.Parameter(torch.zeros(2))]


def vector(held: list[torch.nn.Parameter]) -> torch.Tensor:
    return torch.cat([p.grad.double().flatten() for p in held if p.grad is not None])


@given(
    st.floats(-36, 36),
    st.sampled_from([1e-6, 1e-3, 0.1, 1.0, 1e9]),
    st.integers(0, 99),
    st.sampled_from([(torch.float32, 1e-5), (torch.float64, 1e-5), (torch.bfloat16, 1e-2)]),
)
def test_direction_and_length_are_right_at_any_size(exponent, most, seed, kind):
    dtype, tolerance = kind
    held = parameters(10.0**exponent, seed, dtype)
    before = vector(held)
    norm = before.norm().item()
    assert math.isclose(clip_grad_norm(held, most), norm, rel_tol=tolerance)
    wanted = before * min(1.0, most / norm)
    assert (vector(held) - wanted).norm() <= 2 * tolerance * wanted.norm()


@given(st.floats(-9, 15), st.sampled_from([0.1, 1.0, 30.0]), st.integers(0, 99))
def test_ordinary_gradients_keep_the_bits_of_torch(exponent, most, seed):
    ours, theirs = parameters(10.0**exponent, seed), parameters(10.0**exponent, seed)
    norm = torch.nn.utils.clip_grad_norm_(theirs, most)
    assert clip_grad_norm(ours, most) == norm.item()
    assert torch.equal(vector(ours), vector(theirs))


@pytest.mark.parametrize(("bad", "told"), [(math.inf, math.inf), (-math.inf, math.inf), (math.nan, math.nan)])
def test_an_entry_that_is_no_number_is_told_and_nothing_is_scaled(bad, told):
    held = parameters(1e20, 0)
    held[1].grad[2, 3] = bad
    before = vector(held)
    norm = clip_grad_norm(held, 1.0)
    assert norm == told or (math.isnan(norm) and math.isnan(told))
    assert torch.equal(vector(held).nan_to_num(7.0), before.nan_to_num(7.0))


def test_only_zeros_have_no_length():
    held = parameters(0.0, 0)
    assert clip_grad_norm(held, 1.0) == 0.0
    assert clip_grad_norm([held[-1]], 1.0) == 0.0
    held[0].grad[1] = 1e-44
    assert clip_grad_norm(held, 1.0) > 0


def _divided(size: float) -> tuple[float, torch.Tensor]:
    """The norm and the whole gradient of a rank, its tensors divided over all."""
    from torch.distributed.device_mesh import init_device_mesh
    from torch.distributed.tensor import Shard, distribute_tensor

    mesh = init_device_mesh("cpu", (torch.distributed.get_world_size(),))
    held = parameters(size, 3)[:2]
    divided = []
    for p in held:
        q = torch.nn.Parameter(distribute_tensor(p.detach(), mesh, [Shard(0)]))
        q.grad = distribute_tensor(p.grad, mesh, [Shard(0)])
        divided.append(q)
    norm = clip_grad_norm(divided, 0.5)
    return norm, torch.cat([q.grad.full_tensor().flatten() for q in divided])


@pytest.mark.parametrize("size", [1e-30, 1.0, 1e30])
def test_divided_gradients_have_the_length_of_the_whole(tmp_path, size):
    whole = parameters(size, 3)[:2]
    norm = clip_grad_norm(whole, 0.5)
    for told, gradient in run(_divided, 2, tmp_path, size):
        assert math.isclose(told, norm, rel_tol=1e-6)
        torch.testing.assert_close(gradient.double(), vector(whole), rtol=1e-5, atol=0.0)
