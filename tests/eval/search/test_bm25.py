"""The retriever against the textbook formula, and its words."""

import math

from hypothesis import given
from hypothesis import strategies as st

from eval.search.library import BM25, K1, B, words

bags = st.lists(st.lists(st.sampled_from("abcdef"), max_size=8), min_size=1, max_size=6)


@given(documents=bags, query=st.lists(st.sampled_from("abcdefg"), max_size=5, unique=True))
def test_scores_are_those_of_the_formula(documents: list[list[str]], query: list[str]) -> None:
    mean = sum(map(len, documents)) / len(documents) or 1.0
    for document, score in zip(documents, BM25(documents).scores(query), strict=True):
        expected = 0.0
        for word in query:
            spread = sum(word in other for other in documents)
            weight = math.log(1 + (len(documents) - spread + 0.5) / (spread + 0.5))
            count = document.count(word)
            expected += weight * count * (K1 + 1) / (count + K1 * (1 - B + B * len(document) / mean))
        assert math.isclose(score, expected, abs_tol=1e-12)


def test_rare_words_decide() -> None:
    index = BM25([words(t) for t in ("kineticEnergy of a mass", "momentum of a mass", "a mass at rest")])
    assert index.best(words("the momentum of something"), 2) == [1, 0]
    assert index.best(words("entropy"), 3) == []
    assert BM25([]).best(["a"], 1) == []


def test_humps_are_words_too() -> None:
    assert words("twiceKineticEnergy m ≤ 2") == [
        "twicekineticenergy",
        "twice",
        "kinetic",
        "energy",
        "m",
        "≤",
        "2",
    ]
    assert words("<|d0|>(x)") == ["<|d0|>", "(", "x", ")"]
