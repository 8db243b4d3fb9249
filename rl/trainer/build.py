"""Open the trainer of a run: model and tokenizer from the warm start, then whatever a checkpoint remembers."""

from __future__ import annotations

import contextlib
import ctypes
import logging
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.models.load import load_model
from physprover.runs import RunDir
from rl.checkpoint import ADAPTER, OPTIMIZER
from rl.groups import Sample

if TYPE_CHECKING:
    from torch import Tensor

    from rl.trainer.grpo import GroupTrainer, UpdateStats
    from rl.trainer.rank import RankTrainer

T = TypeVar("T", bound="GroupTrainer")


class Trainer(Protocol):
    """What the loop asks of a trainer, whether it is in this process or in several of its own."""

    def update(self, samples: Sequence[Sample]) -> UpdateStats:
        """Learn from one batch of attempts. No samples, no change."""

    def handover(self) -> dict[str, Tensor]:
        """What the samplers take: weights, or the factors of adapters."""

    def student(self) -> tuple[Any, Any]:
        """Model and tokenizer for supervised steps in place. Raises RunError where the model is not whole in this process."""

    def write(self, folder: Path) -> None:
        """Everything a resumed run reads, and a model directory that any other tool can load."""


_M_MMAP_THRESHOLD = -3  # of mallopt, in glibc's malloc.h


def open_trainer(config: RunConfig, run: RunDir, start: str, latest: Path | None) -> GroupTrainer:
    """A trainer at the warm start `start` (also its KL reference), moved on to checkpoint `latest` if given.

    Raises RunError when the checkpoint belongs to another model, optimizer or LoRA setting.
    """
    if config.model.path is not None and not config.cluster.trainer_gpus:
        return_freed_memory()
    quiet()
    from rl.trainer.grpo import GroupTrainer

    return _opened(GroupTrainer, config, run.path / "checkpoints", start, latest)


def open_rank(config: RunConfig, output: Path, start: str, latest: Path | None) -> RankTrainer:
    """The same in one of several trainer processes, whose process group stands; `output` is the checkpoints' folder.

    Raises RunError as `open_trainer` does, and when the checkpoint's exchange or number of processes is another.
    """
    quiet()
    if config.cluster.trainer_sharding == "fsdp2":
        return _open_sharded(config, output, start, latest)
    from rl.trainer.rank import RankTrainer

    return _opened(RankTrainer, config, output, start, latest)


def return_freed_memory() -> None:
    """Let glibc give tensors of 1 MiB and more back to the system when they are freed, in this process from now on.

    Its own threshold grows to 32 MiB with use. Most activations are smaller, are then cut from a heap that seldom shrinks, and
    a step with LoRA and a KL reference held 1.4 times the memory of its tensors. No effect with another C library.
    """
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 2**20)


def _opened(kind: type[T], config: RunConfig, output: Path, start: str, latest: Path | None) -> T:
    _refuse_other_lora(config, latest)
    model, tokenizer = load_model(start, config.model.dtype)
    trainer = kind(model, tokenizer, config, output)
    if latest is not None:
        trainer.load(latest)
    return trainer


def _open_sharded(config: RunConfig, output: Path, start: str, latest: Path | None) -> RankTrainer:
    """A rank of a divided trainer. Weights are read whole into host memory and divided; the reference is `start`."""
    from rl.trainer.sharded import ShardedTrainer

    if latest is not None and not (latest / OPTIMIZER).is_dir():
        raise RunError(f'{latest}: made without cluster.trainer_sharding = "fsdp2"; restore that setting')
    _refuse_other_lora(config, latest)
    source = start if latest is None or config.model.lora_rank is not None else latest
    model, tokenizer = load_model(source, config.model.dtype, device="cpu")
    model.config.name_or_path = start  # where TRL takes the reference from
    trainer = ShardedTrainer(model, tokenizer, config, output)
    if latest is not None:
        trainer.load(latest)
    return trainer


def _refuse_other_lora(config: RunConfig, latest: Path | None) -> None:
    if latest is not None and (made := (latest / ADAPTER).exists()) != (config.model.lora_rank is not None):
        raise RunError(f"{latest}: made {'with' if made else 'without'} LoRA; restore model.lora_rank")


def quiet() -> None:
    """No progress bars and no advice on standard error: the run has its own display."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
