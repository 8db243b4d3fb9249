"""The order of a run's stages: what runs beside what, and where an error of either ends the run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from eval.baselines import ClosedTheorem, TacticLine, lines
from physprover.app import pipeline
from physprover.app.commands.run import _baselines
from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.errors import DataError
from physprover.lean.protocol import Pool
from physprover.progress import Silent
from physprover.runs import RunDir


class Course:
    """Stages that only say when they begin and end; `before` and `train` do what the test gives them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, run: Path) -> None:
        self.said: list[str] = []
        self.threads: dict[str, int] = {}
        self.before: Callable[[], None] = lambda: None
        self.train: Callable[[Callable[[], None]], None] = lambda _: None
        for name in ("estimate", "build_data", "begin_search", "begin_baselines", "report"):
            monkeypatch.setattr(pipeline._Stages, name, lambda _: None)
        monkeypatch.setattr(pipeline._Stages, "warm_start", lambda _: run)
        monkeypatch.setattr(pipeline._Stages, "train", lambda stages, _: self._train(stages))
        monkeypatch.setattr(pipeline._Stages, "evaluation", lambda _, __, when: self._evaluation(when))
        monkeypatch.setattr(pipeline, "trained", lambda _: run)
        monkeypatch.setattr(pipeline.Workers, "pool", None)
        monkeypatch.setattr(pipeline.Workers, "begin", lambda _: self.said.append("lean"))

    def _train(self, stages: Any) -> None:
        self.said.append("train")
        self.train(stages.beside.check)
        self.said.append("trained")

    def _evaluation(self, when: str) -> Callable[[Pool], None]:
        self.threads[f"load {when}"] = threading.get_ident()

        def measure(_: Pool) -> None:
            self.threads[when] = threading.get_ident()
            if when == "before":
                self.before()
            self.said.append(when)

        return measure


def config(run: Path, **more: object) -> RunConfig:
    return parse_config({"name": run.name, "output": str(run.parent), **more})


@pytest.fixture
def course(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Course:
    return Course(monkeypatch, tmp_path)


def test_training_does_not_wait_for_the_evaluation_before_it(course: Course, tmp_path: Path) -> None:
    training = threading.Event()
    course.before = lambda: training.wait(60) or pytest.fail("the training waited")  # type: ignore[func-returns-value]
    course.train = lambda _: training.set()
    pipeline.run_pipeline(config(tmp_path / "run"), Silent())
    assert course.said[0] == "lean"
    assert course.said.index("train") < course.said.index("before") < course.said.index("after")
    here = threading.get_ident()
    assert course.threads["before"] != here
    # two models loaded at once spoil each other
    assert course.threads["load before"] == course.threads["load after"] == here


@pytest.mark.parametrize(
    "more",
    [
        {"cluster": {"gpus": 1}},
        {"sampler": {"kind": "vllm"}, "cluster": {"gpus": 2}},
        {"model": {"path": "m"}},
    ],
)
def test_a_model_that_may_fill_the_machine_is_evaluated_alone(
    course: Course, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, more: dict[str, object]
) -> None:
    monkeypatch.setattr("rl.validation.refuse_impossible", lambda _: None)
    monkeypatch.setattr(pipeline, "resolve_model", lambda path: path)
    pipeline.run_pipeline(config(tmp_path / "run", **more), Silent())
    assert course.said == ["before", "train", "trained", "after"]  # and Lean is not started ahead
    assert set(course.threads.values()) == {threading.get_ident()}


def test_an_error_of_the_evaluation_ends_the_training(course: Course, tmp_path: Path) -> None:
    failed = threading.Event()

    def fail() -> None:
        failed.set()
        raise DataError("no room")

    def steps(check: Callable[[], None]) -> None:
        failed.wait(60)
        while True:
            check()

    course.before, course.train = fail, steps
    with pytest.raises(DataError, match="no room"):
        pipeline.run_pipeline(config(tmp_path / "run"), Silent())
    assert "trained" not in course.said
    assert "after" not in course.said


def test_a_run_that_was_trained_first_is_still_evaluated_before_and_after(
    course: Course, tmp_path: Path
) -> None:
    (tmp_path / "run").mkdir()
    RunDir(tmp_path / "run").write_text("rl-finished", "")
    pipeline.run_pipeline(config(tmp_path / "run"), Silent())
    assert course.said.index("before") < course.said.index("after")


def test_the_strongest_baseline_stands_in_the_table_at_the_end() -> None:
    closed = ClosedTheorem(name="t", domain="d", closed_by=("rfl",))
    found = lines([closed, closed.replace(name="u", closed_by=())])
    told = TacticLine(tactic="grind [defs]", closed=2, estimate=found.best.estimate.replace(value=1.0))
    rows = _baselines(found.replace(templates=(told,)), 2, 2)
    assert [row.split("  ")[1].strip() for row in rows] == [
        "always `rfl`", "any tactic of the portfolio", "best script told the defs",
    ]  # fmt: skip
    assert ["50.0 %" in row for row in rows] == [True, True, False]
    assert max(map(len, rows)) <= 80
    assert len(_baselines(found, 2, 2)) == 2
    assert [row.endswith("over 2 theorems") for row in _baselines(found, 1, 3)] == [True, True]
