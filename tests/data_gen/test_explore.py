"""Laws of definitions: proposed where numbers do not refute them, proved by Lean, shortened, said in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from data_gen.contamination import Benchmarks
from data_gen.extract import extract
from data_gen.funnel import Funnel
from data_gen.generators.equations import equations
from data_gen.generators.explore import Explore
from data_gen.generators.shapes import functions_of, statement_of
from data_gen.headers import read_header
from data_gen.informal import described, sentence
from data_gen.judging import Judging
from data_gen.library import read_library
from data_gen.points import holds
from data_gen.probes import derivation, derived, shorten
from physprover.lean.protocol import Problem
from physprover.lean.text.terms import parse_statement
from physprover.lean.text.tokens import IDENTIFIER
from physprover.records import Theorem
from tests.data_gen.library import write_library
from tests.one_engine import OneEngine

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from data_gen.candidates import Candidate
    from physprover.lean.embedded.engine import EmbeddedEngine

SPRINGS = """/-! # Springs -/
namespace Toy.Mechanics

/-- A state of motion. -/
structure Motion where
  place : Int
  speed : Int

/-- Twice the energy of a spring of stiffness `k` stretched by `x`. -/
def springEnergy (k x : Int) : Int := k * x ^ 2

/-- Twice the energy of a motion. -/
def energy (s : Motion) : Int := s.place ^ 2 + s.speed ^ 2

/-- The motion run backwards. -/
def reverse (s : Motion) : Motion := ⟨s.place, -s.speed⟩

/-- A push by `d`. -/
def push (d : Int) (s : Motion) : Motion := ⟨s.place, s.speed + d⟩

theorem springEnergy_rest (k : Int) : springEnergy k 0 = 0 := by
  simp [springEnergy]

theorem energy_rest : energy (reverse ⟨0, 0⟩) = 0 := by
  rfl

theorem push_zero (s : Motion) : push 0 s = s := by
  cases s; simp [push]

end Toy.Mechanics
"""


@pytest.fixture(scope="module")
def seeds(tmp_path_factory: pytest.TempPathFactory) -> list[Theorem]:
    root = write_library(tmp_path_factory.mktemp("springs"), Mechanics__Springs=SPRINGS)
    return [t.replace(split="train") for t in extract(read_library(root))[0]]


@pytest.fixture(scope="module")
def laws(seeds: Sequence[Theorem]) -> list[Candidate]:
    return [c for portion in Explore(20, 0, 400).rounds(seeds, lambda _: None) for c in portion]


def test_laws_are_those_that_numbers_do_not_refute(laws: Sequence[Candidate]) -> None:
    texts = [c.theorem.statement.partition(" ")[2] for c in laws]
    assert any("springEnergy k (k1 * x) = k1 ^ 2 * springEnergy k x" in t for t in texts)
    assert any("springEnergy (k + y) x = springEnergy k x + springEnergy y x" in t for t in texts)
    assert any("energy (reverse s) = energy s" in t for t in texts)
    assert any("reverse (reverse s) = s" in t for t in texts)
    assert any("push d (push b s) = push (d + b) s" in t for t in texts)
    assert not any("springEnergy k x = springEnergy x k" in t for t in texts)
    assert not any("reverse (reverse s) = reverse s" in t for t in texts)
    # what the library states is not proposed, and signs that a law does without are not in it
    assert not any(t.endswith("springEnergy k 0 = 0") or t.endswith("push 0 s = s") for t in texts)
    monotone = [
        t
        for t in texts
        if "springEnergy k x < springEnergy y x" in t or "springEnergy k x ≤ springEnergy y x" in t
    ]
    assert monotone
    assert all("0 <" not in t or "0 < x" in t for t in monotone)


CHARGES = """
structure Pair where
  here : Int
  there : Int
