"""Every door reads the same text the same way, and a real Lean judges what it composes."""

from __future__ import annotations

import itertools
import json
import re
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from data_gen.extract import extract, read_theorems
from data_gen.library import read_library
from data_gen.splits import split_library
from physprover.app.commands import app
from physprover.app.commands.prove import parse_theorem
from physprover.app.commands.verify import read_rows as verify_rows
from physprover.app.judging import judge_file, judge_rows
from physprover.benchmark_files import read_lean_files, read_rows
from physprover.config import EngineConfig
from physprover.dataset import write_dataset
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Check
from physprover.lean.server.snippets import SnippetPool
from physprover.lean.text.problems import read_problem
from physprover.prompts import get_prompt
from physprover.prompts.extract import body_in_answer
from physprover.records import Outcome, Theorem
from physprover.resources import resolve
from physprover.tables import Columns
from tests.one_engine import OneEngine

# name -> a Lean file, and the outcome of each of its theorems: "left out" for one that cannot be asked by itself. Those of
# tests/app/lean_files/ say it in their last lines; each is what Lean takes, but for the failures that they name.
FILES: dict[str, tuple[str, dict[str, str]]] = {
    "arms": (
        "theorem step : ∀ n : Nat, n ≤ n\n  | 0 => Nat.le_refl 0\n  | n + 1 => Nat.le_refl (n + 1)\n",
        {"step": "proved"},
    ),
    "arms on one line": (
        "theorem step : ∀ b : Bool, b = b | true => rfl | false => rfl\n",
        {"step": "proved"},
    ),
    "where": ("theorem pair : 1 = 1 ∧ 2 = 2 where\n  left := rfl\n  right := rfl\n", {"pair": "proved"}),
    "docstring on the line": ("/-- two -/ theorem two : 1 + 1 = 2 := rfl\n", {"two": "proved"}),
    "attribute on the line": (
        "@[simp] theorem two : 1 + 1 = 3 := by\n  sorry\n\ntheorem three : 1 + 1 = 3 := by\n  simp\n",
        {"two": "cheated", "three": "rejected"},
    ),
    "indented": (
        "namespace A\ntheorem one : 0 < 1 := by\n  decide\n\n  theorem two : 0 < 2 := by\n    decide\nend A\n",
        {"A.one": "proved", "A.two": "proved"},
    ),
    "mutual": (
        "mutual\ntheorem one : 0 < 3 := by decide\ntheorem two : 0 < 4 := by decide\nend\n\ntheorem three : 1 = 1 := rfl\n",
        {"one": "proved", "two": "proved", "three": "proved"},
    ),
    "prefixes": (
        "variable (n : Nat) in\ntheorem one : n = n := rfl\n\nset_option maxRecDepth 999 in\nopen Nat in\n"
        "/-- doc -/\nprivate theorem two : succ 1 = 2 := rfl\n\nnonrec theorem Nat.three : 3 = 3 := rfl\n",
        {"one": "proved", "two": "proved", "Nat.three": "proved"},
    ),
    "recursion": (
        "theorem down (n : Nat) : n = n :=\n  match n with\n  | 0 => rfl\n  | k + 1 => congrArg (· + 1) (down k)\n"
        "termination_by n\n",
        {"down": "proved"},
    ),
    "copyright before imports": (
        "/-\nCopyright\n-/\nimport Init -- why\n\n/-! doc -/\nnamespace A\ntheorem one : 1 = 1 := rfl\nend A\n",
        {"A.one": "proved"},
    ),
    "module": (
        "module\n\npublic import Init\n\n@[expose] public section\n\npublic def two : Nat := 2\n\ntheorem one : two = 2 := rfl\n",
        {"one": "proved"},
    ),
    "CRLF and mark": ("\ufefftheorem one : 1 = 1 := by\r\n  rfl\r\n", {"one": "proved"}),
    "a quote as a character": (
        "theorem one : '\"' = '\"' := rfl\n\ntheorem two : '\\\"' = '\"' := rfl\n",
        {"one": "proved", "two": "proved"},
    ),
    "reports": (
        "theorem one : 1 = 1 := rfl\n#print axioms one\n\n/-- info: 2 -/\n#guard_msgs in\n#eval 1 + 1\n\ntheorem two : 2 = 2 := rfl\n",
        {"one": "proved", "two": "proved"},
    ),
    "nothing behind": (
        "namespace A\nsection\nvariable (n : Nat)\ntheorem one : n = n := rfl\ntheorem two : n = n := by exact (one _)",
        {"A.one": "proved", "A.two": "proved"},
    ),
}
_SAID = re.compile(r"^-- (proved|rejected|cheated|left out): (.+)$", re.MULTILINE)
for _file in sorted((Path(__file__).parent / "lean_files").glob("*.lean")):
    _text = _file.read_text(encoding="utf-8")
    FILES[_file.stem] = (
        _text,
        {name: said for said, names in _SAID.findall(_text) for name in names.split(", ")},
    )


