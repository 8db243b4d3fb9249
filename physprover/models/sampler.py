"""The sampler protocol, theorems in, attempts out, streamed as each finishes; and what samplers share: random numbers that belong to
an attempt, and masks of tokens. Those who sample nothing load no torch."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Protocol

import numpy as np
from pydantic import Field

from physprover.errors import ModelError
from physprover.records import Attempt, Record, SamplerInfo, Theorem

if TYPE_CHECKING:
    import torch
    from transformers import PreTrainedTokenizerBase

    from physprover.prompts import PromptFormat


class SamplingParams(Record):
    """How to sample; the same for every attempt of one call."""

    temperature: float = Field(1.0, gt=0, allow_inf_nan=False)
    top_p: float = Field(1.0, gt=0, le=1)
    max_new_tokens: int = Field(96, ge=1)
    seed: int = 0
    prompt: str | None = None  # prompt format by name; None = the sampler's own
    stop: tuple[str, ...] = ()  # tokens that end an attempt like the end token does


class Sampler(Protocol):
    """A prover that writes attempts."""

    @property
    def info(self) -> SamplerInfo: ...

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        """Yield `n` attempts for each theorem, in any order, each with token ids and behaviour log-probs (nats).

        Theorems whose prompt exceeds the context are skipped; `skipped(theorems)` names them.
        """
        ...

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        """Names of the theorems whose prompt does not fit."""
        ...

    def prompt_tokens(self, theorem: Theorem) -> int:
        """Length of the theorem's prompt in tokens."""
        ...

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        """Take over new weights; attempts sampled afterwards carry `version`."""
        ...


def not_finite(model: str) -> ModelError:
    """The error for a model whose first token has no probabilities: every answer of it would be noise, and count as a failure."""
    return ModelError(
        f"{model or 'the model'}: its logits are NaN or infinite: its weights are damaged, or overflow in this dtype "
        "(model.dtype, sampler.dtype)"
    )


# -- Random numbers that belong to an attempt, not to a batch. --
#
# The uniform number behind a token is a hash of (seed, theorem, sample index, position). So an attempt does not depend on
# which other attempts were decoded with it, and a resumed evaluation draws what the unbroken one would have drawn.

_STEP = np.uint64(0x9E3779B97F4A7C15)


def attempt_key(seed: int, theorem: str, index: int) -> int:
    """The 64-bit key of one attempt."""
    return int.from_bytes(blake2b(f"{seed}\0{theorem}\0{index}".encode(), digest_size=8).digest(), "little")


