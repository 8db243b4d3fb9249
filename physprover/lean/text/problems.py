"""The theorems of a text as problems: what is before each, its statement, its proof."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import groupby

from physprover.errors import DataError
from physprover.lean.text.commands import THEOREMS, Command, parse
from physprover.lean.text.headers import normalised, plain, without_module
from physprover.lean.text.statements import (
    has_sorry,
    in_column,
    is_hole,
    masked_or_plain,
    parted,
    split_statement,
    with_commands,
    with_line_break,
)
from physprover.lean.text.tokens import IDENTIFIER, Source, blanked_at, depths, spliced

_NAMED = re.compile(rf"\w+\s+{IDENTIFIER.pattern}")


@dataclass(frozen=True)
class Passage:
    """One theorem as it stands in a text."""

    command: Command
    statement: str  # prefixes and modifiers, then from the keyword up to `:=`, arms or `where`
    proof: str | None  # the body, see `in_column`; None where there is none
    at: int  # where the body begins
    line: int  # 1-based, of the keyword
    header_end: int  # the text before it that Lean reads first ends here
    text: str  # the whole command, docstring and attributes included
    aligned: str  # the statement, its keyword in the column it has in the text where further lines follow
    around: tuple[str, str] | None  # what a `mutual` block that it rests on holds before and behind it
    reason: str = ""  # why it cannot be judged by itself

    @property
    def name(self) -> str:
        """Namespace-qualified."""
        return self.command.name

    @property
    def whole(self) -> str | None:
        """The proof by which it is judged: with the theorems beside it in a `mutual` block that it rests on."""
        if self.proof is None or self.around is None:
            return self.proof
        return with_commands(self.around[0], self.proof + self.around[1])

    @property
    def open(self) -> bool:
        """Whether it has no finished proof."""
        return self.proof is None or is_hole(self.proof) or has_sorry(self.proof)


@dataclass(frozen=True)
class Attribute:
    """One attribute of a command: its text, and the offsets of that text."""

    text: str
    start: int
    end: int


_LIST = re.compile(r"@\[")


def attributes(source: Source, command: Command) -> list[list[Attribute]]:
    """The attributes before a command's keyword, list by list."""
    lists: list[list[Attribute]] = []
    for found in _LIST.finditer(source.masked, command.start, command.keyword):
        if lists and found.start() < lists[-1][-1].end:
            continue
        members: list[Attribute] = []
        start = found.end()
        for at, depth in depths(source.masked, found.end(), command.keyword):
            if depth < 0 or (depth == 0 and source.masked[at] == ","):
                members.append(Attribute(source.text[start:at].strip(), start, at))
                start = at + 1
            if depth < 0:
                break
        if members:
            lists.append(members)
    return lists


def without_attributes(source: Source, command: Command, gone: Collection[str]) -> str:
    """A command's text with blanks for the attributes of these texts, so that everything else stays at its place."""
    text = source.text
    for members in attributes(source, command):
        kept = [number for number, member in enumerate(members) if member.text not in gone]
        if len(kept) == len(members):
            continue
        spans = [(m.start, m.end) for number, m in enumerate(members) if number not in kept]
        if kept:  # a comma stays behind each of them but the last
            commas = {m.end for m in members[:-1]} - {members[number].end for number in kept[:-1]}
            spans += [(at, at + 1) for at in commas]
        else:
            spans = [(members[0].start - len("@["), members[-1].end + len("]"))]
        text = blanked_at(text, spans)
    return text[command.start : command.end]


_TERM = re.compile(r"\s*(by\b|:=|$)")  # a whole proof, or none, rather than tactics


@dataclass(frozen=True)
class Posed:
    """A problem written as one text: `import`s, definitions and the like before the theorem."""

    header: str
    statement: str
    proof: str | None  # what stood behind the statement; None for nothing or an empty place (`by sorry`)
    name: str  # namespace-qualified
    doc: str | None
    open_by: bool = False  # it ends in `:= by`, as in benchmarks that a model's text continues

    def body(self, proof: str) -> str:
        """The term behind `:=` that a proof means: what goes on behind `:= by` are tactics, and gets its `by` back, and a `have` the line
        break without which it could not be read.

        A first line without the indentation of the others lost it where the text was cut.
        """
        commands, body = parted(proof)
        if not self.open_by or _TERM.match(body):
            return with_commands(commands, with_line_break(self.statement, body))
        first, *others = body.strip("\n").split("\n")
        columns = [len(line) - len(line.lstrip()) for line in others if line.strip()]
        if columns and first == first.lstrip():
            first = " " * min(columns) + first
        return with_commands(commands, "by\n" + textwrap.indent("\n".join([first, *others]), "  "))


def passages(source: Source, commands: Sequence[Command] | None = None) -> list[Passage]:
    """All theorems of a text in order, those that cannot be judged by themselves with the reason."""
    commands = parse(source) if commands is None else commands
    blocks: dict[int, list[Command]] = {}
    for command in commands:
        if command.block is not None:
            blocks.setdefault(command.block, []).append(command)
    return [
        _passage(source, command, blocks.get(command.block, []) if command.block is not None else [])
        for command in commands
        if command.kind in THEOREMS
    ]


