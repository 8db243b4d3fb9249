"""Small closed terms of a type, for trying a statement at points: numbers, constructors, pairs, lists, structures."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data_gen.terms import atom, top_level

if TYPE_CHECKING:
    from data_gen.headers import Header

_BASE = {
    "Int": ("0", "1", "(-1)", "2", "3"),
    "Nat": ("0", "1", "2", "3"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
}
_FIELD = re.compile(r"^[ \t]+\(?([\w' ]+?)[ \t]*:[ \t]*([^:=\n]+?)\)?[ \t]*(?:--.*)?$", re.MULTILINE)
_DEPTH = 2  # structures within structures
_COUNT = 3  # values of a compound type


def small_values(kind: str, header: Header, depth: int = 0) -> tuple[str, ...]:
    """Terms of the type, simplest first; none where the type is not understood."""
    kind = kind.strip()
    if kind in _BASE:
        return _BASE[kind]
    if kind in header.enums:
        return header.enums[kind]
    if depth > _DEPTH:
        return ()
    if parts := _product(kind):
        return tuple(f"({', '.join(row)})" for row in _rows(parts, header, depth))
    if kind.startswith("List "):
        one = small_values(kind.removeprefix("List ").strip("()"), header, depth + 1)
        return ("[]", f"[{one[0]}]", f"[{one[0]}, {one[-1]}]") if one else ()
    if kind in header.structures:
        fields = _fields(kind, header)
        return tuple(f"(⟨{', '.join(row)}⟩ : {kind})" for row in _rows(fields, header, depth))
    return ()


def _rows(kinds: list[str], header: Header, depth: int) -> list[tuple[str, ...]]:
    """One term for each type, `_COUNT` times, shifted so that fields of one type differ."""
    choices = [small_values(kind, header, depth + 1) for kind in kinds]
    if not choices or not all(choices):
        return []
    return [
        tuple(atom(options[(number + place) % len(options)]) for place, options in enumerate(choices))
        for number in range(_COUNT)
    ]


def _product(kind: str) -> list[str]:
    """The factors of `A × B`, none for any other type."""
    marks = [(start, end) for token, start, end in top_level(kind) if token == "×"]
    if not marks:
        return []
    edges = [0, *(edge for mark in marks for edge in mark), len(kind)]
    return [kind[a:b].strip().strip("()") for a, b in zip(edges[::2], edges[1::2], strict=True)]


def _fields(kind: str, header: Header) -> list[str]:
    """Types of a structure's fields as the header writes them, none where it cannot be found."""
    body = re.search(rf"^structure {re.escape(kind)}\b[^\n]*where\n((?:[ \t]+.*\n|\n)+)", header.text, re.M)
    if body is None:
        return []
    return [kind for names, kind in _FIELD.findall(body[1]) for _ in names.split()]
