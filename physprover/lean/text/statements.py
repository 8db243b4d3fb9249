"""One statement, `theorem name binders : type`: where its proof begins, its name, its binders, its conclusion."""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from physprover.errors import DataError
from physprover.lean.text.commands import THEOREMS, begins_command, parse
from physprover.lean.text.tokens import IDENTIFIER, QUOTED, Comment, Source, depths, mask, spliced

_ASSIGN = r"(?P<assign>(?<!:):=(?!=))"  # `::=` and `:==` are tokens of somebody's notation
_TOKEN = re.compile(
    rf"{QUOTED}|(?P<open>[(\[{{⦃])|(?P<close>[)\]}}⦄])|{_ASSIGN}|"
    r"(?P<let>(?<![\w'.])(?:let|have|letI|haveI|let_fun)(?![\w']))"
    r"|(?P<where>(?<![\w'.])where(?![\w'.]))|(?P<bar>(?<=\s)\|(?=\s))|(?P<bind>←)"
)
_ARM_TOKEN = re.compile(
    rf"{QUOTED}|(?P<open>[(\[{{⦃])|(?P<close>[)\]}}⦄])|{_ASSIGN}|"
    r"(?P<arrow>=>|↦)|(?P<fun>(?<![\w'.])(?:fun|match)(?![\w'])|λ)"
)
_BAR_LINE = re.compile(r"\n[ \t]*\Z")
_ARMS_FOLLOW = re.compile(r"(?<![\w'.])(?:with|fun|λ)\s*\Z")
_COLON, _COMMA = re.compile(r":(?!=)"), re.compile(",")
# What stands behind the first of these belongs to it, so a `→` after another one ends no premise of the whole.
_REACHES_ON = re.compile(r"[→↔∀∃λ]|(?<![\w'.])(?:fun|let|have|if|match)(?![\w'])")
_HEAD = re.compile(rf"\s*(?:theorem|lemma)\s+({IDENTIFIER.pattern})(?:\.\{{[^}}]*\}})?")
_PART = re.compile(r"«([^»]*)»|([^.«»]+)")


@dataclass(frozen=True)
class Split:
    """Offsets inside a masked declaration: the statement is `[:statement_end]`, the proof starts at `proof_start`."""

    statement_end: int
    proof_start: int
    form: Literal["assign", "where", "match"]


@lru_cache(maxsize=1024)  # asked again for the same declaration by whoever needs its words
def split_statement(masked: str) -> Split | None:
    """Cut a declaration at the `:=`, `where` or first `| … =>` that starts its proof; None if it has none.

    `:=` inside brackets (named arguments) and those owed to a `let` or `have` of the statement do not count, nor do
    the arms of a `match … with`, of a `fun` or of a `let f : type` in it.
    """
    depth, owed, arms = 0, 0, False
    for token in _TOKEN.finditer(masked):
        kind, start = token.lastgroup, token.start()
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
        elif depth > 0:
            continue
        elif kind == "let":
            owed += 1
        elif kind == "bind":  # `let x ← e` in a `do` of the statement
            owed = max(owed - 1, 0)
        elif kind == "assign":
            if not owed:
                return Split(start, token.end(), "assign")
            owed -= 1
        elif kind == "where":
            return Split(start, start, "where")
        elif kind == "bar":
            arms = arms or bool(_ARMS_FOLLOW.search(masked, 0, start))
            if owed and not arms and _is_arm(masked, token.end()):  # `let f : Nat → Nat | 0 => …`
                arms, owed = True, owed - 1
            elif not arms and _is_arm(masked, token.end()):
                line = _BAR_LINE.search(masked, 0, start)
                return Split(line.start() if line else start, start, "match")
    return None


def _is_arm(masked: str, at: int) -> bool:
    """Whether the bar before `at` opens `| pattern => …` rather than an absolute value or a ket."""
    depth, owed = 0, 0
    for token in _ARM_TOKEN.finditer(masked, at):
        kind = token.lastgroup
        if kind == "open":
            depth += 1
        elif kind == "close":
            depth -= 1
            if depth < 0:
                return False
        elif depth > 0:
            continue
        elif kind == "fun":
            owed += 1
        elif kind == "arrow":
            if not owed:
                return True
            owed -= 1
        elif not owed:
            return False
    return False


@dataclass(frozen=True)
class Declared:
    """The name a statement gives its theorem."""

    written: str  # as in the text, `_root_.` included
    parts: tuple[str, ...]  # its components, without French quotes and `_root_`
    rooted: bool  # `_root_.`: the namespace it stands in does not count
    private: bool


@lru_cache(maxsize=4096)
def declared(statement: str) -> Declared | None:
    """The name that a statement declares; None for an `example`, or for a text that is not one theorem.

    Docstrings, comments, attributes, modifiers and `open … in`-like prefixes may stand before the keyword.
    """
    try:
        source = mask(statement)
    except DataError:
        return None
    commands = [c for c in parse(source) if c.kind]
    if len(commands) != 1 or commands[0].kind not in THEOREMS:
        return None
    found = _HEAD.match(source.masked, commands[0].keyword)
    if found is None:
        return None
    written = found[1]
    parts = tuple(quoted or bare for quoted, bare in _PART.findall(written))
    rooted = parts[0] == "_root_"
    return Declared(written, parts[rooted:], rooted, commands[0].private)


