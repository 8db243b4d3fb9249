"""Near duplicates: statements most of whose word triples are the same, numbers counted as one word.

Candidates for a match are found by MinHash with banding; the match itself is decided by the exact Jaccard index, so the
index can miss a pair (seldom, see `BANDS`) but never invents one. Hashes are fixed: the same statements give the same answer in
every process.
"""

from __future__ import annotations

import re
import zlib
from collections import defaultdict

SIZE = 3
BANDS, ROWS = 16, 4  # at Jaccard 0.85 a pair shares no band once in 200,000 times, at 0.6 one time in nine
_MODULUS = (1 << 61) - 1
_NUMBER = re.compile(r"\(?-?\d+\)?")
_FACTORS = tuple((zlib.crc32(b"a%d" % i) * 2 + 1, zlib.crc32(b"b%d" % i)) for i in range(BANDS * ROWS))


def grams(normal: str) -> frozenset[tuple[str, ...]]:
    """Word triples of a normal form (see `data_gen.terms.normal_form`)."""
    words = ["#" if _NUMBER.fullmatch(word) else word for word in normal.split()]
    return frozenset(tuple(words[i : i + SIZE]) for i in range(max(len(words) - SIZE + 1, 1)))


def jaccard(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> float:
    """Common members over all members."""
    return len(one & other) / max(len(one | other), 1)


class NearDuplicates:
    """Statements seen so far, findable by likeness."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._members: list[tuple[str, frozenset[tuple[str, ...]]]] = []
        self._bands: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._gone: set[str] = set()

    def find(self, normal: str) -> tuple[str, float] | None:
        """Name and likeness of the most similar statement at or above the threshold; the earliest where several tie."""
        mine = grams(normal)
        near = {index for key in _keys(mine) for index in self._bands.get(key, ())}
        likeness = [
            (jaccard(mine, members), -index)
            for index in near
            for name, members in (self._members[index],)
            if name not in self._gone
        ]
        best = max(likeness, default=None)
        if best is None or best[0] < self.threshold:
            return None
        return self._members[-best[1]][0], best[0]

    def add(self, normal: str, name: str) -> None:
        """Remember a statement."""
        mine = grams(normal)
        for key in _keys(mine):
            self._bands[key].append(len(self._members))
        self._members.append((name, mine))

    def discard(self, name: str) -> None:
        """Forget a statement."""
        self._gone.add(name)


def _keys(members: frozenset[tuple[str, ...]]) -> list[tuple[int, ...]]:
    hashes = [zlib.crc32("\0".join(gram).encode()) for gram in members]
    signature = [min((a * h + b) % _MODULUS for h in hashes) for a, b in _FACTORS]
    return [(band, *signature[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]
