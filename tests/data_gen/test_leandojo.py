from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from data_gen.extract import extract_library
from data_gen.leandojo import Traced, compare, read_benchmark, read_corpus, trace_library
from physprover.errors import DataError, LeanSetupError
from tests.data_gen.library import write_library

if TYPE_CHECKING:
    from pathlib import Path

FILE = "Lib/Optics/Lens.lean"
CORPUS = {
    "path": FILE,
    "imports": ["Lib/Basic.lean"],
    "premises": [
        {
            "full_name": f"Lib.{name}",
            "code": code,
            "start": [3, 1],
            "end": [5, 9],
            "kind": "commanddeclaration",
        }
        for name, code in (
            ("focal", "@[simp]\ntheorem focal (x : Nat) :\n    x + 0 = x"),
            ("power", "lemma power (x : Nat) : 0 + x = x"),
            ("twice", "def twice (x : Nat) : Nat := x + x"),
        )
    ],
}


def tactic(text: str, before: str, after: str) -> dict[str, object]:
    return {"tactic": text, "annotated_tactic": [text, []], "state_before": before, "state_after": after}


def entry(name: str, *tactics: dict[str, object]) -> dict[str, object]:
    place = {"url": "u", "commit": "c0ffee", "file_path": FILE, "start": [3, 1], "end": [5, 9]}
    return {**place, "full_name": f"Lib.{name}", "traced_tactics": list(tactics)}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(json.dumps(CORPUS) + "\n")
    flat = [tactic("induction x", "a", "b"), tactic("simp", "b", "no goals")]
    nested = [tactic("constructor", "a", "b"), tactic("simp", "c", "no goals")]
    splits = {"train": [entry("focal", *flat)], "val": [entry("power", *nested)], "test": [entry("twice")]}
    for kind in ("random", "novel_premises"):
        (tmp_path / kind).mkdir()
        for name, rows in splits.items():
            (tmp_path / kind / f"{name}.json").write_text(json.dumps(rows if kind == "random" else rows[:1]))
    return tmp_path


def test_a_corpus_is_read(folder: Path) -> None:
    corpus = read_corpus(folder)
    assert [p.full_name for p in corpus.premises] == ["Lib.focal", "Lib.power", "Lib.twice"]
    assert corpus.imports == {FILE: ("Lib/Basic.lean",)}


@pytest.mark.parametrize("kind", ["random", "novel_premises"])
def test_theorems_of_a_benchmark(folder: Path, kind: str) -> None:
    train, validation = read_benchmark(folder, kind)  # type: ignore[arg-type]
    assert (train.statement, train.split, train.engine) == (
        "theorem focal (x : Nat) : x + 0 = x",
        "train",
        "project",
    )
    assert train.proof == "by\n  induction x\n  simp"
    assert (train.header, train.domain) == ("import Lib.Basic\n", "Optics")
    assert (train.source.file, train.source.line, train.source.revision) == (FILE, 3, "c0ffee")
    assert (validation.split, validation.proof) == ("validation", None)  # nested: no text to be had


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("corpus.jsonl", "{}", "corpus.jsonl:1: .*no `imports`"),
        ("corpus.jsonl", json.dumps(CORPUS)[:60], "corpus.jsonl:1"),
        ("random/val.json", '{"a": 1}', "holds no list"),
        ("random/val.json", '[{"full_name": "x"}]', "entry 1: no `file_path`"),
        ("random/test.json", "[", "test.json: "),
    ],
)
def test_malformed_files_are_named(folder: Path, file: str, text: str, message: str) -> None:
    (folder / file).write_text(text)
    with pytest.raises(DataError, match=message):
        read_benchmark(folder)
    (folder / file).unlink()
    with pytest.raises(DataError, match="No such file"):
        read_benchmark(folder)


def test_static_extraction_against_a_trace(tmp_path: Path) -> None:
    static = extract_library(write_library(tmp_path))
    first, second, third = static
    traced = [
        Traced(name=first.name, file="", statement=f"@[simp] {first.statement} :=", proof=first.proof or ""),
        Traced(name=second.name, file="", statement=second.statement, proof="by simp"),
        Traced(name="Toy.generated", file="", statement="theorem generated : True", proof=""),
    ]
    found = compare(static, traced)
    assert (found.both, found.only_static, found.only_traced) == (2, (third.name,), ("Toy.generated",))
    assert (found.other_statement, found.other_proof) == ((), (second.name,))
    assert "only in the text   1: Toy.Optics.momentum_rest" in str(found)


def test_tracing_says_what_it_lacks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(LeanSetupError, match="no `lake` on the PATH"):
        trace_library(tmp_path)
    (tmp_path / "lake").write_text("#!/bin/sh\n")
    (tmp_path / "lake").chmod(0o755)
    with pytest.raises(LeanSetupError, match="needs a git checkout"):
        trace_library(tmp_path)
