"""The sign conversion on SGD, Adam, Lion and Muon, and the deterministic baselines."""

import copy
import math
import warnings

import pytest
import torch

from rl.optim import NonFiniteGradientError, OptimizerError, StoSignSGD
from rl.optim.baselines import Muon, Signum, lion, sign_sgd
from rl.optim.rule import NoiseKey, sign_noise, words
from rl.optim.signed import signed

BASES = {
    "sgd": lambda p: torch.optim.SGD(p, lr=0.01, momentum=0.9),
    "adam": lambda p: torch.optim.Adam(p, lr=0.01),
    "lion": lambda p: lion(p, lr=0.01),
    "muon": lambda p: Muon(p, lr=0.01, weight_decay=0.0),
}


def _base(name, p):
    if name == "lion":
        pytest.importorskip("lion_pytorch", reason="LION IS NOT INSTALLED: its conversion is not tested here")
    return BASES[name]([p])


def _matrix(seed=0):
    return torch.nn.Parameter(torch.randn(32, 24, generator=torch.Generator().manual_seed(seed)))


def _train(optimizer, p, steps, first=0):
    for step in range(first, first + steps):
        p.grad = torch.randn(p.shape, generator=torch.Generator().manual_seed(step)).to(p.dtype)
        optimizer.step()


@pytest.mark.parametrize("name", BASES)
def test_direction_is_the_bases_own_update(name):
    plain, converted = _matrix(), _matrix()
    base = _base(name, plain)
    optimizer = signed(_base(name, converted), seed=4)
    envelope = torch.zeros_like(plain)
    for step in range(4):
        before = plain.detach().clone().double()
        _train(base, plain, 1, step)
        v = ((before - plain.detach().double()) / 0.01).float()
        envelope = torch.maximum(envelope, v.abs())
        start = converted.detach().clone()
        _train(optimizer, converted, 1, step)
        torch.testing.assert_close(optimizer.state[converted]["running_max"], envelope, atol=2e-4, rtol=2e-4)
        n = sign_noise(words(0, plain.numel(), NoiseKey(4, step + 1, 0))).view(plain.shape)
        wrong = torch.sign(v + envelope * n) != torch.sign(start - converted.detach())
        assert wrong.sum() <= 4  # ties within rounding of v


@pytest.mark.parametrize("name", ["sgd", "adam", "lion", "muon"])
def test_converted_optimizer_is_unbiased(name):
    p = _matrix()
    optimizer = signed(_base(name, p))
    _train(optimizer, p, 3)
    signs = torch.zeros_like(p)
    draws = 400
    for seed in range(draws):
        twin, start = _matrix(), p.detach().clone()
        other = signed(_base(name, twin))
        twin.data.copy_(start)
        other.load_state_dict(optimizer.state_dict())
        other.param_groups[0]["sign_seed"] = seed
        _train(other, twin, 1, 3)
        signs += (start - twin.detach()) / 0.01
    twin = _matrix()
    again = signed(_base(name, twin))
    again.load_state_dict(optimizer.state_dict())
    twin.grad = torch.randn(twin.shape, generator=torch.Generator().manual_seed(3))
    with torch.no_grad():
        direction = again._directions([twin])[0]
        envelope = again._envelope(twin, direction)
    expected = direction / envelope
    z = (signs / draws - expected) / ((1 - expected**2).clamp_min(1e-3) / draws).sqrt()
    assert z.abs().max() < 5.5
    assert abs(z.mean()) < 5 / math.sqrt(z.numel())


@pytest.mark.parametrize(("dtype", "lr"), [(torch.float32, 0.01), (torch.bfloat16, 1e-5)])
def test_signed_averaging_sgd_is_stosignsgd(dtype, lr):
    """In bfloat16 too, where nearly every step of this size is lost when it is rounded to nearest."""
    a, b = (torch.nn.Parameter(_matrix().detach().to(dtype)) for _ in "ab")
    before = a.detach().clone()
    optimizer = signed(torch.optim.SGD([a], lr=lr, momentum=0.0), seed=7, weight_decay=0.1)
    reference = StoSignSGD([b], lr=lr, momentum=0.0, seed=7, weight_decay=0.1)
    _train(optimizer, a, 5)
    _train(reference, b, 5)
    assert torch.equal(a, b)
    assert not torch.equal(a, before)


LOSING = {
    "signum": lambda p, lr: Signum([p], lr),
    "sign_sgd": lambda p, lr: sign_sgd([p], lr),
    "lion": lambda p, lr: lion([p], lr),
    "signed": lambda p, lr: signed(torch.optim.SGD([p], lr)),
}


