"""The decode loop against transformers itself."""

import copy
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from physprover.config import ModelConfig
from physprover.errors import ModelError
from physprover.models import decoders, hf_sampler
from physprover.models.decoders import CachedDecoder, LlamaDecoder, make_decoder, shared
from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import SamplingParams, TokenMask, attempt_key, pick, uniforms
from physprover.models.tiny import build_tiny
from physprover.prompts import get_prompt
from physprover.prompts.tiny import TinyPrompt
from physprover.records import Attempt
from tests.models.toy_problems import THEOREMS

PARAMS = SamplingParams(max_new_tokens=20, seed=3)


def sampler(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, batch: int = 64, prompt: int = 64
) -> HFSampler:
    return HFSampler(model, tokenizer, get_prompt("tiny"), max_prompt_tokens=prompt, batch_size=batch)


def by_id(attempts: list[Attempt]) -> dict[str, set[tuple[int, ...]]]:
    found: dict[str, set[tuple[int, ...]]] = {}
    for attempt in attempts:
        found.setdefault(attempt.theorem, set()).add(attempt.token_ids)
    return found


def reference_logprobs(
    model: LlamaForCausalLM, attempt: Attempt, temperature: float, bias: torch.Tensor | None = None
) -> torch.Tensor:
    ids = torch.tensor([attempt.prompt_ids + attempt.token_ids])
    with torch.no_grad():
        logits = model(ids).logits[0].float()
    logprobs = ((logits if bias is None else logits + bias) / temperature).log_softmax(-1)
    start = len(attempt.prompt_ids) - 1
    return logprobs[start:-1].gather(-1, ids[0, start + 1 :, None])[:, 0]


