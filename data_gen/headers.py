"""What stands before a statement, read off the text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from data_gen.library import Module
from physprover.lean.text.commands import Command, Scope, open_scope, parse
from physprover.lean.text.statements import Split, split_statement
from physprover.lean.text.terms import Statement, jaccard, parse_statement
from physprover.lean.text.tokens import IDENTIFIER, Source, mask

# -- Which definitions a statement rests on, and which earlier theorems speak of them. Read off the text, by name. --

MAX_LEMMAS = 6
_DEEPER = 0.8  # weight of a lemma about what the statement's functions are made of
DEFINITIONS = frozenset({"def", "abbrev", "structure", "inductive", "class"})
TYPES = frozenset({"structure", "inductive", "class"})
THEOREMS = frozenset({"theorem", "lemma"})
_WORD = re.compile(rf"(?:(?<=[)\]⟩])\.)?{IDENTIFIER.pattern}")
"""`(m.mul n).trace` holds `m.mul`, `n` and `.trace`."""


@dataclass(frozen=True)
class Declaration:
    """A named definition or theorem of a header."""

    name: str  # namespace-qualified
    kind: str
    scope: Scope
    words: tuple[str, ...]  # identifiers in order: of the whole definition, or of the theorem's statement


def declare(module: Module, command: Command) -> Declaration | None:
    """The declaration a command makes, None where it makes none that a statement could name."""
    if not command.name or command.kind not in DEFINITIONS | THEOREMS:
        return None
    text = module.source.masked[command.keyword : command.end]
    return declare_text(command.name, command.kind, command.scope, text)


@lru_cache(maxsize=8192)  # the headers of one file repeat each other's commands
def declare_text(name: str, kind: str, scope: Scope, text: str) -> Declaration:
    """A declaration from its masked text; of a theorem only the statement counts."""
    if kind in THEOREMS:
        split = split_statement(text)
        text = text[: split.statement_end] if split else text
    return Declaration(name, kind, scope, tuple(dict.fromkeys(_WORD.findall(text))))


class Context:
    """Declarations in file order; add each one after asking about it."""

    def __init__(self, declarations: Iterable[Declaration] = ()) -> None:
        self._definitions: dict[str, Declaration] = {}
        self._lasts: set[str] = set()  # last components of their names
        self._methods: dict[
            str, list[str]
        ] = {}  # last name component -> definitions inside a type's namespace
        self._theorems: list[tuple[Declaration, frozenset[str]]] = []
        self._bodies: dict[str, tuple[str, ...]] = {}  # definitions a definition mentions
        self._asked: tuple[Declaration, tuple[str, ...]] | None = None  # the last one, and what it mentions
        for declaration in declarations:
            self.add(declaration)

    def add(self, declaration: Declaration) -> None:
        if declaration.kind in THEOREMS:
            self._theorems.append((declaration, self._functions(declaration)))
            return
        self._asked = None
        self._definitions[declaration.name] = declaration
        self._lasts.add(declaration.name.rpartition(".")[2])
        self._bodies[declaration.name] = tuple(self._found(declaration))
        owner, _, last = declaration.name.rpartition(".")
        if owner in self._definitions and self._definitions[owner].kind in TYPES:
            self._methods.setdefault(last, []).append(declaration.name)

    def premises(self, theorem: Declaration) -> tuple[str, ...]:
        """Definitions the statement mentions, in order, then those their bodies mention, and so on; shortest names."""
        return tuple(shortest(name, theorem.scope) for name in self._closure(theorem))

    def lemmas(self, theorem: Declaration) -> tuple[str, ...]:
        """Earlier theorems about the statement's functions, or about what those are made of: most closely related
        first, then most recent. On PhysCore nine in ten of the lemmas that a reference proof uses are among them."""
        direct = self._functions(theorem)
        reachable = {n for n in self._closure(theorem) if self._definitions[n].kind not in TYPES}
        scored = []
        for position, (lemma, about) in enumerate(self._theorems):
            score = jaccard(direct, about) + (
                _DEEPER * jaccard(reachable, about) if about <= reachable else 0
            )
            if score:
                scored.append((score, position, lemma.name))
        best = sorted(scored, reverse=True)[:MAX_LEMMAS]
        return tuple(shortest(name, theorem.scope) for _, _, name in best)

    def _closure(self, theorem: Declaration) -> list[str]:
        found = list(self._mentioned(theorem))
        for name in found:  # grows while it is read: breadth first
            found += [n for n in self._bodies[name] if n not in found]
        return found

    def _functions(self, declaration: Declaration) -> frozenset[str]:
        return frozenset(n for n in self._mentioned(declaration) if self._definitions[n].kind not in TYPES)

    def _mentioned(self, declaration: Declaration) -> tuple[str, ...]:
        """Definitions that a declaration names; asked for premises, for lemmas and when it is added."""
        if self._asked is None or self._asked[0] is not declaration:
            self._asked = (declaration, tuple(self._found(declaration)))
        return self._asked[1]

    def _found(self, declaration: Declaration) -> Iterator[str]:
        seen = {declaration.name}
        for word in declaration.words:
            for name in self._resolve(word, declaration.scope):
                if name not in seen:
                    seen.add(name)
                    yield name

    def _resolve(self, word: str, scope: Scope) -> list[str]:
        """Definitions a written identifier may mean: `Vec3.mk` names Vec3; `b.energy` and `.energy` any type's `energy`."""
        if "." not in word and word not in self._lasts:
            return []
        parts = word.split(".")
        for length in range(len(parts), 0, -1):
            if parts[length - 1] not in self._lasts:
                continue
            written = ".".join(parts[:length])
            for prefix in scope.prefixes:
                name = f"{prefix}.{written}" if prefix else written
                if name in self._definitions:
                    return [name]
        return [name for part in parts[1:] for name in self._methods.get(part, ())]


