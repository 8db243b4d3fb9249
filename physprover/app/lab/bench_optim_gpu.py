"""The GPU rows of the benchmark: the fused bf16 step against its byte floor and against fused AdamW."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from physprover.app.lab.figures import Figure
from rl.optim.stosign import StoSignSGD

if TYPE_CHECKING:
    from collections.abc import Callable

_FLOOR = 12  # bytes an element: read p, g, m, G and write p, m in bf16; G is written only where it rises
_NAMES = ("GPU bf16 step: floor time / time", "GPU step / fused AdamW step")


def gpu_figures(elements: int, rounds: int) -> list[Figure]:
    """Both rows; not measured without a GPU (or with ``rounds`` 0)."""
    if rounds == 0 or not torch.cuda.is_available():
        why = "no CUDA device here" if not torch.cuda.is_available() else "pass --device cuda"
        return [Figure(_NAMES[0], None, ">= 0.85", why), Figure(_NAMES[1], None, "<= 0.6", why)]
    p = torch.nn.Parameter((torch.randn(elements, device="cuda") * 0.02).bfloat16())
    p.grad = (torch.randn(elements, device="cuda") * 1e-3).bfloat16()
    sign = StoSignSGD([p], lr=1e-4, nonfinite="allow", state_dtype="bfloat16", fused=True)
    adam = torch.optim.AdamW([p], lr=1e-4, fused=True)
    other = torch.empty_like(p)
    copy = _best(lambda: other.copy_(p), rounds)
    ours, theirs = _best(sign.step, rounds), _best(adam.step, rounds)
    floor = copy / 4 * _FLOOR  # a bf16 copy moves four bytes an element
    name = torch.cuda.get_device_name()
    bandwidth = 4 * elements / copy / 1e9
    return [
        Figure(
            _NAMES[0], floor / ours, ">= 0.85", f"{name}, copy {bandwidth:.0f} GB/s, step {ours * 1e3:.3f} ms"
        ),
        Figure(_NAMES[1], ours / theirs, "<= 0.6", f"AdamW {theirs * 1e3:.3f} ms, {elements / 1e6:g} M bf16"),
    ]


def _best(work: Callable[[], object], rounds: int) -> float:
    """Seconds of the fastest of some rounds of ten, by device events."""
    times: list[float] = []
    for _ in range(rounds + 1):
        start, end = (torch.cuda.Event(enable_timing=True) for _ in range(2))  # type: ignore[no-untyped-call]
        start.record()
        for _ in range(10):
            work()
        end.record()
        torch.cuda.synchronize()
        times.append(start.elapsed_time(end) / 1e4)
    return min(times[1:])
