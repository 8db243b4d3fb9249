"""Verdicts already given in this run: the same proof of the same problem is judged once.

Young models repeat themselves (15-70 % of samples, measured), so this is the cheapest speed-up there is. Only what the
proof alone decides is remembered: a timeout depends on the machine's load and an infrastructure failure on luck.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from typing import TYPE_CHECKING

from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.lean.protocol import Problem
    from physprover.records import Verdict

CACHEABLE = frozenset({Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED})


def key(problem: Problem, proof: str) -> str:
    """The identity of one check. Headers run to many kilobytes, so the key is a digest."""
    digest = hashlib.blake2b(digest_size=16)
    for part in (problem.header, problem.statement, proof):
        text = part.encode("utf-8", "surrogatepass")
        digest.update(len(text).to_bytes(8, "big") + text)
    return digest.hexdigest()


class VerdictCache:
    """The most recent verdicts by `key`; the least recently used leave first."""

    def __init__(self, capacity: int = 200_000) -> None:
        self._known: OrderedDict[str, Verdict] = OrderedDict()
        self._capacity = capacity

    def get(self, identity: str) -> Verdict | None:
        verdict = self._known.get(identity)
        if verdict is not None:
            self._known.move_to_end(identity)
        return verdict

    def put(self, identity: str, verdict: Verdict) -> None:
        if verdict.outcome in CACHEABLE:
            self._known[identity] = verdict
            self._known.move_to_end(identity)
            if len(self._known) > self._capacity:
                self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)
