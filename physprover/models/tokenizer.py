"""A byte-level BPE tokenizer trained on the spot, for Lean and few examples.

Pieces never cross the borders at which Lean names are built (camelCase humps, underscores, dots), digits and Greek
letters stand alone, brackets are not glued to what they hold. So an identifier never seen in training is spelled from a
few known pieces, and a bracket is the same token wherever it occurs. Any UTF-8 text can be encoded.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.errors import DataError
from physprover.prompts.tiny import SPECIAL_TOKENS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from transformers import PreTrainedTokenizerFast

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


def save_tokenizer(tokenizer: PreTrainedTokenizerFast, folder: Path) -> None:
    """Write it beside a model, in Hugging Face's layout."""
    tokenizer.save_pretrained(folder)
