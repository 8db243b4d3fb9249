"""What rl asks of the other stages, which do not know each other: conjectures from data_gen, closing scripts with eval's definitions."""

from __future__ import annotations

import itertools
import random
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from data_gen.candidates import Candidate, Names, from_text
from data_gen.contamination import known_benchmarks
from data_gen.funnel import Funnel
from data_gen.generators.self_play import conjecture_reward, propose
from data_gen.judging import Judging
from eval.baselines import definitions
from physprover.config import RunConfig
from physprover.dataset import load_theorems
from physprover.lean.protocol import Check, Pool, Problem
from physprover.lean.text.definitions import TYPES, declarations, recursive
from physprover.lean.text.terms import parse_statement
from physprover.models.sampler import Sampler, SamplingParams
from physprover.portfolio import FURTHER_SCRIPTS, GENERAL_SCRIPTS, script_proofs
from physprover.prompts.tiny import STOP
from physprover.records import Outcome, Theorem
from physprover.runs import RunDir
from rl.expert import Judge, Searched
from rl.groups import derive_seed
from rl.self_play import Conjecture


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
        candidates = [names.give(from_text(parents[p.theorem], p.proof, "self-play")) for p in proposals]
        kept, reasons = self._sifted(candidates, pool, known)
        return [
            Conjecture(
                seed=proposal.theorem,
                attempt=proposal,
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
        with closing(Judging(pool, self._verdicts, self._config.engine.seconds)) as judging:
            funnel = Funnel(
                judging, data.attempts_per_conjecture, benchmarks, data.near_duplicate, data.skip_stages
            )
            funnel.know([*self._seeds, *self._held_out, *known])
            funnel.pour(candidates)
        return {t.name: t for t in funnel.kept}, {row.name: row.stage for row in funnel.fallen}


# -- The search that teaches the prover: closing scripts on train problems, told what each statement is made of. --


class ScriptSearch:
    """`rl.expert.Searcher` over the scripts of `physprover.portfolio`: the first that closes a problem is its proof.

    A problem that a script leaves open is asked again before the next one: Lean still knows its header. None exceeds its budget
    of `checks`.
    """

    def __init__(self, checks: int, seconds: float, seed: int) -> None:
        """`checks` of `seconds` each at most are spent on a problem; `seed` draws the orders of the general scripts."""
        self._checks, self._seconds, self._seed = checks, seconds, seed

    def search(self, problems: Sequence[Theorem], judge: Judge) -> Iterator[Searched]:
        """See `rl.expert.Searcher`. Lean's messages are not asked for."""
        open_ = deque(sorted(problems, key=lambda t: t.place))
        plans: dict[str, list[tuple[str, str]]] = {}
        asked: dict[
            str, tuple[Theorem, int]
        ] = {}  # by name: what was asked last, and which script of its plan

        def checks() -> Iterator[Check]:
            while open_:  # a plan is made when it is first needed: Lean has work meanwhile
                t = open_.popleft()
                if t.name not in plans:
                    plans[t.name] = list(itertools.islice(_plan(t, self._seed), self._checks))
                number = asked[t.name][1] + 1 if t.name in asked else 0
                asked[t.name] = t, number
                proof = plans[t.name][number][1]
                yield Check(id=t.name, problem=Problem.of(t), proof=proof, seconds=self._seconds, messages=0)

        while open_:  # again for problems that were left open when no other was left to ask
            for check, verdict in judge(checks()):
                theorem, number = asked[check.id]
                script, proof = plans[check.id][number]
                if verdict.outcome is Outcome.PROVED:
                    yield Searched(theorem=check.id, proof=proof, script=script, checks=number + 1)
                elif number + 1 == len(plans[check.id]):
                    yield Searched(theorem=check.id, checks=number + 1)
                else:
                    open_.appendleft(theorem)


def _plan(theorem: Theorem, seed: int) -> Iterator[tuple[str, str]]:
    """(script, proof) in the order they are tried, each text once."""
    names = definitions(theorem)
    parsed = parse_statement(theorem.statement)
    types = parsed.variables() if parsed is not None else {}
    known = declarations(theorem.header)
    variables = {
        "inductive": [n for n, kind in types.items() if kind == "Nat" or kind.startswith("List ")],
        "cases": [
            n for n, kind in types.items() if kind == "Bool" or (kind in known and known[kind].kind in TYPES)
        ],
        "recursive": recursive(known, names),
    }
    general = random.Random(f"search {seed} {theorem.name}").sample(GENERAL_SCRIPTS, len(GENERAL_SCRIPTS))
    seen = set()
    for script in (*general, *FURTHER_SCRIPTS):
        for proof in script_proofs(script, names, variables):
            if proof not in seen:
                seen.add(proof)
                yield script, proof
