"""Every path gives the same bits: torch, C++ kernel, any thread count, any sharding, every format and option."""

import itertools

import pytest
import torch

from rl.optim import StoSignSGD, native
from rl.optim import native as compiled
from rl.optim.formats import Segment, box_segments
from rl.optim.rule import Rule

needs_kernel = pytest.mark.skipif(
    compiled.library() is None, reason="NO C++ COMPILER: the CPU kernel is not tested here"
)

OPTIONS = [
    {},
    {"weight_decay": 0.1},
    {"idle": "skip", "maximize": True},
    {"nonfinite": "ignore", "weight_decay": 0.1, "decay_form": "coupled"},
    {"max_decay": 0.9, "first_max": 0.01, "idle_ratio": 0.3},
    {"momentum": 0.0},
]
FORMATS = [
    {"dtype": torch.float32},
    {"dtype": torch.float32, "state_dtype": "8bit"},
    {"dtype": torch.bfloat16, "weight_rounding": "nearest"},
    {"dtype": torch.bfloat16, "state_dtype": "bfloat16"},
    {"dtype": torch.bfloat16, "state_dtype": "8bit"},
    {"dtype": torch.bfloat16, "state_dtype": "8bit", "weight_rounding": "correction"},
]
SIZES = [(1,), (15,), (16,), (1025,), (70, 131), (3, 5000)]


def _gradient(shape, seed, dtype, options):
    generator = torch.Generator().manual_seed(seed)
    spread = torch.rand(shape, generator=generator)
    for _ in range(3):
        spread = spread * spread  # to the eighth power; torch's own pow depends on the number of threads
    g = torch.randn(shape, generator=generator) * spread
    g[torch.rand(shape, generator=generator) < 0.1] = 0
    if options.get("nonfinite") == "ignore":
        g[torch.rand(shape, generator=generator) < 0.02] = torch.nan
        g[torch.rand(shape, generator=generator) < 0.02] = torch.inf
    return g.to(dtype)


def _train(fused, options, form, steps=4, sizes=SIZES):
    form = dict(form)
    dtype = form.pop("dtype")
    params = [
        torch.nn.Parameter((0.02 * torch.randn(s, generator=torch.Generator().manual_seed(i))).to(dtype))
        for i, s in enumerate(sizes)
    ]
    optimizer = StoSignSGD(params, 1e-3, seed=123, fused=fused, **options, **form)
    for step in range(steps):
        for i, p in enumerate(params):
            p.grad = _gradient(p.shape, 100 * step + i, dtype, options)
        optimizer.step()
    return [t for p in params for t in (p.detach(), *optimizer.state[p].values())]


def _same(left, right):
    # bytes, so that -0.0 and 0.0 count as different
    return all(
        a.dtype == b.dtype and torch.equal(a.view(torch.uint8), b.view(torch.uint8))
        for a, b in zip(left, right, strict=True)
    )


@needs_kernel
@pytest.mark.parametrize("form", FORMATS, ids=str)
@pytest.mark.parametrize("options", OPTIONS, ids=str)
def test_kernel_equals_torch_bit_for_bit(options, form):
    assert _same(_train(True, options, form), _train(False, options, form))


@pytest.mark.parametrize("fused", [None, False])
def test_a_compiled_step_is_compiled_once_and_has_the_same_bits(fused):
    results = []
    for traced in (False, True):
        p = torch.nn.Parameter(torch.randn(50, 7, generator=torch.Generator().manual_seed(1)))
        optimizer = StoSignSGD([p], 1e-2, weight_decay=0.1, fused=fused)
        step = torch.compile(optimizer.step, backend="eager") if traced else optimizer.step
        for number in range(12):
            p.grad = _gradient(p.shape, number, torch.float32, {})
            with torch.compiler.set_stance("fail_on_recompile" if traced and number else "default"):
                step()
        results.append([p.detach(), *optimizer.state[p].values()])
    assert _same(*results)


@needs_kernel
def test_thread_count_does_not_matter():
    before = torch.get_num_threads()
    try:
        results = []
        for threads in (1, 3):
            torch.set_num_threads(threads)
            results.append(_train(True, {"weight_decay": 0.1}, FORMATS[0], sizes=[(400, 700)]))
    finally:
        torch.set_num_threads(before)
    assert _same(*results)


@needs_kernel
def test_peaks_see_nan_above_inf_above_numbers():
    x, y = torch.randn(70_001), torch.randn(33).bfloat16()
    found = native.peaks([x, y, torch.zeros(0)])
    assert found == [float(x.abs().max()), float(y.abs().max()), 0.0]
    x[70_000], y[3] = -torch.inf, torch.nan
    inf, nan, _ = native.peaks([x, y, torch.zeros(5)])
    assert inf == float("inf")
    assert nan != nan


@pytest.mark.parametrize("fused", [False, pytest.param(True, marks=needs_kernel)])
@pytest.mark.parametrize("parts", [(2, 1), (4, 1), (1, 2), (2, 2), (1, 4), (3, 1)], ids=str)
def test_shards_equal_the_whole(parts, fused):
    """The global-index arithmetic that DTensor shards use, without processes: see test_stosign_dtensor for those."""
    from rl.optim.formats import Work, allocate
    from rl.optim.rule import NoiseKey
    from rl.optim.stosign import run

    shape = (12, 1700)
    rule = Rule(1e-3, 1e-4, 0.0, 0.9, 1.0, False, 0.0, False, False)
    group = StoSignSGD([torch.nn.Parameter(torch.zeros(1))], 1e-3, seed=9, fused=fused).param_groups[0] | {
        "step": 1
    }
    theta = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    grad = torch.randn(shape, generator=torch.Generator().manual_seed(1))

    def advance(weight, g, segments):
        states = {weight: {}}
        work = [Work(weight, weight, g, NoiseKey(9, 0, 4), tuple(segments))]
        allocate(states, group, work)
        for _ in range(3):
            group["step"] += 1
            run(work, group, rule, states)
        group["step"] -= 3
        return weight

    whole = advance(theta.clone(), grad, [Segment(0, 0, theta.numel())])
    rows, columns = parts
    for r, c in itertools.product(range(rows), range(columns)):
        box = (
            slice(r * 12 // rows, (r + 1) * 12 // rows),
            slice(c * 1700 // columns, (c + 1) * 1700 // columns),
        )
        offset = (box[0].start, box[1].start)
        piece = theta[box].clone()
        shard = advance(piece, grad[box].contiguous(), box_segments(shape, tuple(piece.shape), offset))
        assert torch.equal(shard, whole[box])


def test_box_segments_name_every_element_once():
    whole = (4, 6, 5)
    index = torch.arange(120).view(whole)
    for box, offset in [
        ((4, 6, 5), (0, 0, 0)),
        ((2, 6, 5), (1, 0, 0)),
        ((4, 3, 5), (0, 2, 0)),
        ((4, 6, 2), (0, 0, 3)),
        ((1, 2, 2), (3, 1, 1)),
        ((0, 6, 5), (4, 0, 0)),
    ]:
        window = index[tuple(slice(o, o + b) for o, b in zip(offset, box, strict=True))].reshape(-1)
        listed = [s.start + i for s in box_segments(whole, box, offset) for i in range(s.length)]
        assert listed == window.tolist()
