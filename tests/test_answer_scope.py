"""What an answer opens and sets before its theorem holds in the body that is judged."""

from __future__ import annotations

import pytest

from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.protocol import Problem
from physprover.prompts.extract import body_in_answer, body_in_prefill
from physprover.records import Outcome

DEEP = "theorem t : (List.range 600).foldl (· + ·) 0 = 179700"
SHORT = "theorem z (n : Nat) : n + 1 ≠ 0"
ARMS = "theorem t : ∀ n : Nat, 0 ≤ n"
CHAIN = "theorem c (a b : Nat) (h : a = b) : b = a"
BOTH = "theorem t : 1 = 1 ∧ 2 = 2"
LIMIT = "set_option maxRecDepth 100000"
STEPS = "b = b := rfl\n  _ = a := h.symm"


def body_of(code: str, statement: str, header: str = "") -> str:
    return body_in_answer(f"So:\n```lean4\n{code}\n```", statement, header)


PROVED = {
    "a limit of the theorem": (DEEP, f"{LIMIT} in\n{DEEP} := by decide"),
    "a limit on its own line": (DEEP, f"{LIMIT}\n\n{DEEP} := by\n  decide"),
    "a limit, a term around": (DEEP, f"{LIMIT}\n{DEEP} := id (by decide)"),
    "a limit, a term of several lines": (DEEP, f"{LIMIT}\n{DEEP} := id\n    (by decide)"),
    "a limit, a term on lines of its own": (DEEP, f"{LIMIT}\n{DEEP} :=\n  id\n    (by decide)"),
    "a limit, tactics behind `by`": (
        DEEP,
        f"{LIMIT}\n{DEEP} := by have := 1\n{' ' * len(DEEP)}       decide",
    ),
    "the preamble of another library": (
        DEEP,
        f"import Mathlib\n{LIMIT}\nset_option maxHeartbeats 400000\nset_option Else.where true\nopen Real Nat\n{DEEP} := by decide",
    ),
    "open": (SHORT, f"open Nat\n\n{SHORT} := succ_ne_zero n"),
    "open of the theorem": (SHORT, f"open Nat in\n{SHORT} := succ_ne_zero n"),
    "open on the theorem's line": (SHORT, f"open Nat in {SHORT} := by exact succ_ne_zero n"),
    "open of one name": (SHORT, f"open Nat (succ_ne_zero)\n{SHORT} := succ_ne_zero n"),
    "open under another name": (SHORT, f"open Nat renaming succ_ne_zero → it in\n{SHORT} := it n"),
    "open scoped, and a comment": (
        SHORT,
        f"open scoped Nat -- for `!`\nopen Nat /- end -/\n{SHORT} := succ_ne_zero n",
    ),
    "open for a helper": (
        SHORT,
        f"open Nat\ntheorem k (m : Nat) : m + 1 ≠ 0 := succ_ne_zero m\n{SHORT} := by\n  exact k n",
    ),
    "open for a helper alone": (
        SHORT,
        f"open Nat in\ntheorem k (m : Nat) : m + 1 ≠ 0 := by\n  exact succ_ne_zero m\n\n{SHORT} := k n",
    ),
    "a helper's namespace": (
        SHORT,
        f"namespace H\ntheorem k (m : Nat) : m + 1 ≠ 0 := Nat.succ_ne_zero m\nend H\nopen H\n{SHORT} := k n",
    ),
    "a helper with a dotted name": (
        SHORT,
        f"theorem Nat.h1 (a b : Nat) (h : b = a) : a + 1 ≠ 0 := by\n  exact Nat.succ_ne_zero a\n\n{SHORT} := Nat.h1 n n rfl",
    ),
    "a helper of any universe": (
        SHORT,
        f"theorem k.{{u}} {{p : Sort u}} (h : p) : Nonempty p := ⟨h⟩\n{SHORT} := by\n  exact (k (Nat.succ_ne_zero n)).elim id",
    ),
    "variables": (
        SHORT,
        f"section\nvariable {{α : Type}} [Inhabited α] (b : Bool) (m k : Nat)\ntheorem h (x : α) : m + 1 ≠ 0 ∧ x = x := ⟨Nat.succ_ne_zero m, rfl⟩\nend\n{SHORT} := (h n ()).1",
    ),
    "a variable of one helper": (
        SHORT,
        f"variable (m : Nat) in\ntheorem h : m + 1 ≠ 0 := Nat.succ_ne_zero m\n{SHORT} := h n",
    ),
    "variables of a definition": (
        SHORT,
        f"variable (m : Nat)\ndef h : {{ k : Nat // m + 1 ≠ 0 }} := ⟨m, Nat.succ_ne_zero m⟩\n{SHORT} := (h n).2",
    ),
    "a namespace around it": (
        "theorem A.B.z (n : Nat) : n + 1 ≠ 0",
        f"namespace A\nnamespace B\ntheorem k (m : Nat) : m + 1 ≠ 0 := Nat.succ_ne_zero m\n{SHORT} := k n\nend B\nend A",
    ),
    "a namespace around it in part": (
        "theorem B.z (n : Nat) : n + 1 ≠ 0",
        f"namespace A\nnamespace B\n{SHORT} := Nat.succ_ne_zero n\nend B\nend A",
    ),
    "a helper by its longer name": (
        SHORT,
        f"namespace A.H\ntheorem k (m : Nat) : m + 1 ≠ 0 := Nat.succ_ne_zero m\ntheorem l (m : Nat) : m + 1 ≠ 0 := H.k m\n"
        f"end A.H\n{SHORT} := by\n  exact (A.H.l n |>\n         id)",
    ),
    "an abbreviation": (
        SHORT,
        f"abbrev N : Type := Nat\nabbrev P (a b : N) : Prop := a + b ≠ 0\ntheorem k (m : N) : P m 1 := Nat.succ_ne_zero m\n{SHORT} := k n",
    ),
    "a helper of a recursion": (
        "theorem t (n : Nat) : 0 ≤ n",
        "theorem k (m : Nat) : 0 ≤ m := Nat.zero_le m\ntheorem t (n : Nat) : 0 ≤ n := by\n  match n with\n  | 0 => exact k 0\n"
        "  | m + 1 => exact Nat.le_succ_of_le (t m)\ntermination_by n",
    ),
    "a helper beside its own": (
        SHORT,
        f"theorem k (m : Nat) : m + 1 ≠ 0 := by\n  exact Nat.succ_ne_zero m\n{SHORT} := by\n  have := mine\n  exact k n\n"
        "where\n    mine : Nat := 1",
    ),
    "a helper of a structure": (
        BOTH,
        f"theorem k : 1 = 1 := rfl\n{BOTH} where\n  left := k\n  right := rfl",
    ),
    "arms": (
        ARMS,
        f"open Nat\n{ARMS}\n  | 0 => zero_le 0\n  | n + 1 => by have := t n; exact zero_le _",
    ),
    "arms and a limit": (
        ARMS,
        f"open Nat\n{LIMIT}\n{ARMS}\n| 0 => zero_le 0\n| n + 1 => by have := t n; exact zero_le _",
    ),
    "where": (BOTH, f"open Nat\n{LIMIT}\n{BOTH} where\n  left := rfl\n  right := rfl"),
    "calc": (CHAIN, f"open Nat\n{CHAIN} := calc {STEPS}"),
    "calc and a limit": (CHAIN, f"{LIMIT}\nopen Nat\n{CHAIN} := calc\n  {STEPS}"),
    "calc on lines of its own": (CHAIN, f"{LIMIT} in\n{CHAIN} :=\n  calc\n  {STEPS}"),
}


