"""A Lean text as its sequence of commands, each with the scope it stands in.

A command starts at a declaration keyword wherever one can stand (column 0, indented, behind a docstring, an attribute,
a modifier or `… in`), at any other command keyword in column 0, and at an unknown word in column 0 behind a blank line.
Attributes, modifiers, docstrings and `open … in`-like prefixes belong to the command that follows them. Nothing is
elaborated: a namespace that a macro opens, say, is not seen.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from physprover.lean.text.tokens import (
    CLOSING_BRACKETS,
    IDENTIFIER,
    OPENING_BRACKETS,
    QUOTED,
    Comment,
    Source,
    mask,
)

THEOREMS = frozenset({"theorem", "lemma"})
MODIFIERS = "public|private|protected|noncomputable|partial|unsafe|nonrec|meta|local|scoped|irreducible"
_MODIFIER = re.compile(rf"(?:{MODIFIERS})(?![\w'.])\s*")
_DECLARATIONS = (
    "theorem", "lemma", "def", "abbrev", "structure", "inductive", "class", "instance", "example",
)  # fmt: skip
# Reserved in every Lean: outside brackets they begin a command wherever they stand. (`lemma` is Mathlib's.)
_RESERVED = "theorem|example|def|abbrev|inductive|axiom|namespace|end|mutual"
# `lemma` is a word like any other where Mathlib is not imported, so a name must follow: `lemma : Nat` is a field.
_LEMMA = r"lemma(?=\s+[^\W\d]|\s+«|\s*$)"
# The same for a line of their own, indented or not.
_INDENTED = (
    rf"{_RESERVED}|{_LEMMA}|structure|class|instance|opaque|section|variable|universe|export|attribute|include|omit"
    r"|notation\d?|infix[lr]?|prefix|postfix"
)
_NOT_A_WORD = r"(?![\w'.!?])"
_NO_WORD_BEFORE = r"(?<![\w'.!?«$`])"
_KEYWORD = re.compile(
    rf"@\[|#\w+|(?:{MODIFIERS}|{'|'.join(_DECLARATIONS)}|axiom|opaque|namespace|section|end|variable|universe|open"
    r"|export|import|module|prelude|attribute|set_option|omit|include|mutual|notation\d?|infix[lr]?|prefix|postfix|macro"
    r"|macro_rules|syntax|declare_syntax_cat|elab|elab_rules|initialize|builtin_initialize|informal_\w+"
    r"|semiformal_\w+|TODO|alias|add_decl_doc|simproc|dsimproc|simproc_decl|run_cmd|run_meta|run_elab|register_\w+"
    r"|declare_\w+|library_note|irreducible_def|suppress_compilation|grind_pattern|unif_hint|deriving\s+instance"
    r"|proof_wanted|assert_not_exists|assert_exists|assert_not_imported|unseal|seal|recall|count_heartbeats"
    r"|deprecate|deprecated_module|compile_inductive|compile_def|gen_injective_theorems\S*|init_quot|binder_predicate"
    r"|builtin_\w+|extend_docs|insert_to_additive_translation|initialize_simps_projections|mk_iff_of_inductive_prop"
    r"|to_additive|norm_cast_add_elim|scoped\w*|elab_stx|cdot_paren|tactic_extension|private_decl|whatsnew)"
    rf"{_NOT_A_WORD}"
)
_DECLARED = re.compile(rf"(?:{_INDENTED}){_NOT_A_WORD}")
_PLAIN = re.compile(
    rf"(?:variable|universe|export|attribute|include|omit|notation\d?|infix[lr]?|prefix|postfix){_NOT_A_WORD}"
)
_OPENS_LINE = re.compile(
    r"(?:open|set_option|local|scoped|unseal|omit|include|variable|attribute)\b|@\[|#\w+"
)
_STATES_SCOPE = re.compile(rf"(?:open|set_option){_NOT_A_WORD}[^\n]*")
_INLINE = re.compile(
    rf"{QUOTED}|{_NO_WORD_BEFORE}(?:(?P<reserved>{_RESERVED})|(?P<other>lemma|structure|class|instance|opaque|import)){_NOT_A_WORD}"
)
_BEFORE_DECLARATION = re.compile(rf"(?:\]|(?<![\w'.])(?:{MODIFIERS}|in|mutual))\s*\Z")
_PREFIXES = re.compile(
    rf"(?:(?:@\[[^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*\]|{_NO_WORD_BEFORE}(?:{MODIFIERS})(?!\S))\s*)+\Z"
)
_CLASS = re.compile(r"(?<![\w'.])class\s*\Z")  # `class inductive`, `class abbrev`
_DERIVING = re.compile(r"(?<![\w'.])deriving\s*\Z")
_WORD = re.compile(r"#?[^\W\d][\w'!?.]*")
_CONTINUES = frozenset([
    "where", "termination_by", "decreasing_by", "deriving", "with", "then", "else", "by", "at", "from",
    "using", "extends", "do", "finally", "fun", "in", "is", "to",
])  # fmt: skip
_UNFINISHED = re.compile(
    r"(?:(?<![\w'.])(?:by|fun|do|then|else|where|from|of|with|at|in)|[:,=(\[{⟨<|←→↔∧∨¬+*/∘·$]|:=|=>|↦)\s*\Z"
)
_BINDS = re.compile(
    r"(?P<known>(?:open|set_option|omit|include|variable|attribute|unseal|seal|universe|local|scoped)\b)"
    rf"|(?!(?:{_RESERVED}|lemma|structure|class|instance|opaque)\b)#?[^\W\d]\w*"
)
_IN = re.compile(
    rf"(?P<open>[{re.escape(OPENING_BRACKETS)}])|(?P<close>[{re.escape(CLOSING_BRACKETS)}])"
    r"|(?P<in>(?<![\w'.])in(?![\w'])\s*)"
)
_GOES_ON = re.compile(rf"@\[|(?:{MODIFIERS}|open|set_option|omit|include|variable|attribute)(?![\w'.])")
_CHANGES_SCOPE = frozenset({"namespace", "section", "mutual", "end", "open"})
_SPACE = re.compile(r"\s*")
_END_OF_PREFIX = re.compile(r"(?<![\w'.])in\s*\Z")
_SECTION = re.compile(r"(?:(?:public|noncomputable|meta)\s+)*section\b[ \t]*([^\s]*)")
_NAME = re.compile(rf"\s+(?:{IDENTIFIER.pattern})")
_CLASS_OF = re.compile(r"class\s+(?:abbrev|inductive)(?=\s)")
# Prefixes that report on a command and change nothing in it
_ASKS_ONLY = re.compile(r"#|count_heartbeats|whatsnew")


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
    """One command: `text[start:end]` with its docstring, attributes and prefixes, trailing space cut."""

    kind: str  # the keyword: theorem, def, namespace, … ; "" where none is recognised
    name: str  # of a declaration, namespace-qualified; "" where it has none
    start: int  # of the docstring, attribute or prefix that comes first
    keyword: int  # offset of the keyword
    end: int
    prefix: str  # `open X in`-like prefixes and modifiers, attributes left out
    attributes: tuple[str, ...]
    doc: str | None
    scope: Scope
    # Span of `#guard_msgs in` and the like, with the messages it expects; not where it `fails`
    report: tuple[int, int] | None
    fails: bool  # as `#guard_msgs in` expects of it: without that prefix it is an error
    block: int | None = None  # where the `mutual` block around it starts

    @property
    def private(self) -> bool:
        """Whether its name is its file's own."""
        return "private" in self.prefix.split()


