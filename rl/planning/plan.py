"""What a run costs on a cluster: tokens, hours, Lean's share, disk, and the fastest division of its GPUs.

Plain arithmetic over the config, the model's shape and a few stated efficiencies; no torch, nothing measured. Memory is
`rl/planning/capacity.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from physprover.config import RunConfig
from physprover.config_file import with_preset
from physprover.errors import ConfigError
from rl.planning.capacity import (
    GIB,
    Architecture,
    architecture,
    checkpoint_bytes,
    divided,
    sampler_need,
    trainer_need,
)

GPUS_A_NODE = 8
_RECORD_BYTES = 24  # of attempts.jsonl, for one token with its log-probability and text


@dataclass(frozen=True, slots=True)
class ClusterPlan:
    """One way to spread a run over GPUs."""

    config: RunConfig
    workload: Workload
    step: Step

    @property
    def attempts(self) -> int:
        """Of the whole run, without refills."""
        rl = self.config.rl
        return rl.steps * rl.problems_per_step * rl.group_size

    @property
    def tokens(self) -> float:
        return self.attempts * (self.workload.prompt_tokens + self.workload.answer_tokens)

    @property
    def hours(self) -> float:
        """Wall clock of the RL steps."""
        return self.config.rl.steps * self.step.seconds / 3600

    @property
    def lean_hours(self) -> float:
        """CPU hours."""
        return self.attempts * self.workload.check_seconds / 3600


def make_plan(config: RunConfig, workload: Workload) -> ClusterPlan:
    """Cost of `config` as it stands. Raises ConfigError when the model's shape is unknown or it does not fit."""
    from rl.validation import conflicts

    shape = shape_of(config)
    for conflict in conflicts(config):
        raise ConfigError(conflict)
    return ClusterPlan(config, workload, step_time(config, shape, workload))


def best_plan(config: RunConfig, gpus: int, workload: Workload) -> ClusterPlan:
    """The fastest division of `gpus` between trainer and samplers that fits; ConfigError says why none does."""
    plans = []
    reason = f"{gpus} GPUs cannot be divided between a trainer and a sampler"
    for split in _divisions(config, gpus):
        try:
            plans.append(make_plan(split, workload))
        except ConfigError as error:
            reason = str(error)
    if not plans:
        raise ConfigError(f"no division of {gpus} GPUs fits; the last one tried: {reason}")
    return min(plans, key=lambda plan: plan.step.seconds)


def shape_of(config: RunConfig) -> Architecture:
    """The architecture of `model.path`; ConfigError when its size is unknown."""
    shape = architecture(config)
    if shape is None:
        raise ConfigError(
            f"{config.model.path}: the size of this model is unknown; give model.path a folder with its config.json"
        )
    return shape


def plan_run(
    config: RunConfig,
    gpus: Sequence[int],
    prompt_tokens: float | None,
    answer_tokens: float | None,
    check_seconds: float | None,
) -> str:
    """The table to print: the config as it stands, or the best division of each number of `gpus`.

    Raises ConfigError for a config that cannot fit.
    """
    config = with_preset(config)
    workload = Workload.of(config, prompt_tokens, answer_tokens, check_seconds)
    if not gpus and not config.cluster.gpus:
        raise ConfigError("cluster.gpus is 0: nothing to plan; say how many with --gpus")
    return table([best_plan(config, count, workload) for count in gpus] or [make_plan(config, workload)])


def disk_bytes(plan: ClusterPlan) -> float:
    """Checkpoints (two kept and one being written) and every attempt."""
    return 3 * checkpoint_bytes(plan.config, shape_of(plan.config)) + _RECORD_BYTES * plan.tokens


def _divisions(config: RunConfig, gpus: int) -> Iterator[RunConfig]:
    split = config.sampler.tensor_parallel
    nodes = math.ceil(gpus / GPUS_A_NODE)
    for trainers in range(1, gpus):
        replicas = (gpus - trainers) // split
        if replicas < 1 or (gpus > GPUS_A_NODE and trainers % 2):
            continue  # odd counts do not divide evenly over nodes
        if config.cluster.trainer_sharding == "fsdp2" and trainers == 1:
            continue
        cluster = config.cluster.model_copy(
            update={
                "gpus": gpus,
                "trainer_gpus": trainers,
                "trainer_processes": 1 if divided(config) else trainers,
                "nodes": max(nodes, config.cluster.nodes),
            }
        )
        sampler = config.sampler.model_copy(update={"replicas": replicas})
        yield config.model_copy(update={"cluster": cluster, "sampler": sampler})


