"""Checkpoints of a training run, and the cut that makes a resumed run repeat none of its records.

    checkpoints/step-N/
      config.json, model.safetensors, tokenizer …   a Hugging Face model directory (LoRA folded in)
      adapter/            with LoRA only: its factors, in PEFT's format
      training.pt         optimizer and scheduler state; its noise is keyed by its own step counter
      exchange-R.pt       of trainer process R: what its exchange has not sent yet (`[rl.exchange]`)
      optimizer/          with `fsdp2` only: the divided state of the optimizer, as torch's distributed checkpoint
      pending.jsonl       `Rollout` sampled ahead for step N+1, or groups that are ready (rl/ahead.py), if any
      state.json          `LoopState`
      complete            written last: without it the folder is ignored

No generator state is saved: every draw of the loop is derived from (seed, step, round).
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from pydantic import Field, ValidationError

from physprover.errors import RunError, first_line
from physprover.records import Record
from physprover.runs import RunDir
from rl.rollout import Rollout

IDLE_LIMIT = 5  # steps in a row without a single informative group, after which a run ends
KEPT = 2  # checkpoints that stay on disk
ADAPTER, TRAINING, EXCHANGE, OPTIMIZER = "adapter", "training.pt", "exchange-{}.pt", "optimizer"  # see above
RECORDS = ("metrics.jsonl", "attempts.jsonl", "selfplay.jsonl", "expert.jsonl")


class LoopState(Record):
    """What the loop must know to go on after step `step`."""

    format: int = 1
    step: int = 0
    idle_steps: int = 0  # steps in a row without anything to learn
    seconds: float = 0.0  # training time of all processes so far
    self_play_rounds: int = 0  # finished rounds of conjecturing
    expert_rounds: int = 0  # finished rounds of expert iteration
    sampled_rounds: int = 0  # rounds begun by rl/ahead.py, whose numbers seed their sampling
    best_step: int | None = (
        None  # of the checkpoint that did best on validation so far, where `rl.final` asks for it
    )
    best_score: float = 0.0  # its pass@k
    curriculum: dict[str, Any] = Field(default_factory=dict)

    @property
    def exhausted(self) -> bool:
        """Nothing was left to learn: more steps would not help."""
        return self.idle_steps >= IDLE_LIMIT

    bytes: dict[str, int] = Field(default_factory=dict)  # length of each record file after this step


def save(
    run: RunDir, state: LoopState, write_weights: Callable[[Path], None], pending: Rollout | None
) -> Path:
    """Write `checkpoints/step-N` so that a kill at any moment leaves it complete or ignored; prune older ones.

    `write_weights` fills a folder with model, tokenizer and training state. A full disk raises RunError and leaves the
    earlier checkpoints alone.
    """
    folder = run.path / "checkpoints"
    target = folder / f"step-{state.step}"
    temporary = folder / f".step-{state.step}.tmp"
    state = state.replace(bytes={name: _size(run.path / name) for name in RECORDS})
    try:
        shutil.rmtree(temporary, ignore_errors=True)
        shutil.rmtree(target, ignore_errors=True)
        temporary.mkdir(parents=True)
        write_weights(temporary)
        if pending is not None:
            (temporary / "pending.jsonl").write_text(pending.model_dump_json() + "\n", encoding="utf-8")
        (temporary / "state.json").write_text(state.model_dump_json(indent=1), encoding="utf-8")
        _flush(temporary)
        temporary.replace(target)
        (target / "complete").touch()
        _flush(target)
    except Exception as error:  # torch and safetensors wrap a full disk in errors of their own
        shutil.rmtree(temporary, ignore_errors=True)
        if isinstance(error, RunError):
            raise
        raise RunError(
            f"{target}: the checkpoint could not be written: {_reason(error)}; {_go_on(run)}"
        ) from error
    _prune(run, state.best_step)
    return target


def load(path: Path) -> tuple[LoopState, Rollout | None]:
    """State and pending rollout of a checkpoint. Raises RunError when it is damaged or of another format."""
    try:
        state = LoopState.model_validate_json((path / "state.json").read_bytes())
        pending = path / "pending.jsonl"
        rollout = Rollout.model_validate_json(pending.read_bytes()) if pending.exists() else None
    except (OSError, ValidationError) as error:
        raise RunError(
            f"{path}: damaged checkpoint ({_reason(error)}); delete this folder to go on"
        ) from None
    if state.format != 1:
        raise RunError(f"{path}: checkpoint format {state.format} is not known to this version")
    return state, rollout


def cut_records(run: RunDir, state: LoopState) -> None:
    """Drop what was recorded after the checkpoint, so that the repeated steps are not counted twice."""
    for name in RECORDS:
        file, wanted = run.path / name, state.bytes.get(name, 0)
        if _size(file) < wanted:
            raise RunError(f"{file}: shorter than its checkpoint remembers; the run cannot be continued")
        if _size(file) > wanted:
            with file.open("r+b") as out:
                out.truncate(wanted)


def _prune(run: RunDir, best_step: int | None) -> None:
    """Keep the newest complete checkpoints and the best one; remove older ones and what a kill left half-written."""
    for old in run.checkpoints()[:-KEPT]:
        if old.name == f"step-{best_step}":
            continue
        # The mark goes first: a kill in between must not leave a checkpoint that claims to be whole.
        (old / "complete").unlink(missing_ok=True)
        shutil.rmtree(old, ignore_errors=True)
    for rest in (run.path / "checkpoints").glob(".step-*.tmp"):
        shutil.rmtree(rest, ignore_errors=True)


def _flush(folder: Path) -> None:
    """Push files and directory to the disk: a power cut must not leave a mark without its files."""
    for file in folder.rglob("*"):
        if file.is_file():
            with file.open("rb") as handle:
                os.fsync(handle.fileno())
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    return first_line(error)


def _go_on(run: RunDir) -> str:
    last = run.last_checkpoint()
    where = f"go on from {last.name}" if last is not None else "start anew"
    return f"free some space and repeat the command to {where}"
