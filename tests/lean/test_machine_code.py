"""Machine code kept at install time: used where it is whole, never shown to V8 where it is not, made by nobody else."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from physprover.lean.embedded import install
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess
from physprover.progress import Silent


@pytest.fixture(scope="module")
def process() -> Iterator[LeanProcess]:
    started = LeanProcess(ensure_installed()).wait_ready()
    yield started
    started.kill()


def test_a_worker_begins_with_the_installations_code(process: LeanProcess) -> None:
    assert process.from_code


def test_the_warm_up_elaborates_and_is_a_mixture(process: LeanProcess) -> None:
    outcomes = [process.ask({"check": request}, 60.0)["outcome"] for request in install.warmup_attempts()]
    assert set(outcomes) == {"proved", "rejected"}
    assert 0.5 < outcomes.count("proved") / len(outcomes) < 0.8


def test_a_worker_of_a_pool_gives_its_code_to_nobody(process: LeanProcess) -> None:
    assert process.ask({"saveCode": True}, 20.0)["message"] == "unknown request"


@pytest.mark.parametrize("damage", ["a byte", "the end", "all"])
def test_damaged_code_is_left_aside(tmp_path: Path, damage: str) -> None:
    folder = shutil.copytree(ensure_installed(), tmp_path / "engine", copy_function=_linked)
    kept = folder / install.CODE_FILE
    code = bytearray(kept.read_bytes())
    if damage == "a byte":
        code[len(code) // 2] ^= 1
    kept.unlink()
    kept.write_bytes({"the end": code[:-100], "all": b""}.get(damage, bytes(code)))
    started = LeanProcess(folder).wait_ready()
    try:
        assert not started.from_code
        request = next(install.warmup_attempts())
        assert started.ask({"check": request}, 60.0)["outcome"] == "proved"
    finally:
        started.kill()


def _linked(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:  # another file system
        shutil.copyfile(source, target)


def test_a_lean_that_does_not_start_leaves_no_code(tmp_path: Path) -> None:
    (tmp_path / "lean.js").write_text("process.exit(3)")
    assert not install.code_fits(tmp_path)
    assert not install.keep_code(tmp_path, Silent())
    assert [file.name for file in tmp_path.iterdir()] == ["lean.js"]