# -- The text of `physprover plan`: plans side by side, and what was assumed. --


def table(plans: list[ClusterPlan]) -> str:
    """Side by side, one column a plan."""
    rows = [_column(plan) for plan in plans]
    lines = [f"{label:<26}" + "".join(f"{row[label]:>24}" for row in rows) for label in rows[0]]
    return "\n".join([*lines, "", *_assumptions(plans[0])])


def _column(plan: ClusterPlan) -> dict[str, str]:
    config, step = plan.config, plan.step
    shape, cluster = shape_of(config), config.cluster
    rl = config.rl
    return {
        "GPUs": f"{cluster.gpus} on {cluster.nodes} node{'s' * (cluster.nodes > 1)}",
        "trainer + samplers": f"{cluster.trainer_gpus} + {config.sampler.replicas} x {config.sampler.tensor_parallel}",
        "trainer memory, a GPU": f"{trainer_need(config, shape).total / GIB:.0f} GiB",
        "sampler memory, a GPU": f"{sampler_need(config, shape).total / GIB:.0f} GiB",
        "attempts": f"{plan.attempts:,} in {rl.steps} steps",
        "tokens": f"{plan.tokens / 1e6:,.0f} M",
        "a step": f"{step.seconds:,.0f} s",
        "  sampling": f"{step.sampling:,.0f} s",
        f"  Lean, {config.engine.workers} workers a node": f"{step.judging:,.0f} s",
        "  training": f"{step.training:,.0f} s",
        "  weights to samplers": f"{step.hand_over:,.1f} s",
        "bottleneck": step.bottleneck,
        "wall clock": f"{plan.hours:,.1f} h",
        "GPU-hours": f"{plan.hours * cluster.gpus:,.0f}",
        "Lean CPU-hours": f"{plan.lean_hours:,.0f}",
        "Lean memory, a node": f"{config.engine.workers * config.engine.memory_gb:,.0f} GB at most",
        "a checkpoint": f"{checkpoint_bytes(config, shape) / GIB:,.0f} GiB, every {rl.save_every} steps",
        "disk": f"{disk_bytes(plan) / GIB:,.0f} GiB",
    }


def _assumptions(plan: ClusterPlan) -> Iterator[str]:
    work, cluster = plan.workload, plan.config.cluster
    yield (
        f"Assumed: {work.prompt_tokens:,.0f} prompt and {work.answer_tokens:,.0f} answer tokens an attempt, "
        f"{work.check_seconds:g} CPU seconds of Lean;"
    )
    yield (
        f"a GPU of {cluster.gpu_tflops:g} TFLOP/s (bfloat16) and {cluster.gpu_bandwidth_tb:g} TB/s, of which training "
        f"reaches {TRAIN_SHARE:.0%}, prompts {PREFILL_SHARE:.0%}, decoding {BANDWIDTH_SHARE:.0%}."
    )
    yield "RL steps only; refills, evaluation and starts come on top. Calculated, not measured."
    if divided(plan.config):
        yield (
            'Planned with the trainer\'s model divided over its GPUs: set cluster.trainer_sharding = "fsdp2" and '
            "cluster.trainer_processes = cluster.trainer_gpus."
        )
    if cluster.trainer_processes > 1:
        held = "an equal part" if cluster.trainer_sharding == "fsdp2" else "a whole copy"
        yield (
            f"{cluster.trainer_processes} trainer processes, {held} of the model each; {plan.config.rl.exchange.name} "
            "exchange once an update, whose time is not counted."
        )


# -- How long one RL step takes, stage by stage, and which stage everything waits for. --
#
# Sampling is read from memory bandwidth (decoding) and arithmetic (prompts), training from arithmetic, Lean from its
# workers.

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
    # Gradient checkpointing runs forward twice
    passes = (4 if config.model.lora_rank is not None else 6) * 4 / 3
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
