"""Which definitions a statement rests on, and which earlier theorems speak of them. Read off the text, by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet

    from data_gen.library import Module
    from physprover.lean.text.commands import Command, Scope

MAX_LEMMAS = 6
_DEEPER = 0.8  # weight of a lemma about what the statement's functions are made of
DEFINITIONS = frozenset({"def", "abbrev", "structure", "inductive", "class"})
TYPES = frozenset({"structure", "inductive", "class"})
THEOREMS = frozenset({"theorem", "lemma"})


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
    return Declaration(name, kind, scope, tuple(_words(text)))


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
        for declaration in declarations:
            self.add(declaration)

    def add(self, declaration: Declaration) -> None:
        if declaration.kind in THEOREMS:
            self._theorems.append((declaration, self._functions(declaration)))
            return
        self._definitions[declaration.name] = declaration
        self._lasts.add(declaration.name.rpartition(".")[2])
        self._bodies[declaration.name] = tuple(self._mentioned(declaration))
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
            score = _overlap(direct, about) + (
                _DEEPER * _overlap(reachable, about) if about <= reachable else 0
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

    def _mentioned(self, declaration: Declaration) -> Iterator[str]:
        seen = {declaration.name}
        for word in declaration.words:
            for name in self._resolve(word, declaration.scope):
                if name not in seen:
                    seen.add(name)
                    yield name

    def _resolve(self, word: str, scope: Scope) -> list[str]:
        """Definitions a written identifier may mean: `Vec3.mk` names Vec3, `b.energy` any type's `energy`."""
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


def _overlap(one: AbstractSet[str], other: AbstractSet[str]) -> float:
    """Share of common members (Jaccard), 0 for two empty sets."""
    return len(one & other) / max(len(one | other), 1)


def shortest(name: str, scope: Scope) -> str:
    """The shortest way to write a name in a scope."""
    ways = [name.removeprefix(prefix + ".") for prefix in scope.prefixes if name.startswith(prefix + ".")]
    return min((name, *ways), key=len)


def _words(text: str) -> list[str]:
    """Identifiers in order of first appearance, the declaration's own name and keyword among them."""
    return list(dict.fromkeys(match.group() for match in IDENTIFIER.finditer(text)))
