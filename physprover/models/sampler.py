"""The sampler protocol: theorems in, attempts out, streamed as each finishes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Protocol

from physprover.records import Attempt, Record, SamplerInfo, Theorem

if TYPE_CHECKING:
    import torch


class SamplingParams(Record):
    """How to sample; the same for every attempt of one call."""

    temperature: float = 1.0
    top_p: float = 1.0
    max_new_tokens: int = 96
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