@pytest.mark.parametrize("shape", PROVED)
def test_what_stands_before_a_theorem_holds_in_its_proof(lean: EmbeddedEngine, shape: str) -> None:
    statement, code = PROVED[shape]
    verdict = lean.check(Problem(header="", statement=statement), body_of(code, statement))
    assert verdict.outcome is Outcome.PROVED, verdict.messages


def test_an_axiom_stays_one_under_an_option(lean: EmbeddedEngine) -> None:
    body = body_of(f"open Nat\n{LIMIT}\n{SHORT} := by\n  sorry", SHORT)
    assert lean.check(Problem(header="", statement=SHORT), body).outcome is Outcome.CHEATED


@pytest.mark.parametrize(
    ("header", "before", "carried"),
    [
        ("", "", ""),
        ("", "open Nat\nopen Nat Int", "open Nat Int in "),
        ("open Nat\n", "open Nat Int", "open Int in "),
        ("open Nat\n", "open Nat", ""),
        ("section\nopen Nat\nend\n", "open Nat", "open Nat in "),
        ("", "section\nopen Nat\nend", ""),
        ("", "namespace A\nopen Nat\nnamespace B", "open Nat in "),
        ("", "open Real", ""),  # core Lean has no such namespace
        ("def Real.one := 1\n", "open Real", "open Real in "),
        ("import Mathlib\n", "open Real", "open Real in "),
        ("import Mathlib\n", "import Other\nopen Real", ""),
        ("import Mathlib\n", "def Mine.one := 1\nopen Mine", ""),
        ("", "open Nat hiding add in", "open Nat hiding add in "),
        ("", "set_option pp.all true\nset_option linter.all false", ""),
        ("set_option maxHeartbeats 0\n", "set_option maxHeartbeats 0", ""),
        (
            "",
            "set_option maxRecDepth 10\nset_option maxRecDepth 20",
            "set_option maxRecDepth 20 in",
        ),
        ("set_option maxRecDepth 20\n", "set_option maxRecDepth 20", ""),
        ("set_option maxRecDepth 20\n", "set_option maxRecDepth 30", "set_option maxRecDepth 30 in"),
        ("import A\n", "set_option smartUnfolding false", "set_option smartUnfolding false in"),
        ("", "set_option maxRecDepth 9 + 1", ""),
        ("", 'set_option maxRecDepth "a\nend A\ntheorem b : False"', ""),
        ("", "open Nat;\naxiom b : False", ""),
        ("", "open «Nat in sorry»", ""),
        ("", "open Nat (succ) (add)", ""),
        ("", "open Nat := sorry", ""),
    ],
)
def test_only_whole_commands_that_matter_are_said_again(header: str, before: str, carried: str) -> None:
    body = body_of(f"{before}\n{SHORT} := by\n  simp", SHORT, header)
    if carried.startswith("set_option"):
        assert body == f"by {carried}\n  simp"
    else:
        assert body == f"{carried}by\n  simp"


def test_a_limit_is_set_before_the_statement_where_lean_reads_it() -> None:
    code = f"open Nat\nset_option maxHeartbeats 0 in\n{SHORT} := by\n  simp"
    assert body_of(code, SHORT) == "set_option maxHeartbeats 0\n-- statement\nopen Nat in by\n  simp"


def test_the_statements_own_prefix_is_not_repeated() -> None:
    own = f"open Nat in {SHORT}"
    assert body_of(f"open Nat\n{own} := succ_ne_zero n", own) == "succ_ne_zero n"


def test_a_hole_stays_a_hole_and_loses_to_a_proof() -> None:
    blocks = [f"```lean4\nopen Nat\n{SHORT} := {body}\n```" for body in ("succ_ne_zero n", "by")]
    assert body_in_answer("\n".join(blocks), SHORT, "") == "open Nat in succ_ne_zero n"


def test_a_repeated_statement_behind_a_prefill_keeps_its_scope() -> None:
    completion = f"\nopen Nat in\n{SHORT} := by\n  exact succ_ne_zero n\n```"
    assert body_in_prefill(completion, SHORT, "") == "open Nat in by\n  exact succ_ne_zero n"
