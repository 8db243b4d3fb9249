"""Samples to tensors: micro-batches whose rows are alike in length, so that little is spent on padding."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from torch import Tensor

    from rl.groups import Drawn, Sample

Batch = dict[str, "Tensor"]


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
