from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from data_gen.contamination import Benchmarks
from physprover.errors import DataError
from physprover.records import Theorem

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    {
        "name": "mathd_7",
        "formal_statement": "theorem mathd_7 (x y : ℤ) (h₀ : x + y = 7) (h₁ : 3 * x + y = 45) : x ^ 2 - y ^ 2 = 217 := by\n  sorry",
    },
    {"name": "odd", "statement": "not a theorem"},
]


def theorem(statement: str) -> Theorem:
    return Theorem(name="mine", statement=statement, split="train")


@pytest.fixture
def benchmarks(tmp_path: Path) -> Benchmarks:
    file = tmp_path / "minif2f.jsonl"
    file.write_text("".join(json.dumps(row) + "\n\n" for row in ROWS))
    found = Benchmarks(0.85)
    found.add_file(file)
    return found


def test_renamed_and_respelled_problems_are_found(benchmarks: Benchmarks) -> None:
    hit = benchmarks.find(
        theorem("theorem mine (a b : Int) (h : a + b = 7) (k : 3 * a + b = 45) : a ^ 2 - b ^ 2 = 217")
    )
    assert hit is not None
    assert (hit.benchmark, hit.problem, hit.likeness) == ("minif2f", "mathd_7", 1.0)


def test_hypotheses_in_another_order_and_exchanged_sides_are_found(benchmarks: Benchmarks) -> None:
    hit = benchmarks.find(
        theorem("theorem mine (a b : Int) (k : 45 = 3 * a + b) (h : a + b = 7) : 217 = a ^ 2 - b ^ 2")
    )
    assert hit is not None
    assert (hit.problem, hit.likeness) == ("mathd_7", 1.0)


def test_another_number_is_a_near_duplicate_and_another_problem_none(benchmarks: Benchmarks) -> None:
    near = benchmarks.find(
        theorem("theorem mine (x y : Int) (h : x + y = 7) (k : 3 * x + y = 46) : x ^ 2 - y ^ 2 = 218")
    )
    assert near is not None
    assert near.likeness >= 0.85
    assert benchmarks.find(theorem("theorem mine (x y : Int) (h : x * y = 7) : x = y + 2")) is None


def test_the_report_names_what_could_not_be_compared(benchmarks: Benchmarks) -> None:
    benchmarks.add_test_split([theorem("theorem mine (x : Int) : x = x")])
    report = benchmarks.report([])
    assert [(s.name, s.statements, s.unreadable) for s in report.sources] == [
        ("minif2f", 2, ("odd",)),
        ("test split", 1, ()),
    ]
    assert len(report.sources[0].sha256) == 64


@pytest.mark.parametrize("write", ["array", "chat", "lean"])
def test_files_of_every_form_are_held_against_the_data_set(tmp_path: Path, write: str) -> None:
    text = f"import Mathlib\n\n/-- Seven. -/\nopen Nat in\n{ROWS[0]['formal_statement']}\n"
    file = tmp_path / ("b.lean" if write == "lean" else "b.json")
    if write == "lean":
        file.write_text(text)
    elif write == "chat":
        asks = {"role": "user", "content": f"Prove this:\n```lean4\n{text}```"}
        file.write_text(json.dumps([{"prompt": [asks]}, 1]))
    else:
        file.write_text(json.dumps(ROWS))
    found = Benchmarks(0.85)
    found.add_file(file)
    hit = found.find(
        theorem("theorem mine (a b : Int) (h : a + b = 7) (k : 3 * a + b = 45) : a ^ 2 - b ^ 2 = 217")
    )
    assert hit is not None
    assert (hit.problem, hit.likeness) == ("mathd_7", 1.0)


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b'{"name": "a"}\n', "b.jsonl: none of its 1 rows is a problem; the first, a: column"),
        (b'\n{"name": "a"\n', "b.jsonl: none .* line 2: not JSON"),
        (b"[1]\n", "b.jsonl: none .* line 1: not a JSON object"),
        ("é\n".encode("latin-1"), "b.jsonl: none .* line 1: not UTF-8"),
        (b"", "b.jsonl: holds no problem"),
    ],
)
def test_a_file_without_a_problem_is_an_error(tmp_path: Path, data: bytes, message: str) -> None:
    (tmp_path / "b.jsonl").write_bytes(data)
    with pytest.raises(DataError, match=message):
        Benchmarks(0.85).add_file(tmp_path / "b.jsonl")
    with pytest.raises(DataError, match="No such file"):
        Benchmarks(0.85).add_file(tmp_path / "none.jsonl")