def parse(source: Source) -> list[Command]:
    """All commands of a text in order."""
    state = _ScopeState()
    commands = []
    for begin, keyword, end in _segments(source):
        command = _command(source, begin, keyword, end, state)
        state.enter(command, source.masked[command.keyword : command.end])
        commands.append(command)
    return commands


def begins_command(text: str) -> bool:
    """Whether a masked text begins with the word of a command, or with an attribute or modifier before one."""
    return bool(_KEYWORD.match(text.lstrip()))


def opened_by(text: str) -> list[str]:
    """The namespaces that an `open` command names, `scoped` or not."""
    return [w for w in text.split()[1:] if w != "scoped" and IDENTIFIER.fullmatch(w)]


def scopes_opened(text: str) -> list[str]:
    """The scopes that a `namespace` or `section` command opens, one a component of its name; "" is a section without one."""
    if section := _SECTION.match(text):
        return section[1].split(".")
    return text.split()[1].split(".") if len(text.split()) > 1 else []


def scopes_ended(text: str) -> int:
    """How many scopes an `end` command ends."""
    words = text.split()
    return len(words[1].split(".")) if len(words) > 1 else 1


def open_namespaces(text: str) -> list[str]:
    """Scopes still open at the end of a text, innermost first, as the `end` command wants them named."""
    source = mask(text)
    return [name for _, name, _ in reversed(_replay(parse(source), source).stack)]


