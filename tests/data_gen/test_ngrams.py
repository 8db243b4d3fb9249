from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from data_gen.contamination import NearDuplicates, grams
from physprover.lean.text.terms import jaccard

WORDS = st.lists(
    st.sampled_from(["v0", "v1", "+", "*", "=", "(", ")", "twice", "momentum", "7"]), min_size=1, max_size=40
)


def test_numbers_are_one_word() -> None:
    assert grams("v0 + 2 = 3") == grams("v0 + 17 = 4")
    assert grams("v0 + 2 = 3") != grams("v0 * 2 = 3")


@given(one=WORDS, other=WORDS)
def test_a_match_is_never_invented(one: list[str], other: list[str]) -> None:
    known = NearDuplicates(0.85)
    known.add(" ".join(one), "one")
    found = known.find(" ".join(other))
    likeness = jaccard(grams(" ".join(one)), grams(" ".join(other)))
    assert found is None or (found == ("one", likeness) and likeness >= 0.85)


@given(words=WORDS)
def test_equal_ones_are_always_found_until_forgotten(words: list[str]) -> None:
    text, known = " ".join(words), NearDuplicates(0.85)
    known.add(text, "first")
    known.add(text, "second")
    assert known.find(text) == ("first", 1.0)
    known.discard("first")
    assert known.find(text) == ("second", 1.0)
    known.discard("second")
    assert known.find(text) is None


def test_close_ones_are_found_and_far_ones_not() -> None:
    known = NearDuplicates(0.85)
    base = [f"w{i}" for i in range(60)]
    known.add(" ".join(base), "base")
    assert known.find(" ".join([*base[:-1], "other"])) is not None
    assert known.find(" ".join([*base[:30], "x", *base[31:45], "y", *base[46:]])) is None
    assert known.find("nothing like it at all") is None
