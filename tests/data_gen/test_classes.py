"""A theorem about integers posed for every ring, and back: the text that is made, and what Lean makes of it."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

import pytest

from data_gen.candidates import proof_text, tactics
from data_gen.headers import read_header
from data_gen.mutations import mutate
from data_gen.mutations.classes import abstract, instantiate
from data_gen.mutations.laws import Carrier
from data_gen.mutations.seeds import Seed
from physprover.errors import HeaderError
from physprover.lean.protocol import Problem
from physprover.lean.text.terms import parse_statement
from physprover.records import Theorem

if TYPE_CHECKING:
    from data_gen.mutations.seeds import Draft, Rule
    from physprover.lean.embedded.engine import EmbeddedEngine

HEADER = """namespace T
structure Body where
  mass : Int
  speed : Int
  deriving DecidableEq
structure Ray where
  speed : Int
  height : Int
inductive Spin where
  | up
  | down
def sign : Spin → Int
  | .up => 1
  | .down => -1
def fall (v g : Int) : Nat → Int
  | 0 => v
  | n + 1 => fall v g n - g
def Body.momentum (b : Body) : Int := b.mass * b.speed
def Body.boost (b : Body) (v : Int) : Body := ⟨b.mass, b.speed + v⟩
def light (c p : Int) : Prop := c * p = p * c
def half (x : Int) : Int := x / 2
def clip : Int → Int
  | 0 => 1
  | x => x
def count : Nat → Nat
  | 0 => 0
  | n + 1 => count n + 1
def Ray.bent (r : Ray) : Int := r.height - r.speed
class Torsor (α : Type) where
  shift : α → Nat → α
  shift_zero : ∀ a, shift a 0 = a
