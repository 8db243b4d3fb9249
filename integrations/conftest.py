"""What the tests of all plug-ins share. They run in an environment that has the framework and physprover-client only, against a
real judge: the one at $PHYSPROVER_URL, or one that $PHYSPROVER_COMMAND starts."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

HEADER = "def twice (n : Nat) : Nat := 2 * n"
ROWS: list[dict[str, Any]] = [
    {
        "name": "twice_eq",
        "header": HEADER,
        "statement": "theorem twice_eq (n : Nat) : twice n = n + n",
        "proof": "by unfold twice; omega",
        "split": "train",
    },
    {
        "name": "le",
        "statement": "theorem le (a b : Nat) (h : a < b) : a ≤ b",
        "proof": "by omega",
        "split": "test",
    },
    {
        "name": "lemma",
        "header": f"{HEADER}\ntheorem twice_add (n : Nat) : twice n = n + n := by sorry",
        "statement": "theorem lemma (n : Nat) : n ≤ twice n",
        "proof": "by rw [twice_add]; omega",
        "split": "validation",
        "lemmas_proved": True,
    },
    {"name": "wrong", "statement": "theorem wrong : 1 = 2", "proof": "by decide", "split": "test"},
    {
        "name": "broken",
        "header": "def x : Nat := true",
        "statement": "theorem broken : 1 = 1",
        "split": "test",
    },
]


def truth(row: dict[str, Any]) -> str:
    """A row's ground truth, as the plug-ins' own `rows` write it."""
    return json.dumps({key: row[key] for key in ("statement", "header", "lemmas_proved") if key in row})


def answer(name: str, proof: str) -> str:
    """A completion as a prover writes it."""
    statement = next(row["statement"] for row in ROWS if row["name"] == name)
    return f"Here it is:\n\n```lean4\n{statement} := {proof}\n```\n"


# A problem, an answer to it, and its reward. There is no evidence on `broken`, whose header does not elaborate.
CASES = [
    ("twice_eq", answer("twice_eq", "by\n  unfold twice\n  omega"), 1.0),
    ("twice_eq", answer("twice_eq", "by rfl"), 0.0),
    ("le", answer("le", "by sorry"), 0.0),
    ("le", answer("twice_eq", "by unfold twice; omega"), 0.0),
    ("le", "I give up.", 0.0),
    ("le", answer("le", "by omega"), 1.0),
    ("lemma", answer("lemma", "by rw [twice_add]; omega"), 1.0),
]


@pytest.fixture
def problems(tmp_path: Path) -> str:
    """A file of problems."""
    file = tmp_path / "problems.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in ROWS), encoding="utf-8")
    return str(file)


@pytest.fixture
def rows() -> dict[str, dict[str, Any]]:
    """The problems by name."""
    return {row["name"]: row for row in ROWS}


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A judge that cannot be reached."""
    from physprover import client

    judge = client.Judge("http://127.0.0.1:9", patience=0.0)
    monkeypatch.setattr(client.Judge, "_server", lambda _: ("http://127.0.0.1:9", ""))
    monkeypatch.setattr(client.Judge, "patience", 0.0, raising=False)
    client.default_judge().patience = judge.patience
