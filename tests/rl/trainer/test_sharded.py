"""A divided trainer (FSDP2) in real gloo processes against one process: loss, update, memory, checkpoints, LoRA."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from transformers import AutoModelForCausalLM

from physprover.config import OptimizerConfig, RunConfig
from rl.groups import Sample
from rl.trainer.batches import Whole, shard
from rl.trainer.grpo import GroupTrainer
from rl.trainer.sharded import ShardedTrainer
from tests.rl.conftest import build_model, build_tokenizer, random_samples, run_config
from tests.rl.distributed.processes import run

STEPS = 20


def config_of(optimizer: str = "adamw", rank: int | None = None, **rl: Any) -> RunConfig:
    rate = 3e-3 if optimizer == "adamw" else 1e-3
    config = run_config(
        optimizer=OptimizerConfig(name=optimizer, learning_rate=rate), steps=STEPS, max_grad_norm=0.5, **rl
    )
    cluster = config.cluster.model_copy(update={"trainer_processes": 4, "trainer_sharding": "fsdp2"})
    model = config.model.model_copy(update={"lora_rank": rank})
    return config.model_copy(update={"cluster": cluster, "model": model})


def batch(seed: int) -> list[Sample]:
    return random_samples(build_model(), groups=5, seed=seed)


def alone(path: Path, config: RunConfig) -> GroupTrainer:
    return GroupTrainer(AutoModelForCausalLM.from_pretrained(path), build_tokenizer(), config, path / "out")


# -- On each rank --


def _open(path: Path, config: RunConfig, latest: Path | None = None) -> ShardedTrainer:
    world = str(dist.get_world_size())
    os.environ |= {
        "RANK": str(dist.get_rank()),
        "LOCAL_RANK": str(dist.get_rank()),
        "WORLD_SIZE": world,
        "LOCAL_WORLD_SIZE": world,
        "MASTER_ADDR": "127.0.0.1",
    }
    from rl.trainer.build import open_rank

    return open_rank(config, path / "out", str(path), latest)  # type: ignore[return-value]


def _step(trainer: ShardedTrainer, samples: list[Sample]) -> dict[str, float]:
    """The whole batch's figures, as the driver adds them up."""
    part = shard(samples, dist.get_world_size())[dist.get_rank()]
    stats = trainer.update_part(part, Whole.of(samples))
    sums = torch.tensor([stats.loss, stats.kl, stats.ratio_mean, stats.entropy], dtype=torch.float64)
    dist.all_reduce(sums)
    return {"loss": float(sums[0]), "kl": float(sums[1]), "ratio": float(sums[2]), "norm": stats.grad_norm}


def _train(
    path: Path, config: RunConfig, steps: int
) -> tuple[list[dict[str, float]], dict[str, torch.Tensor]]:
    trainer = _open(path, config)
    figures = [_step(trainer, batch(seed)) for seed in range(steps)]
    return figures, trainer.weights()


def _bytes(path: Path) -> dict[str, int]:
    """Parameter, gradient, reference and optimizer bytes of this process after a backward pass and a step."""
    trainer = _open(path, config_of("stosignsgd", kl=0.1))
    held: dict[str, int] = {}
    original = trainer._clip

    def clip() -> float:
        held["gradients"] = sum(_size(p.grad) for p in trainer.model.parameters() if p.grad is not None)
        return original()

    trainer._clip = clip  # type: ignore[method-assign]
    _step(trainer, batch(0))
    held["weights"] = sum(_size(p) for p in trainer.model.parameters())
    held["reference"] = sum(_size(p) for p in trainer.ref_model.parameters())
    held["state"] = sum(
        _size(value)
        for entry in trainer.optimizer.state.values()
        for value in entry.values()
        if isinstance(value, torch.Tensor)
    )
    return held


def _size(tensor: torch.Tensor) -> int:
    local = tensor.to_local() if hasattr(tensor, "to_local") else tensor
    return local.numel() * local.itemsize


def _saved(path: Path, config: RunConfig, folder: Path) -> dict[str, torch.Tensor]:
    """Two steps, a checkpoint, two more."""
    trainer = _open(path, config)
    for seed in range(2):
        _step(trainer, batch(seed))
    if dist.get_rank() == 0:
        folder.mkdir()
    dist.barrier()
    trainer.write(folder)
    dist.barrier()
    for seed in range(2, 4):
        _step(trainer, batch(seed))
    return trainer.weights()


