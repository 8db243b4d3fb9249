"""A pool over the one engine that all tests share."""

from __future__ import annotations

from physprover.errors import HeaderError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check
from physprover.records import Outcome, Verdict
from tests.scripted import ScriptedPool


class OneEngine(ScriptedPool):
    """`protocol.Pool` over the tests' shared engine; stops like a killed process after `limit` checks."""

    def __init__(self, engine: EmbeddedEngine, limit: int | None = None) -> None:
        super().__init__()
        self.engine, self.limit = engine, limit

    def verdict(self, check: Check) -> Verdict:
        if self.limit is not None and len(self.asked) > self.limit:
            raise KeyboardInterrupt
        try:
            return self.engine.check(check.problem, check.proof, check.seconds, check.messages)
        except HeaderError as error:
            return Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")
