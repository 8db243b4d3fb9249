"""Statements taken apart: binders, type, and what is left to show behind `∀` and `→`."""

import pytest

from physprover.lean.text.definitions import declarations
from physprover.lean.text.statements import conclusion, signature


@pytest.mark.parametrize(
    ("statement", "parts"),
    [
        ("theorem t (a : Int) {b : Nat} : a = b", ("(a : Int) {b : Nat}", "a = b")),
        ("theorem t : 1 = 1", ("", "1 = 1")),
        ("theorem t(a : Int): a = a", ("(a : Int)", "a = a")),
        ("lemma «a : b».{u} (α : Type u) (h : α := x) :\n  True", ("(α : Type u) (h : α := x)", "True")),
        ("theorem t", None),
        ("instance : Foo", None),
    ],
)
def test_signature(statement: str, parts: tuple[str, str] | None) -> None:
    assert signature(statement) == parts


@pytest.mark.parametrize(
    ("type_", "concluded"),
    [
        ("p", "p"),
        ("p → q", "q"),
        ("(p → q) → ∀ x : Nat, r x → (s x)", "s x"),
        ("(∀ x, p x → q x)", "q x"),
        ("∀ (f : Nat → Nat) (h : ∀ x, f x = x), f 0 = 0", "f 0 = 0"),
        ("p ∧ q → r", "r"),
        ("p ↔ q → r", "p ↔ q → r"),
        ("p ∧ ∀ x, q x → r x", "p ∧ ∀ x, q x → r x"),
        ("∃ f : Nat → Nat, f 0 = 0", "∃ f : Nat → Nat, f 0 = 0"),
        ("(∃ x, p x) ∧ (q)", "(∃ x, p x) ∧ (q)"),
        ("let y := 1; y = 1 → p", "let y := 1; y = 1 → p"),
        ("∀ broken", "∀ broken"),
    ],
)
def test_conclusion(type_: str, concluded: str) -> None:
    assert conclusion(f"theorem t (a : Nat) : {type_}") == concluded


def test_declarations_of_a_header_with_nested_comments_and_an_attribute_line() -> None:
    header = (
        "/- a /- b -/\ndef hidden := 1 -/\nnamespace N\n@[simp]\ndef f (x : Nat) : Nat := x -- twice\nend N\n"
    )
    assert {name: d.text for name, d in declarations(header).items()} == {"f": "(x : Nat) : Nat := x"}
