"""A pool of Lean workers on this machine: a thread each, one judge and one spare for all. Needs no Ray."""

from __future__ import annotations

import itertools
import queue
import threading
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

from physprover.config import EngineConfig
from physprover.errors import HeaderError
from physprover.lean import open_engines
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from concurrent.futures import Future
    from types import TracebackType

    from physprover.lean.protocol import Check, Engine


_WINDOW = 64  # checks drawn ahead of each worker


class LocalPool:
    """`protocol.Pool` over threads. Closing it, or leaving its `with` block, ends the Lean processes."""

    def __init__(
        self,
        config: EngineConfig | None = None,
        opened: tuple[Sequence[Engine], Callable[[], None]] | None = None,
    ) -> None:
        self.config = config or EngineConfig()
        engines, self._close = opened or open_engines(self.config)
        self._idle: queue.SimpleQueue[Engine] = queue.SimpleQueue()
        for engine in engines:
            self._idle.put(engine)
        self._threads = ThreadPoolExecutor(len(engines), thread_name_prefix="lean")
        self._closed = threading.Event()

    def submit(self, check: Check) -> Future[tuple[Check, Verdict]]:
        """Judge one check as soon as a worker is free."""
        return self._threads.submit(self._run, check)

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        window = _WINDOW * self.config.workers
        waiting = iter(checks)
        open_: set[Future[tuple[Check, Verdict]]] = set()
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

    def _run(self, check: Check) -> tuple[Check, Verdict]:
        engine = self._idle.get()
        try:
            return check, engine.check(check.problem, check.proof, check.seconds, check.messages)
        except HeaderError as error:
            return check, Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")
        finally:
            self._idle.put(engine)

    def close(self) -> None:
        if not self._closed.is_set():
            self._closed.set()
            self._threads.shutdown(wait=False, cancel_futures=True)
            self._close()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
