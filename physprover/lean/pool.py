"""A pool of Lean workers on this machine, with a judge for every few of them. Needs no Ray.

Each worker has a thread for each check it may have under way: while one waits for the judge, another keeps the worker busy.

A worker takes the waiting check whose header it has met before, else one whose header nobody has met, else the oldest: each
header is then elaborated by one worker rather than by all, and no worker is idle while a check waits. Headers that begin alike
(theorems of one file) count as one, since a worker keeps the state after each command of a header.

Background checks are taken by half of the workers, and only while no other check waits: the trainer beside them keeps its half of
the cores (`runs.share_cores`), and its attempts are judged first.
"""

from __future__ import annotations

import contextlib
import hashlib
import itertools
import os
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from typing import Any

from physprover.config import EngineConfig
from physprover.errors import HeaderError, LeanSetupError, PhysProverError, first_line
from physprover.lean import open_engines
from physprover.lean.protocol import Check, Engine
from physprover.records import Outcome, Verdict

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
    background: bool = False
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
        self._background: list[_Job] = []
        self._half = (len(engines) + 1) // 2
        self._owner: dict[str, int] = {}  # beginning of a header -> the worker that met it first
        self._change = threading.Condition()
        self._closed = False
        self._process = os.getpid()
        for number, engine in enumerate(engines):
            for _ in range(engine.in_flight):
                threading.Thread(
                    target=self._work, args=(number, engine), name=f"lean-{number}", daemon=True
                ).start()

    def submit(self, check: Check) -> Answer:
        """Judge one check as soon as a worker is free. Raises RuntimeError when the pool is closed, LeanSetupError after a fork."""
        family = check.problem.header[:_FAMILY]
        return self._queue(_Job(lambda engine: (check, _verdict(engine, check)), family, check.background))

    def run(self, work: Callable[[Engine], Any], family: str = "") -> Future[Any]:
        """Let a worker do `work` as soon as it is free, rather one that has met the header family; "" = any worker alike.

        Raises RuntimeError when the pool is closed, LeanSetupError after a fork.
        """
        return self._queue(_Job(work, family))

    def _queue(self, job: _Job) -> Future[Any]:
        if self._process != os.getpid():  # first of all: the lock may have been held when the process forked
            raise LeanSetupError(
                "a pool of Lean workers does not survive a fork, its threads stay in the parent process: open one in the child"
            )
        with self._change:
            if self._closed:
                raise RuntimeError("the pool is closed")
            (self._background if job.background else self._waiting).append(job)
            self._change.notify_all()  # the one that is woken alone may be none that takes background checks
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
            while not (jobs := self._open_to(number)) and not self._closed:
                self._change.wait()
            if self._closed:
                return None
            near = range(min(_LOOKED_AT, len(jobs)))
            job = jobs.pop(min(near, key=lambda i: (self._strangeness(jobs[i], number), i)))
            if job.family:
                if len(self._owner) >= _OWNERS:
                    self._owner.clear()
                self._owner.setdefault(job.family, number)
            return job

    def _open_to(self, number: int) -> list[_Job]:
        """What this worker may take from; empty: nothing yet."""
        return self._background if not self._waiting and number < self._half else self._waiting

    def _strangeness(self, job: _Job, number: int) -> int:
        """0: this worker has met the header of the job; 1: nobody has, or there is none; 2: another worker has."""
        owner = self._owner.get(job.family)
        return 1 if owner is None else 0 if owner == number else 2

    def close(self) -> None:
        if self._process != os.getpid():
            return  # the Lean processes are the parent's
        with self._change:
            if self._closed:
                return
            self._closed = True
            for job in (*self._waiting, *self._background):
                job.answer.cancel()
            self._waiting.clear()
            self._background.clear()
            self._change.notify_all()
        self._close()

    def __enter__(self) -> LocalPool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _verdict(engine: Engine, check: Check) -> Verdict:
    try:
        return engine.check(check.problem, check.proof, check.seconds, check.messages)
    except HeaderError as error:
        return Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(str(error),), check="header")


# -- The pool on Ray: an actor on each node holds a `LocalPool`; checks go to the actor that already knows their header. --
#
# Verdicts stream back as they finish. An actor that dies is started again, by the driver, and its open checks are asked once
# more; those of a lost node go to the others, and a node that joins the cluster gets an actor.

_RETRIES = 2  # of one check
_RESTARTS = 3  # of the actor on one node without a verdict in between


class _Node:
    """Runs inside a Ray actor: Lean workers of one machine."""

    def __init__(self, config: EngineConfig) -> None:
        self._why_not: Exception | None = None
        try:
            self._pool = LocalPool(config)
        except Exception as error:  # of a constructor that fails, Ray hands on the text only
            self._why_not = error

    async def check(self, check: Check) -> Verdict:
        """Raises what kept Lean from starting on this node."""
        import asyncio

        if self._why_not is not None:
            raise self._why_not
        return (await asyncio.wrap_future(self._pool.submit(check)))[1]

    def close(self) -> None:
        if self._why_not is None:
            self._pool.close()


@dataclass(slots=True, eq=False)
class _Member:
    """The actor of one node."""

    node: str
    address: str
    actor: Any
    losses: int = 0  # since its last verdict


