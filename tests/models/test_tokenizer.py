"""The tokenizer trained on the spot."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import DataError
from physprover.models.tiny import END, PAD, train_tokenizer
from physprover.prompts.tiny import SPECIAL_TOKENS

TEXTS = [
    "<|goal|>(m v : Int) :<|d0|> m (-v) =<|d0|> m v<|proof|>simp only [<|d0|>]\ngrind",
    "<|goal|>(n : Nat) : totalSpin n = 12 * n<|proof|>induction n with\n| zero => rfl\n| succ n ih => grind",
] * 3
TOKENIZER = train_tokenizer(TEXTS, 400)


def ids(text: str) -> list[int]:
    return list(TOKENIZER(text, add_special_tokens=False)["input_ids"])


@given(st.text(max_size=60))
def test_any_text_round_trips(text: str) -> None:
    assert TOKENIZER.decode(ids(text), skip_special_tokens=False) == text


def test_special_tokens_are_single() -> None:
    assert TOKENIZER.pad_token == PAD
    assert TOKENIZER.eos_token == END
    assert all(len(ids(token)) == 1 for token in SPECIAL_TOKENS)


def test_digits_and_name_humps_are_borders() -> None:
    assert len(ids("12")) == 2
    pieces = [TOKENIZER.decode([i]) for i in ids("totalSpin_zero.succ")]
    assert "".join(pieces) == "totalSpin_zero.succ"
    assert not any(
        p in ("lS", "n_", "o.s") or ("_" in p and len(p) > 1) or ("." in p and len(p) > 1) for p in pieces
    )


def test_same_texts_same_tokenizer() -> None:
    assert train_tokenizer(TEXTS, 400).get_vocab() == TOKENIZER.get_vocab()


def test_nothing_to_train_on_is_an_error() -> None:
    with pytest.raises(DataError, match="no proofs"):
        train_tokenizer([], 400)
