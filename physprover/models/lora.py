"""LoRA adapters, the two small factors of each product, by PEFT's names: as they are trained, handed over and kept on disk.

Handing over adapters costs a hundredth of handing over the weights they amount to. Samplers that know LoRA (vLLM) load
them as they are; the others add the products to a copy of the weights they began with.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from physprover.errors import ModelError

if TYPE_CHECKING:
    import torch

SCALING = 2  # alpha over rank, of every adapter that is trained here
PREFIX = "base_model.model."
_FILE = "adapter_model.safetensors"


def peft_config(rank: int | None) -> Any:
    """PEFT's description of the adapter to train; None without a rank (`model.lora_rank`)."""
    if rank is None:
        return None
    from peft import LoraConfig

    return LoraConfig(r=rank, lora_alpha=SCALING * rank, target_modules="all-linear", task_type="CAUSAL_LM")


def factors(model: Any) -> dict[str, torch.Tensor]:
    """The trained factors of a PEFT model, by the names of PEFT's files."""
    return {
        name.replace(".default.", "."): parameter.detach()
        for name, parameter in model.named_parameters()
        if parameter.requires_grad
    }


def folded(model: Any) -> dict[str, torch.Tensor]:
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


def is_adapter(weights: Mapping[str, torch.Tensor]) -> bool:
    """Whether these are the factors of adapters, not weights of a model."""
    return any(name.endswith(".lora_A.weight") for name in weights)


def products(weights: Mapping[str, torch.Tensor]) -> Iterator[tuple[str, torch.Tensor]]:
    """What is to be added to the weights of the plain model: name and float32 product of each adapter."""
    for name, a in weights.items():
        if name.endswith(".lora_A.weight"):
            b = weights[name.replace(".lora_A.", ".lora_B.")]
            plain = name.removeprefix(PREFIX).replace(".lora_A.weight", ".weight")
            yield plain, (b.float() @ a.float()) * SCALING


def write_adapter(weights: Mapping[str, torch.Tensor], folder: Path, base: str | None = None) -> None:
    """A folder in PEFT's format, which `PeftModel.from_pretrained` and vLLM load.

    Args:
        weights: the factors, by PEFT's names.
        folder: where to; made if it is not there.
        base: folder or hub id of the model that the factors were trained on. On any other they are silently wrong.
    """
    from safetensors.torch import save_file

    rank = next(a.shape[0] for name, a in weights.items() if name.endswith(".lora_A.weight"))
    targets = sorted({name.split(".lora_")[0].rpartition(".")[2] for name in weights})
    config = {
        "peft_type": "LORA",
        "base_model_name_or_path": str(Path(base).resolve())
        if base and Path(base).exists()
        else base or None,
        "task_type": "CAUSAL_LM",
        "r": rank,
        "lora_alpha": SCALING * rank,
        "target_modules": targets,
        "lora_dropout": 0.0,
        "bias": "none",
        "fan_in_fan_out": False,
        "inference_mode": True,
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "adapter_config.json").write_text(json.dumps(config, indent=1), encoding="utf-8")
    plain = {name: tensor.detach().cpu().contiguous() for name, tensor in weights.items()}
    save_file(plain, folder / _FILE, metadata={"format": "pt"})


def read_adapter(folder: Path) -> dict[str, torch.Tensor]:
    """What `write_adapter` wrote, by the names that a PEFT model gives its parameters."""
    from safetensors.torch import load_file

    return {
        name.replace(".weight", ".default.weight"): tensor
        for name, tensor in load_file(folder / _FILE).items()
    }
