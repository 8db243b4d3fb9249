"""Lean statements as text with just enough structure to change them: binders, the goal, its top-level relation.

Nothing here is a Lean parser. Every function either understands the shape it is given or returns None; what slips
through wrong is caught by Lean, which judges each conjecture.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import lru_cache

from physprover.lean.text.statements import closing
from physprover.lean.text.tokens import CLOSING_BRACKETS, IDENTIFIER, OPENING_BRACKETS, without_comments

CLOSING = dict(zip(OPENING_BRACKETS, CLOSING_BRACKETS, strict=True))
_HEAD = re.compile(rf"\s*(?:theorem|lemma)\s+({IDENTIFIER.pattern})\s*")
_TOKEN = re.compile(
    rf"(?P<name>{IDENTIFIER.pattern})|(?P<open>[(\[{{⦃⟨])|(?P<close>[)\]}}⦄⟩])|(?P<space>\s+)|(?P<word>\d+|[^\s\w()\[\]{{}}⦃⦄⟨⟩]+|.)"
)
_BINDING = re.compile(r"[∃∀λ]|\bfun\b|\blet\b|\bmatch\b|\bif\b|\bhave\b")
_TYPE = re.compile(r"(?:Type|Sort)\b")
_DATA = re.compile(
    r"(?:Fin|Vec|Vector|Matrix|BitVec|List|Array)\b"
)  # types of values that may depend on a number
_PROPOSITION = re.compile(r"[=≠≤<≥>∧∨¬↔∣∈∃∀]")
RELATIONS = ("=", "≠", "≤", "<", "≥", ">")


@dataclass(frozen=True)
class Binder:
    """One bracketed group: `(x y : Int)`, `[CommRing R]` (no names)."""

    bracket: str
    names: tuple[str, ...]
    type: str
    dependent: bool = False  # the type mentions an earlier variable: `(h : Allowed t e)`, `(i : Fin n)`

    @property
    def is_hypothesis(self) -> bool:
        if not self.names or _PROPOSITION.search(self.type):
            return bool(self.names)
        return self.dependent and not _DATA.match(self.type)

    def __str__(self) -> str:
        inner = f"{' '.join(self.names)} : {self.type}" if self.names else self.type
        return f"{self.bracket}{inner}{CLOSING[self.bracket]}"


@dataclass(frozen=True)
class Statement:
    """`theorem name binders : goal`, on one line."""

    name: str
    binders: tuple[Binder, ...]
    goal: str

    def __str__(self) -> str:
        groups = "".join(f" {binder}" for binder in self.binders)
        return f"theorem {self.name}{groups} : {self.goal}"

    def variables(self) -> dict[str, str]:
        """Type of each explicit variable that is no hypothesis, in order."""
        return {n: b.type for b in self.binders if b.bracket == "(" and not b.is_hypothesis for n in b.names}

    def hypotheses(self) -> dict[str, str]:
        return {n: b.type for b in self.binders if b.is_hypothesis for n in b.names}

    def bound(self) -> dict[str, str]:
        """Type of each name that a bracket binds, in order."""
        return {n: b.type for b in self.binders for n in b.names}

    def of_type(self, *heads: str) -> list[str]:
        """Those of them whose type's head is one of these."""
        return [name for name, kind in self.bound().items() if kind.split(" ")[0] in heads]

    def arguments(self) -> tuple[str, ...]:
        """Names of the explicit arguments in order."""
        return tuple(n for b in self.binders if b.bracket == "(" for n in b.names)

    def without(self, name: str) -> Statement:
        """Leave out a variable or hypothesis."""
        binders = [(b, tuple(n for n in b.names if n != name)) for b in self.binders]
        kept = tuple(replace(b, names=names) for b, names in binders if names or not b.names)
        return replace(self, binders=kept)

    def substitute(self, name: str, term: str) -> Statement | None:
        """Replace a variable by a term and drop its binder; None where the term would be captured or does not fit."""
        text = " ".join([*(b.type for b in self.binders), self.goal])
        if name in bound_names(text) or bound_names(text) & set(IDENTIFIER.findall(term)):
            return None
        fewer = self.without(name)
        binders = tuple(replace(b, type=substitute(b.type, name, term)) for b in fewer.binders)
        return Statement(self.name, binders, substitute(self.goal, name, term))


