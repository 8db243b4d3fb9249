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
        self._stop, self._waited_for = threading.Event(), threading.Event()
        self._started: list[Future[None]] = []

    def start(self, work: Callable[[Pool], None], *, background: bool = False) -> None:
        """Queue `work`; it gets the pool. In the `background`, its checks give way to all others until `wait` is called."""
        pool = _Stoppable(self._pool(), self._stop, self._waited_for if background else None)
        self._started.append(self._thread.submit(work, pool))

    def check(self) -> None:
        """Raise what a piece of work has raised by now."""
        for future in self._started:
            if future.done():
                future.result()

    def wait(self) -> None:
        """Until all is done. Raises what the first piece of work that failed raised."""
        self._waited_for.set()
        for future in self._started:
            future.result()

    def __enter__(self) -> Beside:
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.shutdown(cancel_futures=True)


class _Stoppable:
    """A pool whose questions end once `stop` is set, and are in the background before `waited_for` is."""

    def __init__(self, pool: Pool, stop: threading.Event, waited_for: threading.Event | None) -> None:
        self._pool, self._stop, self._waited_for = pool, stop, waited_for

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`. Raises `Stopped`."""
        for answer in self._pool.check_many(map(self._ranked, checks)):
            if self._stop.is_set():
                raise Stopped
            yield answer

    def _ranked(self, check: Check) -> Check:
        background = self._waited_for is not None and not self._waited_for.is_set()
        return check.replace(background=True) if background else check

    def close(self) -> None:
        """The pool's owner closes it."""
