"""Other goals: what follows from an equation or inequality, and the claim in other logical forms."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from random import Random

from data_gen.mutations.seeds import NUMBERS, Draft, Relation, Seed, bullet, inline
from physprover.lean.text.terms import (
    Binder,
    Statement,
    atom,
    bound_names,
    mentions,
    relation,
    split_at,
    substitute,
    top_level,
)
from physprover.lean.text.tokens import IDENTIFIER

# -- Consequences of an equation: its sides swapped, shifted, scaled, or sent through a function. --


def equation(seed: Seed) -> Relation | None:
    """A goal that is one equation."""
    found = seed.relation(seed.statement.goal)
    return found if found and found.operator == "=" else None


def swap(seed: Seed, _random: Random) -> list[Draft]:
    """b = a."""
    sides = equation(seed)
    if sides is None:
        return []
    statement = seed.with_goal(f"{sides.right} = {sides.left}")
    if seed.cited:
        return [seed.draft("swap", statement, *seed.have("exact h.symm"), (f"rw [{seed.short}]",))]
    return [seed.draft("swap", statement, *seed.direct(), *(("symm", *p) for p in seed.close()))]


def both_sides(seed: Seed, random: Random) -> list[Draft]:
    """a + c = b + c, or k * a = k * b."""
    sides = equation(seed)
    if sides is None or sides.kind not in NUMBERS:
        return []
    left, right, kind = sides.left, sides.right, sides.kind
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
    if sides is None or sides.kind is None:
        return []
    kind = sides.kind
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
            for side in (sides.left, sides.right)
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
    parts = seed.relation(seed.statement.goal)
    if parts is None or parts.kind not in NUMBERS:
        return []
    left, operator, right, kind = parts
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
    parts = seed.relation(seed.statement.goal)
    if parts is None or seed.cited or parts.kind not in NUMBERS or parts.operator not in ("≤", "≠"):
        return []
    return [seed.draft("sharpen", seed.with_goal(f"{parts.left} < {parts.right}"), *seed.close())]


# -- Two equations of one file become one: rewritten with, added to, or chained with each other. --


def rewrite(seed: Seed, _random: Random) -> list[Draft]:
    """The seed with one side of an earlier equation, where it occurs, replaced by the other."""
    found = []
    for other in seed.siblings:
        sides = equation(other)
        if sides is None or other.short == seed.short:
            continue
        for old, new, arrow in ((sides.left, sides.right, "← "), (sides.right, sides.left, "")):
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
    if sides is None or sides.kind not in NUMBERS:
        return []
    found = []
    for other in random.sample(seed.siblings, min(4, len(seed.siblings))):
        theirs = equation(other)
        merged = merge(seed.statement, other.statement)
        if (
            theirs is None
            or merged is None
            or other.type_of(theirs.left) != sides.kind
            or other.short == seed.short
        ):
            continue
        operator = random.choice("+*" if sides.kind == "Nat" else "+-*")
        left = f"{atom(sides.left)} {operator} {atom(theirs.left)}"
        right = f"{atom(sides.right)} {operator} {atom(theirs.right)}"
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


# -- Logical forms: conjunctions, witnesses, contrapositives, converses, hypotheses moved behind the colon. --


def witness(seed: Seed, _random: Random) -> list[Draft]:
    """∃ w, … in place of an argument: `dot u (cross u v) = 0` shows `∃ w, dot u w = 0`."""
    parts = relation(seed.statement.goal)
    if parts is None:
        return []
    goal, found = seed.statement.goal, []
    for side in (parts[0], parts[2]):
        for term in _arguments(side):
            name = next(n for n in ("w", "c", "d") if not mentions(str(seed.statement), n))
            body = goal.replace(term, name)
            inner = term[1:-1].strip()
            used = [v for v in seed.statement.variables() if mentions(body, v)]
            if any(mentions(inner, v) for v in used) or not seed.statement.variables():
                found.append(_with_witness(seed, f"∃ {name}, {body}", inner))
    return found


def _arguments(side: str) -> list[str]:
    """Bracketed compound arguments of the side's function applications."""
    tokens = top_level(side)
    return [
        token
        for (before, _, _), (token, _, _) in pairwise(tokens)
        if token.startswith("(") and IDENTIFIER.fullmatch(before)
    ]


def _with_witness(seed: Seed, goal: str, term: str) -> Draft:
    statement = _pruned(seed.with_goal(goal), term)
    proofs = []
    for lines in seed.close():
        block = inline(lines)
        proofs.append(
            (f"refine ⟨{term}, ?_⟩", *lines) if block is None else (f"exact ⟨{term}, {block[1:-1]}⟩",)
        )
        proofs.append((f"refine ⟨{term}, ?_⟩", *lines))
    if seed.cited:
        call = seed.close()[0][0].removeprefix("exact ")
        proofs.insert(0, (f"exact ⟨{term}, {call}⟩",))
    return seed.draft("witness", statement, *proofs)


