"""Samplers in processes of their own, on any machine of the cluster. Only transport: what is sampled is decided elsewhere.

A sampler that dies, alone or with its node, is started again, given the current weights, and asked again for what it
still owed. Since an attempt depends on its seed, problem and number only, the repeated ones are recognised and
dropped: none is lost, none is handed on twice. A sampler that is silent for too long is killed and treated the same.

The driver starts them again, not Ray: Ray repeats a call without end when its memory monitor killed the process, whatever
limit the call was given. Here each is started again at most `RESTARTS` times between two hand-overs of weights.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.lean.pool import living_nodes, node_affinity
from physprover.models.sampler import Sampler, SamplingParams
from physprover.records import Attempt, SamplerInfo, Theorem
from physprover.runs import share_cores
from rl.cluster import ON, one_line, ray, why_lost

if TYPE_CHECKING:
    import torch

    from rl.sampling.weight_sync import Parcel

_PARCEL = 8  # attempts sent together
_PARCEL_SECONDS = 0.05
_START_SECONDS = 600.0  # for Ray to find room for a sampler, and for its model to load
RESTARTS = 3  # of one sampler since the weights were handed over last, after which the run stops

_LOST = (
    ray.exceptions.RayActorError,
    ray.exceptions.ObjectLostError,
    ray.exceptions.NodeDiedError,
    ray.exceptions.OutOfMemoryError,
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.GetTimeoutError,
)


class WeightsLostError(Exception):
    """The actor does not hold the weights that the driver believes it has."""


class SamplerActor:
    """A sampler in its own process (wrapped by `ray.remote` below). Imports torch, never trl or datasets."""

    def __init__(self, model_path: str, config: RunConfig) -> None:
        self._why_not: Exception | None = None
        try:
            self._open(model_path, config)
        except Exception as error:  # of a constructor that fails, Ray hands on the text only
            self._why_not = error

    def _open(self, model_path: str, config: RunConfig) -> None:
        from physprover.models.load import load_sampler

        share_cores(config.sampler.replicas)
        from rl.sampling.weight_sync import WeightHolder

        self._loaded = load_sampler(model_path, config)
        # Deltas are applied to a copy of the weights on the host; whole weights go through without one.
        self._holder = WeightHolder(keep=config.sampler.handover == "delta")

    @property
    def _sampler(self) -> Sampler:
        """Raises what kept the sampler from opening: a model that is not on this node, say."""
        if self._why_not is not None:
            raise self._why_not
        return self._loaded

    def sample(
        self, theorems: list[Theorem], n: int, params: SamplingParams, version: int | None
    ) -> Iterator[list[Attempt]]:
        """Attempts as they end, in small parcels; `version` is what the caller believes the weights to be."""
        sampler = self._sampler
        if version != self._holder.version:
            raise WeightsLostError
        parcel: list[Attempt] = []
        opened = time.monotonic()
        for attempt in sampler.sample(theorems, n, params):
            parcel.append(attempt)
            if len(parcel) >= _PARCEL or time.monotonic() - opened > _PARCEL_SECONDS:
                yield parcel
                parcel, opened = [], time.monotonic()
        if parcel:
            yield parcel

    def info(self) -> SamplerInfo:
        return self._sampler.info

    def skipped(self, theorems: list[Theorem]) -> list[str]:
        return self._sampler.skipped(theorems)

    def prompt_tokens(self, theorem: Theorem) -> int:
        return self._sampler.prompt_tokens(theorem)

    def load_weights(self, parcel: Parcel) -> None:
        sampler = self._sampler
        weights = self._holder.take(parcel)
        if weights is None:
            raise WeightsLostError
        sampler.load_weights(weights, parcel.version)


@dataclass(slots=True, eq=False)
class Replica:
    """One sampler: the actor it is now, and how often it was lost since the weights were handed over last."""

    actor: Any
    node: str | None = None  # where it was to be started; None = Ray's choice
    losses: int = 0


@dataclass(slots=True)
class Share:
    """The problems dealt to one sampler, and what has come back of them."""

    replica: Any
    theorems: list[Theorem]
    size: int  # attempts wanted for each
    asked: Any = None  # the actor that answers now
    received: dict[str, Counter[tuple[int, ...]]] = field(default_factory=dict)  # token ids by problem
    _again: dict[str, Counter[tuple[int, ...]]] = field(default_factory=dict)  # of those, expected once more

    def owed(self) -> list[Theorem]:
        """Problems without all their attempts. From now on what was received already is expected to come again."""
        self._again = {name: Counter(seen) for name, seen in self.received.items()}
        return [t for t in self.theorems if self._count(t.name) < self.size]

    def fresh(self, attempts: Iterable[Attempt]) -> Iterator[Attempt]:
        """Those that were not passed on before, and no more than were asked for."""
        for attempt in attempts:
            again = self._again.get(attempt.theorem)
            if again is not None and again[attempt.token_ids] > 0:
                again[attempt.token_ids] -= 1
            elif self._count(attempt.theorem) < self.size:
                self.received.setdefault(attempt.theorem, Counter())[attempt.token_ids] += 1
                yield attempt

    def _count(self, name: str) -> int:
        return self.received[name].total() if name in self.received else 0


class RemoteSampler:
    """`physprover.models.sampler.Sampler` over one or more sampler actors; problems are dealt out in turn."""

    def __init__(
        self,
        model_path: str,
        config: RunConfig,
        actor: type = SamplerActor,
        tell: Callable[[str], None] = lambda _: None,
    ) -> None:
        """`tell` gets one line for each sampler that was lost and started again."""
        from rl.sampling.weight_sync import (
            WeightSender,  # torch, which actors that import this module may not need
        )

        self._gpus = config.sampler.tensor_parallel if config.cluster.gpus > 0 else 0
        self._class, self._arguments = ray.remote(actor), (model_path, config)
        self._silence = config.sampler.silence_seconds
        self._sender = WeightSender(config.sampler, config.rl.save_every)
        self._tell = tell
        self.handover_bytes = 0  # payload of the newest parcel of weights, for each actor
        self.restarts = 0  # samplers lost and started again so far
        # From then on an actor that dies was ended, not lost; a thread may still be sampling ahead.
        self._closed = False
        self._replicas: list[Replica] = []
        # those that found no room, with what is ready once they do
        self._waiting: list[tuple[Replica, Any]] = []
        for _ in range(config.sampler.replicas):
            self._replicas.append(self._start(Replica(None)))

    @property
    def info(self) -> SamplerInfo:
        info: SamplerInfo = self._ask("info")
        return info

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        names: list[str] = self._ask("skipped", list(theorems))
        return names

    def prompt_tokens(self, theorem: Theorem) -> int:
        count: int = self._ask("prompt_tokens", theorem)
        return count

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        count = len(self._replicas)
        shares = [
            Share(replica, list(theorems[i::count]), n)
            for i, replica in enumerate(self._replicas)
            if theorems[i::count]
        ]
        streams = {self._stream(share, params): share for share in shares}
        while streams:
            ready, _ = ray.wait(list(streams), num_returns=1, timeout=self._silence)
            if not ready:
                silent = list(streams.values())
                streams = {}
                for share in silent:
                    self._give_again(share, _silence_error(self._silence))
                    streams[self._stream(share, params)] = share
                continue
            share = streams[ready[0]]
            try:
                parcel = ray.get(next(ready[0]))
            except StopIteration:
                del streams[ready[0]]
                continue
            except ray.exceptions.RayError as error:
                del streams[ready[0]]
                self._give_again(share, error)
                if share.owed():
                    streams[self._stream(share, params)] = share
                continue
            yield from share.fresh(parcel)

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        parcel = self._sender.parcel(weights, version)
        self.handover_bytes = parcel.payload
        shared = ray.put(parcel)
        given = [(replica, replica.actor.load_weights.remote(shared)) for replica in self._replicas]
        for replica, done in given:
            replica.losses = 0
            try:
                ray.get(done, timeout=self._silence)
            except ray.exceptions.RayError as error:
                self._revive(replica, error)
        self._take_back()

    def close(self) -> None:
        self._closed = True
        for replica in (*self._replicas, *(late for late, _ in self._waiting)):
            ray.kill(replica.actor)

    def _stream(self, share: Share, params: SamplingParams) -> Any:
        share.asked = share.replica.actor
        stream = share.asked.sample.options(num_returns="streaming")
        return stream.remote(share.owed(), share.size, params, self._sender.version)

    def _give_again(self, share: Share, error: Exception) -> None:
        """A sampler for a share whose actor was lost; of two shares of one sampler, the first starts it again."""
        if share.replica.actor is share.asked:
            share.replica = self._revive(share.replica, error)

    def _ask(self, method: str, *arguments: Any) -> Any:
        """What any sampler knows; one that is lost meanwhile is started again and asked once more."""
        replica = self._replicas[0]
        while True:
            try:
                answer = getattr(replica.actor, method).remote(*arguments)
                return ray.get(answer, timeout=_START_SECONDS)
            except ray.exceptions.GetTimeoutError:
                raise self._no_room() from None
            except ray.exceptions.RayError as error:
                replica = self._revive(replica, error)

    def _start(self, replica: Replica) -> Replica:
        """A new actor for `replica`: on a GPU wherever there is one, else on the node that has the fewest samplers."""
        strategy: Any = "SPREAD"
        if not self._gpus:
            taken = Counter(each.node for each in self._replicas if each is not replica)
            replica.node = min(living_nodes(), key=lambda node: taken[node])
            strategy = node_affinity(replica.node, soft=True)
        options = {"num_cpus": 0, "num_gpus": self._gpus, "scheduling_strategy": strategy}
        replica.actor = self._class.options(**options).remote(*self._arguments)
        return replica

    def _revive(self, replica: Replica, error: Exception) -> Replica:
        """Whom to ask instead of a sampler that was lost: itself, started again with the current weights, or another one.

        Raises, in one line, what is no loss, and the loss that follows `RESTARTS` restarts.
        """
        while True:
            forgot = isinstance(getattr(error, "cause", None), WeightsLostError)
            lost = forgot or isinstance(error, _LOST)
            if self._closed or not lost or getattr(error, "actor_init_failed", False):
                raise one_line(error) from None
            replica.losses += 1
            if replica.losses > RESTARTS:
                raise _given_up(error) from None
            self.restarts += 1
            self._tell(f"a sampler was lost ({why_lost(error)}); restart {replica.losses} of {RESTARTS}")
            ray.kill(replica.actor)
            ready = self._start(replica).actor.info.remote()
            try:
                ray.get(ready, timeout=_START_SECONDS)
            except ray.exceptions.GetTimeoutError:
                others = [each for each in self._replicas if each is not replica]
                if not others:
                    raise self._no_room() from None
                self._replicas = others
                self._waiting.append((replica, ready))
                self._tell(
                    f"a sampler finds no room; {len(others)} of {len(others) + len(self._waiting)} go on"
                )
                return others[0]
            except ray.exceptions.RayError as again:
                error = again
                continue
            try:
                self._give_all(replica)
                return replica
            except ray.exceptions.RayError as again:
                error = again

    def _give_all(self, replica: Replica) -> None:
        """The current weights for a sampler that has none; nothing before the first hand-over."""
        whole = self._sender.whole()
        if whole is not None:
            ray.get(replica.actor.load_weights.remote(whole), timeout=self._silence)

    def _take_back(self) -> None:
        """Samplers that found no room and have it now, on a node that was added, say."""
        late, self._waiting = self._waiting, []
        for replica, ready in late:
            if not ray.wait([ready], timeout=0)[0]:
                self._waiting.append((replica, ready))
                continue
            self._replicas.append(replica)
            replica.losses = 0
            try:
                ray.get(ready)
                self._give_all(replica)
            except ray.exceptions.RayError as error:
                self._revive(replica, error)

    def _no_room(self) -> RunError:
        need = f"{self._gpus} free GPU{'s' * (self._gpus > 1)} (cluster.gpus)" if self._gpus else "room"
        return RunError(
            f"no sampler was ready within {_START_SECONDS:g} s: no node has {need}, or the model takes longer to load; "
            f"{ON}"
        )


def _given_up(error: Exception) -> RunError:
    """The end of the restarts: what happened, and what to change."""
    change = ""
    if isinstance(error, ray.exceptions.OutOfMemoryError):
        change = "lower sampler.batch_size, sampler.replicas or engine.workers; "
    elif isinstance(error, ray.exceptions.GetTimeoutError):
        change = "raise sampler.silence_seconds if it is only slow; "
    return RunError(f"a sampler was lost again after {RESTARTS} restarts: {why_lost(error)}; {change}{ON}")


def _silence_error(seconds: float) -> Exception:
    error: Exception = ray.exceptions.GetTimeoutError(f"no attempt for {seconds:g} s")
    return error
