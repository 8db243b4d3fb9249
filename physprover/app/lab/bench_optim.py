"""The optimizer's figures, measured: ``physprover bench optim [--device cuda] [--elements N]``.

Every ratio compares two things timed in the same run, turn by turn, so that a busy machine slows both alike; each
time is the best of the rounds. A figure that this machine cannot give is printed as not measured, never guessed.
"""

from __future__ import annotations

import itertools
import math
import os
import socket
import stat
import struct
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.multiprocessing.spawn import spawn

from physprover.app.lab import Row
from rl.distributed.sign_exchange import SignExchange
from rl.optim import native as compiled
from rl.optim import states as codes
from rl.optim.formats import state_format
from rl.optim.states import MAXIMUM, MOMENTUM
from rl.optim.stosign import StoSignSGD

ELEMENTS = 50_000_000
_EAGER_SHARE = 25  # the plain torch path is timed on this part of the elements and scaled up
_STEADY = 4.0  # running maximum in standard deviations of the momentum after about a thousand steps


def run(
    device: str, elements: int = ELEMENTS, rounds: int = 7, processes: int = 4, clock: str = "wall"
) -> list[Row]:
    """All figures that ``device`` (``cpu`` or ``cuda``) can give; the others are listed as not measured."""
    if device == "cuda":
        return gpu_figures(elements, rounds)
    draws = min(elements, 1 << 20)
    figures = [*speed(elements, rounds, clock), state_bytes(), unbiasedness(draws), resume()]
    if processes:
        figures.append(wire(processes))
    return figures + gpu_figures(0, 0)


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
    few = elements // _EAGER_SHARE
    c = weights(few)
    c.grad = gradients[0][:few].clone()
    eager = StoSignSGD([c], lr=1e-4, nonfinite="allow", fused=False)
    eager.step()
    start = now()
    eager.step()
    plain = (now() - start) * elements / few

    def against_adam(figure: str, seconds: float, reach: str, note: str) -> Row:
        return Row.of(figure, seconds / times["adam"], reach, note)

    what = f"{elements / 1e6:g} M fp32, {torch.get_num_threads()} threads, {clock} time"
    adam_ms = f"AdamW {times['adam'] * 1e3:.1f} ms, StoSignSGD {times['auto'] * 1e3:.1f} ms; {what}"
    return [
        against_adam("CPU step / fused AdamW step", times["auto"], "<= 1.0", f"steady state; {adam_ms}"),
        against_adam(
            "bf16 state, with the NaN check: CPU step / fused AdamW",
            times["auto, checked"],
            "",
            "one more read",
        ),
        against_adam("the same in the first steps", young, "", "every maximum still rises"),
        against_adam("bf16 state: CPU step / fused AdamW", times["bfloat16"], "<= 0.8", "4 bytes a weight"),
        against_adam(
            "bf16 state, with the NaN check: CPU step / fused AdamW",
            times["bfloat16, checked"],
            "<= 0.95",
            "",
        ),
        Row.of(
            "plain torch path / CPU step",
            plain / times["auto"],
            ">= 4",
            f"torch on {few / 1e6:g} M, scaled up",
        ),
    ]


def state_bytes() -> Row:
    """Optimizer state per parameter in 8-bit mode, counted from the tensors."""
    p = torch.nn.Parameter(torch.randn(1000, 37).bfloat16())
    p.grad = torch.randn_like(p)
    optimizer = StoSignSGD([p], lr=1e-4, state_dtype="8bit")
    optimizer.step()
    held = sum(t.numel() * t.itemsize for t in optimizer.state[p].values())
    return Row.of(
        "state bytes per parameter, 8-bit", held / p.numel(), "<= 2.1", "momentum 1, maximum 1, no scales"
    )


def unbiasedness(draws: int = 1 << 20) -> Row:
    """Largest deviation of the mean sign from m/G over paths, formats and ratios, in standard errors."""
    found = biases(draws)
    worst = max(found, key=lambda b: b.errors)
    paths = ", ".join(dict.fromkeys(b.path for b in found))
    name = f"{str(worst.weights).removeprefix('torch.')} weights, {worst.state} state, m/G {worst.ratio:.3g}"
    return Row.of(
        "unbiasedness, standard errors",
        worst.errors,
        "<= 4",
        f"{draws} draws each, {len(found)} cases: {paths}; worst: {worst.path}, {name}",
    )


