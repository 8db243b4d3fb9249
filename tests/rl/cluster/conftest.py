"""A Ray cluster of two nodes in this process's machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from ray.cluster_utils import Cluster

from rl.cluster import ray


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    soon = {
        "health_check_initial_delay_ms": 1000,
        "health_check_period_ms": 500,
        "health_check_timeout_ms": 2000,
        "health_check_failure_threshold": 3,
    }
    made = Cluster(
        initialize_head=True,
        head_node_args={"num_cpus": 2, "include_dashboard": False, "_system_config": soon},
    )
    yield made
    ray.shutdown()
    made.shutdown()
