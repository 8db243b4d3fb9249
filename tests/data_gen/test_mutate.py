from __future__ import annotations

from functools import cache
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import pytest

from data_gen.candidates import Candidate, proof_text, tactics
from data_gen.extract import extract
from data_gen.headers import read_header
from data_gen.library import read_library
from data_gen.mutations import RULES, mutate
from data_gen.mutations.seeds import Draft, Seed
from data_gen.splits import split_library
from physprover.lean.text.terms import normal_form, parse_statement

if TYPE_CHECKING:
    from physprover.records import Theorem

LIBRARY = Path(__file__).parents[2] / "lean" / "PhysCore"

HEADER = """namespace T
structure Body where
  mass : Int
  speed : Int
inductive Spin where
  | up
  | down
def flip : Spin → Spin
  | .up => .down
  | .down => .up
def momentum (b : Body) : Int := b.mass * b.speed
def double (x : Int) : Int := x + x
theorem double_eq (x : Int) : double x = 2 * x := by
  simp only [double]
  omega
"""


def seed(statement: str, proof: str = "by grind", cited: bool = False) -> Seed:
    parsed = parse_statement(statement)
    earlier = parse_statement("theorem double_eq (x : Int) : double x = 2 * x")
    assert parsed is not None
    assert earlier is not None
    header = read_header(HEADER)
    sibling = Seed("T.double_eq", earlier, ("simp only [double]", "omega"), header)
    return Seed("T.t", parsed, tactics(proof), header, cited, (sibling,))


def drafts(rule: str, seed: Seed) -> dict[str, Draft]:
    (found,) = [r for r in RULES if r.__name__ == rule]
    return {str(d.statement): d for d in found(seed, Random(0))}


def test_a_header_is_read() -> None:
    header = read_header(HEADER)
    assert header.functions["momentum"].arguments == ("Body",)
    assert header.functions["flip"].result == "Spin"
    assert header.enums == {"Spin": ("Spin.up", "Spin.down")}
    assert header.scope.namespace == "T"
    assert header.premises("theorem t (s : Spin) : flip s = flip s") == ("Spin", "flip")
    assert header.lemmas("theorem t : double 1 = 2") == ("double_eq",)


@pytest.mark.parametrize(
    ("rule", "statement", "expected", "proof"),
    [
        (
            "constructor",
            "theorem t (s : Spin) : flip (flip s) = s",
            "theorem t : flip (flip Spin.up) = Spin.up",
            "grind",
        ),
        ("identify", "theorem t (x y : Int) : x * y = y * x", "theorem t (x : Int) : x * x = x * x", "grind"),
        (
            "swap",
            "theorem t (x : Int) : double x = x + x",
            "theorem t (x : Int) : x + x = double x",
            "symm|grind",
        ),
        (
            "witness",
            "theorem t (b : Body) : double (momentum b) = 2 * momentum b",
            "theorem t (b : Body) : ∃ w, double w = 2 * momentum b",
            "exact ⟨momentum b, by grind⟩",
        ),
        (
            "behind",
            "theorem t (x : Int) (h : 0 < x) : 0 < double x",
            "theorem t (x : Int) : 0 < x → 0 < double x",
            "intro h|grind",
        ),
        (
            "contrapositive",
            "theorem t (x : Int) (h : 0 < x) : 0 < double x",
            "theorem t (x : Int) (h : ¬ 0 < double x) : ¬ (0 < x)",
            "intro hc|exact h (by grind)",
        ),
        (
            "direction",
            "theorem t (x : Int) : double x = 0 ↔ x = 0",
            "theorem t (x : Int) (hp : x = 0) : double x = 0",
            "have h : double x = 0 ↔ x = 0 := by grind|exact h.mpr hp",
        ),
        (
            "conjoin",
            "theorem t (x y : Int) : x + y = y + x",
            "theorem t (x y : Int) : x + y = y + x ∧ double x = 2 * x",
            "constructor|· grind|· exact double_eq x",
        ),
        (
            "rewrite",
            "theorem t (x : Int) : double x = x + x",
            "theorem t (x : Int) : 2 * x = x + x",
            "rw [← double_eq x]|grind",
        ),
        (
            "through",
            "theorem t (x : Int) : double x = x + x",
            "theorem t (x : Int) : double (double x) = double (x + x)",
            "have h : double x = x + x := by grind|rw [h]",
        ),
        (
            "drop",
            "theorem t (x y : Int) (h : 0 < x) (g : 0 < y) : 0 < double x",
            "theorem t (x y : Int) (g : 0 < y) : 0 < double x",
            "grind",
        ),
        (
            "relax",
            "theorem t (x : Int) (h : 0 < x) : 0 < double x",
            "theorem t (x : Int) (h : 0 ≤ x) : 0 < double x",
            "grind",
        ),
        (
            "restrict",
            "theorem t (x : Int) (h : 0 ≤ x) : 0 ≤ double x",
            "theorem t (x : Int) (h : 0 < x) : 0 ≤ double x",
            "replace h : 0 ≤ x := by omega|grind",
        ),
        (
            "generalise",
            "theorem t (x : Int) : double x = 2 * x",
            "theorem t (x : Int) (k : Int) : double x = k * x",
            "grind",
        ),
        (
            "dual",
            "theorem t : flip .up = Spin.down",
            "theorem t : flip .down = Spin.up",
            "grind",
        ),
        (
            "dual",
            "theorem t (x : Int) (h : 0 < x) : x + 1 ≤ double x",
            "theorem t (x : Int) (h : 0 < x) : x - 1 ≥ double x",
            "grind",
        ),
        (
            "abstract",
            "theorem t (x y : Int) : double (x + y) = double x + double y",
            "theorem t {R : Type} [Lean.Grind.CommRing R] (double' : R → R) (double_law : ∀ x, double' x = x + x)"
            " (x y : R) : double' (x + y) = double' x + double' y",
            "simp only [double_law]|grind",
        ),
        (
            "instantiate",
            "theorem t {R : Type} [Lean.Grind.Field R] (a b : R) (h : a = b) : 2 * a = 2 * b",
            "theorem t (a b : Rat) (h : a = b) : 2 * a = 2 * b",
            "grind",
        ),
    ],
)
def test_rules(rule: str, statement: str, expected: str, proof: str) -> None:
    found = drafts(rule, seed(statement))
    assert expected in found
    assert tuple(proof.split("|")) in found[expected].proofs


