"""Opening stored provers, and what is said when it cannot be done."""

import copy
import importlib.util
import json
from pathlib import Path

import pytest
from tokenizers import Tokenizer
from tokenizers.models import WordLevel
from tokenizers.pre_tokenizers import WhitespaceSplit
from transformers import AutoTokenizer, LlamaForCausalLM, PreTrainedTokenizerFast

from physprover.config import ModelConfig, RunConfig, SamplerConfig
from physprover.errors import ConfigError, ModelError
from physprover.models.load import (
    check_context,
    check_prompt,
    load_sampler,
    load_tokenizer,
    plainly_readable,
)
from physprover.models.sampler import SamplingParams
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.prompts import get_prompt
from tests.chat_tokenizer import chat_tokenizer
from tests.models.toy_problems import THEOREMS

CONFIG = RunConfig(model=ModelConfig(max_prompt_tokens=64, max_new_tokens=24))  # of the fixture's model


def save(model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, folder: Path) -> Path:
    model.save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def test_saved_prover_samples_the_same(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    config = CONFIG
    params = SamplingParams(max_new_tokens=8)
    attempts = [
        sorted(
            (a.theorem, a.token_ids, a.proof)
            for a in load_sampler(folder, config).sample(THEOREMS, 2, params)
        )
        for folder in (save(model, tokenizer, tmp_path / "a"), save(model, tokenizer, tmp_path / "step-12"))
    ]
    assert attempts[0] == attempts[1]
    info = load_sampler(tmp_path / "step-12", config).info
    assert info.weights_version == 12
    assert str(tmp_path) not in info.model


def test_missing_model_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"no model here \(config.json is missing\)"):
        load_sampler(tmp_path / "nothing", CONFIG)


def test_a_sentencepiece_tokenizer_names_the_package_that_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    find = importlib.util.find_spec
    monkeypatch.setattr(
        importlib.util,
        "find_spec",
        lambda name, *more: None if name == "sentencepiece" else find(name, *more),
    )
    shape = {"model_type": "llama", "vocab_size": 32, "hidden_size": 8, "num_attention_heads": 2}
    (tmp_path / "config.json").write_text(json.dumps(shape))
    (tmp_path / "tokenizer_config.json").write_text('{"tokenizer_class": "LlamaTokenizer"}')
    (tmp_path / "tokenizer.model").write_bytes(b"\n\x0e\n\x05<unk>\x15\0\0\0\0\x18\x02")
    with pytest.raises(ModelError, match="pip install sentencepiece"):
        load_tokenizer(tmp_path)


