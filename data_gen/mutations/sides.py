"""Consequences of an equation: its sides swapped, shifted, scaled, or sent through a function."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_gen.mutations.seeds import NUMBERS, Draft, Rule
from data_gen.terms import Binder, atom, relation

if TYPE_CHECKING:
    from random import Random

    from data_gen.mutations.seeds import Seed


def equation(seed: Seed) -> tuple[str, str] | None:
    """Both sides of a goal that is one equation."""
    parts = relation(seed.statement.goal)
    return (parts[0], parts[2]) if parts and parts[1] == "=" else None


class Swap(Rule):
    """b = a."""

    name = "swap"

    def drafts(self, seed: Seed, _random: Random) -> list[Draft]:
        sides = equation(seed)
        if sides is None:
            return []
        statement = seed.with_goal(f"{sides[1]} = {sides[0]}")
        if seed.cited:
            return [seed.draft(self.name, statement, *seed.have("exact h.symm"), (f"rw [{seed.short}]",))]
        return [seed.draft(self.name, statement, *seed.direct(), *(("symm", *p) for p in seed.close()))]


class BothSides(Rule):
    """a + c = b + c, or k * a = k * b."""

    name = "both_sides"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        sides = equation(seed)
        kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
        if sides is None or kind not in NUMBERS:
            return []
        left, right = sides
        terms = [v for v, k in seed.statement.variables().items() if k == kind] + ["2", "3"]
        statement = seed.statement
        if "k" not in {n for b in statement.binders for n in b.names}:
            statement = type(statement)(
                statement.name, (*statement.binders, Binder("(", ("k",), kind)), statement.goal
            )
            terms.append("k")
        term = random.choice(terms)
        if term != "k":
            statement = seed.statement
        shapes = [f"{left} + {term} = {right} + {term}", f"{term} * {atom(left)} = {term} * {atom(right)}"]
        if kind == "Int":
            shapes += [f"{left} - {atom(right)} = 0", f"{term} - {atom(left)} = {term} - {atom(right)}"]
        return [
            seed.draft(
                self.name,
                type(statement)(
                    statement.name, statement.binders if term in shape else seed.statement.binders, shape
                ),
                *seed.direct(),
                *seed.have("omega"),
                *seed.have("rw [h]"),
                *seed.have("grind"),
            )
            for shape in random.sample(shapes, 2)
        ]


class Through(Rule):
    """g a = g b, for a function g of the header."""

    name = "through"

    def drafts(self, seed: Seed, _random: Random) -> list[Draft]:
        sides = equation(seed)
        kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
        if sides is None or kind is None:
            return []
        found = []
        for function in seed.header.functions.values():
            spare = [
                v for v, k in seed.statement.variables().items() if k in function.arguments and k != kind
            ]
            if function.arguments.count(kind) != 1 or len(function.arguments) > 2:
                continue
            others = [k for k in function.arguments if k != kind]
            if others and not spare:
                continue
            left, right = (
                " ".join(
                    [function.name, *(atom(side) if k == kind else spare[0] for k in function.arguments)]
                )
                for side in sides
            )
            proofs = (
                ((f"rw [{seed.short}]",), *seed.have("rw [h]"))
                if seed.cited
                else (*seed.direct(), *seed.have("rw [h]"))
            )
            found.append(seed.draft(self.name, seed.with_goal(f"{left} = {right}"), *proofs))
        return found
