"""A pool and a sampler for tests of bookkeeping: what they answer or write is in the test. And a display that keeps what it is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager

import torch

from physprover.lean.protocol import Check
from physprover.progress import Stage
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


class Figures:
    """`Progress` that keeps the last figures of each stage, its units and those done, and all notes."""

    def __init__(self) -> None:
        self.last: dict[str, dict[str, object]] = {}
        self.done: Counter[str] = Counter()
        self.totals: dict[str, int | None] = {}
        self.notes: list[str] = []

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[Stage]:
        shown, done, notes = self.last.setdefault(name, {}), self.done, self.notes
        self.totals[name] = total

        class Keeper:
            def advance(self, count: int = 1, **figures: object) -> None:
                done[name] += count
                shown.update(figures)

            def note(self, text: str) -> None:
                notes.append(text)

            def failed(self) -> None: ...

        yield Keeper()
