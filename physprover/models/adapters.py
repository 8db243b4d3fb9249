"""LoRA adapters as they travel from the trainer to its samplers: the two small factors of each product, by PEFT's names.

Handing over adapters costs a hundredth of handing over the weights they amount to. Samplers that know LoRA (vLLM) load
them as they are; the others add the products to a copy of the weights they began with.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    import torch

SCALING = 2  # alpha over rank, of every adapter that is trained here
PREFIX = "base_model.model."


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


def write_adapter(weights: Mapping[str, torch.Tensor], folder: Path) -> None:
    """A folder in PEFT's format, which `PeftModel.from_pretrained` and vLLM load."""
    from safetensors.torch import save_file

    rank = next(a.shape[0] for name, a in weights.items() if name.endswith(".lora_A.weight"))
    targets = sorted({name.split(".lora_")[0].rpartition(".")[2] for name in weights})
    config = {
        "peft_type": "LORA",
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
    save_file(plain, folder / "adapter_model.safetensors", metadata={"format": "pt"})
