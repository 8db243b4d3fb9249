"""Models that try conjectures no tactic script proves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.config import ProverConfig, RunConfig
    from physprover.models.sampler import Sampler
    from physprover.records import Theorem


class Prover(Protocol):
    """Writes proofs to try."""

    def proofs(self, theorems: Sequence[Theorem]) -> dict[str, list[str]]:
        """Proof bodies for each theorem by name, distinct, in the order to try them."""
        ...


class SampledProver:
    """A `Prover` over a sampler. It stays loaded for the whole build."""

    def __init__(self, sampler: Sampler, attempts: int, max_new_tokens: int, seed: int) -> None:
        self._sampler, self._attempts = sampler, attempts
        self._max_new_tokens, self._seed = max_new_tokens, seed

    def proofs(self, theorems: Sequence[Theorem]) -> dict[str, list[str]]:
        from physprover.models.sampler import SamplingParams

        params = SamplingParams(max_new_tokens=self._max_new_tokens, seed=self._seed)
        written: dict[str, list[str]] = {theorem.name: [] for theorem in theorems}
        # attempts arrive as they finish; sorted, so that the order does not depend on batches
        for attempt in self._sampler.sample(theorems, self._attempts, params):
            if attempt.proof.strip():
                written[attempt.theorem].append(attempt.proof)
        return {name: sorted(set(proofs), key=lambda p: (len(p), p)) for name, proofs in written.items()}


def load_prover(prover: ProverConfig, config: RunConfig) -> SampledProver:
    """Load one of the provers of `config.data.provers`. Raises `ModelError`."""
    from physprover.models.load import load_sampler

    model = config.model.model_copy(update={"prompt": prover.prompt})
    sampler = load_sampler(prover.model, config.model_copy(update={"model": model}))
    return SampledProver(sampler, prover.attempts, config.model.max_new_tokens, config.seed)
