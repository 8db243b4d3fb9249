"""Groups that are sampled and judged while the trainer learns, for `rl.max_staleness` above 1.

    round 1 |sample|judge......................|            a slow check holds back its own group, nothing else
    round 2        |sample|judge...|
    round 3               |sample|judge...|                 up to `max_staleness` rounds are open
    trainer              |learn|   |learn||learn|           takes whichever groups are ready, in the order they became so

A round is `rl.problems_per_step` groups, sampled from the newest weights there are when its sampling begins. It begins only if
all groups that are open or ready then, its own included, are learnt from within `max_staleness` updates; a group that one
slow check makes older still is dropped, and counted. The trainer waits only while too few groups are ready.

Which groups a step learns from depends on the clock. They are recorded with their step like any others, so `physprover
replay` makes the same updates from them; a run stopped and continued has other steps than an unbroken one.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from physprover.config import RunConfig
from rl.groups import Group
from rl.rollout import Rollout, Rollouts, naming

if TYPE_CHECKING:
    from rl.sampling.remote_sampler import RemoteSampler


class Ahead:
    """Rounds in threads of their own, and the groups that came out of them. One thread, the trainer's, calls its methods."""

    def __init__(
        self,
        config: RunConfig,
        rollouts: Rollouts,
        sampler: RemoteSampler,
        rounds: int = 0,
        ready: Sequence[Group] = (),
    ) -> None:
        """Goes on after round `rounds` of an earlier process, with its groups that were `ready` and not learnt from."""
        rl = config.rl
        self._rollouts, self._sampler = rollouts, sampler
        self._size, self._limit = rl.problems_per_step, rl.max_staleness
        self._most = rl.problems_per_step * (1 + rl.max_refills)  # groups of one step
        self._change = threading.Condition()
        self._ready: deque[Group] = deque(ready)
        self._open: set[str] = set()  # problems whose groups are sampled or judged now
        self._expected = 0  # groups to come: those of `_open`, and those of a round that has not picked yet
        self._sampling = self._quiet = self._closed = self._nothing_left = False
        self._error: BaseException | None = None
        self._given: tuple[Mapping[str, Any], int] | None = None  # weights the sampler does not have yet
        self._version: int | None = None  # of the weights the sampler has
        self._idle_since = time.monotonic()
        self._since_take, self._handed = _Counts(), (0, 0.0)
        self._steps, self._taken = rl.steps, 0  # the last step, and the newest that has its groups
        self.rounds = rounds
        self._threads = [
            threading.Thread(target=self._work, name=f"round-{i}", daemon=True)
            for i in range(max(1, min(self._limit, rl.steps)))
        ]

    # -- The trainer's side --

    def give(self, weights: Mapping[str, Any], version: int) -> None:
        """Weights for the rounds to come, after update number `version`; nobody may change them any more."""
        with self._change:
            self._given = (weights, version)
            self._change.notify_all()
        if not self._threads[0].ident:
            for thread in self._threads:
                thread.start()

    def take(self, step: int) -> Rollout:
        """Groups to learn from in `step`: waits until `problems_per_step` informative ones are ready, or no more can come.

        Raises RunError for what went wrong in a round.
        """
        with self._change:
            self._drop_old(step)
            while not (self._enough() or self._all_here()):
                self._change.wait()
                self._drop_old(step)
            if self._error is not None:
                raise self._error
            taken: list[Group] = []
            informative = 0
            while self._ready and len(taken) < self._most and informative < self._size:
                taken.append(self._ready.popleft())
                informative += taken[-1].informative
            counts, self._since_take = self._since_take, _Counts()
            if not self._sampling:
                counts.idle += self._idle_until_now()
            self._taken, self._nothing_left = step, False
            self._change.notify_all()
        return Rollout(
            step=step,
            groups=tuple(_of_step(group, step) for group in taken),
            canaries=counts.canaries,
            dropped=counts.dropped,
            seconds_sampling=counts.sampling,
            seconds_judging=counts.judging,
            seconds_sampler_idle=counts.idle,
        )

    def ready(self) -> tuple[Group, ...]:
        """Groups that are judged and not taken."""
        with self._change:
            return tuple(self._ready)

    def take_handover(self) -> tuple[int, float]:
        """Bytes of the newest weights given to each sampler, and seconds of all hand-overs, since the last call."""
        with self._change:
            found, self._handed = self._handed, (0, 0.0)
            return found

    @contextlib.contextmanager
    def quiet(self) -> Iterator[None]:
        """A block in which the sampler is the caller's and has the newest weights; judging goes on."""
        with self._change:
            self._quiet = True
            while self._sampling:
                self._change.wait()
        try:
            if self._error is None:
                self._load()
            yield
        finally:
            with self._change:
                self._quiet = False
                self._change.notify_all()

    def close(self, *, wait: bool = True) -> None:
        """No further round. Waits for the open ones: their threads must not outlive the actors they ask."""
        with self._change:
            self._closed = True
            self._change.notify_all()
        for thread in self._threads:
            if wait and thread.ident:
                thread.join()

    # -- Rounds --

    def _work(self) -> None:
        while self._wait_for_room():
            try:
                self._round()
            except BaseException as error:  # shown by `take`, in the trainer's thread
                with self._change:
                    self._error = self._error or error
                    self._closed = True
                    self._sampling = False
                    self._change.notify_all()

    def _wait_for_room(self) -> bool:
        """Reserve a round and the sampler; False when there is to be none any more."""
        with self._change:
            while not self._closed and not self._may_start():
                self._change.wait()
            if self._closed:
                return False
            self.rounds += 1
            self._expected += self._size
            self._sampling = True
            self._since_take.idle += self._idle_until_now()
            return True

    def _round(self) -> None:
        number = self.rounds
        began = time.monotonic()
        with self._change:
            busy = frozenset(self._open | {group.theorem for group in self._ready})
        with naming(number):
            picks = self._rollouts.pick(self._size, number, busy)
            with self._change:
                self._expected -= self._size - len(picks)
                self._open |= {theorem.name for theorem in picks}
                self._nothing_left = not picks
            if not picks:
                self._sampled(began)
                return
            self._load()
            for group, current in self._rollouts.stream(picks, number, lambda: self._sampled(began)):
                with self._change:
                    self._open.discard(group.theorem)
                    self._expected -= 1
                    self._ready.append(group)
                    self._since_take.canaries += current.refused
                    current.refused = 0
                    self._change.notify_all()
            with self._change:
                self._since_take.judging += time.monotonic() - began

    def _load(self) -> None:
        """Give the sampler the newest weights, unless it has them. Only whoever holds the sampler calls this."""
        with self._change:
            given, self._given = self._given, None
        if given is not None and given[1] != self._version:
            began = time.monotonic()
            self._sampler.load_weights(*given)
            with self._change:
                self._version = given[1]
                self._handed = (self._sampler.handover_bytes, self._handed[1] + time.monotonic() - began)

    def _sampled(self, began: float) -> None:
        with self._change:
            self._sampling = False
            self._idle_since = time.monotonic()
            self._since_take.sampling += self._idle_since - began
            self._change.notify_all()

    # -- With the lock held --

    def _may_start(self) -> bool:
        # Nothing is sampled that no step would learn from
        steps = min(self._limit, self._steps - self._taken)
        return (
            not (self._sampling or self._quiet or self._nothing_left)
            and (self._given is not None or self._version is not None)
            and self._expected + len(self._ready) + self._size <= steps * self._size
        )

    def _enough(self) -> bool:
        informative = sum(group.informative for group in self._ready)
        return informative >= self._size or len(self._ready) >= self._most

    def _all_here(self) -> bool:
        """Whether waiting would bring nothing more."""
        return self._error is not None or (
            not self._expected and not self._sampling and not self._quiet and not self._may_start()
        )

    def _drop_old(self, step: int) -> None:
        """Groups that would be older than `max_staleness` updates when `step` learns from them."""
        kept = [group for group in self._ready if step - 1 - _version(group) <= self._limit]
        if len(kept) < len(self._ready):
            self._since_take.dropped += len(self._ready) - len(kept)
            self._ready = deque(kept)
            self._change.notify_all()

    def _idle_until_now(self) -> float:
        """Seconds since the sampler had nothing to do; counted from now on."""
        now = time.monotonic()
        idle, self._idle_since = now - self._idle_since, now
        return idle


class _Counts:
    """What happened since the last `take`."""

    def __init__(self) -> None:
        self.canaries = self.dropped = 0
        self.sampling = self.judging = self.idle = 0.0


def _version(group: Group) -> int:
    return min(item.attempt.sampler.weights_version for item in group.judged)


def _of_step(group: Group, step: int) -> Group:
    judged = tuple(item.model_copy(update={"step": step}) for item in group.judged)
    return group.model_copy(update={"judged": judged})
