"""What a trainer leaves for a resumed run, and in which precision it trains."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.models.adapters import write_adapter
from rl.trainer.lora import factors

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.config import RunConfig
    from rl.trainer.grpo import GroupTrainer

ADAPTER = "adapter"  # a folder in PEFT's format
TRAINING = "training.pt"


def write_trainer(trainer: GroupTrainer, folder: Path) -> None:
    """Everything `open_trainer` reads, and a model directory that any other tool can load."""
    import torch

    weights = {name: tensor.cpu().contiguous() for name, tensor in trainer.weights().items()}
    plain = trainer.plain_model()
    if trainer.run_config.model.lora_rank is not None:
        write_adapter(factors(plain), folder / ADAPTER)
        plain = plain.get_base_model()
    plain.save_pretrained(folder, state_dict=weights)
    trainer.processing_class.save_pretrained(folder)
    torch.save(trainer.training_state(), folder / TRAINING)


def autocast(config: RunConfig, *, on_gpu: bool) -> bool:
    """Whether float32 weights are trained under bfloat16 autocast: as `model.autocast` says, else on GPUs."""
    asked = config.model.autocast
    return config.model.dtype == "float32" and (on_gpu if asked is None else asked)
