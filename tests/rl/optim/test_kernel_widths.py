"""The C++ kernel gives the bits of the torch path on processors with other vector units than this one's."""

from __future__ import annotations

import ctypes
import platform
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import torch

from rl.optim import StoSignSGD, native
from rl.optim import native as compiled

FORMATS: list[dict[str, Any]] = [
    {"dtype": torch.float32},
    {"dtype": torch.bfloat16, "state_dtype": "bfloat16"},
    {"dtype": torch.bfloat16, "state_dtype": "8bit", "weight_rounding": "correction"},
]
SIZES = (1, 31, 127, 128, 129, 5000)  # around a tile of 128


def _trained(form: dict[str, Any]) -> list[torch.Tensor]:
    draw = torch.Generator().manual_seed(0)
    dtype = form["dtype"]
    params = [torch.nn.Parameter((0.02 * torch.randn(n, generator=draw)).to(dtype)) for n in SIZES]
    optimizer = StoSignSGD(params, 1e-3, weight_decay=0.1, **{k: v for k, v in form.items() if k != "dtype"})
    for _ in range(3):
        for p in params:
            p.grad = torch.randn(p.shape, generator=draw).to(dtype)
        optimizer.step()
    states = [v for p in params for v in optimizer.state[p].values() if isinstance(v, torch.Tensor)]
    return [*(p.detach() for p in params), *states]


@pytest.mark.parametrize("target", ["x86-64", "x86-64-v3"])  # no vectors of our own; AVX2
def test_same_bits(target: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    compiler = shutil.which("c++") or shutil.which("g++")
    if compiler is None or platform.machine() != "x86_64":
        pytest.skip("NO C++ COMPILER FOR x86-64: other vector widths are not tested here")
    if target == "x86-64-v3" and not torch.backends.cpu.get_cpu_capability().startswith("AVX"):
        pytest.skip("THIS PROCESSOR HAS NO AVX2: its kernel cannot run here")
    flags = [f"-march={target}" if flag.startswith("-march") else flag for flag in compiled._FLAGS]
    built = tmp_path / "kernel.so"
    subprocess.run([compiler, *flags, str(compiled._SOURCE), "-o", str(built)], check=True)
    kernel, steps, step = ctypes.CDLL(str(built)), [], native.step
    monkeypatch.setattr(native, "step", lambda *args: (steps.append(args), step(*args)))
    for form in FORMATS:
        monkeypatch.setattr(native, "library", lambda: None)
        expected = _trained(form)
        assert not steps
        monkeypatch.setattr(native, "library", lambda: kernel)
        for got, wanted in zip(_trained(form), expected, strict=True):
            assert torch.equal(got, wanted)
        assert steps
        steps.clear()
