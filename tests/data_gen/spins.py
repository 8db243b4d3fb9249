"""A header with an enumeration, a structure and two definitions, and theorems under it."""

from __future__ import annotations

from physprover.records import Theorem

HEADER = """namespace T
inductive Spin where
  | up
  | down
def flip : Spin → Spin
  | .up => .down
  | .down => .up
structure Body where
  /-- In kilograms. -/
  mass : Int
  (x y : Nat) -- place
def twice (x : Int) : Int := x + x
"""


def theorem(text: str, proof: str | None = None, premises: tuple[str, ...] = ()) -> Theorem:
    return Theorem(name="T.t", statement=f"theorem t {text}", header=HEADER, proof=proof, premises=premises)