/-- All of the charge. -/
def total (p : Pair) : Int := p.here + p.there
/-- The charge of one half. -/
def half (p : Pair) : Int := p.here
/-- The charge of the other half. -/
def rest (p : Pair) : Int := p.there
/-- The halves exchanged. -/
def swapped (p : Pair) : Pair := ⟨p.there, p.here⟩
/-- The voltage over `r` at the current `i`. -/
def voltage (r i : Int) : Int := r * i
/-- The power at the voltage `u` and the current `i`. -/
def power (r i : Int) : Int := r * i * i
/-- The same power by another name. -/
def heat (r i : Int) : Int := i ^ 2 * r
/-- A charge that is never there. -/
def none (p : Pair) : Int := p.here - p.here
"""


def test_equations_between_definitions_are_found_by_their_values() -> None:
    header = read_header(CHARGES)
    found = {f: [law.goal for law in laws] for f, laws in equations(functions_of(header), header).items()}
    assert "total p = half p + rest p" in found["total"]
    assert "total (swapped p) = total p" in found["total"]
    assert "half (swapped p) = rest p" in found["half"]
    assert {"heat r i = voltage r i * i", "heat r i = i * voltage r i"} & set(found["heat"])
    goals = [goal for goals in found.values() for goal in goals]
    # a resistance is no current; two names of one thing and constants say nothing
    assert not any(text in goal for goal in goals for text in ("voltage r r", "voltage i i", "none"))
    assert not {"power r i = heat r i", "heat r i = power r i"} & set(goals)


def test_an_equation_is_not_told_again_of_special_terms() -> None:
    header = read_header(CHARGES)
    laws = [law for laws in equations(functions_of(header), header).values() for law in laws]
    goals = [law.goal for law in laws]
    assert "total p = half p + rest p" in goals
    assert not {"total (swapped p) = half (swapped p) + rest (swapped p)", "total p = rest p + half p"} & set(
        goals
    )
    for law in laws:
        assert holds(statement_of(law), header) is True
        assert {name for name, _ in law.variables} == {
            w for w in IDENTIFIER.findall(law.goal) if w not in functions_of(header)
        }


def test_a_law_of_what_two_files_import_is_proposed_once(seeds: Sequence[Theorem]) -> None:
    twice = [
        *seeds,
        *(t.replace(name=f"{t.name}2", source=t.source.replace(file="Other.lean")) for t in seeds),
    ]
    once = [c.key for portion in Explore(20, 0, 400).rounds(twice, lambda _: None) for c in portion]
    assert len(once) == len(set(once))


def test_the_same_seed_proposes_the_same_laws(seeds: Sequence[Theorem], laws: Sequence[Candidate]) -> None:
    again = [c for portion in Explore(20, 0, 400).rounds(seeds, lambda _: None) for c in portion]
    assert again == laws
    assert all(c.theorem.parents[0] in {s.name for s in seeds} for c in laws)


@pytest.mark.slow
def test_laws_come_out_of_the_funnel_with_their_receipts(
    lean: EmbeddedEngine, tmp_path: Path, seeds: list[Theorem], laws: list[Candidate]
) -> None:
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    funnel = Funnel(judging, 3, Benchmarks(1.0))
    funnel.know(seeds)
    funnel.pour(laws)
    rows = funnel.select(1.0)
    judging.close()
    assert len(rows) > len(laws) / 2
    for row in rows:
        assert row.informal
        assert row.satisfied_by is not None
        assert bool(row.satisfied_by) == bool(parse_statement(row.statement).hypotheses())  # type: ignore[union-attr]
        assert lean.check(Problem.of(row), row.proof or "", 20.0).reward == 1.0
    assert not any(row.stage in ("satisfied", "consistent") for row in funnel.fallen)


def test_a_proof_loses_the_facts_that_it_does_without(lean: EmbeddedEngine, tmp_path: Path) -> None:
    proof = """by
  have p := Int.mul_pos ha ha
  have q := Int.mul_pos ha hb
  have r := Int.mul_pos hb hb
  exact Int.add_pos q r"""
    theorem = Theorem(
        name="t",
        statement="theorem t (a b : Int) (ha : 0 < a) (hb : 0 < b) : 0 < a * b + b * b",
        proof=proof,
    )
    plain = Theorem(name="u", statement="theorem u (a : Int) : a = a", proof="by\n  rfl")
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    short = shorten([theorem, plain], judging, lambda: None)
    judging.close()
    assert (short[0].proof or "").count("have") == 2
    assert "ha ha" not in (short[0].proof or "")
    assert short[1] == plain


def test_what_one_theorem_gives_is_told(lean: EmbeddedEngine) -> None:
    header = "theorem base (a b : Int) (h : a < b) : a ≤ b := by omega\n"
    cases = {
        "(x y : Int) (k : x < y) : x ≤ y": True,
        "(x y : Int) (k : x < y) : x + x ≤ y + y": False,
    }
    for text, follows in cases.items():
        theorem = Theorem(name="t", statement=f"theorem t {text}", header=header, parents=("base",))
        asked = derivation(theorem, header)
        assert asked is not None
        problem, body, cited = asked
        assert cited == ("base",)
        verdict = lean.check(Problem.of(problem), body, 20.0)
        assert ("follows_0" in verdict.messages[0].split()) is follows


@pytest.mark.parametrize(
    ("text", "parents", "source"),
    [
        ("(a : Int) : flow a 0 = a", ("turn", "ground"), "ground"),  # rewriting with `turn` has no end
        ("(a b : Int) : flow a b = -flow b a", ("turn",), "turn"),
        (": flow 2 5 = -3", ("fall",), "fall"),  # it computes
        ("(a b c : Int) : flow (a * c) (b * c) = flow a b * c", ("turn", "ground", "fall"), None),
    ],
)
def test_a_theorem_that_gives_nothing_does_not_hide_another(
    lean: EmbeddedEngine, tmp_path: Path, text: str, parents: tuple[str, ...], source: str | None
) -> None:
    header = """def flow (a b : Int) : Int := a - b
