"""What a prompt needs to know of a header: its definitions and theorems, and of what kind each definition is.

A shallow reading of text that already elaborates, made for prompts only: nothing here decides what Lean sees.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Literal

from physprover.lean.text.commands import parse
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import depths

if TYPE_CHECKING:
    from collections.abc import Iterable
    from random import Random

    from physprover.lean.text.tokens import Source


Kind = Literal["def", "rec", "match", "prop", "struct", "enum", "ind", "theorem"]

FUNCTIONS: frozenset[Kind] = frozenset({"def", "rec", "match", "prop"})
"""Kinds that a tactic can unfold; the others are types and theorems."""

IDENT = re.compile(r"(?<![\w.'])[^\W\d][\w'!?]*(?:\.[^\W\d][\w'!?]*)*")
"""A Lean identifier with its dots, not a projection (close enough: `λ` and French quotes do not occur here)."""

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
    text = _uncommented(source)
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


def _uncommented(source: Source) -> str:
    """The text with its comments blanked, strings kept; offsets stay."""
    pieces, done = [], 0
    for comment in source.comments:
        pieces += [source.text[done : comment.start], source.masked[comment.start : comment.end]]
        done = comment.end
    return "".join([*pieces, source.text[done:]])


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


# -- Names of one theorem <-> handles, single tokens that stand for them. --
#
# Types, definitions and lemmas are numbered in the order of the prompt, each apart: what `simp` can unfold is d0, d1, …; what a text binds (`(m v : Int)`, `∃ x,`, `fun y =>`) is
# numbered in the order of binding, hypotheses (names that begin with h) apart. Two problems that differ in names only have
# the same prompt and the same answer.

TYPES = tuple(f"<|t{i}|>" for i in range(6))
DEFINITIONS = tuple(f"<|d{i}|>" for i in range(12))
LEMMAS = tuple(f"<|l{i}|>" for i in range(6))
VARIABLES = tuple(f"<|v{i}|>" for i in range(10))
HYPOTHESES = tuple(f"<|h{i}|>" for i in range(6))
HANDLES = (*TYPES, *DEFINITIONS, *LEMMAS, *VARIABLES, *HYPOTHESES)

HANDLE = re.compile(r"<\|[tdlvh]\d+\|>")
_SPACE_BEFORE = re.compile(r"(?<=\S) (?=<\|[tdlvh]\d+\|>)")
_NO_SPACE_AFTER = frozenset("([{⟨@.? \n")
_BINDER = re.compile(r"[({⦃\[]\s*((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*:(?!=)")
_QUANTIFIER = re.compile(r"(?:[∀∃]|\bfun)\s+((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*(?:,|:|=>|[<>≤≥∈≠])")


def bound_names(text: str) -> list[str]:
    """Names that a signature or statement binds: those of binders in order, then of quantifiers and `fun`."""
    groups = [m[1] for pattern in (_BINDER, _QUANTIFIER) for m in pattern.finditer(text)]
    return list(dict.fromkeys(name for group in groups for name in group.split() if name != "_"))


def is_hypothesis(name: str) -> bool:
    """By the library's habit: h, h₁, hx, hpos."""
    return name.startswith("h")


@dataclass(frozen=True)
class Handles:
    """A one-to-one map between names and handles; a bound name shadows a declared one."""

    declared: dict[str, str]  # definition or lemma, as written -> handle
    bound: dict[str, str] = field(default_factory=dict)  # variable or hypothesis -> handle
    back: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        both = (*self.declared.items(), *self.bound.items())
        object.__setattr__(self, "back", {handle: name for name, handle in both})

    def binding(self, text: str) -> Handles:
        """The same declarations with what `text` binds."""
        names = bound_names(text)
        bound = dict(zip((n for n in names if not is_hypothesis(n)), VARIABLES, strict=False))
        bound.update(zip((n for n in names if is_hypothesis(n)), HYPOTHESES, strict=False))
        return Handles(self.declared, bound)

    def shuffled(self, rng: Random) -> Handles:
        """The same names with handles dealt at random among all there are of their kinds."""
        kinds = (TYPES, DEFINITIONS, LEMMAS, VARIABLES, HYPOTHESES)
        deal = {
            old: new for kind in kinds for old, new in zip(kind, rng.sample(kind, len(kind)), strict=True)
        }
        return Handles(
            {name: deal[handle] for name, handle in self.declared.items()},
            {name: deal[handle] for name, handle in self.bound.items()},
        )

    def hide(self, text: str) -> str:
        """Replace known names by handles, with no space before them; `Spin.up` keeps `.up` after the handle of `Spin`."""
        return _SPACE_BEFORE.sub("", IDENT.sub(lambda match: self._hide(match[0]), text))

    def show(self, text: str) -> str:
        """Replace handles by names, with a space before them wherever Lean allows one.

        A variable or hypothesis beyond those of the problem is a fresh name: proofs bind some too (`| succ k ih`). A
        definition or lemma beyond them stays a handle, and Lean refuses it.
        """

        def name(match: re.Match[str]) -> str:
            before = text[match.start() - 1 : match.start()]
            space = "" if not before or before in _NO_SPACE_AFTER else " "
            return space + (self.back.get(match[0]) or self._fresh(match[0]))

        return HANDLE.sub(name, text)

    def _fresh(self, handle: str) -> str:
        if handle not in VARIABLES + HYPOTHESES:
            return handle
        name = ("x" if handle in VARIABLES else "h") + handle[3:-2]
        while name in self.bound or name in self.declared:
            name += "'"
        return name

    def _hide(self, ident: str) -> str:
        parts = ident.split(".")
        if parts[0] in self.bound:
            return ".".join([self.bound[parts[0]], *parts[1:]])
        for end in range(len(parts), 0, -1):
            handle = self.declared.get(".".join(parts[:end]))
            if handle:
                return ".".join([handle, *parts[end:]])
        return ident
