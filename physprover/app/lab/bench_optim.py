"""The optimizer's step, timed: ``physprover bench optim [--device cuda] [--elements N]``.

Every ratio compares two things timed in the same run, turn by turn, so that a busy machine slows both alike; each
time is the best of the rounds. A figure that this machine cannot give is printed as not measured, never guessed.
Size of the state, unbiasedness, resuming and bytes on the wire are asserted by tests/rl/optim and tests/rl/distributed.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable

import torch

from physprover.app.lab import Row
from rl.optim.states import MAXIMUM, MOMENTUM
from rl.optim.stosign import StoSignSGD

ELEMENTS = 50_000_000
_EAGER_SHARE = 25  # the plain torch path is timed on this part of the elements and scaled up,
_EAGER_LEAST = 2_000_000  # but on so many where there are: of few, only the calls are timed
_STEADY = 4.0  # running maximum in standard deviations of the momentum after about a thousand steps


def run(device: str, elements: int = ELEMENTS, rounds: int = 7, clock: str = "wall") -> list[Row]:
    """All figures that ``device`` (``cpu`` or ``cuda``) can give; the others are listed as not measured."""
    if device == "cuda":
        return gpu_figures(elements, rounds)
    return speed(elements, rounds, clock) + gpu_figures(0, 0)


def speed(elements: int, rounds: int, clock: str) -> list[Row]:
    """CPU step times against fused AdamW: fp32 weights, state in fp32 and in bf16, with and without the NaN check."""
    now = time.process_time if clock == "cpu" else time.perf_counter
    gradients = [torch.randn(elements) * 1e-3 for _ in range(2)]

    def weights(n: int) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.randn(n) * 0.02)

    def turn(optimizer: torch.optim.Optimizer, i: int) -> float:
        optimizer.param_groups[0]["params"][0].grad = gradients[i % 2]
        start = now()
        optimizer.step()
        return now() - start

    adam = torch.optim.AdamW([weights(elements)], lr=1e-4, fused=True)
    raced: dict[str, torch.optim.Optimizer] = {"adam": adam}
    young = 0.0
    for state_dtype in ("auto", "bfloat16"):
        p = weights(elements)
        sign = StoSignSGD([p], lr=1e-4, nonfinite="allow", state_dtype=state_dtype)
        checked = StoSignSGD([p], lr=1e-4, state_dtype=state_dtype)
        first = min(turn(sign, i) for i in range(3))
        young = young or first
        state = sign.state[p]
        state[MAXIMUM].clamp_(min=_STEADY * float(state[MOMENTUM].float().std()))
        checked.state[p] = state
        raced |= {state_dtype: sign, f"{state_dtype}, checked": checked}
    times = dict.fromkeys(raced, math.inf)
    for i in range(rounds + 1):
        for name, optimizer in raced.items():
            spent = turn(optimizer, i)
            if i:  # the first turn allocates
                times[name] = min(times[name], spent)
    few = min(elements, max(elements // _EAGER_SHARE, _EAGER_LEAST))
    c = weights(few)
    c.grad = gradients[0][:few].clone()
    eager = StoSignSGD([c], lr=1e-4, nonfinite="allow", fused=False)
    eager.step()
    start = now()
    eager.step()
    plain = (now() - start) * elements / few

    what = f"{elements / 1e6:g} M fp32, {torch.get_num_threads()} threads, {clock} time"
    adam_ms = f"AdamW {times['adam'] * 1e3:.1f} ms, StoSignSGD {times['auto'] * 1e3:.1f} ms; {what}"
    over = {name: seconds / times["adam"] for name, seconds in (*times.items(), ("young", young))}
    torchs = f"torch on {few / 1e6:g} M, scaled up" if few < elements else ""
    return [
        Row.of("CPU step / fused AdamW step", over["auto"], "≤ 1.0", f"steady state; {adam_ms}"),
        Row.of("the same with the default NaN check", over["auto, checked"], note="one more read"),
        Row.of("the same in the first steps", over["young"], note="every maximum still rises"),
        Row.of("bf16 state: CPU step / fused AdamW", over["bfloat16"], "≤ 0.8", "4 bytes a weight"),
        Row.of("bf16 state, with the NaN check", over["bfloat16, checked"], "≤ 0.95"),
        Row.of("plain torch path / CPU step", plain / times["auto"], "≥ 4", torchs),
    ]


# -- The GPU rows of the benchmark: the fused bf16 step against its byte floor and against fused AdamW. --

_FLOOR = 12  # bytes an element: read p, g, m, G and write p, m in bf16; G is written only where it rises
_NAMES = ("GPU bf16 step: floor time / time", "GPU step / fused AdamW step")


def gpu_figures(elements: int, rounds: int) -> list[Row]:
    """Both rows; not measured without a GPU (or with ``rounds`` 0)."""
    if rounds == 0 or not torch.cuda.is_available():
        why = "no CUDA device here" if not torch.cuda.is_available() else "pass --device cuda"
        return [Row.of(_NAMES[0], None, "≥ 0.85", why), Row.of(_NAMES[1], None, "≤ 0.6", why)]
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
        Row.of(
            _NAMES[0], floor / ours, "≥ 0.85", f"{name}, copy {bandwidth:.0f} GB/s, step {ours * 1e3:.3f} ms"
        ),
        Row.of(_NAMES[1], ours / theirs, "≤ 0.6", f"AdamW {theirs * 1e3:.3f} ms, {elements / 1e6:g} M bf16"),
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
