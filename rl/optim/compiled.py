"""Builds the C++ kernel once, with whatever compiler the machine has, and loads it. No compiler: the torch path.

The library is kept in the user's cache folder under a name made from its source, flags, compiler and processor, so
that a changed kernel or another machine on a shared home never loads a wrong one. ``PHYSPROVER_NATIVE=0`` turns the
kernel off.
"""

from __future__ import annotations

import ctypes
import hashlib
import logging
import os
import platform
import shutil
import subprocess
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

from physprover.cache import kernels_dir, remove_stale_kernels

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
    target = kernels_dir() / f"stosign-{name}.so"
    target.parent.mkdir(parents=True, exist_ok=True)
    if target.exists():
        with suppress(OSError):  # another user's
            target.touch()  # says that it is not stale
    else:
        with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
            built = Path(scratch) / target.name
            command = [compiler, *_FLAGS, str(_SOURCE), "-o", str(built)]
            subprocess.run(command, capture_output=True, text=True, check=True, timeout=_SECONDS)
            built.replace(target)  # atomic: processes that start together never load half a file
        remove_stale_kernels()
    return target


def _processor() -> str:
    """The instruction sets that ``-march=native`` depends on."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return platform.processor()
    lines = info.read_text().splitlines()
    return next((line for line in lines if line.startswith(("flags", "Features"))), platform.processor())
