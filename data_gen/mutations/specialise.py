"""Fewer degrees of freedom: a variable becomes a number, a constructor, another variable or a compound term."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from data_gen.mutations.seeds import NUMBERS, Draft, Rule

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    from data_gen.mutations.seeds import Seed
    from data_gen.terms import Binder


def _put(rule: str, seed: Seed, name: str, term: str) -> Iterator[Draft]:
    changed = seed.statement.substitute(name, term)
    if changed is not None and changed.goal != seed.statement.goal:
        yield seed.draft(rule, changed, *seed.close({name: term}))


class Literal(Rule):
    """x := 3."""

    name = "literal"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        found: list[Draft] = []
        for name, kind in seed.statement.variables().items():
            numbers = ["2", "3", "4", "5", "(-1)", "(-2)"] if kind == "Int" else ["2", "3", "4", "5"]
            if kind in NUMBERS:
                found += [d for term in random.sample(numbers, 2) for d in _put(self.name, seed, name, term)]
        return found


class Constructor(Rule):
    """s := Spin.up, for a finite type."""

    name = "constructor"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        found: list[Draft] = []
        for name, kind in seed.statement.variables().items():
            terms = seed.header.enums.get(kind, ("true", "false") if kind == "Bool" else ())
            found += [
                d
                for term in random.sample(terms, min(2, len(terms)))
                for d in _put(self.name, seed, name, term)
            ]
        return found


class Identify(Rule):
    """x := y, for two variables of one type."""

    name = "identify"

    def drafts(self, seed: Seed, _random: Random) -> list[Draft]:
        variables = list(seed.statement.variables().items())
        return [
            draft
            for i, (kept, kind) in enumerate(variables)
            for name, other in variables[i + 1 :]
            if kind == other
            for draft in _put(self.name, seed, name, kept)
        ]


class Compound(Rule):
    """x := 2 * x, n := n + 1, u := vadd u v: the statement at a term instead of a variable."""

    name = "compound"

    def drafts(self, seed: Seed, random: Random) -> list[Draft]:
        found: list[Draft] = []
        for name, kind in seed.statement.variables().items():
            terms = self._terms(seed, name, kind)
            for term in random.sample(terms, min(2, len(terms))):
                found += self._put(seed, name, term)
        return found

    def _terms(self, seed: Seed, name: str, kind: str) -> list[str]:
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

    def _put(self, seed: Seed, name: str, term: str) -> Iterator[Draft]:
        """The variable stays, inside the term, so its binder stays too."""
        changed = seed.statement.substitute(name, term)
        if changed is not None and changed.goal != seed.statement.goal:
            kept = tuple(
                replace(b, type=c.type)
                for b, c in zip(seed.statement.binders, _aligned(seed, changed.binders, name), strict=True)
            )
            statement = type(changed)(changed.name, kept, changed.goal)
            yield seed.draft(self.name, statement, *seed.close({name: term}))


def _aligned(seed: Seed, binders: tuple[Binder, ...], name: str) -> list[Binder]:
    """`binders` with the group that held only `name` put back."""
    rest = iter(binders)
    return [b if b.names == (name,) else next(rest) for b in seed.statement.binders]
