"""Consequences of an equation: its sides swapped, shifted, scaled, or sent through a function."""

from __future__ import annotations

from dataclasses import replace
from random import Random

from data_gen.mutations.logic import merge
from data_gen.mutations.seeds import NUMBERS, Draft, Seed
from data_gen.terms import Binder, atom, relation


def equation(seed: Seed) -> tuple[str, str] | None:
    """Both sides of a goal that is one equation."""
    parts = relation(seed.statement.goal)
    return (parts[0], parts[2]) if parts and parts[1] == "=" else None


def swap(seed: Seed, _random: Random) -> list[Draft]:
    """b = a."""
    sides = equation(seed)
    if sides is None:
        return []
    statement = seed.with_goal(f"{sides[1]} = {sides[0]}")
    if seed.cited:
        return [seed.draft("swap", statement, *seed.have("exact h.symm"), (f"rw [{seed.short}]",))]
    return [seed.draft("swap", statement, *seed.direct(), *(("symm", *p) for p in seed.close()))]


def both_sides(seed: Seed, random: Random) -> list[Draft]:
    """a + c = b + c, or k * a = k * b."""
    sides = equation(seed)
    kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
    if sides is None or kind not in NUMBERS:
        return []
    left, right = sides
    terms = [v for v, k in seed.statement.variables().items() if k == kind] + ["2", "3"]
    binders = seed.statement.binders
    fresh = "k" not in {n for b in binders for n in b.names}
    term = random.choice([*terms, "k"] if fresh else terms)
    wider = (*binders, Binder("(", ("k",), kind)) if fresh and term == "k" else binders
    shapes = [f"{left} + {term} = {right} + {term}", f"{term} * {atom(left)} = {term} * {atom(right)}"]
    if kind == "Int":
        shapes += [f"{left} - {atom(right)} = 0", f"{term} - {atom(left)} = {term} - {atom(right)}"]
    return [
        seed.draft(
            "both_sides",
            replace(seed.statement, binders=wider if term in shape else binders, goal=shape),
            *seed.direct(),
            *seed.have("omega"),
            *seed.have("rw [h]"),
            *seed.have("grind"),
        )
        for shape in random.sample(shapes, 2)
    ]


def through(seed: Seed, _random: Random) -> list[Draft]:
    """g a = g b, for a function g of the header."""
    sides = equation(seed)
    kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
    if sides is None or kind is None:
        return []
    found = []
    for function in seed.header.functions.values():
        spare = [v for v, k in seed.statement.variables().items() if k in function.arguments and k != kind]
        if function.arguments.count(kind) != 1 or len(function.arguments) > 2:
            continue
        others = [k for k in function.arguments if k != kind]
        if others and not spare:
            continue
        left, right = (
            " ".join([function.name, *(atom(side) if k == kind else spare[0] for k in function.arguments)])
            for side in sides
        )
        proofs = (
            ((f"rw [{seed.short}]",), *seed.have("rw [h]"))
            if seed.cited
            else (*seed.direct(), *seed.have("rw [h]"))
        )
        found.append(seed.draft("through", seed.with_goal(f"{left} = {right}"), *proofs))
    return found


# -- Weaker and shifted inequalities: what follows from a sharper statement by linear arithmetic. --


def weaken(seed: Seed, random: Random) -> list[Draft]:
    """a ≤ b from a = b; a < b + 1 or 0 ≤ b - a from a ≤ b."""
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
        seed.draft("weaken", seed.with_goal(goal), *seed.direct(), *seed.have("omega"))
        for goal in random.sample(weaker, min(2, len(weaker)))
    ]


def sharpen(seed: Seed, _random: Random) -> list[Draft]:
    """1 ≤ a for 0 ≤ a, < for ≤, and a literal moved by one: mostly false, and Lean says which are not."""
    parts = relation(seed.statement.goal)
    kind = parts and (seed.type_of(parts[0]) or seed.type_of(parts[2]))
    if parts is None or seed.cited or kind not in NUMBERS or parts[1] not in ("≤", "≠"):
        return []
    return [seed.draft("sharpen", seed.with_goal(f"{parts[0]} < {parts[2]}"), *seed.close())]


# -- Two equations of one file become one: rewritten with, added to, or chained with each other. --


def rewrite(seed: Seed, _random: Random) -> list[Draft]:
    """The seed with one side of an earlier equation, where it occurs, replaced by the other."""
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
            proofs.append((f"grind [{', '.join((other.short, *seed.definitions(goal)))}]",))
            found.append(seed.draft("rewrite", replace(merged, goal=goal), *proofs, parents=(other.name,)))
    return found


def add(seed: Seed, random: Random) -> list[Draft]:
    """a + c = b + d."""
    sides = equation(seed)
    kind = sides and (seed.type_of(sides[0]) or seed.type_of(sides[1]))
    if sides is None or kind not in NUMBERS:
        return []
    found = []
    for other in random.sample(seed.siblings, min(4, len(seed.siblings))):
        theirs = equation(other)
        merged = merge(seed.statement, other.statement)
        if theirs is None or merged is None or other.type_of(theirs[0]) != kind or other.short == seed.short:
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
            seed.draft("add", replace(merged, goal=f"{left} = {right}"), *proofs, parents=(other.name,))
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
