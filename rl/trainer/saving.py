"""The LoRA adapter that is trained, and what a trainer leaves for a resumed run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.errors import ModelError
from physprover.models.sampling import SCALING, write_adapter

if TYPE_CHECKING:
    from pathlib import Path

    from torch import Tensor

    from physprover.config import RunConfig
    from rl.trainer.grpo import GroupTrainer


# -- LoRA: the adapter that is trained, and the plain weights it amounts to. --


def adapter(config: RunConfig) -> Any:
    """PEFT's description of the adapter; None without `model.lora_rank`."""
    if config.model.lora_rank is None:
        return None
    from peft import LoraConfig

    rank = config.model.lora_rank
    return LoraConfig(r=rank, lora_alpha=SCALING * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def factors(model: Any) -> dict[str, Tensor]:
    """The trained factors of a PEFT model, by the names of PEFT's files."""
    return {
        name.replace(".default.", "."): parameter.detach()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def folded(model: Any) -> dict[str, Tensor]:
    """State of the plain model with every adapter's product added; the adapters themselves stay as they are."""
    from peft.tuners.lora import LoraLayer

    plain = model.get_base_model()
    deltas = {
        f"{name}.base_layer.weight": module.get_delta_weight("default")
        for name, module in plain.named_modules()
        if isinstance(module, LoraLayer)
    }
    if not deltas:
        raise ModelError("the model has no LoRA layer to fold")
    result = {}
    for name, tensor in plain.state_dict().items():
        if ".lora_" not in name:
            value = tensor.detach() + deltas[name].to(tensor.dtype) if name in deltas else tensor.detach()
            result[name.replace(".base_layer.", ".")] = value
    return result


# -- What a trainer leaves for a resumed run, and in which precision it trains. --

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