@pytest.mark.parametrize("name", LOSING)
def test_steps_that_rounding_loses_are_warned_of(name):
    if name == "lion":
        pytest.importorskip("lion_pytorch", reason="LION IS NOT INSTALLED: its warning is not tested here")
    dtype = torch.float16 if name == "signed" else torch.bfloat16
    p = torch.nn.Parameter(torch.full((5000,), 0.02, dtype=dtype))
    before, p.grad = p.detach().clone(), torch.ones_like(p)
    with pytest.warns(UserWarning, match="cannot move") as said:
        LOSING[name](p, 1e-6).step()
    assert said[0].filename == __file__
    assert torch.equal(p, before)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizer = LOSING[name](p, 1e-2)
        torch.optim.lr_scheduler.LinearLR(optimizer, 1e-6, 1.0, 10)  # a warm-up ends at the first lr
        optimizer.step()


@pytest.mark.parametrize("name", LOSING)
def test_other_hooks_run_beside_the_one_that_warns(name):
    if name == "lion":
        pytest.importorskip("lion_pytorch", reason="LION IS NOT INSTALLED: its hooks are not tested here")
    p = torch.nn.Parameter(torch.ones(3, 3))
    p.grad = torch.ones(3, 3)
    optimizer, calls = LOSING[name](p, 0.1), []
    optimizer.register_step_pre_hook(lambda *_: calls.append(p[0, 0].item()))
    optimizer.step()
    optimizer.step()
    assert calls == pytest.approx([1.0, 0.9])


@pytest.mark.parametrize("copied", [False, True])
def test_hooks_for_saving_and_loading_are_called_once(copied):
    optimizer = signed(torch.optim.SGD([_matrix()], 0.1))
    optimizer = copy.deepcopy(optimizer) if copied else optimizer
    calls = []
    for when in ("state_dict_pre", "state_dict_post", "load_state_dict_pre", "load_state_dict_post"):
        getattr(optimizer, f"register_{when}_hook")(lambda *_, when=when: calls.append(when))
    optimizer.load_state_dict(optimizer.state_dict())
    assert calls == ["state_dict_pre", "state_dict_post", "load_state_dict_pre", "load_state_dict_post"]


def test_a_compiled_step_is_compiled_once_and_has_the_same_bits():
    results = []
    for traced in (False, True):
        p = _matrix()
        optimizer = signed(torch.optim.SGD([p], 1e-2, momentum=0.9), weight_decay=0.1)
        step = torch.compile(optimizer.step, backend="eager") if traced else optimizer.step
        for number in range(12):
            p.grad = torch.randn(p.shape, generator=torch.Generator().manual_seed(number))
            with torch.compiler.set_stance("fail_on_recompile" if traced and number else "default"):
                step()
        results.append(p.detach())
    assert torch.equal(*results)


def test_resume_and_shared_groups():
    a, b = _matrix(), _matrix()
    whole = signed(torch.optim.Adam([a], lr=0.01), seed=1)
    first = signed(torch.optim.Adam([b], lr=0.01), seed=1)
    schedule = torch.optim.lr_scheduler.ExponentialLR(first, 0.5)
    _train(first, b, 2)
    schedule.step()
    assert first.base.param_groups[0]["lr"] == pytest.approx(0.005)
    first.param_groups[0]["lr"] = 0.01
    _train(whole, a, 5)
    c = torch.nn.Parameter(b.detach().clone())
    second = signed(torch.optim.Adam([c], lr=0.5))
    second.load_state_dict(copy.deepcopy(first.state_dict()))
    _train(second, c, 3, first=2)
    assert torch.equal(a, c)


def _grouped(params, seed=3):
    decayed, plain, later = params
    groups = [
        {"params": [decayed], "weight_decay": 0.5},
        {"params": [plain], "weight_decay": 0.0, "lr": 0.002},
    ]
    optimizer = signed(torch.optim.AdamW(groups, lr=0.01), seed=seed)
    optimizer.add_param_group({"params": [later], "weight_decay": 0.25})
    return optimizer


