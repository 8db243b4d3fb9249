"""Stage `provable`: attempts at open candidates, in turns, until each is proved, refuted or given up."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from data_gen.negation import negation
from physprover.portfolio import portfolio_proof

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from data_gen.candidates import Candidate
    from data_gen.judging import Judging
    from physprover.config import ProverConfig, RunConfig
    from physprover.models.sampler import Sampler
    from physprover.records import Theorem


class Attempts:
    """One portion of candidates and what became of them."""

    def __init__(self, judging: Judging, candidates: Sequence[Candidate], tick: Callable[[], None]) -> None:
        self._judging, self._tick = judging, tick
        self.open: dict[str, Candidate] = {c.theorem.name: c for c in candidates}
        self.proved: dict[str, Theorem] = {}
        self.ill_formed: dict[str, str] = {}  # name -> why Lean cannot read it
        self.refuted: dict[str, Theorem] = {}  # name -> its negation, proved
        self.last: dict[str, str] = {}  # name -> what became of the last attempt

    def first(self) -> None:
        """Each candidate's likeliest proof; Lean also says which statements it cannot read."""
        self._try({name: self._own(c, 0) for name, c in self.open.items()})

    def rest(self, count: int, provers: Sequence[Prover]) -> None:
        """Up to `count` of the candidates' own proofs, then the strongest single tactic, then models, then negations."""
        for number in range(1, count):
            self._try({name: c.proofs[number] for name, c in self.open.items() if number < len(c.proofs)})
        self._try({name: portfolio_proof("grind") for name in self.open})
        for prover in provers:
            self._sample(prover)
        self._negate()

    def _own(self, candidate: Candidate, number: int) -> str:
        return candidate.proofs[number] if number < len(candidate.proofs) else portfolio_proof("grind")

    def _try(self, proofs: dict[str, str]) -> None:
        questions = {name: (self.open[name].theorem, proof) for name, proof in proofs.items()}
        for name, answer in self._judging.ask(questions, self._tick).items():
            if answer.proved:
                self.proved[name] = self.open.pop(name).theorem.replace(proof=proofs[name])
            elif answer.ill_formed:
                self.ill_formed[name] = answer.message
                del self.open[name]
            else:
                self.last[name] = answer.outcome.value

    def _sample(self, prover: Prover) -> None:
        """All of a model's attempts at what is open; the first accepted one in the order they were written is kept."""
        theorems = [c.theorem for c in self.open.values()]
        written = prover.proofs(theorems) if theorems else {}
        longest = max(map(len, written.values()), default=0)
        for number in range(longest):
            self._try({n: p[number] for n, p in written.items() if n in self.open and number < len(p)})

    def _negate(self) -> None:
        negations = {n: m for n, c in self.open.items() if (m := negation(c.theorem)) is not None}
        questions = {name: (m.theorem, m.proofs[0]) for name, m in negations.items()}
        for name, answer in self._judging.ask(questions, self._tick).items():
            if answer.proved:
                del self.open[name]
                self.refuted[name] = negations[name].theorem.replace(proof=negations[name].proofs[0])


# -- Models that try conjectures no tactic script proves. --


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
