"""`physprover lean install --project …`: a native Lean, a built project, the REPL. Each step is skipped when it is done.

    1 elan      Lean's version manager (skipped where `lake` is found)
    2 project   `physlean`: the pinned commit of PhysLean, cloned into the cache; `physlean@COMMIT`: another one (a commit, tag or
                branch of the same repository); any other name: a Lake project of yours
    3 cache     `lake exe cache get`: Mathlib's compiled files, about 6 GB, instead of hours of compiling
    4 build     `lake build` of the project itself
    5 REPL      the community REPL for the project's exact Lean, fetched and built by lean-interact

Repeat the command after any failure: it goes on where it stopped.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.cache import cache_dir
from physprover.errors import LeanSetupError
from physprover.lean.project.place import STAMP, find_lake, physlean_commit, project_folder

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.progress import Progress, Stage

PHYSLEAN = "https://github.com/leanprover-community/physlib"
ELAN = "https://elan.lean-lang.org/elan-init.sh"
_FREE_GB = 12


def install_project(name: str, progress: Progress) -> Path:
    """Make the project `name` ready to judge and return its folder. Raises `LeanSetupError` with the step that failed."""
    with progress.stage("native Lean", total=5) as stage:
        lake = _elan(stage)
        project = _project(name, stage)
        _cache(lake, project, stage)
        _build(lake, project, stage)
        _repl(lake, project, stage)
    return project


def _elan(stage: Stage) -> Path:
    lake = find_lake()
    if lake is None:
        stage.note(f"elan: installing Lean's version manager from {ELAN}")
        with tempfile.TemporaryDirectory() as folder:
            script = Path(folder) / "elan-init.sh"
            _run(["curl", "--proto", "=https", "-sSfL", "-o", str(script), ELAN], None, "elan")
            _run(["sh", str(script), "-y", "--default-toolchain", "none", "--no-modify-path"], None, "elan")
        lake = find_lake()
    if lake is None:
        raise LeanSetupError(
            "elan: it installed itself, yet there is no ~/.elan/bin/lake; see elan's own messages above"
        )
    stage.advance()
    return lake


def _project(name: str, stage: Stage) -> Path:
    project = project_folder(name)
    commit = physlean_commit(name)
    if commit is None:
        if not any((project / file).exists() for file in ("lakefile.toml", "lakefile.lean")):
            raise LeanSetupError(
                f"{name}: no Lake project (no lakefile in it); `--project physlean` makes one"
            )
        stage.advance()
        return project
    if not any((project / file).exists() for file in ("lakefile.toml", "lakefile.lean")):
        stage.note(f"project: cloning PhysLean at {commit[:8]} into {project}")
        _need_space(project.parent)
        partial = project.with_name(project.name + ".partial")
        shutil.rmtree(partial, ignore_errors=True)
        partial.mkdir(parents=True)
        # One commit, without history; the name counts only when all of it is there. A short hash cannot be fetched by
        # itself, so the history comes along without its files.
        whole = len(commit) == 40 or not re.fullmatch(r"[0-9a-f]+", commit)
        _run(["git", "init", "-q"], partial, "project")
        fetch = ["--depth", "1", PHYSLEAN, commit] if whole else ["--filter=blob:none", PHYSLEAN]
        _run(["git", "fetch", "-q", *fetch], partial, "project")
        if not whole:
            _run(["git", "remote", "add", "origin", PHYSLEAN], partial, "project")
            _run(["git", "config", "remote.origin.promisor", "true"], partial, "project")
        _run(["git", "checkout", "-q", "FETCH_HEAD" if whole else commit], partial, "project")
        partial.rename(project)
    stage.advance()
    return project


def _cache(lake: Path, project: Path, stage: Stage) -> None:
    manifest = project / "lake-manifest.json"
    if manifest.exists() and '"mathlib"' in manifest.read_text(encoding="utf-8"):
        stage.note("cache: fetching Mathlib's compiled files; those already there are not fetched again")
        _run([str(lake), "exe", "cache", "get"], project, "cache")
    stage.advance()


def _build(lake: Path, project: Path, stage: Stage) -> None:
    stage.note(
        "build: compiling what is not yet compiled (PhysLean itself: about half an hour the first time)"
    )
    _run([str(lake), "build"], project, "build")
    stage.advance()


def _repl(lake: Path, project: Path, stage: Stage) -> None:
    try:
        from lean_interact import LeanREPLConfig, LocalProject
    except ImportError:
        raise LeanSetupError("REPL: lean-interact is missing: pip install 'physprover[lean]'") from None
    stage.note("REPL: fetching and building the one for this Lean version")
    try:
        config = LeanREPLConfig(
            project=LocalProject(directory=project, lake_path=lake, auto_build=False),
            cache_dir=cache_dir() / "repl",
            lake_path=lake,
        )
    except Exception as error:  # lean-interact raises whatever git and lake make it raise
        raise LeanSetupError(f"REPL: {str(error).splitlines()[0][:300]}; repeat the command") from None
    program = Path(config.cache_repl_dir) / ".lake" / "build" / "bin" / "repl"
    if not program.exists():
        raise LeanSetupError(
            f"REPL: built, yet {program} is not there; remove {program.parents[3]} and repeat"
        )
    stamp = project / STAMP
    stamp.parent.mkdir(exist_ok=True)
    stamp.with_suffix(".partial").write_text(json.dumps({"repl": str(program)}), encoding="utf-8")
    stamp.with_suffix(".partial").replace(stamp)
    stage.advance()


def _need_space(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(folder).free / 2**30
    if free < _FREE_GB:
        raise LeanSetupError(f"project: {_FREE_GB} GB are needed in {folder}, {free:.0f} GB are free")


def _run(command: Sequence[str], cwd: Path | None, step: str) -> None:
    """A step's program, its output shown as it comes."""
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0"}
    try:
        code = subprocess.run(command, cwd=cwd, env=environment, check=False).returncode
    except FileNotFoundError:
        raise LeanSetupError(f"{step}: `{command[0]}` is not installed") from None
    if code != 0:
        where = f" in {cwd}" if cwd else ""
        raise LeanSetupError(
            f"{step}: `{' '.join(command)}`{where} failed with status {code}; repeat to go on"
        )
