"""What cannot work is said in one line, before anything is allocated where that is possible, and nothing is lost."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from transformers import LlamaConfig, LlamaForCausalLM

from physprover.app.pipeline import open_run_dir, run_pipeline
from physprover.config_file import parse_config
from physprover.errors import ConfigError, DataError, RunError
from physprover.progress import Silent
from physprover.records import Theorem
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.curriculum import build
from rl.setup import fitting
from rl.trainer.build import open_trainer
from tests.rl import toy
from tests.rl.test_rollout import Judge, Scripted, half, rollouts


class Raising(Judge):
    def check_many(self, checks: object) -> Iterator[object]:
        raise ValueError("a reward of its own\nwith a second line")
        yield


class Owing(Scripted):
    """Forgets the last attempt."""

    def sample(self, theorems, n, params) -> Iterator[object]:
        yield from list(super().sample(theorems, n, params))[:-1]


def test_a_reward_that_raises_is_one_line_that_says_how_to_go_on() -> None:
    with pytest.raises(
        RunError, match="step 3: ValueError while judging: a reward of its own; nothing of"
    ) as info:
        rollouts(half, Raising()).collect(3)
    assert "\n" not in str(info.value)
    assert isinstance(info.value.__cause__, ValueError)


def test_a_sampler_that_returns_fewer_attempts_is_named() -> None:
    collector = rollouts(half)
    collector._sampler = Owing(half)
    with pytest.raises(RunError, match=r"the sampler returned 3 of 4 attempts at t\d+; nothing of this step"):
        collector.collect(1)


def test_prompts_longer_than_the_context_are_left_out_and_counted() -> None:
    class Short(Scripted):
        def skipped(self, theorems) -> list[str]:
            return [t.name for t in theorems if len(t.statement) > 40]

    class Stage:
        notes: list[str] = []  # noqa: RUF012

        def note(self, text: str) -> None:
            self.notes.append(text)

    long = Theorem(name="long", statement="theorem long : " + "1 + " * 20 + "1 = 21")
    problems = [*toy.theorems(1)[:1], long]
    assert [t.name for t in fitting(problems, Short(half), Stage())] == ["sum_0"]
    assert Stage.notes == ["1 of 2 problems left out: prompt longer than model.max_prompt_tokens"]


def test_an_empty_curriculum_is_refused() -> None:
    with pytest.raises(DataError, match="the train split is empty or every prompt is too long"):
        build(parse_config({}).rl, [], 0)


def test_a_config_that_cannot_fit_leaves_no_trace(tmp_path: Path) -> None:
    config = parse_config(
        {
            "name": "big",
            "output": str(tmp_path / "runs"),
            "model": {"path": "deepseek-ai/DeepSeek-Prover-V2-7B", "prompt": "physprover"},
            "cluster": {"gpus": 2, "trainer_gpus": 1, "gpu_memory_gb": 24},
        }
    )
    with pytest.raises(ConfigError, match=r"the trainer needs .* GiB a GPU, which has 24"):
        run_pipeline(config, Silent())
    assert not (tmp_path / "runs").exists()


def test_a_rebuilt_cluster_may_have_another_address_but_nothing_else_may_change(tmp_path: Path) -> None:
    tree = {"name": "r", "output": str(tmp_path), "cluster": {"address": "10.0.0.1:6379"}}
    path = open_run_dir(parse_config(tree)).path
    assert open_run_dir(parse_config({**tree, "cluster": {"address": "10.0.0.2:6379"}})).path == path
    with pytest.raises(RunError, match="holds a run of another configuration"):
        open_run_dir(parse_config({**tree, "seed": 1}))


def test_a_checkpoint_of_another_vocabulary_is_refused(tmp_path: Path) -> None:
    config, run = toy.open_run(tmp_path / "toy")
    trainer = open_trainer(config, run, str(run.path / "warmstart"), None)
    latest = checkpoint.save(run, LoopState(step=2), trainer.write, None)
    shape = LlamaConfig.from_pretrained(latest)
    shape.vocab_size += 64
    LlamaForCausalLM(shape).save_pretrained(latest)
    with pytest.raises(RunError, match="checkpoint of another model"):
        open_trainer(config, run, str(run.path / "warmstart"), latest)
