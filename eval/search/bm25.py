"""BM25 over short texts (Robertson & Zaragoza 2009, "The probabilistic relevance framework", section 3.2).

A few hundred statements need no search library; a score is a sum over the query's words.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

K1, B = 1.2, 0.75  # the usual saturation and length normalisation

_WORD = re.compile(r"<\|\w+\|>|[^\W_]+|[^\w\s]+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\Wa-zA-Z\d_]+")


def words(text: str) -> list[str]:
    """Lower-case words, camelCase humps apart and whole, operators as they stand."""
    found = []
    for word in _WORD.findall(text):
        found.append(word.lower())
        humps = _HUMP.findall(word) if word[0].isalpha() else []
        found += [h.lower() for h in humps if len(humps) > 1]
    return found


class BM25:
    """An index of documents, each a bag of words."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(document) for document in documents]
        self._lengths = [len(document) for document in documents]
        self._mean = sum(self._lengths) / max(1, len(documents)) or 1.0
        spread = Counter(word for counts in self._counts for word in counts)
        size = len(documents)
        self._weight = {w: math.log(1 + (size - n + 0.5) / (n + 0.5)) for w, n in spread.items()}

    def scores(self, query: Sequence[str]) -> list[float]:
        """One score for each document; 0 where no word is shared."""
        known = [word for word in dict.fromkeys(query) if word in self._weight]
        return [self._score(known, i) for i in range(len(self._counts))]

    def _score(self, query: Sequence[str], index: int) -> float:
        counts = self._counts[index]
        damp = K1 * (1 - B + B * self._lengths[index] / self._mean)
        return sum(self._weight[w] * counts[w] * (K1 + 1) / (counts[w] + damp) for w in query if w in counts)

    def best(self, query: Sequence[str], count: int) -> list[int]:
        """Indices of the best documents, best first, earlier ones first among equals; those without a shared word are left out."""
        scored = [(-score, index) for index, score in enumerate(self.scores(query)) if score > 0]
        return [index for _, index in sorted(scored)[:count]]
