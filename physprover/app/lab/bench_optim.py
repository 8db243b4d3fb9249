"""The optimizer's figures, measured: ``physprover bench optim [--device cuda] [--elements N]``.

Every ratio compares two things timed in the same run, turn by turn, so that a busy machine slows both alike; each
time is the best of the rounds. A figure that this machine cannot give is printed as not measured, never guessed.
"""

from __future__ import annotations

import math
import time

import torch
from torch import Tensor

from physprover.app.lab.bench_optim_gpu import gpu_figures
from physprover.app.lab.figures import Figure
from physprover.app.lab.unbiased import biases
from rl.optim.stosign import StoSignSGD

ELEMENTS = 50_000_000
_EAGER_SHARE = 25  # the plain torch path is timed on this part of the elements and scaled up
_STEADY = 4.0  # running maximum in standard deviations of the momentum after about a thousand steps


def run(
    device: str, elements: int = ELEMENTS, rounds: int = 7, processes: int = 4, clock: str = "wall"
) -> list[Figure]:
    """All figures that ``device`` (``cpu`` or ``cuda``) can give; the others are listed as not measured."""
    if device == "cuda":
        return gpu_figures(elements, rounds)
    draws = min(elements, 1 << 20)
    figures = [*speed(elements, rounds, clock), state_bytes(), unbiasedness(draws), resume_and_shards()]
    if processes:
        figures.append(wire(processes))
    return figures + gpu_figures(0, 0)


def speed(elements: int, rounds: int, clock: str) -> list[Figure]:
    """CPU step times against fused AdamW, fp32."""
    now = time.process_time if clock == "cpu" else time.perf_counter
    gradients = [torch.randn(elements) * 1e-3 for _ in range(2)]

    def weights(n: int) -> torch.nn.Parameter:
        return torch.nn.Parameter(torch.randn(n) * 0.02)

    a, b = weights(elements), weights(elements)
    adam = torch.optim.AdamW([a], lr=1e-4, fused=True)
    sign = StoSignSGD([b], lr=1e-4, nonfinite="allow")
    checked = StoSignSGD([b], lr=1e-4)
    few = elements // _EAGER_SHARE
    c = weights(few)
    c.grad = gradients[0][:few].clone()
    eager = StoSignSGD([c], lr=1e-4, nonfinite="allow", fused=False, foreach=False)

    def turn(optimizer: torch.optim.Optimizer, p: Tensor, i: int) -> float:
        p.grad = gradients[i % 2]
        start = now()
        optimizer.step()
        return now() - start

    young = min(turn(sign, b, i) for i in range(3))
    state = sign.state[b]
    state["running_max"].clamp_(min=_STEADY * float(state["momentum"].std()))
    checked.state[b] = state
    times = dict.fromkeys(("adam", "sign", "checked"), math.inf)
    for i in range(rounds + 1):
        for name, optimizer, p in (("adam", adam, a), ("sign", sign, b), ("checked", checked, b)):
            spent = turn(optimizer, p, i)
            if i:  # the first turn allocates
                times[name] = min(times[name], spent)
    eager.step()
    start = now()
    eager.step()
    plain = (now() - start) * elements / few
    what = f"{elements / 1e6:g} M fp32, {torch.get_num_threads()} threads, {clock} time"
    adam_ms = f"AdamW {times['adam'] * 1e3:.1f} ms, StoSignSGD {times['sign'] * 1e3:.1f} ms; {what}"
    return [
        Figure(
            "CPU step / fused AdamW step", times["sign"] / times["adam"], "<= 1.0", f"steady state; {adam_ms}"
        ),
        Figure("the same with the default NaN check", times["checked"] / times["adam"], "", "one more read"),
        Figure("the same in the first steps", young / times["adam"], "", "every maximum still rises"),
        Figure(
            "plain torch path / CPU step",
            plain / times["sign"],
            ">= 4",
            f"torch on {few / 1e6:g} M, scaled up",
        ),
    ]


def state_bytes() -> Figure:
    """Optimizer state per parameter in 8-bit mode, counted from the tensors."""
    p = torch.nn.Parameter(torch.randn(1000, 37).bfloat16())
    p.grad = torch.randn_like(p)
    optimizer = StoSignSGD([p], lr=1e-4, state_dtype="8bit")
    optimizer.step()
    held = sum(t.numel() * t.itemsize for t in optimizer.state[p].values())
    return Figure(
        "state bytes per parameter, 8-bit", held / p.numel(), "<= 2.1", "momentum 1, maximum 1, no scales"
    )


def unbiasedness(draws: int = 1 << 20) -> Figure:
    """Largest deviation of the mean sign from m/G over paths, formats and ratios, in standard errors."""
    found = biases(draws)
    worst = max(found, key=lambda b: b.errors)
    paths = ", ".join(dict.fromkeys(b.path for b in found))
    name = f"{str(worst.weights).removeprefix('torch.')} weights, {worst.state} state, m/G {worst.ratio:.3g}"
    return Figure(
        "unbiasedness, standard errors",
        worst.errors,
        "<= 4",
        f"{draws} draws each, {len(found)} cases: {paths}; worst: {worst.path}, {name}",
    )


def resume_and_shards() -> Figure:
    """1 if a stopped and resumed run equals the unbroken one bit for bit, else 0 (shards: see the tests)."""

    def go(cut: int) -> Tensor:
        p = torch.nn.Parameter(torch.ones(5000))
        optimizer = StoSignSGD([p], lr=1e-3, seed=1)
        for step in range(6):
            if step == cut:
                saved = optimizer.state_dict()
                optimizer = StoSignSGD([p], lr=1.0)
                optimizer.load_state_dict(saved)
            p.grad = torch.randn(5000, generator=torch.Generator().manual_seed(step))
            optimizer.step()
        return p.detach()

    same = all(torch.equal(go(-1), go(cut)) for cut in range(6))
    return Figure(
        "resume bit-identical at every step", float(same), "1", "6 of 6 cuts" if same else "differs"
    )


def wire(processes: int) -> Figure:
    """Bytes of fp32 all-reduce over bytes of the one-bit exchange, read from the sockets of gloo processes."""
    from physprover.app.lab.wire_bytes import measure

    report = measure(processes)
    name = f"{processes} gloo processes: dense bytes / one-bit bytes"
    if report.dense is None or report.signs is None:
        return Figure(name, None, ">= 25", "this system does not report bytes per connection")
    same = "replicas bit-identical" if report.identical else "REPLICAS DIFFER"
    return Figure(name, report.dense / report.signs, ">= 25", f"{report.dense} / {report.signs} B; {same}")
