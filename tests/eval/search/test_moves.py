"""What the moves make of a statement and of Lean's messages; pure text."""

import pytest

from eval.search.budget import DEFAULT, Budget
from eval.search.case import Case, Move, closers, closing, leaf_theorem
from eval.search.desk import Desk, Limits, Tried, writable
from eval.search.experience import Experience
from eval.search.library import Retriever, features, witnesses
from eval.search.moves import decompositions, fault_of, renamed, repairs, sketches
from eval.search.sketch import LeanError
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Theorem
from tests.scripted import ScriptedPool

HEADER = """\
structure Body where
  mass : Int
  vel : Int
inductive Spin where
  | up
  | down
def total : List Int → Int
  | [] => 0
  | x :: xs => x + total xs
theorem total_nil : total [] = 0 := sorry
"""


def case_of(binders: str, goal: str, premises: tuple[str, ...] = ("total",)) -> Case:
    theorem = Theorem(name="t", header=HEADER, statement=f"theorem t {binders} : {goal}", premises=premises)
    limits = Limits(max_prompt_tokens=8, max_new_tokens=8)
    nobody = ScriptedPool(lambda _: Outcome.REJECTED)
    desk = Desk(theorem, Problem.of(theorem), Budget(DEFAULT), nobody, None, limits)
    return Case(theorem, desk, Retriever(), Experience().seen_from(features(theorem)))


def checked(case: Case, move: Move) -> list[str]:
    """The texts that a move has Lean check."""
    before = set(case.desk.tried)
    move.run(case)
    return [proof for proof in case.desk.tried if proof not in before]


def forms(case: Case) -> dict[str, str]:
    found = dict(sketches(case))
    assert [move.arm for move in decompositions(case)] == [f"decompose {form}" for form in found]
    return {form: f"by\n  {text}" for form, text in found.items()}


def test_sketches_follow_the_form_of_the_statement() -> None:
    found = forms(case_of("(l : List Int) (c : Int)", "total (c :: l) = c + total l"))
    assert found["induction"] == "by\n  induction l with\n  | nil =>\n    ⟪0⟫\n  | cons l₀ l ih =>\n    ⟪1⟫"
    assert "induction l generalizing c with" in found["induction, others general"]
    assert "constructor" not in found
    both = forms(case_of("(s : Spin) (b : Body) (p : Int × Int)", "s = s ∧ b = b", ()))
    assert both["constructor"].count("⟪") == 2
    assert both["cases of structures"] == "by\n  cases b <;> cases p\n  ⟪0⟫"
    assert both["cases"] == "by\n  cases s <;> cases b <;> cases p\n  all_goals\n    ⟪0⟫"
    assert forms(case_of("(x : Int)", "x = x", ())) == {}


def test_templates_without_definitions_are_left_out() -> None:
    bare, told = case_of("(x : Int)", "x = x", ()), case_of("(l : List Int)", "total l = total l")
    assert closing(bare, "simp [defs]") == ""
    assert closing(told, "simp only [defs]; grind") == "simp only [total]\ngrind"
    assert closing(told, "fun_induction [recursive] <;> grind") == "fun_induction total <;> grind"
    assert closing(case_of("(b : Body)", "b.mass = b.mass", ("Body",)), "fun_induction [recursive]") == ""
    assert set(closers(bare)) < set(closers(told))


def test_an_existential_is_offered_terms_of_the_statement_and_its_header() -> None:
    case = case_of("(l : List Int) (x : Int)", "∃ y, total (x :: l) = x + y")
    terms = [term for term, _ in witnesses(case.theorem)]
    assert terms[:3] == ["l", "x", "-x"]
    assert {"0", "[]", "Spin.up", "total l"} <= set(terms)
    assert terms.index("x") < terms.index("total l")
    texts = case.witness_scripts
    assert "  | (exact ⟨_, rfl⟩)" in texts[0]
    assert "  | (refine ⟨total l, ?_⟩; grind [total])" in "\n".join(texts).splitlines()
    (two, *_) = case_of("(x : Int)", "∃ a b, a = x ∧ b = -x").witness_scripts
    assert "  | (refine ⟨x, -x, ?_⟩; grind [total])" in two.splitlines()
    assert case_of("(x : Int)", "x = x").witness_scripts == []


