"""One line of metrics.jsonl from what a step sampled and what the update did. Pure arithmetic."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.runs import StepMetrics

if TYPE_CHECKING:
    from rl.rollout import Rollout
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
    )


def _share(flags: list[bool]) -> float:
    return sum(flags) / len(flags) if flags else 0.0


def _rate(count: int, seconds: float) -> float:
    return count / seconds if seconds else 0.0
