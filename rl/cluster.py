"""Ray wiring of the RL stage: joining a cluster or starting a quiet local one, and remote errors in one line."""

from __future__ import annotations

import contextlib
import logging
import os
import re
import secrets
import signal
import socket
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from physprover import errors
from physprover.config import RunConfig
from physprover.errors import PhysProverError, RunError, first_line
from physprover.lean.pool import living_nodes, node_affinity

# Read by Ray when it starts: no usage reports, no probing for GPUs that were not asked for, and no lowered priority of
# its workers (the default), under which Lean and the sampler would starve on a busy machine. And no new Ray of its own accord
# for a thread that asks for something after the end: it is started half, and takes the process along when it fails.
os.environ.setdefault("RAY_ENABLE_AUTO_CONNECT", "0")
os.environ.setdefault("RAY_worker_niceness", "0")
os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO", "0")


def _authenticate(environment: dict[str, str] | os._Environ[str], home: Path) -> None:
    """Choose what Ray (2.60) sends to a cluster as a token; read by Ray when it is imported.

    A cluster that Ray starts for itself demands a token, and without one in the environment Ray writes one to
    ~/.ray/auth_token. From then on `ray start --head` demands it on this machine, while `ray.init(address=...)` does not
    send it. So our own cluster gets a token that ends with this process, and a token that is there already is sent.
    Clusters without authentication ignore it.
    """
    if "RAY_AUTH_MODE" in environment:
        return
    given = "RAY_AUTH_TOKEN" in environment or "RAY_AUTH_TOKEN_PATH" in environment
    if given or (home / ".ray" / "auth_token").is_file():
        environment["RAY_AUTH_MODE"] = "token"
    else:
        environment["RAY_AUTH_TOKEN"] = secrets.token_hex(32)


_authenticate(os.environ, Path.home())
if "ray" in sys.modules:  # it has read its settings already
    from ray._raylet import Config  # type: ignore[attr-defined]

    Config.initialize("")


import ray as ray  # noqa: E402 - re-exported: only with the environment above in place
import ray.util.placement_group  # noqa: E402
import ray.util.scheduling_strategies  # noqa: E402

_OBJECT_STORE = 256 << 20  # bytes; weights and attempts of small models, Ray's default takes 30 % of memory
_LOCAL_STARTS = 3
_JOIN_SECONDS = 60.0  # for the nodes of a cluster that is just starting
_HOLD_SECONDS = 60.0
_LOOK_SECONDS = 180.0  # for a node to start a process that looks for the folders
_ANSWER_SECONDS = 10.0
_OURS = re.compile(r"physprover\.errors\.(\w+): (.+)")
_MEMORY = re.compile(r"\(IP: ([^,]+),[^)]*\) was ([\d.]+) ?GB used / ([\d.]+) ?GB")
ON = "repeat the command to go on from the last checkpoint"


@contextlib.contextmanager
def cluster(config: RunConfig) -> Iterator[None]:
    """Join the cluster of `cluster.address`, or start a local one; both are left again at the end."""
    if ray.is_initialized():  # a stage before us, or a notebook, owns it
        with reserve_trainer_gpus(_driver_gpus(config)):
            yield
        return
    logging.getLogger("ray").setLevel(logging.ERROR)  # before init: it reports each of its security defaults
    options: dict[str, Any] = {"log_to_driver": False, "logging_level": logging.ERROR}
    if config.cluster.address:
        _reachable(config.cluster.address)
        options["address"] = config.cluster.address
    else:
        workers = config.engine.workers + config.sampler.replicas + config.cluster.trainer_processes
        options |= {
            "address": "local",  # else Ray joins whatever cluster somebody has started on this machine
            "num_cpus": max(os.cpu_count() or 1, workers),
            "num_gpus": config.cluster.gpus,
            "object_store_memory": _OBJECT_STORE,
            "include_dashboard": False,
        }
    with _unheard():
        _start(options, config.cluster.address or "this machine")
        try:
            if config.cluster.address:
                _complete(config)
            with reserve_trainer_gpus(_driver_gpus(config)):
                yield
        finally:
            ray.shutdown()


