"""`physprover data …` as a user calls it, on a small data set on disk."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner

from data_gen.judging import Answer
from physprover.app.commands import app
from physprover.dataset import SPLITS, load_theorems, write_dataset
from physprover.errors import DataError
from physprover.insight.records import Insight, write_insights
from physprover.insight.techniques import Technique
from physprover.records import Outcome, Source, Theorem, write_jsonl
from tests.data_gen.library import write_library

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    Theorem(
        name="T.momentum_rest",
        statement="theorem momentum_rest (b : Body) (h : b.speed = 0) : b.momentum = 0",
        header="namespace T\nstructure Body where\n  speed : Int\n",
        proof="by\n  simp [Body.momentum, h]",
        informal="A body at rest has no momentum.",
        domain="Mechanics",
        source=Source(file="T/Mechanics/Base.lean", line=12),
        split="train",
        premises=("Body", "Body.momentum"),
        closed_by=(),
        level=1,
    ),
    Theorem(
        name="T.momentum_rest_swap",
        statement="theorem momentum_rest_swap (b : Body) : 0 = b.momentum",
        split="train",
        origin="conjecture",
        rule="swap",
        parents=("T.momentum_rest",),
    ),
    Theorem(
        name="T.held",
        statement="theorem held : 1 = 1",
        proof="by rfl",
        split="test",
        closed_by=("rfl",),
        level=0,
    ),
]


@pytest.fixture
def dataset(tmp_path: Path) -> Path:
    write_dataset(tmp_path / "set", ROWS, "---\n---\n")
    tried = ("by simp", "by\n  simp [Body.momentum, h]", 'by\n  skip\n  fail "portfolio_end"')
    answers = [
        Answer(key=str(i), outcome=o, name="T.momentum_rest", proof=p, seconds=0.5)
        for i, (p, o) in enumerate(
            zip(tried, (Outcome.REJECTED, Outcome.PROVED, Outcome.REJECTED), strict=True)
        )
    ]
    write_jsonl(tmp_path / "set" / "verdicts.jsonl", answers)
    return tmp_path / "set"


def call(*words: object) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["data", *map(str, words)])
    return result.exit_code, result.output


def test_show_prints_one_theorem_with_context_and_attempts(dataset: Path) -> None:
    status, out = call("show", dataset, "momentum_rest")
    assert status == 0
    assert "-- T.momentum_rest  (Mechanics; train; T/Mechanics/Base.lean:12)" in out
    assert "/-- A body at rest has no momentum. -/" in out
    assert "-- level 1 of 4" in out
    assert "   structure Body where" in out
    assert "-- rests on: Body, Body.momentum" in out
    assert "-- attempts of the build: 2\n   rejected   0.50 s  by simp\n   proved " in out
    assert "momentum_rest_swap" not in out  # an exact name is no pattern


def test_show_by_part_of_a_name_and_as_json(dataset: Path) -> None:
    _, out = call("show", dataset, "momentum", "--limit", 1)
    assert "… 1 more" in out
    _, out = call("show", dataset, "T.momentum_rest_swap", "--json")
    assert Theorem.model_validate(json.loads(out)) == ROWS[1]


def test_show_of_nothing_names_the_nearest(dataset: Path) -> None:
    result = CliRunner().invoke(app, ["data", "show", str(dataset), "momentum_rset"])
    assert result.exit_code != 0
    assert "did you mean `momentum_rest`?" in result.output


def test_an_insight_data_set_is_shown_and_counted_too(tmp_path: Path) -> None:
    technique = Technique(name="rewrite", detail="h", evidence="needed")
    row = Insight(theorem=ROWS[0], techniques=(technique,), sketch="by\n  sorry", holes=1, core="by\n  simp")
    asked = [("by simp", Outcome.PROVED), ("by\n  sorry", Outcome.CHEATED)]
    answers = [Answer(key=p, outcome=o, name="T.momentum_rest", proof=p, seconds=0.5) for p, o in asked]
    write_jsonl(tmp_path / "verdicts.jsonl", answers)
    for split in SPLITS:
        write_insights(tmp_path / "data" / f"{split}.parquet", [row] if split == "train" else [])
    status, out = call("show", tmp_path, "momentum_rest")
    assert status == 0
    assert "-- T.momentum_rest  (Mechanics; train; T/Mechanics/Base.lean:12)" in out
    assert "-- techniques: rewrite h (needed)\n-- without what it does not need: by\n  simp\n" in out
    assert "-- sketch, with 1 hole: by\n  sorry\n" in out
    assert "-- attempts of the build: 1\n   proved" in out  # the labeller's own sketch is none
    assert Insight.model_validate(json.loads(call("show", tmp_path, "momentum_rest", "--json")[1])) == row
    assert "Mechanics           1           0           0       1       0" in call("stats", tmp_path)[1]
    with pytest.raises(DataError, match="an insight data set; name the data set that it was made from"):
        load_theorems(str(tmp_path), "train")


def test_stats_count_by_domain_and_level(dataset: Path) -> None:
    _, out = call("stats", dataset)
    assert "Mechanics           1           0           0       1       0" in out
    assert "not measured" in out
    assert out.count("all ") == 2


def test_lint_names_what_says_little_and_exits_with_it(tmp_path: Path) -> None:
    clean = "theorem kept (x y : Int) (h : x < y) : x + 1 ≤ y := by\n  omega\n"
    spare = "theorem spare (x : Int) (h : 0 < x) (k : x < 5) : x < 6 := by\n  omega\n"
    good = write_library(tmp_path / "good", Mechanics__Base=clean)
    status, out = call("lint", good, "--workers", "1")
    assert status == 0
    assert "1 theorems, 1 with hypotheses, 1 of them satisfied" in out
    bad = write_library(tmp_path / "bad", Mechanics__Base=f"{clean}\n{spare}")
    result = CliRunner().invoke(app, ["data", "lint", str(bad), "--workers", "1", "--json"])
    assert result.exit_code == 1
    (found,) = json.loads(result.stdout)["findings"]
    assert (found["theorem"], found["kind"], found["detail"]) == ("spare", "superfluous hypothesis", "h")
    assert (found["file"], found["line"]) == ("Toy/Mechanics/Base.lean", 4)
    hole = "theorem open_one (x : Int) (h : x < 0) (k : 0 < x) : x = 5 := by sorry\n"
    status, out = call(
        "lint",
        write_library(tmp_path / "hole", Mechanics__Base=f"{clean}\n{hole}\n{clean}"),
        "--workers",
        "1",
    )
    assert status == 1
    assert "open_one: not proved" in out
    assert "open_one: contradictory hypotheses" in out
    assert "2 theorems" in out
    assert "kept: also at Toy/Mechanics/Base.lean:1; the second is left out" in out


def test_extract_counts_and_writes(tmp_path: Path) -> None:
    library = write_library(tmp_path / "lib")
    status, out = call("extract", library, "--context", "sorry", "--out", tmp_path / "rows.jsonl")
    assert status == 0
    assert "Mechanics                    1" in out
    assert "all                          3  in 2 files" in out
    assert len((tmp_path / "rows.jsonl").read_text().splitlines()) == 3
    result = CliRunner().invoke(app, ["data", "extract", str(library), "--context", "bare"])
    assert "there are: raw, stripped, sorry" in result.output
