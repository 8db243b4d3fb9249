"""The language-model generator against a real HTTP server in this process, which answers as endpoints do."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_gen.generators.llm import ChatClient, LanguageModel, Request, read_answer, render
from physprover.config import LLMConfig
from physprover.errors import ConfigError
from physprover.files import read_journal
from physprover.records import Theorem
from tests.data_gen.endpoint import GOOD, Endpoint, settings_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

SEEDS = [
    Theorem(
        name=f"T.s{i}",
        statement=f"theorem s{i} : {i} + 0 = {i}",
        header="namespace T\n",
        split="train",
        proof="rfl",
    )
    for i in range(5)
]


def build(
    config: LLMConfig, folder: Path, seeds: list[Theorem]
) -> tuple[list[list[str]], list[str], list[float]]:
    """Statements by round, notes, and the pauses that were made."""
    pauses: list[float] = []
    notes: list[str] = []
    client = ChatClient(config, sleep=pauses.append)
    generator = LanguageModel(config, folder / "requests.jsonl", client)
    rounds = [[c.theorem.statement for c in r] for r in generator.rounds(seeds, notes.append)]
    client.close()
    return rounds, notes, pauses


def test_answers_become_candidates_and_are_never_asked_for_twice(
    endpoint: Callable[..., Endpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LLM_KEY", "k3y")
    server = endpoint()
    config = settings_for(server, concurrency=3)
    rounds, notes, _ = build(config, tmp_path, SEEDS)
    assert rounds == [[f"theorem s{i}_llm : {n} = {n}" for n in range(2)] for i in range(5)]
    assert notes == ["llm: 5 requests, 1000 tokens written"]
    assert {h["Authorization"] for h in server.headers} == {"Bearer k3y"}
    assert "theorem s0 : 0 + 0 = 0" in "".join(server.prompts)
    assert "k3y" not in (tmp_path / "requests.jsonl").read_text()
    with (tmp_path / "requests.jsonl").open("a") as file:
        file.write('{"key": "half a li')
    assert build(config, tmp_path, SEEDS)[0] == rounds
    assert len(server.prompts) == 5


def test_limits_and_failures_of_the_server_are_waited_out(
    endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    server = endpoint(429, 503, GOOD, 429, 429, 429, GOOD)
    rounds, notes, pauses = build(settings_for(server), tmp_path, SEEDS[:3])
    assert [len(r) for r in rounds] == [2, 0, 2]
    assert pauses == [3.0, 3.0, 3.0, 3.0]  # the server asked for three seconds each
    assert notes[0] == "llm: T.s1: HTTP 429: slow down"
    requests = read_journal(tmp_path / "requests.jsonl", Request)
    assert [(r.reply.tries, r.problem) for r in requests] == [(3, ""), (3, "HTTP 429: slow down"), (1, "")]


def test_only_what_failed_is_asked_again(endpoint: Callable[..., Endpoint], tmp_path: Path) -> None:
    server = endpoint(GOOD, 500, 500, 500, GOOD)
    assert [len(r) for r in build(settings_for(server), tmp_path, SEEDS[:3])[0]] == [2, 0, 2]
    assert [len(r) for r in build(settings_for(server), tmp_path, SEEDS[:3])[0]] == [2, 2, 2]
    assert "theorem s1 :" in server.prompts[-1]


def test_prose_half_a_json_and_no_completion_are_reported_by_request(
    endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    half = GOOD[: GOOD.index("theorem a1")] + "torn"
    wordy = f"Of course!\n```json\n{GOOD}\n```\nGood luck."
    server = endpoint("I would rather not.", half, "not json", "not json", "not json", wordy, "")
    rounds, notes, _ = build(settings_for(server, concurrency=1), tmp_path, SEEDS)
    assert [len(r) for r in rounds] == [0, 1, 0, 2, 2]
    assert notes[:3] == [
        "llm: T.s0: no JSON in the answer",
        "llm: T.s1: the JSON is torn; 1 conjectures could be read (cut off by the length limit)",
        "llm: T.s2: not a chat completion: <html>",
    ]


def test_a_silent_endpoint_is_given_up_and_the_rest_is_built(
    endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    server = endpoint(None, None, None, None)
    rounds, notes, _ = build(settings_for(server, seconds=0.05, retries=0), tmp_path, SEEDS)
    assert rounds == [[], [], []]
    assert notes[0] == "llm: T.s0: no answer within 0.05 s"
    assert notes[-1] == "llm: the endpoint does not answer; 2 seeds were not asked about"


def test_a_wrong_key_is_not_tried_twice(endpoint: Callable[..., Endpoint], tmp_path: Path) -> None:
    server = endpoint(401)
    _, notes, pauses = build(settings_for(server), tmp_path, SEEDS)
    assert (len(server.prompts), pauses) == (1, [])
    assert notes == [
        "llm: T.s0: HTTP 401: slow down",
        "llm: the endpoint does not answer; 4 seeds were not asked about",
    ]


def test_a_closed_port_is_one_line(tmp_path: Path) -> None:
    config = LLMConfig(url="http://127.0.0.1:9", model="m", retries=0)
    _, notes, _ = build(config, tmp_path, SEEDS[:1])
    assert notes[0].startswith("llm: T.s0: endpoint not reached")


def test_settings_that_cannot_work_are_errors() -> None:
    with pytest.raises(ConfigError, match=r"data\.llm\.model names no model"):
        ChatClient(LLMConfig())
    with pytest.raises(ConfigError, match="no http address"):
        ChatClient(LLMConfig(model="m", url="ftp://x"))


def test_the_request_holds_what_the_model_needs() -> None:
    seed = SEEDS[0].replace(header="def f {x : Nat} := x\n", informal="A sum.")
    text = render(seed, 10)
    assert "def f {x : Nat} := x" in text
    assert "/-- A sum. -/\ntheorem s0 : 0 + 0 = 0" in text
    assert "Write 10 further theorems" in text
    assert '{"conjectures": [{"statement"' in text


@given(text=st.text(max_size=80) | st.text(alphabet='{}[]":,statemnconju \\', max_size=80))
def test_no_answer_breaks_the_reader(text: str) -> None:
    found, problem = read_answer(text)
    assert found or problem


@given(
    statements=st.lists(st.text(min_size=1).filter(str.strip), min_size=1, max_size=4),
    cut=st.integers(0, 400),
)
def test_a_torn_answer_yields_its_whole_objects(statements: list[str], cut: int) -> None:
    text = json.dumps({"conjectures": [{"statement": s, "meaning": "m"} for s in statements]})
    assert [p.statement for p in read_answer(text)[0]] == statements
    found = [p.statement for p in read_answer(text[:cut])[0]]
    assert found == statements[: len(found)]
