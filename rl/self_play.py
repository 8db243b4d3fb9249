"""Self-play: every few steps the model writes conjectures, learns which were worth writing, and goes on to train on them.

    conjectures = conjecturer(sampler, pool, number)      data_gen's proposals and funnel, wired in physprover/app/wiring.py
    groups      = rollouts.measure(the kept ones)         how often does the prover prove each?
    trainer.update(proposals with their rewards + groups) conjecturer and prover are one model and improve together
    the kept ones join the training problems

A conjecture is rewarded when the funnel kept it and the prover proves it now and then, not often (STP). A round leaves
`selfplay/round-N.jsonl`, from which a resumed run takes the problems of earlier rounds, and the prover's attempts beside it:
both are what `physprover replay` learns from again.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from physprover.config import RLConfig, RunConfig
from physprover.errors import RunError
from physprover.lean.protocol import Pool
from physprover.models.sampler import Sampler
from physprover.records import Attempt, Record, Theorem, read_jsonl, write_jsonl
from physprover.runs import RunDir
from rl.curriculum import Curriculum
from rl.groups import Group, Sample, training_batch
from rl.rollout import Rollouts
from rl.trainer.build import Trainer

if TYPE_CHECKING:
    from rl.trainer.grpo import UpdateStats

_TURN = 1_000_000  # no refill round of a step has such a number: the draws of a measurement are its own


class Conjecture(Record):
    """One proposal of a round, and what became of it."""

    seed: str  # name of the theorem in the prompt
    attempt: Attempt
    temperature: float | None = None  # at which it was sampled; None = `rl.temperature`
    theorem: Theorem | None = None  # None: the funnel did not keep it
    reason: str = ""  # why not
    proved: int = 0  # of `judged` attempts of the prover
    judged: int = 0
    reward: float = 0.0


class Round(Record):
    """One line of selfplay.jsonl."""

    round: int
    step: int  # the training step before which it ran
    proposals: int
    kept: int  # conjectures that joined the training problems
    solved: int  # of those, proved by some attempt
    rewarded: int
    reasons: dict[str, int]  # why proposals were not kept -> how many
    attempts: int  # of the prover, to measure the conjectures
    moved: bool
    grad_norm: float
    seconds: float


class Conjecturer(Protocol):
    """Proposals of one round, sifted. Deterministic for a deterministic sampler."""

    def conjectures(
        self, sampler: Sampler, pool: Pool, number: int, known: Sequence[Theorem]
    ) -> list[Conjecture]:
        """`known` are the conjectures of earlier rounds; none of them comes again."""
        ...

    def reward(self, proved: int, judged: int) -> float:
        """What a conjecture earns that `proved` of `judged` attempts prove."""
        ...


class SelfPlay:
    """The rounds of one run."""

    def __init__(
        self,
        config: RunConfig,
        run: RunDir,
        conjecturer: Conjecturer,
        sampler: Sampler,
        pool: Pool,
        trainer: Trainer,
        rollouts: Rollouts,
        course: Curriculum,
    ) -> None:
        self._config, self._run, self._conjecturer = config, run, conjecturer
        self._sampler, self._pool, self._trainer = sampler, pool, trainer
        self._rollouts, self._course = rollouts, course
        self._known: list[Theorem] = []
        self._began = time.monotonic()
        (run.path / "selfplay").mkdir(exist_ok=True)

    def due(self, step: int, done: int) -> bool:
        """Whether a round comes before `step`, `done` rounds being finished."""
        every = self._config.rl.self_play_every
        return (step - 1) // every + 1 > done

    def restore(self, done: int) -> None:
        """Take in the problems of finished rounds. Raises RunError when a round's file is gone."""
        for number in range(1, done + 1):
            file = round_file(self._run, number)
            if not file.exists():
                raise RunError(f"{file}: this round of self-play is gone; the run cannot be continued")
            self._join([c.theorem for c in read_jsonl(file, Conjecture) if c.theorem is not None])

    def conjecture(self, number: int, step: int) -> tuple[list[Conjecture], list[Group]]:
        """Proposals with their rewards, and the prover's groups at the kept ones, which have joined the problems."""
        self._began = time.monotonic()
        found = self._conjecturer.conjectures(self._sampler, self._pool, number, self._known)
        skipped = set(self._sampler.skipped([c.theorem for c in found if c.theorem is not None]))
        found = [
            c.replace(theorem=None, reason="prompt too long")
            if c.theorem and c.theorem.name in skipped
            else c
            for c in found
        ]
        kept = [c.theorem for c in found if c.theorem is not None]
        self._join(kept)
        groups = self._rollouts.measure(kept, step, _TURN + number) if kept else []
        return self._rewarded(found, groups), groups

    def learn(self, number: int, step: int, found: Sequence[Conjecture], groups: Sequence[Group]) -> Round:
        """One update on both; records the round. The weights have moved afterwards."""
        stats = self._trainer.update(round_batch(found, groups, self._config.rl))
        write_jsonl(round_file(self._run, number), found)
        write_jsonl(attempts_file(self._run, number), [item for group in groups for item in group.judged])
        line = self._line(number, step, found, groups, stats, time.monotonic() - self._began)
        self._run.append("selfplay.jsonl", line)
        return line

    def _rewarded(self, found: Sequence[Conjecture], groups: Sequence[Group]) -> list[Conjecture]:
        counts = {group.theorem: [r for r in group.rewards if r is not None] for group in groups}
        result = []
        for conjecture in found:
            known = counts.get(conjecture.theorem.name, []) if conjecture.theorem is not None else []
            proved, judged = sum(r >= 1.0 for r in known), len(known)
            reward = self._conjecturer.reward(proved, judged) if judged else 0.0
            result.append(conjecture.replace(proved=proved, judged=judged, reward=reward))
        return result

    def _join(self, theorems: Sequence[Theorem]) -> None:
        self._known += theorems
        self._rollouts.add(theorems)
        self._course.extend(theorems)

    def _line(
        self,
        number: int,
        step: int,
        found: Sequence[Conjecture],
        groups: Sequence[Group],
        stats: UpdateStats,
        seconds: float,
    ) -> Round:
        reasons = Counter(conjecture.reason for conjecture in found if conjecture.theorem is None)
        return Round(
            round=number,
            step=step,
            proposals=len(found),
            kept=sum(c.theorem is not None for c in found),
            solved=sum(c.proved > 0 for c in found),
            rewarded=sum(c.reward > 0 for c in found),
            reasons=dict(reasons.most_common(20)),
            attempts=sum(len(group.judged) for group in groups),
            moved=stats.moved,
            grad_norm=stats.grad_norm,
            seconds=seconds,
        )


def round_file(run: RunDir, number: int) -> Path:
    """The `Conjecture`s of a round."""
    return run.path / "selfplay" / f"round-{number}.jsonl"


def attempts_file(run: RunDir, number: int) -> Path:
    """The `JudgedAttempt`s at those that were kept."""
    return run.path / "selfplay" / f"round-{number}-attempts.jsonl"


def round_batch(found: Sequence[Conjecture], groups: Sequence[Group], rl: RLConfig) -> list[Sample]:
    """What the trainer learns from a round: `groups` are the prover's at the kept conjectures."""
    return [*lessons(found), *training_batch(groups, rl)]


def lessons(found: Sequence[Conjecture]) -> list[Sample]:
    """GRPO samples of the conjecturer: the proposals about one seed are a group."""
    by_seed: dict[str, list[Conjecture]] = {}
    for conjecture in found:
        by_seed.setdefault(conjecture.seed, []).append(conjecture)
    result = []
    for members in by_seed.values():
        rewards = [m.reward for m in members]
        mean = sum(rewards) / len(rewards)
        if max(rewards) > min(rewards):
            result += [
                Sample.of(m.attempt, m.reward - mean, m.temperature) for m in members if m.attempt.token_ids
            ]
    return result
