"""Several trainer processes against one: the same update, equal copies, one exchange however the batch is dealt."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch
import torch.distributed as dist
from transformers import AutoModelForCausalLM

from physprover.config import ModelConfig, OptimizerConfig, RunConfig
from physprover.errors import RunError
from rl.distributed import EXCHANGES
from rl.groups import Drawn, Sample
from rl.trainer.batches import Whole, shard
from rl.trainer.grpo import GroupTrainer, UpdateStats
from rl.trainer.rank import RankTrainer
from tests.rl.conftest import build_model, build_tokenizer, random_samples, run_config
from tests.rl.distributed.processes import run

LOSSES = ("grpo", "dr_grpo", "dapo", "bnpo")
WORLD = 2


def settings(exchange: str = "dense", **rl: Any) -> RunConfig:
    chosen = {"name": exchange} | ({"run_bytes": 200_000} if exchange.startswith("topk") else {})
    return run_config(exchange=chosen, steps=8, **rl)


def off_policy(samples: list[Sample]) -> list[Sample]:
    """Shifted a little, so that ratio and clipping take part."""
    return [
        replace(s, logprobs=tuple(v + 0.3 * (-1) ** i for i, v in enumerate(s.logprobs))) for s in samples
    ]


def batch(seed: int = 0, groups: int = 5) -> list[Sample]:
    """Every second group as if drawn at another temperature, as conjectures are."""
    samples = off_policy(random_samples(build_model(), groups=groups, seed=seed))
    prompts = list(dict.fromkeys(s.prompt_ids for s in samples))
    return [
        replace(s, drawn=Drawn(temperature=0.6)) if prompts.index(s.prompt_ids) % 2 else s for s in samples
    ]


def gradients(trainer: GroupTrainer) -> dict[str, torch.Tensor]:
    return {n: p.grad.clone() for n, p in trainer.model.named_parameters() if p.grad is not None}


def record(trainer: GroupTrainer, kept: list[dict[str, torch.Tensor]]) -> None:
    """Keep the gradient of each update and do not apply it."""

    def apply() -> float:
        kept.append(gradients(trainer))
        trainer.model_wrapped.zero_grad()
        return 0.0

    trainer._apply_gradient = apply  # type: ignore[method-assign]


def open_rank(path: Path, config: RunConfig) -> RankTrainer:
    return RankTrainer(AutoModelForCausalLM.from_pretrained(path), build_tokenizer(), config, path / "out")


def flat(trainer: GroupTrainer) -> torch.Tensor:
    return torch.cat([p.detach().flatten() for p in trainer.model.parameters()])


def part_of(samples: list[Sample]) -> list[Sample]:
    return shard(samples, WORLD)[dist.get_rank()]


# -- On each rank; what they return travels back to the tests --


def _environment() -> None:
    import os

    os.environ |= {
        "RANK": str(dist.get_rank()),
        "LOCAL_RANK": str(dist.get_rank()),
        "WORLD_SIZE": str(WORLD),
        "LOCAL_WORLD_SIZE": str(WORLD),
        "MASTER_ADDR": "127.0.0.1",
    }


def _everything(path: Path) -> dict[str, Any]:
    _environment()
    return {
        "gradients": _gradients(path),
        "kl": _stats(path, settings(kl=0.5)),
        "lora": _lora(path),
        "uneven": _uneven(path),
        "replicas": {exchange: _replicas(path, exchange) for exchange in EXCHANGES},
        "resumed": {exchange: _resumed(path, exchange) for exchange in ("sign", "topk-threshold")},
        "nothing": {exchange: _nothing(path, exchange) for exchange in ("dense", "sign", "topk-fixed")},
    }


def _gradients(path: Path) -> dict[str, dict[str, torch.Tensor]]:
    import rl.trainer.grpo

    rl.trainer.grpo.CPU_TOKENS = 60
    trainer, kept = open_rank(path, settings()), []
    record(trainer, kept)
    for loss in LOSSES:
        trainer.loss_type = loss
        trainer.update_part(part_of(batch()), Whole.of(batch()))
    return dict(zip(LOSSES, kept, strict=True))


def _stats(path: Path, config: RunConfig) -> list[UpdateStats]:
    trainer = open_rank(path, config)
    return [vars_of(trainer.update_part(part_of(batch(i)), Whole.of(batch(i)))) for i in range(2)]


def vars_of(stats: UpdateStats) -> dict[str, float]:
    found = {name: getattr(stats, name) for name in stats.__slots__}
    return {name: float(value) for name, value in found.items() if value is not None}


def _lora(path: Path) -> dict[str, torch.Tensor]:
    config = settings("sign").model_copy(update={"model": ModelConfig(max_new_tokens=16, lora_rank=2)})
    trainer = open_rank(path, config)
    for _ in range(2):
        trainer.update_part(part_of(batch()), Whole.of(batch()))
    return trainer.weights()


def _uneven(path: Path) -> dict[str, Any]:
    """Rank 0 has several micro-batches, rank 1 none."""
    trainer, kept = open_rank(path, settings("sign")), []
    record(trainer, kept)
    dense = open_rank(path, settings())
    record(dense, kept)
    samples = batch(groups=1)
    mine = samples if dist.get_rank() == 0 else []
    count = len(trainer._batches(mine))
    trainer.update_part(mine, Whole.of(samples))
    dense.update_part(mine, Whole.of(samples))
    exchanged = trainer.exchange.step
    return {"batches": count, "exchanges": exchanged, "sign": kept[0], "dense": kept[1]}


def _replicas(path: Path, exchange: str) -> Any:
    optimizer = OptimizerConfig(name="stosignsgd", learning_rate=1e-3)
    trainer = open_rank(path, settings(exchange, optimizer=optimizer))
    for step in range(4):
        samples = batch(step, groups=1 + step)  # the first step leaves rank 1 without anything
        trainer.update_part(part_of(samples), Whole.of(samples))
    spent = trainer.exchange.budget.spent if exchange.startswith("topk") else 0
    return flat(trainer), trainer.checksum(), spent


def _resumed(path: Path, exchange: str) -> bool:
    config = settings(exchange)
    whole = open_rank(path, config)
    for step in range(4):
        if step == 2:
            saved = copy.deepcopy((whole.weights(), whole.training_state(), whole.exchange_state()))
        whole.update_part(part_of(batch(step)), Whole.of(batch(step)))
    again = open_rank(path, config)
    again.model.load_state_dict(saved[0])
    again.load_training_state(saved[1])
    again.load_exchange_state(saved[2])
    for step in (2, 3):
        again.update_part(part_of(batch(step)), Whole.of(batch(step)))
    with pytest.raises(RunError, match=r"was made with rl\.exchange\.name"):
        again.load_exchange_state({**saved[2], "name": "sign-majority"})
    return torch.equal(flat(whole), flat(again))


def _nothing(path: Path, exchange: str) -> list[bool]:
    """Zero gradients, and NaN on one rank only, move nothing on any rank; learning goes on afterwards."""
    trainer = open_rank(path, settings(exchange))
    samples = batch()
    trainer.update_part(part_of(samples), Whole.of(samples))
    before, whole = flat(trainer), Whole.of(samples)
    zero = trainer.update_part([replace(s, advantage=0.0) for s in part_of(samples)], whole).moved
    bad = float("nan") if dist.get_rank() == 1 else 1.0
    broken = trainer.update_part([replace(s, advantage=bad) for s in part_of(samples)], whole).moved
    still = torch.equal(before, flat(trainer))
    after = trainer.update_part(part_of(samples), whole).moved
    return [not zero, not broken, still, after and not torch.equal(before, flat(trainer))]


# -- The tests --


@pytest.fixture(scope="module")
def start(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("rank") / "warmstart"
    build_model().save_pretrained(path)
    build_tokenizer().save_pretrained(path)
    return path


@pytest.fixture(scope="module")
def ranks(start: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """What two processes report, started once."""
    results: list[dict[str, Any]] = run(_everything, WORLD, tmp_path_factory.mktemp("meet"), start)
    return results


def alone(start: Path, config: RunConfig) -> GroupTrainer:
    return GroupTrainer(
        AutoModelForCausalLM.from_pretrained(start), build_tokenizer(), config, start.parent / "alone"
    )


def close(one: dict[str, torch.Tensor], two: dict[str, torch.Tensor]) -> None:
    assert set(one) == set(two)
    for name in one:
        torch.testing.assert_close(one[name], two[name], atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize("loss", LOSSES)
def test_two_processes_find_the_gradient_of_one(start: Path, ranks: Any, loss: str) -> None:
    trainer, kept = alone(start, settings(loss=loss)), []
    record(trainer, kept)
    trainer.update(batch())
    for rank in ranks:
        close(kept[0], rank["gradients"][loss])


def test_figures_add_up_to_those_of_one(start: Path, ranks: Any) -> None:
    trainer = alone(start, settings(kl=0.5))
    for number in range(2):
        whole = vars_of(trainer.update(batch(number)))
        parts = [rank["kl"][number] for rank in ranks]
        for name in ("loss", "kl", "ratio_mean", "entropy", "clipped"):
            assert sum(part[name] for part in parts) == pytest.approx(whole[name], rel=1e-3, abs=1e-5)
        assert parts[0]["grad_norm"] == parts[1]["grad_norm"] == pytest.approx(whole["grad_norm"], rel=1e-3)


def test_one_exchange_however_many_micro_batches(start: Path, ranks: Any) -> None:
    assert ranks[0]["uneven"]["batches"] > 1
    assert ranks[1]["uneven"]["batches"] == 1  # the row of nothing
    assert [rank["uneven"]["exchanges"] for rank in ranks] == [1, 1]
    trainer, kept = alone(start, settings()), []
    record(trainer, kept)
    trainer.update(batch(groups=1))
    for rank in ranks:
        close(kept[0], rank["uneven"]["dense"])
    for name, tensor in ranks[0]["uneven"]["sign"].items():
        assert torch.equal(tensor, ranks[1]["uneven"]["sign"][name])


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_copies_stay_identical(ranks: Any, exchange: str) -> None:
    (weights, checksum, spent), (other, its_checksum, its_spent) = (
        rank["replicas"][exchange] for rank in ranks
    )
    begun = torch.cat([p.detach().flatten() for p in build_model().parameters()])
    assert torch.equal(weights, other)
    assert not torch.equal(weights, begun)
    assert (checksum, spent) == (its_checksum, its_spent)
    assert spent <= 200_000
    assert (spent > 0) == exchange.startswith("topk")


def test_lora_adapters_stay_identical_and_move(start: Path, ranks: Any) -> None:
    before = AutoModelForCausalLM.from_pretrained(start).state_dict()
    one, two = (rank["lora"] for rank in ranks)
    assert all(torch.equal(one[name], two[name]) for name in before)
    assert any(not torch.equal(one[name], before[name]) for name in before)


def test_resumed_is_unbroken(ranks: Any) -> None:
    assert [rank["resumed"] for rank in ranks] == [{"sign": True, "topk-threshold": True}] * WORLD


def test_zero_and_broken_gradients_move_no_copy(ranks: Any) -> None:
    assert [rank["nothing"] for rank in ranks] == [
        {"dense": [True] * 4, "sign": [True] * 4, "topk-fixed": [True] * 4}
    ] * WORLD


def test_groups_stay_together_and_ranks_are_even() -> None:
    samples = batch(groups=20)
    shards = shard(samples, 3)
    assert sorted(map(id, samples)) == sorted(id(s) for hand in shards for s in hand)
    prompts = [{s.prompt_ids for s in hand} for hand in shards]
    assert not prompts[0] & prompts[1] | prompts[0] & prompts[2] | prompts[1] & prompts[2]
    tokens = [sum(len(s.prompt_ids) + len(s.token_ids) for s in hand) for hand in shards]
    largest = max(
        sum(len(s.prompt_ids) + len(s.token_ids) for s in samples if s.prompt_ids == prompt)
        for prompt in {s.prompt_ids for s in samples}
    )
    assert max(tokens) - min(tokens) <= largest
    assert shard(samples[:4], 3)[1:] == [[], []]
