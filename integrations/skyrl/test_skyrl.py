"""The environment through skyrl_gym.make: rewards, several turns, no made-up reward."""

from __future__ import annotations

import physprover_skyrl
import pytest
import skyrl_gym
from conftest import CASES, answer, truth

from physprover.client import JudgeUnavailable


def make(row: dict[str, str], **extras: object) -> skyrl_gym.Env:
    return skyrl_gym.make("physprover", extras={"reward_spec": {"ground_truth": truth(row)}, **extras})


@pytest.mark.parametrize(("name", "text", "reward"), CASES)
def test_one_answer_is_one_episode(
    rows: dict[str, dict[str, str]], name: str, text: str, reward: float
) -> None:
    env = make(rows[name])
    env.init([{"role": "user", "content": "…"}])
    out = env.step(text)
    assert (out["reward"], out["done"], out["observations"]) == (reward, True, [])


def test_with_more_turns_lean_answers(rows: dict[str, dict[str, str]]) -> None:
    env = make(rows["twice_eq"], max_turns=3)
    first = env.step(answer("twice_eq", "by rfl"))
    assert (first["reward"], first["done"]) == (0.0, False)
    assert "Lean refuses" in first["observations"][0]["content"]
    second = env.step(answer("twice_eq", "by unfold twice; omega"))
    assert (second["reward"], second["done"]) == (1.0, True)
    assert env.get_metrics() == {"turns": 2, "proved": 1.0, "cheated": 0.0}


def test_without_evidence_there_is_no_reward(rows: dict[str, dict[str, str]]) -> None:
    with pytest.raises(JudgeUnavailable, match="not judged"):
        make(rows["broken"]).step(answer("broken", "rfl"))
    with pytest.raises(ValueError, match="reward_spec"):
        skyrl_gym.make("physprover", extras={})


def test_a_judge_that_is_gone_is_an_error(rows: dict[str, dict[str, str]], gone: None) -> None:
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        make(rows["le"]).step("x")


def test_rows_are_what_skyrl_reads(problems: str) -> None:
    [row, *_] = physprover_skyrl.rows(problems, "train")
    assert row["env_class"] == "physprover"
    out = skyrl_gym.make(row["env_class"], extras=row).step(answer("twice_eq", "by unfold twice; omega"))
    assert out["reward"] == 1.0
