"""What a header offers to statements made under it: names in scope, types of its functions, constructors of its enums."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from data_gen.premises import DEFINITIONS, THEOREMS, TYPES, Context, Declaration, declare_text, shortest
from data_gen.terms import Statement, parse_statement
from physprover.lean.text.commands import Command, Scope, open_scope, parse
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import IDENTIFIER, Source, mask

_CONSTRUCTOR = re.compile(r"\|\s*(\w+)(?=\s*(?:\||$|--|deriving))", re.MULTILINE)


@dataclass(frozen=True)
class Signature:
    """A function of the header: `kineticEnergy (m v : Int) : Int` has arguments ("Int", "Int"), result "Int"."""

    name: str  # as written in the header's last scope
    arguments: tuple[str, ...]
    result: str


@dataclass(frozen=True)
class Header:
    """A header, read. Names are as short as the scope at its end allows."""

    text: str
    scope: Scope
    context: Context
    functions: dict[str, Signature]
    enums: dict[str, tuple[str, ...]]  # inductive types whose constructors take no argument
    structures: frozenset[str]
    theorems: dict[str, Statement]  # earlier theorems that can be read, by name
    bodies: dict[str, str]  # definitions and types as written, comments blanked, in order

    def premises(self, statement: str) -> tuple[str, ...]:
        return self.context.premises(self._declaration(statement))

    def lemmas(self, statement: str) -> tuple[str, ...]:
        return self.context.lemmas(self._declaration(statement))

    def definitions(self, statement: str) -> tuple[str, ...]:
        """Premises that can be unfolded: functions, not types."""
        return tuple(name for name in self.premises(statement) if name in self.functions)

    def _declaration(self, statement: str) -> Declaration:
        return declare_text("", "theorem", self.scope, statement)


@lru_cache(maxsize=1024)
def read_header(text: str, within: str = "") -> Header:
    """Read a header's text; `within` is a longer header that starts with it, cut into commands once for all."""
    source, all_commands = _cut(within if within.startswith(text) else text)
    commands = [command for command in all_commands if command.end <= len(text)]
    scope, context = open_scope(commands, source), Context()
    functions, enums, structures, theorems, bodies = {}, {}, set(), {}, {}
    for command in commands:
        body = source.masked[command.keyword : command.end]
        if not command.name or command.kind not in DEFINITIONS | THEOREMS:
            continue
        name = shortest(command.name, scope)
        context.add(declare_text(command.name, command.kind, command.scope, body))
        if command.kind in THEOREMS:
            cut = split_statement(body)
            statement = parse_statement(body[: cut.statement_end]) if cut else None
            if statement is not None:
                theorems[name] = statement
            continue
        bodies[name] = body
        if command.kind in TYPES:
            structures.add(name)
            if constructors := _enum(command, body):
                enums[name] = tuple(f"{name}.{c}" for c in constructors)
        elif signature := _signature(name, body):
            functions[name] = signature
    return Header(text, scope, context, functions, enums, frozenset(structures), theorems, bodies)


@lru_cache(maxsize=4)
def _cut(text: str) -> tuple[Source, list[Command]]:
    source = mask(text)
    return source, parse(source)


def _enum(command: Command, body: str) -> tuple[str, ...]:
    """Constructors of an inductive type all of which stand alone."""
    found = tuple(_CONSTRUCTOR.findall(body))
    alone = (
        command.kind == "inductive"
        and len(found) == body.count("|")
        and ":" not in body.partition("where")[0]
    )
    return found if alone else ()


def _signature(name: str, body: str) -> Signature | None:
    """Argument and result types of a `def`, arrows behind the colon counted as arguments."""
    cut = split_statement(body)
    head = re.match(rf"(?:def|abbrev)\s+{IDENTIFIER.pattern}", body)
    if cut is None or head is None:
        return None
    statement = parse_statement("theorem f" + body[head.end() : cut.statement_end])
    if statement is None or any(b.bracket != "(" for b in statement.binders):
        return None
    arrows = [part.strip() for part in statement.goal.split("→")]
    if any(bracket in statement.goal for bracket in "(["):
        return None
    arguments = (*(b.type for b in statement.binders for _ in b.names), *arrows[:-1])
    return Signature(name, arguments, arrows[-1])
