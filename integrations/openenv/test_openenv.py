"""The environment in process, and served by OpenEnv's own server over HTTP."""

from __future__ import annotations

import pytest
from conftest import CASES, answer
from fastapi.testclient import TestClient
from physprover_openenv import Answer, LeanEnvironment, make_app

from physprover.client import JudgeUnavailable


def index(env: LeanEnvironment, name: str) -> int:
    return next(task["index"] for task in env.list_tasks("") if task["id"] == name)


@pytest.mark.parametrize(("name", "text", "reward"), CASES)
def test_one_answer_is_one_episode(problems: str, name: str, text: str, reward: float) -> None:
    env = LeanEnvironment(problems)
    assert "sorry" in env.reset(index=index(env, name)).prompt
    said = env.step(Answer(text=text))
    assert (said.reward, said.done) == (reward, True)
    assert env.state.step_count == 1


def test_what_is_not_judged_has_no_reward_and_ends_nothing(problems: str) -> None:
    env = LeanEnvironment(problems)
    env.reset(index=index(env, "broken"))
    said = env.step(Answer(text=answer("broken", "rfl")))
    assert (said.reward, said.done, said.outcome) == (None, False, "infrastructure")
    assert env.state.step_count == 0


def test_tasks_can_be_listed_and_drawn(problems: str) -> None:
    env = LeanEnvironment(problems)
    assert env.list_splits() == ["test", "train", "validation"]
    assert (env.num_tasks("train"), env.get_task("train", 0)["id"]) == (1, "twice_eq")
    assert env.reset(seed=3, split="test").prompt == env.reset(seed=3, split="test").prompt
    with pytest.raises(ValueError, match="no problem of split `valid`; there are test, train, validation"):
        env.reset(split="valid")
    with pytest.raises(ValueError, match="reset before step"):
        LeanEnvironment(problems).step(Answer(text=""))


def test_over_openenvs_own_server_by_two_clients_at_once(problems: str) -> None:
    with (
        TestClient(make_app(problems)) as client,
        client.websocket_connect("/ws") as one,
        client.websocket_connect("/ws") as other,
    ):
        for socket, index in ((one, 1), (other, 3)):
            socket.send_json({"type": "reset", "data": {"index": index}})
            assert "sorry" in socket.receive_json()["data"]["observation"]["prompt"]
        for socket, name, reward in ((one, "le", 1.0), (other, "wrong", 0.0)):
            socket.send_json({"type": "step", "data": {"text": answer(name, "by omega")}})
            got = socket.receive_json()["data"]
            assert (got["reward"], got["done"]) == (reward, True)


def test_a_judge_that_is_gone_is_an_error(problems: str, gone: None) -> None:
    env = LeanEnvironment(problems)
    env.reset(index=0)
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        env.step(Answer(text="x"))
