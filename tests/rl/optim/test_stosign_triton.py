"""The Triton kernel against the torch path, bit for bit, under Triton's interpreter (any machine) or on a GPU."""

import os

import pytest
import torch

os.environ.setdefault("TRITON_INTERPRET", "0" if torch.cuda.is_available() else "1")
pytest.importorskip(
    "triton", reason="TRITON IS NOT INSTALLED: the GPU kernel is not tested here (pip install triton)"
)

from rl.optim import StoSignSGD, gpu
from rl.optim.formats import Segment, Work, allocate
from rl.optim.rule import NoiseKey
from rl.optim.stosign import eager, rule_of

DEVICE = "cuda" if torch.cuda.is_available() else "cpu"
OPTIONS = [
    {"weight_decay": 0.1},
    {"idle": "skip", "maximize": True},
    {"nonfinite": "ignore", "weight_decay": 0.1, "decay_form": "coupled"},
    {"max_decay": 0.9, "first_max": 0.01, "idle_ratio": 0.3},
]
FORMATS = [
    {"dtype": torch.float32},
    {"dtype": torch.float32, "state_dtype": "8bit"},
    {"dtype": torch.bfloat16, "weight_rounding": "nearest"},
    {"dtype": torch.bfloat16, "state_dtype": "bfloat16"},
    {"dtype": torch.bfloat16, "state_dtype": "8bit", "weight_rounding": "correction"},
]


def _advance(path, options, form, capturable=False):
    form = dict(form)
    dtype = form.pop("dtype")
    sizes = [1, 700, 5000, 1030]
    # the third tensor is a shard that starts inside a tile
    segments = [Segment(0, 0, 1), Segment(0, 0, 700), Segment(0, 3000, 5000), Segment(0, 0, 1030)]
    generator = torch.Generator().manual_seed(0)
    params = [
        torch.nn.Parameter((0.02 * torch.randn(n, generator=generator)).to(dtype).to(DEVICE)) for n in sizes
    ]
    optimizer = StoSignSGD(params, 1e-3, seed=2**40 + 5, **options, **form)
    group, states = optimizer.param_groups[0], optimizer.state
    if capturable:
        group["step"] = torch.tensor(0, dtype=torch.int64, device=DEVICE)
        group["lr"] = torch.tensor(1e-3, device=DEVICE)
        group["capturable"] = True
    for _ in range(3):
        work = []
        for i, p in enumerate(params):
            g = torch.randn(p.shape, generator=generator)
            g[torch.rand(p.shape, generator=generator) < 0.1] = 0
            if options.get("nonfinite") == "ignore":
                g[torch.rand(p.shape, generator=generator) < 0.05] = torch.nan
            work.append(
                Work(p, p.data, g.to(dtype).to(DEVICE), NoiseKey(group["seed"], 0, i), (segments[i],))
            )
        allocate(states, group, work)
        group["step"] += 1
        if path == "triton":
            gpu.step(work, group, rule_of(group), states)
        else:
            for w in work:
                eager(w, group, rule_of(group), states[w.param])
    return [t for p in params for t in (p.detach(), *states[p].values())]


def _same(left, right):
    return all(
        torch.equal(a.view(torch.uint8), b.view(torch.uint8)) for a, b in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("form", FORMATS, ids=str)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_kernel_equals_torch_bit_for_bit(options, form):
    assert _same(_advance("triton", options, form), _advance("torch", options, form))


def test_step_and_lr_on_the_device_give_the_same_bits():
    options = {"weight_decay": 0.1, "nonfinite": "allow"}
    assert _same(_advance("triton", options, FORMATS[0], True), _advance("torch", options, FORMATS[0], True))
