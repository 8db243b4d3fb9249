"""A tiny prover with random weights: enough for everything but proving."""

import pytest
import torch
from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

from physprover.config import ModelConfig
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.prompts import get_prompt
from tests.models.toy_problems import THEOREMS


@pytest.fixture(scope="session")
def tokenizer() -> PreTrainedTokenizerFast:
    prompt = get_prompt("tiny")
    return train_tokenizer([prompt.render(t) + prompt.target(t, t.proof or "") for t in THEOREMS], 380)


@pytest.fixture(scope="session")
def model(tokenizer: PreTrainedTokenizerFast) -> LlamaForCausalLM:
    config = ModelConfig(hidden_size=32, layers=2, heads=4, max_prompt_tokens=64, max_new_tokens=24)
    model = build_tiny(config, tokenizer, seed=1).eval()
    with torch.no_grad():  # sharper than at initialisation, so that sampling is not uniform
        for weight in model.parameters():
            if weight.ndim > 1:
                weight.mul_(8)
    return model
