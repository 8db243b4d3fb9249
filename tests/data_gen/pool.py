"""A pool over the one engine that all tests share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.errors import HeaderError
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from physprover.lean.embedded.engine import EmbeddedEngine
    from physprover.lean.protocol import Check


class OneEngine:
    """A pool of the one engine that all tests share; stops like a killed build after `limit` checks."""

    def __init__(self, lean: EmbeddedEngine, limit: int | None = None) -> None:
        self.lean, self.limit, self.answered = lean, limit, 0

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        for check in checks:
            if self.answered == self.limit:
                raise KeyboardInterrupt
            self.answered += 1
            try:
                yield check, self.lean.check(check.problem, check.proof, check.seconds)
            except HeaderError as error:
                yield check, Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")

    def close(self) -> None:
        pass
