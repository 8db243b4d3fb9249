"""What is installed where: a Lake project, its toolchain, the REPL built for it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path

from physprover.cache import cache_dir
from physprover.errors import LeanSetupError
from physprover.records import Record

PHYSLEAN_COMMIT = "c1cdc445375e57aa1b9f557a5d151cf5485889c0"  # 2026-03-13, Lean 4.28.0, Mathlib 4.28.0

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


def physlean_commit(name: str) -> str | None:
    """The commit, branch or tag of PhysLean that a name means; None for the name of a folder."""
    if name == "physlean":
        return PHYSLEAN_COMMIT
    project, at, commit = name.partition("@")
    return commit if project == "physlean" and at and re.fullmatch(r"[\w.-]{4,64}", commit) else None


def project_folder(name: str) -> Path:
    """`physlean`, or `physlean@COMMIT`, is the clone that `physprover lean install --project …` makes; any other name is
    a folder."""
    if (commit := physlean_commit(name)) is not None:
        return cache_dir() / f"physlean-{commit[:8]}"
    return Path(name).expanduser().resolve()


def find_lake() -> Path | None:
    """Lake, on the path or where elan puts it."""
    found = shutil.which("lake")
    usual = Path.home() / ".elan" / "bin" / "lake"
    return Path(found) if found else usual if usual.exists() else None


def find_place(directory: str | None) -> Place:
    """The project in `directory`. Raises `LeanSetupError` with the command that mends what is missing."""
    if directory is None:
        raise LeanSetupError(
            "the project engine needs a built Lake project: --project DIR, or engine.project_dir"
        )
    project = project_folder(directory)
    mend = f"`physprover lean install --project {directory}` sets it up"
    if not any((project / name).exists() for name in ("lakefile.toml", "lakefile.lean")):
        if physlean_commit(directory) is not None:
            raise LeanSetupError(f"PhysLean is not on this machine; {mend}")
        raise LeanSetupError(f"{directory}: no Lake project (no lakefile in it)")
    lake = find_lake()
    if lake is None:
        raise LeanSetupError(f"no native Lean on this machine (no `lake`); {mend}")
    try:
        repl = Path(json.loads((project / STAMP).read_text(encoding="utf-8"))["repl"])
    except (OSError, ValueError, KeyError):
        raise LeanSetupError(f"{directory}: the REPL is not built for this project; {mend}") from None
    if not repl.exists():
        raise LeanSetupError(f"{repl} is gone; {mend}")
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
