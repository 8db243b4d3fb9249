"""LoRA: the adapter that is trained, and the plain weights it amounts to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.errors import ModelError
from physprover.models.adapters import SCALING

if TYPE_CHECKING:
    from torch import Tensor

    from physprover.config import RunConfig


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