def _complete(config: RunConfig) -> None:
    """Wait until the cluster has the nodes and GPUs of the config. Raises RunError when they do not come."""
    wanted = config.cluster
    deadline = time.monotonic() + _JOIN_SECONDS
    while True:
        nodes, gpus = len(living_nodes()), int(ray.cluster_resources().get("GPU", 0))
        if nodes >= wanted.nodes and gpus >= wanted.gpus:
            return
        if time.monotonic() >= deadline:
            raise RunError(
                f"the Ray cluster at {wanted.address} has {nodes} node{'s' * (nodes != 1)} and {gpus} GPUs, fewer than "
                f"cluster.nodes = {wanted.nodes} and cluster.gpus = {wanted.gpus}: start the others, or lower the settings"
            )
        time.sleep(1.0)


def refuse_unseen(folders: Mapping[str, Path]) -> dict[str, int]:
    """Ask every node of the joined cluster for `folders` (by the key that names each), each of which this machine has.

    A folder of the same name is not enough where this process may write: a file made here must be seen there. Returns the
    niceness of Ray's processes on nodes where it is above this process's.
    Raises RunError naming the node, the folder and the key.
    """
    low: dict[str, int] = {}
    with contextlib.ExitStack() as made:
        marks = {key: made.enter_context(_mark(folder)) for key, folder in folders.items()}
        asked = [
            (
                address,
                ray.remote(_look)
                .options(num_cpus=0, max_retries=0, scheduling_strategy=node_affinity(node))
                .remote(marks),
            )
            for node, address in living_nodes().items()
        ]
        for address, answer in asked:
            try:
                missing, niceness = ray.get(answer, timeout=_LOOK_SECONDS)
            except ray.exceptions.GetTimeoutError:
                raise RunError(
                    f"node {address} started no process within {_LOOK_SECONDS:g} s: it is too busy, or cannot reach this "
                    "machine; repeat the command when it can"
                ) from None
            except ray.exceptions.RayError as error:
                raise RunError(
                    f"node {address} cannot run physprover ({why_lost(error)}): install this version there"
                ) from None
            if missing:
                key = missing[0]
                raise RunError(
                    f"node {address} does not see {folders[key]} ({key}): use a folder that all nodes mount"
                )
            if niceness > os.nice(0):
                low[address] = niceness
    return low


@contextlib.contextmanager
def _mark(folder: Path) -> Iterator[str]:
    """A file in `folder` that was not there before; the folder itself where nothing can be written."""
    try:
        handle, name = tempfile.mkstemp(prefix=".seen-", dir=folder)
    except OSError:
        yield str(folder)
        return
    os.close(handle)
    try:
        yield name
    finally:
        Path(name).unlink()


def _look(marks: dict[str, str]) -> tuple[list[str], int]:
    """Runs on each node: the keys of files that are not there, and the niceness that Ray gives its processes."""
    return [key for key, path in marks.items() if not Path(path).exists()], os.nice(0)


@contextlib.contextmanager
def _unheard() -> Iterator[None]:
    """Keep Ray's reports of lost workers and nodes, pages long, off standard output, which is a command's result.

    `log_to_driver=False` does not: a thread of Ray's prints them (2.60). Each loss is told by whoever meets it, in one line;
    Ray's own logs keep the reports.
    """
    worker = ray._private.worker
    printing = worker.print_to_stdstream
    worker.print_to_stdstream = lambda *_, **__: None
    try:
        yield
    finally:
        worker.print_to_stdstream = printing


def _driver_gpus(config: RunConfig) -> int:
    """GPUs that the driver itself trains on: none when the trainer has processes of its own, which Ray counts."""
    return config.cluster.trainer_gpus if config.cluster.trainer_processes == 1 else 0


@contextlib.contextmanager
def reserve_trainer_gpus(gpus: int) -> Iterator[tuple[str, ...]]:
    """Hold GPUs of this machine for the trainer, which Ray does not start and would otherwise not count.

    Without it a sampler would be given the GPU that the trainer is on. The ids are made visible to this process unless
    it uses CUDA already. Raises RunError when this machine has not that many free.
    """
    if not gpus:
        yield ()
        return
    here = node_affinity(ray.get_runtime_context().get_node_id())
    holder = ray.remote(_GpuHolder).options(num_cpus=0, num_gpus=gpus, scheduling_strategy=here).remote()
    try:
        try:
            ids = tuple(ray.get(holder.gpus.remote(), timeout=_HOLD_SECONDS))
        except ray.exceptions.RayError:
            raise RunError(
                f"no {gpus} free GPU{'s' * (gpus > 1)} on this machine for the trainer (cluster.trainer_gpus)"
            ) from None
        torch = sys.modules.get("torch")
        if torch is None or not torch.cuda.is_initialized():
            os.environ["CUDA_VISIBLE_DEVICES"] = ",".join(ids)
        yield ids
    finally:
        ray.kill(holder)