def shortest(name: str, scope: Scope) -> str:
    """The shortest way to write a name in a scope."""
    ways = [name.removeprefix(prefix + ".") for prefix in scope.prefixes if name.startswith(prefix + ".")]
    return min((name, *ways), key=len)


# -- What a header offers to statements made under it: names in scope, types of its functions, constructors of its enums. --

_DEFINITION = re.compile(rf"(?:def|abbrev)\s+{IDENTIFIER.pattern}")
_STRUCTURE = re.compile(r"structure\b[^\n]*where\n((?:[ \t]+.*\n?|\n)+)")
_FIELD = re.compile(r"^[ \t]+\(?([\w' ]+?)[ \t]*:[ \t]*([^:=\n]+?)\)?[ \t]*$", re.MULTILINE)
_CONSTRUCTOR = re.compile(r"\|\s*(\w+)(?=\s*(?:\||$|--|deriving))", re.MULTILINE)


@dataclass(frozen=True)
class Signature:
    """A function of the header: `kineticEnergy (m v : Int) : Int` has arguments ("Int", "Int"), result "Int"."""

    name: str  # as written in the header's last scope
    arguments: tuple[str, ...]
    result: str


@dataclass(
    frozen=True, eq=False
)  # read once for each text (`read_header`), so that what is made of it can be cached
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

    def fields(self, kind: str) -> tuple[tuple[str, str], ...]:
        """(name, type) of each field of a structure such as `Vec3 K`; none for another type, or where they cannot be read."""
        body = _STRUCTURE.match(self.bodies.get(kind.partition(" ")[0], ""))
        found = _FIELD.findall(body[1]) if body else []
        return tuple((name, type_) for names, type_ in found for name in names.split())

    def definitions(self, premises: Sequence[str]) -> tuple[str, ...]:
        """Those that can be unfolded: functions, not types."""
        return tuple(name for name in premises if name in self.functions)

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


def read_definition(body: str) -> tuple[Statement, Split] | None:
    """A `def` as a statement whose goal is the type of its value, and where its text is cut; None where it cannot be read."""
    cut, head = split_statement(body), _DEFINITION.match(body)
    statement = parse_statement("theorem f" + body[head.end() : cut.statement_end]) if cut and head else None
    return (statement, cut) if cut and statement else None


def _signature(name: str, body: str) -> Signature | None:
    """Argument and result types of a `def`, arrows behind the colon counted as arguments."""
    found = read_definition(body)
    if found is None or any(b.bracket != "(" for b in found[0].binders):
        return None
    statement = found[0]
    arrows = [part.strip() for part in statement.goal.split("→")]
    if any(bracket in statement.goal for bracket in "(["):
        return None
    arguments = (*(b.type for b in statement.binders for _ in b.names), *arrows[:-1])
    return Signature(name, arguments, arrows[-1])
