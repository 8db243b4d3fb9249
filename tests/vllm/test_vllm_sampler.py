"""The real vLLM on a CPU: groups with behaviour log-probs, the token mask, seeds, and weights handed over in place."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
import torch
from transformers import LlamaConfig, LlamaForCausalLM

from physprover.config_file import parse_config
from physprover.models.lora import PREFIX, SCALING
from physprover.models.sampler import SamplingParams, TokenMask
from physprover.models.vllm_sampler import VLLMSampler
from physprover.prompts import get_prompt
from physprover.prompts.tiny import INSIGHT_TOKENS, PROOF, SKETCH, STOP
from physprover.records import Attempt
from rl.trainer.logps import padded_logps_and_entropies
from tests.rl import toy

TINY, TOKENIZER = get_prompt("tiny"), toy.tokenizer(INSIGHT_TOKENS)
TOLERANCE = 2e-3  # nats: float32 on both sides, other kernels


def model(seed: int) -> LlamaForCausalLM:
    """Random, with heads of a size that vLLM's CPU kernels take, and sharper than at initialisation."""
    torch.manual_seed(seed)
    shape = LlamaConfig(
        vocab_size=len(TOKENIZER),
        hidden_size=128,
        intermediate_size=256,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=256,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    made = LlamaForCausalLM(shape).eval()
    with torch.no_grad():
        made.lm_head.weight.mul_(8)
    return made


@pytest.fixture(scope="module")
def sampler(tmp_path_factory: pytest.TempPathFactory) -> VLLMSampler:
    folder = tmp_path_factory.mktemp("model")
    model(0).save_pretrained(folder)
    TOKENIZER.save_pretrained(folder)
    config = parse_config(
        {
            "model": {"max_prompt_tokens": 120, "max_new_tokens": 24},
            "sampler": {"kind": "vllm", "batch_size": 64, "gpu_memory": 0.1},
        }
    )
    made = VLLMSampler(str(folder), TINY, config)
    made.load_weights(dict(model(0).state_dict()), 0)
    return made


def expected(weights: LlamaForCausalLM, attempt: Attempt, temperature: float) -> torch.Tensor:
    """What the trainer recomputes: masked, tempered."""
    start = len(attempt.prompt_ids)
    ids = torch.tensor([attempt.prompt_ids + attempt.token_ids])
    mask = TokenMask(TOKENIZER, get_prompt(attempt.prompt_format))
    with torch.no_grad():
        logps, _ = padded_logps_and_entropies(
            weights, ids, torch.ones_like(ids), ids.size(1) - start, temperature, mask
        )
    return logps[0]


PARAMS = SamplingParams(max_new_tokens=12, seed=3, temperature=0.8)


def test_a_gpu_too_uses_the_model_runner_that_takes_our_processor(
    sampler: VLLMSampler, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("vllm.config.vllm.HAS_TRITON", True)  # as on a GPU
    assert sampler._llm.llm_engine.vllm_config.use_v2_model_runner is False


def test_groups_with_the_log_probs_the_trainer_recomputes(sampler: VLLMSampler) -> None:
    attempts = list(sampler.sample(toy.theorems(2), 6, PARAMS))
    assert Counter(a.theorem for a in attempts) == {t.name: 6 for t in toy.theorems(2)}
    mask, weights = TokenMask(TOKENIZER, TINY), model(0)
    for attempt in attempts:
        assert not set(mask.excluded(attempt.prompt_ids)) & set(attempt.token_ids)
        assert attempt.truncated == (attempt.token_ids[-1] != TOKENIZER.eos_token_id)
        got = torch.tensor(attempt.logprobs)
        torch.testing.assert_close(got, expected(weights, attempt, 0.8), atol=TOLERANCE, rtol=TOLERANCE)


def test_an_answer_in_parts_has_them_in_order(sampler: VLLMSampler) -> None:
    """Ends and beginnings of parts are made likely, so that the mask has something to do."""
    weights = model(0)
    vocabulary = TOKENIZER.get_vocab()
    with torch.no_grad():
        weights.model.embed_tokens.weight[:, 0] = 0.5  # a hidden unit that is constant, as a bias of the head
        for layer in weights.model.layers:
            layer.self_attn.o_proj.weight[0] = 0.0
            layer.mlp.down_proj.weight[0] = 0.0
        weights.lm_head.weight[:, 0] = 0.0
        weights.lm_head.weight[[vocabulary[t] for t in (SKETCH, PROOF, TOKENIZER.eos_token)], 0] = 1.0
    sampler.load_weights(dict(weights.state_dict()), 2)
    params = PARAMS.replace(prompt="tiny-insight", max_new_tokens=24, temperature=2.0)
    attempts = list(sampler.sample(toy.theorems(3), 8, params))
    for attempt in attempts:
        begun = [i for i in attempt.token_ids if i in (vocabulary[SKETCH], vocabulary[PROOF])]
        assert begun == sorted(set(begun), key=(vocabulary[SKETCH], vocabulary[PROOF]).index)
        assert attempt.truncated or begun[-1] == vocabulary[PROOF]
        got = torch.tensor(attempt.logprobs)
        torch.testing.assert_close(got, expected(weights, attempt, 2.0), atol=TOLERANCE, rtol=TOLERANCE)
    assert any(not a.truncated for a in attempts), "the test needs answers that end"


def test_the_engine_is_a_process_of_its_own(sampler: VLLMSampler) -> None:
    """As in every run: what is sent to it is packed, and a hand-over of tensors arrives as lists."""
    from vllm.v1.engine.core_client import SyncMPClient

    assert isinstance(sampler._llm.llm_engine.engine_core, SyncMPClient)


def test_seeds_decide(sampler: VLLMSampler) -> None:
    def texts(seed: int) -> list[tuple[str, str]]:
        params = PARAMS.replace(seed=seed)
        return sorted((a.theorem, a.completion) for a in sampler.sample(toy.theorems(2), 4, params))

    assert texts(5) == texts(5)
    assert texts(5) != texts(6)


def test_more_prompts_than_a_batch_of_tokens_holds_are_sampled_whole(sampler: VLLMSampler) -> None:
    """vLLM would split the prompt that does not fit, which its engine for CPUs does not survive where requests have seeds."""
    theorems = [t.replace(statement=t.statement + " + 0" * 20) for t in toy.theorems(32)]
    attempts = list(sampler.sample(theorems, 2, PARAMS))
    assert Counter(a.theorem for a in attempts) == {t.name: 2 for t in theorems}
    prompts = {a.theorem: len(a.prompt_ids) for a in attempts}
    scheduler = sampler._llm.llm_engine.vllm_config.scheduler_config
    assert sum(prompts.values()) > scheduler.max_num_batched_tokens, "the test needs longer prompts"


def test_prompts_too_long_are_skipped_and_other_formats_stop(sampler: VLLMSampler) -> None:
    assert sampler.skipped(toy.theorems(1)) == []
    params = PARAMS.replace(prompt="tiny-conjecture", stop=STOP)
    for attempt in sampler.sample(toy.theorems(2), 4, params):
        assert attempt.prompt_format == "tiny-conjecture"
        assert STOP[0] not in attempt.completion


def test_after_the_hand_over_greedy_log_probs_are_those_of_the_trainers_model(sampler: VLLMSampler) -> None:
    newer = model(7)
    sampler.load_weights(dict(newer.state_dict()), 4)
    greedy = SamplingParams(max_new_tokens=12, seed=0, temperature=0.0)  # scored at temperature 1
    attempts = list(sampler.sample(toy.theorems(3), 1, greedy))
    assert len(attempts) == 6
    assert {a.sampler.weights_version for a in attempts} == {4}
    for attempt in [*attempts, *sampler.sample(toy.theorems(3), 2, greedy.replace(temperature=1.0))]:
        got = torch.tensor(attempt.logprobs)
        torch.testing.assert_close(got, expected(newer, attempt, 1.0), atol=TOLERANCE, rtol=TOLERANCE)
    old = [expected(model(0), a, 1.0) for a in attempts]
    new = [expected(newer, a, 1.0) for a in attempts]
    assert any(not torch.allclose(a, b, atol=0.1) for a, b in zip(old, new, strict=True))


def test_adapters_are_loaded_by_vllm_itself(tmp_path: Path) -> None:
    """Factors alone are handed over; log-probs are those of the model with their products added."""
    model(0).save_pretrained(tmp_path)
    TOKENIZER.save_pretrained(tmp_path)
    tree = {
        "model": {"max_prompt_tokens": 120, "max_new_tokens": 24, "lora_rank": 4},
        "sampler": {"kind": "vllm", "batch_size": 16, "gpu_memory": 0.1},
    }
    sampler = VLLMSampler(str(tmp_path), TINY, parse_config(tree))
    for version in (1, 2):
        torch.manual_seed(version)
        folded, factors = model(0), {}
        for name, module in folded.named_modules():
            if name.endswith("_proj"):
                a, b = torch.randn(4, module.in_features) * 0.1, torch.randn(module.out_features, 4) * 0.1
                factors[f"{PREFIX}{name}.lora_A.weight"], factors[f"{PREFIX}{name}.lora_B.weight"] = a, b
                module.weight.data += SCALING * b @ a
        sampler.load_weights(factors, version)
        attempts = list(sampler.sample(toy.theorems(2), 3, PARAMS))
        assert {a.sampler.weights_version for a in attempts} == {version}
        for attempt in attempts:
            got = torch.tensor(attempt.logprobs)
            torch.testing.assert_close(got, expected(folded, attempt, 0.8), atol=TOLERANCE, rtol=TOLERANCE)
            assert not torch.allclose(got, expected(model(0), attempt, 0.8), atol=0.05)