def resume() -> Row:
    """1 if a stopped and resumed run equals the unbroken one bit for bit, else 0."""

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
    return Row.of(
        "resume bit-identical at every step", float(same), "1", "6 of 6 cuts" if same else "differs"
    )


def wire(processes: int) -> Row:
    """Bytes of fp32 all-reduce over bytes of the one-bit exchange, read from the sockets of gloo processes."""
    report = measure(processes)
    name = f"{processes} gloo processes: dense bytes / one-bit bytes"
    if report.dense is None or report.signs is None:
        return Row.of(name, None, ">= 25", "this system does not report bytes per connection")
    same = "replicas bit-identical" if report.identical else "REPLICAS DIFFER"
    return Row.of(name, report.dense / report.signs, ">= 25", f"{report.dense} / {report.signs} B; {same}")


# -- The GPU rows of the benchmark: the fused bf16 step against its byte floor and against fused AdamW. --

_FLOOR = 12  # bytes an element: read p, g, m, G and write p, m in bf16; G is written only where it rises
_NAMES = ("GPU bf16 step: floor time / time", "GPU step / fused AdamW step")


def gpu_figures(elements: int, rounds: int) -> list[Row]:
    """Both rows; not measured without a GPU (or with ``rounds`` 0)."""
    if rounds == 0 or not torch.cuda.is_available():
        why = "no CUDA device here" if not torch.cuda.is_available() else "pass --device cuda"
        return [Row.of(_NAMES[0], None, ">= 0.85", why), Row.of(_NAMES[1], None, "<= 0.6", why)]
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
            _NAMES[0], floor / ours, ">= 0.85", f"{name}, copy {bandwidth:.0f} GB/s, step {ours * 1e3:.3f} ms"
        ),
        Row.of(_NAMES[1], ours / theirs, "<= 0.6", f"AdamW {theirs * 1e3:.3f} ms, {elements / 1e6:g} M bf16"),
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


# -- Measures the one-bit exchange between real gloo processes on this machine: bytes at the sockets, equal replicas. --


@dataclass(frozen=True, slots=True)
class WireReport:
    """Bytes that all ranks together sent for one average of one gradient; None where the system does not tell."""

    dense: int | None
    signs: int | None
    identical: bool  # the one-bit average, bit for bit, on every rank


def measure(world: int = 4, elements: int = 2_000_000) -> WireReport:
    """Start ``world`` processes, average one fp32 gradient both ways, and read their sockets before and after."""
    with tempfile.TemporaryDirectory() as folder:
        spawn(_rank, (world, elements, folder), nprocs=world)  # type: ignore[no-untyped-call]
        parts = [torch.load(f"{folder}/{rank}.pt") for rank in range(world)]

    def total(column: int) -> int | None:
        values = [part[column] for part in parts]
        return None if None in values else int(sum(values))

    return WireReport(total(0), total(1), all(torch.equal(parts[0][2], part[2]) for part in parts))


def _rank(rank: int, world: int, elements: int, folder: str) -> None:
    os.environ.setdefault("GLOO_SOCKET_IFNAME", "lo")
    torch.set_num_threads(1)
    dist.init_process_group("gloo", init_method=f"file://{folder}/meet", rank=rank, world_size=world)
    g = torch.randn(elements, generator=torch.Generator().manual_seed(rank))
    exchange = SignExchange()
    answer = exchange.average(g)
    dist.all_reduce(g.clone())
    counts = [sent_bytes()]
    dist.all_reduce(g.clone())
    counts.append(sent_bytes())
    exchange.average(g)
    counts.append(sent_bytes())
    dist.barrier()
    steps = [None if a is None or b is None else b - a for a, b in itertools.pairwise(counts)]
    torch.save((*steps, answer), f"{folder}/{rank}.pt")
    dist.destroy_process_group()


# -- Is the mean sign m/G? Asked of whole steps, in every storage format and on every path that this machine has. --