def some_value(seed: Seed, random: Random) -> list[Draft]:
    """∃ x, goal: one value of a variable is enough, and has to be named."""
    found = []
    hypotheses = " ".join(seed.statement.hypotheses().values())
    for name, kind in seed.statement.variables().items():
        values = {"Int": ("0", "1"), "Nat": ("0", "1"), "Bool": ("true",)}.get(
            kind, seed.header.enums.get(kind, ())
        )
        if not values or mentions(hypotheses, name) or name in bound_names(seed.statement.goal):
            continue
        rest = seed.statement.substitute(name, values[0])
        if rest is None or not mentions(seed.statement.goal, name):
            continue
        # without a second demand the value 0 settles most of these
        extra = f"{name} ≠ 0 ∧ " if kind in NUMBERS else ""
        statement = replace(rest, goal=f"∃ {name} : {kind}, {extra}{seed.statement.goal}")
        value = random.choice(values[1:] or values)
        closing = [
            ("refine ⟨" + value + (", by decide" if extra else "") + ", ?_⟩", *p)
            for p in seed.close({name: value})
        ]
        definitions = ", ".join(seed.definitions(seed.statement.goal))
        closing.append((f"exact ⟨{value}, {'by decide, ' if extra else ''}by simp [{definitions}]⟩",))
        closing.append((f"exact ⟨{value}, {'by decide, ' if extra else ''}by grind [{definitions}]⟩",))
        found.append(seed.draft("some_value", statement, *closing))
    return found


def conjoin(seed: Seed, random: Random) -> list[Draft]:
    """The goal and that of an earlier theorem of the file, under common names."""
    found = []
    for other in random.sample(seed.siblings, min(1, len(seed.siblings))):
        merged = merge(seed.statement, other.statement)
        if merged is None or other.short == seed.short:
            continue
        goals = [g if relation(g) else f"({g})" for g in (seed.statement.goal, other.statement.goal)]
        call = " ".join(["exact", other.short, *other.statement.arguments()])
        proofs = [("constructor", *bullet(lines), f"· {call}") for lines in seed.close()]
        found.append(
            seed.draft("conjoin", replace(merged, goal=" ∧ ".join(goals)), *proofs, parents=(other.name,))
        )
    return found


def contrapositive(seed: Seed, _random: Random) -> list[Draft]:
    """¬ goal → ¬ hypothesis, and the converse (goal → hypothesis), which is mostly false."""
    hypotheses = seed.statement.hypotheses()
    if len(hypotheses) != 1 or not relation(seed.statement.goal):
        return []
    ((name, hypothesis),) = hypotheses.items()
    binders = tuple(b for b in seed.statement.binders if not b.is_hypothesis)
    goal = seed.statement.goal
    negated = (*binders, Binder("(", (name,), f"¬ {goal}"))
    proofs: list[tuple[str, ...]] = []
    for lines in seed.close():
        renamed = tuple(substitute(line, name, "hc") for line in lines)
        block = inline(renamed)
        proofs.append(
            ("intro hc", f"exact {name} {block}") if block else ("intro hc", f"apply {name}", *renamed)
        )
    contra = replace(seed.statement, binders=negated, goal=f"¬ ({hypothesis})")
    converse = replace(seed.statement, binders=(*binders, Binder("(", (name,), goal)), goal=hypothesis)
    return [seed.draft("contrapositive", contra, *proofs), seed.draft("converse", converse, *seed.close())]


def behind(seed: Seed, _random: Random) -> list[Draft]:
    """Hypotheses and the last variable moved behind the colon, to be introduced by the proof."""
    *kept, last = seed.statement.binders or (Binder("(", (), ""),)
    if not kept or last.bracket != "(" or not last.names:
        return []
    front = f"{last.type} → " if last.is_hypothesis else f"∀ {' '.join(last.names)} : {last.type}, "
    statement = replace(seed.statement, binders=tuple(kept), goal=front + seed.statement.goal)
    return [seed.draft("behind", statement, *((f"intro {' '.join(last.names)}", *p) for p in seed.close()))]


def direction(seed: Seed, _random: Random) -> list[Draft]:
    """One direction of an equivalence."""
    parts = split_at(seed.statement.goal, ("↔",))
    if parts is None:
        return []
    left, _, right = parts
    found = []
    for premise, goal, way in ((left, right, "mp"), (right, left, "mpr")):
        statement = replace(
            seed.statement, binders=(*seed.statement.binders, Binder("(", ("hp",), premise)), goal=goal
        )
        found.append(seed.draft("direction", statement, *seed.have(f"exact h.{way} hp")))
    return found


def merge(first: Statement, second: Statement) -> Statement | None:
    """Both binder lists under one statement; None where a name stands for two things."""
    known = {n: b for b in first.binders for n in b.names}
    instances = [b for b in first.binders if not b.names]
    extra = []
    for binder in second.binders:
        new = tuple(n for n in binder.names if n not in known)
        if any(known[n].type != binder.type for n in binder.names if n in known):
            return None
        if new or (not binder.names and binder not in instances):
            extra.append(replace(binder, names=new))
    return replace(first, binders=(*first.binders, *extra))


def _pruned(statement: Statement, term: str) -> Statement:
    """Without the variables that neither the goal, a hypothesis nor the witness mentions."""
    text = " ".join([statement.goal, term, *(b.type for b in statement.binders)])
    binders = []
    for binder in statement.binders:
        names = tuple(n for n in binder.names if mentions(text, n) or binder.is_hypothesis)
        if names or not binder.names:
            binders.append(replace(binder, names=names))
    return replace(statement, binders=tuple(binders), goal=re.sub(r"\s+", " ", statement.goal))
