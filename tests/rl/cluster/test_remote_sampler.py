"""Samplers that die, hang or raise: nothing is lost, nothing comes twice, and what cannot be mended is said in a line."""

from __future__ import annotations

import os
import random
import signal
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ray.cluster_utils import Cluster

from physprover.config_file import parse_config
from physprover.errors import RunError
from physprover.models.sampler import SamplingParams
from physprover.records import Attempt, Theorem
from rl.cluster import ray
from rl.sampling import remote_sampler
from rl.sampling.remote_sampler import RemoteSampler, Share
from tests.rl.cluster import actors

THEOREMS = [Theorem(name="t" * (i + 1), statement=f"theorem t{i} : {i} = {i}") for i in range(6)]


@pytest.fixture(autouse=True)
def _connected(cluster: Cluster) -> None:
    if not ray.is_initialized():
        ray.init(address=cluster.address, log_to_driver=False)


def sampler(
    folder: Path,
    actor: type,
    replicas: int = 1,
    silence: float = 60.0,
    tell: Callable[[str], None] = lambda _: None,
) -> RemoteSampler:
    config = parse_config({"sampler": {"replicas": replicas, "silence_seconds": silence}})
    made = RemoteSampler(str(folder), config, actor, tell)
    made.load_weights({}, 7)
    return made


def drain(stream: Iterable[Any]) -> None:
    for parcel in stream:
        ray.get(parcel)


def counts(attempts: list[Attempt]) -> Counter[tuple[str, tuple[int, ...]]]:
    return Counter((a.theorem, a.token_ids) for a in attempts)


WANTED = Counter((t.name, (len(t.name), i % 3)) for t in THEOREMS for i in range(5))


@pytest.mark.parametrize(
    ("actor", "replicas", "silence"),
    [(actors.Dying, 1, 60.0), (actors.Dying, 2, 60.0), (actors.Hanging, 1, 30.0)],
)
def test_a_lost_sampler_comes_back_with_its_weights(
    tmp_path: Path, actor: type, replicas: int, silence: float
) -> None:
    remote = sampler(tmp_path, actor, replicas, silence)
    attempts = list(remote.sample(THEOREMS, 5, SamplingParams()))
    assert (tmp_path / "once").exists(), "nothing went wrong, so this test shows nothing"
    assert counts(attempts) == WANTED
    assert {a.sampler.weights_version for a in attempts} == {7}
    assert remote.restarts == 1
    assert counts(list(remote.sample(THEOREMS, 5, SamplingParams()))) == WANTED
    remote.close()


def test_losses_without_end_stop_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remote_sampler, "RESTARTS", 1)
    remote = sampler(tmp_path, actors.Doomed)
    with pytest.raises(RunError, match="repeat the command to go on from the last checkpoint"):
        list(remote.sample(THEOREMS, 5, SamplingParams()))
    remote.close()


def test_a_process_killed_between_two_steps_is_told_and_started_again(tmp_path: Path) -> None:
    told: list[str] = []
    remote = sampler(tmp_path, actors.Steady, tell=told.append)
    os.kill(int(remote.info.name), signal.SIGKILL)
    remote.load_weights({}, 8)
    assert told == ["a sampler was lost (its process was killed or crashed); restart 1 of 3"]
    attempts = list(remote.sample(THEOREMS, 5, SamplingParams()))
    assert counts(attempts) == WANTED
    assert {a.sampler.weights_version for a in attempts} == {8}
    remote.close()


def test_a_process_that_dies_at_every_hand_over_ends_the_run(tmp_path: Path) -> None:
    with pytest.raises(
        RunError, match="a sampler was lost again after 3 restarts: its process was killed or crashed; repeat"
    ):
        sampler(tmp_path, actors.Falling)
    assert len((tmp_path / "falls").read_text(encoding="utf-8")) == 1 + remote_sampler.RESTARTS


def test_two_shares_of_one_lost_sampler_start_it_once(tmp_path: Path) -> None:
    """As they are after another sampler found no room."""
    remote = sampler(tmp_path, actors.Dying, replicas=2)
    gone = remote._replicas.pop()
    ray.kill(gone.actor)
    first, second = (Share(remote._replicas[0], THEOREMS[:3], 5) for _ in range(2))
    streams = [remote._stream(share, SamplingParams()) for share in (first, second)]
    for share, stream in zip((first, second), streams, strict=True):
        with pytest.raises(ray.exceptions.RayActorError) as lost:
            drain(stream)
        remote._give_again(share, lost.value)
    assert remote.restarts == 1
    remote.close()


def test_an_error_of_its_own_is_no_loss(tmp_path: Path) -> None:
    remote = sampler(tmp_path, actors.Raising)
    with pytest.raises(RunError, match="a fault of its own"):
        list(remote.sample(THEOREMS, 5, SamplingParams()))
    assert remote.restarts == 0
    remote.close()


def test_a_sampler_that_was_closed_is_not_lost(tmp_path: Path) -> None:
    """As after Ctrl-C, while a thread samples ahead: it was told as a loss, and a new actor was started."""
    told: list[str] = []
    remote = sampler(tmp_path, actors.Hanging, tell=told.append)
    ahead = iter(remote.sample(THEOREMS, 5, SamplingParams()))
    next(ahead)
    remote.close()
    with pytest.raises(RunError):
        list(ahead)
    assert (told, remote.restarts) == ([], 0)


@settings(max_examples=60)
@given(
    st.integers(1, 6),
    st.lists(st.integers(0, 2), min_size=1, max_size=6),
    st.randoms(use_true_random=False),
    st.integers(0, 3),
)
def test_shares_survive_any_number_of_losses(
    size: int, tokens: list[int], rng: random.Random, losses: int
) -> None:
    """A sampler that repeats itself in another order, cut at any point, hands over every attempt exactly once."""
    theorems = THEOREMS[:3]
    told = {t.name: [tuple(tokens[: i % len(tokens) + 1]) for i in range(size)] for t in theorems}
    share = Share(None, theorems, size)
    passed: list[Attempt] = []
    for life in range(losses + 1):
        stream = [
            Attempt(theorem=t.name, proof="", token_ids=ids) for t in share.owed() for ids in told[t.name]
        ]
        rng.shuffle(stream)
        cut = len(stream) if life == losses else rng.randrange(len(stream) + 1)
        passed += share.fresh(stream[:cut])
    assert share.owed() == []
    assert counts(passed) == Counter((name, ids) for name, all_ids in told.items() for ids in all_ids)