@pytest.fixture
def file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "File.lean"
    path.write_bytes(FILES[request.param][0].encode())
    return path


@pytest.mark.parametrize("file", FILES, indirect=True)
def test_all_doors_read_the_same(file: Path) -> None:
    """verify and prove (one file), eval, data: the same theorems with the same statements and informal texts."""
    one_file = [cut.theorem for cut in read_theorems(file)]
    theorems = [t for t in one_file if t is not None]
    said = [(t.name, t.statement, t.informal, t.source.line) for t in theorems]
    library, _ = extract(read_library(file.parent), holes=True)
    assert [(t.name, t.statement, t.informal, t.source.line) for t in library] == said
    benchmark = read_lean_files(file).theorems
    assert [(t.name, t.statement, t.informal, t.source.line) for t in benchmark] == said


@pytest.mark.parametrize("file", FILES, indirect=True)
def test_a_row_says_the_same_as_a_file(file: Path, tmp_path: Path) -> None:
    """verify --jsonl, serve and MCP, prove, eval on rows: one theorem as text, behind its header."""
    for cut in read_theorems(file):
        theorem = cut.theorem
        if theorem is None:
            assert "inside a `mutual` block" in cut.reason
            continue
        posed = read_problem(cut.text + "\n", theorem.header)
        assert (posed.statement, posed.doc) == (theorem.statement, theorem.informal)
        row = {"name": "x", "header": theorem.header, "statement": cut.text, "proof": theorem.proof}
        rows = tmp_path / "rows.jsonl"
        rows.write_text(json.dumps(row) + "\n")
        (verified,) = verify_rows(str(rows))
        assert (verified.problem.statement, verified.problem.header) == (posed.statement, posed.header)
        assert not verified.fault
        (asked,) = read_rows(rows, Columns()).theorems
        assert (asked.statement, asked.header) == (posed.statement, posed.header)
        assert parse_theorem(cut.text, theorem.header).statement == posed.statement


def test_a_real_lean_judges_every_form(tmp_path: Path) -> None:
    paths = []
    for number, (text, _) in enumerate(FILES.values()):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "File.lean").write_bytes(text.encode())
        paths.append(str(folder / "File.lean"))
    done = CliRunner().invoke(app, ["verify", *paths, "--json", "--workers", "1"])
    rows = map(json.loads, done.stdout.splitlines())
    for name, (_, outcomes) in FILES.items():
        found = {row["name"]: row["verdict"] for row in itertools.islice(rows, len(outcomes))}
        expected = {n: "infrastructure" if said == "left out" else said for n, said in outcomes.items()}
        assert (name, found) == (name, expected)
    assert not list(rows)


