"""Samples to tensors: micro-batches whose rows are alike in length, so that little is spent on padding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from physprover.config import RunConfig
from rl.groups import Drawn, Sample, derive_seed

if TYPE_CHECKING:
    import torch

Batch = dict[str, "torch.Tensor"]


@dataclass(frozen=True, slots=True)
class MicroBatch:
    """Rows of one pass through the model, all drawn alike."""

    tensors: Batch
    drawn: Drawn


@dataclass(frozen=True, slots=True)
class Whole:
    """Size of a whole batch, over which the loss averages however the batch is cut and dealt to processes."""

    rows: int  # attempts
    tokens: int  # of their completions

    @classmethod
    def of(cls, samples: Sequence[Sample]) -> Whole:
        return cls(len(samples), sum(len(sample.token_ids) for sample in samples))


def micro_batches(
    samples: Sequence[Sample], max_tokens: int, pad_id: int, device: torch.device | str
) -> list[MicroBatch]:
    """Tensors for TRL's GRPO loss, longest rows first, each batch at most `max_tokens` wide times high (or one row).

    What was drawn alike, and in it samples of one prompt, stay together. Keys and shapes, B rows: prompt_ids [B, P]
    left-padded, completion_ids [B, C] right-padded, their masks, old_per_token_logps [B, C] (behaviour log-probs, nats)
    and advantages [B].
    """
    alike: dict[Drawn, list[Sample]] = {}
    for sample in samples:
        alike.setdefault(sample.drawn, []).append(sample)
    return [
        MicroBatch(_tensors(chunk, pad_id, device), drawn)
        for drawn, members in alike.items()
        for chunk in _chunks(sorted(members, key=_length_and_prompt), max_tokens)
    ]


def _length_and_prompt(sample: Sample) -> tuple[int, tuple[int, ...], int]:
    return -len(sample.prompt_ids), sample.prompt_ids, -len(sample.token_ids)


def _chunks(ordered: Sequence[Sample], max_tokens: int) -> Iterator[list[Sample]]:
    chunk: list[Sample] = []
    prompt = completion = 0
    for sample in ordered:
        prompt_new, completion_new = (
            max(prompt, len(sample.prompt_ids)),
            max(completion, len(sample.token_ids)),
        )
        if chunk and (prompt_new + completion_new) * (len(chunk) + 1) > max_tokens:
            yield chunk
            chunk, prompt_new, completion_new = [], len(sample.prompt_ids), len(sample.token_ids)
        chunk.append(sample)
        prompt, completion = prompt_new, completion_new
    if chunk:
        yield chunk


def _tensors(chunk: Sequence[Sample], pad_id: int, device: torch.device | str) -> Batch:
    import torch  # here: the configuration is checked with this module before anything is loaded

    rows = len(chunk)
    prompt_width = max(len(s.prompt_ids) for s in chunk)
    width = max(len(s.token_ids) for s in chunk)
    batch = {
        "prompt_ids": torch.full((rows, prompt_width), pad_id),
        "prompt_mask": torch.zeros(rows, prompt_width, dtype=torch.long),
        "completion_ids": torch.full((rows, width), pad_id),
        "completion_mask": torch.zeros(rows, width, dtype=torch.long),
        "old_per_token_logps": torch.zeros(rows, width),
        "advantages": torch.tensor([s.advantage for s in chunk]),
    }
    for i, sample in enumerate(chunk):
        start, size = prompt_width - len(sample.prompt_ids), len(sample.token_ids)
        batch["prompt_ids"][i, start:] = torch.tensor(sample.prompt_ids)
        batch["prompt_mask"][i, start:] = 1
        batch["completion_ids"][i, :size] = torch.tensor(sample.token_ids)
        batch["completion_mask"][i, :size] = 1
        batch["old_per_token_logps"][i, :size] = torch.tensor(sample.logprobs)
    return {name: tensor.to(device) for name, tensor in batch.items()}


# -- Sharding a batch over the processes of the trainer: whole groups, so that each has about as many tokens to learn from. --


def shard(samples: Sequence[Sample], ranks: int) -> list[list[Sample]]:
    """One list a rank, some empty when there are fewer groups than ranks; every sample is in exactly one.

    Attempts at one problem (one prompt) stay together: their prompt is padded once. The largest group goes first, each to
    the rank with the fewest tokens so far, ties to the lower rank: the same on every machine and after every resume.
    """
    groups: dict[tuple[int, ...], list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.prompt_ids, []).append(sample)
    shards: list[list[Sample]] = [[] for _ in range(ranks)]
    tokens = [0] * ranks
    for group in sorted(groups.values(), key=_tokens, reverse=True):
        rank = tokens.index(min(tokens))
        shards[rank] += group
        tokens[rank] += _tokens(group)
    return shards


def _tokens(group: Sequence[Sample]) -> int:
    return sum(len(sample.prompt_ids) + len(sample.token_ids) for sample in group)


# -- `[rl.exchange]` as the arguments of `rl.distributed.hook`, and what cannot work. No torch. --

_HEADER_BYTES = 12  # of rl.distributed.topk, sent to each other rank at each exchange


def exchange_arguments(config: RunConfig) -> dict[str, Any]:
    """Keyword arguments of `attach`, the model aside."""
    chosen = config.rl.exchange
    return {
        "exchange": chosen.name,
        "seed": derive_seed(config.seed, "exchange"),
        "run_bytes": chosen.run_bytes or 0,
        "run_steps": updates(config),
    }


def updates(config: RunConfig) -> int:
    """Exchanges of the whole run: one an update, rounds of self-play included."""
    rl = config.rl
    rounds = -(-rl.steps // rl.self_play_every) if rl.self_play_every else 0
    return max(1, (rl.steps + rounds) * rl.updates_per_batch)


def trainer_conflicts(config: RunConfig) -> Iterator[str]:
    """Settings of the trainer's processes and their exchange that cannot work together."""
    cluster, chosen = config.cluster, config.rl.exchange
    processes = cluster.trainer_processes
    sparse = chosen.name.startswith("topk")
    if processes == 1 and chosen.name != "dense":
        yield f'rl.exchange.name = "{chosen.name}" needs several trainers: set cluster.trainer_processes'
    if cluster.trainer_sharding == "fsdp2" and processes == 1:
        yield 'cluster.trainer_sharding = "fsdp2" divides the model over several processes: set cluster.trainer_processes'
    if cluster.trainer_sharding == "fsdp2" and chosen.name != "dense":
        yield f'rl.exchange.name = "{chosen.name}" is for whole copies; with trainer_sharding = "fsdp2" it is "dense"'
    if processes > 1 and cluster.trainer_gpus not in (0, processes):
        yield (
            f"cluster.trainer_processes = {processes} with cluster.trainer_gpus = {cluster.trainer_gpus}: "
            "each process trains on one GPU, or all on the CPU (trainer_gpus = 0)"
        )
    if processes > config.rl.problems_per_step:
        yield (
            f"cluster.trainer_processes = {processes}, but a step has {config.rl.problems_per_step} groups "
            "(rl.problems_per_step), and a group is not divided"
        )
    if sparse and chosen.run_bytes is None:
        yield f'rl.exchange.name = "{chosen.name}" needs rl.exchange.run_bytes, what a process may send in the whole run'
    if chosen.run_bytes is not None and not sparse:
        yield f'rl.exchange.run_bytes limits the topk exchanges, not "{chosen.name}"'
    least = _HEADER_BYTES * (processes - 1) * updates(config)
    if sparse and chosen.run_bytes is not None and chosen.run_bytes <= least:
        yield f"rl.exchange.run_bytes = {chosen.run_bytes}: the headers of {updates(config)} updates alone take {least}"
