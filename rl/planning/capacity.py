"""How much GPU memory a run needs: plain arithmetic, no torch, so that a laptop can check a cluster's config."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.errors import ModelError
from physprover.models.fetch import resolve_model

if TYPE_CHECKING:
    from physprover.config import OptimizerConfig, RunConfig

GIB = 2**30
_STOSIGN_BYTES = {"auto": 8, "bfloat16": 4, "8bit": 2}  # momentum and maximum of a weight; `auto` is float32
_MICRO_TOKENS = 32768  # rl.grpo's micro-batch on a GPU
_RESERVE = 2 * GIB  # CUDA context, fragments, communication buffers


@dataclass(frozen=True, slots=True)
class Architecture:
    """The numbers of a decoder-only transformer that memory depends on."""

    hidden: int
    layers: int
    heads: int
    kv_heads: int
    intermediate: int
    vocab: int
    tied: bool = False

    @property
    def parameters(self) -> int:
        """Weights of a Llama-style model: attention, gated MLP, norms, embeddings."""
        head = self.hidden // self.heads
        attention = self.hidden * head * (2 * self.heads + 2 * self.kv_heads)
        mlp = 3 * self.hidden * self.intermediate
        return self.layers * (attention + mlp + 2 * self.hidden) + self.vocab * self.hidden * (2 - self.tied)

    @property
    def cache_bytes(self) -> int:
        """Key/value cache of one token in bfloat16."""
        return 2 * 2 * self.layers * self.kv_heads * (self.hidden // self.heads)


KNOWN = {  # from each model's config.json
    "deepseek-ai/DeepSeek-Prover-V2-7B": Architecture(4096, 30, 32, 32, 11008, 102400),
    "Goedel-LM/Goedel-Prover-V2-8B": Architecture(4096, 36, 32, 8, 12288, 151936),
    "AI-MO/Kimina-Prover-Distill-8B": Architecture(4096, 36, 32, 8, 12288, 151936),
}


def architecture(config: RunConfig) -> Architecture | None:
    """The architecture of `model.path` (known, or a local config.json) or of the tiny prover; None = unknown."""
    model = config.model
    if model.path is None:
        kv_heads = max(n for n in range(1, max(1, model.heads // 4) + 1) if model.heads % n == 0)
        width = round(model.hidden_size * 8 / 3 / 32) * 32
        return Architecture(
            model.hidden_size, model.layers, model.heads, kv_heads, width, model.vocab_size, tied=True
        )
    try:
        file = Path(resolve_model(model.path)) / "config.json"
    except ModelError:
        return None
    if not file.is_file():
        return KNOWN.get(model.path)
    try:
        read = json.loads(file.read_text(encoding="utf-8"))
        return Architecture(
            hidden=read["hidden_size"],
            layers=read["num_hidden_layers"],
            heads=read["num_attention_heads"],
            kv_heads=read.get("num_key_value_heads") or read["num_attention_heads"],
            intermediate=read["intermediate_size"],
            vocab=read["vocab_size"],
            tied=bool(read.get("tie_word_embeddings", False)),
        )
    except (OSError, ValueError, KeyError):
        return None


@dataclass(frozen=True, slots=True)
class Need:
    """Bytes on one GPU, part by part."""

    parts: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.parts.values())


def trainer_need(config: RunConfig, shape: Architecture) -> Need:
    """One trainer GPU; weights, gradients and optimizer state are divided among the GPUs of a trainer process."""
    share = gpus_a_process(config)
    weight = 4 if config.model.dtype == "float32" else 2
    trained = shape.parameters
    if config.model.lora_rank is not None:
        head = shape.hidden // shape.heads
        inputs_and_outputs = (
            2 * (shape.hidden + head * shape.heads)
            + 2 * (shape.hidden + head * shape.kv_heads)
            + 3 * (shape.hidden + shape.intermediate)
        )
        trained = shape.layers * config.model.lora_rank * inputs_and_outputs
    tokens = min(_MICRO_TOKENS, _attempt_tokens(config) * config.rl.group_size)
    parts = {
        f"weights ({weight} B)": weight * shape.parameters / share,
        "gradients": weight * trained / share,
        f"{config.rl.optimizer.name} state": _state_bytes(config.rl.optimizer, weight) * trained / share,
        # With gradient checkpointing: one bfloat16 input a layer, plus one layer's inner values while it is redone.
        "activations": tokens
        * 2.0
        * (shape.hidden * shape.layers + 6 * shape.hidden + 3 * shape.intermediate),
        "reserve": float(_RESERVE),
    }
    if config.cluster.trainer_sharding == "fsdp2":
        # Gathered while computed: two layers (one is fetched ahead), and embedding and head throughout.
        layer = (shape.parameters - shape.vocab * shape.hidden * (2 - shape.tied)) / shape.layers
        parts["gathered layers"] = weight * (2 * layer + shape.vocab * shape.hidden * (2 - shape.tied))
    elif config.cluster.trainer_processes > 1:
        parts["gradient buckets"] = weight * trained  # DDP's own copy
        if config.rl.exchange.name != "dense":
            # The whole gradient and its average in float32, and what was not sent yet.
            parts["exchange"] = 4.0 * trained * (3 if config.rl.exchange.name.startswith("topk") else 2)
    if config.rl.kl > 0 and config.model.lora_rank is None:
        parts["KL reference"] = weight * shape.parameters / share
    return Need(parts)


def _state_bytes(optimizer: OptimizerConfig, weight: int) -> int:
    """What the optimizer remembers of one weight of `weight` bytes."""
    if optimizer.name == "stosignsgd":
        return _STOSIGN_BYTES[optimizer.state_dtype]
    momenta = {"adamw": 2, "lion": 1, "signsgd": int(optimizer.momentum > 0)}  # in the weight's own dtype
    return momenta[optimizer.name] * weight


def divided(config: RunConfig) -> bool:
    """Whether the trainer's model is to be divided over several GPUs, which can be planned and not run."""
    return config.cluster.trainer_gpus > config.cluster.trainer_processes


def gpus_a_process(config: RunConfig) -> int:
    """Over how many processes or GPUs a copy of the trainer's model is divided."""
    if config.cluster.trainer_sharding == "fsdp2":
        return config.cluster.trainer_processes
    return max(1, config.cluster.trainer_gpus // config.cluster.trainer_processes)


def checkpoint_bytes(config: RunConfig, shape: Architecture) -> float:
    """Weights, and with them the optimizer's state of what is trained."""
    need = trainer_need(config, shape).parts
    share = gpus_a_process(config)
    state = next(size for name, size in need.items() if name.endswith("state"))
    weights = next(size for name, size in need.items() if name.startswith("weights"))
    return (weights + state) * share


def sampler_need(config: RunConfig, shape: Architecture) -> Need:
    """One sampler GPU: weights in bfloat16 and what is left of its share for the key/value cache."""
    split = config.sampler.tensor_parallel
    weights = 2.0 * shape.parameters / split
    budget = config.sampler.gpu_memory * config.cluster.gpu_memory_gb * GIB
    return Need({"weights (2 B)": weights, "key/value cache": max(0.0, budget - weights)})


def concurrent_attempts(config: RunConfig, shape: Architecture) -> int:
    """Full-length attempts that the caches of all samplers hold at once."""
    cache = sampler_need(config, shape).parts["key/value cache"] * config.sampler.tensor_parallel
    return int(cache / (shape.cache_bytes * _attempt_tokens(config))) * config.sampler.replicas


def _attempt_tokens(config: RunConfig) -> int:
    return config.model.max_prompt_tokens + config.model.max_new_tokens
