"""Stage `provable` of the funnel: attempts at open candidates, in turns, until each is proved, refuted or given up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol

from data_gen.candidates import Candidate, negation
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.points import Point, trial
from physprover.config import ProverConfig, RunConfig
from physprover.lean.text.terms import parse_statement
from physprover.models.sampler import Sampler, SamplingParams
from physprover.portfolio import portfolio_proof
from physprover.records import Theorem


class Attempts:
    """One portion of candidates and what became of them."""

    def __init__(
        self, judging: Judging, candidates: Sequence[Candidate], tick: Callable[[], None], *, draws: bool
    ) -> None:
        """`draws`: whether what the first attempt leaves open is tried at drawn values."""
        self._judging, self._tick, self._draws = judging, tick, draws
        self.open: dict[str, Candidate] = {c.theorem.name: c for c in candidates}
        self.proved: dict[str, Theorem] = {}
        self.ill_formed: dict[str, str] = {}  # name -> why Lean cannot read it
        self.refuted: dict[str, Theorem] = {}  # name -> its negation, proved
        self.last: dict[str, str] = {}  # name -> what became of the last attempt

    def first(self) -> None:
        """Each candidate's likeliest proof; Lean also says which statements it cannot read."""
        self._try(
            {name: c.proofs[0] if c.proofs else portfolio_proof("grind") for name, c in self.open.items()}
        )

    def rest(self, count: int, provers: Sequence[Prover]) -> None:
        """Negations of what numbers or its rule make likely to be false, up to `count` of the candidates' own proofs, then the
        strongest single tactic, then models, then the negations that may be true."""
        tried = {n: _trial(c.theorem) if self._draws else (None, {}) for n, c in self.open.items()}
        false = {
            n: point or None
            for n, (truth, point) in tried.items()
            if truth is False or (truth is None and _rule(self.open[n]) in DOUBTFUL)
        }
        self._negate(false)
        for number in range(1, count):
            self._try({name: c.proofs[number] for name, c in self.open.items() if number < len(c.proofs)})
        self._try({name: portfolio_proof("grind") for name in self.open})
        for prover in provers:
            self._sample(prover)
        # what is true wherever it was tried is hardly false
        self._negate(
            {n: None for n, c in self.open.items() if tried[n][0] is not True and _rule(c) not in SOUND}
        )

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

    def _negate(self, points: Mapping[str, Point | None]) -> None:
        """Ask for the negations of open candidates, at points where they are known."""
        negations = {n: m for n, point in points.items() if (m := negation(self.open[n].theorem, point))}
        asked = {n: (m.theorem, m.proofs[0]) for n, m in negations.items()}
        for name, answer in self._judging.ask(asked, self._tick).items():
            if answer.proved:
                del self.open[name]
                theorem, proof = asked[name]
                self.refuted[name] = theorem.replace(proof=proof)


# Rules of `data_gen.mutations` by whether what they make follows from the theorems that it was made of.
DOUBTFUL = frozenset(("converse", "drop", "dual", "generalise", "relax", "sharpen"))
SOUND = frozenset((
    "add", "behind", "both_sides", "compound", "conjoin", "constructor", "contrapositive", "direction", "identify",
    "instantiate", "literal", "restrict", "rewrite", "some_value", "swap", "through", "weaken", "witness",
))  # fmt: skip


def _rule(candidate: Candidate) -> str:
    return candidate.theorem.rule.removeprefix("cite-")


def _trial(theorem: Theorem) -> tuple[bool | None, Point]:
    """What numbers say of a statement, see `points.trial`."""
    statement = parse_statement(theorem.statement)
    return trial(statement, read_header(theorem.header)) if statement else (None, {})


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