def open_scope(commands: Sequence[Command], source: Source) -> Scope:
    """The scope behind the last command."""
    return _replay(commands, source).scope()


def standing(
    commands: Sequence[Command],
    source: Source,
    at: int,
    kinds: Collection[str] = ("open", "set_option"),
) -> list[Command]:
    """The commands of these kinds before an offset that hold there; those of a closed section do not."""
    state = _ScopeState()
    found: list[tuple[int, Command]] = []  # with the number of scopes around it
    for command in commands:
        if command.start >= at:
            break
        if command.kind in kinds:
            found.append((len(state.stack), command))
        elif command.kind in _CHANGES_SCOPE:
            state.enter(command, source.masked[command.keyword : command.end])
            while found and found[-1][0] > len(state.stack):
                found.pop()
    return [command for _, command in found]


def _replay(commands: Sequence[Command], source: Source) -> _ScopeState:
    state = _ScopeState()
    for command in commands:
        state.enter(command, source.masked[command.keyword : command.end])
    return state


def _starts(source: Source) -> list[int]:
    """Offsets where a command, or a prefix of one, begins."""
    masked = source.masked
    at_lines = dict(_line_starts(source))
    found = {start for start, surely in at_lines.items() if surely}
    certain = [0, *sorted(found)]
    for token in _INLINE.finditer(masked):
        start = token.start()
        if start in found or token.lastgroup is None:
            continue
        # brackets open since the last certain start: an odd notation must not hide the rest of a file
        since = certain[bisect_right(certain, start) - 1]
        span = masked[since:start]
        if sum(map(span.count, OPENING_BRACKETS)) > sum(map(span.count, CLOSING_BRACKETS)):
            continue
        before = span[-200:]
        if (
            start in at_lines
            or (token.lastgroup == "reserved" and not _CLASS.search(before))
            or (_BEFORE_DECLARATION.search(before) and not _DERIVING.search(before))
        ):
            prefixes = _PREFIXES.search(span, max(0, len(span) - 500))
            found |= {start, start - len(prefixes[0])} if prefixes else {start}
    # a line that begins with prefixes of an indented declaration begins the command
    for start, surely in at_lines.items():
        if not surely:
            at = _behind_prefixes(masked, start, min(len(masked), start + 2000), found)[0]
            if at > start and at in found:
                found.add(start)
    return sorted(found)


def _line_starts(source: Source) -> Iterator[tuple[int, bool]]:
    """First tokens of lines that may begin a command, and whether they surely do: those of column 0, and those behind a
    comment that begins there."""
    ends_of_comments = {comment.end: comment.start for comment in source.comments}
    masked = source.masked
    at, blank, shown = 0, False, ""
    for line in masked.split("\n"):
        stripped = line.lstrip()
        column = at + len(line) - len(stripped)
        if not stripped:
            blank = True
        else:
            if column == at or _behind_comment(source.text, column, ends_of_comments):
                if _KEYWORD.match(stripped) or (blank and shown and _unknown_command(stripped, shown)):
                    yield column, True
            elif _DECLARED.match(stripped) or _MODIFIER.match(stripped) or _OPENS_LINE.match(stripped):
                alone = _PLAIN.match(stripped) or _STATES_SCOPE.match(stripped) or _SECTION.match(stripped)
                inner = re.search(r"(?<![\w'.])in(?![\w'])", stripped) or re.match(
                    r"\s*in\b", masked[at + len(line) : at + len(line) + 80]
                )
                yield column, bool(alone and not inner)
            shown, blank = line, False
        at += len(line) + 1


