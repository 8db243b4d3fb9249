"""Single checks from many clients, under the rules of `ask.py`: equal ones that are open are one question, and what Lean has
decided is not asked again."""

from __future__ import annotations

from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field

from physprover.lean.ask import Asker, key_of, was_lost
from physprover.lean.pool import Answer, LocalPool
from physprover.lean.protocol import Check
from physprover.records import Verdict

_CAPACITY = 20_000  # verdicts in memory; with four messages each of the largest ones 160 MB


@dataclass(eq=False)
class _Question:
    """What Lean is asked once, and those who wait for its answer."""

    key: bytes
    waiting: list[tuple[Check, Answer]] = field(default_factory=list)
    sent: Answer | None = None


class Sharer(Asker):
    """An `Asker` that answers single checks in futures. Safe to use from any thread."""

    def __init__(self, pool: LocalPool, capacity: int = _CAPACITY) -> None:
        super().__init__(pool, capacity=capacity)
        self._local = pool
        self._open: dict[tuple[bytes, float], _Question] = {}

    def submit(self, check: Check) -> Answer:
        """The answer to come. Who cancels it leaves the others who wait for the same answer alone; when all have, and no
        worker has begun, Lean is not asked."""
        if check.fresh:
            return self._local.submit(check)
        answer: Answer = Future()
        place = (key_of(check, self._identity), check.seconds)
        with self._lock:
            known = self._known(*place) or self._proved(check)
            question = None if known else self._open.get(place)
            if known:
                self.hits += 1
            elif question:
                self.shared += 1
            else:
                self.asked += 1
                question = self._open[place] = _Question(place[0])
            if question:
                question.waiting.append((check, answer))
                first = len(question.waiting) == 1
        if known:
            answer.set_result((check, known))
        elif question:
            if first:
                self._send(check, question, again=True)
            answer.add_done_callback(lambda done: self._leave(place, done))
        return answer

    def _send(self, check: Check, question: _Question, again: bool) -> None:
        try:
            question.sent = self._local.submit(check)
        except RuntimeError as error:  # the pool is closed
            self._answer(check, question, error)
        else:
            question.sent.add_done_callback(lambda done: self._settle(done, check, question, again))

    def _settle(self, done: Answer, check: Check, question: _Question, again: bool) -> None:
        """Lean has answered, or the pool was closed. A lost worker's check is sent once more."""
        try:
            verdict = done.result()[1]
        except BaseException as error:
            self._answer(check, question, error)
            return
        if again and was_lost(verdict):
            self._send(check, question, again=False)
        else:
            self._answer(check, question, verdict)

    def _answer(self, check: Check, question: _Question, said: Verdict | BaseException) -> None:
        """Tell all who wait."""
        with self._lock:
            if isinstance(said, Verdict):
                self._keep(question.key, check, said)
            place = (question.key, check.seconds)
            if self._open.get(place) is question:
                del self._open[place]
            waiting, question.waiting = question.waiting, []
        for own, answer in waiting:
            if isinstance(said, CancelledError):
                answer.cancel()
            elif answer.set_running_or_notify_cancel():
                if isinstance(said, Verdict):
                    answer.set_result((own, said))
                else:
                    answer.set_exception(said)

    def _leave(self, place: tuple[bytes, float], answer: Answer) -> None:
        """One who waited has an answer, or has gone."""
        if not answer.cancelled():
            return
        with self._lock:
            question = self._open.get(place)
            if question is None:
                return
            question.waiting = [pair for pair in question.waiting if pair[1] is not answer]
            if question.waiting:
                return
            del self._open[place]
        if question.sent is not None:
            question.sent.cancel()
