"""Other hypotheses, other constants: the claim made under more, less or different conditions."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from random import Random

from data_gen.mutations.seeds import NUMBERS, Draft, Seed, Tactics
from physprover.lean.text.terms import Binder, Statement, relation

_WEAKER = {"<": "≤", "=": "≤", ">": "≥"}
_STRICTER = {"≤": "<", "≥": ">", "≠": "<"}
_NUMERAL = re.compile(r"(?<![\w.'])\d+(?![\w.'])")
_OPPOSITE = {"<": ">", ">": "<", "≤": "≥", "≥": "≤", "+": "-", "-": "+"}


def drop(seed: Seed, _random: Random) -> list[Draft]:
    """One hypothesis left out: mostly false, and then its negation is a theorem."""
    if seed.cited:
        return []
    return [seed.draft("drop", seed.statement.without(h), *seed.close()) for h in seed.statement.hypotheses()]


def relax(seed: Seed, _random: Random) -> list[Draft]:
    """a ≤ b for the hypothesis a < b or a = b: holds where the edge case does."""
    if seed.cited:
        return []
    return [
        seed.draft("relax", statement, *seed.close()) for _, statement in _with_other_relations(seed, _WEAKER)
    ]


def restrict(seed: Seed, _random: Random) -> list[Draft]:
    """a < b for the hypothesis a ≤ b: a narrower case."""
    return [
        seed.draft("restrict", statement, *_from_stricter(seed, name))
        for name, statement in _with_other_relations(seed, _STRICTER)
    ]


def generalise(seed: Seed, random: Random) -> list[Draft]:
    """A variable for a number of the goal: mostly false, and where it is not, the number did not matter."""
    numerals = sorted(set(_NUMERAL.findall(seed.statement.goal)))
    parts = seed.relation(seed.statement.goal)
    if seed.cited or not numerals or parts is None or parts.kind not in NUMBERS:
        return []
    taken = {n for b in seed.statement.binders for n in b.names}
    fresh = next(n for n in ("k", "m", "c", "q", "k'") if n not in taken)
    number = random.choice(numerals)
    goal = re.sub(rf"(?<![\w.']){number}(?![\w.'])", fresh, seed.statement.goal)
    binders = (*seed.statement.binders, Binder("(", (fresh,), parts.kind))
    statement = replace(seed.statement, binders=binders, goal=goal)
    return [seed.draft("generalise", statement, *seed.direct(), *seed.close())]


def dual(seed: Seed, _random: Random) -> list[Draft]:
    """The two values of a type exchanged, or the order of an inequality with its signs: up for down, ≥ for ≤."""
    if seed.cited:
        return []
    found = []
    for one, other in [v for v in seed.header.enums.values() if len(v) == 2]:
        goal = _swap(seed.statement.goal, one, other)
        if goal != seed.statement.goal:
            proof: Tactics = tuple(_swap(line, one, other) for line in seed.proof)
            found.append(seed.draft("dual", seed.with_goal(goal), proof, *seed.close()))
    parts = relation(seed.statement.goal)
    if parts and parts[1] in "<>≤≥":
        goal = "".join(_OPPOSITE.get(c, c) for c in seed.statement.goal)
        found.append(seed.draft("dual", seed.with_goal(goal), *seed.close()))
    return found


def _swap(text: str, one: str, other: str) -> str:
    """Two dotted names exchanged, written in full or as `.up`."""
    for a, b in ((one, other), (f".{one.rpartition('.')[2]}", f".{other.rpartition('.')[2]}")):
        text = re.sub(rf"(?<![\w']){re.escape(a)}(?![\w'])", "\0", text)
        text = re.sub(rf"(?<![\w']){re.escape(b)}(?![\w'])", a, text).replace("\0", b)
    return text


def _with_other_relations(seed: Seed, other: dict[str, str]) -> list[tuple[str, Statement]]:
    """The statement with the relation of one hypothesis about numbers exchanged, for each that has one in the table."""
    found = []
    for name, text in seed.statement.hypotheses().items():
        parts = seed.relation(text)
        if parts is None or parts.kind not in NUMBERS or parts.operator not in other:
            continue
        changed = f"{parts.left} {other[parts.operator]} {parts.right}"
        binders = tuple(
            replace(b, type=changed) if name in b.names and len(b.names) == 1 else b
            for b in seed.statement.binders
        )
        if binders != seed.statement.binders:
            found.append((name, replace(seed.statement, binders=binders)))
    return found


def _from_stricter(seed: Seed, name: str) -> list[Tactics]:
    """The seed's proof after its own hypothesis was won back from the stricter one."""
    old = seed.statement.hypotheses()[name]
    if seed.cited:
        arguments = [f"(by omega : {old})" if a == name else a for a in seed.statement.arguments()]
        return [(" ".join(["exact", seed.short, *arguments]),)]
    return [*seed.direct(), *((f"replace {name} : {old} := by omega", *lines) for lines in seed.close())]