def _resumed(path: Path, config: RunConfig, folder: Path) -> dict[str, torch.Tensor]:
    trainer = _open(path, config, folder)
    for seed in range(2, 4):
        _step(trainer, batch(seed))
    return trainer.weights()


# -- Here --


def close(mine: dict[str, torch.Tensor], theirs: dict[str, torch.Tensor], atol: float = 2e-5) -> None:
    assert mine.keys() == theirs.keys()
    for name, value in theirs.items():
        torch.testing.assert_close(mine[name], value, atol=atol, rtol=1e-4)


@pytest.mark.slow
@pytest.mark.parametrize("world", [2, 4])
def test_the_loss_and_the_weights_of_one_process_over_many_steps(
    warm_start: Path, tmp_path: Path, world: int
) -> None:
    config = config_of(kl=0.05)
    trainer = alone(warm_start, config)
    expected = [trainer.update(batch(seed)) for seed in range(STEPS)]
    ranks = run(_train, world, tmp_path, warm_start, config, STEPS)
    figures, weights = ranks[0]
    assert all(other[0] == figures for other in ranks)
    assert all(not other[1] for other in ranks[1:]), "only rank 0 holds the gathered weights"
    for mine, theirs in zip(figures, expected, strict=True):
        assert mine["loss"] == pytest.approx(theirs.loss, abs=1e-4)
        assert mine["kl"] == pytest.approx(theirs.kl, abs=1e-4)
        assert mine["norm"] == pytest.approx(theirs.grad_norm, rel=1e-2)
    assert figures[-1]["kl"] > 1e-4, "the reference stays where the model began"
    close(weights, trainer.weights(), atol=2e-3)


def test_stosignsgd_draws_the_noise_of_one_process(warm_start: Path, tmp_path: Path) -> None:
    """Every weight moves by the rate, up or down; the same way but where the gradient's rounding decides."""
    config = config_of("stosignsgd")
    before = {name: value.clone() for name, value in alone(warm_start, config).weights().items()}
    trainer = alone(warm_start, config)
    trainer.update(batch(0))
    (_, weights), _ = run(_train, 2, tmp_path, warm_start, config, 1)
    same = moved = 0
    for name, value in trainer.weights().items():
        mine, theirs = weights[name] - before[name], value - before[name]
        moved += int((theirs != 0).sum())
        same += int((torch.sign(mine) == torch.sign(theirs))[theirs != 0].sum())
    assert moved > 10_000
    assert same / moved > 0.999


def test_each_of_four_processes_holds_a_quarter(warm_start: Path, tmp_path: Path) -> None:
    trainer = alone(warm_start, config_of("stosignsgd", kl=0.1))
    whole = sum(p.numel() * p.itemsize for p in trainer.model.parameters())
    for held in run(_bytes, 4, tmp_path, warm_start):
        assert held["weights"] <= 0.3 * whole
        assert held["gradients"] <= 0.3 * whole
        assert held["reference"] <= 0.3 * whole
        assert held["state"] <= 0.3 * 2 * whole  # momentum and maximum, float32
        assert sum(held.values()) <= 0.3 * 5 * whole


@pytest.mark.parametrize(("optimizer", "rank"), [("stosignsgd", None), ("adamw", 2)])
def test_a_checkpoint_of_four_processes_goes_on_in_two(
    warm_start: Path, tmp_path: Path, optimizer: str, rank: int | None
) -> None:
    config, folder = config_of(optimizer, rank, kl=0.05), tmp_path / "step-2"
    (tmp_path / "four").mkdir()
    (tmp_path / "two").mkdir()
    unbroken = run(_saved, 4, tmp_path / "four", warm_start, config, folder)[0]
    plain = AutoModelForCausalLM.from_pretrained(folder)
    assert len(list(folder.glob("model-*-of-00004.safetensors"))) == 4
    largest = max(file.stat().st_size for file in folder.glob("model-*.safetensors"))
    assert largest < 0.6 * sum(file.stat().st_size for file in folder.glob("model-*.safetensors"))
    assert plain.state_dict().keys() >= unbroken.keys()
    resumed = run(_resumed, 2, tmp_path / "two", warm_start, config, folder)[0]
    if optimizer == "adamw":
        close(resumed, unbroken)
        return
    for name, value in unbroken.items():  # signs: the rounding of the sum of gradients decides a few
        assert float((resumed[name] != value).float().mean()) < 0.01, name
