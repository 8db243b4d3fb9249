"""Send attempts to a pool of Lean engines, each distinct text once, and hand every attempt back with its verdict."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

from physprover.lean.protocol import Check, Problem
from physprover.records import JudgedAttempt, Outcome

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from physprover.lean.protocol import Pool
    from physprover.records import Attempt, Theorem, Verdict

Key = tuple[str, str]  # (theorem name, proof text)


def judge_attempts(
    attempts: Iterable[Attempt],
    theorems: Mapping[str, Theorem],
    pool: Pool,
    seconds: float,
    *,
    messages: int = 1,
) -> Iterator[JudgedAttempt]:
    """Yield each attempt with its verdict as soon as it is known; `attempts` is drawn while Lean works.

    `messages` of Lean come with a verdict; to write one takes a quarter of the time of a failing check.

    Samplers repeat themselves (15-70 % of the samples of a small model): equal texts for one theorem share one check.
    A check that ends in `infrastructure` is made once more at the end; then the attempts stay unjudged. (A header that
    does not elaborate is not tried again.)
    """
    desk = _Desk(attempts, theorems, seconds, messages)
    for check, verdict in pool.check_many(desk.checks()):
        if verdict.outcome is Outcome.INFRASTRUCTURE and verdict.check != "header":
            desk.set_aside(check)
        else:
            yield from desk.settle(check, verdict)
    for check, verdict in pool.check_many(desk.second_try()):
        yield from desk.settle(check, verdict)
    yield from desk.rest()


class _Desk:
    """Who waits for which text. Pools may draw `checks()` in another thread, hence the lock."""

    def __init__(
        self, attempts: Iterable[Attempt], theorems: Mapping[str, Theorem], seconds: float, messages: int
    ) -> None:
        self._attempts, self._theorems, self._seconds, self._messages = attempts, theorems, seconds, messages
        self._lock = Lock()
        self._keys: list[Key] = []  # Check.id -> what was asked
        self._waiting: dict[Key, list[Attempt]] = {}
        self._verdicts: dict[Key, Verdict] = {}
        self._ready: deque[JudgedAttempt] = deque()
        self._aside: list[Check] = []

    def checks(self) -> Iterator[Check]:
        for attempt in self._attempts:
            key = (attempt.theorem, attempt.proof)
            with self._lock:
                if key in self._verdicts:
                    self._ready.append(JudgedAttempt(attempt=attempt, verdict=self._verdicts[key]))
                    continue
                if key in self._waiting:
                    self._waiting[key].append(attempt)
                    continue
                self._waiting[key] = [attempt]
                self._keys.append(key)
                number = len(self._keys) - 1
            problem = Problem.of(self._theorems[attempt.theorem])
            yield Check(
                id=str(number),
                problem=problem,
                proof=attempt.proof,
                seconds=self._seconds,
                messages=self._messages,
            )

    def settle(self, check: Check, verdict: Verdict) -> Iterator[JudgedAttempt]:
        key = self._keys[int(check.id)]
        with self._lock:
            self._verdicts[key] = verdict
            waiting = self._waiting.pop(key)
        for attempt in waiting:
            yield JudgedAttempt(attempt=attempt, verdict=verdict)
        yield from self.rest()

    def rest(self) -> Iterator[JudgedAttempt]:
        while self._ready:
            yield self._ready.popleft()

    def set_aside(self, check: Check) -> None:
        self._aside.append(check)

    def second_try(self) -> list[Check]:
        return self._aside
