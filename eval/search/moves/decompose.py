"""DECOMPOSE: split the statement by its form into cases with a hole each, and close the holes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.search.library import data_types
from eval.search.moves.case import FILLING, Filling, Kind
from eval.search.sketch import HoleSketch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.search.budget import Amount
    from eval.search.moves.case import Case

_INDUCTION = {
    "Nat": ("| zero =>\n    ⟪0⟫", "| succ {x} ih =>\n    ⟪1⟫"),
    "List": ("| nil =>\n    ⟪0⟫", "| cons {x}₀ {x} ih =>\n    ⟪1⟫"),
}


@dataclass(frozen=True)
class Decompose:
    """Open one sketch and fill it; may be repeated until no filling is left."""

    form: str  # how it splits: the arm, the same for all statements
    sketch: HoleSketch
    kind: Kind = "decompose"
    guess: Amount = FILLING
    once: bool = False  # one check, with the likeliest filling of every hole

    @property
    def arm(self) -> str:
        return f"decompose {self.form}"

    def run(self, case: Case) -> None:
        filling = case.fillings.setdefault(self.arm, Filling(case, self.sketch))
        if self.once:
            filling.advance(rounds=1, ask_prover=False)
        else:
            filling.advance()
        if filling.exhausted:
            case.done.add(self.arm)


def decompositions(case: Case) -> Iterator[Decompose]:
    """The ways to split that the form of the statement allows."""
    for form, text in sketches(case):
        move = Decompose(form, HoleSketch(text=f"by\n  {text}"))
        if move.arm not in case.done:
            yield move


def sketches(case: Case) -> Iterator[tuple[str, str]]:
    """(Form, tactics with holes)."""
    yield from _inductions(case)
    yield from _cases(case)
    goal = case.shape.goal
    if "∧" in goal or "↔" in goal:
        yield "constructor", "constructor\n  ·\n    ⟪0⟫\n  ·\n    ⟪1⟫"
    if goal.startswith(("∀", "¬")) or "→" in goal:
        yield "intro", "intros\n  ⟪0⟫"
    if case.definitions:
        unfold = f"simp only [{', '.join(case.definitions)}]"
        yield "unfold and split", f"{unfold}\n  repeat' split\n  all_goals\n    ⟪0⟫"
        structures, _ = data_types(case.theorem)
        if structures and "=" in goal:
            fields = ", ".join(f"{name}.mk.injEq" for name in sorted(structures))
            yield (
                "fields",
                f"simp only [{', '.join(case.definitions)}, {fields}]\n  and_intros\n  all_goals\n    ⟪0⟫",
            )


def _inductions(case: Case) -> Iterator[tuple[str, str]]:
    variables = case.shape.of_type(*_INDUCTION)
    types = {v.name: v.type.split(" ")[0] for v in case.shape.variables}
    for number, name in enumerate(variables[:3]):
        arms = "\n  ".join(_INDUCTION[types[name]]).format(x=name)
        suffix = f" {number + 1}" if number else ""
        yield f"induction{suffix}", f"induction {name} with\n  {arms}"
        others = [v for v in case.shape.variables if v.name != name and v.type.split(" ")[0] != "Type"]
        data = [v.name for v in others if not v.name.startswith("h")]
        if data:
            yield (
                f"induction, others general{suffix}",
                f"induction {name} generalizing {' '.join(data)} with\n  {arms}",
            )


def _cases(case: Case) -> Iterator[tuple[str, str]]:
    structures, others = data_types(case.theorem)
    pairs = [v.name for v in case.shape.variables if "×" in v.type]
    split = [*case.shape.of_type(*structures), *pairs]
    branching = case.shape.of_type(*others, "Bool", "Option")
    if split:
        yield "cases of structures", f"{' <;> '.join(f'cases {x}' for x in split)}\n  ⟪0⟫"
    if branching:
        every = " <;> ".join(f"cases {x}" for x in (*branching, *split))
        yield "cases", f"{every}\n  all_goals\n    ⟪0⟫"
    naturals = case.shape.of_type("Nat")
    if naturals:
        yield (
            "cases of a number",
            f"cases {naturals[0]} with\n  | zero =>\n    ⟪0⟫\n  | succ {naturals[0]} =>\n    ⟪1⟫",
        )
