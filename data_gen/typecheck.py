"""Whether a statement is worth showing to Lean: names that its header has, functions with as many arguments as they take, of the
types they take.

    mismatch(statement, header) -> "`energy` takes Body, not Int"

Half a type checker: it refuses only what it is sure of. A name that the header does not hold and no word of core Lean's is unknown;
a type that it cannot tell fits everything. Models that write statements err in this way far more often than in any other.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import pairwise

from data_gen.arithmetic import IllFormedError, Term, UnknownError, read
from data_gen.headers import Header
from physprover.lean.text.terms import CLOSING, Statement, bound_names
from physprover.lean.text.tokens import IDENTIFIER

_NUMBERS = ("Nat", "Int", "Rat")
_PROPOSITION = "Prop"
_CORE = frozenset([
    "Nat", "Int", "Rat", "Bool", "Prop", "Type", "Sort", "List", "Option", "Array", "String", "Char",
    "Fin", "Unit", "True", "False", "true", "false", "not", "and", "or", "id", "fun", "let", "if",
    "then", "else", "match", "with", "forall", "exists", "some", "none", "max", "min", "abs", "succ",
    "pred", "length", "map", "append", "reverse", "sum", "replicate", "foldl", "foldr", "zip", "range",
    "natAbs", "toNat", "cons", "nil", "by", "have", "show", "Function", "Prod", "Sum",
])  # fmt: skip
_MADE = frozenset(("mk", "rec", "casesOn", "noConfusion", "ext"))  # by a structure's declaration
_ARITHMETIC = frozenset(("+", "-", "*", "/", "%", "^", "neg", "inverse"))
_COMPARE = frozenset(("≤", "<", "≥", ">"))
_LOGIC = frozenset(("∧", "∨", "→", "↔", "¬"))


_BAD_BINDER = re.compile(r"[∃∀]\s*(?:[^\s\w({⦃_]\S*|\w[\w' ]*=|[^,]*$)")


class _Mismatch(Exception):
    """What is wrong."""


def mismatch(statement: Statement, header: Header) -> str | None:
    """What Lean would refuse in the statement; None where nothing is sure to be wrong."""
    universes = r"\b(?:Type|Sort)\s+\w+"
    local = {n: b.type for b in statement.binders if not b.is_hypothesis for n in b.names}
    named = set(local) | set(statement.hypotheses())
    facts = [*statement.hypotheses().values(), statement.goal]
    if any(not _balanced(fact) for fact in facts):
        return "a bracket is not closed, or never opened"
    types = [re.sub(universes, "Type", b.type) for b in statement.binders if not b.is_hypothesis]
    if found := _BAD_BINDER.search(" ; ".join(facts)):
        return f"`{found[0].strip()}` binds nothing"
    unknown = _unknown(" ".join([*facts, *types]), named, header)
    if unknown:
        return f"nothing is called `{unknown}`"
    checker = _Checker(local, header)
    for fact in facts:
        try:
            checker.proposition(read(fact))
        except (IllFormedError, _Mismatch) as error:
            return str(error)
        except (UnknownError, RecursionError):
            continue
    return None


def _balanced(text: str) -> bool:
    """Whether every bracket has its partner."""
    open_: list[str] = []
    for sign in text:
        if sign in CLOSING:
            open_.append(CLOSING[sign])
        elif sign in CLOSING.values() and (not open_ or open_.pop() != sign):
            return False
    return not open_


def _unknown(text: str, local: set[str], header: Header) -> str | None:
    """The first plain name that neither the statement, nor the header, nor core Lean has."""
    known = _words(header) | local | bound_names(text) | _CORE
    for match in IDENTIFIER.finditer(text):
        head = match.group().partition(".")[0]
        preceded = text[max(0, match.start() - 1) : match.start()]
        if (
            head[:1].isalpha()
            and head not in known
            and preceded not in (".", "·")
            and not _names_core(match.group())
        ):
            return head
    return None


def _names_core(name: str) -> bool:
    """A dotted name of a core type, such as `Int.natAbs` or `Lean.Grind.CommRing`."""
    return "." in name and (name.partition(".")[0] in _CORE or name.startswith(("Lean.", "Std.")))


@lru_cache(maxsize=64)
def _words(header: Header) -> set[str]:
    """Every word of a header: what it declares is among them, and so is what of core Lean it uses."""
    return {part for word in IDENTIFIER.findall(header.text) for part in word.split(".")}


_NUMERAL = "number"  # a literal: of any type that has one
_NEGATIVE = "negative number"
_TUPLE = "tuple"  # of any structure
_LITERALS = (_NUMERAL, _NEGATIVE, _TUPLE)


class _Checker:
    """Types of terms, as far as they can be told. None fits everything."""

    def __init__(self, local: Mapping[str, str], header: Header) -> None:
        self._local, self._header = local, header

    def proposition(self, term: Term) -> None:
        """Raise `_Mismatch` where the term is certainly no proposition."""
        if term[0] == "name" and term[1] in _NUMBERS:
            raise _Mismatch(f"{term[1]} is no proposition")
        found = self._type(term)
        if found is not None and found not in (_PROPOSITION, "Bool"):
            raise _Mismatch(f"a {found} is no proposition")

    def _type(self, term: Term) -> str | None:
        head, *rest = term
        if head == "number":
            return _NUMERAL
        if head == "tuple":
            return _TUPLE
        if head in _LOGIC:
            for part in rest[1:] if head == "→" and _is_type(rest[0]) else rest:
                self.proposition(part)  # type: ignore[arg-type]
            return _PROPOSITION
        if head in ("=", "≠"):
            self._same(*(self._type(part) for part in rest))  # type: ignore[arg-type]
            return _PROPOSITION
        if head in _COMPARE:
            sides = [self._type(part) for part in rest]  # type: ignore[arg-type]
            for side in sides:
                if side is not None and (self._is_structure(side) or side in ("Bool", _PROPOSITION)):
                    raise _Mismatch(f"a {side} has no order")
            self._same(*sides)
            return _PROPOSITION
        if head in _ARITHMETIC:
            return self._arithmetic(str(head), [self._type(part) for part in rest])  # type: ignore[arg-type]
        if head == "name":
            return self._name(str(rest[0]), [])
        if head == "call":
            arguments = [self._type(part) for part in rest[1:]]  # type: ignore[arg-type]
            function: Term = rest[0]  # type: ignore[assignment]
            if function[0] == "name":
                return self._name(str(function[1]), arguments)
            if function[0] == "number":
                raise _Mismatch("a number takes no argument")
            return None
        if head == "field":
            return self._field(rest[0], str(rest[1]))  # type: ignore[arg-type]
        return None

    def _arithmetic(self, operator: str, types: list[str | None]) -> str | None:
        for found in types:
            if found is not None and self._refuses(found):
                raise _Mismatch(f"no arithmetic of {found}")
        if operator == "^":
            return types[0]
        if operator == "neg" and types[0] in (_NUMERAL, "Nat"):
            return _NEGATIVE
        self._same(*types)
        known = [t for t in types if t is not None and t not in _LITERALS]
        if not known:
            return None if None in types else types[0]
        return max(known, key=lambda t: _NUMBERS.index(t) if t in _NUMBERS else -1)

    def _refuses(self, kind: str) -> bool:
        """Whether a type certainly has no arithmetic."""
        if kind in (_PROPOSITION, "Bool") or kind in self._header.enums or kind.startswith("List "):
            return True
        return (
            "→" in kind
            or "×" in kind
            or (self._is_structure(kind) and not self._has_instance(kind, r"H?(?:Add|Sub|Mul|SMul)|Neg"))
        )

    def _has_instance(self, kind: str, classes: str) -> bool:
        """Whether the header gives the type an instance of one of the classes."""
        found = rf"instance\b[^\n]*\b(?:{classes}|Lean\.Grind\.\w+)\b[^\n]*\b{re.escape(kind)}\b"
        return re.search(found, self._header.text) is not None

    def _name(self, name: str, arguments: list[str | None]) -> str | None:
        if name in self._local:
            return self._applied(name, self._local[name], arguments)
        signature = self._header.functions.get(name)
        if signature is None:
            owner, _, last = name.rpartition(".")
            if self._is_structure(owner) and last not in _words(self._header) and last not in _MADE:
                raise _Mismatch(f"nothing is called `{name}`")
            return owner if name in self._header.enums.get(owner, ()) and not arguments else None
        wanted = signature.arguments
        if len(arguments) > len(wanted) and self._concrete(signature.result):
            raise _Mismatch(f"`{name}` takes {len(wanted)} arguments, not {len(arguments)}")
        for want, found in zip(wanted, arguments, strict=False):
            if not self._fits(found, want):
                raise _Mismatch(f"`{name}` takes {want}, not {found}")
        if len(arguments) < len(wanted):
            return " → ".join([*wanted[len(arguments) :], signature.result])
        return (
            signature.result if self._concrete(signature.result) and len(arguments) == len(wanted) else None
        )

    def _applied(self, name: str, kind: str, arguments: list[str | None]) -> str | None:
        if not arguments:
            return kind if self._concrete(kind) else None
        if self._concrete(kind) and "→" not in kind:
            raise _Mismatch(f"`{name}` is a {kind} and takes no argument")
        parts = [part.strip() for part in kind.split("→")] if "(" not in kind else []
        if len(parts) == len(arguments) + 1:
            for want, found in zip(parts, arguments, strict=False):
                if not self._fits(found, want):
                    raise _Mismatch(f"`{name}` takes {want}, not {found}")
            return parts[-1] if self._concrete(parts[-1]) else None
        return None

    def _field(self, owner: Term, field: str) -> str | None:
        kind = self._type(owner)
        if kind in _NUMBERS:
            raise _Mismatch(f"a {kind} has no `{field}`")
        if kind is None or not self._is_structure(kind) or f"{kind}.{field}" in self._header.functions:
            return None
        fields = dict(self._header.fields(kind))
        if fields and field not in fields and f"{kind}.{field}" not in self._header.text:
            raise _Mismatch(f"a {kind} has no `{field}`")
        return fields.get(field)

    def _is_structure(self, kind: str) -> bool:
        return kind in self._header.structures

    def _concrete(self, kind: str) -> bool:
        """A type of which it can be said what it is not: no abbreviation, no type variable."""
        if "→" in kind and "(" not in kind:
            return all(self._concrete(part.strip()) for part in kind.split("→"))
        if kind.startswith("List "):
            return self._concrete(kind.removeprefix("List "))
        if "×" in kind and "(" not in kind:
            return all(self._concrete(part.strip()) for part in kind.split("×"))
        return kind in (*_NUMBERS, _PROPOSITION, "Bool") or self._is_structure(kind)

    def _fits(self, found: str | None, want: str) -> bool:
        """Whether a value of one type may stand where another is wanted."""
        if found is None or found == want or not self._concrete(want):
            return True
        if found == _TUPLE:
            return want not in _NUMBERS and "→" not in want
        if found in (_NUMERAL, _NEGATIVE):
            if want in _NUMBERS:
                return want != "Nat" or found == _NUMERAL
            return "→" not in want and (
                self._is_structure(want) and self._has_instance(want, "OfNat|Zero|One|NatCast")
            )
        if found in _NUMBERS and want in _NUMBERS:
            return _NUMBERS.index(found) <= _NUMBERS.index(want)  # coerced
        if want == _PROPOSITION and found == "Bool":
            return True
        return not self._concrete(found)

    def _same(self, *types: str | None) -> None:
        known = [t for t in types if t is not None and (t in _LITERALS or self._concrete(t))]
        for one, other in pairwise(known):
            ways = [(a, b) for a, b in ((one, other), (other, one)) if b not in _LITERALS]
            if {one, other} == {"Nat", _NEGATIVE}:
                continue  # an Int elsewhere in the formula makes both one
            if ways and not any(self._fits(a, b) for a, b in ways):
                raise _Mismatch(f"{one} beside {other}")


def _is_type(term: object) -> bool:
    return isinstance(term, tuple) and term[0] == "name" and term[1] in _NUMBERS
