"""Values of types: drawn at random, the small ones in order, and how Lean writes them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from random import Random

from data_gen.arithmetic import Value
from data_gen.headers import Header
from physprover.lean.text.terms import atom, top_level

NUMBERS = ("Rat", "Int", "Nat")
LENGTH = 2  # of vectors
_DEPTH = 3  # structures within structures
_FUNCTIONS = {  # of an index: terms for `fun i => …`
    "Fin": (
        "(i.val : {0}) + 2",
        "2",
        "1 / 2",
        "3 / (i.val + 2)",
        "if i.val = 0 then 2 else -2",
        "i.val",
        "0",
        "1",
    ),
    "Nat": ("2 ^ i", "3 * 2 ^ i", "(i : {0}) + 2", "2", "i", "1 / 2 ^ i", "0", "1"),
}
_SQUARES = ("2", "(i.val : {0}) + j.val", "if i = j then 2 else 0", "if i = j then 1 else 0", "0")


@dataclass(frozen=True)
class Drawer:
    """Draws values of the types of a header."""

    header: Header
    random: Random
    number: Callable[[str], Fraction | None]  # one of a type of numbers; None for any other type
    split: bool = False  # whether a function to structures has another value at zero
    functions: bool = True  # whether pairs, indices and functions of indices are drawn too, as terms of Lean

    def value(self, kind: str, depth: int = 0) -> Value | None:
        """A value of the type, a term of Lean where it is neither number nor structure; None where none is known."""
        number = self.number(kind)
        if number is not None:
            return number
        if kind == "Bool":
            return self.random.random() < 0.5
        fields = self.header.fields(kind)
        if fields and depth < _DEPTH:
            carrier = next((w for w in kind.split()[1:] if w in NUMBERS), "Rat")
            inner = {f: self.value(carrier if len(k) == 1 else k, depth + 1) for f, k in fields}
            return None if None in inner.values() else inner
        if self.functions and " × " in kind and "→" not in kind:
            parts = [self.value(k, depth + 1) for k in re.sub(r"[()]", "", kind).split(" × ")]
            return None if None in parts else f"(({', '.join(written(p, '') for p in parts)}) : {kind})"
        function = self._function(kind) if self.functions else ""
        terms = [function] if function else small_values(kind, self.header)
        return self.random.choice(terms) if terms else None

    def _function(self, kind: str) -> str:
        """A function of an index, or an index; empty where the type is no such."""
        kind = re.sub(r"[()]", "", kind)
        states = re.fullmatch(r"(?:Fin (\w+)(?: \+ (\d+))?|Nat) → (.*)", kind)
        if states and self.header.fields(states[3]):
            index = f"Fin {self._length(states[1], states[2])}" if states[1] else "Nat"
            one, two = (self.value(states[3]) for _ in range(2))
            if one is None or two is None:
                return ""
            at = "i.val" if states[1] else "i"
            other = f"if {at} = 0 then {written(one, '')} else " if self.split else ""
            return f"(fun (i : {index}) => ({other}{written(two, '')} : {states[3]}))"
        fin = re.fullmatch(r"Fin (\w+)(?: \+ (\d+))?", kind)
        if fin:
            return f"({self.random.randrange(2)} : Fin {self._length(fin[1], fin[2])})"
        square = re.fullmatch(r"(?:Matrix (\w+) (\w+)|Fin (\w+) → Fin (\w+) →) (\w+)", kind)
        found = re.fullmatch(r"(?:Vec (\w+)(?: \+ (\d+))?|Fin (\w+)(?: \+ (\d+))? →|Nat →) (\w+)", kind)
        result = square[5] if square else found[5] if found else ""
        if result not in NUMBERS:
            return ""
        if square:
            one, two = (self._length(p, None) for p in (square[1] or square[3], square[2] or square[4]))
            body = self.random.choice(_SQUARES if one == two else _SQUARES[:2])
            return f"(fun (i : Fin {one}) (j : Fin {two}) => ({body.format(result)} : {result}))"
        assert found is not None  # one of the two matched
        length = found[1] or found[3]
        index = f"Fin {self._length(length, found[2] or found[4])}" if length else "Nat"
        bodies = [b for b in _FUNCTIONS[index.split()[0]] if result == "Rat" or "/" not in b]
        return f"(fun (i : {index}) => ({self.random.choice(bodies).format(result)} : {result}))"

    def _length(self, name: str, more: str | None) -> str:
        return str((int(name) if name.isdigit() else LENGTH) + int(more or 0))


def written(value: Value, kind: str) -> str:
    """A value as a closed term of its type."""
    if isinstance(value, dict):
        return f"(⟨{', '.join(written(v, '') for v in value.values())}⟩{f' : {kind}' if kind else ''})"
    if not isinstance(value, Fraction):
        return str(value).lower() if isinstance(value, bool) else str(value)
    text = str(value) if value >= 0 else f"-({-value})" if value.denominator > 1 else str(value)
    return f"({text} : {kind})" if kind else f"({text})" if value < 0 else text


# -- Small closed terms of a type, for trying a statement at points: numbers, constructors, pairs, lists, structures. --

_BASE = {
    "Int": ("0", "1", "(-1)", "2", "3"),
    "Nat": ("0", "1", "2", "3"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
}
_SMALL_DEPTH = 2  # structures within structures
_COUNT = 3  # values of a compound type


def small_values(kind: str, header: Header, depth: int = 0) -> tuple[str, ...]:
    """Terms of the type, simplest first; none where the type is not understood."""
    kind = kind.strip()
    if kind in _BASE:
        return _BASE[kind]
    if kind in header.enums:
        return header.enums[kind]
    if depth > _SMALL_DEPTH:
        return ()
    if parts := _product(kind):
        return tuple(f"({', '.join(row)})" for row in _rows(parts, header, depth))
    if kind.startswith("List "):
        one = small_values(kind.removeprefix("List ").strip("()"), header, depth + 1)
        return ("[]", f"[{one[0]}]", f"[{one[0]}, {one[-1]}]") if one else ()
    if kind in header.structures:
        fields = [type_ for _, type_ in header.fields(kind)]
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
