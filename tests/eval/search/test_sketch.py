"""Holes, and where Lean's errors put them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.search.sketch import (
    ROOT,
    HoleSketch,
    LeanError,
    errors_of,
    laid_out,
    punch,
    sorry_sketch,
)
from physprover.lean.text.statements import has_sorry, tactic_block

INDUCTION = HoleSketch(text="by\n  induction n with\n  | zero =>\n    ⟪0⟫\n  | succ n ih =>\n    ⟪1⟫")
block = st.lists(st.sampled_from(["simp", "omega", "  grind", "rfl"]), min_size=1, max_size=3).map("\n".join)


@given(first=block, second=block)
def test_errors_find_their_hole(first: str, second: str) -> None:
    filled = INDUCTION.fill([first, second])
    lines = filled.proof.splitlines()
    for number, (start, end) in enumerate(filled.spans):
        assert [line.strip() for line in lines[start:end]] == [
            line.strip() for line in (first, second)[number].splitlines()
        ]
        for line in range(start - 1, end):  # the branch's own line counts as the hole's
            assert filled.hole_of(LeanError(line=line, column=0, text="")) == number
    assert filled.hole_of(LeanError(line=0, column=3, text="unsolved goals")) is None
    assert filled.hole_of(LeanError(line=1, column=3, text="")) is None


def test_places_count_from_the_proof() -> None:
    messages = [
        "error: 4:2: `grind` failed\ncase grind",
        "warning: 1:2: unused",
        "error: 3:4: unsolved goals\n⊢ False",
    ]
    errors = errors_of(messages, "theorem t (n : Nat) :\n    n = n", "by\n  simp\n  grind")
    assert [(e.line, e.column) for e in errors] == [(1, 4), (2, 2)]
    assert errors[0].text == "unsolved goals\n⊢ False"
    assert errors_of(["the proof is empty"], "theorem t : True", "") == []
    assert [e.line for e in errors_of(messages[2:], "theorem t : p", "\n  have h := a\n  h")] == [2]
    assert [e.line for e in errors_of(messages[2:], "theorem t : p", "| 0 => a\n| n + 1 => h")] == [1]


def error(line: int, text: str = "`grind` failed", column: int = 2) -> LeanError:
    return LeanError(line=line, column=column, text=text)


@pytest.mark.parametrize(
    ("proof", "errors", "expected"),
    [
        ("by\n  simp only [f]\n  omega\n  rfl", [error(2)], "by\n  simp only [f]\n  ⟪0⟫"),
        (
            "by\n  cases n\n  simp",
            [error(0, "unsolved goals\ncase succ")],
            "by\n  cases n\n  simp\n  all_goals\n    ⟪0⟫",
        ),
        (
            "by\n  induction n with\n  | zero => rfl\n  | succ n ih => grind [f]",
            [error(3, column=17)],
            "by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    ⟪0⟫",
        ),
        (
            "by\n  constructor\n  · simp\n  · omega",
            [error(2, column=4), error(3, column=4)],
            "by\n  constructor\n  ·\n    ⟪0⟫\n  ·\n    ⟪1⟫",
        ),
        (
            "by\n  induction n with\n  | zero => simp\n  | succ n ih => simp [ih]",
            [error(3, "unsolved goals\n⊢ f n = n", 14)],
            "by\n  induction n with\n  | zero => simp\n  | succ n ih =>\n    simp [ih]\n    all_goals\n      ⟪0⟫",
        ),
        (
            "by\n  cases p <;> cases q <;> grind",
            [error(1, column=26)],
            "by\n  cases p <;> cases q\n  all_goals\n    ⟪0⟫",
        ),
        ("by\n  grind", [error(1)], None),  # nothing would be kept
        ("by\n  simp\n  rfl", [], None),
        ("fun x => x", [error(0)], None),
    ],
)
def test_holes_where_lean_found_fault(proof: str, errors: list[LeanError], expected: str | None) -> None:
    found = punch(proof, errors)
    assert (found and found.text) == expected


@given(
    lines=st.lists(
        st.sampled_from(["  simp", "  · rfl", "    omega", "  | zero => simp", "  a <;> b"]), max_size=6
    ),
    at=st.integers(0, 7),
    column=st.integers(0, 9),
    left=st.booleans(),
)
def test_any_error_leaves_a_sketch_or_nothing(lines: list[str], at: int, column: int, left: bool) -> None:
    proof = "\n".join(["by", *lines])
    found = punch(proof, [error(at, "unsolved goals" if left else "failed", column)])
    if found is not None:
        assert found.holes == found.text.count("⟪") == 1
        kept = found.text.partition("⟪")[0].splitlines()[:-1]
        assert [line for line in kept if line in ["by", *lines]][:1] == ["by"]


def test_layout() -> None:
    assert laid_out("by simp") == "by\n  simp"
    assert laid_out("by\n  simp") == "by\n  simp"
    assert laid_out("fun x => x") == "fun x => x"
    assert tactic_block("by\n  simp\n  rfl") == "simp\nrfl"
    assert tactic_block("rfl") is None


@pytest.mark.parametrize(
    ("proof", "expected"),
    [
        ("sorry", ROOT.text),
        ("by sorry", ROOT.text),
        ("by\n  sorry -- later", ROOT.text),
        ("by\n  have h : a = b := by sorry\n  exact h", "by\n  have h : a = b := by\n    ⟪0⟫\n  exact h"),
        ("by\n  have h : a = b := sorry\n  exact h", "by\n  have h : a = b := by\n    ⟪0⟫\n  exact h"),
        (
            "by\n  cases n with\n  | zero => sorry\n  | succ n =>\n    sorry",
            "by\n  cases n with\n  | zero =>\n    ⟪0⟫\n  | succ n =>\n    ⟪1⟫",
        ),
        ("by\n  constructor\n  · sorry\n  · rfl", "by\n  constructor\n  ·\n    ⟪0⟫\n  · rfl"),
        ("fun a b => sorry", "fun a b => by\n  ⟪0⟫"),
        ("by\n  exact ⟨1, fun h => sorry", "by\n  exact ⟨1, fun h => by\n    ⟪0⟫"),
        ("| 0 => sorry\n  | n + 1 => sorry", "| 0 => by\n  ⟪0⟫\n  | n + 1 => by\n    ⟪1⟫"),
        (
            "| 0 => rfl\n  | n + 1 => by\n    cases n with\n    | zero => sorry\n    | succ m => rfl",
            "| 0 => rfl\n  | n + 1 => by\n    cases n with\n    | zero =>\n      ⟪0⟫\n    | succ m => rfl",
        ),
        (
            "| n => by\n    cases n with\n    | zero => sorry\n    | succ m => rfl",
            "| n => by\n    cases n with\n    | zero =>\n      ⟪0⟫\n    | succ m => rfl",
        ),
        ("match n with\n  | 0 => sorry\n  | _ => rfl", "match n with\n  | 0 => by\n    ⟪0⟫\n  | _ => rfl"),
        ("| n => foo fun\n      x => sorry", "| n => foo fun\n      x => by\n        ⟪0⟫"),
        # arms of a term beside arms of tactics
        ("| 0 => by simp\n  | n + 1 => sorry", "| 0 => by simp\n  | n + 1 => by\n    ⟪0⟫"),
        ("| 0 => by\n    simp\n  | n + 1 => sorry", "| 0 => by\n    simp\n  | n + 1 => by\n    ⟪0⟫"),
        ("| 0, h => f (by simp)\n  | n, h => sorry", "| 0, h => f (by simp)\n  | n, h => by\n    ⟪0⟫"),
        ("| n => by cases n with\n    | zero => sorry", "| n => by cases n with\n    | zero =>\n      ⟪0⟫"),
        (
            "by\n  have h : p := by cases n with\n  | zero => sorry\n  exact h",
            "by\n  have h : p := by cases n with\n  | zero =>\n    ⟪0⟫\n  exact h",
        ),
        # alone on a line
        ("| 0 => rfl\n  | n + 1 =>\n    sorry", "| 0 => rfl\n  | n + 1 =>\n    by\n      ⟪0⟫"),
        ("| 0 => by\n    simp\n  | n =>\n    sorry", "| 0 => by\n    simp\n  | n =>\n    by\n      ⟪0⟫"),
        ("| n => by\n    simp\n    sorry", "| n => by\n    simp\n    ⟪0⟫"),
        ("fun n =>\n  sorry", "fun n =>\n  by\n    ⟪0⟫"),
        ("by\n  have h : p :=\n    sorry\n  exact h", "by\n  have h : p :=\n    by\n      ⟪0⟫\n  exact h"),
        ("by\n  exact f fun n =>\n    sorry", "by\n  exact f fun n =>\n    by\n      ⟪0⟫"),
        ("by\n  cases n with\n  | zero =>\n    sorry", "by\n  cases n with\n  | zero =>\n    ⟪0⟫"),
        ("by\n  simp\n  sorry", "by\n  simp\n  ⟪0⟫"),
        ("by\n  have h : p := by\n    sorry\n  exact h", "by\n  have h : p := by\n    ⟪0⟫\n  exact h"),
        (
            "| n =>\n    have h : p := by\n      simp\n    sorry",
            "| n =>\n    have h : p := by\n      simp\n    by\n      ⟪0⟫",
        ),
        ("if h : p then\n    sorry\n  else\n    f", "if h : p then\n    by\n      ⟪0⟫\n  else\n    f"),
        ("where\n  left :=\n    sorry", "where\n  left :=\n    by\n      ⟪0⟫"),
        ("And.intro\n  sorry\n  sorry", None),
        ("by\n  exact foo sorry", None),  # no tactic block can stand here
        ("by\n  simp", None),
    ],
)
def test_sorries_of_a_person_are_holes(proof: str, expected: str | None) -> None:
    found = sorry_sketch(proof)
    assert (found and found.text) == expected


def test_sorry_in_a_comment_is_no_hole() -> None:
    assert not has_sorry("by\n  simp -- no sorry needed")
    assert has_sorry("by sorry")
    assert not has_sorry("by exact not_sorry' sorryFree")