def _steps(optimizer, params, first, last):
    for step in range(first, last):
        for i, p in enumerate(params):
            p.grad = torch.randn(p.shape, generator=torch.Generator().manual_seed(10 * step + i)).to(p.dtype)
        optimizer.step()


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_each_group_has_its_own_decay_and_rate_and_keeps_them_in_a_checkpoint(dtype):
    params = [torch.nn.Parameter(_matrix(i).detach().to(dtype)) for i in range(3)]
    start = [p.detach().clone() for p in params]
    optimizer = _grouped(params)
    _steps(optimizer, params, 0, 1)
    if dtype == torch.float32:
        for before, p, lr, decay in zip(start, params, (0.01, 0.002, 0.01), (0.5, 0.0, 0.25), strict=True):
            moved = (before * (1 - lr * decay) - p.detach()).abs()
            torch.testing.assert_close(moved, torch.full_like(moved, lr), rtol=0, atol=1e-6)
    saved = copy.deepcopy((optimizer.state_dict(), [p.detach() for p in params]))
    _steps(optimizer, params, 1, 4)
    twins = [torch.nn.Parameter(p) for p in saved[1]]
    groups = [{"params": [p]} for p in twins]
    other = signed(torch.optim.AdamW(groups, lr=0.5, weight_decay=0.0), weight_decay=0.9)
    other.load_state_dict(saved[0])
    assert [g["weight_decay"] for g in other.param_groups] == [0.5, 0.0, 0.25]
    assert [g["lr"] for g in other.param_groups] == [0.01, 0.002, 0.01]
    _steps(other, twins, 1, 4)
    assert all(map(torch.equal, params, twins))
    for p in twins:
        assert other.state[p]["running_max"].dtype == torch.float32
    twice = copy.deepcopy(other)
    held = [p for g in twice.param_groups for p in g["params"]]
    _steps(other, twins, 4, 6)
    _steps(twice, held, 4, 6)
    assert all(map(torch.equal, held, twins))


def test_a_base_with_state_before_the_first_gradient_can_be_resumed():
    p, q = _matrix(), _matrix(1)
    optimizer = signed(torch.optim.Adagrad([p, q], lr=0.01))
    _steps(optimizer, [p], 0, 2)
    saved = copy.deepcopy(optimizer.state_dict())
    twins = [torch.nn.Parameter(t.detach().clone()) for t in (p, q)]
    other = signed(torch.optim.Adagrad(twins, lr=0.01))
    other.load_state_dict(saved)
    _steps(optimizer, [p, q], 2, 4)
    _steps(other, twins, 2, 4)
    assert all(map(torch.equal, (p, q), twins))


def test_decay_is_what_the_group_says_at_the_step():
    p, q = _matrix(), _matrix()
    q.grad = p.grad = torch.zeros_like(p)  # no direction, so decay alone moves the weights
    optimizer = signed(torch.optim.SGD([p], lr=0.1))
    optimizer.param_groups[0]["weight_decay"] = 0.5
    before = p.detach().clone()
    optimizer.step()
    torch.testing.assert_close(p.detach(), before * 0.95)
    later = signed(torch.optim.SGD([p], lr=0.1), weight_decay=0.5)
    later.add_param_group({"params": [q]})
    later.step()
    torch.testing.assert_close(q.detach(), before * 0.95)


def test_bad_input():
    with pytest.raises(OptimizerError, match=r"has weight_decay=0\.01, maybe by default"):
        signed(torch.optim.AdamW([_matrix()], lr=0.1), weight_decay=0.1)
    with pytest.raises(OptimizerError, match="not negative"):
        signed(torch.optim.SGD([_matrix()], lr=0.1), weight_decay=-0.1)
    for base in (torch.optim.AdamW, [_matrix()]):
        with pytest.raises(OptimizerError, match="takes a torch optimizer that holds its parameters"):
            signed(base)
    with pytest.raises(OptimizerError, match="LBFGS evaluates the loss"):
        signed(torch.optim.LBFGS([_matrix()]))
    p = _matrix()
    optimizer = signed(torch.optim.SGD([p], lr=0.1))
    before = p.detach().clone()
    p.grad = torch.full_like(p, math.nan)
    with pytest.raises(NonFiniteGradientError, match="nothing was changed"):
        optimizer.step()
    assert torch.equal(p, before)
    with pytest.raises(OptimizerError, match="weight_decay"):
        optimizer.add_param_group({"params": [_matrix()], "weight_decay": math.nan})
    assert len(optimizer.param_groups) == 1
    with pytest.raises(OptimizerError, match="not an optimizer checkpoint"):
        optimizer.load_state_dict({"state": {}})
    with pytest.raises(OptimizerError, match=r"lacks sign_seed, sign_step: not a signed SGD checkpoint"):
        optimizer.load_state_dict(torch.optim.SGD([p], lr=0.1).state_dict())
    with pytest.raises(OptimizerError, match=r"lacks dampening, momentum: not a signed SGD checkpoint"):
        optimizer.load_state_dict(signed(torch.optim.AdamW([p], lr=0.1)).state_dict())
    other = torch.nn.Parameter(torch.ones(3))
    with pytest.raises(OptimizerError, match="parameter groups changed"):
        optimizer.load_state_dict(signed(torch.optim.SGD([p, other], lr=0.1)).state_dict())
    small = signed(torch.optim.SGD([other], lr=0.1))
    other.grad = torch.ones(3)
    small.step()
    with pytest.raises(OptimizerError, match="running_max of parameter 0"):
        optimizer.load_state_dict(small.state_dict())


