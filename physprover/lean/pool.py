"""A pool of Lean workers on this machine, with one judge for all. Needs no Ray.

Each worker has two threads: while one waits for the judge, the other keeps the worker busy.

A worker takes the waiting check whose header it has met before, else one whose header nobody has met, else the oldest: each
header is then elaborated by one worker rather than by all, and no worker is idle while a check waits. Headers that begin alike
(theorems of one file) count as one, since a worker keeps the state after each command of a header.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import threading
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from physprover.errors import HeaderError, first_line
from physprover.lean import open_engines
from physprover.records import Outcome, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from physprover.config import EngineConfig
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
        config: EngineConfig,
        opened: tuple[Sequence[Engine], Callable[[], None]] | None = None,
    ) -> None:
        """Over `opened` engines and what ends them; by itself over `open_engines(config)`."""
        self.config = config
        engines, self._close = opened or open_engines(self.config)
        self._waiting: list[_Job] = []
        self._owner: dict[str, int] = {}  # beginning of a header -> the worker that met it first
        self._change = threading.Condition()
        self._closed = False
        for number, engine in enumerate(engines):
            for _ in range(engine.in_flight):
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


# -- The pool on Ray: an actor on each node holds a `LocalPool`; checks go to the actor that already knows their header. --
#
# Verdicts stream back as they finish. An actor that dies is started again and its open checks are asked once more.

_RETRIES = 2


def living_nodes() -> dict[str, str]:
    """Nodes of the Ray cluster that are alive: id and address, in one order for all who ask."""
    import ray

    return {
        node["NodeID"]: node["NodeManagerAddress"]
        for node in sorted(ray.nodes(), key=_order)
        if node["Alive"]
    }


def _order(node: dict[str, Any]) -> tuple[bool, str]:
    """A node without CPUs of its own, such as the head of many clusters, comes last."""
    return not node["Resources"].get("CPU"), node["NodeID"]


class _Node:
    """Runs inside a Ray actor: Lean workers of one machine."""

    def __init__(self, config: EngineConfig) -> None:
        self._pool = LocalPool(config)

    async def check(self, check: Check) -> Verdict:
        import asyncio

        return (await asyncio.wrap_future(self._pool.submit(check)))[1]

    def close(self) -> None:
        self._pool.close()


class RayPool:
    """`protocol.Pool` over Ray actors, `config.workers` Lean processes in each of `nodes`."""

    def __init__(self, config: EngineConfig, nodes: int) -> None:
        import ray

        actor = ray.remote(_Node)
        # Lean runs in processes of its own; the actor only waits, so it reserves no CPU of Ray's.
        strategy = "SPREAD" if nodes > 1 else "DEFAULT"
        options = {
            "num_cpus": 0,
            "max_restarts": -1,
            "max_task_retries": _RETRIES,  # a check waits while Ray starts its actor again
            "max_concurrency": 4096,
            "scheduling_strategy": strategy,
        }
        self._actors = [actor.options(**options).remote(config) for _ in range(nodes)]

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`."""
        import ray

        open_: dict[Any, tuple[Check, int]] = {self._ask(check): (check, 0) for check in checks}
        try:
            while open_:
                done, _ = ray.wait(list(open_), num_returns=1)
                for ref in done:
                    check, tries = open_.pop(ref)
                    try:
                        yield check, ray.get(ref)
                    except ray.exceptions.RayError as error:
                        if tries < _RETRIES:
                            open_[self._ask(check)] = (check, tries + 1)
                        else:
                            reason = f"verifier actor died: {first_line(error)}"
                            yield check, Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(reason,))
        finally:
            for ref in open_:
                ray.cancel(ref)

    def _ask(self, check: Check) -> Any:
        digest = hashlib.blake2b(check.problem.header.encode(), digest_size=8).digest()
        return self._actors[int.from_bytes(digest) % len(self._actors)].check.remote(check)

    def close(self) -> None:
        import ray

        for actor in self._actors:
            with contextlib.suppress(ray.exceptions.RayError):
                ray.get(actor.close.remote(), timeout=10)
            ray.kill(actor)
