"""`physprover bench data`: are builds of the data set reproducible, also when they are killed, and what do they yield?

Three builds of a small part of a library, each in processes of its own: one worker and one hash seed, two workers and another
hash seed, and one that is killed at random points of its journal. All three must leave the same bytes.
"""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from physprover.app.lab import Row, row
from physprover.errors import DataError, RunError
from physprover.records import Record

_JOURNALS = frozenset({"verdicts.jsonl", "requests.jsonl", "proposals.jsonl", "timings.json"})
_POLL = 0.05  # seconds between looks at a journal that is being written


class DataBench(Record):
    """What to measure."""

    library: str
    files: int  # of the library, the first that import no other
    per_seed: int
    kills: int
    seed: int


def run(plan: DataBench, work: Path) -> list[Row]:
    """Build three times under `work`, which must not exist yet. Raises `RunError` when a build fails."""
    if work.exists():
        raise RunError(f"{work} exists; name a new folder")
    library = _part(plan, work)
    begin = time.monotonic()
    _finish(_build(plan, library, work / "second", hash_seed="2", workers=2))
    seconds = time.monotonic() - begin
    _finish(_build(plan, library, work / "first", hash_seed="1", workers=1))
    kills = _killed(plan, library, work / "killed", _lines(work / "first"))
    reference = contents(work / "first")
    stats = json.loads((work / "first" / "stats.json").read_text(encoding="utf-8"))
    kept = f"{stats['kept']} of {stats['candidates']}"
    return [
        row("conjectures kept", "", kept, None, f"{seconds:.0f} s with two workers, Lean's start included"),
        _same("two builds", contents(work / "second") == reference, "other hash seed, one and two workers"),
        _same(f"killed {kills} times and resumed", contents(work / "killed") == reference),
    ]


def _same(figure: str, same: bool, note: str = "") -> Row:
    return row(figure, "same", "same bytes" if same else "OTHER BYTES", same, note)


def contents(dataset: Path) -> dict[str, str]:
    """SHA-256 of every file a build promises to repeat."""
    return {
        path.relative_to(dataset).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(dataset.rglob("*"))
        if path.is_file() and path.name not in _JOURNALS
    }


def _part(plan: DataBench, work: Path) -> Path:
    """A library of some files of another: those that import none of its own."""
    from data_gen.library import read_library
    from physprover.resources import resolve

    whole = read_library(resolve(plan.library))
    alone = [m for m in whole.modules.values() if not m.imports and "theorem" in m.source.masked]
    if not alone:
        raise DataError(f"{whole.root}: every file imports others; there is no small part to build")
    part = work / "library"
    for module in alone[: plan.files]:
        target = part / module.file
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(module.source.text, encoding="utf-8")
    if (whole.root / "lakefile.toml").exists():
        shutil.copy(whole.root / "lakefile.toml", part)
    return part


def _build(plan: DataBench, library: Path, out: Path, hash_seed: str, workers: int) -> subprocess.Popen[str]:
    config = out.parent / "bench.toml"
    config.write_text("[data]\n", encoding="utf-8")
    settings = {
        "seed": plan.seed,
        "engine.workers": workers,
        "data.library": f"'{library}'",
        "data.conjectures_per_seed": plan.per_seed,
    }
    overrides = [word for key, value in settings.items() for word in ("--set", f"{key}={value}")]
    build = ["data", "build", str(config), "--out", str(out)]
    return subprocess.Popen(
        [sys.executable, "-m", "physprover", *build, *overrides],
        env={**os.environ, "PYTHONHASHSEED": hash_seed},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # so that a kill takes Lean with it
    )


def _finish(process: subprocess.Popen[str]) -> None:
    _, errors = process.communicate()
    if process.returncode:
        raise RunError(f"a build failed: {(errors.strip().splitlines() or ['without a word'])[-1]}")


def _killed(plan: DataBench, library: Path, out: Path, total: int) -> int:
    """Kill a build at random lengths of its journal, then let it finish; returns the kills that met a running build."""
    draw = random.Random(plan.seed)
    points = sorted(draw.sample(range(1, total), min(plan.kills, total - 1)))
    kills = 0
    for number, point in enumerate(points):
        process = _build(plan, library, out, hash_seed=str(number), workers=2)
        while process.poll() is None and _lines(out) < point:
            time.sleep(_POLL)
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            kills += 1
        process.communicate()
    _finish(_build(plan, library, out, hash_seed="0", workers=2))
    return kills


def _lines(dataset: Path) -> int:
    journal = dataset / "verdicts.jsonl"
    return journal.read_bytes().count(b"\n") if journal.exists() else 0
