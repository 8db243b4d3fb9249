"""A pool over the one engine that all tests share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from physprover.errors import HeaderError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check
from physprover.records import Outcome, Verdict


class OneEngine:
    """`protocol.Pool` over the tests' shared engine, which counts its questions."""

    def __init__(self, engine: EmbeddedEngine) -> None:
        self.engine, self.asked = engine, 0

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            self.asked += 1
            try:
                yield check, self.engine.check(check.problem, check.proof, check.seconds, check.messages)
            except HeaderError as error:
                yield check, Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")

    def close(self) -> None: ...
