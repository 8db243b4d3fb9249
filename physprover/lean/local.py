"""A pool of Lean workers on this machine: a thread each, one judge for all. Needs no Ray.

A worker takes the waiting check whose header it has met before, else one whose header nobody has met, else the oldest: each
header is then elaborated by one worker rather than by all, and no worker is idle while a check waits. Headers that begin alike
(theorems of one file) count as one, since a worker keeps the state after each command of a header.
"""

from __future__ import annotations

import itertools
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from physprover.config import EngineConfig
from physprover.errors import HeaderError
from physprover.lean import open_engines
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from physprover.lean.protocol import Check, Engine

Answer = Future[tuple["Check", Verdict]]

_WINDOW = 64  # checks drawn ahead of each worker
_FAMILY = 256  # characters by which headers are told apart
_LOOKED_AT = 256  # waiting checks that a worker chooses from, the oldest
_OWNERS = 10_000  # headers remembered; beyond it all are forgotten


@dataclass(slots=True, eq=False)
class _Job:
    """What a worker is to do, and the future of what it answers."""

    work: Callable[[Engine], Any]
    family: str
    answer: Future[Any] = field(default_factory=Future)


class LocalPool:
    """`protocol.Pool` over threads. Closing it, or leaving its `with` block, ends the Lean processes."""

    def __init__(
        self,
        config: EngineConfig | None = None,
        opened: tuple[Sequence[Engine], Callable[[], None]] | None = None,
    ) -> None:
        self.config = config or EngineConfig()
        engines, self._close = opened or open_engines(self.config)
        self._waiting: list[_Job] = []
        self._owner: dict[str, int] = {}  # beginning of a header -> the worker that met it first
        self._change = threading.Condition()
        self._closed = False
        for number, engine in enumerate(engines):
            threading.Thread(
                target=self._work, args=(number, engine), name=f"lean-{number}", daemon=True
            ).start()

    def submit(self, check: Check) -> Answer:
        """Judge one check as soon as a worker is free. Raises RuntimeError when the pool is closed."""
        return self.run(lambda engine: (check, _verdict(engine, check)), check.problem.header[:_FAMILY])

    def run(self, work: Callable[[Engine], Any], family: str = "") -> Future[Any]:
        """Let a worker do `work` as soon as it is free, rather one that has met the header family; "" = any worker alike.

        Raises RuntimeError when the pool is closed.
        """
        job = _Job(work, family)
        with self._change:
            if self._closed:
                raise RuntimeError("the pool is closed")
            self._waiting.append(job)
            self._change.notify()
        return job.answer

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        window = _WINDOW * self.config.workers
        waiting = iter(checks)
        open_: set[Answer] = set()
        try:
            while True:
                for check in itertools.islice(waiting, window - len(open_)):
                    open_.add(self.submit(check))
                    if any(future.done() for future in open_):
                        break  # do not let a slow producer hold back verdicts that are there
                if not open_:
                    return
                done, open_ = wait(open_, return_when=FIRST_COMPLETED)
                for future in done:
                    yield future.result()
        finally:
            for future in open_:
                future.cancel()

    def _work(self, number: int, engine: Engine) -> None:
        """One worker's thread: jobs until the pool is closed."""
        while (job := self._take(number)) is not None:
            if not job.answer.set_running_or_notify_cancel():
                continue
            try:
                job.answer.set_result(job.work(engine))
            except BaseException as error:
                job.answer.set_exception(error)

    def _take(self, number: int) -> _Job | None:
        """The job that suits this worker best, waited for; None once the pool is closed."""
        with self._change:
            while not self._waiting and not self._closed:
                self._change.wait()
            if self._closed:
                return None
            near = range(min(_LOOKED_AT, len(self._waiting)))
            job = self._waiting.pop(min(near, key=lambda i: (self._strangeness(i, number), i)))
            if job.family:
                if len(self._owner) >= _OWNERS:
                    self._owner.clear()
                self._owner.setdefault(job.family, number)
            return job

    def _strangeness(self, place: int, number: int) -> int:
        """0: this worker has met the header of the job at `place`; 1: nobody has, or there is none; 2: another worker has."""
        owner = self._owner.get(self._waiting[place].family)
        return 1 if owner is None else 0 if owner == number else 2

    def close(self) -> None:
        with self._change:
            if self._closed:
                return
            self._closed = True
            for job in self._waiting:
                job.answer.cancel()
            self._waiting.clear()
            self._change.notify_all()
        self._close()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def _verdict(engine: Engine, check: Check) -> Verdict:
    try:
        return engine.check(check.problem, check.proof, check.seconds, check.messages)
    except HeaderError as error:
        return Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")