RATIOS = (-0.9, -0.5, -0.1, 0.01, 0.1, 0.5, 0.9)
_FORMATS = (
    (torch.float64, "auto"),
    (torch.float32, "auto"),
    (torch.float32, "bfloat16"),
    (torch.float32, "8bit"),
    (torch.bfloat16, "auto"),
    (torch.bfloat16, "bfloat16"),
    (torch.bfloat16, "8bit"),
)
_PATHS: dict[str, dict[str, Any]] = {
    "loop": {"fused": False},
    "kernel": {"fused": True},
}


@dataclass(frozen=True, slots=True)
class Bias:
    """Mean sign of one step over ``draws`` equal elements, against m/G."""

    path: str
    weights: torch.dtype
    state: str
    ratio: float  # m/G as the step sees it, after the state's own rounding
    errors: float  # distance in standard errors


def biases(draws: int, device: str = "cpu") -> list[Bias]:
    """Every path, format and ratio; the kernel where it is built (it has no fp64)."""
    found = []
    for path, options in _PATHS.items():
        for dtype, state in _FORMATS:
            if path == "kernel" and (dtype == torch.float64 or (device == "cpu" and not compiled.library())):
                continue
            found += [_bias(path, options, dtype, state, ratio, draws, device) for ratio in RATIOS]
    return found


def _bias(
    path: str, options: dict[str, Any], dtype: torch.dtype, state: str, ratio: float, draws: int, device: str
) -> Bias:
    # From weight 0 with lr 1 a step leaves minus the sign itself, exact in every format.
    p = torch.nn.Parameter(torch.zeros(draws, dtype=dtype, device=device))
    p.grad = torch.full_like(p, ratio)
    momentum = 0.9
    settings: dict[str, Any] = {"state_dtype": state, "max_exponent": 4, **options}
    optimizer = StoSignSGD([p], lr=1.0, momentum=momentum, seed=2, **settings)
    optimizer.step()
    with torch.no_grad():
        p.zero_()
    group = optimizer.param_groups[0]
    _hold(optimizer.state[p], ratio, group["max_exponent"])
    m, top = (t[:1].double() for t in state_format(group, optimizer.state[p]).read())
    seen = float((m * momentum + p.grad[:1].double() * (1 - momentum)) / top)
    optimizer.step()
    error = math.sqrt((1 - seen * seen) / draws)
    return Bias(path, dtype, state, seen, abs(-float(p.detach().double().mean()) - seen) / error)


def _hold(state: dict[str, torch.Tensor], ratio: float, max_exponent: int) -> None:
    """Momentum ``ratio`` under a maximum of 1."""
    if state[MAXIMUM].dtype == torch.uint8:
        one = torch.ones(1, device=state[MAXIMUM].device)
        state[MAXIMUM].copy_(codes.e5m3_encode_up(one, max_exponent))
        state[MOMENTUM].fill_(round(ratio * 127))
    else:
        state[MAXIMUM].fill_(1.0)
        state[MOMENTUM].fill_(ratio)


# -- How many bytes this process really sent: asked of the kernel, one TCP connection at a time. --
#
# A formula says what an exchange should cost; the sockets say what it did cost, headers of the collective library
# included. Works for gloo (TCP), on Linux. NCCL does not use sockets of this process: count its payloads instead.

_TCP_INFO_BYTES = 232
_BYTES_SENT = 200  # offset of tcpi_bytes_sent in struct tcp_info, Linux >= 4.19; retransmissions included


def sent_bytes() -> int | None:
    """Bytes sent so far on all TCP connections of this process that are open now, or None where unknowable.

    Take differences between two calls with the process group alive in between.
    """
    total, seen = 0, False
    folder = Path("/proc/self/fd")
    if not folder.exists():
        return None
    for entry in list(folder.iterdir()):
        sent = _sent(int(entry.name))
        if sent is not None:
            total, seen = total + sent, True
    return total if seen else None


def _sent(descriptor: int) -> int | None:
    try:
        if not stat.S_ISSOCK(os.fstat(descriptor).st_mode):
            return None
        connection = socket.socket(fileno=os.dup(descriptor))
    except OSError:
        return None  # closed since it was listed
    with connection:
        if connection.type != socket.SOCK_STREAM or connection.family not in (
            socket.AF_INET,
            socket.AF_INET6,
        ):
            return None
        info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _TCP_INFO_BYTES)
    return int(struct.unpack_from("Q", info, _BYTES_SENT)[0]) if len(info) >= _BYTES_SENT + 8 else None
