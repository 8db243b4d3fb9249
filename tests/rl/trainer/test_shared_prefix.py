"""Shared prefixes give the numbers of the padded batch: log-probs, entropies and gradients."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import LlamaForCausalLM

from rl.trainer.batches import micro_batches
from rl.trainer.logps import shared_prefix_logps_and_entropies, shares_prefixes
from tests.rl.conftest import build_model, random_samples


def reference(model: LlamaForCausalLM, ids: torch.Tensor, mask: torch.Tensor, keep: int, temperature: float):
    """One row at a time, without padding."""
    logps, entropies = torch.zeros(len(ids), keep), torch.zeros(len(ids), keep)
    for i in range(len(ids)):
        row = ids[i][mask[i].bool()]
        size = int(mask[i, -keep:].sum())
        logits = model(row[None]).logits[0, -size - 1 : -1] / temperature
        chances = torch.log_softmax(logits, -1)
        logps[i, :size] = chances.gather(1, row[-size:, None])[:, 0]
        entropies[i, :size] = -(chances.exp() * chances).sum(-1)
    return logps, entropies


@settings(max_examples=15)
@given(
    groups=st.integers(1, 4),
    size=st.integers(1, 5),
    seed=st.integers(0, 99),
    temperature=st.sampled_from([1.0, 0.7]),
)
def test_equal_to_unpadded_rows(groups: int, size: int, seed: int, temperature: float) -> None:
    model = build_model()
    (micro,) = micro_batches(random_samples(model, groups, size, seed), 1 << 20, 0, "cpu")
    batch = micro.tensors
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    keep = batch["completion_ids"].size(1)
    logps, entropies = shared_prefix_logps_and_entropies(model, ids, mask, keep, temperature)
    expected_logps, expected_entropies = reference(model, ids, mask, keep, temperature)
    torch.testing.assert_close(logps, expected_logps, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(entropies, expected_entropies, atol=1e-5, rtol=1e-5)
    logps.sum().backward()
    got = [p.grad.clone() for p in model.parameters()]
    model.zero_grad()
    expected_logps.sum().backward()
    for mine, theirs in zip(got, (p.grad for p in model.parameters()), strict=True):
        torch.testing.assert_close(mine, theirs, atol=1e-4, rtol=1e-4)


def test_sliding_windows_are_left_to_the_padded_path() -> None:
    model = build_model()
    assert shares_prefixes(model)
    model.config.layer_types = ["full_attention", "sliding_attention"]
    assert not shares_prefixes(model)


@pytest.mark.parametrize("grad", [True, False])
def test_pieces_of_logits_change_nothing(monkeypatch: pytest.MonkeyPatch, grad: bool) -> None:
    model = build_model()
    (micro,) = micro_batches(random_samples(model), 1 << 20, 0, "cpu")
    batch = micro.tensors
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    keep = batch["completion_ids"].size(1)

    def results() -> list[torch.Tensor]:
        model.zero_grad()
        with torch.set_grad_enabled(grad):
            logps, entropies = shared_prefix_logps_and_entropies(model, ids, mask, keep, 0.9)
        if grad:
            logps.square().sum().backward()
        return [logps, entropies, *(p.grad.clone() for p in model.parameters() if p.grad is not None)]

    whole = results()
    monkeypatch.setattr("rl.trainer.logps.PIECE", 5 * 96)
    pieces = results()
    assert len(whole) == len(pieces)
    for a, b in zip(whole, pieces, strict=True):
        torch.testing.assert_close(a, b)


def test_lora_shares_prefixes_with_and_without_its_adapter() -> None:
    from peft import LoraConfig, get_peft_model

    torch.manual_seed(3)
    wrapped = get_peft_model(
        build_model(), LoraConfig(r=4, target_modules="all-linear", init_lora_weights=False)
    )
    samples = random_samples(build_model())
    (micro,) = micro_batches(samples, 1 << 20, 0, "cpu")
    batch = micro.tensors
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    keep = batch["completion_ids"].size(1)
    got, _ = shared_prefix_logps_and_entropies(wrapped, ids, mask, keep, 1.0)
    expected, _ = reference(wrapped, ids, mask, keep, 1.0)
    torch.testing.assert_close(got, expected, atol=1e-5, rtol=1e-5)
    with wrapped.disable_adapter():
        bare, _ = shared_prefix_logps_and_entropies(wrapped, ids, mask, keep, 1.0)
    plain, _ = reference(build_model(), ids, mask, keep, 1.0)
    torch.testing.assert_close(bare, plain, atol=1e-5, rtol=1e-5)
    assert float((got - bare).abs().max()) > 1e-3