def is_private(statement: str) -> bool:
    """Whether a statement declares a name that is its file's own."""
    found = declared(statement)
    return found is not None and found.private


def signature(statement: str) -> tuple[str, str] | None:
    """(binders, type), without the space around them; None for a text of another form."""
    named = _HEAD.match(statement)
    if named is None:
        return None
    rest = statement[named.end() :]
    colon = _outside_brackets(_COLON, rest)
    return (rest[: colon.start()].strip(), rest[colon.end() :].strip()) if colon else None


def conclusion(statement: str) -> str:
    """The type behind its `∀ …,` and its premises, as after `intro`; "" for a text of another form."""
    parts = signature(statement)
    goal = _unwrapped(parts[1]) if parts else ""
    while (end := _introduced(goal)) is not None:
        goal = _unwrapped(goal[end:])
    return goal


def closing(text: str, at: int = 0, end: int | None = None) -> int | None:
    """Offset of the bracket that closes the one at `at`; None where it stays open, or does until `end`."""
    return next((index for index, depth in depths(text, at, end) if depth == 0), None)


def _introduced(goal: str) -> int | None:
    """Where the `∀ …,` or the premise that a type begins with ends."""
    found = _outside_brackets(_COMMA if goal.startswith("∀") else _REACHES_ON, goal)
    return found.end() if found and found[0] in (",", "→") else None


