"""Answers kept while several policies are compared: the same question is put to Lean, or to the prover, only once.

Every search is charged in full all the same; only the machine's time is spared, and all policies see the same answers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.cache import KEPT
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import torch

    from physprover.lean.protocol import Check, Pool
    from physprover.models.sampler import Sampler, SamplingParams
    from physprover.records import Attempt, SamplerInfo, Theorem, Verdict


class RememberingPool:
    """`protocol.Pool` that keeps verdicts; one that ran into a deadline answers questions with no longer one."""

    def __init__(self, pool: Pool) -> None:
        self._pool = pool
        self._known: dict[tuple[str, str, str, int], tuple[Verdict, float]] = {}

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """One after the other; see `protocol.Pool.check_many`."""
        for check in checks:
            key = (check.problem.header, check.problem.statement, check.proof, check.messages)
            verdict, deadline = self._known.get(key, (None, 0.0))
            if verdict is None or (verdict.outcome not in KEPT and check.seconds > deadline):
                ((_, verdict),) = self._pool.check_many([check])
                if verdict.outcome is not Outcome.INFRASTRUCTURE:
                    self._known[key] = (verdict, check.seconds)
            yield check, verdict

    def close(self) -> None:
        self._pool.close()


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
