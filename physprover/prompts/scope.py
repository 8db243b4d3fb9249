"""What stands before the theorem of an answer and goes with its proof.

A body is judged behind the problem's own header and statement. Declarations, notation, instances, macros and attributes
before the theorem become commands of the proof's own, which Lean reads between header and statement
(`text.statements.with_commands`): what no other of them and no line of the proof names, and what the header says too,
is left out. An answer that only opens or sets something has it said again in its body: `open Nat in …`,
`by set_option maxRecDepth 100000 in …`. All of it is judged with the body, and trusted no more.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from physprover.lean.text.commands import (
    THEOREMS,
    Command,
    open_scope,
    parse,
    scopes_ended,
    scopes_opened,
    standing,
)
from physprover.lean.text.headers import imports_of
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import Source

_WORDS = r"[\w.'!?\s]+"
_OPEN = re.compile(rf"open(?P<scoped>\s+scoped)?(?P<names>\s{_WORDS})")
_OPEN_SOME = re.compile(
    rf"open\s+(?P<name>[\w.'!?]+)\s*(?:\({_WORDS}\)|(?<=\s)(?:hiding\s{_WORDS}|renaming\s[\w.'!?→,\s]+))"
)
_OPTION = re.compile(r"set_option\s+(?P<name>[\w.]+)\s+(?P<value>true|false|\d+)")
_IN = re.compile(r"(?<![\w'.])in(?![\w'])")
_BY = re.compile(r"by(?![\w'!?.])")
_OPENER = re.compile(r"\||where(?![\w'.])")
_IDLE = re.compile(  # options that change no verdict
    r"(?:pp|linter|trace|profiler|diagnostics|format|warn)(?:\.|\Z)|(?:warningAsError|Elab\.async)\Z"
)
_LIMIT = "maxHeartbeats"
_AT_DECLARATION = frozenset(
    {_LIMIT, "autoImplicit", "relaxedAutoImplicit"}
)  # read where one begins, and nowhere in it
_CORE_OPTION = re.compile(
    r"(?:maxRecDepth|maxSynthPendingDepth|smartUnfolding|exponentiation\.threshold|(?:synthInstance|tactic|backward)\.[\w.]+"
    rf"|{'|'.join(sorted(_AT_DECLARATION))})\Z"
)
_CORE = re.compile(
    r"(?:Nat|Int|Rat|List|Array|Vector|Fin|BitVec|Bool|Char|String|Option|Except|Prod|Sum|Sigma|PSigma|Subtype|Function"
    r"|Classical|Exists|And|Or|Iff|Not|Eq|HEq|Decidable|Ordering|Ord|Unit|Empty|False|True|Id|UInt\d+|Float|Quot|Quotient|Acc|WellFounded|Nonempty|Subsingleton|Lean|Std)(?![^.])"
)


@dataclass(frozen=True)
class Scope:
    """What a proof is to stand in."""

    opens: tuple[str, ...] = ()  # commands, each on one line
    options: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.opens or self.options)

    def around(self, proof: str, column: int = 0) -> str:
        """A body inside this scope.

        Args:
            proof: without the space around it; not empty.
            column: of its first character, kept where its later lines may be aligned with it.
        """
        opens = "".join(f"{command} in " for command in self.opens)
        where = _OPENER.match(proof)
        if where and where[0] == "|":
            proof = f"fun\n{' ' * column}{proof}"
        elif where:
            proof = "{" + proof[len("where") :].rstrip() + " }"
        tactics = _BY.match(proof)
        first, more, _ = proof.partition("\n")
        aligned = bool(more and not where and not (tactics and first.strip() == "by"))
        if not self.options:
            return f"{opens.rstrip()}\n{' ' * column}{proof}" if aligned else opens + proof
        # As tactics: the term form does not reach the `by` blocks in a term, which Lean puts off.
        options = "".join(f"{command} in " for command in self.options)
        if tactics and aligned:
            return f"{opens}by {options.rstrip()}\n{' ' * (column + 2)}{proof[2:]}"
        if tactics:
            return f"{opens}by {options.rstrip()}{proof[2:]}"
        # behind `exact`, a line of one term stands to its right
        return f"{opens}by\n {options.rstrip()}\n exact" + (
            f"\n{' ' * max(column, 2)}{proof}" if aligned else f" {proof}"
        )


@dataclass(frozen=True)
class _Pinned:
    """What a problem's header says already."""

    settings: frozenset[
        str
    ]  # `open` and `set_option` of one name each, `variable` and the like, that hold at its end
    texts: frozenset[str]  # see `_told`, of all its commands
    declared: frozenset[str]
    namespace: str  # open at its end
    namespaces: str  # see `_namespaces`
    imports: frozenset[str]