MESSAGE = """unsolved goals
case succ
R : Type
inst✝ : Ring R
n : Nat
ih : total [n] =
  n
⊢ total [n + 1] = n + 1

case other
⊢ False"""


def test_a_hole_as_a_statement_for_the_prover() -> None:
    found = leaf_theorem(case_of("(n : Nat)", "total [n] = n").theorem, MESSAGE)
    assert found is not None
    assert found.statement == (
        "theorem leaf (R : Type) [Ring R] (n : Nat) (ih : total [n] = n) : total [n + 1] = n + 1"
    )
    assert found.premises == ("total",)


@pytest.mark.parametrize("context", ["n✝ : Nat\n⊢ n✝ = 0", "x : Nat := 3\n⊢ x = 3", "no goal at all"])
def test_a_hole_that_cannot_be_written_down_is_left(context: str) -> None:
    assert leaf_theorem(case_of("(n : Nat)", "n = n").theorem, f"unsolved goals\n{context}") is None


def test_unknown_names_are_dropped_or_replaced() -> None:
    proof = "by\n  simp [totl, foo, ← totl]"
    assert renamed(proof, "totl", ["total", "t"]) == ["by\n  simp [foo]", "by\n  simp [total, foo, ← total]"]
    assert renamed("by\n  exact bar", "bar", ["completely_different"]) == []


def failed(proof: str, message: str, arm: str = "direct") -> Tried:
    return Tried(arm=arm, proof=proof, outcome=Outcome.REJECTED, messages=(message,))


def test_repairs_take_the_attempt_that_came_furthest() -> None:
    case = case_of("(l : List Int)", "total l = total l")
    for tried in (
        failed("by\n  simp\n  grind", "error: 2:2: `grind` failed"),
        failed("by\n  simp\n  rfl\n  grind [total]", "error: 4:2: `grind` failed"),
        failed("by\n  simp [totl]", "error: 2:8: Unknown identifier `totl`"),
        failed("by\n  simp\n  grind", "error: 3:2: `grind` failed", arm="script grind"),
    ):
        case.desk.tried[tried.proof + tried.arm] = tried
    names, reopened = sorted(repairs(case), key=lambda move: move.arm, reverse=True)
    assert (names.arm, reopened.arm) == ("repair names", "repair grind")
    assert checked(case, names) == ["by\n  simp []", "by\n  simp [total]"]
    filled = checked(case, reopened)
    assert filled
    assert all(proof.startswith("by\n  simp\n  rfl\n  ") for proof in filled)
    assert case.repaired == {"by\n  simp [totl]", "by\n  simp\n  rfl\n  grind [total]"}
    assert not list(repairs(case))


def test_drafts_with_names_of_nothing_are_mended_first() -> None:
    case = case_of("(l : List Int)", "total l = total l")
    case.drafts.append("by\n  simp [total, <|d3|>]")
    (move,) = repairs(case)
    assert move.arm == "repair names"
    assert checked(case, move) == ["by\n  simp [total]"]
    assert not list(repairs(case))
    assert not writable("by\n  simp [<|l0|>]")
    assert not writable("  \n")


def test_classes_of_errors() -> None:
    said = {
        "unsolved goals\n⊢ False": "unsolved goals",
        "`simp` made no progress": "made no progress",
        "omega could not prove the goal": "omega",
        "unexpected token ']'; expected ')'": "unexpected token",
        "Tactic `rfl` failed": "failed",
    }
    assert {text: fault_of(LeanError(line=1, column=0, text=text)) for text in said} == said