def _behind_comment(text: str, column: int, ends: dict[int, int]) -> bool:
    """Whether only comments, the first of which begins in column 0, stand before a line's first token."""
    begin = column
    while True:
        stop = begin
        while stop > 0 and text[stop - 1] in " \t":
            stop -= 1
        if stop == 0 or text[stop - 1] == "\n":
            return stop == begin and begin != column
        if stop not in ends:
            return False
        begin = ends[stop]


def _unknown_command(line: str, shown: str) -> bool:
    """Whether a line in column 0 behind a blank line begins a command whose keyword is not known: the text before it
    is finished, and its own last line is indented or a whole command."""
    word = _WORD.match(line)
    if word is None or word.group() in _CONTINUES or _UNFINISHED.search(shown):
        return False
    return shown[:1].isspace() or bool(_KEYWORD.match(shown))


def _segments(source: Source) -> Iterator[tuple[int, int, int]]:
    """(begin, keyword, end) of commands from first token to last, prefixes glued to what they modify."""
    masked, starts = source.masked, [*_starts(source), len(source.text)]
    edges = frozenset(starts)
    begin: int | None = None
    for start, following in pairwise(starts):
        begin = start if begin is None else begin
        keyword = _behind_prefixes(masked, begin, following, edges)[0]
        if (
            keyword >= following
            and following < len(source.text)
            and not _module_doc(source, begin, following)
        ):
            continue
        end = begin + len(masked[begin:following].rstrip())
        yield begin, min(keyword, end), end
        begin = None


def _module_doc(source: Source, begin: int, end: int) -> bool:
    return any(c.kind == "module" and begin <= c.start for c in source.comments_before(end, begin))


def _behind_prefixes(
    text: str, at: int, stop: int, edges: Collection[int]
) -> tuple[int, list[tuple[int, int]], list[str]]:
    """Offset behind all attributes, modifiers and `… in`; spans of the non-attributes; the attributes' texts.

    `edges` are the places where commands begin: what an unknown word binds with `in` must reach one.
    """
    kept: list[tuple[int, int]] = []
    attributes: list[str] = []
    while at < stop:
        if text.startswith("@[", at):
            close = _closing_bracket(text, at + 1)
            attributes.append(text[at + 2 : close - 1].strip())
            at = _visible(text, close, stop)
        elif _SECTION.match(text, at):
            break
        elif match := _MODIFIER.match(text, at, stop):
            kept.append(match.span())
            at = match.end()
        elif behind := _bound(text, at, stop, edges):
            kept.append((at, behind))
            at = behind
        else:
            break
    return at, kept, attributes


def _bound(text: str, at: int, stop: int, edges: Collection[int]) -> int | None:
    """Where a prefix `open X in` ends; None where the text is none."""
    word = _BINDS.match(text, at, stop)
    if word is None:
        return None
    line = text.find("\n\n" if word["known"] else "\n", word.end(), stop)
    reach = stop if line < 0 else _visible(text, line, stop)
    depth = 0
    for token in _IN.finditer(text, word.end(), reach):
        if token.lastgroup == "open":
            depth += 1
        elif token.lastgroup == "close":
            depth -= 1
        elif depth <= 0:
            end = token.end()
            if end in edges or end >= stop or _GOES_ON.match(text, end):
                return end
            if word["known"]:
                return None
    return None


def _visible(text: str, at: int, stop: int) -> int:
    found = _SPACE.match(text, at, stop)
    return found.end() if found else at


def _closing_bracket(text: str, at: int) -> int:
    depth = 0
    for index in range(at, len(text)):
        depth += {"[": 1, "]": -1}.get(text[index], 0)
        if depth == 0:
            return index + 1
    return len(text)


