"""A Lean file as its sequence of top-level commands, each with the scope it stands in.

A command starts with a keyword in column 0 (or directly behind a comment's end). Attributes on their own line, bare
modifiers and `open … in`-like prefixes belong to the command that follows them. Nothing is elaborated; what column 0
cannot tell (a macro that opens a namespace, say) is not seen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

from data_gen.lexer import IDENTIFIER, mask

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data_gen.lexer import Comment, Source

_MODIFIERS = r"public|private|protected|noncomputable|partial|unsafe|nonrec|meta|local|scoped|irreducible"
_MODIFIER = re.compile(rf"(?:{_MODIFIERS})\b\s*")
_DECLARATIONS = (
    "theorem",
    "lemma",
    "def",
    "abbrev",
    "structure",
    "inductive",
    "class",
    "instance",
    "example",
)
_KEYWORD = re.compile(
    rf"@\[|#\w+|(?:{_MODIFIERS}|{'|'.join(_DECLARATIONS)}|axiom|opaque|namespace|section|end|variable|universe|open"
    r"|export|import|module|attribute|set_option|omit|include|mutual|notation\d?|infix[lr]?|prefix|postfix|macro"
    r"|macro_rules|syntax|declare_syntax_cat|elab|elab_rules|initialize|builtin_initialize|informal_\w+"
    r"|semiformal_\w+|TODO|alias|add_decl_doc|simproc|dsimproc|run_cmd|run_meta|register_\w+|declare_\w+|library_note"
    r"|irreducible_def|suppress_compilation|grind_pattern|unif_hint|deriving\s+instance|proof_wanted|assert_not_exists)"
    r"(?![\w'.])"
)
_BINDING_PREFIX = re.compile(
    r"(?:open|set_option|omit|include|variable|attribute)\b.*?(?<![\w'.])in(?![\w'])\s*", re.DOTALL
)
_END_OF_PREFIX = re.compile(r"(?<![\w'.])in\s*\Z")
_SECTION = re.compile(r"(?:(?:public|noncomputable|meta)\s+)*section\b[ \t]*([^\s]*)")
_NAME = re.compile(rf"\s+(?:{IDENTIFIER.pattern})")


@dataclass(frozen=True)
class Scope:
    """What is open where a command stands."""

    namespace: str = ""
    opened: tuple[str, ...] = ()  # namespaces whose names may be written without their prefix

    @cached_property
    def prefixes(self) -> tuple[str, ...]:
        """Namespaces to try before a written name, innermost first, the root last."""
        parts = self.namespace.split(".") if self.namespace else []
        own = [".".join(parts[:n]) for n in range(len(parts), 0, -1)]
        return (*own, *self.opened, "")


@dataclass(frozen=True)
class Command:
    """One top-level command: `text[start:end]` with its docstring, attributes and prefixes, trailing space cut."""

    kind: str  # the keyword: theorem, def, namespace, … ; "" where none is recognised
    name: str  # of a declaration, namespace-qualified; "" where it has none
    start: int  # of the docstring, attribute or prefix that comes first
    keyword: int  # offset of the keyword
    end: int
    prefix: str  # `open X in`-like prefixes and modifiers, attributes left out
    attributes: tuple[str, ...]
    doc: str | None
    scope: Scope


def parse(source: Source) -> list[Command]:
    """All commands of a file in order."""
    state = _ScopeState()
    commands = []
    for begin, end in _segments(source):
        command = _command(source, begin, end, state)
        state.enter(command, source.masked[command.keyword : command.end])
        commands.append(command)
    return commands


def open_namespaces(text: str) -> list[str]:
    """Scopes still open at the end of a text, innermost first, as the `end` command wants them named."""
    source = mask(text)
    return [name for _, name, _ in reversed(_replay(parse(source), source).stack)]


def open_scope(commands: Sequence[Command], source: Source) -> Scope:
    """The scope behind the last command."""
    return _replay(commands, source).scope()


def _replay(commands: Sequence[Command], source: Source) -> _ScopeState:
    state = _ScopeState()
    for command in commands:
        state.enter(command, source.masked[command.keyword : command.end])
    return state


def _starts(source: Source) -> Iterator[int]:
    ends_of_comments = {comment.end for comment in source.comments}
    at = 0
    for line in source.masked.split("\n"):
        stripped = line.lstrip()
        column = at + len(line) - len(stripped)
        if stripped and (column == at or column in ends_of_comments) and _KEYWORD.match(stripped):
            yield column
        at += len(line) + 1


def _segments(source: Source) -> Iterator[tuple[int, int]]:
    """Spans of commands from first token to last, prefixes glued to what they modify."""
    starts = [*_starts(source), len(source.text)]
    begin: int | None = None
    for start, following in pairwise(starts):
        begin = start if begin is None else begin
        body = source.masked[begin:following].rstrip()
        if (
            _only_prefixes(body)
            and following < len(source.text)
            and not _module_doc(source, begin, following)
        ):
            continue
        yield begin, begin + len(body)
        begin = None


def _module_doc(source: Source, begin: int, end: int) -> bool:
    return any(c.kind == "module" and begin <= c.start < end for c in source.comments)


def _only_prefixes(text: str) -> bool:
    at, _, _ = _skip_prefixes(text)
    return at >= len(text)


def _skip_prefixes(text: str) -> tuple[int, list[tuple[int, int]], list[str]]:
    """Offset behind all attributes, modifiers and `… in`; spans of the non-attributes; the attributes' texts."""
    at, kept, attributes = 0, [], []
    while at < len(text):
        if text.startswith("@[", at):
            close = _closing_bracket(text, at + 1)
            attributes.append(text[at + 2 : close - 1].strip())
            at = close + len(text[close:]) - len(text[close:].lstrip())
        elif _SECTION.match(text, at):
            break
        elif match := _MODIFIER.match(text, at) or _BINDING_PREFIX.match(text, at):
            kept.append(match.span())
            at = match.end()
        else:
            break
    return at, kept, attributes