@lru_cache(maxsize=256)
def _pinned(header: str) -> _Pinned:
    source = masked_or_plain(header)
    commands = parse(source)
    texts = [source.masked[c.keyword : c.end] for c in standing(commands, source, len(header), _SETTINGS)]
    last = {name if text.startswith("set") else text: text for c in texts for text, name in _single(c)}
    return _Pinned(
        settings=frozenset((*last.values(), *map(_squeezed, texts))),
        texts=frozenset(_told(source.masked[c.keyword : c.end]) for c in commands),
        declared=frozenset(c.name for c in commands if c.name),
        namespace=open_scope(commands, source).namespace,
        namespaces=_namespaces(commands),
        imports=frozenset(imports_of(source)),
    )


@dataclass(frozen=True)
class Lead:
    """What goes with a body: commands before its statement, and the scope around it."""

    commands: str = ""
    scope: Scope = field(default_factory=Scope)


def lead_of(
    source: Source,
    commands: Sequence[Command],
    command: Command,
    body: str,
    header: str,
    statement: str | None,
) -> Lead:
    """What of an answer stands before its theorem and matters to its proof, without what its problem gives it anyhow.

    What an answer opens or sets for a library that the header does not import is left out, unless core Lean has it.

    Args:
        source: the answer's Lean text.
        commands: all its commands.
        command: its theorem.
        body: that theorem's, with those beside it in a `mutual` block that it rests on.
        header: the problem's.
        statement: the problem's; its own prefixes hold for the body too.
    """
    reader = _Reader(source, commands, command, header, statement)
    wanted = reader.wanted(masked_or_plain(body).masked)
    if wanted:
        return Lead(reader.carried(wanted))
    return Lead(reader.limit(), reader.scope())


_SETTINGS = ("open", "set_option", "variable", "universe", "include", "omit")
_SCOPES = ("namespace", "section", "mutual", "end")
_SILENT = frozenset({"", "import", "module", "prelude", "example", "TODO", *_SETTINGS, *_SCOPES})
_NAMED = frozenset(
    {"theorem", "lemma", "def", "abbrev", "structure", "inductive", "class", "axiom", "opaque"}
)
# Declarations by the last part of their names, then by name: of two with one name the later.
_Named = dict[str, dict[str, Command]]
_WORD = re.compile(r"[^\W\d][\w'!?]*")
_NAMED_INSTANCE = re.compile(r"\Ainstance\s+[^\W\d][\w.'!?]*(?=[\s:({\[])")
_SHOWN = re.compile(r":=|(?<![\w'.])where(?![\w'.])|\n\s*\|")
_LOCAL = re.compile(r"(?<![\w'.])local(?![\w'.])")