def _unwrapped(text: str) -> str:
    """The text without brackets around the whole of it."""
    text = text.strip()
    while text.startswith("(") and closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _outside_brackets(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match outside all brackets."""
    places = (pattern.match(text, at) for at, depth in depths(text) if depth == 0)
    return next(filter(None, places), None)


# -- A proof body: how it joins its statement, and whether anything in it is still open. --
#
# A body is what follows the statement: a term or tactic block behind `:=`, arms `| pattern => …`, or `where …`.

SORRY = re.compile(r"(?<![\w'.])sorry(?![\w'])")
_HOLES = frozenset({"", "by", "sorry", "by sorry", "by skip sorry"})
_LATER_ARM = re.compile(r"\n([ \t]*)\|(?![|])")
_MOVES = frozenset({"", "by", "where"})  # first lines that nothing is aligned with
_LATER_LINE = re.compile(r"\n([ \t]*)(?=\S)")
_SAVES_ITS_COLUMN = re.compile(r"(?:have|let|suffices)I?(?![\w'.])[^\n]*\n")
_OWN_LINE = re.compile(r"[ \t]*\n")
_OPENER = re.compile(r"\s*(?::=|\|(?![|])|where(?![\w'.]))")


_MARK = "-- statement"


def with_commands(commands: str, body: str) -> str:
    """A proof that begins with commands of its own (definitions, lemmas, options), which Lean reads before the statement."""
    if not commands.strip():
        return body
    source = masked_or_plain(commands)  # a mark of theirs is not the end of them
    commands = spliced(commands, [(c.start, c.end, "--") for c in source.comments if _is_mark(source, c)])
    return f"{commands.rstrip()}\n{_MARK}\n{body}"


def parted(proof: str) -> tuple[str, str]:
    """The commands a proof begins with, "" for none, and the body that follows the statement."""
    if _MARK not in proof:
        return "", proof
    source = masked_or_plain(proof)
    mark = next((c for c in source.comments if _is_mark(source, c)), None)
    if mark is None or not begins_command(source.masked):
        return "", proof
    return proof[: mark.start], proof[mark.end :].removeprefix("\n")


def _is_mark(source: Source, comment: Comment) -> bool:
    """Whether a comment is the line that ends the commands of a proof."""
    text = source.text
    alone = comment.start == 0 or text[comment.start - 1] == "\n"
    return alone and text[comment.start : comment.end].rstrip() == _MARK


def compose(statement: str, proof: str) -> str:
    """Statement and proof as one Lean text, without a newline at its end; the proof's own commands come first.

    `:=` is put between them unless the body brings its own beginning: `| pattern => …`, `where …` or `:= …`. What follows the
    statement on its line does so with one space before it; a body that begins with a line break stands as it is.
    """
    commands, body = parted(proof)
    statement = statement.rstrip()
    masked = _masked(body)
    begins = _OPENER.match(masked)
    form = begins[0].strip() if begins else ""
    if _OWN_LINE.match(body):
        between = "" if form else " :="
    else:
        between = {"": " := ", ":=": " ", "where": " "}.get(form, "\n" + _indent_of_arms(masked))
        body = body.lstrip() if form else body
    if "--" in statement.rpartition("\n")[2]:  # a comment at its end would swallow what follows
        between = "\n" + between.lstrip("\n")
    return commands + statement + between + body


def in_column(statement: str, body: str, column: int) -> str:
    """A body, without the space around it, so that `compose` leaves it in the column where it began in its text."""
    if "\n" not in body or body.startswith("by\n"):
        return body
    return body if _begins_at(statement, body) == column else as_laid_out(f"\n{' ' * column}{body}")


def on_its_line(statement: str, proof: str) -> str:
    """A proof that may be moved behind another text than its statement: on a line of its own where that matters."""
    if "\n" not in proof or proof[0].isspace():
        return proof
    return as_laid_out(f"\n{' ' * _begins_at(statement, proof)}{proof}")


def with_line_break(statement: str, body: str) -> str:
    """A body that was cut from its text: one that begins with `have` and goes on to the left of the column where it would stand
    has lost its line break, for Lean takes nothing there."""
    if not _SAVES_ITS_COLUMN.match(body):
        return body
    columns = [len(indent) for indent in _LATER_LINE.findall(_masked(body))]
    if not columns or min(columns) >= _begins_at(statement, body):
        return body
    return f"\n{' ' * min([2, *columns])}{body}"


def _begins_at(statement: str, body: str) -> int:
    """The column to which `compose` puts a body."""
    before = compose(statement, body).removesuffix(body)
    return len(before) - before.rfind("\n") - 1


def as_laid_out(text: str) -> str:
    """The body in what follows a `:=`, with its line break and indentation where its later lines may be aligned with the first.

    Lean compares columns: of a block below `have h : p := by`, of a second arm, of tactics below `by simp`. A bare `by` may stand
    anywhere.
    """
    body = text.strip()
    first, more, _ = _masked(body).partition("\n")
    _, broken, indent = text[: len(text) - len(text.lstrip())].rpartition("\n")
    return f"\n{indent}{body}" if more and broken and first.strip() not in _MOVES else body


def _indent_of_arms(masked: str) -> str:
    """The indentation of a first arm: Lean wants none of the others to the left of it."""
    columns = [len(indent[1]) for indent in _LATER_ARM.finditer(masked)]
    return " " * min([2, *columns])


def as_term(proof: str) -> str:
    """A body that can stand behind `:=`: arms become a `fun`, `where` a structure instance.

    Raises `DataError` for a proof with commands of its own.
    """
    commands, body = parted(proof)
    if commands:
        raise DataError(
            "a proof with commands of its own cannot go on behind a statement that stands already"
        )
    return _term(body)


def _term(body: str) -> str:
    text = body.strip()
    masked = _masked(text)
    begins = _OPENER.match(masked)
    form = begins[0].strip() if begins else ""
    line = body[: len(body) - len(body.lstrip())] if _OWN_LINE.match(body) else ""
    if form == ":=":
        return as_laid_out(text[len(":=") :])
    if form == "|":
        return f"fun{line or chr(10) + _indent_of_arms(masked)}{text}"
    if form == "where":  # a first field behind it stays in its column
        fields = text[len("where") :]
        gap = "" if _OWN_LINE.match(fields) else "    " if line else " "
        return f"{line}{{{gap}{fields} }}"
    return as_laid_out(body)


# Of a first line: what may be aligned with something in it.
_ALIGNS = re.compile(
    r"(?<![\w'.])(?:have|let|suffices|calc|do|where)I?(?![\w'.])|(?<![\w'.])by[ \t]+\S|[{|·](?=.*\S)"
)


def as_tactics(proof: str, statement: str = "") -> str:
    """The tactics that a body means, dedented: those of its `by …`, or `exact` and its term.

    `statement` is what the body stands behind, where lines of it are aligned with its first.
    """
    if block := tactic_block(proof):
        return block
    term = _term(proof)
    first, *rest = term.split("\n")
    if not rest:
        return f"exact {term}"
    if first.strip() and not _ALIGNS.search(_masked(term).partition("\n")[0]):
        return f"exact {first}\n" + textwrap.indent(textwrap.dedent("\n".join(rest)), "  ")
    if first.strip():
        term = " " * _begins_at(statement, "-") + term
    return "exact\n" + textwrap.indent(textwrap.dedent(term).strip("\n"), "  ")


def tactic_block(proof: str) -> str | None:
    """The tactics of `by …`, dedented; None for a term."""
    text = proof.strip()
    if not re.match(r"by\b", text):
        return None
    first, newline, rest = text[2:].lstrip(" ").partition("\n")
    rest = textwrap.dedent(rest)
    return (first.strip() + newline + rest if first.strip() else rest).strip("\n").rstrip()


def has_sorry(proof: str) -> bool:
    """Whether a proof is unfinished; the word in a comment or string does not count."""
    return "sorry" in proof and bool(SORRY.search(_masked(proof)))


def is_hole(body: str) -> bool:
    """Whether a body is an empty place (`by`, `sorry`, `by sorry`, nothing) rather than a proof."""
    text = " ".join(_masked(parted(body)[1]).replace(";", " ").split())
    return text.removeprefix(":=").strip() in _HOLES


def _masked(text: str) -> str:
    """The masked text; the text itself where a comment or string in it never ends: Lean will say so."""
    return masked_or_plain(text).masked


def masked_or_plain(text: str) -> Source:
    """`mask`, which for a text with an unclosed comment or string masks nothing."""
    try:
        return mask(text)
    except DataError:
        return Source(text, text, ())