@lru_cache(maxsize=8192)  # the headers of one file repeat each other's theorems
def parse_statement(text: str) -> Statement | None:
    """Read a statement whose binders are all bracketed; None for anything else."""
    text = " ".join(without_comments(text).split())
    head = _HEAD.match(text)
    if head is None:
        return None
    at = head.end()
    binders: list[Binder] = []
    while at < len(text) and text[at] in CLOSING:
        end = _group_end(text, at)
        known = {name for binder in binders for name in binder.names if not _TYPE.match(binder.type)}
        binders.append(_binder(text[at], text[at + 1 : end - 1], known))
        at = end + len(text[end:]) - len(text[end:].lstrip())
    if not text.startswith(":", at):
        return None
    return Statement(head[1], tuple(binders), text[at + 1 :].strip())


def _binder(bracket: str, inner: str, known: set[str]) -> Binder:
    names, colon, kind = inner.partition(":")
    if bracket == "[" or not colon:
        return Binder(bracket, (), inner.strip())
    dependent = any(mentions(kind, name) for name in known)
    return Binder(bracket, tuple(names.split()), kind.strip(), dependent)


def _group_end(text: str, at: int) -> int:
    """Where the bracketed group at `at` ends; the end of the text where it stays open."""
    end = closing(text, at)
    return len(text) if end is None else end + 1


def substitute(text: str, name: str, term: str) -> str:
    """Replace an identifier, also as the head of `name.field`, by a term."""
    written = atom(term)

    def swap(match: re.Match[str]) -> str:
        head, dot, rest = match.group().partition(".")
        return f"{written}{dot}{rest}" if head == name else match.group()

    changed = IDENTIFIER.sub(swap, text)
    return re.sub(r"\(\(([^()]*)\)\)", r"(\1)", changed)


def rename(text: str, names: Mapping[str, str]) -> str:
    """Identifiers (heads of dotted ones too) replaced by others, or by closed terms, all at once."""

    def swap(match: re.Match[str]) -> str:
        head, dot, rest = match.group().partition(".")
        return names.get(head, head) + dot + rest

    return IDENTIFIER.sub(swap, text)


def atom(term: str) -> str:
    """The term in parentheses unless it is one word or one bracketed group already."""
    term = term.strip()
    whole = term[:1] in CLOSING and _group_end(term, 0) == len(term)
    return term if whole or re.fullmatch(rf"{IDENTIFIER.pattern}|\.?\w+", term) else f"({term})"


def bare(term: str) -> str:
    """The term without parentheses around the whole of it."""
    term = term.strip()
    return term[1:-1] if term[:1] == "(" and _group_end(term, 0) == len(term) else term


def top_level(text: str) -> list[tuple[str, int, int]]:
    """Tokens outside all brackets as (text, start, end); a bracketed group is one token."""
    found, depth, begin = [], 0, 0
    for match in _TOKEN.finditer(text):
        if match.lastgroup == "open":
            begin = match.start() if depth == 0 else begin
            depth += 1
        elif match.lastgroup == "close":
            depth -= 1
            if depth == 0:
                found.append((text[begin : match.end()], begin, match.end()))
        elif depth == 0 and match.lastgroup != "space":
            found.append((match.group(), match.start(), match.end()))
    return found


def split_at(text: str, operators: tuple[str, ...]) -> tuple[str, str, str] | None:
    """Cut at the only top-level operator of a kind: (left, operator, right). None when there is none or several."""
    hits = [token for token in top_level(text) if token[0] in operators]
    if len(hits) != 1:
        return None
    operator, start, end = hits[0]
    return text[:start].strip(), operator, text[end:].strip()