def _command(source: Source, begin: int, at: int, end: int, state: _ScopeState) -> Command:
    text = source.masked
    _, kept, attributes = _behind_prefixes(text, begin, at, (at,))
    keyword = _KEYWORD.match(text, at, end)
    section = _SECTION.match(text, at, end)
    kind = "section" if section else keyword.group().split()[0] if keyword else ""
    scope = state.scope()
    name = ""
    behind = of.end() if (of := _CLASS_OF.match(text, at)) else at + len(kind)
    if kind in _DECLARATIONS and (found := _NAME.match(text, behind, end)):
        written = found.group().strip()
        rooted = written.startswith("_root_.")
        name = (
            written.removeprefix("_root_.") if rooted else ".".join(filter(None, (scope.namespace, written)))
        )
    asks = [(a, b) for a, b in kept if _ASKS_ONLY.match(text, a)]
    outer, report = _doc_before(source, begin), None
    if asks:
        expected = _doc_before(source, asks[0][0])
        last, reach = asks[-1]
        report = (expected.start if expected else asks[0][0], last + len(text[last:reach].rstrip()))
    inside = source.comments_before(at, report[1] if report else begin)
    doc = next((c for c in inside if c.kind == "doc"), None if report else outer)
    fails = report is not None and "error" in source.text[slice(*report)]
    return Command(
        kind=kind,
        name=name,
        start=outer.start if outer else begin,
        keyword=at,
        end=end,
        prefix="".join(_prefix_text(source, a, b) for a, b in kept if (a, b) not in asks),
        attributes=tuple(attributes),
        doc=_doc_text(source.text[doc.start : doc.end]) if doc else None,
        report=None if fails else report,
        fails=fails,
        scope=scope,
        block=state.block,
    )


def _prefix_text(source: Source, start: int, end: int) -> str:
    """A prefix as written, without the docstring that may stand between it and the keyword."""
    body = source.masked[start:end].rstrip()
    gap = source.masked[start + len(body) : end]
    return source.text[start : start + len(body)] + ("\n" if "\n" in gap else " ")


def _doc_before(source: Source, at: int) -> Comment | None:
    """The docstring directly before an offset."""
    doc = next((c for c in source.comments_before(at) if c.kind == "doc"), None)
    return doc if doc and not source.masked[doc.end : at].strip() else None


def _doc_text(comment: str) -> str:
    return " ".join(comment.removeprefix("/--").removesuffix("-/").split())


class _ScopeState:
    """Namespaces and sections while reading down a text."""

    def __init__(self) -> None:
        self.stack: list[tuple[str, str, tuple[str, ...]]] = []  # (kind, name component, opens made inside)
        self._top_opens: list[str] = []
        self._mutual: list[int] = []  # depth of the stack and start of the `mutual` blocks around
        self._blocks: list[int] = []
        self._scope: Scope | None = None  # the present one, where it is known

    @property
    def block(self) -> int | None:
        return self._blocks[0] if self._blocks else None

    def scope(self) -> Scope:
        """The present scope; commands in one scope share it, and the prefixes it finds."""
        if self._scope is None:
            self._scope = self._make_scope()
        return self._scope

    def _make_scope(self) -> Scope:
        namespace = ".".join(name for kind, name, _ in self.stack if kind == "namespace")
        opened = [name for _, _, opens in self.stack for name in opens]
        return Scope(namespace, tuple(self._top_opens + opened))

    def enter(self, command: Command, text: str) -> None:
        if command.kind not in _CHANGES_SCOPE:
            return
        self._scope = None
        if command.kind == "mutual":
            self._mutual.append(len(self.stack))
            self._blocks.append(command.start)
            self.stack.append(("section", "", ()))
        elif command.kind == "end":
            del self.stack[max(len(self.stack) - scopes_ended(text), 0) :]
            while self._mutual and len(self.stack) <= self._mutual[-1]:
                self._mutual.pop()
                self._blocks.pop()
        elif command.kind != "open":
            self.stack += [(command.kind, part, ()) for part in scopes_opened(text)]
        elif not _END_OF_PREFIX.search(text):
            self._open(opened_by(text))

    def _open(self, names: list[str]) -> None:
        if self.stack:
            kind, name, opens = self.stack[-1]
            self.stack[-1] = (kind, name, (*opens, *names))
        else:
            self._top_opens = [*self._top_opens, *names]
