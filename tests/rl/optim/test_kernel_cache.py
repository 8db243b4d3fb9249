"""The compiled kernel's file: loading it says that it is in use; building a new one removes what nobody loads."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from physprover.resources import KERNEL_DAYS, kernels_dir, stale_kernels
from rl.optim import native as compiled


def test_unused_kernels_go_and_used_ones_stay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path))
    long_ago = time.time() - (KERNEL_DAYS + 1) * 86400
    kernels_dir().mkdir(parents=True)
    other = kernels_dir() / "stosign-of-another-source.so"
    other.touch()
    os.utime(other, (long_ago, long_ago))
    built = compiled._build()
    if built is None:
        pytest.skip("NO C++ COMPILER: the CPU kernel's file is not tested here")
    assert list(kernels_dir().iterdir()) == [built]
    os.utime(built, (long_ago, long_ago))
    assert stale_kernels() == [built]
    assert compiled._build() == built
    assert stale_kernels() == []
