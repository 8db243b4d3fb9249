"""Recorded rollouts make the same weights again, without a sampler and without Lean."""

from __future__ import annotations

from pathlib import Path

import pytest

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.models.hf_sampler import HFSampler
from physprover.models.sampler import SamplingParams
from physprover.prompts import get_prompt
from physprover.records import JudgedAttempt, Outcome, Verdict
from physprover.runs import RunDir
from rl import checkpoint, curriculum
from rl.checkpoint import LoopState
from rl.groups import Group, samples
from rl.metrics import step_metrics
from rl.replay import replay
from rl.rollout import Rollout, Rollouts
from rl.self_play import SelfPlay
from rl.trainer.build import open_trainer
from tests.rl import toy
from tests.rl.test_self_play import Arithmetic, Counting


@pytest.fixture
def recorded(tmp_path: Path) -> tuple[RunConfig, RunDir]:
    return record(tmp_path / "recorded")


def record(path: Path, shaping: float = 0.0, rounds: bool = False) -> tuple[RunConfig, RunDir]:
    """Three on-policy steps as the loop records them; proved is what ends in an even token, to need no Lean.

    Every third attempt earns `shaping` besides; `rounds` of self-play come before the first step and the third.
    """
    config, run = toy.open_run(path, steps=3, canary_every=0, self_play_every=2 * rounds)
    conjectures = config.data.self_play.model_copy(update={"prompt": "tiny-conjecture"})
    data = config.data.model_copy(update={"self_play": conjectures})
    config = config.model_copy(update={"data": data})
    trainer = open_trainer(config, run, str(run.path / "warmstart"), None)
    sampler = HFSampler(
        toy.model(), toy.tokenizer(), get_prompt("tiny"), max_prompt_tokens=120, batch_size=32
    )
    course = curriculum.build(config.rl, toy.theorems(2), 0)
    prover = Rollouts(config, toy.theorems(2), sampler, Arithmetic(), course)
    play = SelfPlay(config, run, Counting(), sampler, Arithmetic(), trainer, prover, course)
    for step in (1, 2, 3):
        sampler.load_weights(trainer.weights(), step - 1)
        if rounds and play.due(step, step // 2):
            number = step // 2 + 1
            assert play.learn(number, step, *play.conjecture(number, step)).moved
            sampler.load_weights(trainer.weights(), step - 1)
        groups: dict[str, list[JudgedAttempt]] = {}
        params = SamplingParams(seed=step, max_new_tokens=1)
        for number, attempt in enumerate(sampler.sample(toy.theorems(2), 8, params)):
            outcome = Outcome.PROVED if attempt.token_ids[-1] % 2 else Outcome.REJECTED
            groups.setdefault(attempt.theorem, []).append(
                JudgedAttempt(
                    attempt=attempt,
                    verdict=Verdict(outcome=outcome),
                    step=step,
                    shaping=0.0 if number % 3 else shaping,
                )
            )
        rollout = Rollout(
            step=step, groups=tuple(Group(theorem=n, judged=tuple(g)) for n, g in groups.items())
        )
        stats = trainer.update(samples(rollout.groups, "group"))
        assert stats.moved
        for item in rollout.judged:
            run.append("attempts.jsonl", item)
        run.append("metrics.jsonl", step_metrics(rollout, stats, 0.0, 0))
    checkpoint.save(run, LoopState(step=3), trainer.write, None)
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
    assert figures(out) == figures(run)


def figures(run: RunDir) -> list[tuple[float, ...]]:
    return [(m.step, m.reward, m.shaping, m.loss, m.ratio_mean, m.staleness) for m in run.metrics()]


def test_what_was_added_to_rewards_is_learnt_again(tmp_path: Path) -> None:
    config, run = record(tmp_path / "recorded", shaping=0.25)
    out = RunDir(tmp_path / "again")
    replay(config, run, out, toy.Told())
    assert weights(out) == weights(run)
    assert figures(out) == figures(run)
    assert next(out.metrics()).shaping > 0


def test_rounds_of_self_play_are_learnt_again(tmp_path: Path) -> None:
    config, run = record(tmp_path / "recorded", rounds=True)
    out = RunDir(tmp_path / "again")
    replay(config, run, out, toy.Told())
    assert weights(out) == weights(run)
    assert figures(out) == figures(run)


def test_recordings_that_lack_what_the_trainer_saw_are_refused(tmp_path: Path) -> None:
    config, run = record(tmp_path / "recorded", rounds=True)
    (run.path / "selfplay" / "round-2-attempts.jsonl").unlink()
    with pytest.raises(RunError, match="self-play round 2 left no attempts"):
        replay(config, run, RunDir(tmp_path / "out"), toy.Told())


def test_another_model_in_the_place_of_the_recorded_one_is_refused(
    recorded: tuple[RunConfig, RunDir], tmp_path: Path
) -> None:
    config, run = recorded
    model = config.model.model_copy(update={"path": str(run.path / "warmstart"), "fingerprint": "another"})
    with pytest.raises(RunError, match=r"not the model that model\.fingerprint names \(another\)"):
        replay(config.model_copy(update={"model": model}), run, RunDir(tmp_path / "again"), toy.Told())


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