def test_signum_and_sign_sgd():
    p = torch.nn.Parameter(torch.tensor([1.0, -1.0]))
    p.grad = torch.tensor([2.0, -3.0])
    sign_sgd([p], lr=0.5, weight_decay=0.1).step()
    torch.testing.assert_close(p.detach(), torch.tensor([0.45, -0.45]))
    q = torch.nn.Parameter(torch.zeros(1))
    optimizer = Signum([q], lr=1.0, momentum=0.9)
    for g in (1.0, -0.5, -0.5):
        q.grad = torch.tensor([g])
        optimizer.step()
    assert q.item() == -1.0  # m: .1, .04, -.014
    with pytest.raises(OptimizerError):
        Signum([q], lr=-1.0)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda p: torch.optim.AdamW(p, lr=0.5), "lacks momentum"),
        (lambda p: torch.optim.SGD(p, lr=0.5, momentum=0.9), "holds momentum_buffer, not momentum alone"),
        # Its momentum is a code of eight bits, which would be read as a number
        (lambda p: StoSignSGD(p, lr=0.5, state_dtype="8bit"), "holds momentum, running_max, not momentum"),
    ],
)
def test_signum_refuses_the_state_of_other_optimizers(make, words):
    p = torch.nn.Parameter(torch.ones(4))
    p.grad = torch.randn(4, generator=torch.Generator().manual_seed(0))
    other, own = make([p]), Signum([p], lr=0.1)
    other.step()
    own.step()
    momentum = own.state[p]["momentum"].clone()
    with pytest.raises(OptimizerError, match=words):
        own.load_state_dict(other.state_dict())
    assert own.param_groups[0]["lr"] == 0.1
    assert torch.equal(own.state[p]["momentum"], momentum)
    own.load_state_dict(own.state_dict())
    assert torch.equal(own.state[p]["momentum"], momentum)


@pytest.mark.parametrize(
    "make", [lambda p: signed(torch.optim.AdamW(p, lr=0.1, weight_decay=0.5)), lambda p: sign_sgd(p, lr=0.1)]
)
def test_an_optimizer_of_tensors_that_are_not_trained_says_so(make):
    p = _matrix()
    before, optimizer = p.detach().clone(), make([p])
    with pytest.raises(OptimizerError, match="built before PEFT wrapped the model"):
        optimizer.step()
    assert torch.equal(p, before)
    assert optimizer.param_groups[0].get("sign_step", 0) == 0


@pytest.mark.parametrize("bad", [math.nan, math.inf])
@pytest.mark.parametrize("momentum", [0.0, 0.9])
def test_signum_takes_no_step_on_a_gradient_that_is_not_finite(momentum, bad):
    params = [torch.nn.Parameter(torch.ones(3)) for _ in range(2)]
    optimizer = Signum(params, lr=0.1, momentum=momentum)
    params[0].grad, params[1].grad = torch.ones(3), torch.tensor([1.0, bad, 1.0])
    with pytest.raises(NonFiniteGradientError, match=r"1 of 2 parameters \(#1 \(3,\)\); nothing was changed"):
        optimizer.step()
    assert all(torch.equal(p.detach(), torch.ones(3)) for p in params)
    assert not optimizer.state


def test_signum_checks_the_settings_of_each_group():
    with pytest.raises(OptimizerError, match="momentum"):
        Signum([{"params": [_matrix()], "momentum": 1.0}], lr=0.1)
    optimizer = Signum([_matrix()], lr=0.1)
    with pytest.raises(OptimizerError, match="lr"):
        optimizer.add_param_group({"params": [_matrix()], "lr": -1.0})
    assert len(optimizer.param_groups) == 1
    for setting in ({"lr": "1e-3"}, {"weight_decay": math.nan}, {"lr": torch.tensor([0.1, 0.2])}):
        with pytest.raises(OptimizerError, match=r"lr|weight_decay"):
            Signum([_matrix()], **({"lr": 0.1} | setting))


@pytest.mark.parametrize("setting", ["lr", "weight_decay"])
@pytest.mark.parametrize("make", [Signum, lambda params, lr: signed(torch.optim.SGD(params, lr))])
def test_no_step_is_taken_at_a_rate_that_a_schedule_made_not_finite(make, setting):
    p = _matrix()
    before, p.grad = p.detach().clone(), torch.ones_like(p)
    optimizer = make([p], lr=0.1)
    optimizer.param_groups[0][setting] = math.nan
    with pytest.raises(OptimizerError, match=f"{setting} must be finite"):
        optimizer.step()
    assert torch.equal(p, before)
