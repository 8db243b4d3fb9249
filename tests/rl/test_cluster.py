"""Joining a cluster that is not there, and whose GPUs are whose."""

from __future__ import annotations

import os
import socket
from typing import TYPE_CHECKING

import pytest

from physprover.config_file import parse_config
from physprover.errors import RunError
from rl import cluster as remote
from rl.cluster import cluster, ray, trainer_seat

if TYPE_CHECKING:
    from collections.abc import Iterator


def test_an_unreachable_cluster_is_one_line() -> None:
    with socket.socket() as free:  # bound, but nobody listens
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
        config = parse_config({"cluster": {"address": address}})
        with pytest.raises(RunError, match=f"no Ray cluster at cluster.address {address}"), cluster(config):
            pass


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
    with trainer_seat(1) as ids:
        neighbour = ray.remote(Neighbour).options(num_cpus=0, num_gpus=1).remote()
        theirs = ray.get(neighbour.gpus.remote())
        assert sorted([*ids, *theirs]) == ["0", "1"]
        assert os.environ["CUDA_VISIBLE_DEVICES"] == ids[0]
        monkeypatch.setattr(remote, "_SEAT_SECONDS", 0.5)
        with pytest.raises(RunError, match="no 1 free GPU on this machine"), trainer_seat(1):
            pass