"""
WITH_INSTANCE = HEADER + "instance : Torsor Int where\n  shift a n := a + n\n  shift_zero a := by simp\n"


def drafts(rule: Rule, statement: str, proof: str = "by grind", header: str = HEADER) -> dict[str, Draft]:
    parsed = parse_statement(f"theorem t {statement}")
    assert parsed is not None
    seed = Seed("T.t", parsed, tactics(proof), read_header(header))
    return {str(d.statement).removeprefix("theorem t "): d for d in rule(seed, Random(0))}


def laws(name: str) -> list[str]:
    carrier = Carrier(
        read_header(HEADER), "Int", (name, "Body", "Spin", "Ray")[: 4 if name.startswith("Ray") else 3]
    )
    assert carrier.laws is not None
    return [str(law) for law in carrier.laws]


@pytest.mark.parametrize(
    ("definition", "law"),
    [
        ("sign", "(sign' : Spin → R) (sign_law0 : sign' .up = 1) (sign_law1 : sign' .down = -1)"),
        (
            "fall",
            "(fall' : R → R → Nat → R) (fall_law0 : ∀ v g, fall' v g 0 = v)"
            " (fall_law1 : ∀ v g n, fall' v g (n + 1) = fall' v g n - g)",
        ),
        ("Body.momentum", "(momentum' : (R × R) → R) (momentum_law : ∀ b, momentum' b = b.1 * b.2)"),
        ("Body.boost", "(boost' : (R × R) → R → (R × R)) (boost_law : ∀ b v, boost' b v = ⟨b.1, b.2 + v⟩)"),
        ("light", "(light' : R → R → Prop) (light_law : ∀ c p, light' c p ↔ c * p = p * c)"),
    ],
)
def test_a_definition_becomes_a_function_with_its_equations(definition: str, law: str) -> None:
    assert laws(definition) == [law]


def test_methods_and_fields_are_followed() -> None:
    (statement, *_) = drafts(abstract, "(b : Body) (h : b.speed = 0) : (b.boost 0).momentum = b.momentum")
    assert statement.endswith("(b : R × R) (h : b.2 = 0) : momentum' (boost' b 0) = momentum' b")
    assert statement.startswith("{R : Type} [Lean.Grind.CommRing R] (momentum' : (R × R) → R)")


@pytest.mark.parametrize(
    "statement",
    [
        "(x : Int) : half x = x",  # a ring has no such quotient
        "(x : Int) : clip x = x",  # its last arm is no equation by itself
        "(b : Body) (r : Ray) (h : b.speed = r.speed) : b.momentum = r.bent",  # `speed` stands at two places
        "(s : Spin) : s = s",  # nothing of a ring in it
        "(x : Int) : Int.natAbs x = 1",
        "(x momentum' : Int) (b : Body) : b.momentum = x",  # the name is taken
        "{x : Int} : x = x",
        "(n : Nat) : count n = n",  # it counts down to zero, which a semiring need not do
    ],
)
def test_what_no_ring_follows_is_left_alone(statement: str) -> None:
    assert drafts(abstract, statement) == {}


def test_an_order_asks_for_an_ordered_ring_and_its_own_class_comes_first() -> None:
    (statement,) = drafts(abstract, "(x y : Int) (h : x < y) : 2 * x < x + y")
    assert "[Std.IsLinearOrder R] [Lean.Grind.OrderedRing R] (x y : R) (h : x < y)" in statement
    (statement,) = drafts(abstract, "(x : Int) : Torsor.shift x 0 = x", header=WITH_INSTANCE)
    assert statement == "{R : Type} [Torsor R] (x : R) : Torsor.shift x 0 = x"


def test_the_proof_is_carried_over() -> None:
    by_induction = "by\n  induction n with\n  | zero => simp [fall]\n  | succ n ih => grind [fall]"
    (first, *_) = drafts(abstract, "(g : Int) (n : Nat) : fall 0 g n = -fall 0 (-g) n", by_induction).values()
    assert first.proofs[0] == (
        "induction n with",
        "| zero => simp [fall_law0, fall_law1]",
        "| succ n ih => grind",
    )
    (first, *_) = drafts(abstract, "(x : Int) : light x x", "by\n  exact Int.mul_comm x x").values()
    assert all("Int." not in line for proof in first.proofs for line in proof)


def test_a_class_is_left_for_types_that_have_all_of_it() -> None:
    found = drafts(
        instantiate, "{R : Type} [Lean.Grind.CommRing R] [LE R] [Lean.Grind.OrderedRing R] (a : R) : a ≤ a"
    )
    assert set(found) == {"(a : Int) : a ≤ a", "(a : Rat) : a ≤ a"}
    found = drafts(instantiate, "{α : Type} [Torsor α] (a : α) : Torsor.shift a 0 = a", header=WITH_INSTANCE)
    assert set(found) == {"(a : Int) : Torsor.shift a 0 = a"}
    assert drafts(instantiate, "{R : Type} [Monad R] (a : R) : a = a") == {}
    assert drafts(instantiate, "{R : Type} (a : R) : a = a") == {}


def test_a_variable_of_a_class_is_no_hypothesis() -> None:
    statement = parse_statement("theorem t {R : Type} [Lean.Grind.Ring R] (a : R) (h : a = 0) : a = a")
    assert statement is not None
    assert (statement.variables(), statement.hypotheses()) == ({"a": "R"}, {"h": "a = 0"})


# -- with the real Lean --

SEEDS = [
    ("(x y : Int) (s : Spin) : sign s * (x + y) = sign s * x + sign s * y", "by grind"),
    ("(b : Body) (v : Int) : (b.boost v).momentum = b.momentum + b.mass * v", "by\n  simp only [Body.momentum, Body.boost]\n  grind"),
    ("(v w g : Int) (n : Nat) : fall (v + w) g n = fall v g n + w", "by\n  induction n with\n  | zero => grind [fall]\n  | succ n ih => grind [fall]"),
    ("(x y : Int) (h : x < y) : 2 * x < x + y", "by omega"),
    ("{R : Type} [Lean.Grind.CommRing R] (a b : R) : (a + b) * (a - b) = a ^ 2 - b ^ 2", "by grind"),
]  # fmt: skip


def test_lean_takes_the_general_and_the_special_case(lean: EmbeddedEngine) -> None:
    seeds = [
        Theorem(name=f"T.t{i}", statement=f"theorem t{i} {text}", header=HEADER, proof=proof, split="train")
        for i, (text, proof) in enumerate(SEEDS)
    ]
    proved = set()
    for candidate in [c for batch in mutate(seeds, 40, 0, 600) for c in batch]:
        theorem = candidate.theorem
        if theorem.rule not in ("abstract", "instantiate") or theorem.parents[0] in proved:
            continue
        try:
            if any(
                lean.check(Problem.of(theorem), proof, 20.0).outcome == "proved"
                for proof in candidate.proofs[:2]
            ):
                proved.add(theorem.parents[0])
        except HeaderError:
            continue
    assert proved == {seed.name for seed in seeds}


def test_a_law_that_a_ring_does_not_have_is_refused(lean: EmbeddedEngine) -> None:
    (found, *_) = [
        d for s, d in drafts(abstract, "(x y : Int) : x * y - y * x = 0").items() if "Grind.Ring R" in s
    ]
    problem = Theorem(name="T.t", statement=str(found.statement), header=HEADER)
    assert lean.check(Problem.of(problem), proof_text(found.proofs[0]), 20.0).outcome == "rejected"
