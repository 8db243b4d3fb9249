from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_gen.extract import extract_library
from physprover.lean.text.terms import (
    Binder,
    Statement,
    atom,
    bound_names,
    normal_form,
    parse_statement,
    relation,
    rename,
    split_at,
    substitute,
    top_level,
)

LIBRARY = Path(__file__).parents[3] / "lean" / "PhysCore"
NAMES = st.sampled_from(["x", "y", "m₀", "v'", "n"])


def read(text: str) -> Statement:
    statement = parse_statement(text)
    assert statement is not None
    return statement


def test_every_physcore_statement_is_read_and_written_back() -> None:
    for theorem in extract_library(LIBRARY):
        assert str(read(theorem.statement)) == " ".join(theorem.statement.split())


def test_what_brackets_bind() -> None:
    statement = read("theorem t {R : Type} [Ring R] (a b : R) : a = b")
    assert statement.bound() == {"R": "Type", "a": "R", "b": "R"}
    assert statement.of_type("R") == ["a", "b"]


def test_binders() -> None:
    statement = read("theorem t {R} [CommRing R] (x y : Int) (f : Nat → Int) (h : x ≤ y) : f 0 = x")
    assert [b.bracket for b in statement.binders] == ["{", "[", "(", "(", "("]
    assert statement.variables() == {"x": "Int", "y": "Int", "f": "Nat → Int"}
    assert statement.hypotheses() == {"h": "x ≤ y"}
    assert statement.arguments() == ("x", "y", "f", "h")


@pytest.mark.parametrize("text", ["theorem", "theorem t x : p", "def f : Nat", ""])
def test_what_is_not_read(text: str) -> None:
    assert parse_statement(text) is None


def test_substitution_drops_the_binder_and_brackets_the_term() -> None:
    statement = read("theorem t (x y : Int) (h : 0 ≤ x) : x * y = y * x")
    assert (
        str(statement.substitute("x", "a + 1"))
        == "theorem t (y : Int) (h : 0 ≤ (a + 1)) : (a + 1) * y = y * (a + 1)"
    )
    assert substitute("x.mass + xx + (x)", "x", "f b") == "(f b).mass + xx + (f b)"


def test_substitution_refuses_capture() -> None:
    statement = read("theorem t (x : Int) : ∃ w : Int, w = x")
    assert statement.substitute("x", "w + 1") is None
    assert read("theorem t (x : Int) : ∀ x : Int, x = x").substitute("x", "2") is None


@pytest.mark.parametrize(
    ("goal", "expected"),
    [
        ("f (a = b) = c", ("f (a = b)", "=", "c")),
        ("a ≤ b + 1", ("a", "≤", "b + 1")),
        ("a = b ∧ c = d", None),
        ("∃ x, x = 1", None),
        ("a = if b then c else d", None),
        ("(fun n => n) = g", ("(fun n => n)", "=", "g")),
        ("¬ a = b", None),
    ],
)
def test_relation(goal: str, expected: tuple[str, str, str] | None) -> None:
    assert relation(goal) == expected


def test_small_pieces() -> None:
    assert [t for t, _, _ in top_level("f (a b) [c] x")] == ["f", "(a b)", "[c]", "x"]
    assert split_at("a ↔ b", ("↔",)) == ("a", "↔", "b")
    assert bound_names("∃ w : Int, ∀ (a b : Nat), (fun i => i)") == {"w", "a", "b", "i"}
    assert [atom(t) for t in ("x", "(a) + (b)", "(a + b)", "3", "a + b")] == [
        "x",
        "((a) + (b))",
        "(a + b)",
        "3",
        "(a + b)",
    ]


@given(st.permutations(["x", "y", "z"]), st.sampled_from(["Int", "Nat"]))
def test_normal_form_ignores_names_only(names: list[str], kind: str) -> None:
    renaming = dict(zip(["x", "y", "z"], names, strict=True))
    text = "f x (g y) = z ∧ ∃ w : {kind}, w = x"
    one = Statement("a", (Binder("(", ("x", "y", "z"), kind),), text.format(kind=kind))
    two = Statement("b", (Binder("(", tuple(names), kind),), rename(one.goal, renaming))
    assert normal_form(one) == normal_form(two)
    other = Statement("a", (Binder("(", ("x", "y", "z"), "Bool"),), one.goal)
    assert normal_form(one) != normal_form(other)


@given(NAMES, NAMES, NAMES)
def test_renaming_there_and_back(a: str, b: str, c: str) -> None:
    text = f"{a}.mass + {b} * f {c} q"
    assert rename(rename(text, {"q": "r"}), {"r": "q"}) == text
