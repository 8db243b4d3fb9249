"""The benchmark registry: what is read, what is refused and in which words."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.benchmarks import Columns, in_core_lean, load_benchmark, load_for_engine
from eval.minif2f import CORE_HEADER, core_header, family, missing_notion
from eval.statements import holds_proof, mask, split_statement, theorem_name
from physprover.config import EngineConfig
from physprover.errors import DataError

MINIF2F = Path(__file__).parents[3] / "shared" / "data" / "minif2f"
GOOD = {"name": "a", "statement": "theorem a : 1 = 1 := by sorry", "header": ""}


def write(tmp_path: Path, *rows: object) -> Path:
    file = tmp_path / "bench.jsonl"
    file.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "statement", "after"),
    [
        ("theorem a : 1 = 1", "theorem a : 1 = 1", ""),
        ("theorem a : 1 = 1 := by sorry", "theorem a : 1 = 1", " by sorry"),
        ("theorem a (n : Nat := 3) : n = n := rfl", "theorem a (n : Nat := 3) : n = n", " rfl"),
        ("theorem a : let x := 1; x = 1 := rfl", "theorem a : let x := 1; x = 1", " rfl"),
        ("theorem a /- := -/ : 1 = 1 := by", "theorem a /- := -/ : 1 = 1", " by"),
        ('theorem a : "≤ := (" = s := by', 'theorem a : "≤ := (" = s', " by"),
        (
            "theorem a : {x : Nat // x = 1} = b -- := no\n := by",
            "theorem a : {x : Nat // x = 1} = b -- := no",
            " by",
        ),
    ],
)
def test_statements_end_at_their_own_assignment(text: str, statement: str, after: str) -> None:
    assert split_statement(text) == (statement, after)


@given(st.text(alphabet='ab:= \n"\\-/()[]{}⟨⟩let', max_size=60))
def test_splitting_loses_no_text(text: str) -> None:
    assert len(mask(text)) == len(text)
    statement, after = split_statement(text)
    assert statement in text
    assert text.endswith(after)


@pytest.mark.parametrize(
    "after", ["", " by", " sorry", " by\n  sorry", " by -- todo\n", " /- later -/ sorry\n"]
)
def test_empty_places_are_no_proofs(after: str) -> None:
    assert not holds_proof(after)


@pytest.mark.parametrize("after", [" rfl", " by simp", " fun x => x", " by\n  intro h\n  sorry"])
def test_proofs_are_recognised(after: str) -> None:
    assert holds_proof(after)


def test_names() -> None:
    assert theorem_name("theorem Nat.foo' (x : Nat) : x = x") == "Nat.foo'"
    assert theorem_name("theorem «odd name»: True") == "«odd name»"
    assert theorem_name("example : True") is None
    assert theorem_name("theorem : True") is None


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
    assert len(benchmark.sha256) == 64


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([GOOD, GOOD], r"bench.jsonl:2: the name `a` was used on line 1 already"),
        ([{"name": "a", "text": "x"}], r":1: column `statement` is missing; the row has name, text"),
        ([{**GOOD, "name": 3}], r":1: column `name` is not text"),
        ([{**GOOD, "statement": ""}], r":1: column `statement` is empty"),
        ([{**GOOD, "statement": "theorem a : 1 = 1 := by rfl"}], r":1: `a` holds a proof after `:=`"),
        ([{**GOOD, "statement": "theorem : 1 = 1"}], r":1: the statement of `a` declares no named theorem"),
        ([{**GOOD, "statement": "1 = 1"}], r"declares no named theorem"),
        ([["a", "b"]], r":1: expected a JSON object, found list"),
        ([], r"holds no problem"),
    ],
)
def test_bad_files_are_one_clear_line(tmp_path: Path, rows: list[object], message: str) -> None:
    with pytest.raises(DataError, match=message) as caught:
        load_benchmark("jsonl", write(tmp_path, *rows))
    assert "\n" not in str(caught.value)


def test_unreadable_files(tmp_path: Path) -> None:
    file = tmp_path / "bench.jsonl"
    with pytest.raises(DataError, match="no such file"):
        load_benchmark("jsonl", file)
    file.write_bytes(json.dumps(GOOD).encode() + b"\n\xff\xfe\n")
    with pytest.raises(DataError, match=r"bench\.jsonl:2: not UTF-8"):
        load_benchmark("jsonl", file)
    file.write_text("{broken\n")
    with pytest.raises(DataError, match=r"bench\.jsonl:1: not JSON"):
        load_benchmark("jsonl", file)
    with pytest.raises(DataError, match="no benchmark `minif2v`; there are test"):
        load_benchmark("minif2v", file)


def test_a_mathlib_header_is_replaced_and_another_kept() -> None:
    assert core_header("import Mathlib\n\nopen Real\n") == CORE_HEADER
    assert core_header("def f := 1\n") == "def f := 1\n"


@pytest.mark.parametrize(
    ("statement", "reason"),
    [
        ("theorem a (x : ℝ) : x = x", "real numbers"),
        ("theorem a : ∑ i ∈ s, i = 3", "finite sums"),
        ("theorem a (n : ℕ) : n ! = 2", "factorials"),
        ("theorem a (n : ℕ) : n ≡ 2 [MOD 3]", "congruences"),
        ("theorem a (n : ℕ) : n.Prime → Nat.Prime n", "prime numbers"),
        ("theorem a (n : ℤ) : |n| = 2", "absolute values"),
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
    assert [benchmark.total, *(p.total for p in parts)] == [488, 244, 244]
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
    assert valid.sha256 != both.sha256
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
    assert native.sha256 == embedded.sha256
    own = load_benchmark("jsonl", write(tmp_path, GOOD))
    assert in_core_lean(own) == own  # not written for Mathlib: left as it is


def test_bad_checkouts_are_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no Lean file"):
        load_benchmark("lean", tmp_path)
    (tmp_path / "a.lean").write_text("theorem t : 1 = 1 := by sorry\n")
    (tmp_path / "b.lean").write_text("\ntheorem t : 1 = 1 := by sorry\n")
    with pytest.raises(DataError, match=r"the name `t` of b.lean:2 was used at a.lean:1 already"):
        load_benchmark("lean", tmp_path)
    (tmp_path / "b.lean").write_bytes("-- é".encode("latin-1"))
    with pytest.raises(DataError, match=r"b\.lean: not UTF-8"):
        load_benchmark("putnambench", tmp_path)


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