class _Reader:
    """One theorem of an answer, with the problem it is an answer to."""

    def __init__(
        self,
        source: Source,
        commands: Sequence[Command],
        command: Command,
        header: str,
        statement: str | None,
    ) -> None:
        self._source = source
        self._command = command
        self._commands = commands
        # What stands in a `mutual` block with it comes along with its body, or not at all.
        block = command.block
        self._before = [
            c for c in commands if c.start < command.start and (block is None or c.block != block)
        ]
        self._pinned = _pinned(header)
        own = _prefixes(statement)
        self._known = self._pinned.settings.union(_squeezed(p) for p in own)
        self._known |= {one for text in own for one, _ in _single(text)}
        imports = frozenset(imports_of(source))
        self._strange = not self._pinned.imports or not imports <= self._pinned.imports
        self._spaces = ""  # that exist once the carried commands are read, see `_dotted`

    def _text(self, command: Command) -> str:
        return self._source.masked[command.keyword : command.end]

    def _whole(self, command: Command) -> str:  # with attributes and prefixes
        return self._source.masked[command.start : command.end]

    # -- What is said again in the body. --

    def scope(self) -> Scope:
        """The scope of the theorem. A namespace that only the answer declares is none to open: nothing of it comes along."""
        own = "" if self._strange else _namespaces(self._commands)
        opens: dict[str, str] = {}
        options: dict[str, str] = {}
        for text, name in self._said():
            if text.startswith("set_option"):
                if name not in _AT_DECLARATION and self._matters(name):
                    options[name] = text
            elif self._opens(name, own):
                opens[text] = name
        fresh = {text: name for text, name in opens.items() if text not in self._known}
        plain = [name for text, name in fresh.items() if text == f"open {name}"]
        return Scope(
            (
                *([f"open {' '.join(plain)}"] if plain else []),
                *(text for text, name in fresh.items() if text != f"open {name}"),
            ),
            tuple(text for text in options.values() if text not in self._known),
        )

    def limit(self) -> str:
        """The command that sets the theorem's `maxHeartbeats`, "" where the answer sets none."""
        said = [text for text, name in self._said() if name == _LIMIT]
        return said[-1] if said and said[-1] not in self._known else ""

    def _said(self) -> list[tuple[str, str]]:
        before = map(self._text, standing(self._commands, self._source, self._command.start))
        return [one for text in (*before, *_pieces(self._command.prefix)) for one in _single(text)]

    def _matters(self, option: str) -> bool:
        return not _IDLE.match(option) and (not self._strange or bool(_CORE_OPTION.match(option)))

    def _opens(self, name: str, own: str) -> bool:
        known = _CORE.match(name) or f".{name}." in self._pinned.namespaces
        return bool(known) or (not self._strange and f".{name}." not in own)

    # -- What becomes a command of the proof's own. --

    def wanted(self, body: str) -> frozenset[Command]:
        """The declarations that a body names, directly or not, and all that works without a name: instances, notation, …"""
        named: _Named = {}
        found = []
        for command in self._before:
            if (
                command.kind in _SILENT
                or command.kind.startswith("#")
                or command.name in self._pinned.declared
            ):
                continue
            name = command.name or (self._text(command).split() * 2)[1]  # of an axiom
            if command.kind in _NAMED and name == self._command.name:
                continue  # an earlier try
            if command.kind in _NAMED and not command.attributes and "«" not in name:
                named.setdefault(name.rpartition(".")[2], {})[name] = command
            elif _told(self._text(command)) not in self._pinned.texts:
                found.append(command)
        pieces = _pieces(self._command.prefix)
        if any(piece.strip().startswith("attribute") for piece in self._fresh_pieces()):
            found.append(self._command)
        opens = [self._text(c) for c in self._before if c.kind == "open"]
        found += _reached(named, [body, *pieces, *opens, *map(self._whole, found)], self._whole)
        if found:  # then the other settings come along too
            said = [self._text(c) for c in self._before if c.kind in _SETTINGS]
            found += _reached(named, said, self._whole)
        return frozenset(found)

    def carried(self, wanted: frozenset[Command]) -> str:
        """These commands as one text, in their scopes.

        Where the theorem stands in a namespace, that is closed and opened again as `open`: it would name the statement anew.
        """
        blocks = {c.block for c in wanted if c.block is not None}
        namespaces = [
            ".".join(filter(None, (c.scope.namespace, *scopes_opened(self._text(c)))))
            for c in self._before
            if c.kind == "namespace"
        ]
        self._spaces = _dotted(
            [*namespaces, *(c.name for c in wanted), *(c.name.rpartition(".")[0] for c in wanted)]
        )
        lines: list[str] = []
        around: list[_Around] = []
        for command in self._before:
            text = self._text(command)
            if command.kind in _SCOPES:
                lines += self._turn(command, text, around, blocks)
            elif command.kind in _SETTINGS:
                said = self._setting(self._source.text[command.keyword : command.end])
                lines += said
                if around:
                    around[-1].settings.extend(said)
            elif command in wanted or command.block in blocks:
                whole = self._source.text[command.start : command.end]
                if command.kind == "lemma":  # a word of Mathlib's
                    at = command.keyword - command.start
                    whole = f"{whole[:at]}theorem{whole[at + len('lemma') :]}"
                lines.append(whole)
                local = _LOCAL.search(self._source.masked, command.start, command.end)
                if around and local:
                    around[-1].settings.append(whole)
        first = next((n for n, one in enumerate(around) if one.kind == "namespace" and one.kept), len(around))
        lines += [f"end {one.name}".rstrip() for one in reversed(around[first:]) if one.kept]
        path = ""
        for one in around[first:]:
            if one.kind == "namespace":
                path = f"{path}.{one.name}".lstrip(".")
                lines.append(f"open {path}")
            lines += one.settings
        return "\n".join([*lines, *(f"{piece} in" for piece in self._fresh_pieces())])

    def _turn(self, command: Command, text: str, around: list[_Around], blocks: set[int]) -> Iterator[str]:
        """A command that begins or ends scopes, said again if they are not the header's; a `mutual` block if it is wanted."""
        if command.kind == "end":
            count = scopes_ended(text)
            gone = around[-count:]
            del around[-count:]
            if ended := [one.name for one in gone if one.kept]:
                yield f"end {'.'.join(ended)}".rstrip()
            return
        if command.kind == "mutual":
            kept = command.start in blocks and command.start != self._command.block
            around.append(_Around("mutual", "", kept))
            if kept:
                yield "mutual"
            return
        names = scopes_opened(text)
        if command.kind == "namespace" and not any(one.kept for one in around):
            path = ".".join([*(one.name for one in around if one.kind == "namespace"), *names])
            if f"{self._pinned.namespace}.".startswith(f"{path}."):
                around += [_Around("namespace", name, kept=False) for name in names]
                return
        around += [_Around(command.kind, name, kept=True) for name in names]
        yield self._source.text[command.start : command.end]

    def _setting(self, text: str) -> list[str]:
        """An `open`, `set_option`, `variable`, …, so far as it says something that the problem does not."""
        if _squeezed(text) in self._known:
            return []
        single = _single(text)
        if not single:
            return [text]
        return [one for one, name in single if one not in self._known and self._says(one, name)]

    def _says(self, text: str, name: str) -> bool:
        if text.startswith("set_option"):
            return self._matters(name)
        if text.startswith("universe") or f".{name}." in self._spaces:
            return True
        return self._opens(name, _namespaces(self._before))

    def _fresh_pieces(self) -> list[str]:
        """The theorem's own `open … in`-like prefixes that its problem does not have, each without its `in`."""
        return [
            one
            for piece in _pieces(self._command.prefix)
            if piece.strip()
            for one in self._setting(piece.strip())
        ]


