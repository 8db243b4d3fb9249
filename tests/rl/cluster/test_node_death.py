"""Training on two nodes, one of which is killed and another one added: the run goes on, every group is whole, every step is
there once. The model is given by a relative path, which the nodes do not know."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from ray.cluster_utils import Cluster

from physprover.records import JudgedAttempt, read_jsonl
from rl.loop import train
from tests.rl import toy


class Killing(toy.Told):
    """Takes a node away, and adds one, as soon as two steps are done."""

    def __init__(self, cluster: Cluster, node: object) -> None:
        super().__init__()
        self._cluster, self._node, self.done = cluster, node, 0

    def advance(self, count: int = 1, **figures: float | int | str) -> None:
        self.done += count
        if self.done >= 2 and self._node is not None:
            self._cluster.remove_node(self._node, allow_graceful=False)
            self._node = None
            self._cluster.add_node(num_cpus=2)


@pytest.mark.slow
def test_a_killed_node_does_not_stop_the_run(
    lean: object,
    cluster: Cluster,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capfd: pytest.CaptureFixture[str],
) -> None:
    node = cluster.add_node(num_cpus=2)
    config, run = toy.open_run(tmp_path / "toy", steps=4, canary_every=0)
    (run.path / "warmstart").rename(tmp_path / "prover")
    monkeypatch.chdir(tmp_path)
    config = config.model_copy(
        update={
            "model": config.model.model_copy(update={"path": "prover"}),
            "cluster": config.cluster.model_copy(update={"address": cluster.address, "nodes": 2}),
            "sampler": config.sampler.model_copy(update={"replicas": 2, "silence_seconds": 120.0}),
        }
    )
    told = Killing(cluster, node)
    train(config, run, told)
    assert told._node is None, "no node was killed"
    assert "raylet" not in capfd.readouterr().out
    metrics = list(run.metrics())
    assert [m.step for m in metrics] == [1, 2, 3, 4]
    judged = list(read_jsonl(run.path / "attempts.jsonl", JudgedAttempt))
    groups = Counter((j.step, j.attempt.theorem) for j in judged)
    assert set(groups.values()) == {config.rl.group_size}
    assert len(judged) == sum(m.attempts for m in metrics) == sum(m.judged for m in metrics)
