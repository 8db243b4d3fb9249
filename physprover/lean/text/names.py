"""Which declaration of a text a written name means: namespaces and `open` as Lean resolves them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from physprover.lean.text.commands import Command, Scope
from physprover.lean.text.tokens import IDENTIFIER

_OPENED = re.compile(r"(?<![\w'.])open\s+(?:scoped\s+)?(.+?)\s+in(?![\w'])", re.DOTALL)


def meant(
    written: str, scope: Scope, declared: Mapping[str, Command], prefix: str = ""
) -> tuple[Command, ...]:
    """Declarations that an identifier may mean, the longest beginning of it that means any: `foo.symm` means `foo`.

    Args:
        written: the identifier with its dots.
        scope: what is open where it is written.
        declared: the declarations before it, by full name.
        prefix: of the command it is written in; an `open X in` there counts.

    Returns:
        One declaration, none, or several where Lean finds the name ambiguous.
    """
    opened = (*scope.opened, *_opened_in(prefix))
    whole = written
    while whole:
        for names in _candidates(whole, scope, opened):
            found = {name: declared[name] for name in names if name in declared}
            found = {n: c for n, c in found.items() if n == whole or "." in whole or not _protected(c)}
            if found:
                return tuple(found.values())
        whole = whole.rpartition(".")[0]
    return ()


def _candidates(written: str, scope: Scope, opened: tuple[str, ...]) -> Iterator[list[str]]:
    """Full names to try. Of namespaces the innermost wins; the root and what is opened are on one level."""
    if written.startswith("_root_."):
        yield [written.removeprefix("_root_.")]
        return
    parts = scope.namespace.split(".") if scope.namespace else []
    around = [".".join(parts[:n]) + "." for n in range(len(parts), 0, -1)]
    for namespace in around:
        yield [namespace + written]
    # what is opened may be written relative to the namespaces around
    yield [written, *(f"{namespace}{name}.{written}" for name in opened for namespace in (*around, ""))]


def _opened_in(prefix: str) -> list[str]:
    return [w for found in _OPENED.finditer(prefix) for w in found[1].split() if IDENTIFIER.fullmatch(w)]


def _protected(command: Command) -> bool:
    """Whether its last component alone does not name it, even where its namespace is open."""
    return "protected" in command.prefix.split()
