from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from physprover.errors import DataError
from physprover.records import (
    Attempt,
    JudgedAttempt,
    Outcome,
    SamplerInfo,
    Source,
    Theorem,
    Verdict,
    read_jsonl,
    write_jsonl,
)

text = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
theorems = st.builds(
    Theorem,
    name=text,
    statement=text,
    header=text,
    domain=text,
    source=st.builds(Source, file=text, line=st.integers(0, 9999)),
    split=st.sampled_from(["", "train", "validation", "test"]),
    proof=st.none() | text,
    premises=st.lists(text, max_size=3).map(tuple),
    closed_by=st.none() | st.lists(text, max_size=3).map(tuple),
)
attempts = st.builds(
    Attempt,
    theorem=text,
    proof=text,
    token_ids=st.lists(st.integers(0, 2**31), max_size=5).map(tuple),
    logprobs=st.lists(st.floats(max_value=0, allow_nan=False, allow_infinity=False), max_size=5).map(tuple),
    sampler=st.builds(SamplerInfo, name=text, weights_version=st.integers(0, 999)),
)
verdicts = st.builds(
    Verdict, outcome=st.sampled_from(Outcome), messages=st.lists(text, max_size=3).map(tuple)
)


@given(theorems)
def test_theorem_round_trip(theorem: Theorem) -> None:
    assert Theorem.model_validate_json(theorem.model_dump_json()) == theorem


@given(st.builds(JudgedAttempt, attempt=attempts, verdict=verdicts, step=st.integers(0, 10**6)))
def test_judged_attempt_round_trip(judged: JudgedAttempt) -> None:
    assert JudgedAttempt.model_validate_json(judged.model_dump_json()) == judged


@given(rows=st.lists(theorems, max_size=4))
def test_jsonl_round_trip(tmp_path_factory: pytest.TempPathFactory, rows: list[Theorem]) -> None:
    file = tmp_path_factory.mktemp("jsonl") / "t.jsonl"
    assert write_jsonl(file, rows) == len(rows)
    assert list(read_jsonl(file, Theorem)) == rows


def test_jsonl_names_the_bad_line(tmp_path: Path) -> None:
    file = tmp_path / "t.jsonl"
    file.write_text('{"name": "a", "statement": "theorem a : True"}\n\n{"name": "b"}\n', encoding="utf-8")
    with pytest.raises(DataError, match=r"t\.jsonl:3: statement: Field required"):
        list(read_jsonl(file, Theorem))
    with pytest.raises(DataError, match=r"none\.jsonl: No such file or directory$"):
        list(read_jsonl(tmp_path / "none.jsonl", Theorem))
    file.write_bytes(b"\xff\n")
    with pytest.raises(DataError, match=r"t\.jsonl"):
        list(read_jsonl(file, Theorem))


@pytest.mark.parametrize("outcome", Outcome)
def test_only_a_proof_earns_and_infrastructure_is_no_evidence(outcome: Outcome) -> None:
    reward = Verdict(outcome=outcome).reward
    assert reward == {Outcome.PROVED: 1.0, Outcome.INFRASTRUCTURE: None}.get(outcome, 0.0)


def test_records_are_closed_and_frozen() -> None:
    theorem = Theorem(name="a", statement="theorem a : True")
    with pytest.raises(ValidationError):
        Theorem(name="a", statement="theorem a : True", prof="by simp")  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        theorem.name = "b"
    with pytest.raises(ValidationError):
        theorem.replace(split="nonsense")
    assert theorem.replace(name="b").name == "b"