_TWO, _ALL = "theorem t (a : Nat) : a = a ∧ True", "theorem t : (n : Nat) → n = n"
# A Lean file's beginning with the word that later lines may be aligned with, and these. Lean takes some columns of theirs alone.
LAYOUTS = [
    *(
        (f"theorem t : 1 = 1 {begin}{word}", " h : 2 = 2 := by\n{0}  rfl\n{0}rfl\n")
        for begin in (":= ", ":=\n  ", ":=\n        ", "\n  := ", ":= -- why\n ")
        for word in ("have", "letI")
    ),
    ("theorem t : 1 = 1 := suffices", " h : 2 = 2 by\n{0}  rfl\n{0}rfl\n"),
    ("theorem t : 1 = 1 :=\n  id <| have", " h : 2 = 2 := by\n{0}  rfl\n{0}rfl\n"),
    (f"{_TWO} := by constructor", "\n{0}rfl\n{0}trivial\n"),
    (f"{_TWO} :=\n  by constructor", "\n{0}· rfl\n{0}· trivial\n"),
    (f"{_TWO}  :=  by constructor", "\n{0}rfl\n{0}trivial\n"),
    (f"/-- d -/ {_TWO} := by constructor", "\n{0}rfl\n{0}trivial\n"),
    (f"section\n  {_TWO} := by constructor", "\n{0}rfl\n{0}trivial\nend\n"),
    (f"open Nat in private  {_TWO} := by constructor", "\n{0}rfl\n{0}trivial\n"),
    *((f"{_ALL}{before}|", " 0 => rfl\n{0}| n + 1 => by\n{0}  rfl\n") for before in (" ", "\n", "\n    ")),
    *((f"{a}theorem t : have", " x : Nat := by\n{0}  exact 1\n{0}x + 0 = 1 := rfl\n") for a in ("", "@[simp] ")),
    ("theorem t : True ∧ True where left", " := trivial\n{0}right := trivial\n"),
]  # fmt: skip


def test_a_file_is_judged_by_the_columns_it_has(lean: EmbeddedEngine, tmp_path: Path) -> None:
    """What `verify` calls proved compiles as it is written, and the other way about; so does what an answer says."""
    said = {True: 0, False: 0}
    pool = SnippetPool(EngineConfig(workers=1))
    try:
        for (first, rest), offset in itertools.product(LAYOUTS, (-3, 0, 1)):
            column = re.search(r"\S+\Z", first.rpartition("\n")[2])
            text = first + rest.format(" " * max(0, column.start() + offset if column else 0))
            compiles = pool.submit_file(text, 20.0).result().label == "valid"
            (tmp_path / "File.lean").write_text(text)
            cuts = read_theorems(tmp_path / "File.lean")
            ((row, verdict),) = judge_file(cuts, OneEngine(lean), 20.0)
            assert (text, verdict.outcome is Outcome.PROVED) == (text, compiles)
            said[compiles] += 1
            posed = read_problem(text.removesuffix("end\n"))
            if posed.statement == row.problem.statement:
                answer = body_in_answer(f"```lean4\n{text}```", posed.statement, "")
                proofs = [posed.proof or "", answer]
                if compiles:  # what a model is taught to write for it
                    theorem = Theorem(name="t", statement=posed.statement)
                    prompts = [get_prompt(name) for name in ("tiny", "stp", "physprover", "goedel")]
                    proofs += [p.extract(p.target(theorem, proofs[0]), theorem) for p in prompts]
                checks = [Check(id=proof, problem=row.problem, proof=proof) for proof in proofs]
                for check, verdict in OneEngine(lean).check_many(checks):
                    assert (text, check.id, verdict.outcome is Outcome.PROVED) == (text, check.id, compiles)
    finally:
        pool.close()
    assert min(said.values()) > 20


