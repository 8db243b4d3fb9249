"""Checkpoints: complete or ignored, pruned, and the cut of what was recorded after them."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from physprover.errors import RunError
from physprover.runs import RunDir
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.rollout import Rollout


def write(folder: Path) -> None:
    (folder / "model.bin").write_text("weights")


def test_round_trip_with_a_pending_rollout(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    (tmp_path / "metrics.jsonl").write_text("{}\n")
    state = LoopState(step=4, seconds=2.5, curriculum={"seen": {"a": [1.0, 2.0, 3]}})
    path = checkpoint.save(run, state, write, Rollout(step=5, cached=3))
    assert run.last_checkpoint() == path
    loaded, pending = checkpoint.load(path)
    assert loaded == state.replace(bytes=dict.fromkeys(checkpoint.RECORDS, 0) | {"metrics.jsonl": 3})
    assert pending == Rollout(step=5, cached=3)
    assert (path / "model.bin").read_text() == "weights"


def test_only_the_newest_stay(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for step in (1, 2, 3, 10):
        checkpoint.save(run, LoopState(step=step), write, None)
    assert sorted(p.name for p in (tmp_path / "checkpoints").iterdir()) == ["step-10", "step-3"]


@pytest.mark.parametrize(
    "error", [OSError(errno.ENOSPC, "No space left on device"), RuntimeError("write failed")]
)
def test_a_full_disk_is_one_line_and_keeps_the_earlier_checkpoint(tmp_path: Path, error: Exception) -> None:
    run = RunDir(tmp_path)
    first = checkpoint.save(run, LoopState(step=1), write, None)

    def full(folder: Path) -> None:
        write(folder)
        raise error

    with pytest.raises(RunError, match=r"could not be written.*repeat the command to go on from step-1"):
        checkpoint.save(run, LoopState(step=2), full, None)
    assert run.last_checkpoint() == first
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-1"]


def test_a_half_written_checkpoint_is_ignored_and_replaced(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    for left_over in ("step-2", ".step-3.tmp"):
        (tmp_path / "checkpoints" / left_over).mkdir()
    assert run.last_checkpoint() is None
    path = checkpoint.save(run, LoopState(step=2), write, None)
    assert run.last_checkpoint() == path
    assert [p.name for p in (tmp_path / "checkpoints").iterdir()] == ["step-2"]


def test_records_after_the_checkpoint_are_cut(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    metrics = tmp_path / "metrics.jsonl"
    metrics.write_text("one\n")
    state, _ = checkpoint.load(checkpoint.save(run, LoopState(step=1), write, None))
    metrics.write_text("one\ntwo\nthr")
    (tmp_path / "attempts.jsonl").write_text("lost\n")
    checkpoint.cut_records(run, state)
    assert metrics.read_text() == "one\n"
    assert (tmp_path / "attempts.jsonl").read_text() == ""
    metrics.write_text("")
    with pytest.raises(RunError, match="shorter than its checkpoint remembers"):
        checkpoint.cut_records(run, state)


def test_damage_is_named(tmp_path: Path) -> None:
    run = RunDir(tmp_path)
    path = checkpoint.save(run, LoopState(step=1), write, None)
    (path / "state.json").write_text('{"step": "x"}')
    with pytest.raises(RunError, match="damaged checkpoint"):
        checkpoint.load(path)
