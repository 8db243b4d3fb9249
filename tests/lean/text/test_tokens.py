from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import DataError
from physprover.lean.text.tokens import mask, without_comments

CODE = st.text(alphabet="abx (:=)\n.'₁∧", max_size=12).filter(lambda t: "--" not in t)
INSIDE = st.text(alphabet="ab \n:=@", max_size=12)


@given(st.lists(st.tuples(CODE.filter(lambda t: "'" not in t), INSIDE), max_size=5))
def test_masking_keeps_length_lines_and_code(parts: list[tuple[str, str]]) -> None:
    text = "".join(f"{code} /- {hidden} /- {hidden} -/ -/ " for code, hidden in parts)
    source = mask(text)
    assert len(source.masked) == len(text)
    assert [i for i, c in enumerate(text) if c == "\n"] == [
        i for i, c in enumerate(source.masked) if c == "\n"
    ]
    assert source.masked.split() == " ".join(code for code, _ in parts).split()


@given(st.text(alphabet="abc\"\\\n -/'x", max_size=30))
def test_any_text_is_masked_at_equal_length_or_refused(text: str) -> None:
    with suppress(DataError):
        assert len(mask(text).masked) == len(text)


def test_strings_primes_and_characters() -> None:
    source = mask("""def f (x' : Char) := if x' = '"' then "-- no /- comment" else r#"raw " end"# -- real""")
    assert "x' : Char" in source.masked
    assert "comment" not in source.masked
    assert "raw" not in source.masked
    assert "then" in source.masked
    assert [c.kind for c in source.comments] == ["line"]


@pytest.mark.parametrize("text", ["a\n/- open /- -/", 'b\n"never'])
def test_unclosed_is_reported_with_its_line(text: str) -> None:
    with pytest.raises(DataError, match=r"line 2: .* is never closed"):
        mask(text)


def test_without_comments() -> None:
    assert without_comments("/-! x -/\ndef a := 1 -- one\n\n/-- d -/\ndef b := 2") == "def a := 1\ndef b := 2"
