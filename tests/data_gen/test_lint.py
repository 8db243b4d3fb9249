"""A library with one fault of each kind is found out, and values that satisfy hypotheses are those that Lean accepts."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_gen.arithmetic import Definitions, UnknownError, definitions, evaluate, read
from data_gen.extract import extract
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.library import read_library
from data_gen.lint import LintReport, lint
from data_gen.points import points as points_of
from data_gen.probes import satisfy
from physprover.lean.text.terms import parse_statement
from physprover.records import Theorem
from tests.data_gen.library import write_library
from tests.one_engine import OneEngine

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.lean.embedded.engine import EmbeddedEngine

FAULTY = """/-! # Faulty -/
namespace Toy.Mechanics

/-- A body. -/
structure Body where
  mass : Int
  speed : Int

/-- Momentum. -/
def Body.momentum (b : Body) : Int := b.mass * b.speed

/-- A rapidity. -/
def isUnit (g h : Int) : Prop := g ^ 2 - h ^ 2 = 1

theorem sound (b : Body) (h : b.momentum = 6) : b.mass * b.speed = 6 := by
  simpa [Body.momentum] using h

theorem clash (x : Int) (h : x < 0) (k : 0 < x) : x = 5 := by
  omega

theorem spare (x y : Int) (h : 0 < x) (k : x < y) : x + 1 ≤ y := by
  omega

theorem trivial_only (g h : Int) (k : isUnit g h) : (g - h) * (g + h) = 1 := by
  grind [isUnit]

theorem idle (x y : Int) : x + 0 = x := by
  omega

theorem first_time (a b : Int) (h : a < b) : a ≤ b := by
  omega

theorem second_time (n m : Int) (k : m > n) : n ≤ m := by
  omega

