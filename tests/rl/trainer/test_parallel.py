"""Trainer processes under Ray: a whole run, a lost process, a resumed one, and settings that cannot work."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from physprover.config_file import parse_config
from physprover.errors import ConfigError, RunError
from rl.checkpoint import EXCHANGE
from rl.cluster import cluster, ray
from rl.loop import train
from rl.trainer.batches import updates
from rl.trainer.parallel import ParallelTrainer, RankActor
from rl.trainer.rank import exchange_file
from rl.validation import conflicts, explain, refuse_impossible
from tests.rl import toy
from tests.rl.conftest import build_model, build_tokenizer, random_samples, run_config

TWO = {"trainer_processes": 2}


@pytest.fixture(scope="module")
def machines() -> Iterator[None]:
    """One local Ray for all tests of this file."""
    with cluster(parse_config({"cluster": TWO})):
        yield


class Frail(RankActor):
    """A rank that can be lost, or led astray."""

    def stray(self) -> None:
        with torch.no_grad():
            next(self._trainer.model.parameters())[0, 0] += 1e-3

    def process(self) -> int:
        return os.getpid()


@pytest.mark.usefixtures("machines")
def test_a_stray_or_lost_rank_ends_the_run_and_a_checkpoint_continues_it(tmp_path: Path) -> None:
    """With sparse exchange, so that what was not sent yet must come back too, to the bit."""
    start, saved = tmp_path / "warmstart", tmp_path / "step-1"
    build_model().save_pretrained(start)
    build_tokenizer().save_pretrained(start)
    saved.mkdir()
    config = run_config(steps=4, exchange={"name": "topk-threshold", "run_bytes": 40_000})
    config = config.model_copy(update={"cluster": config.cluster.model_copy(update=TWO)})
    batches = [random_samples(build_model(), groups=3, seed=seed) for seed in range(2)]

    trainer = ParallelTrainer(config, tmp_path / "out", str(start), None, Frail)
    assert not trainer.update([]).moved
    assert trainer.update(batches[0]).moved
    trainer.write(saved)
    stats = trainer.update(batches[1])
    assert 0 < stats.exchanged <= 40_000
    whole = trainer.handover()
    ray.get(trainer._ranks[1].stray.remote())
    with pytest.raises(RunError, match="do not hold the same weights any more"):
        trainer.update(batches[0])
    os.kill(ray.get(trainer._ranks[1].process.remote()), signal.SIGKILL)
    with pytest.raises(
        RunError, match=r"trainer process 1 of 2 stopped .* repeat the command to go on"
    ) as caught:
        trainer.update(batches[0])
    assert "\n" not in str(caught.value)
    trainer.close()

    again = ParallelTrainer(config, tmp_path / "out", str(start), saved)
    try:
        repeated = again.update(batches[1])
        assert (repeated.loss, repeated.exchanged) == (stats.loss, stats.exchanged)
        resumed = again.handover()
    finally:
        again.close()
    assert [name for name in whole if not torch.equal(whole[name], resumed[name])] == []


@pytest.mark.usefixtures("machines", "lean")
def test_a_whole_run_in_two_processes(tmp_path: Path) -> None:
    config, run = toy.open_run(
        tmp_path / "toy", cluster=TWO, steps=3, save_every=3, max_staleness=1, exchange={"name": "sign"}
    )
    train(config, run, toy.Told())
    steps = list(run.metrics())
    assert [m.step for m in steps] == [1, 2, 3]
    assert any(m.moved for m in steps)
    assert steps[0].ratio_mean == pytest.approx(1.0, abs=1e-3)
    last = run.path / "checkpoints" / "step-3"
    states = [torch.load(last / EXCHANGE.format(rank), weights_only=True) for rank in range(2)]
    assert [state["state"]["step"] for state in states] == [sum(m.moved for m in steps)] * 2
    sent = sum(m.exchange_bytes or 0 for m in steps)
    assert [state["state"]["payload"] for state in states] == [sent] * 2
    assert sent
    assert (last / "model.safetensors").exists()
    assert (last / "training.pt").exists()


@pytest.mark.usefixtures("machines", "lean")
def test_a_whole_run_divided_over_two_processes(tmp_path: Path) -> None:
    config, run = toy.open_run(
        tmp_path / "toy", cluster={**TWO, "trainer_sharding": "fsdp2"}, steps=2, save_every=2
    )
    train(config, run, toy.Told())
    steps = list(run.metrics())
    assert [m.step for m in steps] == [1, 2]
    assert any(m.moved for m in steps)
    assert steps[0].ratio_mean == pytest.approx(1.0, abs=1e-3)


def test_a_checkpoint_of_another_number_of_processes_is_refused(tmp_path: Path) -> None:
    assert exchange_file(tmp_path, 0, 2) is None
    for rank in range(3):
        (tmp_path / EXCHANGE.format(rank)).touch()
    assert exchange_file(tmp_path, 1, 3) == tmp_path / "exchange-1.pt"
    with pytest.raises(RunError, match=r"made with cluster\.trainer_processes = 3; restore"):
        exchange_file(tmp_path, 0, 2)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"rl": {"exchange": {"name": "sign"}}}, "needs several trainers: set cluster.trainer_processes"),
        ({"cluster": TWO, "rl": {"exchange": {"name": "topk-norm"}}}, "needs rl.exchange.run_bytes"),
        (
            {"cluster": TWO, "rl": {"exchange": {"name": "sign", "run_bytes": 5}}},
            'limits the topk exchanges, not "sign"',
        ),
        (
            {"cluster": TWO, "rl": {"steps": 10, "exchange": {"name": "topk-norm", "run_bytes": 80}}},
            "the headers of 10 updates alone take 120",
        ),
        ({"cluster": {"trainer_processes": 5}, "rl": {"problems_per_step": 4}}, "a step has 4 groups"),
        (
            {"cluster": {"gpus": 8, "trainer_gpus": 4, "trainer_processes": 2}},
            "each process trains on one GPU",
        ),
    ],
)
def test_what_cannot_work_is_refused(change: dict[str, Any], complaint: str) -> None:
    config = parse_config(change)
    assert any(complaint in line for line in conflicts(config))
    with pytest.raises(ConfigError):
        refuse_impossible(config)


def test_unknown_exchange_is_named() -> None:
    with pytest.raises(ConfigError, match=r"rl\.exchange\.name"):
        parse_config({"rl": {"exchange": {"name": "telepathy"}}})


def test_dry_run_says_who_trains_and_how() -> None:
    change = {"cluster": TWO, "rl": {"exchange": {"name": "topk-threshold", "run_bytes": 10**9}}}
    text = explain(parse_config(change))
    assert (
        "2 processes with a whole copy of the model on the CPU; topk-threshold exchange once an update"
        in text
    )
    assert "at most 1,000,000,000 bytes a process in the whole run" in text
    assert "one process, the driver" in explain(parse_config({}))


def test_exchanges_of_a_run_are_counted() -> None:
    config = parse_config({"rl": {"steps": 10, "updates_per_batch": 2, "self_play_every": 4}})
    assert updates(config) == (10 + 3) * 2
