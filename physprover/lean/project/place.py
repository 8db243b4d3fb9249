"""A native Lean and its project, the REPL built for it, and their installation."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from physprover.errors import LeanSetupError, first_line
from physprover.progress import Progress, Stage
from physprover.records import Record
from physprover.resources import cache_dir, physlean_commit, project_folder

# -- What is installed where: a Lake project, its toolchain, the REPL built for it. --

# Written by `physprover lean install --project …` into the project's own build folder.
STAMP = Path(".lake") / "physprover.json"


class Place(Record):
    """A project that is ready to judge."""

    project: Path
    toolchain: Path  # holds bin/lean
    repl: Path  # the REPL program
    lean_path: str  # where compiled libraries are searched, as Lake says
    version: str

    @property
    def lean(self) -> Path:
        return self.toolchain / "bin" / "lean"

    @property
    def leanchecker(self) -> Path | None:
        """The toolchain's own replay of a compiled file (Lean 4.28 and later)."""
        program = self.toolchain / "bin" / "leanchecker"
        return program if program.exists() else None

    @property
    def readable(self) -> tuple[Path, ...]:
        """All that a Lean process needs to see."""
        libraries = (Path(entry) for entry in self.lean_path.split(os.pathsep) if entry)
        outside = (path for path in libraries if path.exists() and not path.is_relative_to(self.project))
        return (self.project, self.toolchain, self.repl.parent, *outside)

    def environment(self, *extra: Path) -> dict[str, str]:
        """Variables of a Lean process; `extra` folders of compiled files come first."""
        path = os.pathsep.join((*map(str, extra), self.lean_path))
        return {
            "LEAN_PATH": path,
            "PATH": f"{self.toolchain / 'bin'}:/usr/bin:/bin",
            "HOME": "/tmp",
            "LANG": "C.UTF-8",
        }


def find_lake() -> Path | None:
    """Lake, on the path or where elan puts it."""
    found = shutil.which("lake")
    usual = Path.home() / ".elan" / "bin" / "lake"
    return Path(found) if found else usual if usual.exists() else None


def find_place(directory: str | None) -> Place:
    """The project in `directory`. Raises `LeanSetupError` with the command that fixes what is missing."""
    if directory is None:
        raise LeanSetupError(
            "the project engine needs a built Lake project: --project DIR, or engine.project_dir"
        )
    project = project_folder(directory)
    fix = f"`physprover lean install --project {directory}` sets it up"
    if not any((project / name).exists() for name in ("lakefile.toml", "lakefile.lean")):
        if physlean_commit(directory) is not None:
            raise LeanSetupError(f"PhysLean is not on this machine; {fix}")
        raise LeanSetupError(f"{directory}: no Lake project (no lakefile in it)")
    lake = find_lake()
    if lake is None:
        raise LeanSetupError(f"no native Lean on this machine (no `lake`); {fix}")
    try:
        repl = Path(json.loads((project / STAMP).read_text(encoding="utf-8"))["repl"])
    except (OSError, ValueError, KeyError):
        raise LeanSetupError(f"{directory}: the REPL is not built for this project; {fix}") from None
    if not repl.exists():
        raise LeanSetupError(f"{repl} is gone; {fix}")
    return Place(
        project=project,
        toolchain=Path(_ask(lake, project, "lean", "--print-prefix")),
        repl=repl,
        lean_path=_ask(lake, project, "printenv", "LEAN_PATH"),
        version=_ask(lake, project, "lean", "--short-version"),
    )


def _ask(lake: Path, project: Path, *words: str) -> str:
    """A line of what a program says in Lake's environment. The project is ours: it runs outside the sandbox."""
    done = subprocess.run(
        [str(lake), "env", *words], cwd=project, capture_output=True, text=True, check=False, timeout=600
    )
    if done.returncode != 0:
        raise LeanSetupError(
            f"{project}: `lake env {words[0]}` fails: {(done.stderr or done.stdout).strip()[:200]}"
        )
    return done.stdout.strip().splitlines()[-1]


def fingerprint(project: Path) -> str:
    """Changes whenever the project's Lean, its dependencies or its own compiled files do."""
    digest = hashlib.blake2b(digest_size=16)
    for name in ("lean-toolchain", "lake-manifest.json", str(STAMP)):
        path = project / name
        digest.update(name.encode() + b"\0" + (path.read_bytes() if path.exists() else b"-"))
    for compiled in sorted((project / ".lake" / "build" / "lib").rglob("*.olean")):
        facts = compiled.stat()
        digest.update(f"{compiled.relative_to(project)} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    for source in sorted(Path(__file__).parent.glob("*")):
        if source.suffix in (".lean", ".py"):
            digest.update(source.read_bytes())
    return digest.hexdigest()


# -- `physprover lean install --project …`: a native Lean, a built project, the REPL. Each step is skipped when it is done. --
#
#     1 elan      Lean's version manager (skipped where `lake` is found)
#     2 project   `physlean`: the pinned commit of PhysLean, cloned into the cache; `physlean@COMMIT`: another one (a commit, tag or
#                 branch of the same repository); any other name: a Lake project of yours
#     3 cache     `lake exe cache get`: Mathlib's compiled files, about 6 GB, instead of hours of compiling
#     4 build     `lake build` of the project itself
#     5 REPL      the community REPL for the project's exact Lean, fetched and built by lean-interact
#
# Repeat the command after any failure: it goes on where it stopped.

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
        raise LeanSetupError(f"REPL: {first_line(error)}; repeat the command") from None
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