def uniforms(keys: np.ndarray, position: int) -> np.ndarray:
    """One number in [0, 1) for each uint64 key at a token position (splitmix64, 53 bits)."""
    with np.errstate(over="ignore"):
        z = keys + np.uint64(position + 1) * _STEP
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pick(
    logits: torch.Tensor, temperature: float, top_p: float, u: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (rows,) by inversion of the distribution at `u` (rows,), and their log-probabilities (rows,).

    The log-probability is of the tempered distribution before top-p, log softmax(logits / T): what TRL recomputes.
    """
    import torch

    logprobs = torch.log_softmax(logits.float() / temperature, -1)
    probs = logprobs.exp()
    if top_p < 1.0:
        ordered, order = probs.sort(-1, descending=True)
        outside = ordered.cumsum(-1) - ordered >= top_p
        probs = torch.zeros_like(probs).scatter(-1, order, ordered.masked_fill(outside, 0.0))
    cumulative = probs.double().cumsum(-1)
    target = u.to(cumulative)[:, None] * cumulative[:, -1:]
    ids = torch.searchsorted(cumulative, target, right=True).clamp(max=logits.shape[-1] - 1)
    return ids[:, 0], logprobs.gather(-1, ids)[:, 0]


# -- Tokens that cannot be right are never sampled, and never counted when log-probs are recomputed. --
#
# Some cannot follow a prompt at all (`bias`); where an answer has parts, what begins a part comes in order, and the end
# after the last of them only (`part_bias`). Both follow from token ids alone, so sampler and trainer find the same mask without
# exchanging it: the behaviour log-probs and those of the trainer are of one distribution, and their ratio is unbiased.

# Finite: an entropy has 0 x this in it, and an attempt of an unmasked sampler may hold such a token.
MASKED = -1e9


class TokenMask:
    """What a prompt format excludes, as token ids of one tokenizer. Formats without tokens of their own exclude nothing."""

    def __init__(self, tokenizer: PreTrainedTokenizerBase, prompt: PromptFormat) -> None:
        vocabulary = tokenizer.get_vocab()
        self._prompt, self._vocabulary = prompt, vocabulary
        self._end = tokenizer.eos_token_id
        self._begins = [vocabulary[token] for token in prompt.parts if token in vocabulary]
        self._ids = {token: vocabulary[token] for token in prompt.tokens if token in vocabulary}
        self._tokens = {i: token for token, i in self._ids.items()}
        self._known: dict[tuple[int, ...], tuple[int, ...]] = {}

    @property
    def active(self) -> bool:
        """Whether it ever excludes anything."""
        return bool(self._ids)

    def excluded(self, prompt_ids: tuple[int, ...]) -> tuple[int, ...]:
        """Ids that an answer to this prompt cannot contain."""
        if not self.active:
            return ()
        format_tokens = tuple(i for i in prompt_ids if i in self._tokens)  # nothing else decides the mask
        if format_tokens not in self._known:
            text = "".join(self._tokens[i] for i in format_tokens)
            found = (self._vocabulary.get(token) for token in self._prompt.excluded(text))
            self._known[format_tokens] = tuple(i for i in found if i is not None)
        return self._known[format_tokens]

    def bias(
        self, prompts: Sequence[tuple[int, ...]], width: int, device: torch.device | str = "cpu"
    ) -> torch.Tensor | None:
        """What to add to the logits: (prompts, width) of 0 and `MASKED`, or None where nothing is excluded."""
        if not self.active:
            return None
        return _bias([self.excluded(prompt) for prompt in prompts], width, device)

    def begun(self, ids: torch.Tensor) -> torch.Tensor:
        """The number (1, 2, …) of the part that each token begins, else 0; of the shape of `ids`."""
        number = ids.new_zeros(ids.shape)
        for i, begin in enumerate(self._begins, 1):
            number[ids == begin] = i
        return number

    def parts(self, answers: torch.Tensor) -> torch.Tensor:
        """In which part each token of `answers` (rows, length) was drawn, counted from 0."""
        import torch

        after = self.begun(answers).cummax(-1).values
        return torch.nn.functional.pad(after[:, :-1], (1, 0))

    def excluded_in_parts(self) -> list[list[int]]:
        """For each part the ids that cannot be drawn in it; empty where answers are of one piece."""
        order = self._begins
        if not order:
            return []
        return [[*order[:part], self._end] for part in range(len(order))] + [order]

    def part_bias(self, width: int, device: torch.device | str = "cpu") -> torch.Tensor | None:
        """What to add to the logits in each part: (parts, width), or None where answers are of one piece."""
        excluded = self.excluded_in_parts()
        return _bias(excluded, width, device) if excluded else None

    def masked(
        self, logits: torch.Tensor, prompts: Sequence[tuple[int, ...]], row: torch.Tensor, part: torch.Tensor
    ) -> torch.Tensor:
        """Logits (…, width) as the sampler had them; `row` names the prompt and `part` the part of each, and may broadcast."""
        for bias, index in (
            (self.bias(prompts, logits.size(-1), logits.device), row),
            (self.part_bias(logits.size(-1), logits.device), part),
        ):
            if bias is not None:
                logits = logits + bias[index]
        return logits


def _bias(excluded: Sequence[Sequence[int]], width: int, device: torch.device | str) -> torch.Tensor:
    import torch

    bias = torch.zeros(len(excluded), width)
    for row, ids in enumerate(excluded):
        bias[row, torch.tensor(ids, dtype=torch.long)] = MASKED
    return bias.to(device)
