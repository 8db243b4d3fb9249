"""What an answer declares before its theorem is read before the statement, and judged with the proof."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.errors import DataError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.lean.text.problems import read_problem
from physprover.lean.text.statements import compose, has_sorry, is_hole, parted, with_commands
from physprover.prompts import get_prompt
from physprover.prompts.extract import Submission, body_in_answer
from physprover.records import Outcome, Theorem, Verdict

STATEMENT = "theorem t (n : Nat) : n + 2 = 2 + n"
HEADER = "namespace A\ndef two := 2\ntheorem two_eq : two = 2 := rfl\n"

PROVED = {
    "a definition that is unfolded": (STATEMENT, f"def two := 2\n{STATEMENT} := by\n  have : two = 2 := by unfold two; rfl\n  omega"),
    "a lemma for simp": (STATEMENT, f"@[simp] theorem swap (m : Nat) : m + 2 = 2 + m := by omega\n{STATEMENT} := by simp only [swap]"),
    "an attribute of its own": (
        STATEMENT,
        f"theorem swap (m : Nat) : m + 2 = 2 + m := by omega\nattribute [local simp] swap in\n{STATEMENT} := by simp",
    ),
    "a tactic": (STATEMENT, f'macro "swap" : tactic => `(tactic| omega)\n\n{STATEMENT} := by swap'),
    "rules of a tactic": (
        STATEMENT,
        f'syntax "swap" : tactic\nmacro_rules | `(tactic| swap) => `(tactic| omega)\n{STATEMENT} := by\n  swap',
    ),
    "notation": (STATEMENT, f'local notation "zwei" => 2\n{STATEMENT} := by\n  have : zwei = 2 := rfl\n  omega'),
    "notation of a namespace": (
        STATEMENT,
        f'namespace B\nlocal notation "zwei" => 2\ntheorem k : 2 = zwei := rfl\n{STATEMENT} := by\n  have : zwei = 2 := k.symm\n  omega\nend B',
    ),
    "a structure and an instance": (
        STATEMENT,
        f"structure P where\n  x : Nat\n  deriving Repr\n\ninstance : Inhabited P := ⟨⟨2⟩⟩\n\n{STATEMENT} := by\n"
        "  have : (default : P).x = 2 := rfl\n  omega",
    ),
    "a class": (
        STATEMENT,
        f"class Has (α : Type) where\n  it : α\n\ninstance : Has Nat where\n  it := 2\n\n{STATEMENT} := by\n"
        "  have : (Has.it : Nat) = 2 := rfl\n  omega",
    ),
    "an inductive type": (
        STATEMENT,
        f"inductive Side | left | right\n\ndef Side.size : Side → Nat\n  | .left => 2\n  | .right => 2\n\n"
        f"theorem Side.all (s : Side) : s.size = 2 := by cases s <;> rfl\n\n{STATEMENT} := by\n  have := Side.all .left\n  omega",
    ),
    "a mutual block": (
        STATEMENT,
        "mutual\ndef even : Nat → Bool\n  | 0 => true\n  | n + 1 => odd n\ndef odd : Nat → Bool\n  | 0 => false\n  | n + 1 => even n\nend\n\n"
        f"{STATEMENT} := by\n  have : odd 1 = true := by simp [odd, even]\n  omega",
    ),
    "theorems beside it in a mutual block": (
        STATEMENT,
        f"open Nat\ndef two := 2\nmutual\ntheorem u (n : Nat) : n + 3 = 3 + n := by\n  cases n with\n  | zero => rfl\n"
        f"  | succ k => have := t k; omega\n{STATEMENT} := by\n  cases n with\n  | zero => rfl\n"
        "  | succ k => have : two = 2 := rfl; have := u k; omega\nend",
    ),
    "a theorem behind it in a mutual block": (
        STATEMENT,
        f"open Nat\nmutual\n/-- T. -/\n{STATEMENT} :=\n  match n with\n  | 0 => rfl\n  | k + 1 => by have := u k; omega\n"
        "theorem u : (n : Nat) → n + 3 = 3 + n\n  | 0 => rfl\n  | k + 1 => by have := t k; have := succ_ne_zero k; omega\nend",
    ),
    "universes": (
        STATEMENT,
        f"universe u v\ntheorem k.{{w}} (α : Type (max u v w)) (a : α) : a = a := rfl\n{STATEMENT} := by\n  have := k Nat n\n  omega",
    ),
    "variables": (STATEMENT, f"variable {{m}}\ntheorem k : m + 2 = 2 + m := by omega\n{STATEMENT} := k"),
    "a section that is closed": (
        STATEMENT,
        f"section Side\nvariable (m : Nat)\ntheorem k : m + 2 = 2 + m := by omega\nend Side\n{STATEMENT} := k n",
    ),
    "a private definition": (STATEMENT, f"private def two := 2\n{STATEMENT} := by\n  have : two = 2 := rfl\n  omega"),
    "a recursion": (
        STATEMENT,
        f"def sum : Nat → Nat\n  | 0 => 0\n  | n + 1 => sum n + 1\ntermination_by n => n\n{STATEMENT} := by omega",
    ),
    "namespaces around all of it": (
        "theorem A.B.t (n : Nat) : n + 2 = 2 + n",
        f"namespace A.B\nopen Nat\ndef two := 2\n@[simp] theorem two_eq : two = 2 := rfl\n{STATEMENT} := by\n"
        "  have : two = 2 := by simp\n  have := succ_ne_zero n\n  omega\nend A.B",
    ),
    "a limit": (STATEMENT, f"set_option maxHeartbeats 400000 in\n{STATEMENT} := by omega"),
    "a limit and a tactic": (
        STATEMENT,
        f'open Lean in\nmacro "swap" : tactic => `(tactic| omega)\nset_option maxHeartbeats 400000 in\n{STATEMENT} := by swap',
    ),
    "an earlier try, and a lemma that is wrong and unused": (
        STATEMENT,
        f"{STATEMENT} := by rfl\n\ntheorem wrong : 1 = 2 := by rfl\n\ndef two := 2\n{STATEMENT} := by\n  have : two = 2 := rfl\n  omega",
    ),
    "a definition written twice": (
        STATEMENT,
        f"def two := 3\n\ndef two := 2\n{STATEMENT} := by\n  have : two = 2 := rfl\n  omega",
    ),
    "a lemma by Mathlib's word": (
        STATEMENT,
        f"/-- Swaps. -/\n@[simp] lemma k (m : Nat) : m + 2 = 2 + m := by omega\nlemma l (m : Nat) : m + 2 = 2 + m := k m\n{STATEMENT} := l n",
    ),
    "a structure that only a variable names": (
        STATEMENT,
        f"structure Osc where\n  k : Nat\n  m : Nat\nvariable (o : Osc)\ndef stiff : Nat := o.k + o.m\n"
        f"theorem e : stiff o = o.k + o.m := rfl\n{STATEMENT} := by\n  have := e ⟨n, 2⟩\n  omega",
    ),
    "a structure that only a prefix names": (
        STATEMENT,
        f"structure P where\n  x : Nat\nvariable (p : P) in\ntheorem k : p.x + 2 = 2 + p.x := by omega\n{STATEMENT} := k ⟨n⟩",
    ),
    "a namespace that loses what it held": (
        STATEMENT,
        f"def H.z : Nat := 1\nopen H\ntheorem k (m : Nat) : m + 2 = 2 + m := by omega\n{STATEMENT} := k n",
    ),
    "a type whose namespace is opened": (
        STATEMENT,
        f"inductive Side | left | right\nopen Side\n{STATEMENT} := by\n  have : left ≠ right := by intro h; cases h\n  omega",
    ),
    "a namespace that is opened under other names": (
        STATEMENT,
        f"namespace H\ntheorem k (m : Nat) : m + 2 = 2 + m := by omega\nend H\nopen H renaming k → kk\n{STATEMENT} := kk n",
    ),
    "a namesake in another namespace": (
        STATEMENT,
        f"theorem Helper.t (m : Nat) : m + 2 = 2 + m := by omega\n{STATEMENT} := Helper.t n",
    ),
    "a class abbreviation": (
        STATEMENT,
        f"class abbrev Both (α : Type) := Add α, Mul α\ninstance : Both Nat := {{}}\n"
        f"theorem k {{α : Type}} [Both α] (a : α) : a = a := rfl\n{STATEMENT} := by\n  have := k n\n  omega",
    ),
    "a core namespace and a core option": (
        STATEMENT,
        f"set_option tactic.hygienic false\nopen Ordering\ndef up := lt\n{STATEMENT} := by\n  have : up = lt := rfl\n  omega",
    ),
    "the mark in the comments of all": (
        STATEMENT,
        f"/--\n-- statement\n-/\ntheorem k (m : Nat) : m + 2 = 2 + m := by\n-- statement\n  omega\n{STATEMENT} := by\n-- statement\n  exact k n",
    ),
    "the mark in a proof without commands": (STATEMENT, f"{STATEMENT} := by\n-- statement\n  omega"),
    "the mark in a comment of its own": (
        STATEMENT,
        f"def two := 2\n-- statement\n{STATEMENT} := by\n  have : two = 2 := rfl\n  -- statement\n  omega",
    ),
}  # fmt: skip


def body_of(code: str, statement: str = STATEMENT, header: str = "") -> str:
    return body_in_answer(f"So:\n```lean4\n{code}\n```", statement, header)


@pytest.mark.parametrize("shape", PROVED)
def test_what_an_answer_declares_comes_along(lean: EmbeddedEngine, shape: str) -> None:
    statement, code = PROVED[shape]
    verdict = lean.check(Problem(header="", statement=statement), body_of(code, statement))
    assert verdict.outcome is Outcome.PROVED, verdict.messages


@pytest.mark.parametrize(
    ("code", "statement"),
    [
        (f"theorem k : two = 2 := two_eq\n{STATEMENT} := by\n  have := k\n  omega", STATEMENT),
        (f"{HEADER}theorem k : two = 2 := two_eq\n{STATEMENT} := by\n  have := k\n  omega\nend A", STATEMENT),
        (f"{HEADER}end A\nopen A\ntheorem k : two = 2 := two_eq\n{STATEMENT} := by\n  have := k\n  omega", STATEMENT),
        (f"namespace A\n{STATEMENT} := by\n  have := two_eq\n  omega\nend A", STATEMENT),
        (f"{HEADER}namespace B\n@[simp] theorem k : two = 2 := two_eq\n{STATEMENT} := by\n  have : two = 2 := by simp\n  omega",
         "theorem B.t (n : Nat) : n + 2 = 2 + n"),
    ],
)  # fmt: skip
def test_what_the_header_says_is_not_said_again(lean: EmbeddedEngine, code: str, statement: str) -> None:
    body = body_of(code, statement, HEADER)
    assert "def two" not in body
    verdict = lean.check(Problem(header=HEADER, statement=statement), body)
    assert verdict.outcome is Outcome.PROVED, (body, verdict.messages)


RETOLD = {
    "universes": (
        "universe u v\n",
        "universe u w\nuniverse v\n@[simp] theorem k (α : Type (max u v w)) (a : α) : (a, a).1 = a := rfl",
    ),
    "an instance in other words": (
        "structure V where\n  x : Nat\ninstance : Add V := ⟨fun a b => ⟨a.x + b.x⟩⟩\n",
        "instance instAddV : Add V where\n  add a b := ⟨a.x + b.x⟩\n@[simp] theorem k (a b : V) : a + b = a + b := rfl",
    ),
    "variables": (
        "variable (n : Nat) {α : Type}\n",
        "variable (n : Nat) {α : Type}\n@[simp] theorem k (a : α) : (a, a).1 = a := rfl",
    ),
    "an opened namespace": ("open Nat\n", "open Nat Int\n@[simp] theorem k : succ 1 = 2 := rfl"),
}


@pytest.mark.parametrize("shape", RETOLD)
def test_a_header_may_be_told_in_other_words(lean: EmbeddedEngine, shape: str) -> None:
    header, said = RETOLD[shape]
    statement = "theorem t (m : Nat) : m + 2 = 2 + m"
    body = body_of(f"{said}\n{statement} := by\n  omega", statement, header)
    verdict = lean.check(Problem(header=header, statement=statement), body)
    assert verdict.outcome is Outcome.PROVED, (body, verdict.messages)


CHEATED = {
    "an axiom": (f"axiom k : ∀ m : Nat, m + 2 = 2 + m\n{STATEMENT} := k n", "axiom audit"),
    "a hole": (f"theorem k (m : Nat) : m + 2 = 2 + m := sorry\n{STATEMENT} := k n", "axiom audit"),
    "an instance that the statement would use": (
        f"instance (priority := 2000) : HAdd Nat Nat Nat := ⟨fun _ _ => 0⟩\n{STATEMENT} := rfl",
        "statement binding",
    ),
    "a macro": (
        f'macro_rules | `($_ + $_) => `(0)\n{STATEMENT} := rfl',
        "statement binding",
    ),
    "a type of the statement's": (f"namespace Q\ndef Nat := Unit\nend Q\nopen Q in\n{STATEMENT} := rfl", None),
}  # fmt: skip


@pytest.mark.parametrize("shape", CHEATED)
def test_commands_are_trusted_no_more_than_the_proof(lean: EmbeddedEngine, shape: str) -> None:
    code, check = CHEATED[shape]
    verdict = lean.check(Problem(header="", statement=STATEMENT), body_of(code))
    assert verdict.outcome in (Outcome.CHEATED, Outcome.REJECTED)
    if check is not None:
        assert (verdict.outcome, verdict.check) == (Outcome.CHEATED, check)


def test_a_statement_that_is_changed_is_told() -> None:
    posed = read_problem(STATEMENT)
    given = Submission.of(posed, "", f"```lean4\n{CHEATED['a macro'][0]}\n```")
    verdict = Verdict(outcome=Outcome.CHEATED, check="statement binding", messages=("types differ",))
    assert given.told(verdict).messages[0].startswith("with what the answer declares")


@given(
    st.sampled_from(
        ["", "def a := 1", "open Nat in", "set_option maxHeartbeats 0", "/-- a -/ @[simp] theorem a : b := c"]
    ),
    st.sampled_from(["by simp", "| 0 => rfl", "where\n  a := b", ":= rfl", "by\n-- statement\n  simp"]),
)
def test_commands_and_body_come_apart_as_they_were_joined(commands: str, body: str) -> None:
    joined = with_commands(commands, body)
    lead, rest = parted(joined)
    assert (lead.strip(), rest) == (commands, body)
    assert compose("theorem t : p", joined) == lead + compose("theorem t : p", body)


def test_a_proof_with_commands_is_a_whole_proof() -> None:
    proof = with_commands("def two := 2", "by sorry")
    assert is_hole(proof)
    assert has_sorry(proof)
    assert not is_hole(with_commands("def two := 2", "by simp"))
    posed = read_problem(f"{STATEMENT} := by")
    assert posed.body(with_commands("def two := 2", "by simp")) == "def two := 2\n-- statement\nby simp"
    assert posed.body(with_commands("def two := 2", "  simp")) == "def two := 2\n-- statement\nby\n    simp"


@pytest.mark.parametrize("name", ["deepseek-prover-v2", "kimina", "goedel"])
def test_a_proof_with_commands_is_taught_where_the_model_writes_the_theorem(name: str) -> None:
    theorem = Theorem(name="t", statement=STATEMENT, header=HEADER)
    proof = with_commands("@[simp] def three := 3", "by\n  simp [three]")
    prompt = get_prompt(name)
    assert prompt.extract(prompt.target(theorem, proof), theorem) == proof


def test_a_prompt_that_states_the_theorem_already_cannot_say_it() -> None:
    theorem = Theorem(name="t", statement=STATEMENT, header=HEADER)
    with pytest.raises(DataError, match="commands of its own"):
        get_prompt("physprover").target(theorem, with_commands("def three := 3", "by simp"))