# -- Fewer degrees of freedom: a variable becomes a number, a constructor, another variable or a compound term. --


def _put(rule: str, seed: Seed, name: str, term: str) -> Iterator[Draft]:
    changed = seed.statement.substitute(name, term)
    if changed is not None and changed.goal != seed.statement.goal:
        yield seed.draft(rule, changed, *seed.close({name: term}))


def literal(seed: Seed, random: Random) -> list[Draft]:
    """x := 3."""
    found: list[Draft] = []
    for name, kind in seed.statement.variables().items():
        numbers = ["2", "3", "4", "5", "(-1)", "(-2)"] if kind == "Int" else ["2", "3", "4", "5"]
        if kind in NUMBERS:
            found += [d for term in random.sample(numbers, 2) for d in _put("literal", seed, name, term)]
    return found


def constructor(seed: Seed, random: Random) -> list[Draft]:
    """s := Spin.up, for a finite type."""
    found: list[Draft] = []
    for name, kind in seed.statement.variables().items():
        terms = seed.header.enums.get(kind, ("true", "false") if kind == "Bool" else ())
        found += [
            d
            for term in random.sample(terms, min(2, len(terms)))
            for d in _put("constructor", seed, name, term)
        ]
    return found


def identify(seed: Seed, _random: Random) -> list[Draft]:
    """x := y, for two variables of one type."""
    variables = list(seed.statement.variables().items())
    return [
        draft
        for i, (kept, kind) in enumerate(variables)
        for name, other in variables[i + 1 :]
        if kind == other
        for draft in _put("identify", seed, name, kept)
    ]


def compound(seed: Seed, random: Random) -> list[Draft]:
    """x := 2 * x, n := n + 1, u := vadd u v: the statement at a term instead of a variable."""
    found: list[Draft] = []
    for name, kind in seed.statement.variables().items():
        terms = _terms_around(seed, name, kind)
        for term in random.sample(terms, min(2, len(terms))):
            found += _put_inside(seed, name, term)
    return found


def _terms_around(seed: Seed, name: str, kind: str) -> list[str]:
    terms = {
        "Int": [f"-{name}", f"2 * {name}", f"{name} + 1"],
        "Nat": [f"{name} + 1", f"2 * {name}"],
    }.get(kind, [])
    others = [v for v, k in seed.statement.variables().items() if k == kind]
    terms += [f"{name} + {v}" for v in others if kind in NUMBERS and v != name]
    for function in seed.header.functions.values():
        if function.result == kind and function.arguments == (kind,):
            terms.append(f"{function.name} {name}")
        elif function.result == kind and function.arguments == (kind, kind):
            terms += [f"{function.name} {name} {v}" for v in others]
    return terms


def _put_inside(seed: Seed, name: str, term: str) -> Iterator[Draft]:
    """The variable stays, inside the term, so its binder stays too."""
    changed = seed.statement.substitute(name, term)
    if changed is not None and changed.goal != seed.statement.goal:
        kept = tuple(
            replace(b, type=c.type)
            for b, c in zip(seed.statement.binders, _aligned(seed, changed.binders, name), strict=True)
        )
        yield seed.draft("compound", replace(changed, binders=kept), *seed.close({name: term}))


def _aligned(seed: Seed, binders: tuple[Binder, ...], name: str) -> list[Binder]:
    """`binders` with the group that held only `name` put back."""
    rest = iter(binders)
    return [b if b.names == (name,) else next(rest) for b in seed.statement.binders]
