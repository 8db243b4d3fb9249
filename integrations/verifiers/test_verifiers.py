"""The task set through verifiers' own commands and scoring."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from pathlib import Path

import pytest
import verifiers.v1 as vf
from conftest import CASES, answer
from physprover_verifiers import PhysProverConfig, PhysProverTask, PhysProverTaskset
from verifiers.v1.graph import MessageNode
from verifiers.v1.state import state_cls
from verifiers.v1.trace import TraceTask
from verifiers.v1.types import AssistantMessage, UserMessage


def tasks(problems: str, split: str = "") -> dict[str, PhysProverTask]:
    return {str(t.data.name): t for t in PhysProverTaskset(PhysProverConfig(path=problems, split=split))}


def trace_of(task: PhysProverTask, text: str) -> vf.Trace:
    """A rollout that ended with `text`."""
    trace = vf.Trace(
        task=TraceTask(type=type(task).__name__, data=task.data, key=task.key, hash=task.hash),
        state=state_cls(type(task))(),
        agent=vf.AgentInfo(config=vf.AgentConfig(), name="test", trainable=False),
    )
    trace.nodes.append(MessageNode(message=UserMessage(content=str(task.data.prompt))))
    trace.nodes.append(MessageNode(message=AssistantMessage(content=text), parent=0, sampled=True))
    return trace


@pytest.mark.parametrize(("name", "text", "reward"), CASES)
def test_a_rollout_is_scored(problems: str, name: str, text: str, reward: float) -> None:
    task = tasks(problems)[name]
    trace = trace_of(task, text)
    asyncio.run(task.score(trace))
    assert trace.reward == reward
    assert trace.info["verdict"]["outcome"] in ("proved", "rejected", "cheated")


def test_without_evidence_a_rollout_has_an_error_and_no_reward(problems: str) -> None:
    task = tasks(problems)["broken"]
    trace = trace_of(task, answer("broken", "rfl"))
    with pytest.raises(vf.TaskError, match="JudgeUnavailable: not judged"):
        asyncio.run(task.score(trace))
    assert trace.rewards == {"proved": None}


def test_a_judge_that_is_gone_is_a_task_error(problems: str, gone: None) -> None:
    task = tasks(problems, "train")["twice_eq"]
    with pytest.raises(vf.TaskError, match="cannot be reached"):
        asyncio.run(task.score(trace_of(task, "x")))


def test_vf_validate_finds_the_wrong_reference_proof(problems: str, tmp_path: Path) -> None:
    command = [
        str(Path(sys.executable).with_name("vf-validate")),
        "physprover-verifiers",
        "--taskset.path",
        problems,
    ]
    command += ["--runtime.type", "subprocess", "--only-gold", "-o", str(tmp_path / "out")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, timeout=280)
    found = list((tmp_path / "out").rglob("results.jsonl"))
    assert found, done.stdout + done.stderr
    reasons = {row["name"]: row["reason"] for row in map(json.loads, found[0].read_text().splitlines())}
    assert reasons == {
        "twice_eq": "valid",
        "le": "valid",
        "lemma": "valid",
        "wrong": "invalid",
        "broken": "unchecked",
    }