BLOCK = "```lean4\ntheorem t : 1 = 1 := by\n  rfl\n```"
ROWS: list[tuple[dict[str, Any], str, str]] = [
    ({"statement": "theorem t : 1 = 1", "proof": BLOCK}, "proved", ""),
    ({"statement": "theorem t : 1 = 1", "proof": BLOCK[9:-4]}, "rejected", "send the whole text as `answer`"),
    ({"statement": "theorem t : 1 = 1", "answer": f"So:\n{BLOCK}"}, "proved", ""),
    ({"statement": "theorem t : 1 = 1", "proof": None, "answer": "```\nby rfl\n```"}, "proved", ""),
    ({"statement": "theorem t : 1 = 1", "answer": "by rfl"}, "proved", ""),
    ({"statement": "theorem t : 1 = 1 := rfl", "answer": "No."}, "rejected", "no Lean block of the answer"),
    ({"statement": "theorem t : 1 = 1", "answer": "def a := 1"}, "rejected", "no Lean block of the answer"),
    ({"statement": "theorem t : 1 = 1", "proof": "rfl", "answer": "42"}, "proved", ""),
    (
        {"statement": "theorem t (p : Prop) (k : p) : p", "proof": "have h : p := by\n    exact k\n  h"},
        "proved",
        "",
    ),
    (
        {"statement": "theorem t (p : Prop) (k : p) : p", "proof": "let h : p := by\n  exact k\nh"},
        "proved",
        "",
    ),
    ({"statement": "theorem t : 1 = 1 := rfl", "answer": 42}, "proved", ""),
    ({"header": None, "statement": "theorem t : 1 = 1 := by sorry", "proof": "rfl"}, "proved", ""),
    ({"statement": "/-- d -/\r\ntheorem t : 1 = 1", "proof": "by\r\n  rfl"}, "proved", ""),
    ({"statement": "def two := 2\n\ntheorem t : two = 2", "proof": "rfl"}, "proved", ""),
    ({"statement": "theorem t : 1 = 1 -- note", "proof": "rfl"}, "proved", ""),
    (
        {"statement": "theorem t (x y : ℝ) (h : x = y) : y = x", "proof": "h.symm"},
        "proved",
        "nothing here defines `ℝ`",
    ),
    (
        {"statement": "theorem t {ℝ : Type} (x y : ℝ) (h : x = y) : y = x", "proof": "h.symm"},
        "proved",
        "",
    ),
    (
        {"header": "def broken : Nat := true\n", "statement": "theorem t : 1 = 1", "proof": "rfl"},
        "infrastructure",
        "header",
    ),
    ({"statement": "1 = 1", "proof": "rfl"}, "infrastructure", "not of the form"),
    ({"statement": "theorem t : 1 = 1", "proof": None}, "rejected", "no proof"),
    ({"statement": "theorem t : 1 = 1", "Proof": "rfl"}, "infrastructure", "the row has no `proof`"),
    ({"statement": "theorem t : 1 = 1 := by", "proof": "simp"}, "proved", ""),
]


def test_rows_as_people_write_them(tmp_path: Path) -> None:
    rows = tmp_path / "rows.jsonl"
    rows.write_text("".join(json.dumps({"name": str(n), **row}) + "\n" for n, (row, _, _) in enumerate(ROWS)))
    done = CliRunner().invoke(app, ["verify", "--jsonl", str(rows), "--json", "--workers", "1"])
    verdicts = [json.loads(line) for line in done.stdout.splitlines()]
    assert [v["verdict"] for v in verdicts] == [outcome for _, outcome, _ in ROWS]
    for verdict, (_, outcome, said) in zip(verdicts, ROWS, strict=True):
        assert said in " ".join(verdict["messages"])
        assert outcome != "proved" or bool(said) == bool(verdict["messages"])


def test_rows_of_a_data_set_pass_verify_as_its_card_says(lean: EmbeddedEngine, tmp_path: Path) -> None:
    """Also those whose header holds `sorry` for earlier theorems; every fortieth of PhysCore's train rows."""
    library = read_library(resolve("lean/PhysCore"))
    theorems = split_library(library, extract(library, "sorry")[0])
    write_dataset(tmp_path / "set", theorems, "")
    rows = pq.read_table(tmp_path / "set" / "data" / "train.parquet").to_pylist()[::40]
    (tmp_path / "rows.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    read = verify_rows(str(tmp_path / "rows.jsonl"))
    assert sum("sorry" in row.problem.header for row in read) >= len(read) // 2
    outcomes = {row.name: verdict.outcome for row, verdict in judge_rows(read, OneEngine(lean), 60.0)}
    assert outcomes == dict.fromkeys((row["name"] for row in rows), Outcome.PROVED)