@pytest.mark.parametrize("kind", [LlamaDecoder, CachedDecoder])
@pytest.mark.parametrize("temperature", [1.0, 1.4])
def test_logprobs_are_those_of_transformers(
    model: LlamaForCausalLM,
    tokenizer: PreTrainedTokenizerFast,
    kind: type,
    temperature: float,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hf_sampler, "make_decoder", kind)
    params = PARAMS.replace(temperature=temperature, top_p=0.9)
    attempts = list(sampler(model, tokenizer).sample(THEOREMS, 12, params))
    assert len(attempts) == 12 * len(THEOREMS)
    assert {a.truncated for a in attempts} == {True, False}, "the test needs rows that leave the batch early"
    mask = TokenMask(tokenizer, get_prompt("tiny"))
    for attempt in attempts:
        bias = mask.bias([attempt.prompt_ids], len(tokenizer))
        expected = reference_logprobs(model, attempt, temperature, bias)
        torch.testing.assert_close(torch.tensor(attempt.logprobs), expected, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("damage", [float("nan"), float("inf")])
def test_a_model_without_probabilities_is_named(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, damage: float
) -> None:
    broken = copy.deepcopy(model)
    with torch.no_grad():
        broken.model.norm.weight[0] = damage
    prover = HFSampler(broken, tokenizer, get_prompt("tiny"), max_prompt_tokens=64, batch_size=8, name="m/7")
    with pytest.raises(ModelError, match=r"^m/7: its logits are NaN or infinite"):
        next(prover.sample(THEOREMS, 2, PARAMS))


def test_excluded_tokens_are_no_damage(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    """Some models exclude tokens by a logit of -inf."""
    prover = sampler(model, tokenizer)
    whole = prover._decoder.prefill

    def without_one(*arguments: object) -> torch.Tensor:
        logits: torch.Tensor = whole(*arguments)  # type: ignore[arg-type]
        logits[:, 5] = -torch.inf
        return logits

    prover._decoder.prefill = without_one  # type: ignore[method-assign]
    assert list(prover.sample(THEOREMS, 1, PARAMS))


@pytest.mark.parametrize("wrong", [{"temperature": -1}, {"temperature": 0}, {"top_p": 0}, {"top_p": 1.5}])
def test_impossible_ways_to_sample_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        SamplingParams.model_validate(wrong)


def test_plain_llama_takes_the_fast_decoder(model: LlamaForCausalLM) -> None:
    assert isinstance(make_decoder(model), LlamaDecoder)


def test_attempts_do_not_depend_on_the_batch(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    together = by_id(list(sampler(model, tokenizer).sample(THEOREMS, 4, PARAMS)))
    apart = by_id(list(sampler(model, tokenizer, batch=3).sample(list(reversed(THEOREMS)), 4, PARAMS)))
    assert together == apart
    other = by_id(list(sampler(model, tokenizer).sample(THEOREMS, 4, PARAMS.replace(seed=4))))
    assert together != other


def test_end_token_is_kept_and_marks_completeness(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    for attempt in sampler(model, tokenizer).sample(THEOREMS, 4, PARAMS):
        assert attempt.truncated == (attempt.token_ids[-1] != tokenizer.eos_token_id)
        assert tokenizer.eos_token_id not in attempt.token_ids[:-1]
        assert len(attempt.token_ids) == len(attempt.logprobs) <= 20


def test_long_prompts_are_skipped_and_named(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    lengths = {t.name: len(tokenizer(get_prompt("tiny").render(t))["input_ids"]) for t in THEOREMS}
    limit = sorted(lengths.values())[3]
    few = sampler(model, tokenizer, prompt=limit)
    assert few.skipped(THEOREMS) == [n for n, length in lengths.items() if length > limit]
    assert {a.theorem for a in few.sample(THEOREMS, 1, PARAMS)} == {
        n for n, x in lengths.items() if x <= limit
    }


def test_new_weights_change_the_attempts(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> None:
    shape = ModelConfig(hidden_size=32, layers=2, heads=4, max_prompt_tokens=64, max_new_tokens=24)
    fresh = sampler(build_tiny(shape, tokenizer, seed=9), tokenizer)
    wanted = by_id(list(sampler(model, tokenizer).sample(THEOREMS, 2, PARAMS)))
    assert by_id(list(fresh.sample(THEOREMS, 2, PARAMS))) != wanted
    fresh.load_weights(dict(model.named_parameters()), version=7)
    attempts = list(fresh.sample(THEOREMS, 2, PARAMS))
    assert by_id(attempts) == wanted
    assert {a.sampler.weights_version for a in attempts} == {7}


def test_weights_of_another_model_are_refused(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    weights = dict(model.named_parameters())
    name = next(iter(weights))
    with pytest.raises(ModelError, match=name):
        sampler(model, tokenizer).load_weights({**weights, name: torch.zeros(3, 3)}, 1)
    missing = "model.norm.weight"
    with pytest.raises(ModelError, match=missing):
        sampler(model, tokenizer).load_weights({n: w for n, w in weights.items() if n != missing}, 1)


@given(st.integers(0, 2**64 - 1), st.integers(0, 5000))
def test_uniforms_are_in_range(key: int, position: int) -> None:
    import numpy as np

    assert 0 <= uniforms(np.array([key], dtype=np.uint64), position)[0] < 1


def test_uniforms_are_uniform() -> None:
    import numpy as np

    keys = np.array([attempt_key(0, f"t{i}", j) for i in range(250) for j in range(4)], dtype=np.uint64)
    sample = np.stack([uniforms(keys, p) for p in range(40)])  # (position, attempt)
    counts, _ = np.histogram(sample, bins=20, range=(0, 1))
    expected = sample.size / 20
    assert ((counts - expected) ** 2 / expected).sum() < 43.8  # chi-square, 19 degrees of freedom, p = 0.001
    assert abs(np.corrcoef(sample[0], sample[1])[0, 1]) < 0.1


def test_pick_follows_the_distribution() -> None:
    logits = torch.tensor([[0.0, 1.0, 2.0, -1.0]])
    u = (torch.arange(2000) + 0.5) / 2000
    ids, logprobs = pick(logits.expand(2000, 4), 0.5, 1.0, u)
    expected = (logits[0] / 0.5).softmax(-1)
    assert torch.allclose(torch.bincount(ids, minlength=4) / 2000, expected, atol=2e-3)
    assert torch.allclose(logprobs, expected.log()[ids], atol=1e-5)


def test_top_p_leaves_out_the_tail_but_reports_the_full_distribution() -> None:
    logits = torch.tensor([[0.5, 0.3, 0.15, 0.05]]).log()
    u = (torch.arange(1000) + 0.5) / 1000
    ids, logprobs = pick(logits.expand(1000, 4), 1.0, 0.6, u)
    assert torch.bincount(ids, minlength=4).tolist() == [625, 375, 0, 0]
    assert torch.allclose(logprobs.exp(), torch.tensor([0.5, 0.3])[ids], atol=1e-5)


def test_prompts_that_begin_alike_are_read_once_and_give_the_same_logits(model: LlamaForCausalLM) -> None:
    torch.manual_seed(1)
    stem = torch.randint(5, 200, (30,)).tolist()
    prompts = [stem + torch.randint(5, 200, (n,)).tolist() for n in (3, 9, 1, 5)]
    prompts[2] = [*prompts[1], 7]
    assert shared(prompts)[1] >= 30
    read: list[int] = []
    decoder = LlamaDecoder(model)
    forward = decoder._forward

    def counted(ids: torch.Tensor, *rest: torch.Tensor) -> torch.Tensor:
        read.append(ids.numel())
        return forward(ids, *rest)

    decoder._forward = counted  # type: ignore[method-assign]
    with torch.inference_mode():
        first = decoder.prefill(prompts, 20)
        assert sum(read) == sum(map(len, prompts)) - sum(shared(prompts))
        decoder.repeat(torch.tensor([1, 2, 1, 1]))
        tokens = torch.tensor([9, 8, 7, 6, 5])
        second = decoder.step(tokens)
    rows = [prompts[i] for i in (0, 1, 1, 2, 3)]
    for row, token, got in zip(rows, tokens.tolist(), second, strict=True):
        with torch.no_grad():
            torch.testing.assert_close(
                got, model(torch.tensor([[*row, token]])).logits[0, -1], atol=1e-4, rtol=1e-4
            )
    for row, got in zip(prompts, first, strict=True):
        with torch.no_grad():
            torch.testing.assert_close(got, model(torch.tensor([row])).logits[0, -1], atol=1e-4, rtol=1e-4)


def test_the_cache_grows_with_use(model: LlamaForCausalLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "_ROOM", 4)
    decoder, prompt = LlamaDecoder(model), [5, 6, 7, 8, 9]
    with torch.inference_mode():
        decoder.prefill([prompt, prompt[1:]], 500)
        assert decoder.cache.shape[4] == 4
        for token in range(10, 40):
            prompt.append(token)
            got = decoder.step(torch.tensor([token, token]))[0]
        assert decoder.cache.shape[4] < 100
        torch.testing.assert_close(got, model(torch.tensor([prompt])).logits[0, -1], atol=1e-4, rtol=1e-4)


def test_weights_written_to_are_packed_again(model: LlamaForCausalLM) -> None:
    model = copy.deepcopy(model)
    decoder = LlamaDecoder(model)
    with torch.inference_mode():
        before = decoder.prefill([[5, 6, 7]], 4)
    packed = decoder.layers
    with torch.inference_mode():
        decoder.prefill([[5, 6, 7]], 4)
    assert decoder.layers is packed
    with torch.no_grad():
        model.model.layers[0].self_attn.q_proj.weight.mul_(1.5)
    with torch.inference_mode():
        after = decoder.prefill([[5, 6, 7]], 4)
    assert decoder.layers is not packed
    assert not torch.equal(before, after)


def test_bfloat16_is_near_float32(model: LlamaForCausalLM) -> None:
    prompts = [[5, 6, 7, 8], [5, 9]]
    small = make_decoder(copy.deepcopy(model).to(torch.bfloat16))
    with torch.inference_mode():
        exact, near = LlamaDecoder(model).prefill(prompts, 4), small.prefill(prompts, 4)
    assert near.dtype == torch.float32
    torch.testing.assert_close(near, exact, atol=0.1, rtol=0.1)


def test_a_batch_is_no_larger_than_memory_allows(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = by_id(list(sampler(model, tokenizer).sample(THEOREMS, 3, PARAMS)))
    monkeypatch.setattr(hf_sampler, "_free_bytes", lambda _: 1)
    alone = sampler(model, tokenizer)
    assert alone._rows_that_fit([10, 10, 10], 20) == 1
    assert by_id(list(alone.sample(THEOREMS, 3, PARAMS))) == whole


def test_every_end_token_of_the_model_ends_an_answer(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    """As of the many chat models whose generation_config lists several."""
    model = copy.deepcopy(model)
    letters = tokenizer("simp", add_special_tokens=False)["input_ids"]
    attempts = list(sampler(model, tokenizer).sample(THEOREMS, 12, PARAMS))
    common = Counter(i for a in attempts for i in a.token_ids).most_common(1)[0][0]
    model.generation_config.eos_token_id = [tokenizer.eos_token_id, common, letters[0]]
    for attempt in sampler(model, tokenizer).sample(THEOREMS, 12, PARAMS):
        assert common not in attempt.token_ids[:-1]
        assert attempt.truncated == (
            attempt.token_ids[-1] not in (tokenizer.eos_token_id, common, letters[0])
        )


def test_an_answer_ends_at_the_texts_its_format_names(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    attempts = list(sampler(model, tokenizer).sample(THEOREMS, 12, PARAMS))
    text = next(a.completion[1:3] for a in attempts if len(a.completion) > 6 and "<" not in a.completion[:6])

    class Stopping(TinyPrompt):
        stop = (text,)

    prompt = Stopping()
    stopping = HFSampler(model, tokenizer, prompt, max_prompt_tokens=64, batch_size=64)
    ended = [a for a in stopping.sample(THEOREMS, 12, PARAMS) if text in a.completion]
    assert ended
    assert all(text not in tokenizer.decode(a.token_ids[:-1]) for a in ended)
    assert all(not a.truncated and len(a.token_ids) == len(a.logprobs) for a in ended)


def test_a_model_may_have_more_logits_than_its_tokenizer_has_tokens(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast
) -> None:
    """Qwen2 pads its embedding: a token without a text is sampled like any other, and ends nothing."""
    padded = copy.deepcopy(model)
    size = len(tokenizer)
    padded.resize_token_embeddings(size + 200, mean_resizing=False)
    with torch.no_grad():
        padded.get_output_embeddings().weight[size:] *= 3  # so that they are drawn

    class Stopping(TinyPrompt):
        stop = ("e",)

    stopping = HFSampler(padded, tokenizer, Stopping(), max_prompt_tokens=64, batch_size=64)
    attempts = list(stopping.sample(THEOREMS, 12, PARAMS))
    assert any(i >= size for a in attempts for i in a.token_ids)
    assert all("e" not in tokenizer.decode(a.token_ids[:-1]) for a in attempts)
