"""Weaker and shifted inequalities: what follows from a sharper statement by linear arithmetic."""

from __future__ import annotations

from typing import TYPE_CHECKING

from data_gen.mutations.seeds import NUMBERS, Draft, Rule
from data_gen.terms import atom, relation

if TYPE_CHECKING:
    from random import Random

    from data_gen.mutations.seeds import Seed


class Weaken(Rule):
    """a ≤ b from a = b; a < b + 1 or 0 ≤ b - a from a ≤ b."""

    name = "weaken"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        parts = relation(seed.statement.goal)
        kind = parts and (seed.type_of(parts[0]) or seed.type_of(parts[2]))
        if parts is None or kind not in NUMBERS:
            return []
        left, operator, right = parts
        weaker = {
            "=": [f"{left} ≤ {right}", f"{right} ≤ {left}", f"{left} < {right} + 1", f"{left} ≤ {right} + 2"],
            "≤": [f"{left} < {right} + 1", f"{left} ≤ {right} + 1", f"¬ {right} < {left}"],
            "<": [f"{left} ≤ {right}", f"{left} ≠ {right}", f"{left} + 1 ≤ {right}"],
        }.get(operator, [])
        if kind == "Int" and operator == "≤" and left != "0":
            weaker.append(f"0 ≤ {right} - {atom(left)}")
        if kind == "Int" and operator == "≤":
            weaker.append(f"-{atom(right)} ≤ -{atom(left)}")
        return [
            seed.draft(self.name, seed.with_goal(goal), *seed.direct(), *seed.have("omega"))
            for goal in random.sample(weaker, min(2, len(weaker)))
        ]


class Sharpen(Rule):
    """1 ≤ a for 0 ≤ a, < for ≤, and a literal moved by one: mostly false, and Lean says which are not."""

    name = "sharpen"

    def drafts(self, seed: Seed, _random: Random) -> list[Draft]:
        parts = relation(seed.statement.goal)
        kind = parts and (seed.type_of(parts[0]) or seed.type_of(parts[2]))
        if parts is None or seed.cited or kind not in NUMBERS or parts[1] not in ("≤", "≠"):
            return []
        return [seed.draft(self.name, seed.with_goal(f"{parts[0]} < {parts[2]}"), *seed.close())]