def test_damaged_weights_are_one_line(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    folder = save(model, tokenizer, tmp_path / "m")
    (folder / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(ModelError) as caught:
        load_sampler(folder, CONFIG)
    assert "\n" not in str(caught.value)


def test_tokenizer_of_another_prover_names_both_sizes(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    folder = save(model, tokenizer, tmp_path / "m")
    words = " ".join(f"word{chr(97 + i)}{chr(97 + j)}" for i in range(26) for j in range(26))
    other = train_tokenizer([words], len(tokenizer) + 40)
    other.save_pretrained(folder)
    with pytest.raises(ModelError, match=rf"{len(other)} tokens but the model only {len(tokenizer)}"):
        load_sampler(folder, CONFIG)


def test_a_prover_that_does_not_know_the_prompt_format_is_refused(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path
) -> None:
    folder = save(model, tokenizer, tmp_path / "m")
    for file in (folder / "tokenizer.json", folder / "tokenizer_config.json"):
        file.write_text(file.read_text(encoding="utf-8").replace("<|t0|>", "<|old|>"), encoding="utf-8")
    with pytest.raises(ModelError, match=r"prompt format `tiny`: its vocabulary lacks <\|t0\|> and 0 more"):
        load_sampler(folder, CONFIG)


@pytest.mark.parametrize("kind", ["hf", "rope"])
def test_a_context_that_is_too_short_is_refused(
    model: LlamaForCausalLM, tokenizer: PreTrainedTokenizerFast, tmp_path: Path, kind: str
) -> None:
    folder = save(model, tokenizer, tmp_path / "m")
    shape = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    shape["max_position_embeddings"] = 100
    if kind == "rope":
        shape["rope_parameters"] = {"rope_type": "linear", "factor": 2.0, "rope_theta": 10000.0}
    (folder / "config.json").write_text(json.dumps(shape), encoding="utf-8")
    positions = 200 if kind == "rope" else 100

    def lengths(prompt: int) -> RunConfig:
        return RunConfig(model=ModelConfig(max_prompt_tokens=prompt, max_new_tokens=50))

    load_sampler(folder, lengths(positions - 50))
    with pytest.raises(ModelError, match=rf"has {positions} positions, .* 50 are {positions + 1}: lower"):
        load_sampler(folder, lengths(positions - 49))


def test_a_model_that_names_no_positions_passes(tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"model_type": "mamba"}', encoding="utf-8")
    check_context(tmp_path, ModelConfig(max_prompt_tokens=10**7))


def test_vllm_sampler_says_what_to_install(tmp_path: Path) -> None:
    try:
        import vllm  # noqa: F401
    except ImportError:
        with pytest.raises(ModelError, match="pip install"):
            load_sampler(tmp_path, RunConfig(sampler=SamplerConfig(kind="vllm")))


def test_odd_head_size_is_a_config_error(tokenizer: PreTrainedTokenizerFast) -> None:
    with pytest.raises(ConfigError, match="even multiple"):
        build_tiny(ModelConfig(path="m", hidden_size=30, heads=10), tokenizer, 0)


def test_same_seed_same_weights(tokenizer: PreTrainedTokenizerFast) -> None:
    import torch

    shape = ModelConfig(hidden_size=32, heads=4, layers=1)
    first, second, other = (build_tiny(shape, tokenizer, seed) for seed in (0, 0, 1))
    pairs = list(zip(first.parameters(), second.parameters(), other.parameters(), strict=True))
    assert all(torch.equal(a, b) for a, b, _ in pairs)
    assert not all(torch.equal(a, c) for a, _, c in pairs)


def test_a_format_whose_markers_the_tokenizer_splits_is_refused() -> None:
    tokenizer = chat_tokenizer()
    check_prompt("m", tokenizer, get_prompt("goedel"))  # its markers are those of this tokenizer
    for name in ("deepseek-prover-v2", "physprover"):
        with pytest.raises(ModelError, match=r"splits <｜begin▁of▁sentence｜>; set model\.prompt"):
            check_prompt("m", tokenizer, get_prompt(name))


def test_a_tokenizer_without_an_end_is_refused(tmp_path: Path) -> None:
    tokenizer = copy.deepcopy(chat_tokenizer())
    tokenizer.eos_token = None
    (tmp_path / "config.json").write_text('{"model_type": "llama"}', encoding="utf-8")
    tokenizer.save_pretrained(tmp_path)
    with pytest.raises(ModelError, match="names no end token"):
        load_tokenizer(tmp_path)
    tokenizer.eos_token, tokenizer.pad_token = "<|im_end|>", None
    tokenizer.save_pretrained(tmp_path)
    assert load_tokenizer(tmp_path).pad_token == "<|im_end|>"


@pytest.mark.parametrize("named", ["LlamaTokenizerFast", "PreTrainedTokenizerFast"])
def test_text_survives_a_tokenizer_that_names_another_class_than_its_file_is_of(
    named: str, tmp_path: Path
) -> None:
    """As DeepSeek's provers do: pieces of bytes in tokenizer.json, Llama's class in tokenizer_config.json."""
    theirs, copy_ = tmp_path / "theirs", tmp_path / "copy"
    chat_tokenizer().save_pretrained(theirs)
    (theirs / "config.json").write_text('{"model_type": "llama"}')
    settings = json.loads((theirs / "tokenizer_config.json").read_text())
    (theirs / "tokenizer_config.json").write_text(json.dumps(settings | {"tokenizer_class": named}))
    text = "theorem t (a b : ℤ) (h : a ≤ b) :\n    a - b ≤ 0 := by\n  omega"
    wanted = chat_tokenizer()(text)["input_ids"]
    found = load_tokenizer(theirs)
    assert found(text)["input_ids"] == wanted
    assert found.decode(wanted) == text
    assert (found.eos_token, found.chat_template) == ("<|im_end|>", chat_tokenizer().chat_template)
    place = plainly_readable(theirs, copy_)
    assert place == str(theirs if named == "PreTrainedTokenizerFast" else copy_)
    plain = AutoTokenizer.from_pretrained(place)
    assert plain(text)["input_ids"] == wanted
    assert plain.decode(wanted) == text
    found.save_pretrained(theirs)  # as a checkpoint
    assert load_tokenizer(theirs)(text)["input_ids"] == wanted


def test_a_tokenizer_that_tidies_english_leaves_lean_alone(tmp_path: Path) -> None:
    text = "exact f .symm , 'rfl"
    inner = Tokenizer(WordLevel({word: i for i, word in enumerate(["</s>", *text.split()])}))
    inner.pre_tokenizer = WhitespaceSplit()
    PreTrainedTokenizerFast(
        tokenizer_object=inner, eos_token="</s>", clean_up_tokenization_spaces=True
    ).save_pretrained(tmp_path)
    (tmp_path / "config.json").write_text('{"model_type": "llama"}')
    assert AutoTokenizer.from_pretrained(tmp_path).decode([1, 2, 3, 4, 5]) != text
    assert load_tokenizer(tmp_path).decode([1, 2, 3, 4, 5]) == text
