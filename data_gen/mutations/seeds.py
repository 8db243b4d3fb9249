"""A seed as the rules see it, and the drafts they return."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import NamedTuple

from data_gen.headers import Header
from physprover.lean.text.terms import Statement, atom, mentions, relation, substitute

Tactics = tuple[str, ...]  # lines of a tactic block, dedented

NUMBERS = ("Int", "Nat")
_CLOSER = re.compile(r"^(?:grind|omega|simp\b|cases\b.*<;>)|<;> (?:grind|omega|rfl|simp\b)")
_EATS_VARIABLE = re.compile(r"\b(?:induction|cases|rcases|obtain|match|generalizing)\b")


class Relation(NamedTuple):
    """A plain relation, and the type of its sides as far as it is known."""

    left: str
    operator: str
    right: str
    kind: str | None


@dataclass(frozen=True)
class Draft:
    """A conjecture before Lean has seen it."""

    rule: str
    statement: Statement
    proofs: tuple[Tactics, ...]
    seed: Seed
    parents: tuple[str, ...] = ()  # beside the seed


@dataclass(frozen=True)
class Seed:
    """A theorem that conjectures are made from. Where it is `cited`, it stands in the header and may be used by name."""

    name: str  # full
    statement: Statement
    proof: Tactics
    header: Header
    cited: bool = False
    siblings: tuple[Seed, ...] = ()  # earlier theorems of the file; all of them stand in the header

    @property
    def short(self) -> str:
        return self.statement.name

    def close(self, terms: Mapping[str, str] | None = None) -> tuple[Tactics, ...]:
        """Ways to close the seed's goal after its variables were replaced by terms."""
        terms = terms or {}
        if self.cited:
            arguments = [atom(terms.get(a, a)) for a in self.statement.arguments()]
            return (
                (" ".join(["exact", self.short, *arguments]),),
                (f"rw [{self.short}]",),
                (f"simp [{self.short}]",),
            )
        lines = self.proof
        for name, term in terms.items():
            eaten = any(_EATS_VARIABLE.search(line) and mentions(line, name) for line in lines)
            if not eaten or term in self.statement.variables():
                lines = tuple(substitute(line, name, term) for line in lines)
            elif " " in term:
                fresh = next(n for n in ("m", "k", "t", "w", "z0") if not mentions(str(self.statement), n))
                lines = (f"generalize {term} = {fresh}", *(substitute(line, name, fresh) for line in lines))
            else:
                return ()  # a number or constructor: induction on it means nothing
        return (lines,) if lines else ()

    def direct(self) -> tuple[Tactics, ...]:
        """The seed's own proof where it ends in a tactic that does not care about the goal's exact shape."""
        return (self.proof,) if not self.cited and self.proof and _CLOSER.search(self.proof[-1]) else ()

    def have(self, *rest: str) -> tuple[Tactics, ...]:
        """Ways that first state the seed's goal as `h`, then go on with the given lines."""
        fresh = "h"
        if "h" in self.statement.hypotheses():  # keep the seed's own h visible
            fresh, rest = "h0", tuple(re.sub(r"\bh\b", "h0", line) for line in rest)
        if self.cited:
            return ((self.close()[0][0].replace("exact ", f"have {fresh} := ", 1), *rest),)
        head = f"have {fresh} : {self.statement.goal} := by"
        return tuple((*nest(head, lines), *rest) for lines in self.close())

    def draft(
        self, rule: str, statement: Statement, *proofs: Tactics, parents: tuple[str, ...] = ()
    ) -> Draft:
        return Draft(rule, statement, tuple(dict.fromkeys(p for p in proofs if p)), self, parents)

    def with_goal(self, goal: str) -> Statement:
        return replace(self.statement, goal=goal)

    def definitions(self, goal: str) -> tuple[str, ...]:
        """What can be unfolded of what the goal rests on."""
        return self.header.definitions(self.header.premises(goal))

    def relation(self, proposition: str) -> Relation | None:
        """What a proposition relates, where it is one plain relation."""
        parts = relation(proposition)
        return parts and Relation(*parts, self.type_of(parts[0]) or self.type_of(parts[2]))

    def type_of(self, term: str) -> str | None:
        """The type of a term, read off its first atom whose type is known; None where nothing is."""
        return type_of(term, self.statement, self.header)


# Drafts in any order, each with the name of the function; the caller picks.
Rule = Callable[[Seed, Random], list[Draft]]


def nest(head: str, lines: Tactics) -> Tactics:
    """A line that opens a block, and the block indented below it."""
    return (f"{head} {lines[0]}",) if len(lines) == 1 else (head, *(f"  {line}" for line in lines))


def bullet(lines: Tactics) -> Tactics:
    """A focused block."""
    return (f"· {lines[0]}", *(f"  {line}" for line in lines[1:]))


def inline(lines: Tactics) -> str | None:
    """A one-line block as a term."""
    return f"(by {lines[0]})" if len(lines) == 1 else f"(by {'; '.join(lines)})" if _flat(lines) else None


def _flat(lines: Tactics) -> bool:
    return all(not line.startswith((" ", "|", "·")) for line in lines)


def type_of(term: str, statement: Statement, header: Header) -> str | None:
    """See `Seed.type_of`."""
    variables = statement.variables()
    for word in re.findall(r"[^\W\d][\w'.]*|\d+", term):
        head = word.partition(".")[0]
        if word in header.functions:
            return header.functions[word].result
        if word in variables:
            return variables[word]
        if head in variables or (head in header.enums):
            return head if head in header.enums else _field_type(variables[head], word, header)
    return None


def _field_type(owner: str, word: str, header: Header) -> str | None:
    """Type of `x.field` where the header shows the structure `owner`; methods count as functions."""
    field = word.split(".")[1]
    method = header.functions.get(f"{owner}.{field}")
    if method is not None:
        return method.result
    body = re.search(rf"structure {re.escape(owner)}\b.*?(?=\n\S)", header.text, re.DOTALL)
    found = body and re.search(rf"\b{re.escape(field)}\b[\w ]*: *([\w. ]+)", body[0])
    return found[1].strip() if found else None
