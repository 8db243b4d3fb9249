"""The prompt of the tiny prover: few tokens, no name to spell.

A model of a few million parameters that has read a few hundred proofs cannot spell a definition it never met. So the
prompt gives every definition and lemma in reach a handle, one token that stands for its name in the statement and in
the answer alike; writing `simp only [<|d0|>]` is copying one token. `extract` puts the names back. A line for
`theorem p_pos (m v : Int) : momentum m v = momentum v m` reads

    <|defs|><|d0|><|def|>(m v : Int) : Int := m * v<|lemmas|><|l0|>(m : Int) : <|d0|> m 0 = 0
    <|goal|>(m v : Int) : <|d0|> m v = <|d0|> v m<|proof|>simp only [<|d0|>]
    grind

(on one line), each definition with its kind and text, each lemma with its statement, both cut at a limit. The answer
is the tactic block without `by` and its indentation.
"""

from __future__ import annotations

import re
import textwrap
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING

from physprover.prompts.definitions import IDENT, declarations, mentioned, written_name

if TYPE_CHECKING:
    from physprover.records import Theorem

MAX_DEFINITIONS = 12
MAX_LEMMAS = 6
DEFS, LEMMAS, GOAL, PROOF = "<|defs|>", "<|lemmas|>", "<|goal|>", "<|proof|>"
KINDS = tuple(f"<|{kind}|>" for kind in ("def", "rec", "match", "prop", "struct", "enum", "ind"))
DEFINITION_HANDLES = tuple(f"<|d{i}|>" for i in range(MAX_DEFINITIONS))
LEMMA_HANDLES = tuple(f"<|l{i}|>" for i in range(MAX_LEMMAS))
SPECIAL_TOKENS = (DEFS, LEMMAS, GOAL, PROOF, *KINDS, *DEFINITION_HANDLES, *LEMMA_HANDLES)
"""Tokens of this format; the tokenizer never splits them."""

_HANDLE = re.compile(r"<\|[dl]\d+\|>")
_SPACE_BEFORE = re.compile(r"(?<=\S) (?=<\|[dl]\d+\|>)")
_NO_SPACE_AFTER = frozenset("([{⟨@. \n")


@dataclass(frozen=True)
class Handles:
    """A one-to-one map between names and handles for one theorem."""

    names: dict[str, str]  # name as written -> handle
    back: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "back", {handle: name for name, handle in self.names.items()})

    def hide(self, text: str) -> str:
        """Replace known names by handles, with no space before them; `Spin.up` keeps `.up` after the handle of `Spin`."""
        return _SPACE_BEFORE.sub("", IDENT.sub(lambda match: self._hide(match[0]), text))

    def show(self, text: str) -> str:
        """Replace handles by names, with a space before them wherever Lean allows one.

        A handle that stands for nothing stays, and Lean refuses it.
        """

        def name(match: re.Match[str]) -> str:
            before = text[match.start() - 1 : match.start()]
            space = "" if not before or before in _NO_SPACE_AFTER else " "
            return space + self.back.get(match[0], match[0])

        return _HANDLE.sub(name, text)

    def _hide(self, ident: str) -> str:
        parts = ident.split(".")
        for end in range(len(parts), 0, -1):
            handle = self.names.get(".".join(parts[:end]))
            if handle:
                return ".".join([handle, *parts[end:]])
        return ident


@dataclass(frozen=True)
class TinyPrompt:
    """See the module's text. Limits count characters, handles taken as names of four characters."""

    name: str = "tiny"
    definition_limit: int = 70
    lemma_limit: int = 70

    def render(self, theorem: Theorem, handles: Handles | None = None) -> str:
        """`handles` other than the theorem's own are for augmentation: any one-to-one choice is as good."""
        handles = handles or handles_of(theorem)
        known = declarations(theorem.header)
        parts = [DEFS]
        for name in _definitions(theorem):
            declaration = known.get(name)
            kind = declaration.kind if declaration else "def"
            text = declaration.text if declaration else ""
            parts += [handles.names[name], f"<|{kind}|>", _cut(handles.hide(text), self.definition_limit)]
        parts.append(LEMMAS)
        for name in _lemmas(theorem):
            text = known[name].text if name in known else name
            parts += [handles.names[name], _cut(handles.hide(text), self.lemma_limit)]
        return "".join([*parts, GOAL, handles.hide(_goal(theorem.statement)), PROOF])

    def target(self, theorem: Theorem, proof: str, handles: Handles | None = None) -> str:
        return (handles or handles_of(theorem)).hide(_tactics(proof))

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        text = completion.strip("\n")
        if theorem is not None:
            text = handles_of(theorem).show(text)
        return "by\n" + textwrap.indent(text, "  ") if text.strip() else ""


def handles_of(theorem: Theorem) -> Handles:
    """Definitions numbered in prompt order, lemmas likewise."""
    names = dict(zip(_definitions(theorem), DEFINITION_HANDLES, strict=False))
    names.update(zip(_lemmas(theorem), LEMMA_HANDLES, strict=False))
    return Handles(names)


def _definitions(theorem: Theorem) -> tuple[str, ...]:
    return _resolved(theorem.header, theorem.statement, theorem.premises)


@lru_cache(maxsize=16384)
def _resolved(header: str, statement: str, premises: tuple[str, ...]) -> tuple[str, ...]:
    """Premises as the header writes them; read off the statement where the record names none."""
    known = declarations(header)
    if premises:
        names = [written_name(known, p) or p.rpartition(".")[2] for p in premises]
    else:
        names = mentioned(known, _goal(statement))
    return tuple(dict.fromkeys(names))[:MAX_DEFINITIONS]


def _lemmas(theorem: Theorem) -> tuple[str, ...]:
    known = declarations(theorem.header)
    names = (written_name(known, name) or name.rpartition(".")[2] for name in theorem.lemmas)
    return tuple(dict.fromkeys(names))[:MAX_LEMMAS]


def _goal(statement: str) -> str:
    """The statement on one line without `theorem name`."""
    return " ".join(statement.split()[2:])


def _tactics(proof: str) -> str:
    """A tactic block, dedented, without `by`; a term `t` becomes `exact t`."""
    text = proof.strip()
    if not re.match(r"by\b", text):
        return f"exact {text}"
    first, newline, rest = text[2:].lstrip(" ").partition("\n")
    rest = textwrap.dedent(rest)
    return (first.strip() + newline + rest if first.strip() else rest).strip("\n").rstrip()


def _cut(text: str, limit: int) -> str:
    shown = 0
    for match in re.finditer(r"<\|\w+\|>|.", text):
        shown += 4 if len(match[0]) > 1 else 1
        if shown > limit:
            return text[: match.start()] + "…"
    return text
