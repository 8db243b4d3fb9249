"""Ray's memory monitor kills a sampler again and again: it is started again a few times, then the run ends in one line.

The monitor is Ray's own, told that 2 % of the machine's memory is too much, so that it kills whatever runs.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from physprover.config_file import parse_config
from physprover.errors import RunError
from rl import cluster as joining
from rl.cluster import ray
from rl.sampling.remote_sampler import RESTARTS, RemoteSampler
from tests.rl.cluster import actors


@pytest.fixture
def short_of_memory() -> Iterator[Cluster]:
    limits = {"memory_usage_threshold": 0.02, "memory_monitor_refresh_ms": 100}
    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 1, "include_dashboard": False, "_system_config": limits},
    )
    yield made
    made.shutdown()


@pytest.mark.slow
def test_a_sampler_without_memory_is_restarted_a_few_times(
    short_of_memory: Cluster, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Before, Ray repeated the hand-over of weights without end, and printed a line each time."""
    config = parse_config({"cluster": {"address": short_of_memory.address}})
    told: list[str] = []
    with joining.cluster(config):
        remote = RemoteSampler(str(tmp_path), config, actors.Steady, told.append)
        with pytest.raises(RunError) as ended:
            remote.load_weights({}, 1)
    assert not ray.is_initialized()
    said = str(ended.value)
    assert said.startswith(
        f"a sampler was lost again after {RESTARTS} restarts: its node ran out of memory ("
    )
    assert "sampler.batch_size, sampler.replicas or engine.workers; repeat the command" in said
    assert "\n" not in said
    assert len(told) == RESTARTS
    assert all("and Ray killed it); restart" in line and "\n" not in line for line in told)
    shown = capfd.readouterr()
    assert "raylet" not in shown.out + shown.err
