"""The cache folder: compiled kernels that nobody loads any more."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from physprover.app.commands.doctor import examine
from physprover.resources import KERNEL_DAYS, cache_dir, remove_stale_kernels, stale_kernels


@pytest.fixture(autouse=True)
def _cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path))


def kernel(days: float) -> Path:
    """A compiled kernel that was last loaded so many days ago."""
    file = cache_dir() / "kernels" / f"stosign-{days}.so"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.touch()
    os.utime(file, (time.time(), time.time() - days * 86400))
    return file


def test_only_kernels_that_nobody_loads_any_more_go() -> None:
    old, new = kernel(KERNEL_DAYS + 1), kernel(KERNEL_DAYS - 1)
    assert stale_kernels() == [old]
    assert remove_stale_kernels() == [old]
    assert new.exists()
    assert not old.exists()


def test_the_doctor_names_what_can_go() -> None:
    kernel(KERNEL_DAYS + 1)
    found = next(f for f in examine(quick=True) if f.name == "cache")
    assert "1 unused kernel can go" in found.detail
    assert found.fix == "physprover lean install"
