"""How much memory a run needs: plain arithmetic, no torch, so that a laptop can check a cluster's config.

What a trainer keeps of a token for the backward pass was counted from the tensors that autograd saves (h the hidden size, f that
of the MLP): of each layer the inputs and normalised inputs of both norms and of the projections, queries, keys and values of all
heads and the attention's result, 10 h, and 4 f in the gated MLP; with LoRA 8 h and 4 f, since a frozen norm does not
need its normalised input. While a layer's gradient is computed, as much again twice. With gradient checkpointing all that is
kept of one layer at a time, and of the others their input. tests/rl/planning/test_memory.py compares with peaks of real steps.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from pathlib import Path

from physprover.config import OptimizerConfig, RunConfig
from physprover.errors import ModelError
from physprover.lean import judges
from physprover.models.fetch import resolve_model
from physprover.models.tiny import derived_sizes

GIB = 2**30
_STOSIGN_BYTES = {"auto": 8, "bfloat16": 4, "8bit": 2}  # momentum and maximum of a weight; `auto` is float32
# Padded tokens of a trainer's micro-batch. On a GPU activations grow with it, and its speed was not measured there; on few cores
# more gains nothing.
GPU_TOKENS, CPU_TOKENS = 16384, 8192
# Logits held at once on the CPU (rl.trainer.logps); four tensors of that size: logits, their log-softmax, its terms.
_LOGITS = 2**25
_GPU_RESERVE = 2 * GIB  # CUDA context, fragments, communication buffers
_CPU_RESERVE = 40 * 2**20  # of the trainer beside its tensors; what Python had loaded before is not counted
GB = 10**9
_LEAN_WORKER = 0.95 * GB  # resident memory of a Lean process in the quickstart
_DRIVER = 1.64 * GB  # there of driver, sampler and Ray together, the trainer's tensors not counted
_PROCESS = 0.4 * GB  # of a further trainer or sampler: Python and torch, before it holds a model


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
        kv_heads, width = derived_sizes(model)
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
    """Bytes on one GPU, or of the trainer on the CPU, part by part."""

    parts: dict[str, float]

    @property
    def total(self) -> float:
        return sum(self.parts.values())


def trainer_need(config: RunConfig, shape: Architecture) -> Need:
    """One trainer GPU, or the trainer on the CPU; weights, gradients and optimizer state are divided among the GPUs of a trainer process."""
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
    on_gpu = config.cluster.trainer_gpus > 0
    kept = _activations(config, shape, on_gpu=on_gpu)
    gradients = weight * trained / share
    if not config.model.recomputes(on_gpu=on_gpu):
        # It grows while the activations of the layers behind it are given back: only what exceeds them comes on top.
        gradients = max(weight * shape.vocab * shape.hidden / share, gradients - kept)
    parts = {
        f"weights ({weight} B)": weight * shape.parameters / share,
        "gradients": min(gradients, weight * trained / share),
        f"{config.rl.optimizer.name} state": _state_bytes(config.rl.optimizer, weight) * trained / share,
        "activations": kept,
        "reserve": float(_GPU_RESERVE if on_gpu else _CPU_RESERVE),
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


def _activations(config: RunConfig, shape: Architecture, *, on_gpu: bool) -> float:
    """What one micro-batch of the longest attempts needs beside weights, gradients and optimizer, logits included."""
    model, rl = config.model, config.rl
    longest, attempts = _attempt_tokens(config), rl.problems_per_step * rl.group_size
    rows = max(1, min(attempts, (GPU_TOKENS if on_gpu else CPU_TOKENS) // longest))
    tokens, masks = rows * longest, 0.0
    if not on_gpu and config.cluster.trainer_processes == 1:
        # Attempts at one problem share its prompt, in one row with a dense mask.
        together = min(rows, rl.group_size)
        prompts = math.ceil(rows / rl.group_size)
        tokens = prompts * model.max_prompt_tokens + rows * model.max_new_tokens
        masks = prompts * (model.max_prompt_tokens + together * model.max_new_tokens) ** 2
    inner = (8 if model.lora_rank is not None else 10) * shape.hidden + 4 * shape.intermediate
    layers = shape.layers * inner
    if model.recomputes(on_gpu=on_gpu):
        layers = shape.layers * shape.hidden
    size = 2 if on_gpu or model.dtype == "bfloat16" else 4
    # On GPUs, TRL goes from hidden states to log-probs without whole logits.
    logits = 0 if on_gpu else 4 * 4 * min(rows * model.max_new_tokens * shape.vocab, _LOGITS)
    return float(tokens * size * (layers + 2 * inner) + 4 * masks + logits)


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


# -- The machine that a run without a cluster is started on. --


def host_need(config: RunConfig, shape: Architecture | None) -> Need:
    """Bytes that the processes of a run take of this machine's memory; those of a model on the CPU where its `shape` is known."""
    parts = {
        "Lean": _LEAN_WORKER * (config.engine.workers + judges(config.engine)),
        "driver, sampler and Ray": _DRIVER,
    }
    processes, replicas = config.cluster.trainer_processes, config.sampler.replicas
    if shape is not None and not config.cluster.gpus:
        weights = (2.0 if config.sampler.dtype == "bfloat16" else 4.0) * shape.parameters
        parts["trainer"] = processes * trainer_need(config, shape).total
        parts["model of the sampler"] = replicas * weights
    parts["further processes"] = _PROCESS * (processes + replicas - 2)
    return Need(parts)


def short_of_memory(config: RunConfig, shape: Architecture | None, available: int) -> str:
    """Why the processes of a run do not fit in `available` bytes of this machine, and what to set; "" where they do."""
    need = host_need(config, shape)
    if need.total <= available:
        return ""
    one = config.model_copy(update={"engine": config.engine.model_copy(update={"workers": 1})})
    least = host_need(one, shape).total
    remedy = (
        f"with --set engine.workers=1 it needs {least / GB:.1f} GB"
        if config.engine.workers > 1 and least <= available
        else f"it needs {least / GB:.1f} GB at least, with one worker: free some memory, or lower what asks for most of it"
    )
    parts = ", ".join(f"{name} {size / GB:.1f}" for name, size in need.parts.items() if size >= 0.05 * GB)
    keys = "engine.workers, model.*, sampler.replicas, cluster.trainer_processes"
    return (
        f"{available / GB:.1f} GB of memory are free and this run needs about {need.total / GB:,.1f} GB ({parts}); {remedy} "
        f"({keys})"
    )


def available_memory() -> int:
    """Bytes that programs can still take, within the limit of a container."""
    import psutil

    found = [int(psutil.virtual_memory().available)]
    for limit, used in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            found.append(int(Path(limit).read_text()) - int(Path(used).read_text()))
        except (OSError, ValueError):  # no such control group, or no limit ("max")
            continue
    return min(found)
