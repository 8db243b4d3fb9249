"""The token mask: what it excludes, that samplers keep to it, and that right answers do too."""

import re

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from data_gen.extract import extract
from data_gen.library import read_library
from physprover.models import hf_sampler
from physprover.models.decoders import CachedDecoder, LlamaDecoder
from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import MASKED, SamplingParams, TokenMask
from physprover.prompts import PROMPT_NAMES, get_prompt
from physprover.prompts.tiny import ALL, GOAL, HANDLE, HANDLES, INSIGHT_TOKENS, PROOF, SKETCH, SPECIAL_TOKENS
from physprover.records import Theorem
from physprover.resources import resolve
from tests.chat_tokenizer import chat_tokenizer
from tests.models.test_hf_sampler import reference_logprobs
from tests.models.toy_problems import THEOREMS
from tests.rl import toy

TINY = get_prompt("tiny")


@pytest.fixture(scope="module")
def library() -> list[Theorem]:
    return extract(read_library(resolve("lean/PhysCore")), "sorry")[0]


def test_only_what_the_goal_binds_and_the_prompt_declares_is_allowed() -> None:
    prompt = "<|defs|><|d0|><|def|>(<|v0|><|v1|> : Int) := 0<|lemmas|><|l0|>(<|h0|> : <|d0|>)<|goal|>(<|v0|> : Int) :<|d0|><|proof|>"
    allowed = set(SPECIAL_TOKENS) - set(TINY.excluded(prompt))
    assert allowed == {"<|d0|>", "<|l0|>", "<|v0|>", ALL}


def test_what_is_asked_for_decides() -> None:
    """A prompt that ends before its goal leaves names free; one that ends otherwise may go on to the proof."""
    head = "<|defs|><|d0|><|def|>(<|v0|> : Int) := 0<|lemmas|><|goal|>"
    assert not set(TINY.excluded(head)) & {"<|d0|>", "<|v0|>", "<|v9|>", "<|h0|>", PROOF}
    assert set(TINY.excluded(head)) > {GOAL, "<|d1|>", "<|l0|>"}
    assert PROOF in TINY.excluded(head + "<|v0|><|proof|>")
    assert PROOF not in TINY.excluded(head + "<|v0|><|sketch|>")


def test_no_reference_proof_of_the_library_needs_an_excluded_token(library: list[Theorem]) -> None:
    assert len(library) > 500
    for theorem in library:
        excluded = set(TINY.excluded(TINY.render(theorem)))
        assert not excluded & set(HANDLE.findall(TINY.target(theorem, theorem.proof or ""))), theorem.name


def test_formats_without_tokens_of_their_own_exclude_nothing(tokenizer: PreTrainedTokenizerFast) -> None:
    for name in PROMPT_NAMES:
        prompt = get_prompt(name, chat_tokenizer())
        if not prompt.tokens:
            mask = TokenMask(tokenizer, prompt)
            ids = tuple(tokenizer(prompt.render(THEOREMS[0]))["input_ids"])
            assert not mask.active
            assert mask.excluded(ids) == ()
            assert mask.bias([ids], len(tokenizer)) is None


def test_bias_is_the_exclusion_of_each_prompt(tokenizer: PreTrainedTokenizerFast) -> None:
    mask = TokenMask(tokenizer, TINY)
    prompts = [tuple(tokenizer(TINY.render(t))["input_ids"]) for t in THEOREMS[:3]]
    bias = mask.bias(prompts, len(tokenizer) + 5)
    assert bias is not None
    assert bias.shape == (3, len(tokenizer) + 5)
    for row, prompt in zip(bias, prompts, strict=True):
        assert set(torch.nonzero(row == MASKED)[:, 0].tolist()) == set(mask.excluded(prompt))
        assert set(row.tolist()) == {0.0, MASKED}


