"""Samplers in processes of their own, on any machine of the cluster. Only transport: what is sampled is decided elsewhere.

An actor that dies, alone or with its node, is started again by Ray, given the current weights, and asked again for what
it still owed. Since an attempt depends on its seed, problem and number only, the repeated ones are recognised and
dropped: none is lost, none is handed on twice. An actor that is silent for too long is killed and treated the same.
"""

from __future__ import annotations

import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from physprover.runs import share_cores
from rl.cluster import one_line, ray

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    import torch

    from physprover.config import RunConfig
    from physprover.models.sampler import Sampler, SamplingParams
    from physprover.records import Attempt, SamplerInfo, Theorem
    from rl.sampling.weight_sync import Parcel

_PARCEL = 8  # attempts sent together
_PARCEL_SECONDS = 0.05
_RESTART_SECONDS = 600.0  # for Ray to start an actor again, its model included
_FAILURES = 3  # losses in a row, without an attempt in between, after which the run stops
_PATIENT = {"max_task_retries": -1}  # such a call waits while Ray starts the actor again

_LOST = (
    ray.exceptions.RayActorError,
    ray.exceptions.ObjectLostError,
    ray.exceptions.NodeDiedError,
    ray.exceptions.WorkerCrashedError,
    ray.exceptions.GetTimeoutError,
)


class WeightsLostError(Exception):
    """The actor was started again since it was last given weights."""


class SamplerActor:
    """A sampler in its own process (wrapped by `ray.remote` below). Imports torch, never trl or datasets."""

    def __init__(self, model_path: str, config: RunConfig) -> None:
        self._why_not: Exception | None = None
        try:
            self._open(model_path, config)
        except Exception as error:  # Ray would start an actor whose constructor fails again and again
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


@dataclass(slots=True)
class Share:
    """The problems dealt to one actor, and what has come back of them."""

    actor: Any
    theorems: list[Theorem]
    size: int  # attempts wanted for each
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

    def __init__(self, model_path: str, config: RunConfig, actor: type = SamplerActor) -> None:
        from rl.sampling.weight_sync import (
            WeightSender,  # torch, which actors that import this module may not need
        )

        gpus = config.sampler.tensor_parallel if config.cluster.gpus > 0 else 0
        count = config.sampler.replicas
        remote = ray.remote(actor).options(
            num_cpus=0,
            num_gpus=gpus,
            max_restarts=-1,
            scheduling_strategy="SPREAD" if count > 1 else "DEFAULT",
        )
        self._actors = [remote.remote(model_path, config) for _ in range(count)]
        self._silence = config.sampler.silence_seconds
        self._sender = WeightSender(config.sampler, config.rl.save_every)
        self.handover_bytes = 0  # payload of the newest parcel of weights, for each actor
        self._failures = 0
        self.restarts = 0  # actors lost and started again so far

    @property
    def info(self) -> SamplerInfo:
        info: SamplerInfo = self._get(self._actors[0].info.options(**_PATIENT).remote())
        return info

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        names: list[str] = self._get(self._actors[0].skipped.options(**_PATIENT).remote(list(theorems)))
        return names

    def prompt_tokens(self, theorem: Theorem) -> int:
        count: int = self._get(self._actors[0].prompt_tokens.options(**_PATIENT).remote(theorem))
        return count

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        count = len(self._actors)
        shares = [
            Share(actor, list(theorems[i::count]), n)
            for i, actor in enumerate(self._actors)
            if theorems[i::count]
        ]
        streams = {self._ask(share, params): share for share in shares}
        while streams:
            ready, _ = ray.wait(list(streams), num_returns=1, timeout=self._silence)
            if not ready:
                silent = list(streams.values())
                streams = {}
                for share in silent:
                    self._revive(share, _silence_error(self._silence))
                    streams[self._ask(share, params)] = share
                continue
            share = streams[ready[0]]
            try:
                parcel = ray.get(next(ready[0]))
            except StopIteration:
                del streams[ready[0]]
                continue
            except ray.exceptions.RayError as error:
                del streams[ready[0]]
                self._revive(share, error)
                if share.owed():
                    streams[self._ask(share, params)] = share
                continue
            self._failures = 0
            yield from share.fresh(parcel)

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        parcel = self._sender.parcel(weights, version)
        self.handover_bytes = parcel.payload
        shared = ray.put(parcel)
        given = [(actor, actor.load_weights.remote(shared)) for actor in self._actors]
        for actor, done in given:
            try:
                ray.get(done, timeout=self._silence)
            except ray.exceptions.RayError as error:
                self._revive(Share(actor, [], 0), error)

    def close(self) -> None:
        for actor in self._actors:
            ray.kill(actor)

    def _ask(self, share: Share, params: SamplingParams) -> Any:
        stream = share.actor.sample.options(num_returns="streaming")
        return stream.remote(share.owed(), share.size, params, self._sender.version)

    def _revive(self, share: Share, error: Exception) -> None:
        """Bring the lost actor of `share` back with the current weights, or give its share to another one.

        Raises what went wrong, in one line, when it is not a loss or the losses do not end.
        """
        forgot = isinstance(getattr(error, "cause", None), WeightsLostError)
        self._failures += 1
        if (
            not (forgot or isinstance(error, _LOST))
            or getattr(error, "actor_init_failed", False)
            or self._failures > _FAILURES
        ):
            raise one_line(error) from None
        self.restarts += 1
        if isinstance(error, ray.exceptions.GetTimeoutError):
            ray.kill(share.actor, no_restart=False)
        whole = self._sender.whole()
        call = share.actor.info if whole is None else share.actor.load_weights
        try:
            ray.get(call.options(**_PATIENT).remote(*([whole] if whole else [])), timeout=_RESTART_SECONDS)
        except ray.exceptions.RayError as second:
            others = [actor for actor in self._actors if actor is not share.actor]
            if not others or not isinstance(second, _LOST):
                raise one_line(second) from None
            ray.kill(share.actor)
            self._actors, share.actor = others, others[0]

    def _get(self, reference: Any) -> Any:
        try:
            return ray.get(reference, timeout=_RESTART_SECONDS)
        except ray.exceptions.RayError as error:
            raise one_line(error) from None


def _silence_error(seconds: float) -> Exception:
    error: Exception = ray.exceptions.GetTimeoutError(f"no attempt for {seconds:g} s")
    return error
