"""The text of `physprover plan`: plans side by side, and what was assumed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rl.planning.capacity import GIB, checkpoint_bytes, divided, sampler_need, trainer_need
from rl.planning.plan import disk_bytes, shape_of
from rl.planning.step_time import BANDWIDTH_SHARE, PREFILL_SHARE, TRAIN_SHARE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rl.planning.plan import Plan


def table(plans: list[Plan]) -> str:
    """Side by side, one column a plan."""
    rows = [_column(plan) for plan in plans]
    lines = [f"{label:<26}" + "".join(f"{row[label]:>24}" for row in rows) for label in rows[0]]
    return "\n".join([*lines, "", *_assumptions(plans[0])])


def _column(plan: Plan) -> dict[str, str]:
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


def _assumptions(plan: Plan) -> Iterator[str]:
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
            "Planned with the trainer's model divided over its GPUs, which this version does not do: it trains whole copies, "
            "one a GPU (cluster.trainer_processes = cluster.trainer_gpus)."
        )
    if cluster.trainer_processes > 1:
        yield (
            f"{cluster.trainer_processes} trainer processes, a whole copy of the model each; {plan.config.rl.exchange.name} "
            "exchange once an update, whose time is not counted."
        )
