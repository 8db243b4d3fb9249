"""A tiny random Llama with a character tokenizer, and helpers that build attempts for it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, decoders, models, pre_tokenizers
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast

from physprover.config import EngineConfig, ModelConfig, OptimizerConfig, RLConfig, RunConfig
from physprover.config_file import parse_config
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.pool import LocalPool
from rl.groups import Sample

VOCABULARY = 96


def build_tokenizer() -> PreTrainedTokenizerFast:
    """One token a printable ASCII character, plus <pad> and <end>."""
    characters = {chr(code): code - 30 for code in range(32, 32 + VOCABULARY - 2)}
    tokens = {"<pad>": 0, "<end>": 1, **characters}
    inner = Tokenizer(models.WordLevel(tokens, unk_token="?"))
    inner.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    inner.decoder = decoders.Fuse()
    return PreTrainedTokenizerFast(
        tokenizer_object=inner, pad_token="<pad>", eos_token="<end>", padding_side="left"
    )


def build_model(seed: int = 0, width: int = 32) -> LlamaForCausalLM:
    torch.manual_seed(seed)
    return LlamaForCausalLM(
        LlamaConfig(
            vocab_size=VOCABULARY,
            hidden_size=width,
            intermediate_size=2 * width,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            max_position_embeddings=256,
            pad_token_id=0,
            eos_token_id=1,
            bos_token_id=None,
        )
    )


@pytest.fixture(scope="module")
def machines() -> Iterator[None]:
    """One local Ray for all that a file trains in this process, as a stage before RL leaves it."""
    from rl.cluster import cluster

    with cluster(parse_config({"cluster": {"trainer_processes": 2}})):
        yield


@pytest.fixture(scope="module")
def workers(lean: EmbeddedEngine) -> Iterator[LocalPool]:
    """The Lean that runs already, handed over as the pipeline hands its own to the stages."""
    with LocalPool(EngineConfig(workers=1), ([lean], lambda: None)) as pool:
        yield pool


@pytest.fixture
def tokenizer() -> PreTrainedTokenizerFast:
    return build_tokenizer()


@pytest.fixture
def warm_start(tmp_path: Path) -> Path:
    """A saved model directory, as the warm start leaves it."""
    path = tmp_path / "warmstart"
    build_model().save_pretrained(path)
    build_tokenizer().save_pretrained(path)
    return path


def run_config(**rl: object) -> RunConfig:
    optimizer = rl.pop("optimizer", OptimizerConfig(name="adamw", learning_rate=1e-2))
    settings = {"group_size": 4, "max_grad_norm": 1e9, **rl}
    return RunConfig(
        model=ModelConfig(max_new_tokens=16), rl=RLConfig.model_validate({**settings, "optimizer": optimizer})
    )


@torch.no_grad()
def behaviour_logprobs(
    model: LlamaForCausalLM, prompt: tuple[int, ...], tokens: tuple[int, ...]
) -> tuple[float, ...]:
    """What an exact on-policy sampler would have recorded, computed one unpadded row at a time."""
    logits = model(torch.tensor([prompt + tokens])).logits[0, len(prompt) - 1 : -1].float()
    return tuple(torch.log_softmax(logits, -1)[range(len(tokens)), list(tokens)].tolist())


def random_samples(model: LlamaForCausalLM, groups: int = 3, size: int = 4, seed: int = 0) -> list[Sample]:
    """Groups of attempts of unequal lengths with advantages that sum to zero."""
    rng = random.Random(seed)
    result = []
    for _ in range(groups):
        prompt = tuple(rng.randrange(2, VOCABULARY) for _ in range(rng.randrange(3, 20)))
        for i in range(size):
            tokens = tuple(rng.randrange(1, VOCABULARY) for _ in range(rng.randrange(1, 15)))
            advantage = 1.0 if i < size // 2 else -1.0
            result.append(Sample(prompt, tokens, behaviour_logprobs(model, prompt, tokens), advantage))
    return result