theorem turn (a b : Int) : flow a b = -flow b a := by grind [flow]
theorem ground (a : Int) : flow a 0 = a := by simp [flow]
theorem fall (a b : Int) : flow a b = a - b := by rfl
"""
    theorem = Theorem(name="t", statement=f"theorem t {text}", header=header, parents=parents)
    judging = Judging(OneEngine(lean), tmp_path / "v.jsonl", 20.0)
    found = derived([theorem], {}, judging, lambda: None)
    judging.close()
    assert found == ({"t": source} if source else {})


def test_a_theorem_is_asked_only_of_lemmas_about_what_it_rests_on() -> None:
    header = SPRINGS.partition("end Toy")[0]
    theorem = Theorem(
        name="t",
        statement="theorem t (s : Motion) : energy (reverse s) = energy s",
        header=header,
        parents=("Toy.Mechanics.energy_rest", "Toy.Mechanics.push_zero"),
    )
    asked = derivation(theorem, header)
    assert asked is not None
    assert asked[2] == ("energy_rest",)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (
            "theorem t (k x : Int) (hk : 0 < k) (hx : x ≠ 0) : 0 < springEnergy k x",
            "If `k` is positive and `x` is not zero, then twice the energy of a spring of stiffness `k` stretched by `x` "
            "(`springEnergy k x`) is positive.",
        ),
        ("theorem t (s : Motion) : energy s = 0 ↔ s = ⟨0, 0⟩", "Twice the energy of a motion (`energy s`) equals `0` exactly when `s` equals `⟨0, 0⟩`."),
        ("theorem t : ∀ x : Int, x = x", "`∀ x : Int, x = x`."),
        ("theorem t (x : Int) (h : x = 1 ∨ x = 2) : ¬ x = 3", "If `x` equals `1` or `x` equals `2`, then it is not so that `x` equals `3`."),
    ],
)  # fmt: skip
def test_statements_are_said_in_words(statement: str, words: str) -> None:
    parsed = parse_statement(statement)
    assert parsed is not None
    assert sentence(parsed, read_header(SPRINGS.partition("end Toy")[0])) == words


def test_a_definition_is_described_by_its_docstring_or_its_name() -> None:
    header = read_header(SPRINGS.partition("end Toy")[0])
    assert described("push", header) == "A push by `d`"
    assert described("unheard", header) == "`unheard`"
    behind = read_header("/-- Behind a filter one part is left. -/\ndef filtered (x : Int) : Int := x\n")
    assert described("filtered", behind) == "`filtered`"
