"""One line of metrics.jsonl from what a step sampled and what the update did. Pure arithmetic."""

from __future__ import annotations

import importlib.util
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from physprover.config import RunConfig
from physprover.errors import ConfigError, RunError, first_line
from physprover.runs import RunDir, StepMetrics
from rl.rollout import Rollout

if TYPE_CHECKING:
    from rl.trainer.grpo import UpdateStats


def step_metrics(
    rollout: Rollout,
    update: UpdateStats,
    seconds: float,
    staleness: int,
    blocked: float = 0.0,
    peak_flops: float = 0.0,
) -> StepMetrics:
    """`seconds` is the wall clock since the step before was recorded, `blocked` what of it the driver waited for attempts;
    `staleness` is the age of the oldest attempt, in updates, `peak_flops` those of all trainer GPUs (0 on the CPU). What an
    update alone can say is None where there was nothing to learn from."""
    judged = rollout.judged
    learnt = update.tokens > 0
    lengths = [len(item.attempt.token_ids) for item in judged]
    rewards = [reward for item in judged if (reward := item.verdict.reward) is not None]
    return StepMetrics(
        step=rollout.step,
        reward=sum(rewards) / len(rewards) if rewards else 0.0,
        attempts=len(judged),
        judged=len(rewards),
        proved=sum(reward == 1.0 for reward in rewards),
        outcomes=dict(sorted(Counter(item.verdict.outcome.value for item in judged).items())),
        zero_variance=_share([not group.informative for group in rollout.groups]),
        refills=rollout.refills,
        cached=rollout.cached,
        loss=update.loss,
        grad_norm=update.grad_norm,
        kl=update.kl if learnt else None,
        ratio_mean=update.ratio_mean if learnt else None,
        clipped=update.clipped if learnt else None,
        staleness=staleness,
        entropy=update.entropy if learnt else None,
        answer_tokens=sum(lengths) / max(1, len(lengths)),
        truncated=_share([item.attempt.truncated for item in judged]),
        sampled_tokens_per_second=_rate(sum(lengths), rollout.seconds_sampling),
        trained_tokens_per_second=_rate(update.tokens, update.seconds),
        mfu=update.flops / update.seconds / peak_flops if learnt and peak_flops and update.seconds else None,
        moved=update.moved,
        canaries=rollout.canaries,
        shaping=sum(item.shaping for item in judged) / max(1, len(rewards)),
        seconds=seconds,
        seconds_sampling=rollout.seconds_sampling,
        seconds_judging=rollout.seconds_judging,
        seconds_training=update.seconds,
        seconds_waiting=rollout.seconds_waiting,
        seconds_blocked=blocked,
        seconds_sampler_idle=rollout.seconds_sampler_idle,
        dropped=rollout.dropped,
    )


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds else 0.0


# -- Where metrics also go, besides metrics.jsonl: TensorBoard, trackio or wandb, by the one setting `tracker`. --
#
# Only what metrics.jsonl holds is sent. The run's own records stay the truth: they alone are read for resume and report.


@contextmanager
def tracking(config: RunConfig, run: RunDir, step: int) -> Iterator[Callable[[StepMetrics], None]]:
    """What takes a step's metrics to the service that `config.tracker` names, going on after `step`; "none" takes them nowhere.

    Raises ConfigError when the service's package is missing, RunError when it does not start.
    """
    if config.tracker == "none":
        yield lambda _: None
        return
    tracker = _started(config, run, step)
    try:
        yield lambda metrics: tracker.log(figures(metrics), step=metrics.step)
    finally:
        tracker.finish()


def _started(config: RunConfig, run: RunDir, step: int) -> Any:
    """One of accelerate's trackers."""
    kind = config.tracker
    if importlib.util.find_spec(kind) is None:
        raise ConfigError(f"tracker = \"{kind}\" needs the package: pip install 'physprover[track]'")
    from accelerate import tracking

    settings = config.model_dump(mode="json", exclude={"cluster": {"address"}})
    try:
        # A resumed run goes on in the same curve: what was drawn after the checkpoint is drawn again.
        tracker: Any
        if kind == "tensorboard":
            tracker = tracking.TensorBoardTracker("tensorboard", run.path, purge_step=step + 1)
        elif kind == "trackio":
            tracker = tracking.TrackioTracker("physprover", name=config.name, resume="allow")
        else:
            tracker = tracking.WandBTracker(
                "physprover", name=config.name, id=config.name, resume="allow", dir=str(run.path)
            )
        tracker.start()
        if kind != "tensorboard":  # TensorBoard would open a run of its own for them
            tracker.store_init_configuration(settings)
    except Exception as error:  # each service has errors of its own: no account, no network, a full disk
        raise RunError(f"tracker {kind}: {first_line(error)}") from None
    return tracker


def figures(metrics: StepMetrics) -> dict[str, float]:
    """Plain numbers by name, verdict classes as shares of the attempts."""
    plain = {
        f"rl/{name}": float(value)
        for name, value in metrics.model_dump(exclude={"step", "outcomes"}).items()
        if isinstance(value, int | float)
    }
    shares = {
        f"verdicts/{name}": count / metrics.attempts
        for name, count in metrics.outcomes.items()
        if metrics.attempts
    }
    return plain | shares
