"""Two nodes: Lean workers on each, a node lost and one added while checks are open, and each mistake in one line."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from physprover.config import EngineConfig
from physprover.config_file import parse_config
from physprover.errors import LeanSetupError, RunError
from physprover.lean.pool import RayPool, living_nodes
from physprover.lean.protocol import Check, Problem
from physprover.records import Outcome
from rl import cluster as joining
from rl.cluster import ray, refuse_unseen
from tests.rl.cluster import actors


@pytest.fixture(autouse=True)
def _two_nodes(cluster: Cluster) -> None:
    if not ray.is_initialized():
        ray.init(address=cluster.address, log_to_driver=False)
    if len(living_nodes()) < 2:
        cluster.add_node(num_cpus=1)


def checks(count: int = 24) -> list[Check]:
    """Each with a header of its own, so that they are dealt to all nodes."""
    return [
        Check(
            id=str(i), problem=Problem(header=f"-- {i}\n", statement="theorem t : True"), proof="by trivial"
        )
        for i in range(count)
    ]


def test_a_node_lost_and_a_node_added_while_checks_are_open(cluster: Cluster) -> None:
    pool = RayPool(EngineConfig(), nodes=2, actor=actors.Judge)
    assert sorted(pool._members) == sorted(living_nodes())
    answered, judges = [], set()
    going = pool.check_many(checks())
    for check, verdict in going:
        answered.append(check.id)
        judges.add(verdict.messages[0])
        if len(judges) == 2:
            break
    lost = next(node for node in cluster.worker_nodes if node.node_id in judges)
    cluster.remove_node(lost, allow_graceful=False)
    added = cluster.add_node(num_cpus=1)
    for check, verdict in going:
        assert verdict.outcome is Outcome.PROVED
        answered.append(check.id)
    assert sorted(answered) == sorted(check.id for check in checks())
    judges = {verdict.messages[0] for _, verdict in pool.check_many(checks())}
    assert judges == set(living_nodes()) == set(pool._members)
    assert added.node_id in judges
    assert lost.node_id not in judges
    pool.close()


def test_a_node_that_cannot_start_lean_is_named() -> None:
    pool = RayPool(EngineConfig(kind="project", project_dir="/no/such/project"), nodes=2)
    with pytest.raises(LeanSetupError, match=r"node [\d.]+: .*/no/such/project"):
        list(pool.check_many(checks()))
    pool.close()


def test_workers_that_die_at_every_check_are_given_up() -> None:
    """A check is asked three times; what is then open on a node that lost its workers a fourth time ends the run."""
    pool = RayPool(EngineConfig(), nodes=2, actor=actors.Dropping)
    unjudged = list(pool.check_many(checks(64)))
    assert sorted(check.id for check, _ in unjudged) == sorted(check.id for check in checks(64))
    assert {verdict.outcome for _, verdict in unjudged} == {Outcome.INFRASTRUCTURE}
    with pytest.raises(LeanSetupError, match=r"the Lean workers of node [\d.]+ were lost 4 times"):
        list(pool.check_many(checks(64)))
    assert not pool._members
    pool.close()


def test_a_folder_that_a_node_does_not_see_is_named(tmp_path: Path) -> None:
    assert refuse_unseen({"output": tmp_path}) == {}
    assert list(tmp_path.iterdir()) == []
    mine = Path(f"/proc/self/task/{os.getpid()}")  # other processes have no such folder
    with pytest.raises(RunError, match=rf"node [\d.]+ does not see {mine} \(model.path\): use a folder that"):
        refuse_unseen({"output": tmp_path, "model.path": mine})


def test_a_node_that_is_too_busy_to_answer_is_told_from_one_without_physprover(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "_LOOK_SECONDS", 0.0)
    with pytest.raises(RunError, match=r"node [\d.]+ started no process within 0 s: it is too busy"):
        refuse_unseen({"output": tmp_path})
    assert list(tmp_path.iterdir()) == []


def test_a_node_whose_ray_lowers_priorities_is_told(
    cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As Ray does by itself (niceness 15): beside other work Lean and the samplers stand still."""
    monkeypatch.setenv("RAY_worker_niceness", "7")
    added = cluster.add_node(num_cpus=1)
    try:
        address = living_nodes()[added.node_id]
        assert refuse_unseen({"output": tmp_path}) == {address: os.nice(0) + 7}
    finally:
        cluster.remove_node(added)


@pytest.fixture
def left() -> Iterator[None]:
    """Without a connection, and without one afterwards."""
    ray.shutdown()
    yield
    ray.shutdown()


def test_a_cluster_that_is_too_small_is_told_with_its_size(
    cluster: Cluster, left: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(joining, "_JOIN_SECONDS", 0.0)
    config = parse_config({"cluster": {"address": cluster.address, "nodes": 5}})
    with (
        pytest.raises(RunError, match=r"has 2 nodes and 0 GPUs, fewer than cluster\.nodes = 5"),
        joining.cluster(config),
    ):
        pass
    assert not ray.is_initialized()
