"""Constants a proof names: arguments of `simp [..]`, `rw [..]`, `grind [..]`, and identifiers inside terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from physprover.insight.sketch import components
from physprover.prompts.definitions import IDENT, declarations, written_name
from physprover.prompts.handles import bound_names

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.insight.script import Script, Step

Role = Literal["theorem", "definition"]

_LISTED = re.compile(
    r"(?:simp_all|simp_rw|simpa|simp|grind|rwa|rw|erw|nlinarith|linarith)(?:\s+only)?\s*(?=\[)"
)
_LIBRARY = re.compile(r"[A-Z][\w']*\.")  # `Int.mul_comm`: a name of Lean's own library


@dataclass(frozen=True)
class Named:
    """A constant as a proof writes it, at `text[start:end]` of the script."""

    name: str
    role: Role
    start: int
    end: int


@dataclass(frozen=True)
class Argument:
    """One member of an argument list; `constant` is None for a local fact (`h`, `ih`) or a term without a constant."""

    start: int
    end: int
    constant: Named | None


class Scope:
    """Which identifiers of a theorem's proof are constants, read off its header and statement."""

    def __init__(self, header: str, statement: str) -> None:
        self._known = declarations(header)
        self._bound = frozenset(bound_names(statement))

    def role(self, identifier: str) -> Role | None:
        """What a written identifier names, None for locals and for what cannot be told."""
        head = identifier.partition(".")[0]
        if head in self._bound:
            return None
        parts = identifier.split(".")
        for length in range(len(parts), 0, -1):
            written = written_name(self._known, ".".join(parts[:length]))
            if written is not None:
                theorem = self._known[written].kind == "theorem" or identifier.endswith((".inj", ".injEq"))
                return "theorem" if theorem else "definition"
        return "theorem" if _LIBRARY.match(identifier) else None


def argument_list(script: Script, step: Step) -> tuple[int, int] | None:
    """Offsets of the brackets of `simp [..]` and its like: of `[` and behind `]`."""
    match = _LISTED.match(script.masked, step.start, step.end)
    if match is None:
        return None
    depth = 0
    for at in range(match.end(), step.end):
        depth += (script.masked[at] in "([{⟨") - (script.masked[at] in ")]}⟩")
        if depth == 0:
            return match.end(), at + 1
    return None


def arguments(script: Script, step: Step, scope: Scope) -> list[Argument]:
    """Members of a step's argument list, in order."""
    brackets = argument_list(script, step)
    if brackets is None:
        return []
    spans = components(script.masked[: step.end], brackets[0])
    return [Argument(a, b, next(_named(script, a, b, scope), None)) for a, b in spans]


def constants(script: Script, step: Step, scope: Scope) -> list[Named]:
    """Theorems named in the step's own text, argument list and nested blocks left out."""
    inner = [(s.start, s.end) for block in step.blocks for s in block.steps]
    brackets = argument_list(script, step)
    hidden = [*inner, *([brackets] if brackets else [])]
    found = _named(script, step.start, step.end, scope)
    return [n for n in found if n.role == "theorem" and not any(a <= n.start < b for a, b in hidden)]


def all_constants(script: Script, scope: Scope) -> list[Named]:
    """Every constant that an argument list or a term of the proof names, each occurrence."""
    found: list[Named] = []
    for step in script.walk():
        if not step.parts:
            found += [a.constant for a in arguments(script, step, scope) if a.constant is not None]
            found += constants(script, step, scope)
    return found


def _named(script: Script, start: int, end: int, scope: Scope) -> Iterator[Named]:
    for match in IDENT.finditer(script.masked, start, end):
        role = scope.role(match[0])
        if role is not None:
            yield Named(match[0], role, match.start(), match.end())
