"""The reward function as OpenRLHF loads and calls it: by path, in its SingleTurnExecutor. Generation is not run."""

from __future__ import annotations

import asyncio

import physprover_openrlhf
import pytest
from conftest import CASES, answer, truth
from openrlhf.utils.agent import SingleTurnAgentExecutor

from physprover.client import JudgeUnavailable


@pytest.fixture
def executor() -> SingleTurnAgentExecutor:
    return SingleTurnAgentExecutor(physprover_openrlhf.__file__)


def fetch(executor: SingleTurnAgentExecutor, row: dict[str, str], response: str) -> dict[str, object]:
    [info] = asyncio.run(
        executor._fetch_rewards_via_func([f"Prove it.{response}"], ["Prove it."], [truth(row)])
    )
    return info


@pytest.mark.parametrize("end", ["", "<|im_end|>", "</s>", "<｜end▁of▁sentence｜>"])
@pytest.mark.parametrize(("name", "text", "reward"), CASES)
def test_a_response_is_rewarded(
    executor: SingleTurnAgentExecutor,
    rows: dict[str, dict[str, str]],
    name: str,
    text: str,
    reward: float,
    end: str,
) -> None:
    info = fetch(executor, rows[name], text.rstrip() + end)
    assert (float(info["rewards"]), float(info["scores"])) == (reward, reward)
    assert set(info["extra_logs"]) == {"cheated"}


def test_without_evidence_there_is_no_reward(
    executor: SingleTurnAgentExecutor, rows: dict[str, dict[str, str]]
) -> None:
    with pytest.raises(JudgeUnavailable, match="not judged"):
        fetch(executor, rows["broken"], answer("broken", "rfl"))


def test_a_judge_that_is_gone_is_an_error(
    executor: SingleTurnAgentExecutor, rows: dict[str, dict[str, str]], gone: None
) -> None:
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        fetch(executor, rows["le"], "x")


def test_a_label_of_another_task_is_named() -> None:
    with pytest.raises(ValueError, match="JSON with `statement`"):
        physprover_openrlhf.reward_func(["x"], ["x"], ["42"])


def test_rows_are_what_openrlhf_reads(problems: str) -> None:
    [row] = physprover_openrlhf.rows(problems, "train")
    out = physprover_openrlhf.reward_func(
        [row["prompt"] + answer("twice_eq", "by unfold twice; omega")], [row["prompt"]], [row["label"]]
    )
    assert out["rewards"].tolist() == [1.0]
