"""Which declaration of a text a written name means: namespaces and `open` as Lean resolves them. What goes with one that is cut."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from physprover.lean.text.commands import THEOREMS, Command, Scope, opened_by
from physprover.lean.text.tokens import IDENTIFIER, Source

_OPENED = re.compile(r"(?<![\w'.])(open\s+.+?)\s+in(?![\w'])", re.DOTALL)
# What adds nothing to its context
REPORTS = frozenset({"example", "#check", "#check_failure", "#eval", "#guard", "#print", "#reduce", "#synth"})
_CUT_TOO = THEOREMS | {"def", "abbrev"}  # whose absence changes nothing that does not name them
_ABOUT = frozenset({"grind_pattern", "add_decl_doc"})  # say something of a declaration that is there
_SOME_OF = re.compile(r"(?:open|export)\s+([^\s()]+)\s*\(([^()]*)\)\s*\Z")
_WRITTEN = re.compile(rf"(?<![\w'.]){IDENTIFIER.pattern}")
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


def going_with(
    source: Source, commands: Sequence[Command], cut: Collection[int], behind: str = ""
) -> tuple[set[int], list[tuple[int, int]]]:
    """What leaves a text with theorems that are cut from it, so that Lean still accepts the rest.

    These are what only reports (`#check`, `example`, `#guard_msgs in` before a command), commands that say something of one
    (`grind_pattern`), the theorems' names in `attribute [simp] a b`, `open A (a b)` and `export A (a b)`, and definitions and
    theorems that name one of them, or one that goes so. But where another command, or the text behind all, may mean such a
    definition, all of these stay, and Lean says what is wrong.

    Args:
        source: the text.
        commands: its commands.
        cut: the theorems, by the offset of their keyword.
        behind: the masked text of what is to stand behind it.

    Returns:
        All commands to leave out, `cut` among them, by the offset of their keyword, and the spans of names to blank.
    """
    definitions = _Leaving(source, commands, cut, definitions=True)
    leaving = definitions
    if definitions.needed or definitions.mentions_definition(behind):
        leaving = _Leaving(source, commands, cut, definitions=False)
    return leaving.gone, leaving.blanks


def names_written(masked: str) -> Iterable[str]:
    """The names in a masked text, as they are written, each once."""
    return dict.fromkeys(_WRITTEN.findall(masked))


def declare(command: Command, declared: Declared, gone: Collection[int]) -> None:
    """Add what a command declares. A theorem that is gone takes no name from one that stays."""
    if command.name and (command.keyword not in gone or command.name not in declared):
        declared.add(command)


class _Leaving:
    """One reading of a text for `going_with`, with or without definitions among what goes."""

    def __init__(
        self, source: Source, commands: Sequence[Command], cut: Collection[int], *, definitions: bool
    ) -> None:
        self.gone = set(cut)
        self.blanks: list[tuple[int, int]] = []
        self.needed = False  # something that stays may mean a definition that goes
        self._declared = Declared()
        self._definitions: set[str] = set()  # last components of those that go
        self._last: set[str] = set()  # of all that goes
        for command in commands:
            text = source.masked[command.keyword : command.end]
            if command.report:
                self.blanks.append(command.report)
            if command.kind in REPORTS:
                self.gone.add(command.keyword)
            elif listed := list(_listed(source, command)):
                wrong = [span for written, span in listed if self._is_gone(written, command)]
                if wrong and len(wrong) == len(listed):
                    self.gone.add(command.keyword)
                self.blanks += wrong  # the others stay
                self.needed |= self.mentions_definition(text)
            elif command.kind in _ABOUT:
                if self._names_gone(text, command):
                    self.gone.add(command.keyword)
            elif definitions and command.keyword not in self.gone:
                meant = self.mentions_definition(text)
                if command.kind in _CUT_TOO and (meant or self._names_gone(text, command)):
                    self._cut(command)
                self.needed |= meant and command.keyword not in self.gone
            if command.name and command.keyword in self.gone:
                self._last.add(_last(command.name))
            declare(command, self._declared, self.gone)

    def mentions_definition(self, masked: str) -> bool:
        """Whether a text may mean a definition that goes: by any name, or field, with its last component."""
        return bool(self._definitions) and any(
            part in self._definitions for written in IDENTIFIER.findall(masked) for part in written.split(".")
        )

    def _cut(self, command: Command) -> None:
        theorem = command.kind in THEOREMS
        if command.name and command.block is None and (theorem or not command.attributes):
            self.gone.add(command.keyword)
            if not theorem:
                self._definitions.add(_last(command.name))

    def _names_gone(self, masked: str, command: Command) -> bool:
        if not any(last in masked for last in self._last):  # spares reading every name of a long text
            return False
        return any(self._is_gone(written, command) for written in names_written(masked))

    def _is_gone(self, written: str, command: Command) -> bool:
        found = self._declared.meant(written, command.scope, command.prefix)
        return bool(found) and all(other.keyword in self.gone for other in found)


def _listed(source: Source, command: Command) -> Iterator[tuple[str, tuple[int, int]]]:
    """The names that an `attribute [simp] a b`, `open A (a b)` or `export A (a b)` lists, in full, and where each stands."""
    masked, space, start, end = source.masked, "", command.end, command.end
    if command.kind == "attribute":
        start = masked.rfind("]", command.keyword, command.end) + 1 or command.end
    elif command.kind in ("open", "export") and (
        some := _SOME_OF.match(masked, command.keyword, command.end)
    ):
        space, (start, end) = f"{some[1]}.", some.span(2)
    for name in IDENTIFIER.finditer(masked, start, end):
        yield space + name[0], name.span()


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
