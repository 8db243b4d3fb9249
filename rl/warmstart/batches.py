"""Training examples of the warm start as token ids, their batches, and the loss on one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from random import Random
from typing import TYPE_CHECKING

from physprover.config import RunConfig
from physprover.prompts import PromptFormat
from physprover.records import Theorem

if TYPE_CHECKING:
    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast


Example = tuple[list[int], int]
"""Token ids of prompt + target + end, and the length of the prompt."""

PAD_LABEL = -(10**9)
SORT_WINDOW = 16  # batches whose examples are sorted by length together


def loss(
    model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy of target tokens and of prompt tokens. `ids`, `labels` (rows, length).

    Labels are the ids, negated less one on the prompt, `PAD_LABEL` on padding. Padding is on the right, so causal attention alone
    hides it.
    """
    import torch

    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    target, prompt = wanted >= 0, (wanted < 0) & (wanted > PAD_LABEL)
    on_target = torch.nn.functional.cross_entropy(model.lm_head(hidden[target]), wanted[target])
    on_prompt = torch.nn.functional.cross_entropy(model.lm_head(hidden[prompt]), -1 - wanted[prompt])
    return on_target, on_prompt


def example(prompt: PromptFormat, theorem: Theorem) -> tuple[str, str]:
    """Prompt and target text of a theorem with a proof."""
    return prompt.render(theorem), prompt.target(theorem, theorem.proof or "")


def encode(tokenizer: PreTrainedTokenizerFast, prompt: str, target: str) -> Example:
    """Tokens of one training example."""
    head: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    tail: list[int] = tokenizer(target, add_special_tokens=False)["input_ids"]
    return [*head, *tail, tokenizer.eos_token_id], len(head)


def fits(item: Example, config: RunConfig) -> bool:
    """Whether prompt and target keep within the configured lengths."""
    ids, prompt_length = item
    return (
        prompt_length <= config.model.max_prompt_tokens
        and len(ids) - prompt_length <= config.model.max_new_tokens
    )


def fitting(
    tokenizer: PreTrainedTokenizerFast, prompt: PromptFormat, theorems: Sequence[Theorem], config: RunConfig
) -> list[Example]:
    """Examples of the theorems with proofs, in order, those beyond the configured lengths left out."""
    items = (encode(tokenizer, *example(prompt, theorem)) for theorem in theorems)
    return [item for item in items if fits(item, config)]


def batches(
    examples: Sequence[Example], size: int, rng: Random, pad: int
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (ids, labels), reshuffled every pass; like lengths share a batch."""
    while True:
        order = rng.sample(examples, len(examples))
        for start in range(0, len(order), size * SORT_WINDOW):
            window = sorted(order[start : start + size * SORT_WINDOW], key=lambda item: len(item[0]))
            chunks = [window[i : i + size] for i in range(0, len(window), size)]
            rng.shuffle(chunks)
            for chunk in chunks:
                yield collate(chunk, pad)


def collate(chunk: list[Example], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels (rows, longest), as `loss` reads them; padding `pad` is on the right."""
    import torch

    longest = max(len(ids) for ids, _ in chunk)
    ids = torch.full((len(chunk), longest), pad)
    labels = torch.full((len(chunk), longest), PAD_LABEL)
    for row, (tokens, prompt_length) in enumerate(chunk):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, :prompt_length] = -1 - ids[row, :prompt_length]
        labels[row, prompt_length : len(tokens)] = torch.tensor(tokens[prompt_length:])
    return ids, labels
