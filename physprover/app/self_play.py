"""Self-play's wiring: `rl.self_play` asks for conjectures, `data_gen` proposes and sifts them. Stages do not know each other."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from data_gen.candidates import Names, from_text
from data_gen.contamination import known_benchmarks
from data_gen.funnel import Funnel
from data_gen.generators.self_play import conjecture_reward, propose
from data_gen.judging import Judging
from physprover.dataset import load_theorems
from physprover.models.sampler import SamplingParams
from physprover.prompts.conjecture import STOP
from rl.groups import derive_seed
from rl.self_play import Conjecture

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data_gen.candidates import Candidate
    from physprover.config import RunConfig
    from physprover.lean.protocol import Pool
    from physprover.models.sampler import Sampler
    from physprover.records import Theorem
    from physprover.runs import RunDir


class Conjecturer:
    """`rl.self_play.Conjecturer` over `data_gen`'s proposals and funnel."""

    def __init__(self, config: RunConfig, run: RunDir, data: Path) -> None:
        self._config = config
        self._verdicts = run.path / "selfplay" / "verdicts.jsonl"
        self._seeds = [t for t in load_theorems(data, "train") if t.proof]
        self._held_out = [*load_theorems(data, "validation"), *load_theorems(data, "test")]

    def conjectures(
        self, sampler: Sampler, pool: Pool, number: int, known: Sequence[Theorem]
    ) -> list[Conjecture]:
        settings = self._config.data.self_play
        rng = random.Random(derive_seed(self._config.seed, "self-play", number))
        seeds = rng.sample(self._seeds, min(self._config.rl.self_play_seeds, len(self._seeds)))
        params = SamplingParams(
            temperature=settings.temperature,
            max_new_tokens=min(settings.max_new_tokens, self._config.model.max_new_tokens),
            seed=derive_seed(self._config.seed, "conjecture", number),
            prompt=settings.prompt,
            stop=STOP if settings.prompt == "tiny-conjecture" else (),
        )
        proposals = propose(sampler, seeds, settings.per_seed, params)
        names = Names([t.name for t in (*self._seeds, *self._held_out, *known)])
        parents = {seed.name: seed for seed in seeds}
        candidates = [names.give(from_text(parents[p.seed], p.attempt.proof, "self-play")) for p in proposals]
        kept, reasons = self._sifted(candidates, pool, known)
        return [
            Conjecture(
                seed=proposal.seed,
                attempt=proposal.attempt,
                temperature=params.temperature,
                theorem=kept.get(candidate.theorem.name),
                reason=reasons.get(candidate.theorem.name, ""),
            )
            for proposal, candidate in zip(proposals, candidates, strict=True)
        ]

    def reward(self, proved: int, judged: int) -> float:
        return conjecture_reward(proved, judged)

    def _sifted(
        self, candidates: Sequence[Candidate], pool: Pool, known: Sequence[Theorem]
    ) -> tuple[dict[str, Theorem], dict[str, str]]:
        """Kept theorems by name, and the stage at which the others fell."""
        data = self._config.data
        benchmarks = known_benchmarks(self._config)
        benchmarks.add_test_split(t for t in self._held_out if t.split == "test")
        judging = Judging(pool, self._verdicts, self._config.engine.seconds)
        try:
            funnel = Funnel(
                judging, data.attempts_per_conjecture, benchmarks, data.near_duplicate, data.skip_stages
            )
            funnel.know([*self._seeds, *self._held_out, *known])
            funnel.pour(candidates)
        finally:
            judging.close()
        return {t.name: t for t in funnel.kept}, {row.name: row.stage for row in funnel.fallen}
