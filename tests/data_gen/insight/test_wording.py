"""Wordings by a language model, against a real HTTP server in this process: they change nothing that Lean checked."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pyarrow.parquet as pq
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from data_gen.generators.llm import ChatClient, Request
from data_gen.insight.build import InsightStats, build_insights, recheck
from data_gen.insight.wording import Wordings, read_wording, render
from physprover.app.commands import app
from physprover.dataset import SPLITS, write_dataset
from physprover.files import read_journal
from physprover.insight.records import Insight, load_insights, write_insights
from physprover.insight.techniques import Technique
from physprover.progress import Silent
from physprover.records import Theorem
from tests.data_gen.endpoint import Endpoint, settings_for
from tests.one_engine import OneEngine

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import pytest

    from physprover.config import LLMConfig
    from physprover.lean.embedded.engine import EmbeddedEngine

IDEA = "Adding nothing changes nothing, and zero is nothing."
GOOD = json.dumps({"wording": IDEA})
ROWS = [
    Insight(
        theorem=Theorem(
            name=f"T.s{i}",
            statement=f"theorem s{i} : {i} + 0 = {i}",
            header="namespace T\n",
            split="train" if i < 4 else "test",
            proof="rfl",
            informal=f"Nothing added to {{{i}}}.",
        ),
        techniques=(Technique(name="use", detail="Nat.add_zero", decl="Nat.add_zero", evidence="needed"),),
        sketch="by\n  sorry",
        holes=1,
        core=f"by\n  exact Nat.add_zero {i}",
    )
    for i in range(6)
]
STATS = InsightStats(
    proofs=6,
    complete=6,
    by_split={"train": 4, "validation": 0, "test": 2},
    missing={},
    techniques={"use": 6},
    trivial_sketches=6,
    shortened=0,
    undecided=0,
    checks=0,
    reused=0,
    engine="Lean",
    seconds=1.0,
)


def labelled(out: Path) -> None:
    for split in SPLITS:
        write_insights(out / "data" / f"{split}.parquet", [r for r in ROWS if r.theorem.split == split])


def rows(out: Path) -> list[Insight]:
    return [row for split in SPLITS for row in load_insights(out, split)]


def add(out: Path, config: LLMConfig) -> InsightStats:
    labelled(out)
    wordings = Wordings(config, out / "wording.jsonl", ChatClient(config, sleep=lambda _: None))
    try:
        return wordings.add(out, STATS, Silent())
    finally:
        wordings.close()


def problems(out: Path) -> list[str]:
    return [row.unchecked_wording.problem for row in rows(out) if row.unchecked_wording]


def test_a_wording_stands_beside_the_labels_and_is_asked_for_once(
    endpoint: Callable[..., Endpoint], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TEST_LLM_KEY", "k3y")
    server = endpoint(*[GOOD] * 6)
    stats = add(tmp_path, settings_for(server, concurrency=3))
    assert [row.replace(unchecked_wording=None) for row in rows(tmp_path)] == ROWS
    assert {row.unchecked_wording.text for row in rows(tmp_path) if row.unchecked_wording} == {IDEA}
    assert problems(tmp_path) == [""] * 6
    told = stats.wording
    assert told is not None
    assert (told.written, told.tokens) == (6, 1200)
    card = (tmp_path / "README.md").read_text(encoding="utf-8")
    assert "## Informal wording: not checked" in card
    assert "what the language model `m` said" in card
    assert InsightStats.model_validate_json((tmp_path / "stats.json").read_text()) == stats
    assert "k3y" not in (tmp_path / "wording.jsonl").read_text()

    files = sorted(p for p in tmp_path.rglob("*") if p.is_file())
    before = [p.read_bytes() for p in files]
    assert add(tmp_path, settings_for(server)) == stats
    assert len(server.prompts) == 6
    assert [p.read_bytes() for p in files] == before


def test_the_request_holds_what_was_checked() -> None:
    text = render(ROWS[1])
    for part in (
        "Nothing added to {1}.",
        "theorem s1 : 1 + 0 = 1",
        "- use Nat.add_zero",
        "exact Nat.add_zero 1",
    ):
        assert part in text
    assert "```lean4\nby\n  sorry\n```" in text
    assert '{"wording": "..."}' in text


def test_bad_answers_leave_the_record_and_their_reason(
    endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    half = GOOD[:30] + "torn"
    server = endpoint("It is obvious, really.", "", half, "not json", 429, f"Sure!\n```json\n{GOOD}\n```")
    stats = add(tmp_path, settings_for(server, retries=0))
    assert problems(tmp_path) == [
        "no JSON in the answer",
        "empty answer",
        "the JSON is torn (cut off by the length limit)",
        "not a chat completion: <html>",
        "HTTP 429: slow down",
        "",
    ]
    assert [row.replace(unchecked_wording=None) for row in rows(tmp_path)] == ROWS
    assert stats.wording is not None
    assert stats.wording.written == 1
    assert "(none for 1: no JSON in the answer; 1: empty answer" in (tmp_path / "README.md").read_text()
    assert [r.problem for r in read_journal(tmp_path / "wording.jsonl", Request)] == problems(tmp_path)


def test_an_endpoint_that_refuses_is_left_alone(endpoint: Callable[..., Endpoint], tmp_path: Path) -> None:
    server = endpoint(GOOD, 401)
    stats = add(tmp_path, settings_for(server))
    assert problems(tmp_path) == ["", "HTTP 401: slow down", *["not asked: the endpoint does not answer"] * 4]
    assert len(server.prompts) == 2
    assert stats.wording is not None
    assert stats.wording.problems["not asked: the endpoint does not answer"] == 4


def test_a_silent_endpoint_costs_its_wordings_only_and_what_failed_is_asked_again(
    endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    server = endpoint(GOOD, None, GOOD, 429, *[GOOD] * 4)
    config = settings_for(server, retries=1)
    add(tmp_path, config.model_copy(update={"seconds": 0.2, "retries": 0}))
    assert problems(tmp_path)[:4] == ["", "no answer within 0.2 s", "", "HTTP 429: slow down"]
    add(tmp_path, config)
    assert problems(tmp_path) == [""] * 6


def test_a_torn_journal_is_resumed(endpoint: Callable[..., Endpoint], tmp_path: Path) -> None:
    server = endpoint(*[GOOD] * 7)
    add(tmp_path, settings_for(server))
    data = (tmp_path / "wording.jsonl").read_bytes()
    (tmp_path / "wording.jsonl").write_bytes(data[:-20])
    add(tmp_path, settings_for(server))
    assert len(server.prompts) == 7
    assert (tmp_path / "wording.jsonl").read_bytes() == data


def test_sets_made_before_the_column_are_read(tmp_path: Path) -> None:
    labelled(tmp_path)
    file = tmp_path / "data" / "train.parquet"
    pq.write_table(pq.read_table(file).drop_columns(["unchecked_wording"]), file)
    assert load_insights(tmp_path, "train") == ROWS[:4]


def test_labelling_and_checking_again_know_nothing_of_wordings(
    lean: EmbeddedEngine, endpoint: Callable[..., Endpoint], tmp_path: Path
) -> None:
    theorem = Theorem(
        name="t", statement="theorem t (n : Nat) : n = n + 0", proof="(Nat.add_zero n).symm", split="train"
    )
    write_dataset(tmp_path / "data", [theorem, theorem.replace(name="u", split="test")], "card")
    out, pool = tmp_path / "out", OneEngine(lean)
    stats = build_insights(tmp_path / "data", out, pool, 20.0, Silent())
    plain = rows(out)
    config = settings_for(endpoint(GOOD, json.dumps({"wording": "This proof is by magic, and false."})))
    wordings = Wordings(config, out / "wording.jsonl")
    wordings.add(out, stats, Silent())
    wordings.close()
    worded, files = rows(out), [p.read_bytes() for p in sorted(out.rglob("*.parquet"))]
    assert [row.replace(unchecked_wording=None) for row in worded] == plain
    assert worded != plain
    assert recheck(out, pool, 20.0, Silent()).clean
    assert [p.read_bytes() for p in sorted(out.rglob("*.parquet"))] == files


def test_the_command_line_refuses_before_lean_starts(tmp_path: Path) -> None:
    words = ["data", "insight", str(tmp_path), "--out", str(tmp_path / "out")]
    refused = CliRunner().invoke(app, [*words, "--set", "data.llm.model=m"])
    assert refused.exit_code != 0
    assert "give --llm too" in refused.output
    refused = CliRunner().invoke(app, [*words, "--set", "engine.workers=1"])
    assert refused.exit_code == 2
    assert "--workers" in refused.output
    refused = CliRunner().invoke(app, [*words, "--llm", "--recheck"])
    assert "asks Lean alone" in refused.output
    refused = CliRunner().invoke(app, [*words, "--llm"])
    assert refused.exit_code != 0
    assert "data.llm.model names no model" in str(refused.exception) + refused.output
    assert not (tmp_path / "out").exists()


@given(text=st.text(max_size=80) | st.text(alphabet='{}[]":,wording \\ud8', max_size=80))
def test_no_answer_breaks_the_reader(text: str) -> None:
    wording, problem = read_wording(text)
    assert bool(wording) != bool(problem)


@given(wording=st.text(max_size=400))
def test_what_a_model_writes_comes_back_on_one_line(wording: str) -> None:
    words = wording.split()
    text, problem = read_wording(f"Hm: {json.dumps({'wording': wording})}")
    assert text == " ".join(words) if len(words) >= 5 else problem == "the JSON holds no sentence"


def test_odd_answers() -> None:
    cut = '{"wording": "A sum that ends in \\ud835 half a letter."}'
    assert read_wording(cut) == ("A sum that ends in ? half a letter.", "")
    assert read_wording('{"wording": "..."}')[1] == "the JSON holds no sentence"
    assert read_wording('{"wording": ["a", "b"]}')[1] == "the JSON holds no sentence"
    assert "longer than" in read_wording(json.dumps({"wording": "so " * 600}))[1]
    tried = f'{{"wording": "a first try of it, say"}} no, better: {GOOD}'
    assert read_wording(tried) == (IDEA, "")