@dataclass
class _Around:
    """A scope that is open where a command stands."""

    kind: str
    name: str  # one component
    kept: bool  # False: the header has opened it
    settings: list[str] = field(default_factory=list)  # what holds until it ends


def _single(text: str) -> list[tuple[str, str]]:
    """A masked `open`, `set_option` or `universe` as commands of one name, each with that name; nothing where it is no whole one."""
    text = text.strip()
    if _IN.search(text):
        return []
    if option := _OPTION.fullmatch(text):
        return [(f"set_option {option['name']} {option['value']}", option["name"])]
    if some := _OPEN_SOME.fullmatch(text):
        return [(" ".join(text.split()), some["name"])]
    if text.startswith("universe "):
        return [(f"universe {name}", name) for name in text.split()[1:]]
    if names := _OPEN.fullmatch(text):
        start = "open scoped" if names["scoped"] else "open"
        return [(f"{start} {name}", name) for name in names["names"].split()]
    return []


def _pieces(prefix: str) -> list[str]:
    """`open X in`-like prefixes, each without its `in`."""
    return _IN.split(masked_or_plain(prefix).masked)[:-1]


def _prefixes(statement: str | None) -> list[str]:
    if statement is None or not _IN.search(statement):
        return []
    found = [c for c in parse(masked_or_plain(statement)) if c.kind in THEOREMS]
    return _pieces(found[0].prefix) if found else []


def _squeezed(text: str) -> str:
    return "".join(text.split())


def _told(text: str) -> str:
    """A command without the space in it; of an instance what it is an instance of, which may be shown in many ways."""
    if text.startswith("instance"):
        text = _NAMED_INSTANCE.sub("instance", _SHOWN.split(text, maxsplit=1)[0])
    return _squeezed(text)


def _reached(named: _Named, texts: Iterable[str], whole: Callable[[Command], str]) -> list[Command]:
    """Those of `named` that texts name, directly or not; they leave `named`."""
    found: list[Command] = []
    queue = list(texts)
    while queue:
        for word in dict.fromkeys(_WORD.findall(queue.pop())):
            more = list(named.pop(word, {}).values())
            found += more
            queue += map(whole, more)
    return found


def _namespaces(commands: Iterable[Command]) -> str:
    """Namespaces in which these commands declare something, see `_dotted`."""
    return _dotted(c.name.rpartition(".")[0] for c in commands)


def _dotted(names: Iterable[str]) -> str:
    """Names between dots, so that `.B.` is found where `A.B` is."""
    return " ".join(f".{name}." for name in dict.fromkeys(names) if name)
