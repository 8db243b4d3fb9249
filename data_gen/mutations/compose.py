"""Two equations of one file become one: rewritten with, added to, or chained with each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data_gen.mutations.logic import merge
from data_gen.mutations.seeds import NUMBERS, Draft, Rule
from data_gen.mutations.sides import equation
from data_gen.terms import atom

if TYPE_CHECKING:
    from random import Random

    from data_gen.mutations.seeds import Seed


class Rewrite(Rule):
    """The seed with one side of an earlier equation, where it occurs, replaced by the other."""

    name = "rewrite"

    def drafts(self, seed: Seed, _random: Random) -> list[Draft]:
        found = []
        for other in seed.siblings:
            sides = equation(other)
            if sides is None or other.short == seed.short:
                continue
            for old, new, arrow in ((sides[0], sides[1], "← "), (sides[1], sides[0], "")):
                merged = merge(seed.statement, other.statement)
                goal = _replaced(seed.statement.goal, old, new)
                if merged is None or goal is None:
                    continue
                call = " ".join([other.short, *other.statement.arguments()])
                proofs = [(f"rw [{arrow}{call}]", *lines) for lines in seed.close()]
                definitions = ", ".join(seed.header.definitions(goal))
                proofs.append((f"grind [{', '.join(filter(None, (other.short, definitions)))}]",))
                found.append(
                    seed.draft(self.name, replace(merged, goal=goal), *proofs, parents=(other.name,))
                )
        return found


class Add(Rule):
    """a + c = b + d."""

    name = "add"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        sides = equation(seed)
        kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
        if sides is None or kind not in NUMBERS:
            return []
        found = []
        for other in random.sample(seed.siblings, min(4, len(seed.siblings))):
            theirs = equation(other)
            merged = merge(seed.statement, other.statement)
            if (
                theirs is None
                or merged is None
                or other.type_of(theirs[0]) != kind
                or other.short == seed.short
            ):
                continue
            operator = random.choice("+*" if kind == "Nat" else "+-*")
            left, right = (f"{atom(a)} {operator} {atom(b)}" for a, b in zip(sides, theirs, strict=True))
            call = " ".join([other.short, *other.statement.arguments()])
            proofs = [
                *seed.direct(),
                *seed.have(f"rw [h, {call}]"),
                *seed.have(f"have h' := {call}", "grind"),
            ]
            found.append(
                seed.draft(
                    self.name, replace(merged, goal=f"{left} = {right}"), *proofs, parents=(other.name,)
                )
            )
        return found


def _replaced(goal: str, old: str, new: str) -> str | None:
    """`old` as a whole term replaced by `new`; None where it does not stand alone in the goal."""
    if len(old) < 4 or " " not in old:
        return None
    for written in (f"({old})", f"= {old}", f"{old} ="):
        if written in goal and (written[0] == "(" or _ends_clean(goal, written)):
            return goal.replace(written, written.replace(old, atom(new) if written[0] == "(" else new), 1)
    return None


def _ends_clean(goal: str, written: str) -> bool:
    """The match is a whole side of the goal, so that no operator binds tighter across its edge."""
    return goal.endswith(written) if written.startswith("=") else goal.startswith(written)
