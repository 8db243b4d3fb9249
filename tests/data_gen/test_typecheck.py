"""What the type check refuses, Lean refuses; what the shipped library states, it lets through."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from data_gen.candidates import from_text
from data_gen.extract import extract
from data_gen.headers import read_header
from data_gen.library import read_library
from data_gen.typecheck import mismatch
from physprover.errors import HeaderError
from physprover.lean.protocol import Problem
from physprover.lean.text.terms import parse_statement
from physprover.records import Theorem

if TYPE_CHECKING:
    from physprover.lean.embedded.engine import EmbeddedEngine

HEADER = """namespace T
inductive Spin where
  | up
  | down
def flip : Spin → Spin
  | .up => .down
  | .down => .up
structure Body where
  mass : Int
  speed : Int
def Body.momentum (b : Body) : Int := b.mass * b.speed
def twice (x : Int) : Int := x + x
def agree (p q : Spin) : Prop := p = q
"""
WRONG = {
    "(b : Body) : twice b = 0": "`twice` takes Int, not Body",
    "(x y : Int) : twice x y = 0": "`twice` takes 1 arguments, not 2",
    "(x : Int) : thrice x = 0": "nothing is called `thrice`",
    "(b : Body) : b.weight = 0": "a Body has no `weight`",
    "(x : Int) : x.mass = 0": "a Int has no `mass`",
    "(s : Spin) (x : Int) : flip s = x": "Spin beside Int",
    "(s : Spin) : flip s + s = s": "no arithmetic of Spin",
    "(x : Int) : twice x": "a Int is no proposition",
    "(p q r : Spin) : agree (agree p q) r": "`agree` takes Spin, not Prop",
    "(x : Int) (h : x y) : x = 0": "nothing is called `y`",
    "(a b : Body) : a < b": "a Body has no order",
    "(x : Int) : twice x) = 0": "a bracket is not closed, or never opened",
    "(x : Int) : twice (x = 0": "a bracket is not closed, or never opened",
    "(x : Int) : twice x = x = 0": "unexpected `=`",
    "(x : Int) : twice x = ( * x)": "unexpected `*`",
    "(x : Int) : twice x =": "it ends too early",
    "(f : Int → Int) : twice f = 0": "`twice` takes Int, not Int → Int",
    "(b : Body) : b = 0": "Body beside number",
    "(x : Int) : Int → Int": "Int is no proposition",
    "(l : List Int) : twice l = 0": "`twice` takes Int, not List Int",
    "(x : Int) : ∃ x = 0": "`∃ x =` binds nothing",
    "(n : Nat) : ∀ → n = 0": "`∀ →` binds nothing",
    "(x : Int) : x = ⟨x, 0⟩": "Int beside tuple",
    "(f : Int → Int) (h : f = f) : (fun _ : Int => 0) 1 = 0 ∧ f = 0": "Int → Int beside number",
    "(b : Body) : Body.weight b = 0": "nothing is called `Body.weight`",
    "(x : Int) : Nat : twice x = 0": "unexpected `:`",
}
RIGHT = (
    "(b : Body) : b.momentum = b.mass * b.speed",
    "(n : Nat) (x : Int) : twice n + x = x + 2 * n",
    "(s : Spin) : flip s ≠ .up ↔ s = Spin.up",
    "(f : Int → Int) (x : Int) : f (twice x) = f (x + x)",
    "(p q : Spin) (h : agree p q) : agree q p",
    "(l : List Int) : l.length = (l.map twice).length",
    "(n : Nat) : Int.natAbs (n : Int) = n",
    "(x : Int) (n : Nat) : x * -1 + n = n - x",
    "(x : Int) : ∃ b : Body, b = ⟨x, -1⟩ ∧ ∀ y > x, y ≠ x",
    "(x : Int) : (fun y => y + x) (-x) = 0",
    "(x : Int) (h : (1 + 1) ^ 2 = 4) : x = x",
)


def refuses(lean: EmbeddedEngine, statement: str) -> bool:
    try:
        lean.check(Problem(header=HEADER, statement=statement), "by trivial", 20.0)
    except HeaderError:
        return True
    return False


@pytest.mark.parametrize("text", WRONG)
def test_wrong_statements_are_named_and_lean_refuses_them_too(lean: EmbeddedEngine, text: str) -> None:
    statement = parse_statement(f"theorem t {text}")
    assert statement is not None
    assert mismatch(statement, read_header(HEADER)) == WRONG[text]
    assert refuses(lean, str(statement))
    parent = Theorem(name="T.seed", statement="theorem seed : True", header=HEADER)
    assert from_text(parent, str(statement), "self-play").reason == WRONG[text]
    # what a project imports is not in its headers
    assert from_text(parent.replace(engine="project"), str(statement), "llm").key


@pytest.mark.parametrize("text", RIGHT)
def test_right_statements_pass(lean: EmbeddedEngine, text: str) -> None:
    statement = parse_statement(f"theorem t {text}")
    assert statement is not None
    assert mismatch(statement, read_header(HEADER)) is None
    assert not refuses(lean, str(statement))


@pytest.mark.parametrize("library", ["PhysCore", "PhysField"])
def test_every_statement_of_the_shipped_libraries_passes(library: str) -> None:
    theorems = extract(read_library(Path(__file__).parents[2] / "lean" / library))[0]
    read = {t.name: (parse_statement(t.statement), read_header(t.header)) for t in theorems}
    refused = {n: m for n, (s, header) in read.items() if s is not None and (m := mismatch(s, header))}
    assert refused == {}
