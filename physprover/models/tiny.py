"""The tiny prover: a standard Llama of a few million parameters, from scratch.

Grouped-query attention with few key/value heads keeps the cache small: on a CPU, reading it is what decoding many short
proofs at once waits for. Embeddings are tied, because with a vocabulary of about a thousand they are worth sharing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from physprover.config import ModelConfig
from physprover.errors import ConfigError, DataError
from physprover.prompts.tiny import SPECIAL_TOKENS

if TYPE_CHECKING:
    from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerBase, PreTrainedTokenizerFast


# -- A byte-level BPE tokenizer trained on the spot, for Lean and few examples. --
#
# Pieces never cross the borders at which Lean names are built (camelCase humps, underscores, dots), digits and Greek
# letters stand alone, brackets are not glued to what they hold. So an identifier never seen in training is spelled from a
# few known pieces, and a bracket is the same token wherever it occurs. Any UTF-8 text can be encoded.

PAD, END = "<|pad|>", "<|end|>"
_PIECES = (
    r"\n *(?:[|·])?"  # a line break with the indentation after it, and the bullet of a case
    r"| ?[A-Z]?[a-z]+"  # words and humps
    r"| ?[A-Z]+(?![a-z])"
    r"| ?[\u0370-\u03ff]"  # Greek, one by one
    r"| ?\d"
    r"| ?[\[\](){}⟨⟩,._;]"
    r"| ?[^\s\w\[\](){}⟨⟩,.;<|]+"  # operators
    r"| ?<;>| ?[<|]+"
    r"|\s+"
    r"| ?."
)


def train_tokenizer(
    texts: Iterable[str], vocab_size: int, further: Sequence[str] = ()
) -> PreTrainedTokenizerFast:
    """Train on prompts and answers; the same texts give the same tokenizer. At most `vocab_size` tokens.

    `further` tokens, of other formats than `tiny`, are never split either.
    """
    from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, trainers
    from transformers import PreTrainedTokenizerFast

    corpus = list(texts)
    if not corpus:
        raise DataError("the tokenizer has nothing to train on: no proofs in the train split")
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(_PIECES), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocab_size,
        special_tokens=[PAD, END, *SPECIAL_TOKENS, *further],
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    tokenizer.train_from_iterator(corpus, trainer)
    return PreTrainedTokenizerFast(
        tokenizer_object=tokenizer,
        pad_token=PAD,
        eos_token=END,
        additional_special_tokens=[*SPECIAL_TOKENS, *further],
        clean_up_tokenization_spaces=False,
        padding_side="left",
    )


# -- Tiny --


def build_tiny(config: ModelConfig, tokenizer: PreTrainedTokenizerBase, seed: int) -> LlamaForCausalLM:
    """A freshly initialised model for `tokenizer`; the same seed gives the same weights."""
    import torch
    from transformers import LlamaForCausalLM

    shape = tiny_shape(config, len(tokenizer), tokenizer.pad_token_id, tokenizer.eos_token_id)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        return LlamaForCausalLM(shape)


def tiny_shape(
    config: ModelConfig, vocabulary: int, pad: int | None = None, end: int | None = None
) -> LlamaConfig:
    """The architecture. Raises `ConfigError` where the width does not fit the heads."""
    from transformers import LlamaConfig

    if config.hidden_size % config.heads or (config.hidden_size // config.heads) % 2:
        raise ConfigError(
            f"model.hidden_size {config.hidden_size} is not an even multiple of model.heads {config.heads}"
        )
    key_value_heads, intermediate = derived_sizes(config)
    return LlamaConfig(
        vocab_size=vocabulary,
        hidden_size=config.hidden_size,
        intermediate_size=intermediate,
        num_hidden_layers=config.layers,
        num_attention_heads=config.heads,
        num_key_value_heads=key_value_heads,
        max_position_embeddings=config.max_prompt_tokens + config.max_new_tokens,
        rope_theta=10_000.0,
        tie_word_embeddings=True,
        attention_dropout=0.0,
        pad_token_id=pad,
        eos_token_id=end,
        bos_token_id=None,
    )


def derived_sizes(config: ModelConfig) -> tuple[int, int]:
    """Key/value heads, about a quarter of the heads and a divisor of them; and the width of the MLP, a multiple of 32."""
    heads = max(n for n in range(1, max(1, config.heads // 4) + 1) if config.heads % n == 0)
    return heads, max(32, round(config.hidden_size * 8 / 3 / 32) * 32)
