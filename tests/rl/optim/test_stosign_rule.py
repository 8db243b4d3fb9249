"""The published update: moments of the sign, the envelope, the first step, groups, closures, options, bad input."""

import math
import warnings

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from rl.optim import NonFiniteGradientError, OptimizerError, StoSignSGD
from rl.optim.rule import (
    NoiseKey,
    derive_seed,
    momentum_bits,
    philox,
    sign_noise,
    stochastic_sign,
    weight_bits,
    words,
)


def _train(optimizer, params, steps, seed=0):
    generator = torch.Generator().manual_seed(seed)
    for _ in range(steps):
        for p in params:
            p.grad = torch.randn(p.shape, generator=generator).to(p.dtype)
        optimizer.step()


def _param(n=3000, seed=1, dtype=torch.float32):
    return torch.nn.Parameter(torch.randn(n, generator=torch.Generator().manual_seed(seed)).to(dtype))


def test_philox_matches_the_published_known_answers():
    full = 0xFFFFFFFF
    counters = [(0, 0, 0, 0), (full,) * 4, (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344)]
    keys = [(0, 0), (full, full), (0xA4093822, 0x299F31D0)]
    answers = [
        (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8),
        (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD),
        (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
    ]
    for counter, key, answer in zip(counters, keys, answers, strict=True):
        got = philox(tuple(torch.tensor(c) for c in counter), key)
        assert tuple(int(word) for word in got) == answer


@given(start=st.integers(0, 20_000), count=st.integers(1, 9_000))
@settings(max_examples=25)
def test_any_window_of_noise_equals_the_same_window_of_the_whole(start, count):
    key = NoiseKey(seed=7, step=3, parameter=2)
    assert torch.equal(words(start, count, key), words(0, start + count, key)[start:])


def test_noise_differs_in_every_part_of_the_key():
    base = NoiseKey(seed=1, step=1, parameter=1, stream=1)
    others = [
        NoiseKey(2, 1, 1, 1),
        NoiseKey(1, 2, 1, 1),
        NoiseKey(1, 1, 2, 1),
        NoiseKey(1 << 40, 1, 1, 1),
        NoiseKey(1, 1, 1, 2),
    ]
    reference = words(0, 4096, base)
    for other in others:
        assert (words(0, 4096, other) == reference).sum() <= 1
    assert derive_seed(0, 1) != derive_seed(1, 0)


def test_noise_is_uniform_serially_uncorrelated_and_its_fields_independent():
    n = 1 << 20
    word = words(0, n, NoiseKey(seed=11, step=5, parameter=3))
    u = sign_noise(word, torch.float64)
    assert u.abs().max() < 1
    assert not (u == 0).any()
    bound = 5 / math.sqrt(n)
    assert abs(u.mean()) < bound * math.sqrt(1 / 3)
    assert abs((u * u).mean() - 1 / 3) < bound * math.sqrt(4 / 45)
    cells = torch.histc(u, 256, -1, 1)
    chi2 = ((cells - n / 256) ** 2 / (n / 256)).sum()
    assert abs(chi2 - 255) < 5 * math.sqrt(2 * 255)
    for lag in (1, 2, 3, 4, 1023, 1024, 4096):
        assert abs((u[lag:] * u[:-lag]).mean()) * 3 < bound * 1.01
    a = momentum_bits(word).double() / 65536 - 0.5
    b = weight_bits(word).double() / 65536 - 0.5
    for x, y in ((u / 2, a), (u / 2, b), (a, b)):
        assert abs((x * y).mean()) * 12 < bound + 2**-8


@pytest.mark.parametrize("ratio", [-1.0, -0.9, -0.5, -0.1, 0.0, 0.003, 0.1, 0.5, 0.9, 1.0])
@pytest.mark.parametrize("scale", [1e-30, 1.0, 1e20])
def test_stochastic_sign_is_unbiased(ratio, scale):
    n = 1 << 20
    word = words(0, n, NoiseKey(seed=3, step=1, parameter=0))
    sign = stochastic_sign(torch.full((n,), ratio * scale), torch.full((n,), scale), word)
    error = abs(float(sign.double().mean()) - ratio)
    assert error <= 4 * math.sqrt(max(1 - ratio * ratio, 0) / n) + 2**-23


def test_first_step_is_sign_descent_and_a_dead_coordinate_never_moves():
    p = _param(4)
    before = p.detach().clone()
    p.grad = torch.tensor([3.0, -1e-30, 0.0, 5.0])
    optimizer = StoSignSGD([p], lr=0.5, momentum=0.9)
    optimizer.step()
    torch.testing.assert_close(p.detach(), before - 0.5 * torch.tensor([1.0, -1.0, 0.0, 1.0]))
    for _ in range(20):
        p.grad = torch.tensor([1.0, 1.0, 0.0, 1.0])
        optimizer.step()
    assert p[2] == before[2]


@given(
    momentum=st.floats(0, 0.99),
    max_decay=st.floats(0.5, 1),
    first_max=st.floats(0, 2),
    seed=st.integers(0, 2**64 - 1),
)
@settings(max_examples=20)
def test_envelope_always_covers_momentum_and_never_falls_at_decay_one(momentum, max_decay, first_max, seed):
    p = _param(257)
    optimizer = StoSignSGD([p], 1e-2, momentum, seed=seed, max_decay=max_decay, first_max=first_max)
    last = torch.zeros(257)
    for step in range(5):
        _train(optimizer, [p], 1, seed=step)
        state = optimizer.state[p]
        assert (state["momentum"].abs() <= state["running_max"]).all()
        if max_decay == 1:
            assert (state["running_max"] >= last).all()
        last = state["running_max"].clone()


def test_matches_the_formula_written_out_in_double_precision():
    p = _param(5000)
    theta, m, envelope = p.detach().double(), torch.zeros(5000).double(), torch.zeros(5000).double()
    optimizer = StoSignSGD([p], lr=1e-2, momentum=0.8, weight_decay=0.1, seed=42)
    for step in range(1, 6):
        g = torch.randn(5000, generator=torch.Generator().manual_seed(step))
        p.grad = g.clone()
        optimizer.step()
        m = 0.8 * m + 0.2 * g.double()
        envelope = torch.maximum(envelope, m.abs())
        n = sign_noise(words(0, 5000, NoiseKey(42, step, 0)), torch.float64)
        theta = theta - 1e-2 * torch.sign(m + envelope * n) - 1e-2 * 0.1 * theta
    wrong = (p.detach().double() - theta).abs() > 1e-5
    assert wrong.sum() <= 2  # a tie within fp32 rounding may fall the other way


def test_maximize_is_the_mirror_image():
    a, b = _param(), _param()
    up, down = StoSignSGD([a], 1e-2, maximize=True), StoSignSGD([b], 1e-2)
    a.grad = torch.ones(3000)
    b.grad = -torch.ones(3000)
    for _ in range(3):
        up.step()
        down.step()
    assert torch.equal(a, b)


def test_weight_decay_forms():
    moved = {}
    for form in ("decoupled", "independent", "coupled"):
        p = torch.nn.Parameter(torch.full((8,), 2.0))
        p.grad = torch.zeros(8)
        StoSignSGD([p], lr=0.5, weight_decay=0.1, decay_form=form).step()
        moved[form] = 2.0 - p[0].item()
    assert moved["decoupled"] == pytest.approx(0.1)
    assert moved["independent"] == pytest.approx(0.2)
    assert moved["coupled"] == pytest.approx(0.5)


def test_tensor_lr_and_float_lr_agree_and_a_schedule_may_reach_zero():
    a, b = _param(), _param()
    first = StoSignSGD([a], lr=torch.tensor(0.01))
    second = StoSignSGD([b], lr=float(torch.tensor(0.01)))
    _train(first, [a], 3)
    _train(second, [b], 3)
    assert torch.equal(a, b)
    second.param_groups[0]["lr"] = 0.0
    before = b.detach().clone()
    _train(second, [b], 1)
    assert torch.equal(b, before)


def test_closure_runs_with_gradients_enabled_and_its_loss_comes_back():
    p = torch.nn.Parameter(torch.tensor([3.0]))
    optimizer = StoSignSGD([p], lr=0.1)

    def closure():
        optimizer.zero_grad()
        loss = (p * p).sum()
        loss.backward()
        return loss

    losses = [float(optimizer.step(closure)) for _ in range(40)]
    assert losses[0] == 9.0
    assert losses[-1] < 1.0


def test_added_group_keeps_the_noise_of_earlier_parameters():
    a, b, c = _param(), _param(), _param(100, seed=9)
    alone = StoSignSGD([a], 1e-2)
    grown = StoSignSGD([b], 1e-2)
    grown.add_param_group({"params": [c], "lr": 1e-3})
    for step in range(3):
        for p in (a, b):
            p.grad = torch.randn(3000, generator=torch.Generator().manual_seed(step))
        c.grad = torch.ones(100)
        alone.step()
        grown.step()
    assert torch.equal(a, b)
    assert grown.param_groups[1]["lr"] == 1e-3


def test_idle_coordinates():
    row = torch.zeros(64)
    row[:8] = 1.0
    ends = {}
    for idle in ("move", "skip"):
        p = torch.nn.Parameter(torch.zeros(64))
        optimizer = StoSignSGD([p], 1e-2, weight_decay=0.1, idle=idle)
        p.grad = torch.ones(64)
        optimizer.step()
        after_one = {k: v.clone() for k, v in optimizer.state[p].items()} | {"p": p.detach().clone()}
        for _ in range(50):
            p.grad = row.clone()
            optimizer.step()
        ends[idle] = p.detach()[8:] - after_one["p"][8:]
        if idle == "skip":
            for name, tensor in optimizer.state[p].items():
                assert torch.equal(tensor[8:], after_one[name][8:])
    assert (ends["move"] != 0).any()  # the published rule walks at random
    assert (ends["skip"] == 0).all()


def test_idle_ratio_freezes_weights_but_not_state():
    p = _param(64)
    optimizer = StoSignSGD([p], 1e-2, idle_ratio=0.5)
    p.grad = torch.ones(64)
    optimizer.step()
    before, m = p.detach().clone(), optimizer.state[p]["momentum"].clone()
    p.grad = torch.full((64,), -0.5)
    optimizer.step()
    assert torch.equal(p, before)
    assert not torch.equal(optimizer.state[p]["momentum"], m)


def test_step_without_any_gradient_signal_moves_nothing_when_asked():
    a, b = _param(64), _param(64, seed=2)
    optimizer = StoSignSGD([{"params": [a]}, {"params": [b]}], 1e-2, weight_decay=0.1, idle="skip_step")
    _train(optimizer, [a, b], 3)
    before = [t.clone() for t in (a, b, *optimizer.state[a].values(), *optimizer.state[b].values())]
    for p in (a, b):
        p.grad = torch.zeros_like(p)
    optimizer.step()
    after = [a, b, *optimizer.state[a].values(), *optimizer.state[b].values()]
    assert all(torch.equal(x, y) for x, y in zip(before, after, strict=True))
    assert optimizer.param_groups[0]["step"] == 3
    assert not optimizer.report.moved
    assert "zero" in optimizer.report.reason
    b.grad[0] = 1.0
    optimizer.step()
    assert optimizer.report.moved
    assert optimizer.param_groups[0]["step"] == 4


@pytest.mark.parametrize("poison", [math.nan, math.inf, -math.inf])
def test_non_finite_gradients(poison):
    for policy in ("raise", "skip", "ignore"):
        a, b = _param(64), _param(64, seed=2)
        optimizer = StoSignSGD([a, b], 1e-2, nonfinite=policy)
        _train(optimizer, [a, b], 2)
        before = [t.clone() for t in (a, b, *optimizer.state[a].values(), *optimizer.state[b].values())]
        a.grad, b.grad = torch.ones(64), torch.ones(64)
        b.grad[5] = poison
        if policy == "raise":
            with pytest.raises(NonFiniteGradientError, match=r"#1 .*nothing was changed"):
                optimizer.step()
        else:
            optimizer.step()
        after = [a, b, *optimizer.state[a].values(), *optimizer.state[b].values()]
        same = [torch.equal(x, y) for x, y in zip(before, after, strict=True)]
        if policy == "ignore":
            assert not any(same)
            assert all(torch.isfinite(t).all() for t in after)
            assert before[1][5] == b[5]
            assert optimizer.report.moved
        else:
            assert all(same)
            assert optimizer.param_groups[0]["step"] == 2


def test_bad_settings_are_refused():
    p = _param(4)
    bad = [
        {"lr": -1.0}, {"lr": math.nan}, {"lr": torch.tensor(-1.0)}, {"momentum": 1.0}, {"momentum": -0.1},
        {"weight_decay": -1.0}, {"seed": -1}, {"seed": 1 << 64}, {"decay_form": "l2"}, {"max_decay": 0.0}, {"first_max": -1.0},
        {"idle": "never"}, {"nonfinite": "pray"}, {"idle_ratio": 1.0}, {"capturable": True},
        {"state_dtype": "4bit"}, {"weight_rounding": "up"}, {"momentum": None}, {"weight_decay": "0.1"},
    ]  # fmt: skip
    for options in bad:
        with pytest.raises(OptimizerError):
            StoSignSGD([p], **({"lr": 0.1} | options))
    with pytest.raises(OptimizerError, match="lr must be a number, not '1e-3'"):  # what YAML makes of 1e-3
        StoSignSGD([p], lr="1e-3")
    with pytest.raises(ValueError, match="empty"):
        StoSignSGD([], lr=0.1)


@pytest.mark.parametrize("lr", [0.0, torch.tensor(0.0)])
def test_a_rate_of_zero_moves_nothing(lr):
    """A warm-up begins there; nothing is said of steps that rounding loses."""
    p = torch.nn.Parameter(_param(4).detach().bfloat16())
    before, p.grad = p.detach().clone(), torch.ones_like(p)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        StoSignSGD([p], lr, weight_rounding="nearest").step()
        StoSignSGD([{"params": [p], "lr": lr}], 1e-3).step()
    assert torch.equal(p, before)


def test_bad_tensors_are_refused_before_anything_changes():
    with pytest.raises(OptimizerError, match="complex"):
        StoSignSGD([torch.nn.Parameter(torch.zeros(2, dtype=torch.complex64))], lr=0.1)
    p = _param(4)
    optimizer = StoSignSGD([p], lr=0.1)
    with pytest.raises(OptimizerError, match="complex"):
        optimizer.add_param_group({"params": [torch.nn.Parameter(torch.zeros(2, dtype=torch.complex64))]})
    assert len(optimizer.param_groups) == 1
    with pytest.raises(OptimizerError, match="PEFT"):
        optimizer.step()
    embedding = torch.nn.Embedding(4, 2, sparse=True)
    dense = _param(4)
    optimizer = StoSignSGD([dense, embedding.weight], lr=0.1)
    embedding(torch.tensor([1])).sum().backward()
    dense.grad = torch.ones(4)
    before = dense.detach().clone()
    with pytest.raises(OptimizerError, match="sparse"):
        optimizer.step()
    assert torch.equal(dense, before)
    assert not optimizer.state


@pytest.mark.parametrize("state_dtype", ["auto", "bfloat16", "8bit"])
@pytest.mark.parametrize("size", [3, 5])
def test_a_parameter_that_was_resized_after_a_step_is_refused(state_dtype, size):
    p, other = _param(4), _param(2)
    optimizer = StoSignSGD([other, p], lr=0.1, state_dtype=state_dtype)
    other.grad, p.grad = torch.ones(2), torch.ones(4)
    optimizer.step()
    p.data, before = torch.zeros(size), other.detach().clone()
    p.grad = torch.ones(size)
    with pytest.raises(OptimizerError, match=rf"parameter #1 has shape \({size},\), its state \(4,\)"):
        optimizer.step()
    assert torch.equal(p.detach(), torch.zeros(size))
    assert torch.equal(other, before)


def test_non_contiguous_weights_move_like_contiguous_ones():
    base = torch.randn(30, 20, generator=torch.Generator().manual_seed(0))
    plain, turned = torch.nn.Parameter(base.clone()), torch.nn.Parameter(base.t().contiguous().t())
    assert not turned.is_contiguous()
    for p in (plain, turned):
        _train(StoSignSGD([p], 1e-2), [p], 3)
    assert torch.equal(plain, turned)
