"""The `open` and `set_option` commands before a theorem of an answer, carried into its proof.

A body is judged behind the problem's own header and statement, so what an answer opens or sets before its theorem is said
again in the body: `open Nat in …`, `by set_option maxRecDepth 100000 in …`. The text is put together anew from words that
were read as such a command, and is judged with the body like any other part of it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from physprover.lean.text.commands import THEOREMS, Command, parse, standing
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
