"""Sketches: leaves become holes, the rest stays; a proof fills its own sketch and no other."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.insight.script import read_script
from physprover.insight.sketch import HOLE, Sketch, coarse_sketch, elaborates, existentials, fills, sketch_of
from physprover.records import Outcome
from tests.insight.proofs import Made, blocks, proof_of

CASES = [
    ("by rfl", 0, "by sorry"),
    ("foo a b", 0, "by\n  sorry"),
    ("by\n  simp only [f]\n  grind", 0, "by\n  simp only [f]\n  sorry"),
    (
        "by\n  induction n with\n  | zero => rfl\n  | succ n ih =>\n    simp only [f]\n    omega",
        0,
        "by\n  induction n with\n  | zero => sorry\n  | succ n ih =>\n    simp only [f]\n    sorry",
    ),
    ("by\n  have h : a = b := foo c\n  omega", 0, "by\n  have h : a = b := sorry\n  sorry"),
    ("by\n  have h := foo c\n  omega", 0, "by\n  have h := foo c\n  sorry"),
    ("by\n  cases a <;> simp [f] <;> omega", 0, "by\n  cases a <;> simp [f] <;> sorry"),
    ("by\n  exact ⟨f + 1, bar f⟩", 1, "by\n  exact ⟨f + 1, sorry⟩"),
    ("by\n  exact ⟨ih, bar f⟩", 0, "by\n  sorry"),
    ("by\n  exact ⟨w, by rw [a]; grind⟩", 1, "by\n  exact ⟨w, by rw [a]; sorry⟩"),
    ("by\n  constructor\n  · rfl\n  · exact foo", 0, "by\n  constructor\n  · sorry\n  · sorry"),
]


@pytest.mark.parametrize(("proof", "witnesses", "sketch"), CASES)
def test_leaves_become_holes(proof: str, witnesses: int, sketch: str) -> None:
    made = sketch_of(read_script(proof), witnesses)
    assert made.text == sketch
    assert made.holes == sketch.count(HOLE)
    assert fills(sketch, proof)


def test_only_a_bare_hole_is_trivial() -> None:
    assert [sketch_of(read_script(p), w).trivial for p, w, _ in CASES] == [
        True, True, False, False, False, False, False, False, True, False, False,
    ]  # fmt: skip


WRAPPERS = (
    "· {}", "({})", "{{ {} }}", "by {}", "(by {})", "all_goals {}", "any_goals ({})", "try ({})", "repeat ({})", "iterate 2 ({})",
    "focus {}", "first | {} | skip", "next => {}", "case _ => {}", "on_goal 1 => {}", "skip; {}", "skip\n  {}", "intros\n  {}",
    "show _; {}", "show _ from by {}", "exact {}", "refine ?_\n  {}", "refine ?goal; {}", "apply (by {})", "{} <;> sorry",
    "have : _ := by {}\n  exact this", "suffices _ by sorry\n  {}", "-- rw [f]\n  {}", "/- rw [f] -/ {}",
)  # fmt: skip


@given(st.lists(st.sampled_from(WRAPPERS), max_size=6))
@settings(max_examples=300)
def test_a_wrapped_hole_is_a_hole_still_and_a_wrapped_step_a_step(wrappers: list[str]) -> None:
    hole, step = HOLE, f"rw [f]; {HOLE}"
    for wrapper in wrappers:
        hole, step = wrapper.format(hole), wrapper.format(step)
    assert Sketch(f"by\n  {hole}").vacuous
    assert not Sketch(f"by\n  {step}").vacuous


def test_sketches_as_labels_have_them_say_something() -> None:
    for proof, witnesses, _ in CASES:
        sketch = sketch_of(read_script(proof), witnesses)
        assert sketch.vacuous == sketch.trivial
    for text in (
        "cases b with\n  | false => sorry\n  | true => sorry",
        "have h : 0 ≤ a := sorry\n  exact foo h sorry",
        "refine ⟨sorry, ?_⟩\n  sorry",
        "constructor <;> sorry",
        "intro h\n  sorry",
        "show a = b\n  sorry",
        "apply foo\n  sorry",
    ):
        assert not Sketch(f"by\n  {text}").vacuous


@given(blocks)
@settings(max_examples=150)
def test_a_proof_fills_its_own_sketch(made: Made) -> None:
    proof = proof_of(made)
    for sketch in (sketch_of(read_script(proof)), coarse_sketch(read_script(proof))):
        assert sketch.holes > 0
        assert fills(sketch.text, proof)
        assert not fills(sketch.text, sketch.text)  # a hole fills nothing


@given(blocks, st.data())
@settings(max_examples=150)
def test_a_changed_step_of_the_sketch_is_noticed(made: Made, data: st.DataObject) -> None:
    proof = proof_of(made)
    words = sketch_of(read_script(proof)).text.split(" ")
    kept = [i for i, word in enumerate(words) if word.strip() and HOLE not in word and i]
    if kept:
        words[data.draw(st.sampled_from(kept))] += "_other"
        assert not fills(" ".join(words), proof)


def test_a_filling_is_balanced() -> None:
    assert fills("by\n  exact ⟨w, sorry⟩", "by\n  exact ⟨w, (foo ⟨a, b⟩)⟩")
    assert not fills("by\n  exact ⟨w, (sorry)⟩", "by\n  exact ⟨w, (foo) ⟩ ⟨ (bar)⟩")
    assert not fills("by\n  rfl", "by\n  rfl")  # no hole: no sketch


def test_offsets_that_survive() -> None:
    script = read_script("by\n  simp only [f]\n  grind")
    sketch = sketch_of(script)
    assert [sketch.keeps(step.start) for step in script.root.steps] == [True, False]
    assert Sketch("by rfl").keeps(3)


@pytest.mark.parametrize(
    ("statement", "count"),
    [
        ("theorem t (a : Int) : a = a", 0),
        ("theorem t : ∃ x, x = 1", 1),
        ("theorem t (k : Int) : ∃ x y : Int, x = y", 2),
        ("theorem t : ∃ x > 0, ∃ y, x = y", 2),
        ("theorem t : ∃ (n : Nat), n = n", 1),
        ("theorem t (p : Prop) : p → ∃ x, x = 1", 1),
        ("theorem t : ∀ k : Int, 0 < k → (∃ x y, x + y = k)", 2),
        ("theorem t (h : ∃ x, x = 1) (p q : Prop) : p ∧ q", 0),  # of a hypothesis
        ("theorem t : (∃ x, x = 1) ∧ 1 = 1", 0),  # of a conjunct
        ("theorem t : 1 = 1 ∧ ∃ x, x = 1", 0),
        ("theorem t : ¬ ∃ x : Nat, x < 0", 0),
        ("theorem t : (∃ x : Nat, x < 0) → False", 0),
    ],
)
def test_existential_variables_of_the_conclusion_are_counted(statement: str, count: int) -> None:
    assert existentials(statement) == count


def test_a_pair_is_a_witness_only_where_the_goal_asks_for_one() -> None:
    script = read_script("by\n  exact ⟨ha, hb⟩")
    other = "theorem t (h : ∃ x : Nat, x = 1) (p q : Prop) (ha : p) (hb : q) : p ∧ q"
    assert sketch_of(script, existentials(other)).text == "by\n  sorry"


def test_only_a_hole_may_be_wrong_with_a_sketch() -> None:
    assert elaborates(Outcome.CHEATED, "axiom audit", "error: rests on sorryAx")
    assert elaborates(Outcome.PROVED, "", "")
    assert not elaborates(Outcome.CHEATED, "axiom audit", "error: rests on Lean.ofReduceBool")
    assert not elaborates(Outcome.CHEATED, "kernel replay", "sorryAx")
    assert not elaborates(Outcome.REJECTED, "", "error: unsolved goals")
    assert not elaborates(Outcome.TIMEOUT, "axiom audit", "sorryAx")
