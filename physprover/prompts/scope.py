"""The `open`, `set_option` and `variable` commands before a theorem of an answer, carried into its proof.

A body is judged behind the problem's own header and statement, so what an answer opens or sets before its theorem is said
again in the body: `open Nat in …`, `by set_option maxRecDepth 100000 in …`. The text is put together anew from words that
were read as such a command, and is judged with the body like any other part of it. Variables become binders of the helpers
that name them (`variables_of`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import lru_cache

from physprover.lean.text.commands import THEOREMS, Command, parse, standing
from physprover.lean.text.headers import imports_of
from physprover.lean.text.statements import closing, masked_or_plain, split_statement
from physprover.lean.text.tokens import OPENING_BRACKETS, Source

_WORDS = r"[\w.'!?\s]+"
_OPEN = re.compile(rf"open(?P<scoped>\s+scoped)?(?P<names>\s{_WORDS})")
_OPEN_SOME = re.compile(
    rf"open\s+(?P<name>[\w.'!?]+)\s*(?:\({_WORDS}\)|(?<=\s)(?:hiding\s{_WORDS}|renaming\s[\w.'!?→,\s]+))"
)
_OPTION = re.compile(r"set_option\s+(?P<name>[\w.]+)\s+(?P<value>true|false|\d+)")
_IN = re.compile(r"(?<![\w'.])in(?![\w'])")
_BY = re.compile(r"by(?![\w'!?.])")
_OPENER = re.compile(r"\||where(?![\w'.])")
# Options that change nothing inside a proof. Lean reads `maxHeartbeats` where a declaration begins, and nowhere in it.
_IDLE = re.compile(
    r"(?:pp|linter|trace|profiler|diagnostics|format|warn)(?:\.|\Z)"
    r"|(?:maxHeartbeats|autoImplicit|relaxedAutoImplicit|warningAsError|Elab\.async)\Z"
)
_CORE_OPTION = re.compile(
    r"(?:maxRecDepth|maxSynthPendingDepth|exponentiation\.threshold|synthInstance\.\w+)\Z"
)
_CORE = re.compile(
    r"(?:Nat|Int|Rat|List|Array|Vector|Fin|BitVec|Bool|Char|String|Option|Except|Prod|Sum|Sigma|PSigma|Subtype|Function"
    r"|Classical|Exists|And|Or|Iff|Not|Eq|HEq|Decidable|Quot|Quotient|Acc|WellFounded|Nonempty|Subsingleton|Lean|Std)(?![^.])"
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

    commands: frozenset[str]  # of one name each
    namespaces: str  # see `_namespaces`
    imports: frozenset[str]


def scope_of(
    source: Source, commands: Sequence[Command], command: Command, header: str, statement: str | None = None
) -> Scope:
    """The scope of one command of an answer, without what its problem gives it anyhow.

    A namespace that only the answer declares is none to open: its helpers come along under their short names. What an
    answer opens or sets for a library that the header does not import is left out, unless core Lean has it.

    Args:
        source: the answer's Lean text.
        commands: all its commands.
        command: one of them.
        header: the problem's.
        statement: the problem's; its own prefixes hold in the body too.
    """
    before = [source.masked[c.keyword : c.end] for c in standing(commands, source, command.start)]
    said = [one for text in (*before, *_pieces(command.prefix)) for one in _single(text)]
    if not said:
        return Scope()
    pinned = _pinned(header)
    known = {one for text in _prefixes(statement) for one, _ in _single(text)} | pinned.commands
    imports = frozenset(imports_of(source))
    strange = not pinned.imports or not imports <= pinned.imports
    own = "" if strange else _namespaces(commands)
    opens: dict[str, str] = {}
    options: dict[str, str] = {}
    for text, name in said:
        if text.startswith("set_option"):
            if not _IDLE.match(name) and (not strange or _CORE_OPTION.match(name)):
                options[name] = text
        elif (
            _CORE.match(name) or f".{name}." in pinned.namespaces or (not strange and f".{name}." not in own)
        ):
            opens[text] = name
    fresh = {text: name for text, name in opens.items() if text not in known}
    plain = [name for text, name in fresh.items() if text == f"open {name}"]
    return Scope(
        (
            *([f"open {' '.join(plain)}"] if plain else []),
            *(text for text, name in fresh.items() if text != f"open {name}"),
        ),
        tuple(text for text in options.values() if text not in known),
    )


def _single(text: str) -> list[tuple[str, str]]:
    """A masked `open` or `set_option` as commands of one name, each with that name; nothing where it is no whole one."""
    text = text.strip()
    if _IN.search(text):
        return []
    if option := _OPTION.fullmatch(text):
        return [(f"set_option {option['name']} {option['value']}", option["name"])]
    if some := _OPEN_SOME.fullmatch(text):
        return [(" ".join(text.split()), some["name"])]
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


@lru_cache(maxsize=256)
def _pinned(header: str) -> _Pinned:
    source = masked_or_plain(header)
    commands = parse(source)
    texts = [source.masked[c.keyword : c.end] for c in standing(commands, source, len(header))]
    last = {name if text.startswith("set") else text: text for c in texts for text, name in _single(c)}
    return _Pinned(frozenset(last.values()), _namespaces(commands), frozenset(imports_of(source)))


def _namespaces(commands: Sequence[Command]) -> str:
    """Namespaces in which these commands declare something, between dots, so that `.B.` is found where `A.B` is."""
    return " ".join(f".{n}." for n in dict.fromkeys(c.name.rpartition(".")[0] for c in commands) if n)


# -- Variables: Lean gives a declaration those that it names, and what these rest on. --

_PLAIN_WORD = re.compile(r"(?<![\w'.])[^\W\d][\w'!?]*")
_BINDER = re.compile(
    r"[({⦃]([\w'!?\s]*):(?!=)|(?:[∀∃λ∑∏]!?|(?<![\w'.])(?:fun|let|have)(?![\w']))\s*([\w'!?\s]*)"
)
_MOST = 64  # `variable` commands that are read
_ANY_UNIVERSE = re.compile(r"(?<![\w'.])(?:Type|Sort)(?:\*|\s*[\w(])")


@dataclass(frozen=True)
class _Variable:
    """One variable of an answer, or an instance without a name."""

    name: str
    kind: str
    brackets: str  # the opening one and the closing one

    @property
    def binder(self) -> str:
        named = f"{self.name} : {self.kind}" if self.name else self.kind
        return f"{self.brackets[0]}{named}{self.brackets[1]}"


def bound_in(text: str) -> frozenset[str]:
    """Names that some binder of a masked text may bind."""
    return frozenset(word for groups in _BINDER.findall(text) for group in groups for word in group.split())


def variables_of(source: Source, commands: Sequence[Command], command: Command) -> str | None:
    """Binders, with a space before each, that say again which variables of the answer one of its helpers names.

    A variable of any universe is left out: the theorem has it as its own, or the helper could not be told.

    Args:
        source: the answer's Lean text.
        commands: all its commands.
        command: the helper.

    Returns:
        None where a variable is named and it cannot be said which.
    """
    said = [
        source.masked[c.keyword : c.end] for c in standing(commands, source, command.start, ("variable",))
    ]
    said += [piece.strip() for piece in _pieces(command.prefix) if piece.strip().startswith("variable")]
    if not said:
        return ""
    text = _says(source, command)
    words = frozenset(_PLAIN_WORD.findall(text))
    read = [_variables(one.removeprefix("variable")) for one in said[:_MOST]]
    if (
        None in read
        or len(said) > _MOST
        or any(c.kind in ("include", "omit") and c.start < command.start for c in commands)
    ):
        return None if any(words.intersection(_PLAIN_WORD.findall(one)) for one in said) else ""
    known = {v.name or v.kind: v for groups in read for v in groups or () if not _ANY_UNIVERSE.search(v.kind)}
    named = {name for name, v in known.items() if v.name}
    bound = bound_in(text)
    if named & words & bound:
        return None
    told = named & words
    rests = {name: named.intersection(_PLAIN_WORD.findall(v.kind)) for name, v in known.items()}
    queue = list(told)
    while queue:
        fresh = rests[queue.pop()] - told
        told |= fresh
        queue += fresh
    told |= {name for name, v in known.items() if v.brackets == "[]" and rests[name] and rests[name] <= told}
    return "".join(f" {v.binder}" for name, v in known.items() if name in told)


def _says(source: Source, command: Command) -> str:
    """What may name a variable: a theorem's statement, the whole of a definition."""
    text = source.masked[command.keyword : command.end]
    split = split_statement(text) if command.kind in THEOREMS else None
    return text[: split.statement_end] if split else text


