"""Ray wiring of the RL stage: a quiet local cluster, and samplers that live in their own processes.

The only logic here is transport; what is sampled, judged and learnt is decided in Ray-free files.
"""

from __future__ import annotations

import contextlib
import logging
import os
import re
import socket
import time
from typing import TYPE_CHECKING, Any, cast

from physprover import errors
from physprover.errors import PhysProverError, RunError

# Read by Ray when it starts: no usage reports, no probing for GPUs that were not asked for, and no lowered priority of
# its workers (the default), under which Lean and the sampler would starve on a busy machine.
os.environ.setdefault("RAY_worker_niceness", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")

import ray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    import torch

    from physprover.config import RunConfig
    from physprover.models.sampler import SamplingParams
    from physprover.records import Attempt, SamplerInfo, Theorem

_OBJECT_STORE = 256 << 20  # bytes; weights and attempts of small models, Ray's default takes 30 % of memory
_LOCAL_STARTS = 3
_OURS = re.compile(r"physprover\.errors\.(\w+): (.+)")
_PARCEL = 8  # attempts sent together
_PARCEL_SECONDS = 0.05


@contextlib.contextmanager
def cluster(config: RunConfig) -> Iterator[None]:
    """Join the cluster of `cluster.address`, or start a local one; both are left again at the end."""
    if ray.is_initialized():  # a stage before us, or a notebook, owns it
        yield
        return
    logging.getLogger("ray").setLevel(logging.ERROR)  # before init: it reports each of its security defaults
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if config.cluster.address:
        _reachable(config.cluster.address)
        options["address"] = config.cluster.address
    else:
        workers = config.engine.workers + config.sampler.replicas + 1
        options |= {
            "num_cpus": max(os.cpu_count() or 1, workers),
            "num_gpus": config.cluster.gpus,
            "object_store_memory": _OBJECT_STORE,
            "include_dashboard": False,
        }
    _start(options, config.cluster.address or "this machine")
    try:
        yield
    finally:
        ray.shutdown()


def _reachable(address: str) -> None:
    """Raise RunError when nothing listens at host:port; Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto" and the like: Ray finds out by itself
    try:
        socket.create_connection((host, int(port)), timeout=10).close()
    except OSError as error:
        raise RunError(f"no Ray cluster at cluster.address {address}: {error.strerror or error}") from None


def _start(options: dict[str, Any], where: str) -> None:
    """ray.init; a local start is repeated when a busy machine was too slow for Ray's own time limits."""
    starts = 1 if "address" in options else _LOCAL_STARTS
    for attempt in range(starts):
        try:
            ray.init(**options)
            return
        except Exception as error:  # a start that takes too long is a bare Exception
            ray.shutdown()
            if attempt + 1 == starts:
                reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
                raise RunError(f"Ray could not start on {where}: {reason}") from None


class SamplerActor:
    """A sampler in its own process (wrapped by `ray.remote` below). Imports torch, never trl or datasets."""

    def __init__(self, model_path: str, config: RunConfig) -> None:
        import torch

        from physprover.models.load import load_sampler

        if not torch.cuda.is_available():
            # Half the cores: Lean judges what was sampled at the same time.
            torch.set_num_threads(max(1, (os.cpu_count() or 1) // (2 * config.sampler.replicas)))
        self._sampler = load_sampler(model_path, config)

    def sample(self, theorems: list[Theorem], n: int, params: SamplingParams) -> Iterator[list[Attempt]]:
        """Attempts as they end, in small parcels."""
        parcel: list[Attempt] = []
        opened = time.monotonic()
        for attempt in self._sampler.sample(theorems, n, params):
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

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        self._sampler.load_weights(weights, version)


class RemoteSampler:
    """`physprover.models.sampler.Sampler` over one or more sampler actors; problems are dealt out in turn."""

    def __init__(self, model_path: str, config: RunConfig) -> None:
        gpus = config.sampler.tensor_parallel if config.cluster.gpus > 0 else 0
        actor = ray.remote(SamplerActor).options(num_cpus=0, num_gpus=gpus)
        self._actors = [actor.remote(model_path, config) for _ in range(config.sampler.replicas)]

    @property
    def info(self) -> SamplerInfo:
        info: SamplerInfo = self._get(self._actors[0].info.remote())
        return info

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        names: list[str] = self._get(self._actors[0].skipped.remote(list(theorems)))
        return names

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        count = len(self._actors)
        streams = [
            actor.sample.options(num_returns="streaming").remote(list(theorems[i::count]), n, params)
            for i, actor in enumerate(self._actors)
            if theorems[i::count]
        ]
        while streams:
            ready = streams if len(streams) == 1 else ray.wait(streams, num_returns=1)[0]
            stream = ready[0]
            try:
                parcel = next(stream)
            except StopIteration:
                streams.remove(stream)
                continue
            except ray.exceptions.RayError as error:
                raise _plain(error) from None
            yield from self._get(parcel)

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        shared = ray.put({name: tensor.cpu() for name, tensor in weights.items()})
        self._get([actor.load_weights.remote(shared, version) for actor in self._actors])

    def close(self) -> None:
        for actor in self._actors:
            ray.kill(actor)

    @staticmethod
    def _get(reference: Any) -> Any:
        try:
            return ray.get(reference)
        except ray.exceptions.RayError as error:
            raise _plain(error) from None


def _plain(error: Exception) -> PhysProverError:
    """A remote failure as one line: our own errors as they are, anything else with how to go on."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, PhysProverError):
        return cause
    text = str(cause or error).strip()
    ours = _OURS.findall(text)  # an actor that failed to start is reported as text only
    if ours:
        kind, message = ours[-1]
        return cast("PhysProverError", getattr(errors, kind, PhysProverError)(message))
    lines = [line for line in text.splitlines() if line.strip()]
    reason = lines[-1].strip()[:200] if lines else type(error).__name__
    return RunError(f"the sampler stopped ({reason}); repeat the command to go on from the last checkpoint")
