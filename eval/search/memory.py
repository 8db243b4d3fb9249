"""Samples kept while several policies are compared: the prover writes for one prompt and seed only once.

Every search is charged in full all the same; only the machine's time is spared, and all policies see the same attempts.
Lean's answers are kept by `physprover.lean.ask.Asker`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch

    from physprover.models.sampler import Sampler, SamplingParams
    from physprover.records import Attempt, SamplerInfo, Theorem


class RememberingSampler:
    """`Sampler` that keeps what it wrote for a prompt, a count and a seed."""

    def __init__(self, sampler: Sampler) -> None:
        self._sampler = sampler
        self._known: dict[tuple[object, ...], list[Attempt]] = {}

    @property
    def info(self) -> SamplerInfo:
        return self._sampler.info

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return self._sampler.skipped(theorems)

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        key = (tuple((t.name, t.statement, t.header) for t in theorems), n, params.model_dump_json())
        if key not in self._known:
            attempts = self._sampler.sample(theorems, n, params)
            self._known[key] = [a.replace(logprobs=()) for a in attempts]
        yield from self._known[key]

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        self._known.clear()
        self._sampler.load_weights(weights, version)