@lru_cache(maxsize=8192)
def relation(goal: str) -> tuple[str, str, str] | None:
    """A goal that is one plain relation: (left, operator, right). None for connectives and binders outside brackets."""
    words = [token for token, _, _ in top_level(goal)]
    if any(_BINDING.fullmatch(word) or word in ("→", "↔", "∧", "∨", "¬", "∣", "∈") for word in words):
        return None
    return split_at(goal, RELATIONS)


def bound_names(text: str) -> set[str]:
    """Names bound by ∃, ∀, fun or λ in a text."""
    found: set[str] = set()
    for match in re.finditer(r"(?:[∃∀λ]|\bfun\b)(.*?)(?:,|=>|↦)", text):
        found.update(IDENTIFIER.findall(re.sub(r":[^)]*", "", match[1])))
    return found


def mentions(text: str, name: str) -> bool:
    """Whether an identifier (or `name.field`) stands in a text."""
    return any(match.group().partition(".")[0] == name for match in IDENTIFIER.finditer(text))


_FLIPPED = {">": "<", "≥": "≤"}
_SYMMETRIC = ("=", "≠", "↔")
_MAX_HYPOTHESES = 24


@lru_cache(maxsize=16384)
def canonical_form(statement: Statement) -> str:
    """Equal for statements that say the same up to names, grouping of binders, order of variables and hypotheses, and the
    sides of `=`, `≠`, `↔`, `<`, `>`, `≤`, `≥`. Where two hypotheses look alike but for their names, it may miss."""
    hypotheses = list(statement.hypotheses().values())
    instances = [str(b) for b in statement.binders if not b.names]
    kinds = {n: b.type for b in statement.binders if not b.is_hypothesis for n in b.names}
    local = set(statement.bound())
    hypotheses = [min(_sides(h), key=lambda side: _shape(side, local)) for h in hypotheses[:_MAX_HYPOTHESES]]
    hypotheses.sort(key=lambda h: _shape(h, local))
    forms = []
    for goal in _sides(statement.goal):
        text = " ; ".join([goal, *hypotheses, *instances])
        order = _numbered(text, local | bound_names(text))
        types = [f"{new} : {rename(kinds[old], order)}" for old, new in order.items() if old in kinds]
        unused = sorted(kind for name, kind in kinds.items() if name not in order)
        forms.append(" ".join(_words(" ; ".join([rename(text, order), *types, *unused]))))
    return min(forms)


def _numbered(text: str, names: set[str]) -> dict[str, str]:
    """Those of the names that stand in a text -> v0, v1, … in the order in which they do."""
    heads = (match.group().partition(".")[0] for match in IDENTIFIER.finditer(text))
    found = dict.fromkeys(head for head in heads if head in names)
    return {head: f"v{number}" for number, head in enumerate(found)}


def _sides(proposition: str) -> list[str]:
    """A proposition as it stands, and with its sides exchanged where that says the same."""
    text = bare(proposition)
    cut = (
        split_at(text, (*RELATIONS, "↔")) if "∀" not in text and "∃" not in text and "→" not in text else None
    )
    if cut is None:
        return [text]
    left, relation_, right = cut
    if relation_ in _FLIPPED:
        return [f"{right} {_FLIPPED[relation_]} {left}"]
    return [text, f"{right} {relation_} {left}"] if relation_ in _SYMMETRIC else [text]


def _shape(text: str, local: set[str]) -> str:
    """A text with its variables made alike, to be sorted by."""
    return " ".join(_words(rename(text, dict.fromkeys(local | bound_names(text), "_"))))


def _words(text: str) -> list[str]:
    return [match.group() for match in _TOKEN.finditer(text) if match.lastgroup != "space"]


def normal_form(statement: Statement) -> str:
    """Equal for statements that differ in name, bound-variable names and spacing: the key of duplicates."""
    local = statement.bound().keys() | bound_names(statement.goal)
    text = " ".join([*(str(b) for b in statement.binders), ":", statement.goal])
    return " ".join(_words(rename(text, _numbered(text, local))))


def jaccard(one: AbstractSet[object], other: AbstractSet[object]) -> float:
    """Likeness of two sets: common members over all members, 0 for two empty ones."""
    return len(one & other) / max(len(one | other), 1)
