"""Recorded rollouts fed to the trainer again: no sampler, no Lean, the same updates.

    physprover replay runs/quickstart --out runs/other-rate --set rl.optimizer.learning_rate=1e-5

With the settings of the recording the weights come out the same, byte for byte; with others one sees what they would have
made of the same attempts (off-policy as soon as the weights part, which the importance ratio shows). Rewards are those
recorded, with what `rl.insight` added; rounds of self-play and of expert iteration come again between the steps they came between.
"""

from __future__ import annotations

import contextlib
import itertools
import time
from collections import deque
from collections.abc import Iterable, Iterator

from physprover.config import RunConfig
from physprover.config_file import with_preset
from physprover.dataset import data_path, load_theorems
from physprover.errors import RunError
from physprover.files import locked
from physprover.progress import Progress
from physprover.records import JudgedAttempt, read_jsonl
from physprover.runs import RunDir, refuse_other_model
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.cluster import cluster
from rl.expert import ExpertRound, Target, learn, targets_file
from rl.groups import Sample, by_theorem, training_batch
from rl.metrics import step_metrics
from rl.rollout import Rollout
from rl.self_play import Conjecture, Round, attempts_file, round_batch, round_file
from rl.setup import start_model, trainer_of
from rl.validation import refuse_impossible


def replay(config: RunConfig, recorded: RunDir, out: RunDir, progress: Progress) -> None:
    """Train from the attempts of `recorded`, starting where that run started; metrics and the last weights go to `out`.

    Raises RunError when there is nothing recorded, when the recording lacks what the trainer saw, when
    another model has been put in the place of its own, or when `out` is in use.
    """
    config = with_preset(config)
    refuse_impossible(config)
    refuse_other_model(config)
    _refuse_incomplete(recorded)
    if (out.path / "metrics.jsonl").exists():
        raise RunError(f"{out.path}: holds a run already; choose another folder")
    start = start_model(config, recorded)
    several = config.cluster.trainer_processes > 1
    with (
        locked(out.path),
        progress.stage("replay", None) as stage,
        cluster(config) if several else contextlib.nullcontext(),
        trainer_of(config, out, start, None) as trainer,
    ):
        state = LoopState()
        rounds = deque(recorded.read("selfplay.jsonl", Round))
        experts = deque(recorded.read("expert.jsonl", ExpertRound))
        problems = load_theorems(data_path(config, recorded.path), "train") if experts else []
        for rollout in rollouts(read_jsonl(recorded.path / "attempts.jsonl", JudgedAttempt)):
            if rollout.step > config.rl.steps:
                break
            while experts and experts[0].step <= rollout.step:
                number = experts.popleft().round
                learn(
                    config,
                    trainer,
                    list(read_jsonl(targets_file(recorded, number), Target)),
                    problems,
                    number,
                )
            while rounds and rounds[0].step <= rollout.step:
                trainer.update(_round_batch(config, recorded, rounds.popleft().round))
            began = time.monotonic()
            batch = training_batch(rollout.groups, config.rl)
            staleness = max((rollout.step - 1 - sample.version for sample in batch), default=0)
            stats = trainer.update(batch)
            metrics = step_metrics(rollout, stats, time.monotonic() - began, staleness)
            out.append("metrics.jsonl", metrics)
            state = state.replace(step=rollout.step)
            ratio = {} if metrics.ratio_mean is None else {"ratio": round(metrics.ratio_mean, 3)}
            stage.advance(1, reward=round(metrics.reward, 3), **ratio)
        checkpoint.save(out, state, trainer.write, None)


def rollouts(judged: Iterable[JudgedAttempt]) -> Iterator[Rollout]:
    """The recorded steps, in order, with their groups in the order they were sampled."""
    for step, items in itertools.groupby(judged, key=lambda item: item.step):
        yield Rollout(step=step, groups=by_theorem(items))


def _refuse_incomplete(recorded: RunDir) -> None:
    """Raises RunError for a recording that lacks what the trainer saw."""
    file = recorded.path / "attempts.jsonl"
    if not file.exists():
        raise RunError(f"{recorded.path}: no recorded attempts to replay")
    for line in recorded.read("selfplay.jsonl", Round):
        if not attempts_file(recorded, line.round).exists():
            raise RunError(
                f"{recorded.path}: self-play round {line.round} left no attempts: not to be replayed"
            )


def _round_batch(config: RunConfig, recorded: RunDir, number: int) -> list[Sample]:
    found = list(read_jsonl(round_file(recorded, number), Conjecture))
    groups = by_theorem(read_jsonl(attempts_file(recorded, number), JudgedAttempt))
    return round_batch(found, groups, config.rl)
