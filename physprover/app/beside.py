"""Work that mostly waits for Lean, done in a thread beside the stages that train: a small model keeps one core busy.

    with Beside(lambda: lean.pool) as beside:
        beside.start(lambda pool: search(pool))     begins at once
        warm_start(...)                             meanwhile
        beside.wait()

`check` between stages and steps, and `wait` at the end, raise what a piece of work has raised.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

from physprover.lean.protocol import Check, Pool
from physprover.records import Verdict


class Stopped(Exception):
    """The run ends; nobody waits for the rest."""


class Beside:
    """One thread that does pieces of work in the order they were started. Leaving the block ends it within a check."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        """`pool` opens the Lean workers, or gives those that are open."""
        self._pool = pool
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="beside")
        self._stop = threading.Event()
        self._started: list[Future[None]] = []

    def start(self, work: Callable[[Pool], None]) -> None:
        """Queue `work`; it gets the pool."""
        pool = _Stoppable(self._pool(), self._stop)
        self._started.append(self._thread.submit(work, pool))

    def check(self) -> None:
        """Raise what a piece of work has raised by now."""
        for future in self._started:
            if future.done():
                future.result()

    def wait(self) -> None:
        """Until all is done. Raises what the first piece of work that failed raised."""
        for future in self._started:
            future.result()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.shutdown(cancel_futures=True)


class _Stoppable:
    """A pool whose questions end once `stop` is set."""

    def __init__(self, pool: Pool, stop: threading.Event) -> None:
        self._pool, self._stop = pool, stop

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`. Raises `Stopped`."""
        for answer in self._pool.check_many(checks):
            if self._stop.is_set():
                raise Stopped
            yield answer

    def close(self) -> None:
        """The pool's owner closes it."""