@lru_cache(maxsize=256)
def _variables(text: str) -> tuple[_Variable, ...] | None:
    """The binders of a `variable` command; None where one is of another form, `(n)` or `{n}` say."""
    found: list[_Variable] = []
    at = 0
    while at < len(text):
        if text[at].isspace():
            at += 1
            continue
        end = closing(text, at) if text[at] in OPENING_BRACKETS else None
        if end is None:
            return None
        names, colon, kind = text[at + 1 : end].partition(" : ")
        brackets = text[at] + text[end]
        if brackets == "[]" and not colon:
            names, kind = "", names
        elif not colon or not all(map(str.isidentifier, names.split())):
            return None
        found += [_Variable(name, " ".join(kind.split()), brackets) for name in names.split() or [""]]
        at = end + 1
    return tuple(found)


# -- What cannot come along. --

# Their part of the scope is carried, or they change no proof
_SILENT = frozenset(
    {
        "",
        "open",
        "set_option",
        "namespace",
        "section",
        "end",
        "mutual",
        "import",
        "module",
        "prelude",
        "example",
    }
)
_PROVED = frozenset({"theorem", "lemma", "def", "abbrev"})


def left_out(
    source: Source,
    before: Sequence[Command],
    header: str,
    used: Collection[Command],
    carried: Collection[Command],
    whole: Collection[Command],
) -> tuple[str, ...]:
    """What of an answer its proof may need and does not get, in words: "macro at line 3", "the value of def `two` at line 1".

    Args:
        source: the answer's Lean text.
        before: the commands before its theorem.
        header: the problem's; what it says too is not left out.
        used: helpers that the proof names.
        carried: those that go with it.
        whole: those of them that are written out, so that the proof sees their values.
    """
    known = _texts(header)
    missing = _missing(source, before, carried)
    left = []
    for command in before:
        text = source.masked[command.keyword : command.end]
        if command.kind in _SILENT or text[0] == "#" or "".join(text.split()) in known:
            continue
        name = f" `{command.name[:_NAME_SHOWN]}`" if command.name else ""
        said = f"{command.kind}{name} at line {source.line(command.keyword)}"
        attributes = ", ".join(command.attributes)[:_NAME_SHOWN]
        if command.kind == "variable":
            groups = _variables(text.removeprefix("variable"))
            named = {v.name for v in groups} if groups is not None else set(_PLAIN_WORD.findall(text))
            if named & missing:
                left.append(said)
        elif command.kind not in _PROVED or (command in used and command not in carried):
            left.append(said)
        elif attributes:
            left.append(f"`@[{attributes}]` of {said}")
        elif command in carried and command not in whole and command.kind in ("def", "abbrev"):
            left.append(f"the value of {said}")
    return tuple(left)


_NAME_SHOWN = 60  # characters


def _missing(source: Source, before: Sequence[Command], helpers: Collection[Command]) -> set[str]:
    """Words of helpers that may be variables and are not among their binders."""
    missing: set[str] = set()
    if any(c.kind == "variable" for c in before):
        for helper in helpers:
            says, told = _says(source, helper), variables_of(source, before, helper) or ""
            missing |= {*_PLAIN_WORD.findall(says)} - {*_PLAIN_WORD.findall(told)} - bound_in(says)
    return missing


@lru_cache(maxsize=256)
def _texts(header: str) -> frozenset[str]:
    """The commands of a header, without the space in them."""
    source = masked_or_plain(header)
    return frozenset("".join(source.masked[c.keyword : c.end].split()) for c in parse(source))
