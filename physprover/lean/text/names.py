"""Which declaration of a text a written name means: namespaces and `open` as Lean resolves them."""

from __future__ import annotations

import re

from physprover.lean.text.commands import Command, Scope, opened_by

_OPENED = re.compile(r"(?<![\w'.])(open\s+.+?)\s+in(?![\w'])", re.DOTALL)
_MAX_PARTS = 64  # of a written name: reading one takes time by the square of its length


class Declared:
    """The declarations of a text, as far as they were added."""

    def __init__(self) -> None:
        # last component -> full name -> where it is declared
        self._by_last: dict[str, dict[str, Command]] = {}

    def add(self, command: Command) -> None:
        """Add what a command declares, in place of an earlier one of the same name."""
        if command.name:
            self._by_last.setdefault(_last(command.name), {})[command.name] = command

    def __contains__(self, name: str) -> bool:
        return name in self._by_last.get(_last(name), ())

    def meant(self, written: str, scope: Scope, prefix: str = "") -> tuple[Command, ...]:
        """Declarations that an identifier may mean, the longest beginning of it that means any: `foo.symm` means `foo`.

        Args:
            written: the identifier with its dots.
            scope: what is open where it is written.
            prefix: of the command it is written in; an `open X in` there counts.

        Returns:
            One declaration, none, or several where Lean finds the name ambiguous.
        """
        parts = written.removeprefix("_root_.").split(".", _MAX_PARTS)[:_MAX_PARTS]
        opened = (*scope.opened, *_opened_in(prefix))
        for length in range(len(parts), 0, -1):
            if same := self._by_last.get(parts[length - 1]):
                whole = ".".join(parts[:length])
                if written.startswith("_root_."):
                    found = [same[whole]] if whole in same else []
                else:
                    found = _resolved(whole, same, scope.namespace, opened)
                if found:
                    return tuple(found)
        return ()


def _resolved(
    written: str, declared: dict[str, Command], namespace: str, opened: tuple[str, ...]
) -> list[Command]:
    """Of the namespaces around the innermost wins; the root and what is opened come behind them, on one level."""
    inside: list[tuple[str, Command]] = []  # with the namespace before the written name
    found = [declared[written]] if written in declared else []
    for name, command in declared.items():
        # the last component alone does not name a protected one, even where its namespace is open
        if name.endswith("." + written) and ("." in written or "protected" not in command.prefix.split()):
            inside.append((name[: -len(written) - 1], command))
    around = [(space, command) for space, command in inside if _within(namespace, space)]
    if around:
        return [max(around, key=lambda pair: len(pair[0]))[1]]
    for space, command in inside:
        # what is opened may be written relative to the namespaces around
        if any(
            space == o or (space.endswith("." + o) and _within(namespace, space[: -len(o) - 1]))
            for o in opened
        ):
            found.append(command)
    return found


def _within(namespace: str, outer: str) -> bool:
    return namespace == outer or namespace.startswith(outer + ".")


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _opened_in(prefix: str) -> list[str]:
    return [name for found in _OPENED.finditer(prefix) for name in opened_by(found[1])]
