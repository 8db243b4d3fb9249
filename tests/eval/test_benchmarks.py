"""The benchmark registry: what is read, what is refused and in which words."""

import gzip
import json
from pathlib import Path

import pytest

from eval.benchmarks import (
    CORE_HEADER,
    Columns,
    core_header,
    family,
    in_core_lean,
    load_benchmark,
    load_for_engine,
    missing_notion,
)
from physprover.config import EngineConfig
from physprover.errors import DataError
from tests.eval.scripted import write_table

MINIF2F = Path(__file__).parents[3] / "shared" / "data" / "minif2f"
GOOD = {"name": "a", "statement": "theorem a : 1 = 1 := by sorry", "header": ""}


def write(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "bench.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


def test_jsonl_with_a_column_map(tmp_path: Path) -> None:
    rows = [
        {
            "id": "p1",
            "lean": "theorem q (n : Nat) : n = n := by",
            "topic": "algebra",
            "split": "test",
            "extra": 3,
        }
    ]
    columns = Columns(name="id", statement="lean", header="", domain="topic")
    benchmark = load_benchmark("jsonl", write(tmp_path, *rows), columns)
    theorem = benchmark.theorems[0]
    assert (theorem.name, theorem.statement, theorem.domain) == (
        "p1",
        "theorem q (n : Nat) : n = n",
        "algebra",
    )
    assert (theorem.split, theorem.source.line) == ("test", 1)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"name": "b", "text": "x"}, "column `statement` is missing; the row has name, text"),
        ({**GOOD, "statement": ""}, "column `statement` is empty"),
        ({**GOOD, "statement": None}, "column `statement` is null"),
        ({**GOOD, "statement": " \n"}, "column `statement` is empty"),
        ({"name": "b", "formal_statement": ""}, "column `formal_statement` is empty"),
        ({**GOOD, "statement": "theorem : 1 = 1"}, "the theorem has no name"),
        ({**GOOD, "statement": "1 = 1"}, "no `theorem name"),
        ({**GOOD, "statement": "def a : Nat := 1"}, "it declares a `def`"),
        ({**GOOD, "statement": "theorem a : x := begin\n  refl\nend"}, "written in Lean 3"),
        ({**GOOD, "statement": "theorem a /- : 1 = 1"}, "comment is never closed"),
        ({**GOOD, "header": "import data.real.basic"}, "written in Lean 3"),
        (["a", "b"], "not a JSON object"),
        ({**GOOD, "name": {"id": 1}}, "column `name` is not text"),
        ({**GOOD, "name": "\ud800"}, "column `name` holds half a character"),
        ({**GOOD, "statement": "theorem a : 1 = 1 -- \ud800"}, "column `statement` holds half a character"),
        ({**GOOD, "header": [1]}, "column `header` is not text"),
        ({**GOOD, "header": [{"role": "system"}]}, "column `header` is not text"),
    ],
)
def test_one_bad_row_is_one_line_of_what_is_left_out(tmp_path: Path, row: object, reason: str) -> None:
    benchmark = load_benchmark("jsonl", write(tmp_path, {**GOOD, "name": "good"}, row))
    assert [t.name for t in benchmark.theorems] == ["good"]
    (left,) = benchmark.not_runnable
    assert reason in left.reason
    assert "\n" not in left.reason


