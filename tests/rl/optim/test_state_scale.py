"""The 8-bit maximum follows the size of the gradients: over fifteen decades a step moves what float32 state would."""

import warnings

import pytest
import torch

from rl.optim import StoSignSGD
from rl.optim import states as codes
from rl.optim.formats import exponent_of, state_format

SIZE = 4096


def path(scale, state_dtype, steps=30, growth=1.0, **options):
    """Displacement of each weight after `steps` noisy gradients of the size `scale`."""
    p = torch.nn.Parameter(torch.zeros(SIZE))
    optimizer = StoSignSGD([p], lr=0.1, state_dtype=state_dtype, **options)
    for step in range(steps):
        noise = torch.randn(SIZE, generator=torch.Generator().manual_seed(step))
        p.grad = (1 + 0.3 * noise) * scale * growth**step
        optimizer.step()
    return p.detach(), optimizer


@pytest.mark.parametrize("scale", [1e-12, 1e-10, 1e-8, 1e-6, 1e-4, 1e-2, 1.0, 1e2, 1e3])
@pytest.mark.parametrize("native", [True, False])
def test_gradients_of_any_size_move_the_weights_as_far_as_full_state_does(scale, native):
    moved, _ = path(scale, "8bit", fused=None if native else False)
    whole, _ = path(scale, "auto", fused=None if native else False)
    assert moved.mean().item() == pytest.approx(
        whole.mean().item(), rel=0.1
    )  # the maximum is rounded up by up to 12.5 %
    unit, _ = path(1.0, "8bit", fused=None if native else False)
    assert moved.mean().item() == pytest.approx(unit.mean().item(), rel=0.03)


@pytest.mark.parametrize("growth", [0.3, 3.0, 30.0])
def test_gradients_that_grow_or_shrink_by_decades_are_followed(growth):
    """At 30 a step the gradient passes 25 decades; the exponent is raised on the way and the state moved along."""
    moved, optimizer = path(1e-20, "8bit", steps=18, growth=growth)
    whole, _ = path(1e-20, "auto", steps=18, growth=growth)
    assert moved.mean().item() == pytest.approx(whole.mean().item(), rel=0.12)
    top = state_format(
        optimizer.param_groups[0], dict(optimizer.state[optimizer.param_groups[0]["params"][0]])
    ).read()[1]
    assert top.isfinite().all()


def test_a_spike_leaves_small_momenta_their_direction():
    """One entry jumps far above the range: all codes move, and what they stand for stays."""
    p = torch.nn.Parameter(torch.zeros(SIZE))
    optimizer = StoSignSGD([p], lr=0.1, state_dtype="8bit")
    p.grad = torch.linspace(-1, 1, SIZE)
    optimizer.step()
    group = optimizer.param_groups[0]
    before = [t.clone() for t in state_format(group, dict(optimizer.state[p])).read()]
    first = exponent_of(group)
    p.grad = torch.zeros(SIZE)
    p.grad[0] = 4096.0
    optimizer.step()
    assert exponent_of(group) > first
    m, top = state_format(group, dict(optimizer.state[p])).read()
    assert torch.equal(top[1:], before[1][1:])
    assert ((m[1:] - 0.9 * before[0][1:]).abs() <= top[1:] / 127 * 1.01).all()


def test_a_spike_of_one_parameter_leaves_another_that_has_no_gradient_its_state():
    spiked, idle = (torch.nn.Parameter(torch.zeros(8)) for _ in range(2))
    optimizer = StoSignSGD([spiked, idle], lr=0.1, state_dtype="8bit")
    spiked.grad, idle.grad = torch.full((8,), 1.0), torch.linspace(0.5, 1, 8)
    optimizer.step()
    group = optimizer.param_groups[0]
    first, before = exponent_of(group), [t.clone() for t in state_format(group, optimizer.state[idle]).read()]
    spiked.grad, idle.grad = torch.full((8,), 4096.0), None
    optimizer.step()
    assert exponent_of(group) > first
    assert all(map(torch.equal, state_format(group, optimizer.state[idle]).read(), before))


@pytest.mark.parametrize("nonfinite", ["raise", "ignore", "allow"])
def test_the_exponent_is_chosen_at_the_first_gradient_and_resumes_with_the_state(nonfinite):
    p = torch.nn.Parameter(torch.zeros(8))
    optimizer = StoSignSGD([p], lr=0.1, state_dtype="8bit", nonfinite=nonfinite)
    p.grad = torch.zeros(8)
    optimizer.step()
    assert optimizer.param_groups[0]["exponent"] is None  # nothing to choose by
    p.grad = torch.full((8,), 3e-9)
    if nonfinite == "ignore":
        p.grad[0] = torch.inf
    optimizer.step()
    chosen = exponent_of(optimizer.param_groups[0])
    assert 2.0 ** (chosen - 8) < 3e-9 < 2.0**chosen
    q = torch.nn.Parameter(p.detach().clone())
    again = StoSignSGD([q], lr=0.1, state_dtype="8bit", nonfinite=nonfinite)
    again.load_state_dict(optimizer.state_dict())
    assert exponent_of(again.param_groups[0]) == chosen
    for param, one in ((p, optimizer), (q, again)):
        param.grad = torch.full((8,), 2e-9)
        one.step()
    assert torch.equal(p, q)


def test_groups_have_exponents_of_their_own_and_a_fixed_one_warns():
    a, b, c = (torch.nn.Parameter(torch.zeros(8)) for _ in range(3))
    optimizer = StoSignSGD([{"params": [a]}, {"params": [b]}], lr=0.1, state_dtype="8bit")
    a.grad, b.grad = torch.full((8,), 1e-11), torch.full((8,), 1e2)
    optimizer.step()
    small, large = map(exponent_of, optimizer.param_groups)
    assert large - small > 40
    fixed = StoSignSGD([c], lr=0.1, state_dtype="8bit", max_exponent=4)
    c.grad = torch.full((8,), 1e-9)
    with pytest.warns(UserWarning, match="the largest gradient is 1e-09, near or below the lower end"):
        fixed.step()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        fixed.step()  # once


def test_moving_codes_up_and_reading_them_gives_the_same_maxima():
    codes_before = torch.arange(256)
    values = codes.e5m3_decode(codes_before, 4)
    moved = codes.e5m3_decode(codes.e5m3_encode_up(values, 10), 10)
    floor = codes.e5m3_decode(torch.tensor([1]), 10)
    assert torch.equal(moved, torch.where(values > 0, values.maximum(floor), 0.0))