class RayPool:
    """`protocol.Pool` over Ray actors, `config.workers` Lean processes on each of `nodes` nodes, as far as they are alive."""

    def __init__(self, config: EngineConfig, nodes: int, actor: type = _Node) -> None:
        import ray

        self._config, self._nodes, self._class = config, nodes, ray.remote(actor)
        self._members: dict[str, _Member] = {}
        self._unfit: dict[str, str] = {}  # nodes that judge no more, and why
        self._lock = threading.Lock()  # several threads may ask at a time
        self._settle()
        self._first = frozenset(self._members)

    def check_many(self, checks: Iterable[Check]) -> Iterator[tuple[Check, Verdict]]:
        """See `protocol.Pool.check_many`.

        Raises LeanSetupError when a node that was there at the start cannot start Lean, or when no node judges any more.
        """
        import ray

        self._settle()
        open_: dict[Any, tuple[Check, int, _Member, Any]] = {}

        def ask(check: Check, tries: int) -> None:
            member = self._member_for(check)
            actor = member.actor
            open_[actor.check.remote(check)] = (check, tries, member, actor)

        try:
            for check in checks:
                ask(check, 0)
            while open_:
                done, _ = ray.wait(list(open_), num_returns=1)
                check, tries, member, actor = open_.pop(done[0])
                try:
                    verdict = ray.get(done[0])
                except ray.exceptions.RayError as error:
                    self._lost(member, actor, error)
                    if tries < _RETRIES:
                        ask(check, tries + 1)
                    else:
                        reason = f"verifier actor died: {first_line(error)}"
                        yield check, Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(reason,))
                    continue
                member.losses = 0
                yield check, verdict
        finally:
            for ref in open_:
                ray.cancel(ref)

    def close(self) -> None:
        import ray

        for member in self._members.values():
            with contextlib.suppress(ray.exceptions.RayError):
                ray.get(member.actor.close.remote(), timeout=10)
            ray.kill(member.actor)

    def _member_for(self, check: Check) -> _Member:
        """The member that gets the checks of this header."""
        digest = hashlib.blake2b(check.problem.header.encode(), digest_size=8).digest()
        with self._lock:
            if not self._members:
                reasons = "; ".join(self._unfit.values()) or "every node is lost"
                raise LeanSetupError(f"no node of the cluster runs Lean any more: {reasons}")
            members = list(self._members.values())
            return members[int.from_bytes(digest) % len(members)]

    def _settle(self) -> None:
        """An actor on each living node, up to the number asked for, and none on a lost one."""
        living = living_nodes()
        with self._lock:
            for node in [node for node in self._members if node not in living]:
                del self._members[node]
            for node, address in living.items():
                if len(self._members) < self._nodes and node not in self._members | self._unfit:
                    self._members[node] = _Member(node, address, self._open(node))

    def _open(self, node: str) -> Any:
        """An actor on `node` and nowhere else. Ray neither starts it again nor repeats its calls.

        Lean runs in processes of its own; the actor only waits, so it reserves no CPU of Ray's.
        """
        options = {"num_cpus": 0, "max_concurrency": 4096, "scheduling_strategy": node_affinity(node)}
        return self._class.options(**options).remote(self._config)

    def _lost(self, member: _Member, actor: Any, error: Exception) -> None:
        """Replace the actor that failed, unless that was done; a node that is gone or unfit is left out."""
        import ray

        cause = getattr(error, "cause", None)
        if isinstance(cause, PhysProverError):
            said = f"node {member.address}: {cause}"
            if member.node in self._first:
                raise LeanSetupError(said) from None
            with self._lock:
                self._unfit[member.node] = said
                self._members.pop(member.node, None)
            return
        if isinstance(error, ray.exceptions.RayTaskError):
            return  # the actor lives: the fault is the check's
        with self._lock:
            mine = member.actor is actor and self._members.get(member.node) is member
            if mine:
                self._replace(member)
        if mine:  # the other checks that were open there change nothing
            self._settle()

    def _replace(self, member: _Member) -> None:
        """With the lock held: a new actor on the same node, the last of which ends its part in this run."""
        import ray

        ray.kill(member.actor)
        member.losses += 1
        if member.losses > _RESTARTS:
            self._unfit[member.node] = (
                f"the Lean workers of node {member.address} were lost {member.losses} times"
            )
            del self._members[member.node]
        else:
            member.actor = self._open(member.node)


def living_nodes() -> dict[str, str]:
    """Nodes of the Ray cluster that are alive: id and address, in one order for all who ask."""
    import ray

    alive = [node for node in ray.nodes() if node["Alive"]]
    # A node without CPUs of its own, such as the head of many clusters, comes last.
    alive.sort(key=lambda node: (not node["Resources"].get("CPU"), node["NodeID"]))
    return {node["NodeID"]: node["NodeManagerAddress"] for node in alive}


def node_affinity(node: str, *, soft: bool = False) -> Any:
    """Ray's strategy that starts an actor on node `node`; with `soft`, elsewhere if that one is gone."""
    import ray

    return ray.util.scheduling_strategies.NodeAffinitySchedulingStrategy(node, soft=soft)