class _GpuHolder:
    """Holds GPUs and says which."""

    def gpus(self) -> list[str]:
        return [str(number) for number in ray.get_gpu_ids()]


def _reachable(address: str) -> None:
    """Raise RunError when nothing listens at host:port, or something else than Ray; Ray itself would try for minutes."""
    host, _, port = address.removeprefix("ray://").rpartition(":")
    if not host or not port.isdigit():
        return  # "auto" and the like: Ray finds out by itself
    try:
        with socket.create_connection((host, int(port)), timeout=_ANSWER_SECONDS) as connection:
            if os.environ.get("RAY_USE_TLS", "0") != "0" or _speaks_http2(connection):
                return
    except OSError as error:
        raise RunError(f"no Ray cluster at cluster.address {address}: {error.strerror or error}") from None
    raise RunError(
        f"no Ray cluster at cluster.address {address}: what listens there is not Ray; `ray start --head` prints the address"
    )


def _speaks_http2(connection: socket.socket) -> bool:
    """Whether the other side begins as a gRPC server does: with a frame of settings, once it has got the client's."""
    empty_settings = bytes((0, 0, 0, 4, 0, 0, 0, 0, 0))
    connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + empty_settings)
    try:
        begin = connection.recv(9)
    except OSError:  # silent, or hung up
        return False
    return len(begin) == 9 and begin[3] == 4


def _start(options: dict[str, Any], where: str) -> None:
    """ray.init; a local start is repeated when a busy machine was too slow for Ray's own time limits."""
    starts = _LOCAL_STARTS if options["address"] == "local" else 1
    on_sigterm = signal.getsignal(signal.SIGTERM)
    for attempt in range(starts):
        try:
            ray.init(**options)
            if callable(on_sigterm) and threading.current_thread() is threading.main_thread():
                # Ours stops as Ctrl-C does; Ray's prints a stack of C++.
                signal.signal(signal.SIGTERM, on_sigterm)
            return
        except Exception as error:  # a start that takes too long is a bare Exception
            ray.shutdown()
            if attempt + 1 == starts:
                raise RunError(_why_not(error, where)) from None


def _why_not(error: Exception, where: str) -> str:
    """One line on a failed `ray.init`; a refused token is named as such."""
    text = str(error)
    refused = (
        isinstance(error, ray.exceptions.AuthenticationError) or "Failed to connect to Ray cluster" in text
    )
    if refused:  # something listens there, see `_reachable`; Ray tells a wrong token to standard error only
        return (
            f"the Ray cluster at {where} did not let this process in. If it asks for an authentication token, start "
            "`ray start` on every machine and this command with RAY_AUTH_MODE=token and the same token (RAY_AUTH_TOKEN, or "
            "~/.ray/auth_token copied from the head), or all with RAY_AUTH_MODE=disabled"
        )
    return f"Ray could not start on {where}: {first_line(error)}"


def one_line(error: Exception, what: str = "the sampler") -> PhysProverError:
    """A remote failure as one line: our own errors as they are, anything else with `what` stopped and how to go on."""
    cause = getattr(error, "cause", None)
    if isinstance(cause, PhysProverError):
        return cause
    text = str(cause or error).strip()
    ours = _OURS.findall(text)  # an actor that failed to start is reported as text only
    if ours:
        kind, message = ours[-1]
        return cast("PhysProverError", getattr(errors, kind, PhysProverError)(message))
    return RunError(f"{what} stopped ({why_lost(error)}); {ON}")


def why_lost(error: Exception) -> str:
    """Why a remote call failed, in a few words: Ray's own texts run to pages."""
    text = str(getattr(error, "cause", None) or error).strip()
    if isinstance(error, ray.exceptions.OutOfMemoryError):
        found = _MEMORY.search(text)
        used = f" ({found[2]} of {found[3]} GB used on {found[1]})" if found else ""
        return f"its node ran out of memory{used}, and Ray killed it"
    if "its node has died" in text or isinstance(error, ray.exceptions.NodeDiedError):
        return "its node is gone"
    if "its worker process has died" in text or isinstance(error, ray.exceptions.WorkerCrashedError):
        return "its process was killed or crashed"
    if isinstance(error, ray.exceptions.ActorUnavailableError):
        return "it cannot be reached"
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip()[:200] if lines else type(error).__name__
