"""The GRPO update by direct gradients: what moves the weights, by how much, and what must not."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from pathlib import Path

import pytest
import torch
from transformers import AutoModelForCausalLM

from physprover.config import ModelConfig, OptimizerConfig, RunConfig
from physprover.errors import ModelError
from rl.groups import Sample
from rl.trainer.grpo import GroupTrainer
from rl.trainer.optimizers import check_covers
from tests.rl.conftest import build_model, build_tokenizer, random_samples, run_config


def trainer_for(warm_start: Path, config: RunConfig | None = None) -> GroupTrainer:
    model = AutoModelForCausalLM.from_pretrained(warm_start)
    return GroupTrainer(model, build_tokenizer(), config or run_config(), warm_start.parent / "out")


def snapshot(trainer: GroupTrainer) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in trainer.weights().items()}


def distance(before: dict[str, torch.Tensor], after: dict[str, torch.Tensor]) -> float:
    return max(float((before[name].detach() - after[name].detach()).abs().max()) for name in before)


def gradient(trainer: GroupTrainer, samples: list[Sample], max_tokens: int) -> dict[str, torch.Tensor]:
    """The gradient of one batch cut into micro-batches of at most `max_tokens`, before clipping."""
    kept: dict[str, torch.Tensor] = {}

    def record() -> float:
        kept.update({n: p.grad.clone() for n, p in trainer.model.named_parameters() if p.grad is not None})
        trainer.model_wrapped.zero_grad()
        return 0.0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("rl.trainer.grpo.CPU_TOKENS", max_tokens)
        patch.setattr(trainer, "_apply_gradient", record)
        trainer.update(samples)
    return kept


def plain_loss(trainer: GroupTrainer, samples: list[Sample], loss: str, clip: float) -> torch.Tensor:
    """The published objectives, one unpadded row at a time."""
    sums, lengths = [], []
    for s in samples:
        logits = trainer.model(torch.tensor([s.prompt_ids + s.token_ids])).logits[
            0, len(s.prompt_ids) - 1 : -1
        ]
        logps = torch.log_softmax(logits, -1)[range(len(s.token_ids)), list(s.token_ids)]
        ratio = torch.exp(logps - torch.tensor(s.logprobs))
        kept = torch.minimum(ratio * s.advantage, ratio.clamp(1 - clip, 1 + clip) * s.advantage)
        sums.append(-kept.sum())
        lengths.append(len(s.token_ids))
    if loss in ("dapo", "bnpo"):
        return torch.stack(sums).sum() / sum(lengths)
    if loss == "dr_grpo":
        return torch.stack(sums).sum() / (len(samples) * 16)
    return torch.stack([total / length for total, length in zip(sums, lengths, strict=True)]).mean()


@pytest.mark.parametrize("loss", ["grpo", "dr_grpo", "dapo", "bnpo"])
@pytest.mark.parametrize("max_tokens", [40, 1 << 20])
def test_gradient_is_the_published_one_however_the_batch_is_cut(
    warm_start: Path, loss: str, max_tokens: int
) -> None:
    trainer = trainer_for(warm_start, run_config(loss=loss))
    samples = random_samples(trainer.model)
    # Off-policy by a little, so that ratio and clipping take part.
    samples = [
        replace(s, logprobs=tuple(v + 0.3 * (-1) ** i for i, v in enumerate(s.logprobs))) for s in samples
    ]
    got = gradient(trainer, samples, max_tokens)
    trainer.model.zero_grad()
    plain_loss(trainer, samples, loss, 0.2).backward()
    for name, parameter in trainer.model.named_parameters():
        torch.testing.assert_close(got[name], parameter.grad, atol=1e-5, rtol=1e-3)


def test_padded_and_shared_prefix_paths_agree(warm_start: Path) -> None:
    trainer = trainer_for(warm_start)
    samples = random_samples(trainer.model)
    assert trainer._share_prefixes
    shared = gradient(trainer, samples, 200)
    trainer._share_prefixes = False
    padded = gradient(trainer, samples, 200)
    for name in shared:
        torch.testing.assert_close(shared[name], padded[name], atol=1e-5, rtol=1e-3)


@pytest.mark.parametrize(("likelier", "weight"), [(1.0, 1.0), (0.5, 0.5), (4.0, 2.0)])
def test_old_attempts_are_weighted_by_the_truncated_ratio(
    warm_start: Path, likelier: float, weight: float
) -> None:
    """Every token is `likelier` times as probable now: the gradient is that of fresh attempts times the weight."""
    trainer = trainer_for(warm_start, run_config(max_staleness=2, importance_cap=2.0, kl=0.0))
    fresh = random_samples(trainer.model)
    shift = math.log(likelier)
    old = [replace(s, logprobs=tuple(v - shift for v in s.logprobs)) for s in fresh]
    for max_tokens in (40, 1 << 20):
        plain, weighted = (gradient(trainer, samples, max_tokens) for samples in (fresh, old))
        for name, expected in plain.items():
            torch.testing.assert_close(weighted[name], weight * expected, atol=1e-5, rtol=1e-3)
    assert trainer.update(old).ratio_mean == pytest.approx(likelier, rel=1e-3)


@pytest.mark.parametrize("asked", [True, False])
def test_autocast_is_on_in_every_pass_where_it_is_asked_for(warm_start: Path, asked: bool) -> None:
    """Reference and policy alike, or the KL term would be a matter of rounding."""
    config = run_config(kl=0.1)
    config = config.model_copy(update={"model": config.model.model_copy(update={"autocast": asked})})
    trainer = trainer_for(warm_start, config)
    assert trainer._share_prefixes
    seen: dict[str, set[torch.dtype]] = {"policy": set(), "reference": set()}
    for name, model in (("policy", trainer.plain_model()), ("reference", trainer.ref_model)):
        model.model.layers[0].mlp.register_forward_hook(lambda *a, n=name: seen[n].add(a[2].dtype))
    trainer.update(random_samples(trainer.plain_model()))
    expected = {torch.bfloat16 if asked else torch.float32}
    assert seen == {"policy": expected, "reference": expected}


def test_behaviour_logprobs_change_the_update(warm_start: Path) -> None:
    results = []
    for shift in (0.0, 0.1):
        trainer = trainer_for(warm_start)
        samples = [
            replace(s, logprobs=tuple(v - shift for v in s.logprobs)) for s in random_samples(trainer.model)
        ]
        stats = trainer.update(samples)
        results.append((stats, snapshot(trainer)))
    assert results[0][0].ratio_mean == pytest.approx(1.0, abs=1e-4)
    assert results[1][0].ratio_mean == pytest.approx(1.105, abs=1e-3)
    assert distance(results[0][1], results[1][1]) > 0


def test_every_trainable_tensor_moves(warm_start: Path) -> None:
    trainer = trainer_for(warm_start)
    before = snapshot(trainer)
    stats = trainer.update(random_samples(trainer.model))
    after = trainer.weights()
    assert stats.moved
    assert stats.grad_norm > 0
    assert [name for name in before if torch.equal(before[name], after[name])] == []


def test_probability_of_rewarded_attempts_rises(warm_start: Path) -> None:
    trainer = trainer_for(warm_start, run_config(optimizer=OptimizerConfig(name="adamw", learning_rate=1e-3)))
    samples = random_samples(trainer.model)
    trainer.update(samples)
    ratios = {1.0: [], -1.0: []}
    for s in samples:
        with torch.no_grad():
            logits = trainer.model(torch.tensor([s.prompt_ids + s.token_ids])).logits[
                0, len(s.prompt_ids) - 1 : -1
            ]
        new = torch.log_softmax(logits, -1)[range(len(s.token_ids)), list(s.token_ids)].sum()
        ratios[s.advantage].append(float(new) - sum(s.logprobs))
    assert sum(ratios[1.0]) > 0 > sum(ratios[-1.0])


@pytest.mark.parametrize("name", ["adamw", "stosignsgd", "signsgd"])
def test_without_signal_nothing_moves(warm_start: Path, name: str) -> None:
    """Neither an empty step nor one of zero advantages may move a weight, also when the optimizer has momentum."""
    trainer = trainer_for(warm_start, run_config(optimizer=OptimizerConfig(name=name, learning_rate=1e-2)))
    samples = random_samples(trainer.model)
    trainer.update(samples)
    before = snapshot(trainer)
    assert not trainer.update([]).moved
    assert not trainer.update([replace(s, advantage=0.0) for s in samples]).moved
    assert distance(before, trainer.weights()) == 0


def test_stosignsgd_moves_every_tensor_by_its_rate(warm_start: Path) -> None:
    rate = 1e-3
    trainer = trainer_for(
        warm_start, run_config(optimizer=OptimizerConfig(name="stosignsgd", learning_rate=rate))
    )
    before = snapshot(trainer)
    trainer.update(random_samples(trainer.model))
    after = trainer.weights()
    assert [name for name in before if torch.equal(before[name], after[name])] == []
    assert distance(before, after) == pytest.approx(rate, rel=1e-3)


def test_kl_pulls_back_to_the_warm_start(warm_start: Path) -> None:
    trainer = trainer_for(warm_start, run_config(kl=0.5))
    samples = random_samples(trainer.model)
    first = trainer.update(samples)
    second = trainer.update([replace(s, advantage=0.0) for s in samples])
    assert first.kl == pytest.approx(0.0, abs=1e-6)
    assert second.kl > 1e-4
    assert second.moved


def test_several_updates_of_one_batch(warm_start: Path) -> None:
    once, twice = trainer_for(warm_start), trainer_for(warm_start, run_config(updates_per_batch=2))
    samples = random_samples(once.model)
    before = snapshot(once)
    once.update(samples)
    twice.update(samples)
    assert distance(before, twice.weights()) > distance(before, once.weights()) > 0


def test_lora_trains_its_adapters_and_hands_over_plain_weights(warm_start: Path) -> None:
    config = run_config().model_copy(update={"model": ModelConfig(max_new_tokens=16, lora_rank=2)})
    trainer = trainer_for(warm_start, config)
    plain = AutoModelForCausalLM.from_pretrained(warm_start)
    before = snapshot(trainer)
    assert set(before) == set(plain.state_dict())
    assert distance(before, plain.state_dict()) == 0
    samples = random_samples(plain)
    adapters = {n: p.detach().clone() for n, p in trainer.model.named_parameters() if p.requires_grad}
    trainer.update(samples)
    trainer.update(samples)  # lora_A has no gradient while lora_B is zero
    moved = [
        n for n, p in trainer.model.named_parameters() if p.requires_grad and not torch.equal(p, adapters[n])
    ]
    assert sorted(moved) == sorted(adapters)
    plain.load_state_dict(trainer.weights())
    trainer.model.eval()
    ids = torch.tensor([[5, 6, 7, 8]])
    torch.testing.assert_close(plain(ids).logits, trainer.model(ids).logits, atol=1e-4, rtol=1e-4)


def test_a_tensor_outside_the_optimizer_is_refused(warm_start: Path) -> None:
    model = AutoModelForCausalLM.from_pretrained(warm_start)
    some = torch.optim.SGD(list(model.parameters())[:-1], lr=0.1)
    with pytest.raises(ModelError, match="1 trainable tensors are not in the optimizer"):
        check_covers(model, some)


def test_training_state_round_trip_continues_exactly(warm_start: Path) -> None:
    first, second = trainer_for(warm_start), trainer_for(warm_start)
    samples = random_samples(first.model)
    first.update(samples)
    second.model.load_state_dict(first.weights())  # copies
    second.load_training_state(copy.deepcopy(first.training_state()))
    first.update(samples)
    second.update(samples)
    assert distance(snapshot(first), second.weights()) == 0


def test_the_7b_recipe_in_small(warm_start: Path) -> None:
    """bfloat16 weights, two bytes of state a weight, a KL reference; and its checkpoint goes on bit for bit."""
    optimizer = OptimizerConfig(name="stosignsgd", learning_rate=1e-3, state_dtype="8bit")
    config = run_config(optimizer=optimizer, kl=0.001)

    def opened() -> GroupTrainer:
        model = AutoModelForCausalLM.from_pretrained(warm_start, dtype=torch.bfloat16)
        return GroupTrainer(model, build_tokenizer(), config, warm_start.parent / "out")

    first, second = opened(), opened()
    samples = random_samples(first.model)
    before = snapshot(first)
    first.update(samples)
    assert [name for name in before if torch.equal(before[name], first.weights()[name])] == []
    second.model.load_state_dict(first.weights())  # copies
    second.load_training_state(copy.deepcopy(first.training_state()))
    ours, theirs = first.update(samples), second.update(samples)
    assert (ours.loss, ours.kl) == (theirs.loss, theirs.kl)
    assert distance(snapshot(first), second.weights()) == 0
    held = [t.dtype for state in second.optimizer.state.values() for t in state.values() if t.numel() > 1]
    assert set(held) == {torch.int8, torch.uint8}


@pytest.mark.parametrize("rank", [None, 4])
def test_gradient_checkpointing_is_on_and_changes_no_gradient(warm_start: Path, rank: int | None) -> None:
    """transformers acts on the flag only in `Trainer.train()`, which is not called here."""

    def built(on: bool) -> GroupTrainer:
        config = run_config()
        asked = {"gradient_checkpointing": on, "lora_rank": rank}
        return trainer_for(
            warm_start, config.model_copy(update={"model": config.model.model_copy(update=asked)})
        )

    plain, saving = built(False), built(True)
    assert not plain.plain_model().is_gradient_checkpointing
    assert saving.plain_model().is_gradient_checkpointing
    samples = random_samples(plain.model)
    first, second = gradient(plain, samples, 1 << 20), gradient(saving, samples, 1 << 20)
    assert first.keys() == second.keys()
    for name, value in first.items():
        torch.testing.assert_close(second[name], value)
    passes: list[int] = []
    # inside a layer: since transformers 5.24 a layer's own hooks are not run again
    inner = next(m for m in saving.model.modules() if type(m).__name__ == "LlamaMLP")
    inner.register_forward_pre_hook(lambda *_: passes.append(1))
    gradient(saving, samples, 1 << 20)
    assert len(passes) == 2, "each layer is computed forward and once more in the backward pass"


def test_a_tied_head_is_handed_over_once(tmp_path: Path) -> None:
    model = AutoModelForCausalLM.from_config(
        type(build_model().config)(**{**build_model().config.to_dict(), "tie_word_embeddings": True})
    )
    model.save_pretrained(tmp_path / "tied")
    trainer = GroupTrainer(model, build_tokenizer(), run_config(), tmp_path / "out")
    assert "lm_head.weight" not in trainer.weights()
    assert "model.embed_tokens.weight" in trainer.weights()


def test_an_update_says_how_much_it_learnt_from(warm_start: Path) -> None:
    trainer = trainer_for(warm_start)
    samples = random_samples(trainer.model)
    stats = trainer.update(samples)
    assert stats.tokens == sum(len(s.prompt_ids) + len(s.token_ids) for s in samples)
    assert stats.flops == 6 * stats.tokens * sum(p.numel() for p in trainer.model.parameters())
    assert trainer.update([]).tokens == 0
