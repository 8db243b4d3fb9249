"""Recorded rollouts make the same weights again, without a sampler and without Lean."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from physprover.errors import RunError
from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import SamplingParams
from physprover.prompts import get_prompt
from physprover.records import JudgedAttempt, Outcome, Verdict
from physprover.runs import RunDir
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.groups import Group, samples
from rl.metrics import step_metrics
from rl.replay import replay
from rl.rollout import Rollout
from rl.trainer import open_trainer, write_trainer
from tests.rl import toy

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.config import RunConfig


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[RunConfig, RunDir]:
    """Three on-policy steps as the loop records them; proved is what ends in an even token, to need no Lean."""
    config, run = toy.open_run(tmp_path / "recorded", steps=3)
    trainer = open_trainer(config, run, str(run.path / "warmstart"), None)
    sampler = HFSampler(
        toy.model(), toy.tokenizer(), get_prompt("tiny"), max_prompt_tokens=120, batch_size=32
    )
    for step in (1, 2, 3):
        sampler.load_weights(trainer.weights(), step - 1)
        groups: dict[str, list[JudgedAttempt]] = {}
        for attempt in sampler.sample(toy.theorems(2), 8, SamplingParams(seed=step, max_new_tokens=1)):
            outcome = Outcome.PROVED if attempt.token_ids[-1] % 2 else Outcome.REJECTED
            groups.setdefault(attempt.theorem, []).append(
                JudgedAttempt(attempt=attempt, verdict=Verdict(outcome=outcome), step=step)
            )
        rollout = Rollout(
            step=step, groups=tuple(Group(theorem=n, judged=tuple(g)) for n, g in groups.items())
        )
        stats = trainer.update(samples(rollout.groups, "group"))
        assert stats.moved
        for item in rollout.judged:
            run.append("attempts.jsonl", item)
        run.append("metrics.jsonl", step_metrics(rollout, stats, 0.0, 0))
    checkpoint.save(run, LoopState(step=3), lambda folder: write_trainer(trainer, folder), None)
    return config, run


def weights(run: RunDir) -> bytes:
    last = run.last_checkpoint()
    assert last is not None
    return (last / "model.safetensors").read_bytes()


def test_the_same_settings_make_the_same_weights(recorded: tuple[RunConfig, RunDir], tmp_path: Path) -> None:
    config, run = recorded
    out = RunDir(tmp_path / "again")
    replay(config, run, out, toy.Told())
    assert weights(out) == weights(run)
    before, after = list(run.metrics()), list(out.metrics())
    assert [(m.step, m.reward, m.loss, m.ratio_mean, m.staleness) for m in after] == [
        (m.step, m.reward, m.loss, m.ratio_mean, m.staleness) for m in before
    ]


def test_other_settings_make_other_weights_and_leave_the_policy(
    recorded: tuple[RunConfig, RunDir], tmp_path: Path
) -> None:
    config, run = recorded
    optimizer = config.rl.optimizer.model_copy(update={"learning_rate": 1e-2})
    rl = config.rl.model_copy(update={"optimizer": optimizer})
    out = RunDir(tmp_path / "other")
    replay(config.model_copy(update={"rl": rl}), run, out, toy.Told())
    assert weights(out) != weights(run)
    ratios = [m.ratio_mean for m in out.metrics()]
    assert ratios[0] == pytest.approx(1.0, abs=1e-4)
    assert abs(ratios[-1] - 1.0) > 1e-3


def test_nothing_recorded_and_a_folder_in_use_are_refused(
    recorded: tuple[RunConfig, RunDir], tmp_path: Path
) -> None:
    config, run = recorded
    with pytest.raises(RunError, match="holds a run already"):
        replay(config, run, run, toy.Told())
    with pytest.raises(RunError, match="no recorded attempts"):
        replay(config, RunDir(tmp_path / "empty"), RunDir(tmp_path / "out"), toy.Told())
