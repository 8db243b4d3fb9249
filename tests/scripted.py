"""A pool and a sampler for tests of bookkeeping: what they answer or write is in the test."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

import torch

from physprover.lean.protocol import Check
from physprover.records import Outcome, SamplerInfo, Theorem, Verdict


class ScriptedPool:
    """`protocol.Pool` that keeps what it was asked; `answer` says what it makes of a check."""

    def __init__(self, answer: Callable[[Check], Outcome] = lambda _: Outcome.PROVED) -> None:
        self.answer = answer
        self.asked: list[Check] = []

    def verdict(self, check: Check) -> Verdict:
        return Verdict(outcome=self.answer(check))

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            self.asked.append(check)
            yield check, self.verdict(check)

    def close(self) -> None: ...


class ScriptedSampler:
    """All of `Sampler` but what it writes."""

    info = SamplerInfo(name="scripted")

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return []

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None: ...
