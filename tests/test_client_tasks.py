"""Problems as tasks for other frameworks: read strictly, with a ground truth that comes back as it was."""

from __future__ import annotations

from pathlib import Path

import pytest

from physprover.app.commands.data import data_export
from physprover.client import Check, Task, check_answer, load_tasks
from physprover.errors import DataError


def test_tasks_are_read_strictly(tmp_path: Path) -> None:
    file = tmp_path / "tasks.jsonl"
    file.write_text(
        '{"name": "a", "statement": "theorem a : 1 = 1", "proof": "rfl", "split": "test", "level": 3}\n\n'
        '{"name": "b", "statement": "theorem b : 1 = 2", "header": "def x := 1\\n", "proof": null, "split": "train"}\n'
    )
    a, b = load_tasks(file)
    assert (a.name, a.proof, b.proof, b.header) == ("a", "rfl", "", "def x := 1\n")
    assert "```lean4\ntheorem a : 1 = 1 := by\n  sorry\n```" in a.prompt
    assert "```lean4\ndef x := 1\n\ntheorem b : 1 = 2 := by\n  sorry\n```" in b.prompt
    assert load_tasks(file, "train") == [b]
    for text, message in (
        ("{", "tasks.jsonl:1: not a JSON object"),
        ('{"name": "a"}', "tasks.jsonl:1: the row has no 'statement'"),
        ('{"name": "a", "statement": ""}\n' * 2, "tasks.jsonl:2: `a` comes twice"),
        ("", "no problem"),
    ):
        file.write_text(text)
        with pytest.raises(ValueError, match=message):
            load_tasks(file)
    with pytest.raises(ValueError, match="physprover data export"):
        load_tasks(tmp_path)
    file.write_text('{"name": "a", "statement": "theorem a : 1 = 1", "split": "test"}')
    with pytest.raises(ValueError, match="no problem of split `valid`; it has: test"):
        load_tasks(file, "valid")


def test_a_ground_truth_is_read_back_or_refused() -> None:
    task = Task("t", "theorem t : 1 = 1", "def x := 1", lemmas_proved=True)
    assert check_answer(task.truth, "answer") == task.answer("answer")
    assert check_answer({"statement": "theorem t : 1 = 1"}, "a") == Check("theorem t : 1 = 1", answer="a")
    for other in ("42", "no JSON", "{}", "[]", "null"):
        with pytest.raises(ValueError, match="JSON with `statement`"):
            check_answer(other, "answer")


def test_a_benchmark_becomes_tasks(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source, out = tmp_path / "bench.jsonl", tmp_path / "tasks.jsonl"
    source.write_text(
        '{"name": "a", "statement": "theorem a : 1 = 1 := by sorry", "header": "def x := 1\\n"}\n'
    )
    data_export("jsonl", source, out)
    assert capsys.readouterr().out == f"1 problems in {out}\n"
    [task] = load_tasks(out)
    assert (task.name, task.statement, task.proof) == ("a", "theorem a : 1 = 1", "")
    assert "def x := 1" in task.header
    with pytest.raises(DataError, match="No such file or directory"):
        data_export("jsonl", source, tmp_path / "no" / "tasks.jsonl")
