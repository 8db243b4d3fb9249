"""Saving, loading and resuming: bit for bit, dtypes kept, misfits refused."""

import copy
import io

import pytest
import torch

from rl.optim import OptimizerError, StoSignSGD


def _grads(shape, step):
    return torch.randn(shape, generator=torch.Generator().manual_seed(step))


def _run(params, optimizer, first, last):
    for step in range(first, last):
        for p in params:
            p.grad = _grads(p.shape, step).to(p.dtype)
        optimizer.step()


@pytest.mark.parametrize("cut", [0, 1, 4, 7])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float64])
def test_resume_at_any_step_equals_the_unbroken_run(cut, dtype):
    start = _grads((50, 41), 99).to(dtype)
    whole = torch.nn.Parameter(start.clone())
    _run([whole], StoSignSGD([whole], 1e-2, weight_decay=0.1, seed=5), 0, 8)

    first = torch.nn.Parameter(start.clone())
    optimizer = StoSignSGD([first], 1e-2, weight_decay=0.1, seed=5)
    _run([first], optimizer, 0, cut)
    file = io.BytesIO()
    torch.save({"p": first.detach(), "o": optimizer.state_dict()}, file)
    file.seek(0)
    saved = torch.load(file)

    second = torch.nn.Parameter(saved["p"])
    resumed = StoSignSGD([second], lr=1.0, seed=0)
    resumed.load_state_dict(saved["o"])
    _run([second], resumed, cut, 8)
    assert torch.equal(whole, second)


def test_loading_keeps_dtypes_and_bits_and_does_not_alias():
    p = torch.nn.Parameter(torch.randn(64).bfloat16())
    optimizer = StoSignSGD([p], 1e-2)
    _run([p], optimizer, 0, 3)
    saved = optimizer.state_dict()
    again = StoSignSGD([p], 1e-2)
    again.load_state_dict(saved)
    for name, tensor in optimizer.state[p].items():
        assert again.state[p][name].dtype == tensor.dtype == torch.float32
        assert torch.equal(again.state[p][name], tensor)
        assert again.state[p][name].data_ptr() != tensor.data_ptr()
    assert again.state_dict()["param_groups"] == saved["param_groups"]


def test_a_state_dtype_that_the_checkpoint_replaces_is_named_in_one_line(recwarn):
    p = torch.nn.Parameter(torch.randn(64))
    full, small = StoSignSGD([p], 1e-2), StoSignSGD([p], 1e-2, state_dtype="8bit")
    _run([p], full, 0, 2)
    again = StoSignSGD([p], 1e-2)
    again.load_state_dict(full.state_dict())
    assert not recwarn
    with pytest.warns(
        UserWarning, match=r"^state_dtype='auto' of the checkpoint replaces .* '8bit'.*$"
    ) as told:
        small.load_state_dict(full.state_dict())
    assert len(told) == 1
    assert told[0].filename == __file__
    assert small.state[p]["running_max"].dtype == torch.float32


def test_deepcopy_and_pickle_continue_identically():
    p = torch.nn.Parameter(torch.randn(64))
    optimizer = StoSignSGD([p], 1e-2)
    _run([p], optimizer, 0, 2)
    pair = copy.deepcopy((p, optimizer))
    _run([p], optimizer, 2, 4)
    _run([pair[0]], pair[1], 2, 4)
    assert torch.equal(p, pair[0])


def test_misfits_are_refused_before_anything_is_loaded():
    p, q = torch.nn.Parameter(torch.randn(6)), torch.nn.Parameter(torch.randn(6))
    optimizer = StoSignSGD([p], 1e-2, seed=3)
    _run([p], optimizer, 0, 2)
    good = optimizer.state_dict()
    target = StoSignSGD([q], 1e-2)
    missing = copy.deepcopy(good)
    del missing["state"][0]["running_max"]
    empty = copy.deepcopy(good)
    empty["state"] = {}
    shaped = copy.deepcopy(good)
    shaped["state"][0]["momentum"] = torch.zeros(7)
    grouped = copy.deepcopy(good)
    grouped["param_groups"].append(copy.deepcopy(grouped["param_groups"][0]))
    for broken in (missing, empty, shaped, grouped, {}, {"state": {}}):
        with pytest.raises(OptimizerError):
            target.load_state_dict(broken)
        assert target.param_groups[0]["seed"] == 0
        assert not target.state
    adam = torch.optim.AdamW([p])
    _run([p], adam, 0, 1)
    with pytest.raises(OptimizerError, match="lacks"):
        target.load_state_dict(adam.state_dict())
    for stateless in (
        torch.optim.AdamW([q]),
        torch.optim.SGD([q], 0.5),
    ):  # before a step: no state to tell by
        with pytest.raises(OptimizerError, match=r"group 0 of the checkpoint lacks .*decay_form"):
            target.load_state_dict(stateless.state_dict())
        assert target.param_groups[0]["lr"] == 1e-2


@pytest.mark.parametrize("load", [False, True])
@pytest.mark.parametrize("after", [torch.float64, torch.bfloat16, torch.float32, torch.float16])
@pytest.mark.parametrize("before", [torch.float64, torch.bfloat16, torch.float32])
def test_full_state_follows_weights_that_were_cast(before, after, load):
    """The next steps are those of an optimizer that had its state in the new dtype from the start."""
    start = torch.randn(64, generator=torch.Generator().manual_seed(1))
    model = torch.nn.Module()
    model.p = torch.nn.Parameter(start.to(before))
    optimizer = StoSignSGD(model.parameters(), 1e-2)
    _run([model.p], optimizer, 0, 3)
    saved = copy.deepcopy(optimizer.state_dict())
    model.to(after)
    if load:
        optimizer = StoSignSGD(model.parameters(), 1e-2)
        optimizer.load_state_dict(saved)
    wanted = torch.float64 if after == torch.float64 else torch.float32
    q = torch.nn.Parameter(model.p.detach().clone())
    twin = StoSignSGD([q], 1e-2)
    for name in ("momentum", "running_max"):
        twin.state[q][name] = saved["state"][0][name].to(wanted)
    twin.param_groups[0]["step"] = 3
    _run([model.p], optimizer, 3, 6)
    _run([q], twin, 3, 6)
    assert optimizer.state[model.p]["running_max"].dtype == wanted
    assert torch.equal(model.p, q)


@pytest.mark.parametrize(
    ("options", "dtype", "words"),
    [
        ({"state_dtype": "8bit"}, torch.float64, "float64 weights keep float64 state"),
        ({"state_dtype": "bfloat16"}, torch.float64, "float64 weights keep float64 state"),
        ({"weight_rounding": "correction"}, torch.float32, "is for bfloat16 weights, not torch.float32"),
    ],
)
def test_formats_that_cast_weights_cannot_take_are_refused_in_one_line(options, dtype, words):
    model = torch.nn.Module()
    model.p = torch.nn.Parameter(torch.randn(64, dtype=torch.bfloat16))
    optimizer = StoSignSGD(model.parameters(), 1e-2, **options)
    _run([model.p], optimizer, 0, 2)
    saved = optimizer.state_dict()
    model.to(dtype)
    before = model.p.detach().clone()
    with pytest.raises(OptimizerError, match=words):
        _run([model.p], optimizer, 2, 3)
    assert torch.equal(model.p, before)
    assert optimizer.param_groups[0]["step"] == 2
    again = StoSignSGD(model.parameters(), 1e-2)
    with pytest.raises(OptimizerError, match=words):
        again.load_state_dict(saved)
    assert again.param_groups[0]["state_dtype"] == again.param_groups[0]["weight_rounding"] == "auto"
