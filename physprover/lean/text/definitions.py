"""What a header declares, of what kind each definition is, and which names a statement binds or leaves undefined.

A shallow reading of text that already elaborates, made for prompts only: nothing here decides what Lean sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from physprover.lean.text.commands import parse
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import blanked_at, depths

Kind = Literal["def", "rec", "match", "prop", "struct", "enum", "ind", "theorem"]

FUNCTIONS: frozenset[Kind] = frozenset({"def", "rec", "match", "prop"})
"""Kinds that a tactic can unfold; the others are types and theorems."""

IDENT = re.compile(r"(?<![\w.'])[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
"""A Lean identifier with its dots, not a projection (close enough: `λ` and French quotes do not occur here)."""

TYPES: frozenset[Kind] = frozenset({"struct", "enum", "ind"})
"""Kinds whose values `cases` takes apart."""

_KEYWORDS = frozenset({"def", "abbrev", "structure", "class", "inductive", "theorem", "lemma"})
_NAME = re.compile(r"\w+\s+(\S+)")


@dataclass(frozen=True)
class Declaration:
    """One named command of a header."""

    name: str  # as written, without the enclosing namespace
    kind: Kind
    text: str  # what follows the name, on one line: binders, type and body (for theorems only up to `:=`)


@lru_cache(maxsize=4096)
def declarations(header: str) -> dict[str, Declaration]:
    """The named commands of `header` by written name, in order."""
    found: dict[str, Declaration] = {}
    source = masked_or_plain(header)
    text = blanked_at(source.text, ((c.start, c.end) for c in source.comments))  # strings are kept
    for command in parse(source):
        if command.kind in _KEYWORDS and (match := _NAME.match(text, command.keyword, command.end)):
            name = match[1].rstrip(":")
            body = " ".join(text[match.end() : command.end].split())
            found[name] = Declaration(name, _kind(command.kind, name, body), _shown(command.kind, body))
    return found


def written_name(known: dict[str, Declaration], name: str) -> str | None:
    """The written name in `known` that a qualified `name` refers to: its longest known suffix."""
    parts = name.split(".")
    for start in range(len(parts)):
        suffix = ".".join(parts[start:])
        if suffix in known:
            return suffix
    return None


def functions(known: dict[str, Declaration], premises: Iterable[str]) -> list[str]:
    """Of the declarations that qualified `premises` refer to, the functions and propositions, as written in the header."""
    written = (written_name(known, premise) for premise in premises)
    return [name for name in written if name is not None and known[name].kind in FUNCTIONS]


def recursive(known: dict[str, Declaration], names: Iterable[str]) -> list[str]:
    """Of written names of `known`, the recursive functions."""
    return [name for name in names if known[name].kind == "rec"]


def mentioned(known: dict[str, Declaration], text: str) -> list[str]:
    """Definitions of `known` that `text` mentions, then those that their bodies mention, and so on; each once."""
    order: list[str] = []
    queue = [text]
    while queue:
        fresh = [n for n in _names(known, queue.pop(0)) if n not in order]
        order += fresh
        queue += [known[n].text for n in fresh]
    return order


def _names(known: dict[str, Declaration], text: str) -> Iterable[str]:
    seen: dict[str, None] = {}
    for match in IDENT.finditer(text):
        parts = match[0].split(".")
        for end in range(len(parts), 0, -1):
            name = ".".join(parts[:end])
            if name in known and known[name].kind != "theorem":
                seen[name] = None
                break
    return seen


def _kind(keyword: str, name: str, text: str) -> Kind:
    if keyword in ("theorem", "lemma"):
        return "theorem"
    if keyword in ("structure", "class"):
        return "struct"
    if keyword == "inductive":
        constructors = text.split("|")[1:]
        return "ind" if any("(" in c or "→" in c for c in constructors) else "enum"
    head, _, body = text.partition(":=") if "|" not in text else text.partition("|")
    if re.search(rf"(?<![\w.']){re.escape(name)}(?![\w'])", body):
        return "rec"
    if "|" in body or text.find("|") >= 0 or "match " in body:
        return "match"
    return "prop" if head.rstrip().endswith("Prop") else "def"


def _shown(keyword: str, text: str) -> str:
    if keyword not in ("theorem", "lemma"):
        return text
    end = next((at for at, depth in depths(text) if depth == 0 and text.startswith(":=", at)), None)
    return text[:end].rstrip() if end is not None else text


# -- Names that Lean takes for variables because nothing defines them: `theorem t (x : ℝ) : x = x` holds without any ℝ. --

DOUBT = "warning: nothing here defines "
_MEANT_AS_VARIABLE = re.compile(r"[A-Za-zα-ωΑ-Ω][0-9₀-₉']*")  # the custom for `List α`; `ℝ` is none


def undefined(header: str, statement: str, implicit: Iterable[str]) -> tuple[str, ...]:
    """Which of a theorem's implicit variables its text does not bind: Lean did, for want of a definition.

    Args:
        header: the text before the statement; its `variable` commands may bind them.
        statement: the text of the theorem.
        implicit: names of the implicit variables that the theorem's elaborated type begins with.
    """
    names = [n for n in dict.fromkeys(implicit) if n and not _MEANT_AS_VARIABLE.fullmatch(n)]
    if not names:
        return ()
    text = masked_or_plain(statement).masked
    return tuple(
        n
        for n in names
        if _word(n).search(text) and not _binds(text, n) and not _binds(_variables(header), n)
    )


def doubt(header: str, statement: str, implicit: Iterable[str]) -> tuple[str, ...]:
    """One line for the reader where a statement holds undefined names, none where it does not."""
    return warning(undefined(header, statement, implicit))


def warning(names: Iterable[str]) -> tuple[str, ...]:
    """The line that names undefined names."""
    listed = ", ".join(f"`{name}`" for name in names)
    return (
        (f"{DOUBT}{listed}; Lean takes it for a variable and proves it for whatever that may be",)
        if listed
        else ()
    )


def _word(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w'.]){re.escape(name)}(?![\w'])")


def _binds(text: str, name: str) -> bool:
    return bool(
        re.search(rf"[{{⦃(][^{{}}⦃⦄():]*(?<![\w'.]){re.escape(name)}(?![\w'])[^{{}}⦃⦄():]*[:}}⦄]", text)
    )


@lru_cache(maxsize=256)
def _variables(header: str) -> str:
    source = masked_or_plain(header)
    return "\n".join(source.masked[c.start : c.end] for c in parse(source) if c.kind == "variable")


# -- What a text binds. --

_BINDER = re.compile(
    r"[({⦃\[]\s*(?P<names>(?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*:(?!=)(?P<type>[^(){}⦃⦄\[\]]*)"
)
_QUANTIFIER = re.compile(
    r"(?:[∀∃]|\bfun)\s+(?P<names>(?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*(?:,|:(?P<type>[^(){}⦃⦄\[\],]*)|=>|[<>≤≥∈≠])"
)


def bound_types(text: str) -> dict[str, str]:
    """What a signature or statement binds, with its type as written up to a bracket: binders in order, then quantifiers and
    `fun`; "" where the text names no type."""
    found: dict[str, str] = {}
    for pattern in (_BINDER, _QUANTIFIER):
        for match in pattern.finditer(text):
            for name in match["names"].split():
                found.setdefault(name, (match["type"] or "").strip())
    found.pop("_", None)
    return found


def is_hypothesis(name: str) -> bool:
    """By the library's habit: h, h₁, hx, hpos."""
    return name.startswith("h")
