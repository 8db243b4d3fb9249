"""Recorded rollouts fed to the trainer again: no sampler, no Lean, the same updates.

    physprover replay runs/quickstart --out runs/other-rate --set rl.optimizer.learning_rate=1e-5

With the settings of the recording the weights come out the same, byte for byte; with others one sees what they would have
made of the same attempts (off-policy as soon as the weights part, which the importance ratio shows).
"""

from __future__ import annotations

import contextlib
import itertools
import time
from typing import TYPE_CHECKING

from physprover.errors import RunError
from physprover.records import JudgedAttempt, read_jsonl
from rl import checkpoint, presets
from rl.checkpoint import LoopState
from rl.explain import refuse_impossible
from rl.groups import Group, samples
from rl.metrics import step_metrics
from rl.opening import start_model, trainer_of
from rl.remote import cluster
from rl.rollout import Rollout

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from physprover.config import RunConfig
    from physprover.progress import Progress
    from physprover.runs import RunDir


def replay(config: RunConfig, recorded: RunDir, out: RunDir, progress: Progress) -> None:
    """Train from the attempts of `recorded`, starting where that run started; metrics and the last weights go to `out`.

    Raises RunError when there is nothing recorded or `out` is in use already.
    """
    config = presets.resolve(config)
    refuse_impossible(config)
    file = recorded.path / "attempts.jsonl"
    if not file.exists():
        raise RunError(f"{recorded.path}: no recorded attempts to replay")
    if (out.path / "metrics.jsonl").exists():
        raise RunError(f"{out.path}: holds a run already; choose another folder")
    start = start_model(config, recorded)
    several = config.cluster.trainer_processes > 1
    with (
        checkpoint.locked(out),
        progress.stage("replay", None) as stage,
        cluster(config) if several else contextlib.nullcontext(),
        trainer_of(config, out, start, None) as trainer,
    ):
        state = LoopState()
        for rollout in rollouts(read_jsonl(file, JudgedAttempt)):
            if rollout.step > config.rl.steps:
                break
            began = time.monotonic()
            batch = samples(rollout.groups, config.rl.scale_rewards)
            staleness = max((rollout.step - 1 - sample.version for sample in batch), default=0)
            stats = trainer.update(batch)
            metrics = step_metrics(rollout, stats, time.monotonic() - began, staleness)
            out.append("metrics.jsonl", metrics)
            state = state.replace(step=rollout.step)
            stage.advance(1, reward=round(metrics.reward, 3), ratio=round(metrics.ratio_mean, 3))
        checkpoint.save(out, state, trainer.write, None)


def rollouts(judged: Iterable[JudgedAttempt]) -> Iterator[Rollout]:
    """The recorded steps, in order, with their groups in the order they were sampled."""
    for step, items in itertools.groupby(judged, key=lambda item: item.step):
        groups: dict[str, list[JudgedAttempt]] = {}
        for item in items:
            groups.setdefault(item.attempt.theorem, []).append(item)
        yield Rollout(
            step=step,
            groups=tuple(Group(theorem=name, judged=tuple(members)) for name, members in groups.items()),
        )
