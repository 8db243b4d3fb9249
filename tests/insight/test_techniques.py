"""Techniques and drops of a proof, read off its text."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.insight.script import read_script
from physprover.insight.techniques import Scope, Technique, drops, found, read_line
from tests.insight.proofs import Made, blocks, proof_of

HEADER = """
structure Vec where
  x : Int
def f (n : Nat) : Nat := n
def g : Nat → Nat
  | 0 => 0
  | n + 1 => g n
theorem f_eq (n : Nat) : f n = n := rfl
theorem g_zero (n : Nat) : g n = 0 := by
  induction n with
  | zero => rfl
  | succ n ih => exact ih
"""
STATEMENT = "theorem t (n m : Nat) (h : f n = m) : ∃ k, f k = m"
SCOPE = Scope(HEADER, STATEMENT)


def lines(proof: str, witnesses: int = 1) -> list[str]:
    return [technique.line for technique, _ in found(read_script(proof), SCOPE, witnesses)]


@pytest.mark.parametrize(
    ("proof", "techniques"),
    [
        ("by\n  exact ⟨n, h⟩", ["witness n"]),
        ("by\n  refine ⟨m, ?_⟩\n  rw [f_eq]", ["witness m", "rewrite", "use f_eq"]),
        ("by\n  simp only [f, Vec.mk.injEq] at h\n  omega", ["simplify", "unfold f", "use Vec.mk.injEq", "decide omega"]),
        ("by\n  induction n generalizing m with\n  | zero => rfl\n  | succ n ih => grind [g_zero]",
         ["induction n", "generalise m", "decide rfl", "decide grind", "use g_zero"]),
        ("by\n  rcases Int.le_total 0 a with h1 | h1\n  · omega\n  · contradiction",
         ["cases Int.le_total 0 a", "use Int.le_total", "decide omega", "contradiction"]),
        ("by\n  obtain ⟨a, b⟩ := h\n  exact a", ["obtain h", "apply a"]),
        ("by\n  have h1 : 0 ≤ m := Nat.zero_le m\n  exact foo h1", ["claim 0 ≤ m", "use Nat.zero_le", "apply foo h1"]),
        ("by\n  constructor <;> funext x <;> symm", ["split", "extensionality x", "symmetry"]),
        ("by\n  exfalso\n  exact h", ["contradiction", "apply h"]),
        ("f_eq n", ["use f_eq"]),
    ],
)  # fmt: skip
def test_what_a_proof_says(proof: str, techniques: list[str]) -> None:
    assert lines(proof) == techniques


def test_locals_are_no_constants() -> None:
    assert SCOPE.role("h") is None
    assert SCOPE.role("h.symm") is None
    assert SCOPE.role("ih") is None
    assert SCOPE.role("f_eq") == "theorem"
    assert SCOPE.role("Lab.g") == "definition"
    assert SCOPE.role("Int.mul_comm") == "theorem"


def test_kinds_cover_every_name() -> None:
    kinds = {Technique(name=name).kind for name in ("use", "witness", "induction")}
    assert kinds == {"theorem call", "construction", "transformation"}


@given(
    st.sampled_from(["use", "claim", "cases", "decide"]),
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs",))),
)
def test_a_line_comes_back(name: str, detail: str) -> None:
    technique = Technique.model_validate({"name": name, "detail": " ".join(detail.split())})
    assert read_line(technique.line) == technique


def test_other_lines_are_no_technique() -> None:
    assert read_line("guess the answer") is None
    assert read_line("") is None


def test_each_thing_is_dropped_alone() -> None:
    proof = "by\n  have h1 := f_eq n\n  cases m\n  simp [f, h1, g]\n  exact g_zero n"
    assert [
        drop.text.removeprefix("by\n  ").replace("\n  ", " / ") for drop in drops(read_script(proof), SCOPE)
    ] == [
        "cases m / simp [f, h1, g] / exact g_zero n",
        "have h1 := f_eq n / simp [f, h1, g] / exact g_zero n",
        "have h1 := f_eq n / cases m / simp [h1, g] / exact g_zero n",
        "have h1 := f_eq n / cases m / simp [f, h1] / exact g_zero n",
        "have h1 := f_eq n / cases m / simp [f, h1, g] / exact _ n",
    ]


def test_an_emptied_list_goes() -> None:
    dropped = [d.text for d in drops(read_script("by\n  rw [f_eq]\n  grind [g]"), SCOPE)]
    assert dropped == ["by\n  skip\n  grind [g]", "by\n  rw [f_eq]\n  grind"]


def test_parts_are_dropped_with_their_combinator() -> None:
    dropped = [d.text for d in drops(read_script("by\n  cases n <;> simp [f] <;> omega"), SCOPE)]
    assert dropped == ["by\n  cases n <;> simp <;> omega", "by\n  cases n <;> simp [f]"]


@given(blocks)
@settings(max_examples=100)
def test_a_drop_is_where_it_says(made: Made) -> None:
    script = read_script(proof_of(made))
    for drop in drops(script, SCOPE):
        assert drop.covers(drop.at)
        assert not drop.covers(drop.until)
        assert drop.text != script.text
        # Nothing before the line it stands on is touched.
        line = script.text.rfind("\n", 0, drop.at)
        assert drop.text[:line] == script.text[:line]
