"""How long one RL step takes, stage by stage, and which stage everything waits for.

Sampling is read from memory bandwidth (decoding) and arithmetic (prompts), training from arithmetic, Lean from its
workers.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rl.planning.capacity import sampler_need

if TYPE_CHECKING:
    from physprover.config import RunConfig
    from rl.planning.capacity import Architecture

# Shares of the GPU's peak that such loops reach; assumptions, named in the output.
TRAIN_SHARE = 0.35
PREFILL_SHARE = 0.4
BANDWIDTH_SHARE = 0.6
LINK_BYTES = 10e9  # a second, for weights on their way to the samplers


@dataclass(frozen=True, slots=True)
class Workload:
    """Means that a config does not say. Without better knowledge: the limits, which makes every figure an upper bound."""

    prompt_tokens: float
    answer_tokens: float
    check_seconds: float  # CPU seconds of Lean for one attempt

    @classmethod
    def of(
        cls,
        config: RunConfig,
        prompt: float | None = None,
        answer: float | None = None,
        check: float | None = None,
    ) -> Workload:
        """The limits of `config` where nothing is given."""
        model = config.model
        return cls(
            min(prompt or model.max_prompt_tokens, model.max_prompt_tokens),
            min(answer or model.max_new_tokens, model.max_new_tokens),
            min(check or config.engine.seconds, config.engine.seconds),
        )


@dataclass(frozen=True, slots=True)
class Step:
    """Seconds of one RL step, stage by stage."""

    sampling: float
    judging: float
    training: float
    hand_over: float
    ahead: bool  # the next step is sampled while this one is learnt

    @property
    def collecting(self) -> float:
        """Judging streams while sampling goes on: the slower of the two."""
        return max(self.sampling, self.judging)

    @property
    def seconds(self) -> float:
        work = max(self.collecting, self.training) if self.ahead else self.collecting + self.training
        return work + self.hand_over

    @property
    def bottleneck(self) -> str:
        stages = {"sampling": self.sampling, "Lean": self.judging, "training": self.training}
        return max(stages, key=lambda name: stages[name])


def step_time(config: RunConfig, shape: Architecture, work: Workload) -> Step:
    """Seconds of one step of `config` with a model of `shape`."""
    rl, cluster = config.rl, config.cluster
    attempts = rl.problems_per_step * rl.group_size
    flops = cluster.gpu_tflops * 1e12
    tokens = attempts * (work.prompt_tokens + work.answer_tokens)
    passes = (
        (4 if config.model.lora_rank is not None else 6) * 4 / 3
    )  # gradient checkpointing runs forward twice
    if rl.kl > 0:
        passes += 2
    trainers = max(1, cluster.trainer_gpus)
    return Step(
        sampling=_sampling(config, shape, work),
        judging=attempts * work.check_seconds / (config.engine.workers * cluster.nodes),
        training=rl.updates_per_batch * passes * shape.parameters * tokens / (trainers * flops * TRAIN_SHARE),
        hand_over=2.0 * shape.parameters / LINK_BYTES,
        ahead=rl.max_staleness >= 1,
    )


def _sampling(config: RunConfig, shape: Architecture, work: Workload) -> float:
    """Seconds to sample one step: prompts once for each group, answers token by token in as large batches as fit."""
    rl, sampler, cluster = config.rl, config.sampler, config.cluster
    split = sampler.tensor_parallel
    speed = split * cluster.gpu_tflops * 1e12 * PREFILL_SHARE
    groups = math.ceil(rl.problems_per_step / sampler.replicas)
    prefill = 2 * shape.parameters * groups * work.prompt_tokens / speed
    attempts = groups * rl.group_size
    cache = sampler_need(config, shape).parts["key/value cache"] * split
    reached = work.prompt_tokens + work.answer_tokens / 2  # context of an attempt half way through
    together = max(1, min(attempts, int(cache / (shape.cache_bytes * reached))))
    bandwidth = split * cluster.gpu_bandwidth_tb * 1e12 * BANDWIDTH_SHARE
    read = (2.0 * shape.parameters + together * reached * shape.cache_bytes) / bandwidth
    token = max(read, 2 * shape.parameters * together / speed)
    # The longest answer is decoded to its end, however many finish before it.
    longest = config.model.max_new_tokens * 2.0 * shape.parameters / bandwidth
    return float(prefill + max(attempts / together * work.answer_tokens * token, longest))
