"""The one-pass CPU kernel: which work fits it, and handing that work over."""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from physprover.resources import cache_dir
from rl.optim.formats import CORRECTION, Work, exponent_of, fits_kernel, kernel_formats, local_tensor
from rl.optim.rule import Rule, split_seed
from rl.optim.states import MAXIMUM, MOMENTUM, e5m3_offset

# -- Builds the C++ kernel once, with whatever compiler the machine has, and loads it. No compiler: the torch path. --
#
# The library is kept in the user's cache folder under a name made from its source, flags, compiler and processor, so
# that a changed kernel or another machine on a shared home never loads a wrong one. ``PHYSPROVER_NATIVE=0`` turns the
# kernel off.

_SOURCE = Path(__file__).parent / "kernels" / "stosign.cpp"
# No contraction into fused multiply-adds, or the bits would differ from the torch path.
_FLAGS = ["-O3", "-march=native", "-ffp-contract=off", "-fno-math-errno", "-fno-trapping-math"]
_FLAGS += ["-std=c++17", "-shared", "-fPIC", "-pthread", "-w"]
_SECONDS = 120

log = logging.getLogger(__name__)


@cache
def library() -> ctypes.CDLL | None:
    """The loaded kernel, or None where it is switched off or cannot be built (logged once, with the reason)."""
    if os.environ.get("PHYSPROVER_NATIVE", "1") == "0":
        return None
    try:
        path = _build()
        return ctypes.CDLL(str(path)) if path else None
    except (OSError, subprocess.SubprocessError) as error:
        detail = getattr(error, "stderr", None) or error
        log.warning("the CPU kernel could not be built (%s); StoSignSGD uses its slower torch path", detail)
        return None


def _build() -> Path | None:
    compiler = os.environ.get("CXX") or next(filter(None, map(shutil.which, ("c++", "g++", "clang++"))), None)
    if compiler is None:
        log.info("no C++ compiler found; StoSignSGD uses its torch path on CPU")
        return None
    version = subprocess.run(
        [compiler, "--version"], capture_output=True, text=True, check=True, timeout=_SECONDS
    )
    identity = [_SOURCE.read_text(), *_FLAGS, compiler, version.stdout, platform.machine(), _processor()]
    name = hashlib.sha256("\0".join(identity).encode()).hexdigest()[:20]
    target = cache_dir() / "kernels" / f"stosign-{name}.so"
    target.parent.mkdir(parents=True, exist_ok=True)
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            built = Path(scratch) / target.name
            command = [compiler, *_FLAGS, str(_SOURCE), "-o", str(built)]
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
            built.replace(target)  # atomic: processes that start together never load half a file
    return target


def _processor() -> str:
    """The instruction sets that ``-march=native`` depends on."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    lines = info.read_text().splitlines()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())


# -- Native --


class _Task(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_void_p) for name in ("weight", "momentum", "maximum", "correction", "grad")),
        *((name, ctypes.c_int64) for name in ("length", "start")),
        ("parameter", ctypes.c_uint32),
        *((name, ctypes.c_int32) for name in ("weight_kind", "grad_is_bf16", "state_kind")),
    ]


class _Settings(ctypes.Structure):
    _fields_ = [
        *((name, ctypes.c_uint32) for name in ("seed_low", "seed_high", "step", "e5m3_offset")),
        *((name, ctypes.c_float) for name in ("lr", "decay", "coupled", "keep_momentum", "take_grad")),
        *((name, ctypes.c_float) for name in ("max_decay", "idle_ratio")),
        *((name, ctypes.c_int32) for name in ("idle_skip", "ignore_nonfinite", "maximize")),
    ]


def fits(work: Work, state: dict[str, Any]) -> bool:
    """Whether the kernel covers this parameter: on CPU, contiguous, fp32 or bf16 throughout, and the kernel exists."""
    return fits_kernel(work, state, "cpu") and library() is not None


def step(work: list[Work], group: dict[str, Any], rule: Rule, states: Any) -> None:
    """Advance all of ``work``, each of which fits, in one call with torch's number of threads."""
    kernel = library()
    assert kernel is not None
    tasks = [task for w in work for task in _tasks(w, group, states[w.param])]
    low, high = split_seed(group["seed"])
    settings = _Settings(
        low, high, int(group["step"]) & 0xFFFFFFFF, e5m3_offset(exponent_of(group)),
        float(rule.lr), float(rule.decay), rule.coupled, rule.momentum, 1 - rule.momentum,
        rule.max_decay, rule.idle_ratio, rule.idle_skip, rule.ignore_nonfinite, rule.maximize,
    )  # fmt: skip
    array = (_Task * len(tasks))(*tasks)
    kernel.stosign_step(
        array, ctypes.c_int64(len(tasks)), ctypes.byref(settings), ctypes.c_int32(torch.get_num_threads())
    )


def peaks(gradients: list[Tensor]) -> list[float] | None:
    """Largest magnitude in each gradient (NaN if any is NaN) in one read, or None if the kernel does not cover them."""
    kernel = library()
    plain = (torch.float32, torch.bfloat16)
    if kernel is None or not all(
        g.device.type == "cpu" and g.is_contiguous() and g.dtype in plain for g in gradients
    ):
        return None
    tasks = [
        _Task(grad=g.data_ptr(), length=g.numel(), grad_is_bf16=g.dtype == torch.bfloat16) for g in gradients
    ]
    found = (ctypes.c_float * len(tasks))()
    kernel.stosign_peaks(
        (_Task * len(tasks))(*tasks),
        ctypes.c_int64(len(tasks)),
        found,
        ctypes.c_int32(torch.get_num_threads()),
    )
    return list(found)


def _tasks(work: Work, group: dict[str, Any], state: dict[str, Tensor]) -> list[_Task]:
    formats = kernel_formats(work, group, state)
    local = {name: local_tensor(t) for name, t in state.items()}

    def at(t: Tensor | None, element: int) -> int | None:
        return None if t is None else t.data_ptr() + element * t.itemsize

    return [
        _Task(
            at(work.weight, s.local), at(local[MOMENTUM], s.local), at(local[MAXIMUM], s.local),
            at(local.get(CORRECTION), s.local), at(work.grad, s.local), s.length, s.start, work.key.parameter, *formats,
        )
        for s in work.segments
    ]  # fmt: skip
