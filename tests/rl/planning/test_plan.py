"""The capacity planner: figures that can be checked by hand, and what it refuses before anything is allocated."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.config import RunConfig
from physprover.config_file import load_config, parse_config, with_preset
from physprover.errors import ConfigError
from rl.planning.capacity import (
    GB,
    KNOWN,
    architecture,
    available_memory,
    checkpoint_bytes,
    short_of_memory,
    trainer_need,
)
from rl.planning.plan import TRAIN_SHARE, Workload, best_plan, make_plan, plan_run
from rl.validation import conflicts

CONFIGS = Path(__file__).parents[3] / "configs"
SEVEN = KNOWN["deepseek-ai/DeepSeek-Prover-V2-7B"]


def paper(**changes: object) -> RunConfig:
    return with_preset(load_config(CONFIGS / "physprover-7b.toml")).model_copy(update=changes)


def test_figures_of_the_paper_by_hand() -> None:
    plan = make_plan(paper(), Workload(prompt_tokens=1000, answer_tokens=500, check_seconds=6))
    assert plan.attempts == 43 * 256 * 8
    assert plan.tokens == 43 * 2048 * 1500
    assert plan.lean_hours == pytest.approx(43 * 2048 * 6 / 3600)
    assert plan.step.judging == pytest.approx(2048 * 6 / 64)
    # forward and backward with checkpointing (8 operations a weight and token) and the reference's forward (2)
    assert plan.step.training == pytest.approx(10 * SEVEN.parameters * 2048 * 1500 / (312e12 * TRAIN_SHARE))
    assert not plan.step.ahead
    assert plan.step.seconds == pytest.approx(
        max(plan.step.sampling, plan.step.judging) + plan.step.training + plan.step.hand_over
    )
    # bfloat16 weights, and a byte each for StoSignSGD's momentum and maximum
    assert checkpoint_bytes(paper(), SEVEN) == pytest.approx(4 * SEVEN.parameters)


def test_sampling_reads_the_weights_once_a_token() -> None:
    """One problem of two attempts on one GPU: decoding is bound by reading weights and a short cache."""
    rl = paper().rl.model_copy(update={"problems_per_step": 1, "group_size": 2})
    sampler = paper().sampler.model_copy(update={"replicas": 1})
    work = Workload(prompt_tokens=1, answer_tokens=2048, check_seconds=1)
    step = make_plan(paper(rl=rl, sampler=sampler), work).step
    weights_alone = 2048 * 2 * SEVEN.parameters / (2e12 * 0.6)
    assert weights_alone < step.sampling < 1.2 * weights_alone


@pytest.mark.parametrize(
    ("check", "trainers", "samplers", "bottleneck"),
    [(60.0, 4, 1, "Lean"), (0.1, 4, 1, "sampling"), (0.1, 1, 7, "training")],
)
def test_it_says_what_everything_waits_for(
    check: float, trainers: int, samplers: int, bottleneck: str
) -> None:
    engine = paper().engine.model_copy(update={"workers": 16})
    sampler = paper().sampler.model_copy(update={"replicas": samplers})
    rl = paper().rl.model_copy(update={"kl": 0.0})
    cluster = paper().cluster.model_copy(update={"trainer_gpus": trainers, "trainer_processes": trainers})
    work = Workload(prompt_tokens=500, answer_tokens=2048, check_seconds=check)
    config = paper(engine=engine, sampler=sampler, rl=rl, cluster=cluster)
    assert make_plan(config, work).step.bottleneck == bottleneck


@settings(max_examples=20)
@given(st.integers(8, 40), st.floats(100, 2048), st.floats(1, 60))
def test_more_gpus_are_never_slower(gpus: int, answer: float, check: float) -> None:
    work = Workload(prompt_tokens=800, answer_tokens=answer, check_seconds=check)
    few, many = best_plan(paper(), gpus, work), best_plan(paper(), 2 * gpus, work)
    assert many.step.seconds <= few.step.seconds * (1 + 1e-9)
    for plan in (few, many):
        assert plan.config.cluster.trainer_gpus + plan.config.sampler.replicas <= plan.config.cluster.gpus


def test_means_beyond_the_limits_are_the_limits() -> None:
    work = Workload.of(paper(), 1e9, None, 1e9)
    assert (work.prompt_tokens, work.answer_tokens, work.check_seconds) == (4096, 2048, 60)


def test_eight_and_sixty_four_gpus_side_by_side() -> None:
    text = plan_run(load_config(CONFIGS / "physprover-7b.toml"), (8, 64), 1200, 700, 10)
    for word in ("8 on 1 node", "64 on 8 nodes", "GPU-hours", "Lean CPU-hours", "checkpoint", "bottleneck"):
        assert word in text


def test_what_cannot_fit_is_refused() -> None:
    small = paper(cluster=paper().cluster.model_copy(update={"gpu_memory_gb": 16}))
    with pytest.raises(ConfigError, match="GiB a GPU, which has 16"):
        make_plan(small, Workload.of(small))
    with pytest.raises(ConfigError, match="no division of 8 GPUs fits"):
        best_plan(small, 8, Workload.of(small))
    with pytest.raises(ConfigError, match=r"cluster\.gpus is 0"):
        plan_run(parse_config({}), (), None, None, None)
    unknown = parse_config({"model": {"path": "nobody/nothing"}, "cluster": {"gpus": 8, "trainer_gpus": 4}})
    with pytest.raises(ConfigError, match="size of this model is unknown"):
        make_plan(unknown, Workload.of(unknown))


def test_the_model_divided_over_half_of_a_node_fits_with_room_to_spare() -> None:
    changes = {"trainer_processes": 4, "trainer_gpus": 4, "trainer_sharding": "fsdp2"}
    sharded = paper(
        cluster=paper().cluster.model_copy(update=changes),
        sampler=paper().sampler.model_copy(update={"replicas": 4}),
    )
    assert not list(conflicts(sharded))
    whole, part = (trainer_need(config, SEVEN).total for config in (paper(), sharded))
    assert part < 0.45 * whole


def test_memory_is_in_the_table() -> None:
    text = plan_run(load_config(CONFIGS / "physprover-7b.toml"), (), None, None, None)
    assert f"{0.85 * 80:.0f} GiB" in text


def test_too_little_memory_is_refused_with_the_way_out() -> None:
    quickstart = load_config(CONFIGS / "quickstart.toml")
    shape = architecture(quickstart)
    assert short_of_memory(quickstart, shape, 8 * GB) == ""
    said = short_of_memory(quickstart, shape, 4 * GB)
    assert said.startswith("4.0 GB of memory are free and this run needs about 4.9 GB (Lean 2.9, ")
    assert "with --set engine.workers=1 it needs 3.9 GB" in said
    assert "free some memory" in short_of_memory(quickstart, shape, 2 * GB)
    one = quickstart.model_copy(update={"engine": quickstart.engine.model_copy(update={"workers": 1})})
    assert short_of_memory(one, shape, 4 * GB) == ""
    assert available_memory() > 0
