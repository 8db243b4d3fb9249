"""Open the trainer of a run: model and tokenizer from the warm start, then whatever a checkpoint remembers."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Any

from physprover.errors import RunError
from physprover.models.load import load_model

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.config import RunConfig
    from physprover.runs import RunDir
    from rl.grpo import GroupTrainer

ADAPTER = "adapter.pt"
TRAINING = "training.pt"


def open_trainer(config: RunConfig, run: RunDir, start: str, latest: Path | None) -> GroupTrainer:
    """A trainer at the warm start `start` (also its KL reference), moved on to checkpoint `latest` if given.

    Raises RunError when the checkpoint belongs to another model, optimizer or LoRA setting.
    """
    _quiet()
    import torch

    from rl.grpo import GroupTrainer

    model, tokenizer = load_model(start, config.model.dtype)
    trainer = GroupTrainer(model, tokenizer, config, run.path / "checkpoints")
    if latest is not None:
        has_adapter = (latest / ADAPTER).exists()
        if has_adapter != (config.model.lora_rank is not None):
            raise RunError(
                f"{latest}: made {'with' if has_adapter else 'without'} LoRA; restore model.lora_rank"
            )
        if has_adapter:
            weights = torch.load(latest / ADAPTER, weights_only=True)
        else:
            weights = load_model(latest, config.model.dtype)[0].state_dict()
        _take(trainer.plain_model(), weights, latest)
        trainer.load_training_state(torch.load(latest / TRAINING, weights_only=True))
    return trainer


def write_trainer(trainer: GroupTrainer, folder: Path) -> None:
    """Everything `open_trainer` reads, and a model directory that any other tool can load."""
    import torch

    weights = {name: tensor.cpu().contiguous() for name, tensor in trainer.weights().items()}
    plain = trainer.plain_model()
    if trainer.run_config.model.lora_rank is not None:
        adapters = {n: p.detach().cpu() for n, p in plain.named_parameters() if p.requires_grad}
        torch.save(adapters, folder / ADAPTER)
        plain = plain.get_base_model()
    plain.save_pretrained(folder, state_dict=weights)
    trainer.processing_class.save_pretrained(folder)
    torch.save(trainer.training_state(), folder / TRAINING)


def _take(model: Any, weights: dict[str, Any], where: Path) -> None:
    own = dict(model.named_parameters())
    wrong = [name for name, tensor in weights.items() if name in own and own[name].shape != tensor.shape]
    trainable = {name for name, parameter in own.items() if parameter.requires_grad}
    missing = sorted(trainable - set(weights))
    if wrong or missing:
        name = (wrong + missing)[0]
        raise RunError(f"{where}: checkpoint of another model ({name} is missing or has another shape)")
    model.load_state_dict(weights, strict=False)


def _quiet() -> None:
    """No progress bars and no advice on standard error: the run has its own display."""
    os.environ.setdefault("TRL_EXPERIMENTAL_SILENCE", "1")
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()
    transformers_logging.set_verbosity_error()
    logging.getLogger("accelerate").setLevel(logging.ERROR)