def test_unreadable_files(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    with pytest.raises(DataError, match="No such file"):
        load_benchmark("jsonl", file)
    file.write_bytes(json.dumps(GOOD).encode() + b"\n\xff\xfe\n{broken\n")
    benchmark = load_benchmark("jsonl", file)
    assert [(n.name, n.reason) for n in benchmark.not_runnable] == [
        ("line 2", "not UTF-8 text"),
        ("line 3", "not JSON: Expecting property name enclosed in double quotes"),
    ]
    file.write_text("{broken\n")
    with pytest.raises(
        DataError, match=r"bench\.jsonl: none of its 1 rows is a problem; the first, line 1: not JSON"
    ):
        load_benchmark("jsonl", file)
    file.write_text("")
    with pytest.raises(DataError, match="holds no problem"):
        load_benchmark("jsonl", file)
    with pytest.raises(DataError, match="no benchmark `minif2v`; there are test"):
        load_benchmark("minif2v", file)


@pytest.mark.parametrize(
    ("name", "text"),
    [(1.0, "1"), (1.5, "1.5"), (7, "7"), (float("nan"), "a"), (["x", "y"], "a"), (None, "a")],
)
def test_a_number_is_a_name_and_no_name_is_the_theorems(tmp_path: Path, name: object, text: str) -> None:
    (theorem,) = load_benchmark("jsonl", write(tmp_path, {**GOOD, "name": name})).theorems
    assert theorem.name == text


@pytest.mark.parametrize("domain", [["Algebra", "Number Theory"], "['Algebra', 'Number Theory']"])
def test_a_list_of_domains_is_said_in_words(tmp_path: Path, domain: object) -> None:
    (theorem,) = load_benchmark("jsonl", write(tmp_path, {**GOOD, "domain": domain})).theorems
    assert theorem.domain == "Algebra, Number Theory"


def test_a_list_of_lines_is_their_text(tmp_path: Path) -> None:
    rows = [
        {**GOOD, "header": ["import Mathlib", "open Nat"]},
        {**GOOD, "statement": ["theorem b :", "  1 = 1"], "header": []},
        {**GOOD, "header": "open Nat", "helper": ["def two : Nat := 2"]},
    ]
    found = load_benchmark("jsonl", write(tmp_path, *rows)).theorems
    assert [t.header for t in found] == ["import Mathlib\nopen Nat", "", "open Nat\ndef two : Nat := 2"]
    assert found[1].statement == "theorem b :\n  1 = 1"


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("[" * 100_000, "not JSON that can be read"),
        ('{"a": ' * 100_000, "not JSON that can be read"),
        ("9" * 5000, "not JSON that can be read"),
        ('["a"]', "not a JSON object"),
    ],
)
def test_a_first_line_that_is_no_row_leaves_the_others(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "bench.jsonl"
    file.write_text(f"{line}\n{json.dumps(GOOD)}\n")
    found = load_benchmark("jsonl", file)
    assert [t.name for t in found.theorems] == ["a"]
    assert [n.name for n in found.not_runnable] == ["line 1"]
    assert found.not_runnable[0].reason.startswith(reason)
    file.write_text(line)
    with pytest.raises(DataError, match=f"line 1: {reason}"):
        load_benchmark("jsonl", file)


def test_gzip_is_read(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl.gz"
    data = gzip.compress(json.dumps(GOOD).encode())
    file.write_bytes(data)
    assert [t.name for t in load_benchmark("jsonl", file).theorems] == ["a"]
    for damaged in (data[:-9], data[:12], data[:20] + b"\0\0\0" + data[23:]):
        file.write_bytes(damaged)
        with pytest.raises(DataError, match=r"bench\.jsonl\.gz: damaged gzip"):
            load_benchmark("jsonl", file)


def test_equal_names_are_told_apart_and_equal_problems_flagged(tmp_path: Path) -> None:
    other = {**GOOD, "statement": "theorem a : 2 = 2"}
    benchmark = load_benchmark("jsonl", write(tmp_path, GOOD, other, {**GOOD, "name": "b"}))
    assert [t.name for t in benchmark.theorems] == ["a", "a (line 2)", "b"]
    assert [(f.name, f.kind) for f in benchmark.flags] == [("b", "duplicate")]


def test_what_stands_before_a_theorem_goes_to_its_header(tmp_path: Path) -> None:
    text = (
        "import Mathlib\nimport Aesop\n\nset_option maxHeartbeats 400000\n\nopen BigOperators Real Nat\n\n"
        "/-- Seven.-/\ntheorem toy (x y : ℤ) (h : x + y = 7) : y + x = 7 := by\n"
    )
    own = "def two : ℕ := 2\n\ntheorem own : two = 2 := by sorry"
    rows = [
        {"name": "toy", "formal_statement": text, "split": "test"},
        {"id": "own", "lean4_src_header": "import Mathlib\n", "lean4_formalization": own},
    ]
    found = load_benchmark("minif2f", write(tmp_path, *rows))
    toy, two = found.theorems
    assert toy.statement == "theorem toy (x y : ℤ) (h : x + y = 7) : y + x = 7"
    assert (toy.informal, toy.split) == ("Seven.", "test")
    assert toy.header.startswith("import Mathlib\nimport Aesop\n")
    assert (two.name, two.header) == ("own", "import Mathlib\ndef two : ℕ := 2\n")
    core = in_core_lean(found)  # the word `Real` in an `open` is no real number
    assert [t.name for t in core.theorems] == ["toy", "own"]
    assert core.theorems[0].header == CORE_HEADER
    assert core.theorems[1].header == f"{CORE_HEADER}\ndef two : ℕ := 2\n"


def test_prompts_arrays_and_parquet(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    prompt = "Prove.\n```lean4\nimport PhysLean\n\nlemma foo (m : Nat) : m = m :=\n  sorry\n```\n<answer>```lean4\nlemma"
    rows = [
        {"input": prompt, "ground_truth": " rfl\n```"},
        {"messages": [{"role": "user", "content": prompt}]},
    ]
    (tmp_path / "a.json").write_text(json.dumps(rows))
    found = load_benchmark("physprover", tmp_path / "a.json")
    assert [t.statement for t in found.theorems] == ["lemma foo (m : Nat) : m = m"] * 2
    pq.write_table(pa.Table.from_pylist([GOOD]), tmp_path / "b.parquet")
    assert load_benchmark("jsonl", tmp_path / "b.parquet").theorems[0].statement == "theorem a : 1 = 1"


ANSWER = "open Nat\n\nabbrev p_solution : Nat := sorry\n{answer}/-- Find it. -/\ntheorem p (n : Nat) (h : n = 42) :\n    n = p_solution :=\n  sorry\n"


def test_an_answer_is_filled_in_or_the_problem_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.lean").write_text(ANSWER.format(answer="-- 42\n"))
    (tmp_path / "b.lean").write_text(ANSWER.format(answer="").replace("theorem p", "theorem q"))
    # a mark behind the hole, as in CLEVER's files, is no answer
    marked = "def program (n : Nat) : Nat :=\n{mark}\nsorry\n{mark}\n\ntheorem s (n : Nat) : program n = n :=\n  sorry\n"
    (tmp_path / "d.lean").write_text(marked.format(mark="-- end_def program"))
    (tmp_path / "c.lean").write_text("instance foo : Inhabited Nat := sorry\n\ntheorem r : 1 = 1 := sorry\n")
    found = load_benchmark("putnambench", tmp_path)
    assert [(t.name, t.header) for t in found.theorems] == [
        ("p", "open Nat\n\nabbrev p_solution : Nat := (42)\n-- 42\n"),
        ("r", ""),
    ]
    assert [(n.name, n.reason) for n in found.not_runnable] == [
        ("q", "asks for an answer, `p_solution`, that is not stated"),
        ("s", "asks for an answer, `program`, that is not stated"),
    ]


def test_a_mathlib_header_is_replaced_and_another_kept() -> None:
    assert core_header("import Mathlib\n\nopen Real\n") == (CORE_HEADER, "")
    assert core_header("def f := 1\n") == ("def f := 1\n", "")


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("theorem a (x : ℝ) : x = x", "real numbers"),
        ("theorem a : ∑ i ∈ s, i = 3", "finite sums"),
        ("theorem a (n : ℕ) : n ! = 2", "factorials"),
        ("theorem a (n : ℕ) : n ≡ 2 [MOD 3]", "congruences"),
        ("theorem a (n : ℕ) : n.Prime → Nat.Prime n", "prime numbers"),
        ("theorem a (n : ℤ) : |n| = 2", "absolute values"),
        ("theorem a (G : Type*) (x : G) : x = x", "the notation Type*"),
    ],
)
def test_what_needs_mathlib_is_named(statement: str, reason: str) -> None:
    assert reason in (missing_notion(statement) or "")


@pytest.mark.parametrize(
    "statement", ["theorem a (n : ℕ) : n != 2 ∧ 3 ∣ n", "theorem a (x : ℤ) /- ℝ -/ : 2 ∣ x ∨ 3 ∣ x"]
)
def test_core_statements_pass_the_pre_check(statement: str) -> None:
    assert missing_notion(statement) is None


def test_families() -> None:
    names = ("mathd_algebra_125", "aimeII_2020_p6", "amc12a_2009_p2", "imo_1977_p5", "induction_sum_odd")
    assert [family(n) for n in names] == ["mathd_algebra", "aime", "amc", "imo", "induction"]


@pytest.mark.skipif(
    not MINIF2F.exists(), reason="NO MINIF2F FILE, NOT TESTED: ../shared/data/minif2f is absent"
)
def test_every_minif2f_problem_is_accounted_for() -> None:
    benchmark = in_core_lean(load_benchmark("minif2f", MINIF2F / "minif2f_lean4.jsonl"))
    parts = [load_benchmark(f"minif2f-{s}", MINIF2F / "minif2f_lean4.jsonl") for s in ("valid", "test")]
    held = [len(b.theorems) + len(b.not_runnable) for b in (benchmark, *parts)]
    assert held == [488, 244, 244]
    core = set((MINIF2F / "core_only_candidates.txt").read_text().split())
    assert core <= {t.name for t in benchmark.theorems}
    assert all(n.reason.startswith("needs Mathlib: ") for n in benchmark.not_runnable)
    assert all(t.header == CORE_HEADER for t in benchmark.theorems)


LEAN = """\
import Mathlib
open Nat

/-- Twice two. -/
theorem twice (n : ℕ) :
    n + n = 2 * n := by
  sorry

theorem with_proof (n : ℕ) : n = n := rfl

lemma last (a : ℤ) : a - a = 0 := by sorry
"""


def test_a_checkout_of_lean_files(tmp_path: Path) -> None:
    for split in ("Valid", "Test"):
        (tmp_path / "MiniF2F" / split).mkdir(parents=True)
    (tmp_path / "MiniF2F" / "Valid" / "all.lean").write_text(LEAN)
    (tmp_path / "MiniF2F" / "Test" / "imo_1959_p1.lean").write_text(
        "import Mathlib\n-- a remark\ntheorem imo_1959_p1 (n : ℕ) : n = n := by\n  sorry\n"
    )
    both = load_benchmark("minif2f", tmp_path)
    assert [t.name for t in both.theorems] == ["imo_1959_p1", "twice", "with_proof", "last"]
    valid = load_benchmark("minif2f-valid", tmp_path)
    assert [t.name for t in valid.theorems] == ["twice", "with_proof", "last"]
    assert valid.theorems[0].statement == "theorem twice (n : ℕ) :\n    n + n = 2 * n"
    assert valid.theorems[0].informal == "Twice two."
    assert valid.theorems[2].header == "import Mathlib\nopen Nat\n"
    assert in_core_lean(valid).theorems[2].header == CORE_HEADER
    plain = load_benchmark("lean", tmp_path / "MiniF2F" / "Valid" / "all.lean")
    assert plain.theorems[2].header == "import Mathlib\nopen Nat\n"  # neither problem nor proof shows in it


def test_only_an_engine_without_mathlib_gets_other_words(tmp_path: Path) -> None:
    row = {"header": "import Mathlib\nopen Real\n", "split": "test", "informal_prefix": ""}
    rows = [
        {**row, "name": "real", "formal_statement": "theorem real (x : ℝ) : x = x := by sorry"},
        {**row, "name": "nat", "formal_statement": "theorem nat (n : ℕ) : n = n := by sorry"},
    ]
    file = write(tmp_path, *rows)
    native = load_for_engine("minif2f", file, EngineConfig(project_dir="anywhere"))
    assert [t.header for t in native.theorems] == [row["header"]] * 2
    assert not native.not_runnable
    embedded = load_for_engine("minif2f", file, EngineConfig())
    assert [(t.name, t.header) for t in embedded.theorems] == [("nat", CORE_HEADER)]
    assert [n.name for n in embedded.not_runnable] == ["real"]
    own = load_benchmark("jsonl", write(tmp_path, GOOD))
    assert in_core_lean(own) == own  # not written for Mathlib: left as it is


def test_checkouts_with_equal_names_and_bad_files(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no Lean file"):
        load_benchmark("lean", tmp_path)
    (tmp_path / "a.lean").write_text("theorem t : 1 = 1 := by sorry\n")
    (tmp_path / "b.lean").write_text(
        "\ntheorem t : 1 = 1 := by sorry\nnamespace N\ntheorem t : 2 = 2 := sorry\nend N"
    )
    (tmp_path / "c.lean").write_text("theorem t : 3 = 3 := by sorry\n")
    (tmp_path / "d.lean").write_bytes("-- é".encode("latin-1"))
    (tmp_path / "e.lean").write_text("import data.nat.basic\ntheorem x : 1 = 1 := rfl\n")
    found = load_benchmark("lean", tmp_path)
    assert [t.name for t in found.theorems] == ["t", "N.t", "t (c.lean)"]
    assert [(n.name, n.reason) for n in found.not_runnable] == [
        ("t (b.lean)", "the same problem as at a.lean:1"),
        ("d.lean", "line 1: not UTF-8"),
        ("e.lean", "written in Lean 3 (`import data.nat.basic`); only Lean 4 is asked"),
    ]


def test_a_table_in_text_is_refused_as_what_it_is(tmp_path: Path) -> None:
    file = tmp_path / "bench.csv"
    file.write_text('id,statement\n1,"theorem a : 1 = 1"\n')
    with pytest.raises(DataError, match=r"bench\.csv: a table in text; give JSON Lines"):
        load_benchmark("jsonl", file, Columns())
    with pytest.raises(DataError, match="No such file"):
        load_benchmark("jsonl", tmp_path / "none.csv", Columns())


@pytest.mark.parametrize(
    "name", ["data/test-00000-of-00001.parquet", "test/a.jsonl", "test.jsonl.gz", "test.json"]
)
def test_a_folder_of_tables_is_a_benchmark(tmp_path: Path, name: str) -> None:
    """As a snapshot of the hub, and as `data build` writes a set: what lies beside `data/` is none of it."""
    for split in ("test", "valid"):
        (tmp_path / name.replace("test", split)).parent.mkdir(exist_ok=True)
    write_table(tmp_path / name, [GOOD])
    write_table(tmp_path / name.replace("test", "valid"), [{**GOOD, "name": "b"}])
    if name.startswith("data/"):
        write_table(tmp_path / "rejected.parquet", [{**GOOD, "name": "c"}])
    if not name.endswith("json"):
        (tmp_path / "stats.json").write_text('{"rows": 2}')
    (tmp_path / ".cache").mkdir()
    (tmp_path / ".cache/more.jsonl").write_text(json.dumps({**GOOD, "name": "d"}))
    found = load_benchmark("jsonl", tmp_path)
    assert [(t.name, t.split, t.source.file) for t in found.theorems] == [
        ("a", "test", name),
        ("b", "validation", name.replace("test", "valid")),
    ]
    assert [t.name for t in load_benchmark("minif2f-valid", tmp_path).theorems] == ["b"]
    (tmp_path / "x.lean").write_text("theorem own : 1 = 1 := by sorry\n")
    assert [t.name for t in load_benchmark("lean", tmp_path).theorems] == ["own"]


def test_one_object_of_columns_is_read_as_rows(tmp_path: Path) -> None:
    file = tmp_path / "columns.json"
    rows = [{**GOOD, "name": f"p{i}"} for i in range(3)]
    for indent in (None, 2):
        file.write_text(json.dumps({key: [row[key] for row in rows] for key in GOOD}, indent=indent))
        found = load_benchmark("jsonl", file)
        assert [(t.name, t.source.line) for t in found.theorems] == [("p0", 1), ("p1", 2), ("p2", 3)]
    file.write_text(json.dumps({**GOOD, "statement": ["theorem a :", "  1 = 1 := by sorry"]}))
    assert [t.statement for t in load_benchmark("jsonl", file).theorems] == ["theorem a :\n  1 = 1"]


def test_proofnet_columns(tmp_path: Path) -> None:
    row = {
        "id": "Rudin|exercise_1_1a",
        "nl_statement": "Irrational.",
        "lean4_src_header": "import Mathlib",
        "lean4_formalization": "theorem exercise_1_1a (x : ℝ) : x = x :=",
    }
    (tmp_path / "p.jsonl").write_text(json.dumps(row))
    found = in_core_lean(load_benchmark("proofnet", tmp_path / "p.jsonl"))
    assert [n.name for n in found.not_runnable] == ["Rudin|exercise_1_1a"]
    assert "real numbers" in found.not_runnable[0].reason


def test_public_corrections_flag_the_statement_that_is_wrong_not_the_name(tmp_path: Path) -> None:
    wrong = "theorem mathd_numbertheory_618 (n : ℕ) (p : ℕ → ℕ) (h₁ : 1 < Nat.gcd (p n) (p (n + 1))) : 41 ≤ n := by sorry"
    row = {"name": "mathd_numbertheory_618", "formal_statement": wrong}
    flagged = load_benchmark("minif2f", write(tmp_path, row))
    assert [(f.name, f.kind) for f in flagged.flags] == [("mathd_numbertheory_618", "known wrong")]
    row["formal_statement"] = wrong.replace("(p :", "(hn : n > 0) (p :")
    assert load_benchmark("minif2f", write(tmp_path, row)).flags == ()
