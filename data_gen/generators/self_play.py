"""Conjectures by a prover (STP): it is shown a proved theorem and writes a harder one; it is rewarded for those that a prover
proves now and then.

    proposals = propose(sampler, seeds, per_seed=8, params)          # what RL trains the conjecturer on
    reward = conjecture_reward(proved=3, attempts=32)

`SelfPlay` puts the same behind the generator protocol for `physprover data build`.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate, from_text
from physprover.errors import ConfigError
from physprover.files import append, read_journal
from physprover.records import Attempt, Theorem, write_jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from physprover.config import RunConfig
    from physprover.models.sampler import Sampler, SamplingParams

REWARDED_BELOW = 0.25  # success rate of a conjecture worth having; 0 is not (STP)
_SEEDS_AT_ONCE = 64


def conjecture_reward(proved: int, attempts: int) -> float:
    """1.0 for a conjecture that some, but fewer than a quarter, of the attempts prove, else 0.0.

    Raises `ValueError` for impossible counts.
    """
    if not 0 <= proved <= attempts:
        raise ValueError(f"{proved} proofs in {attempts} attempts")
    return float(proved > 0 and proved < REWARDED_BELOW * attempts)


def propose(
    sampler: Sampler, seeds: Sequence[Theorem], per_seed: int, params: SamplingParams
) -> list[Attempt]:
    """`per_seed` proposals for each seed whose prompt fits, in the order of the seeds; `proof` is the statement as written.

    The sampler's prompt format is that of a conjecturer.
    """
    place = {seed.name: index for index, seed in enumerate(seeds)}
    attempts = sampler.sample(seeds, per_seed, params)
    return sorted(attempts, key=lambda a: (place[a.theorem], a.seed, a.completion))


class SelfPlay:
    """`candidates.Generator` over a conjecturer. What it wrote is kept in `journal`: sampling on a GPU does not repeat itself."""

    name = "self-play"

    def __init__(self, sampler: Sampler, per_seed: int, params: SamplingParams, journal: Path) -> None:
        self._sampler, self._per_seed, self._params = sampler, per_seed, params
        self._journal = journal

    def rounds(self, seeds: Sequence[Theorem], note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        open_ = [s for s in seeds if s.split in ("train", "validation") and s.proof]
        if skipped := self._sampler.skipped(open_):
            note(f"self-play: the prompts of {len(skipped)} seeds are too long")
        fitting = iter([s for s in open_ if s.name not in set(skipped)])
        while batch := list(islice(fitting, _SEEDS_AT_ONCE)):
            attempts = self._attempts(batch)
            yield [
                from_text(seed, attempt.proof, self.name)
                for seed in batch
                for attempt in attempts
                if attempt.theorem == seed.name
            ]

    def _attempts(self, batch: Sequence[Theorem]) -> list[Attempt]:
        """The attempts at a batch, sampled where the journal does not hold all of them."""
        names = {seed.name for seed in batch}
        known = read_journal(self._journal, Attempt)
        found = [a for a in known if a.theorem in names]
        if len(found) == self._per_seed * len(batch):
            return found
        new = propose(self._sampler, batch, self._per_seed, self._params)
        if found:  # a kill tore the batch: its rest must not stand beside the new one
            write_jsonl(self._journal, [a for a in known if a.theorem not in names])
        append(self._journal, *new)
        return new


def load_conjecturer(config: RunConfig, out: Path) -> SelfPlay:
    """The conjecturer of `config.data.self_play`. Raises `ConfigError` when none is named, `ModelError` when it does not load."""
    from physprover.models.load import check_context, load_sampler
    from physprover.models.sampler import SamplingParams

    settings = config.data.self_play
    if settings.model is None:
        raise ConfigError(
            "data.self_play.model names no model: set it to the prover that is to write conjectures"
        )
    lengths = {"max_new_tokens": settings.max_new_tokens}
    model = config.model.model_copy(update={"prompt": settings.prompt, **lengths})
    check_context(settings.model, model, answer="data.self_play.max_new_tokens")
    sampler = load_sampler(settings.model, config.model_copy(update={"model": model}))
    params = SamplingParams(
        temperature=settings.temperature, max_new_tokens=settings.max_new_tokens, seed=config.seed
    )
    return SelfPlay(sampler, settings.per_seed, params, out / "proposals.jsonl")