end Toy.Mechanics
"""


@pytest.fixture(scope="module")
def report(lean: EmbeddedEngine, tmp_path_factory: pytest.TempPathFactory) -> LintReport:
    root: Path = tmp_path_factory.mktemp("lint")
    theorems, _ = extract(read_library(write_library(root / "toy", Mechanics__Faulty=FAULTY)), "sorry")
    judging = Judging(OneEngine(lean), root / "verdicts.jsonl", 20.0)
    try:
        return lint(theorems, judging, lambda: None, levels=True)
    finally:
        judging.close()


def test_each_fault_is_found_and_nothing_else(report: LintReport) -> None:
    found = {(f.theorem.rpartition(".")[2], f.kind, f.detail) for f in report.findings}
    assert {(name, kind) for name, kind, _ in found} == {
        ("clash", "contradictory hypotheses"),
        ("spare", "superfluous hypothesis"),
        ("trivial_only", "trivial values only"),
        ("idle", "idle variable"),
        ("second_time", "duplicate"),
    }
    assert ("spare", "superfluous hypothesis", "h") in found
    assert report.satisfied == report.with_hypotheses - 1
    assert sum(report.levels.values()) == report.theorems == 7


def test_a_report_counts_every_kind(report: LintReport) -> None:
    text = str(report)
    assert "7 theorems, 6 with hypotheses, 5 of them satisfied" in text
    assert "contradictory hypotheses: 1" in text


def test_a_statement_that_does_not_elaborate_is_the_only_one_not_proved(
    lean: EmbeddedEngine, tmp_path: Path
) -> None:
    (tmp_path / "A.lean").write_text(
        "def two : Nat := 2\ntheorem bad (a : Nat) : a ∣∣ a := by rfl\n"
        "theorem good (a : Nat) : a + two = two + a := Nat.add_comm _ _\n"
    )
    (tmp_path / "B.lean").write_text(
        "import A\ntheorem later (a : Nat) : a * two = a + a := by simp [two]; omega\n"
    )
    theorems, _ = extract(read_library(tmp_path), "sorry")
    judging = Judging(OneEngine(lean), tmp_path / "verdicts.jsonl", 20.0)
    report = lint(theorems, judging, lambda: None, levels=False)
    judging.close()
    assert [(f.theorem, f.kind) for f in report.findings] == [("bad", "not proved")]


NAMED = """namespace Toy
def two : Nat := 2
theorem bad (a : Nat) : a ∣∣ a := by rfl
attribute [simp] bad two
theorem good (a : Nat) : a + two = two + a := Nat.add_comm _ _
def uses : Fin 3 := ⟨1, bad 2⟩
theorem on_uses : uses.val = 1 := rfl
#check bad
export Toy (bad)
theorem wrong (a : Nat) : a = a + 1 := by omega
attribute [simp] wrong
def also : Fin 3 := ⟨1, wrong 2⟩
theorem simplified (a : Nat) : a * two = a + a := by simp; omega
end Toy
"""


def test_commands_that_name_a_theorem_without_a_statement_take_no_other_along(
    lean: EmbeddedEngine, tmp_path: Path
) -> None:
    (tmp_path / "A.lean").write_text(NAMED)
    (tmp_path / "B.lean").write_text(
        "import A\nopen Toy (bad)\ntheorem later (a : Nat) : a * Toy.two = a + a := by simp; omega\n"
    )
    theorems, _ = extract(read_library(tmp_path), "sorry")
    judging = Judging(OneEngine(lean), tmp_path / "verdicts.jsonl", 20.0)
    report = lint(theorems, judging, lambda: None, levels=False)
    judging.close()
    refused = {f.theorem: f.detail for f in report.findings if f.kind == "not proved"}
    assert list(refused) == ["Toy.bad", "Toy.on_uses", "Toy.wrong"]
    assert "Unknown identifier `bad`" in refused["Toy.on_uses"]


# -- Arithmetic in Python against Python's own. --

HEADER = FAULTY.partition("end Toy")[0]
NOTHING = Definitions({}, frozenset())
NUMBERS = st.fractions(-50, 50, max_denominator=12)


@given(NUMBERS, NUMBERS, NUMBERS)
def test_terms_compute_as_they_are_bracketed(a: Fraction, b: Fraction, c: Fraction) -> None:
    values = {"a": a, "b": b, "c": c}

    def value(text: str) -> object:
        return evaluate(read(text), values, NOTHING)

    assert value("a - b - c") == a - b - c
    assert value("a + b * c ^ 2") == a + b * c**2
    assert value("-a ^ 2 - -b") == -(a**2) + b
    assert value("a / b⁻¹ * c") == (a / (1 / b) if b else 0) * c
    assert value("a ≤ b ∧ ¬ b = c → a < c ∨ c ≤ a") is True
    assert value("a = b ↔ b = a") is True
    assert value("if a ≤ b then b else a") == max(a, b)


@given(st.integers(-40, 40), st.integers(-40, 40))
def test_whole_numbers_divide_as_leans_do(a: int, b: int) -> None:
    values = {"a": Fraction(a), "b": Fraction(b)}
    quotient, rest = (evaluate(read(f"a {op} b"), values, NOTHING, "Int") for op in "/%")
    assert isinstance(quotient, Fraction)
    assert isinstance(rest, Fraction)
    assert quotient * b + rest == a
    assert quotient.denominator == 1
    assert b == 0 or 0 <= rest < abs(b)


def test_definitions_and_structures_of_a_header_are_computed() -> None:
    known = definitions(read_header(HEADER))
    body = {"mass": Fraction(2), "speed": Fraction(3)}
    assert evaluate(read("b.momentum"), {"b": body}, known) == 6
    assert evaluate(read("Body.momentum ⟨1, 2⟩ = 2"), {}, known) is True
    assert evaluate(read("isUnit 1 0"), {}, known) is True
    with pytest.raises(UnknownError):
        evaluate(read("unheard b"), {"b": body}, known)
    with pytest.raises(UnknownError):
        read("∀ x, x = x")
    with pytest.raises(UnknownError):
        evaluate(read("1 + (fun x => x) = 2"), {}, known)


def test_equations_are_solved_for_what_stands_in_them() -> None:
    header = read_header(HEADER)
    statement = read_header(HEADER).theorems["sound"]
    points = list(points_of(statement, header))
    assert points
    for point in points:
        mass, speed = (
            int(part)
            for part in point["b"].split("⟨")[1].split("⟩")[0].replace("(", "").replace(")", "").split(", ")
        )
        assert mass * speed == 6


ABSTRACT = (
    "theorem t {R : Type} [Lean.Grind.CommRing R] (flip : R × R → R × R) (flip_law : ∀ k, flip k = (k.1, -k.2)) "
    "(size : R × R → R) (size_law : ∀ k, size k = k.1 ^ 2 + k.2 ^ 2) (k : R × R) (h : size k ≠ 0) : size (flip k) ≠ 0"
)


def test_a_function_is_what_its_law_says(lean: EmbeddedEngine, tmp_path: Path) -> None:
    theorem = Theorem(name="t", statement=ABSTRACT, proof="by grind")
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    found = satisfy([theorem], judging, lambda: None)["t"]
    judging.close()
    assert found.point is not None
    assert found.point["flip"] == "(fun k => (k.1, -k.2) : Int × Int → Int × Int)"
    assert not found.trivial


@pytest.mark.parametrize("law", ["∀ k, f k = f k + 1", "∀ k l, f k = k", "∀ k, g k = k", "f 0 = 1"])
def test_what_only_resembles_a_law_makes_no_function(law: str) -> None:
    statement = parse_statement(f"theorem t (f : Int → Int) (h : {law}) : f 1 = 2")
    assert statement is not None
    points = points_of(statement, read_header(""))
    assert not any("k" in point.get("f", "") for point in points)
