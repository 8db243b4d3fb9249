"""Joining a cluster that is not there, and whose GPUs are whose."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from physprover.config_file import parse_config
from physprover.errors import RunError
from rl import cluster as remote
from rl.cluster import cluster, ray, reserve_trainer_gpus


def test_an_unreachable_cluster_is_one_line() -> None:
    with socket.socket() as free:  # bound, but nobody listens
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        config = parse_config({"cluster": {"address": address}})
        with pytest.raises(RunError, match=f"no Ray cluster at cluster.address {address}"), cluster(config):
            pass


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 400 Bad Request\r\n\r\n"])
def test_another_service_at_the_address_is_one_line(answer: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that waits in silence, and one of HTTP/1; Ray tried each for minutes, with lines of its own on standard error."""
    monkeypatch.setattr(remote, "_ANSWER_SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as service, ThreadPoolExecutor(1) as thread:
        talking = thread.submit(talk, service, answer)
        address = f"127.0.0.1:{service.getsockname()[1]}"
        config = parse_config({"cluster": {"address": address}})
        with pytest.raises(RunError, match="what listens there is not Ray"), cluster(config):
            pass
        assert talking.result().startswith(b"PRI * HTTP/2.0")


def talk(service: socket.socket, answer: bytes) -> bytes:
    """Take one connection, say `answer`, and return what came once the other side is gone."""
    connection, _ = service.accept()
    with connection:
        connection.sendall(answer)
        heard = b""
        with contextlib.suppress(ConnectionResetError):  # it went without reading all of the answer
            while part := connection.recv(100):
                heard += part
        return heard


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Ray is told that there are two; nothing here computes."""
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "0,1")
    with cluster(parse_config({"cluster": {"gpus": 2}})):
        yield


class Neighbour:
    def gpus(self) -> list[str]:
        return [str(i) for i in ray.get_gpu_ids()]


def test_no_sampler_gets_the_trainers_gpu(two_gpus: None, monkeypatch: pytest.MonkeyPatch) -> None:
    with reserve_trainer_gpus(1) as ids:
        neighbour = ray.remote(Neighbour).options(num_cpus=0, num_gpus=1).remote()
        theirs = ray.get(neighbour.gpus.remote())
        assert sorted([*ids, *theirs]) == ["0", "1"]
        assert os.environ["CUDA_VISIBLE_DEVICES"] == ids[0]
        monkeypatch.setattr(remote, "_HOLD_SECONDS", 0.5)
        with pytest.raises(RunError, match="no 1 free GPU on this machine"), reserve_trainer_gpus(1):
            pass


_JOIN = """
import sys
from physprover.config_file import parse_config
from physprover.errors import RunError
from rl.cluster import cluster
try:
    with cluster(parse_config({"cluster": {"address": sys.argv[1]} if len(sys.argv) > 1 else {}})):
        print("joined")
except RunError as error:
    print(error)
"""


def environment(home: Path, **more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    return {**kept, "HOME": str(home), "RAY_USAGE_STATS_ENABLED": "0", **more}


def join(env: dict[str, str], *address: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", _JOIN, *address],
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=True,
    )
    return done.stdout.strip().splitlines()[-1]


@pytest.fixture
def head(tmp_path: Path) -> Iterator[str]:
    """A cluster that demands the token in ~/.ray, as `ray start` does where there is one."""
    (tmp_path / ".ray").mkdir()
    (tmp_path / ".ray" / "auth_token").write_text("a" * 32, encoding="utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [str(Path(sys.executable).parent / "ray"), "start", "--head", f"--port={port}", "--num-cpus=1"]
    command += ["--include-dashboard=false", "--dashboard-agent-listen-port=0", "--block"]
    process = subprocess.Popen(
        command, env=environment(tmp_path), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )
    assert process.stdout is not None
    for line in process.stdout:
        if "--block" in line:  # said when everything runs
            break
    yield f"127.0.0.1:{port}"
    process.terminate()
    process.wait()


@pytest.mark.slow
def test_a_local_start_leaves_no_token_and_a_clusters_token_is_sent(head: str, tmp_path: Path) -> None:
    """Ray's own way: a token file after the first local start, which `ray.init(address=...)` then does not send."""
    fresh = tmp_path / "fresh"
    fresh.mkdir()
    assert join(environment(fresh)) == "joined"
    assert not (fresh / ".ray" / "auth_token").exists()
    assert join(environment(tmp_path), head) == "joined"
    other = environment(fresh, RAY_AUTH_MODE="token", RAY_AUTH_TOKEN="b" * 32)
    assert "RAY_AUTH_MODE=token and the same token" in join(other, head)
