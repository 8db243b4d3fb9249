"""The tiny prover: a standard Llama of a few million parameters, from scratch.

Grouped-query attention with few key/value heads keeps the cache small: on a CPU, reading it is what decoding many short
proofs at once waits for. Embeddings are tied, because with a vocabulary of about a thousand they are worth sharing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.errors import ConfigError

if TYPE_CHECKING:
    from transformers import LlamaForCausalLM, PreTrainedTokenizerBase

    from physprover.config import ModelConfig


def build_tiny(config: ModelConfig, tokenizer: PreTrainedTokenizerBase, seed: int) -> LlamaForCausalLM:
    """A freshly initialised model for `tokenizer`; the same seed gives the same weights."""
    import torch
    from transformers import LlamaConfig, LlamaForCausalLM

    if config.hidden_size % config.heads or (config.hidden_size // config.heads) % 2:
        raise ConfigError(
            f"model.hidden_size {config.hidden_size} is not an even multiple of model.heads {config.heads}"
        )
    shape = LlamaConfig(
        vocab_size=len(tokenizer),
        hidden_size=config.hidden_size,
        intermediate_size=_multiple(config.hidden_size * 8 / 3, 32),
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=_key_value_heads(config.heads),
        max_position_embeddings=config.max_prompt_tokens + config.max_new_tokens,
        rope_theta=10_000.0,
        tie_word_embeddings=True,
        attention_dropout=0.0,
        pad_token_id=tokenizer.pad_token_id,
        eos_token_id=tokenizer.eos_token_id,
        bos_token_id=None,
    )
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(shape)


def _key_value_heads(heads: int) -> int:
    """About a quarter of the heads, and a divisor of them."""
    return max(n for n in range(1, max(1, heads // 4) + 1) if heads % n == 0)


def _multiple(value: float, of: int) -> int:
    return max(of, round(value / of) * of)
