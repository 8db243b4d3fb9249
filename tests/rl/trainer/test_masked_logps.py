"""Sampler and trainer agree on the probability of every token although some tokens were masked while sampling."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from transformers import LlamaForCausalLM

from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import SamplingParams, TokenMask
from physprover.prompts import PromptFormat, get_prompt
from physprover.prompts.tiny import INSIGHT_TOKENS, STOP
from rl.groups import Sample
from rl.trainer.batches import micro_batches
from rl.trainer.grpo import GroupTrainer
from rl.trainer.logps import padded_logps_and_entropies, shared_prefix_logps_and_entropies
from tests.rl import toy

TINY, INSIGHT = get_prompt("tiny"), get_prompt("tiny-insight")
TOKENIZER = toy.tokenizer(INSIGHT_TOKENS)


def plain_model(seed: int) -> LlamaForCausalLM:
    """Random, without the toy's dislike of handles: about a quarter of its vocabulary is masked."""
    model = toy.model(seed, len(INSIGHT_TOKENS))
    with torch.no_grad():
        model.lm_head.weight[:, 0] = 0.0
    return model


def sampled(
    model: LlamaForCausalLM, seed: int, temperature: float, prompt: PromptFormat = TINY
) -> list[Sample]:
    sampler = HFSampler(model, TOKENIZER, prompt, max_prompt_tokens=120, batch_size=16)
    params = SamplingParams(max_new_tokens=6 if prompt is TINY else 18, seed=seed, temperature=temperature)
    attempts = list(sampler.sample(toy.theorems(2), 4, params))
    return [Sample.of(attempt, 1.0 if i % 2 else -1.0) for i, attempt in enumerate(attempts)]


@settings(max_examples=10)
@given(
    seed=st.integers(0, 99),
    temperature=st.sampled_from([1.0, 0.7]),
    shared=st.booleans(),
    prompt=st.sampled_from([TINY, INSIGHT]),
)
def test_recomputed_logprobs_are_the_behaviour_logprobs(
    seed: int, temperature: float, shared: bool, prompt: PromptFormat
) -> None:
    model, mask = plain_model(seed), TokenMask(TOKENIZER, prompt)
    samples = sampled(model, seed, temperature, prompt)
    (micro,) = micro_batches(samples, 1 << 20, 0, "cpu")
    batch = micro.tensors
    ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], 1)
    attention = torch.cat([batch["prompt_mask"], batch["completion_mask"]], 1)
    keep, counts = batch["completion_ids"].size(1), batch["completion_mask"].bool()
    compute = shared_prefix_logps_and_entropies if shared else padded_logps_and_entropies
    with torch.no_grad():
        logps, entropies = compute(model, ids, attention, keep, temperature, mask)
        unmasked, _ = shared_prefix_logps_and_entropies(model, ids, attention, keep, temperature)
    old = batch["old_per_token_logps"][counts]
    torch.testing.assert_close(logps[counts], old, atol=2e-4, rtol=2e-4)
    assert bool((unmasked[counts] < old - 1e-3).any()), "the mask takes no part, so this test shows nothing"
    assert bool(torch.isfinite(entropies).all())


@pytest.mark.parametrize("share", [True, False])
def test_the_ratio_is_one_on_policy_and_the_reference_is_masked_too(tmp_path: Path, share: bool) -> None:
    config, _ = toy.open_run(tmp_path / "toy", kl=0.1)
    plain_model(3).save_pretrained(tmp_path / "start")  # the reference is read from there
    model = LlamaForCausalLM.from_pretrained(tmp_path / "start")
    trainer = GroupTrainer(model, TOKENIZER, config, tmp_path)
    trainer._share_prefixes = trainer._share_prefixes and share
    stats = trainer.update(sampled(model, 3, 1.0))
    assert stats.ratio_mean == pytest.approx(1.0, abs=1e-4)
    assert stats.kl == pytest.approx(0.0, abs=1e-6)
    assert stats.moved


def conjectures(model: LlamaForCausalLM, temperature: float) -> list[Sample]:
    """Drawn in the format of self-play, which ends where the formats with parts cannot."""
    sampler = HFSampler(model, TOKENIZER, INSIGHT, max_prompt_tokens=120, batch_size=16)
    params = SamplingParams(max_new_tokens=6, temperature=temperature, prompt="tiny-conjecture", stop=STOP)
    attempts = list(sampler.sample(toy.theorems(4), 8, params))
    assert any(a.token_ids[-1] in TOKENIZER.convert_tokens_to_ids(list(STOP)) for a in attempts)
    return [Sample.of(attempt, 1.0 if i % 2 else -1.0, temperature) for i, attempt in enumerate(attempts)]


@pytest.mark.parametrize("share", [True, False])
@pytest.mark.parametrize("together", [False, True])
def test_conjectures_are_recomputed_as_they_were_drawn(tmp_path: Path, share: bool, together: bool) -> None:
    """At 0.6 in a format of their own, beside attempts of the run's format and temperature: no ratio leaves 1."""
    config, _ = toy.open_run(tmp_path / "toy", kl=0.1, clip=1e-3)
    config = config.model_copy(update={"model": config.model.model_copy(update={"prompt": "tiny-insight"})})
    plain_model(5).save_pretrained(tmp_path / "start")
    model = LlamaForCausalLM.from_pretrained(tmp_path / "start")
    trainer = GroupTrainer(model, TOKENIZER, config, tmp_path)
    trainer._share_prefixes = trainer._share_prefixes and share
    samples = conjectures(model, 0.6) + (sampled(model, 5, 1.0, INSIGHT) if together else [])
    stats = trainer.update(samples)
    assert stats.ratio_mean == pytest.approx(1.0, abs=1e-4)
    assert stats.clipped == 0.0  # of any token's ratio, beyond a thousandth
    assert stats.kl == pytest.approx(0.0, abs=1e-6)
    assert stats.moved


def test_an_attempt_with_an_excluded_token_harms_nothing(tmp_path: Path) -> None:
    """A replayed rollout may come from a sampler without the mask: its gradient must stay finite."""
    config, _ = toy.open_run(tmp_path / "toy")
    model = plain_model(4)
    trainer = GroupTrainer(model, TOKENIZER, config, tmp_path)
    samples = sampled(model, 4, 1.0)
    wrong = TOKENIZER.get_vocab()["<|d7|>"]
    first = samples[0]
    samples[0] = Sample(
        first.prompt_ids, (wrong, *first.token_ids[1:]), first.logprobs, first.advantage, first.version
    )
    stats = trainer.update(samples)
    assert stats.moved
    assert all(bool(torch.isfinite(p).all()) for p in trainer.model.parameters())
