"""Trackers: what is sent, a missing package, and a real TensorBoard file where it is installed."""

from __future__ import annotations

import importlib.util
from pathlib import Path

import pytest

from physprover.config_file import parse_config
from physprover.errors import ConfigError
from physprover.runs import RunDir, StepMetrics
from rl.metrics import figures, tracking


def metrics(step: int) -> StepMetrics:
    return StepMetrics(
        step=step, reward=0.25 * step, attempts=8, judged=8, proved=2, outcomes={"proved": 2, "timeout": 6}
    )


def test_plain_numbers_are_sent_verdict_classes_as_shares() -> None:
    sent = figures(metrics(2))
    assert sent["rl/reward"] == 0.5
    assert (sent["verdicts/proved"], sent["verdicts/timeout"]) == (0.25, 0.75)
    assert all(isinstance(value, float) for value in sent.values())
    assert "rl/step" not in sent


def test_no_tracker_is_one_too(tmp_path: Path) -> None:
    with tracking(parse_config({}), RunDir(tmp_path), 0) as log:
        log(metrics(1))
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_missing_package_is_said_with_its_remedy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    config = parse_config({"tracker": "wandb"})
    with (
        pytest.raises(
            ConfigError, match=r"tracker = \"wandb\" needs the package: pip install 'physprover\[track\]'"
        ),
        tracking(config, RunDir(tmp_path), 0),
    ):
        pass


def test_tensorboard_goes_on_in_the_same_curve(tmp_path: Path) -> None:
    """Three steps, a kill, and two of them again after the checkpoint of step 1: each is there once."""
    pytest.importorskip("tensorboard")
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

    config, run = parse_config({"tracker": "tensorboard", "name": "t"}), RunDir(tmp_path)
    for after, steps in ((0, (1, 2, 3)), (1, (2, 3))):
        with tracking(config, run, after) as log:
            for step in steps:
                log(metrics(step))
    events = EventAccumulator(str(tmp_path / "tensorboard"))
    events.Reload()
    assert [(e.step, e.value) for e in events.Scalars("rl/reward")] == [(1, 0.25), (2, 0.5), (3, 0.75)]