def without(text: str, commands: Sequence[Command], gone: Collection[int], *, lines: bool = False) -> str:
    """The text without some of its commands, named by the offset of their keyword; with `lines`, their line breaks stay.

    A `mutual` block that would hold nothing goes as a whole: Lean takes an empty one for an error.
    """
    spans: list[tuple[int, int]] = []
    for block, group in groupby(commands, lambda c: c.block):
        members = list(group)
        if block is not None and all(c.keyword in gone or c.kind == "end" for c in members):
            spans.append((block, members[-1].end))
        else:
            spans += [(c.start, c.end) for c in members if c.keyword in gone]
    return spliced(text, ((a, b, "\n" * text.count("\n", a, b) if lines else "") for a, b in spans))


def _passage(source: Source, command: Command, block: Sequence[Command]) -> Passage:
    masked = source.masked[command.keyword : command.end]
    text = source.text[command.keyword : command.end]
    split = split_statement(masked)
    reason = "" if command.name else "a theorem without a name"
    around = None
    names = [c.name for c in block if c.name and c is not command]
    if command.block is not None and (used := _named_in(masked, names)):
        end = block[-1].end
        around = source.text[command.block : command.start], source.text[command.end : end]
        beside = f"inside a `mutual` block with {', '.join(f'`{n}`' for n in used)}"
        if split and _named_in(masked[: split.statement_end], names):
            reason = f"{beside}, which its statement names: not supported"
        elif has_sorry(source.text[command.block : end]):
            reason = f"{beside}, which it rests on, and with a `sorry`: not supported"
    stated = (text[: split.statement_end] if split else text).rstrip()
    statement = command.prefix + stated
    indent = _column(source, command.keyword) - len(command.prefix.rpartition("\n")[2])
    body = text[split.proof_start :].strip() if split else ""
    at = command.end - len(body)
    return Passage(
        command=command,
        statement=statement,
        proof=in_column(statement, body, _column(source, at)) or None,
        at=at,
        line=source.line(command.keyword),
        header_end=command.start if command.block is None else command.block,
        text=source.text[command.start : command.end],
        aligned=f"{command.prefix}{' ' * indent}{stated}" if "\n" in stated else statement,
        around=around if not reason else None,
        reason=reason,
    )


def _named_in(masked: str, names: Collection[str]) -> list[str]:
    """The declarations that a theorem names, by the last part of their names."""
    said = masked[named.end() :] if (named := _NAMED.match(masked)) else masked
    return [n for n in names if re.search(rf"(?<![\w']){re.escape(n.rpartition('.')[2])}(?![\w'])", said)]


def _column(source: Source, at: int) -> int:
    return at - source.text.rfind("\n", 0, at) - 1


def read_problem(text: str, header: str = "") -> Posed:
    """The last theorem of `text`, behind `header` and whatever stands before it in the text.

    Byte order mark, CRLF, docstring, attributes, comments, an empty place behind `:=` and a `module` line are taken as
    they come. Raises `DataError` when the text holds no theorem with a name, or goes on behind it.
    """
    source = without_module(normalised(text))
    commands = parse(source)
    found = passages(source, commands)
    if not found:
        other = next(
            (c.kind for c in reversed(commands) if c.kind in ("def", "instance", "example", "abbrev")), ""
        )
        it_is = f": it declares {'an' if other[0] in 'aeio' else 'a'} `{other}`" if other else ""
        raise DataError(f"no `theorem name (binders) : type` in it{it_is}")
    last = found[-1]
    if not last.command.name:
        raise DataError("the theorem has no name")
    if last.reason:
        raise DataError(last.reason)
    behind = [c for c in commands if c.start > last.command.start and c.kind not in ("end", "#print")]
    if behind:
        line = source.line(behind[0].start)
        raise DataError(f"line {line}: `{behind[0].kind or 'something'}` stands behind the theorem")
    before = source.text[: last.header_end]
    header, doc = _without_last_doc(joined(header, plain(before) if before.strip() else ""))
    return Posed(
        header=header,
        statement=last.statement,
        proof=None if last.proof is None or is_hole(last.proof) else last.whole,
        name=last.command.name,
        doc=last.command.doc or doc,
        open_by=last.proof is not None and last.proof.removeprefix(":=").strip() == "by",
    )


def _without_last_doc(header: str) -> tuple[str, str | None]:
    """A header without a docstring at its end: that is the theorem's, and no command by itself."""
    if "/--" not in header or not header.rstrip().endswith("-/"):
        return header, None
    source = masked_or_plain(header)
    last = source.comments[-1] if source.comments else None
    if last is None or last.kind != "doc" or source.masked[last.end :].strip():
        return header, None
    words = " ".join(header[last.start : last.end].removeprefix("/--").removesuffix("-/").split())
    return header[: last.start].rstrip() + "\n", words


def joined(header: str, more: str) -> str:
    """Two pieces of a header, one behind the other; what the second imports stands first."""
    header, more = normalised(header), normalised(more)
    if not more.strip():
        return header
    if not header.strip():
        return more.strip() + "\n"
    first, second = plain(header), plain(more)
    lead = re.match(r"\s*(?:import [^\n]*\n\s*)*", second)
    imports = [line for line in (lead[0] if lead else "").split("\n") if line.startswith("import ")]
    fresh = [line for line in imports if line not in first.split("\n")]
    rest = second[lead.end() :] if lead else second
    return "".join([*(f"{line}\n" for line in fresh), first.rstrip() + "\n", rest.strip()]).rstrip() + "\n"