def test_cited_seeds_are_used_by_name() -> None:
    cited = seed("theorem t (x : Int) (h : 0 < x) : 0 < double x", cited=True)
    (draft,) = [d for s, d in drafts("compound", cited).items() if "2 * x" in s]
    assert draft.proofs[0] == ("exact t (2 * x) h",)
    assert str(draft.statement) == "theorem t (x : Int) (h : 0 < (2 * x)) : 0 < double (2 * x)"


def test_a_proof_by_induction_is_not_carried_to_a_number() -> None:
    by_cases = seed(
        "theorem t (n : Nat) (x : Int) : double x = n", "by\n  induction n with\n  | zero => simp"
    )
    found = drafts("literal", by_cases)
    assert any(d.proofs for s, d in found.items() if "(n : Nat)" in s)
    assert not any(d.proofs for s, d in found.items() if "(n : Nat)" not in s)


def test_names_of_hypotheses_are_not_shadowed() -> None:
    (draft, *_) = drafts("weaken", seed("theorem t (x : Int) (h : 0 ≤ x) : x ≤ double x")).values()
    assert draft.proofs == (("grind",), ("have h0 : x ≤ double x := by grind", "omega"))


def test_induction_at_a_compound_term_is_on_a_name_for_it() -> None:
    found = drafts(
        "compound", seed("theorem t (n : Nat) : double n = n + n", "by\n  induction n <;> simp_all")
    )
    (draft,) = [d for s, d in found.items() if "(2 * n)" in s]
    assert draft.proofs[0] == ("generalize 2 * n = m", "induction m <;> simp_all")


def test_a_dependent_binder_is_no_variable() -> None:
    statement = parse_statement("theorem t (x : Int) (s : Spin) (h : Allowed x) : 0 < x")
    assert statement is not None
    assert statement.variables() == {"x": "Int", "s": "Spin"}
    assert statement.hypotheses() == {"h": "Allowed x"}


@pytest.mark.parametrize(
    ("proof", "lines"),
    [
        ("by rfl", ("rfl",)),
        ("by\n  cases x -- both\n  · rfl\n  · simp", ("cases x", "· rfl", "· simp")),
        ("h.symm", ("exact h.symm",)),
        ("by simp\n   omega", ()),
    ],
)
def test_tactic_blocks(proof: str, lines: tuple[str, ...]) -> None:
    assert tactics(proof) == lines
    if lines and proof.startswith("by"):
        assert tactics(proof_text(lines)) == lines


@cache
def physcore() -> list[Theorem]:
    library = read_library(LIBRARY)
    return split_library(library, extract(library)[0])


@cache
def rounds(count: int, number: int = 0) -> list[Candidate]:
    return [candidate for batch in mutate(physcore(), count, number) for candidate in batch]


def test_candidates_are_well_formed_deterministic_and_from_open_splits() -> None:
    theorems = {theorem.name: theorem for theorem in physcore()}
    found = rounds(2)
    assert found == [candidate for batch in mutate(physcore(), 2, 0) for candidate in batch]
    assert found != rounds(2, number=1)
    assert len({c.theorem.name for c in found} | theorems.keys()) == len(found) + len(theorems)
    for candidate in found:
        theorem = candidate.theorem
        parsed = parse_statement(theorem.statement)
        assert parsed is not None
        assert theorem.name.endswith(f".{parsed.name}")
        assert normal_form(parsed) == candidate.key
        parent = theorems[theorem.parents[0]]
        assert parent.split == theorem.split != "test"
        in_header = f"theorem {parent.name.rpartition('.')[2]} " in theorem.header
        assert in_header == theorem.rule.startswith("cite-")
        assert theorem.proof is None
        assert theorem.closed_by is None
        assert candidate.proofs
    assert len({c.theorem.rule.removeprefix("cite-") for c in found}) >= 12


def test_a_longer_library_does_not_change_the_others() -> None:
    theorems = physcore()
    first = theorems[0].source.file
    alone = [
        c.theorem.statement
        for batch in mutate([t for t in theorems if t.source.file == first], 2, 0)
        for c in batch
    ]
    among = [c.theorem.statement for c in rounds(2) if c.theorem.source.file == first]
    assert alone == among
