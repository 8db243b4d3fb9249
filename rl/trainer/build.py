"""Open the trainer of a run: model and tokenizer from the warm start, then whatever a checkpoint remembers."""

from __future__ import annotations

import contextlib
import logging
import os
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from physprover.errors import RunError
from physprover.models.load import load_model
from rl.trainer.saving import ADAPTER, TRAINING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from torch import Tensor

    from physprover.config import RunConfig
    from physprover.runs import RunDir
    from rl.groups import Sample
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
EXCHANGE = "exchange-{}.pt"  # of each trainer process, by its rank


def open_trainer(config: RunConfig, run: RunDir, start: str, latest: Path | None) -> GroupTrainer:
    """A trainer at the warm start `start` (also its KL reference), moved on to checkpoint `latest` if given.

    Raises RunError when the checkpoint belongs to another model, optimizer or LoRA setting.
    """
    quiet()
    if config.model.path is not None and not config.cluster.trainer_gpus:
        return_freed_memory()
    from rl.trainer.grpo import GroupTrainer

    return _opened(GroupTrainer, config, run.path / "checkpoints", start, latest)


def open_rank(config: RunConfig, output: Path, start: str, latest: Path | None) -> RankTrainer:
    """The same in one of several trainer processes, whose process group stands; `output` is the checkpoints' folder.

    Raises RunError as `open_trainer` does, and when the checkpoint's exchange or number of processes is another.
    """
    quiet()
    import torch
    import torch.distributed as dist

    from rl.trainer.rank import RankTrainer

    if config.cluster.trainer_sharding == "fsdp2":
        return _open_sharded(config, output, start, latest)
    trainer = _opened(RankTrainer, config, output, start, latest)
    if latest is not None and trainer.exchange is not None:
        saved = exchange_file(latest, dist.get_rank(), dist.get_world_size())
        if saved is not None:
            trainer.load_exchange_state(torch.load(saved, weights_only=True))
    return trainer


def return_freed_memory() -> None:
    """Let glibc give tensors of 1 MiB and more back to the system when they are freed, in this process from now on.

    Its own threshold grows to 32 MiB with use. Most activations are smaller, are then cut from a heap that seldom shrinks, and
    a step with LoRA and a KL reference held 1.4 times the memory of its tensors. No effect with another C library.
    """
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, 2**20)


def exchange_file(checkpoint: Path, rank: int, ranks: int) -> Path | None:
    """The state of this rank's exchange, None in a checkpoint of a dense exchange or of a trainer that was alone.

    Raises RunError when there were not as many ranks: what each of them had not sent yet cannot be dealt anew.
    """
    count = len(list(checkpoint.glob(EXCHANGE.format("*"))))
    if count not in (0, ranks):
        raise RunError(f"{checkpoint}: made with cluster.trainer_processes = {count}; restore that number")
    return checkpoint / EXCHANGE.format(rank) if count else None


def _opened(kind: type[T], config: RunConfig, output: Path, start: str, latest: Path | None) -> T:
    import torch

    model, tokenizer = load_model(start, config.model.dtype)
    trainer = kind(model, tokenizer, config, output)
    if latest is not None:
        has_adapter = (latest / ADAPTER).exists()
        if has_adapter != (config.model.lora_rank is not None):
            raise RunError(
                f"{latest}: made {'with' if has_adapter else 'without'} LoRA; restore model.lora_rank"
            )
        weights = _adapter(latest) if has_adapter else load_model(latest, config.model.dtype)[0].state_dict()
        _take(trainer.plain_model(), weights, latest)
        trainer.load_training_state(torch.load(latest / TRAINING, weights_only=True))
    return trainer


def _open_sharded(config: RunConfig, output: Path, start: str, latest: Path | None) -> RankTrainer:
    """A rank of a divided trainer. Weights are read whole into host memory and divided; the reference is `start`."""
    import torch

    from rl.trainer.sharded import OPTIMIZER, ShardedTrainer

    lora = config.model.lora_rank is not None
    if latest is not None and not (latest / OPTIMIZER).is_dir():
        raise RunError(f'{latest}: made without cluster.trainer_sharding = "fsdp2"; restore that setting')
    if latest is not None and (latest / ADAPTER).exists() != lora:
        raise RunError(f"{latest}: made {'without' if lora else 'with'} LoRA; restore model.lora_rank")
    model, tokenizer = load_model(
        start if latest is None or lora else latest, config.model.dtype, device="cpu"
    )
    model.config.name_or_path = start  # where TRL takes the reference from
    trainer = ShardedTrainer(model, tokenizer, config, output)
    if latest is not None:
        if lora:
            trainer.load_factors(_adapter(latest))
        trainer.load_training_state(torch.load(latest / TRAINING, weights_only=True))
        trainer.load_optimizer(latest)
    return trainer


def _adapter(checkpoint: Path) -> dict[str, Any]:
    """Factors of a checkpoint by the names that a PEFT model gives its parameters."""
    from safetensors.torch import load_file

    read = load_file(checkpoint / ADAPTER / "adapter_model.safetensors")
    return {name.replace(".weight", ".default.weight"): tensor for name, tensor in read.items()}


def _take(model: Any, weights: dict[str, Any], where: Path) -> None:
    own = dict(model.named_parameters())
    wrong = [name for name, tensor in weights.items() if name in own and own[name].shape != tensor.shape]
    trainable = {name for name, parameter in own.items() if parameter.requires_grad}
    missing = sorted(trainable - set(weights))
    if wrong or missing:
        name = (wrong + missing)[0]
        raise RunError(f"{where}: checkpoint of another model ({name} is missing or has another shape)")
    model.load_state_dict(weights, strict=False)


def quiet() -> None:
    """No progress bars and no advice on standard error: the run has its own display."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