def _closing_bracket(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += {"[": 1, "]": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)


def _command(source: Source, begin: int, end: int, state: _ScopeState) -> Command:
    text = source.masked[begin:end]
    at, kept, attributes = _skip_prefixes(text)
    keyword = _KEYWORD.match(text, at)
    section = _SECTION.match(text, at)
    kind = "section" if section else keyword.group().split()[0] if keyword else ""
    doc = _doc(source, begin, begin + at)
    scope = state.scope()
    name = ""
    if kind in _DECLARATIONS and (found := _NAME.match(text, at + len(kind))):
        written = found.group().strip()
        rooted = written.startswith("_root_.")
        name = (
            written.removeprefix("_root_.") if rooted else ".".join(filter(None, (scope.namespace, written)))
        )
    return Command(
        kind=kind,
        name=name,
        start=min(begin, doc.start) if doc else begin,
        keyword=begin + at,
        end=end,
        prefix="".join(_prefix_text(source, begin + a, begin + b) for a, b in kept),
        attributes=tuple(attributes),
        doc=_doc_text(source.text[doc.start : doc.end]) if doc else None,
        scope=scope,
    )


def _prefix_text(source: Source, start: int, end: int) -> str:
    """A prefix as written, without the docstring that may stand between it and the keyword."""
    body = source.masked[start:end].rstrip()
    gap = source.masked[start + len(body) : end]
    return source.text[start : start + len(body)] + ("\n" if "\n" in gap else " ")


def _doc(source: Source, begin: int, keyword: int) -> Comment | None:
    """The docstring directly before a command's first token, or between its prefixes and its keyword."""
    found = None
    for comment in source.comments:
        if comment.start > keyword:
            break
        behind = source.masked[comment.end : keyword]
        if comment.kind == "doc" and (
            comment.start >= begin or not behind[: max(begin - comment.end, 0)].strip()
        ):
            found = comment
    return found


def _doc_text(comment: str) -> str:
    return " ".join(comment.removeprefix("/--").removesuffix("-/").split())


class _ScopeState:
    """Namespaces and sections while reading down a file."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str, tuple[str, ...]]] = []  # (kind, name component, opens made inside)
        self._top_opens: list[str] = []

    def scope(self) -> Scope:
        namespace = ".".join(name for kind, name, _ in self.stack if kind == "namespace")
        opened = [name for _, _, opens in self.stack for name in opens]
        return Scope(namespace, tuple(self._top_opens + opened))

    def enter(self, command: Command, text: str) -> None:
        words = text.split()
        if command.kind == "namespace" and len(words) > 1:
            self.stack += [("namespace", part, ()) for part in words[1].split(".")]
        elif command.kind == "section":
            match = _SECTION.match(text)
            self.stack += [("section", part, ()) for part in (match[1] if match else "").split(".")]
        elif command.kind == "mutual":
            self.stack.append(("section", "", ()))
        elif command.kind == "end":
            depth = len(words[1].split(".")) if len(words) > 1 else 1
            del self.stack[max(len(self.stack) - depth, 0) :]
        elif command.kind == "open" and not _END_OF_PREFIX.search(text):
            self._open([w for w in words[1:] if w != "scoped" and IDENTIFIER.fullmatch(w)])

    def _open(self, names: list[str]) -> None:
        if self.stack:
            kind, name, opens = self.stack[-1]
            self.stack[-1] = (kind, name, (*opens, *names))
        else:
            self._top_opens = [*self._top_opens, *names]
