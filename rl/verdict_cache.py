"""Verdicts already given in this run: the same proof of the same problem is judged once.

Young models repeat themselves (15-70 % of samples, measured), so this is the cheapest speed-up there is. Only what the
proof alone decides is remembered: a timeout depends on the machine's load and an infrastructure failure on luck. With
`engine.verdicts` the runs of a study remember together.
"""

from __future__ import annotations

import hashlib
from collections import OrderedDict
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.config import EngineConfig
    from physprover.lean.cache import VerdictStore
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
    """The most recent verdicts by `key`; the least recently used leave first, but not the `shared` file's."""

    def __init__(self, capacity: int = 200_000, shared: SharedVerdicts | None = None) -> None:
        self._known: OrderedDict[str, Verdict] = OrderedDict()
        self._capacity, self._shared = capacity, shared

    def get(self, identity: str) -> Verdict | None:
        verdict = self._known.get(identity)
        if verdict is not None:
            self._known.move_to_end(identity)
        elif self._shared is not None and (verdict := self._shared.get(identity)) is not None:
            self._remember(identity, verdict)
        return verdict

    def put(self, identity: str, verdict: Verdict) -> None:
        if verdict.outcome in CACHEABLE:
            self._remember(identity, verdict)
            if self._shared is not None:
                self._shared.put(identity, verdict)

    def _remember(self, identity: str, verdict: Verdict) -> None:
        self._known[identity] = verdict
        self._known.move_to_end(identity)
        if len(self._known) > self._capacity:
            self._known.popitem(last=False)

    def __len__(self) -> int:
        return len(self._known)


class SharedVerdicts:
    """Verdicts of one engine in a file that other runs read and write too."""

    def __init__(self, store: VerdictStore, engine: str) -> None:
        self._store, self._engine = store, engine

    @classmethod
    def of(cls, config: EngineConfig) -> SharedVerdicts | None:
        """The file of `engine.verdicts`, if there is to be one. Raises `DataError` when it cannot be opened."""
        if config.verdicts is None:
            return None
        from physprover.lean.cache import VerdictStore, engine_identity

        return cls(VerdictStore(Path(config.verdicts)), engine_identity(config))

    def get(self, identity: str) -> Verdict | None:
        return self._store.get(self._key(identity))

    def put(self, identity: str, verdict: Verdict) -> None:
        self._store.put(self._key(identity), verdict)

    def _key(self, identity: str) -> bytes:
        return hashlib.blake2b(f"{self._engine}\0{identity}".encode(), digest_size=32).digest()