@pytest.fixture(scope="module")
def naming(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    """A copy of the model that likes to name things: every handle token is far likelier than any other."""
    import copy

    fond = copy.deepcopy(model)
    head = torch.nn.Linear(fond.config.hidden_size, len(tokenizer), bias=True)
    head.weight.data.copy_(fond.lm_head.weight.data)
    head.bias.data.zero_()
    head.bias.data[[tokenizer.get_vocab()[h] for h in (*HANDLES, GOAL)]] = 6.0
    fond.lm_head = head
    return fond.eval()


def _strange(tokenizer: PreTrainedTokenizerFast, sampler: HFSampler) -> list[str]:
    """Completions with an excluded token."""
    mask = TokenMask(tokenizer, TINY)
    attempts = sampler.sample(THEOREMS, 8, SamplingParams(max_new_tokens=20, seed=1))
    return [a.completion for a in attempts if set(mask.excluded(a.prompt_ids)) & set(a.token_ids)]


def test_no_attempt_names_a_handle_that_the_prompt_lacks(
    naming: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hf_sampler, "make_decoder", CachedDecoder)
    sampler = HFSampler(naming, tokenizer, TINY, max_prompt_tokens=64, batch_size=16)
    assert _strange(tokenizer, sampler) == []
    monkeypatch.setattr(TokenMask, "bias", lambda *_: None)
    assert len(_strange(tokenizer, sampler)) > 24, (
        "without the mask the model errs, or this test shows nothing"
    )


@pytest.mark.parametrize("kind", [LlamaDecoder, CachedDecoder])
def test_logprobs_are_of_the_masked_distribution(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hf_sampler, "make_decoder", kind)
    sampler = HFSampler(model, tokenizer, TINY, max_prompt_tokens=64, batch_size=16)
    mask = TokenMask(tokenizer, TINY)
    differ = 0
    for attempt in sampler.sample(THEOREMS, 4, SamplingParams(max_new_tokens=20, seed=2, temperature=0.8)):
        got = torch.tensor(attempt.logprobs)
        bias = mask.bias([attempt.prompt_ids], len(tokenizer))
        torch.testing.assert_close(got, reference_logprobs(model, attempt, 0.8, bias), atol=1e-4, rtol=1e-4)
        differ += not torch.allclose(got, reference_logprobs(model, attempt, 0.8), atol=1e-3)
    assert differ > 0, "the mask takes no part, so this test shows nothing"


SPECIAL = re.compile(r"<\|\w+\|>")
PARTED = toy.tokenizer(INSIGHT_TOKENS)
ORDER = {"tiny": [], "tiny-sketch": [PROOF], "tiny-insight": [SKETCH, PROOF]}


@pytest.fixture(scope="module")
def ending() -> LlamaForCausalLM:
    """It likes to end, and likes what begins parts nearly as much, in any order."""
    model = toy.model(2, len(INSIGHT_TOKENS)).eval()
    vocabulary = PARTED.get_vocab()
    with torch.no_grad():
        model.lm_head.weight[:, 0] = 0.0
        model.lm_head.weight[PARTED.eos_token_id, 0] = 6.0
        model.lm_head.weight[[vocabulary[token] for token in (*INSIGHT_TOKENS, PROOF)], 0] = 4.0
    return model


def _parts(completion: str) -> list[str]:
    return [t for t in SPECIAL.findall(completion) if t in (*INSIGHT_TOKENS, PROOF)]


@pytest.mark.parametrize("name", ORDER)
@pytest.mark.parametrize("kind", [LlamaDecoder, CachedDecoder])
def test_an_answer_ends_after_its_last_part_and_parts_come_in_order(
    ending: LlamaForCausalLM, name: str, kind: type, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hf_sampler, "make_decoder", kind)
    prompt = get_prompt(name)
    mask = TokenMask(PARTED, prompt)
    sampler = HFSampler(ending, PARTED, prompt, max_prompt_tokens=120, batch_size=16)
    params = SamplingParams(max_new_tokens=30, seed=1, temperature=0.8)
    attempts = list(sampler.sample(toy.theorems(2), 8, params))
    assert {a.truncated for a in attempts} == {False}, "the test needs answers that end"
    for attempt in attempts:
        begun = _parts(attempt.completion)
        assert begun in (
            ORDER[name],
            ORDER[name][1:] or ORDER[name],
        )  # the sketch may be left out, the proof not
        bias = mask.bias([attempt.prompt_ids], len(PARTED))
        in_part = mask.part_bias(len(PARTED))
        answer = torch.tensor([attempt.token_ids])
        if in_part is not None:
            before = torch.zeros(len(attempt.prompt_ids) - 1, len(PARTED))
            bias = bias + torch.cat([before, in_part[mask.parts(answer)[0]], before[:1]])
        expected = reference_logprobs(ending, attempt, 0.8, bias)
        torch.testing.assert_close(torch.tensor(attempt.logprobs), expected, atol=1e-4, rtol=1e-4)


def test_without_the_mask_parts_are_lost(ending: LlamaForCausalLM, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(TokenMask, "part_bias", lambda *_: None)
    sampler = HFSampler(ending, PARTED, get_prompt("tiny-insight"), max_prompt_tokens=120, batch_size=16)
    attempts = sampler.sample(toy.theorems(2), 8, SamplingParams(max_new_tokens=30, seed=1))
    assert sum(_parts(a.completion) in ([SKETCH, PROOF], [PROOF]) for a in attempts) < 16
