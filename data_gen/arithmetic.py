"""Lean arithmetic on numbers, computed in Python: a sieve in front of Lean, never its judge.

    evaluate(read("0 < m ∧ m * v = p"), {"m": Fraction(2), ...}, definitions)

Reads terms over numbers, structures of numbers and the plain definitions of a header (`def f (x : K) : K := body`). What it does
not understand raises `UnknownError`; what it gets wrong is caught by Lean, which checks every point that is written down.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache

from data_gen.headers import Header, read_definition
from physprover.lean.text.tokens import CLOSING_BRACKETS, IDENTIFIER, OPENING_BRACKETS

Value = object  # Fraction, bool, or dict of field -> Value
Term = tuple[object, ...]  # (head, *arguments)

_TOKEN = re.compile(
    rf"(?P<space>\s*)(?:(?P<number>\d+)|(?P<inverse>⁻¹)|(?P<name>{IDENTIFIER.pattern})|(?P<sign>->|:=|\+\+|::|==|!=|&&|\|\||<;>|\|>|[^\s\w]))"
)
_RELATION = 50
_BINARY = {  # operator -> (binding strength, of its right side)
    "↔": (20, 21),
    "→": (25, 25),
    "∨": (30, 30),
    "∧": (35, 35),
    **dict.fromkeys(("=", "≠", "≤", "<", "≥", ">"), (_RELATION, _RELATION + 1)),
    **dict.fromkeys(("+", "-"), (65, 66)),
    **dict.fromkeys(("*", "/", "%"), (70, 71)),
    "•": (73, 73),
    "^": (80, 80),
}
_LARGEST = 4096  # bits of a numerator: what grows beyond is not a value to write into a proof
_DEPTH = 12  # definitions within definitions


class UnknownError(Exception):
    """A term or value that is not understood."""


class IllFormedError(UnknownError):
    """A text that is no term: an operator, a colon or a closing bracket stands where no such can, or it ends too early."""


_NEVER_FIRST = frozenset((*_BINARY, ")", "⟩", "]", "}", ":", ":=", ",", "")) - {"-"}
_NEVER_NEXT = frozenset((")", "⟩", "]", "}", ":", ":=", "=", "≠", "≤", "<", "≥", ">"))


def _fault(word: str, never: frozenset[str]) -> UnknownError:
    """Why a word cannot be read: because nothing can, or because this reader does not know it."""
    return (
        IllFormedError(f"unexpected `{word}`" if word else "it ends too early")
        if word in never
        else UnknownError(word)
    )


@lru_cache(maxsize=65536)
def read(text: str) -> Term:
    """A term or proposition. Raises `UnknownError`, `IllFormedError` for a text that is certainly none."""
    reader = _Reader(text)
    term = reader.term(0)
    if reader.peek():
        raise _fault(reader.peek(), _NEVER_NEXT)
    return term


class _Reader:
    def __init__(self, text: str) -> None:
        found = list(_TOKEN.finditer(text.strip()))
        self._tokens = [(m.lastgroup or "", m[m.lastgroup or 0]) for m in found]
        self._spaced = [bool(m["space"]) for m in found]
        self._at = 0

    def peek(self) -> str:
        return self._tokens[self._at][1] if self._at < len(self._tokens) else ""

    def _next(self) -> tuple[str, str]:
        if self._at == len(self._tokens):
            raise _fault("", _NEVER_FIRST)
        self._at += 1
        return self._tokens[self._at - 1]

    def _skip(self) -> None:
        """To the end of the bracket that is open, or of the text."""
        depth = 0
        while self._at < len(self._tokens):
            word = self.peek()
            depth += (word in OPENING_BRACKETS) - (word in CLOSING_BRACKETS)
            if depth < 0:
                return
            self._at += 1

    def _expect(self, word: str) -> None:
        found = self._next()[1]
        if found != word:
            raise _fault(found, _NEVER_NEXT)

    def term(self, strength: int) -> Term:
        left = self._prefix()
        related = False
        while (found := _BINARY.get(self.peek())) and found[0] >= strength:
            if found[0] == _RELATION and related:
                raise _fault(self.peek(), _NEVER_NEXT)  # no chains
            related |= found[0] == _RELATION
            operator = self._next()[1]
            left = (operator, left, self.term(found[1]))
        return left

    def _prefix(self) -> Term:
        if self.peek() == "-":
            self._next()
            return ("neg", self.term(75))
        if self.peek() == "¬":
            self._next()
            return ("¬", self.term(40))
        if self.peek() == "if":
            self._next()
            condition = self.term(0)
            self._expect("then")
            then = self.term(0)
            self._expect("else")
            return ("if", condition, then, self.term(0))
        return self._application()

    def _application(self) -> Term:
        head = self._atom()
        arguments = []
        while self._starts_atom():
            arguments.append(self._atom())
        return ("call", head, *arguments) if arguments else head

    def _starts_atom(self) -> bool:
        if self._at == len(self._tokens):
            return False
        kind, word = self._tokens[self._at]
        return (kind in ("number", "name") and word not in ("then", "else", "if")) or word in ("(", "⟨", ".")

    def _atom(self) -> Term:
        kind, word = self._next()
        if word == "fun":
            self._skip()
            return ("fun",)
        if kind == "number":
            term: Term = ("number", Fraction(int(word)))
        elif kind == "name" and word not in ("let", "match", "have", "show", "if", "then", "else"):
            head, *fields = word.split(".")
            term = ("name", word) if word[:1].isupper() or not fields else ("name", head)
            for part in fields if term[1] == head and fields else ():
                term = ("field", term, part)
        elif word == "(":
            term = self.term(0)
            if self.peek() == ":":  # a type ascription
                while self._next()[1] != ")":
                    pass
            else:
                self._expect(")")
        elif word == "⟨":
            parts = [self.term(0)]
            while self.peek() == ",":
                self._next()
                parts.append(self.term(0))
            self._expect("⟩")
            term = ("tuple", *parts)
        else:
            raise _fault(word, _NEVER_FIRST)
        while self._at < len(self._tokens):
            if self._tokens[self._at][0] == "inverse":
                self._next()
                term = ("inverse", term)
            elif self.peek() == "." and not self._spaced[self._at] and self._at + 1 < len(self._tokens):
                self._next()
                term = ("field", term, self._next()[1])
            else:
                break
        return term


@dataclass(frozen=True)
class Definition:
    """A plain definition: its arguments, its body, and the fields of its result where that is a structure."""

    arguments: tuple[str, ...]
    parts: tuple[tuple[str, ...], ...]  # fields of each argument that is a structure
    body: Term
    fields: tuple[str, ...]


@dataclass(frozen=True)
class Definitions:
    """What a header defines as far as it is understood."""

    functions: Mapping[str, Definition]
    constructors: frozenset[str]  # of enumerations


@lru_cache(maxsize=256)
def definitions(header: Header) -> Definitions:
    """The plain functions of a header: those without patterns."""
    functions = {}
    for name, text in header.bodies.items():
        found = read_definition(text)
        if found is None or found[1].form != "assign" or any(b.bracket != "(" for b in found[0].binders):
            continue
        statement, cut = found
        try:
            body = read(" ".join(text[cut.proof_start :].split()))
        except UnknownError:
            continue
        kinds = [b.type for b in statement.binders for _ in b.names]
        *parts, result = (
            tuple(field for field, _ in header.fields(kind)) for kind in (*kinds, statement.goal)
        )
        functions[name] = Definition(statement.arguments(), tuple(parts), body, result)
    return Definitions(functions, frozenset(c for names in header.enums.values() for c in names))


# -- Values. --


def evaluate(
    term: Term, values: Mapping[str, Value], known: Definitions, whole: str = "", depth: int = 0
) -> Value:
    """The value of a term; `whole` is "Int" or "Nat" where numbers are such. Raises `UnknownError`."""
    return _Machine(values, known, whole, depth).value(term)


class _Machine:
    def __init__(self, values: Mapping[str, Value], known: Definitions, whole: str, depth: int) -> None:
        self._values, self._known, self._whole, self._depth = values, known, whole, depth

    def value(self, term: Term) -> Value:
        head, *rest = term
        if head == "number":
            return rest[0]
        if head == "name":
            return self._name(str(rest[0]))
        if head == "field":
            return self._field(rest[0], str(rest[1]))  # type: ignore[arg-type]
        if head == "call":
            return self._call(rest)
        if head == "tuple":
            return tuple(self.value(part) for part in rest)  # type: ignore[arg-type]
        if head == "if":
            return self.value(rest[1] if self._truth(rest[0]) else rest[2])  # type: ignore[arg-type]
        if head == "¬":
            return not self._truth(rest[0])
        if head in _CONNECTIVES:
            return _CONNECTIVES[str(head)](self._truth(rest[0]), lambda: self._truth(rest[1]))
        if not rest:
            raise UnknownError(str(head))  # a function
        operands = [self.value(part) for part in rest]  # type: ignore[arg-type]
        return self._operate(str(head), operands)

    def _truth(self, term: object) -> bool:
        value = self.value(term)  # type: ignore[arg-type]
        if not isinstance(value, bool):
            raise UnknownError("no proposition")
        return value

    def _name(self, name: str) -> Value:
        if name in self._values:
            return self._values[name]
        if name in ("True", "true", "False", "false"):
            return name.lower() == "true"
        if name in self._known.constructors:
            return name
        return self._apply(name, [])

    def _field(self, owner: Term, field: str) -> Value:
        if owner[0] == "name" and str(owner[1]) not in self._values:
            return self._name(f"{owner[1]}.{field}")
        value = self.value(owner)
        if isinstance(value, dict) and field in value:
            return value[field]
        return self._method(field, value, [])

    def _method(self, field: str, owner: Value, rest: list[Value]) -> Value:
        ways = [n for n in self._known.functions if n.endswith(f".{field}")]
        if len(ways) != 1:
            raise UnknownError(field)
        return self._apply(ways[0], [owner, *rest])

    def _call(self, parts: list[object]) -> Value:
        head: Term = parts[0]  # type: ignore[assignment]
        arguments = [self.value(part) for part in parts[1:]]  # type: ignore[arg-type]
        if head[0] == "name":
            return self._apply(str(head[1]), arguments)
        if head[0] == "field":
            owner: Term = head[1]  # type: ignore[assignment]
            if owner[0] == "name" and str(owner[1]) not in self._values:
                return self._apply(f"{owner[1]}.{head[2]}", arguments)
            return self._method(str(head[2]), self.value(owner), arguments)
        raise UnknownError("application")

    def _apply(self, name: str, arguments: list[Value]) -> Value:
        found = self._known.functions.get(name)
        if found is None or len(found.arguments) != len(arguments) or self._depth >= _DEPTH:
            raise UnknownError(name)
        whole = map(named, arguments, found.parts)
        given = dict(zip(found.arguments, whole, strict=True))
        value = evaluate(found.body, given, self._known, self._whole, self._depth + 1)
        return named(value, found.fields)

    def _operate(self, operator: str, operands: list[Value]) -> Value:
        if any(isinstance(v, dict | tuple) for v in operands):
            return _by_fields(operator, operands, self._operate)
        numbers = [v for v in operands if isinstance(v, Fraction)]
        if len(numbers) < len(operands):
            if operator in ("=", "≠") and all(isinstance(v, bool | str) for v in operands):
                return (operands[0] == operands[1]) == (operator == "=")
            raise UnknownError(operator)
        result = _number(operator, numbers, self._whole)
        if isinstance(result, Fraction) and result.numerator.bit_length() > _LARGEST:
            raise UnknownError("large")
        return result


def named(value: Value, fields: tuple[str, ...]) -> Value:
    """An anonymous constructor's parts under the names of the fields."""
    if isinstance(value, tuple) and fields:
        if len(value) != len(fields):
            raise UnknownError("fields")
        return dict(zip(fields, value, strict=True))
    return value


def _by_fields(operator: str, operands: list[Value], operate: Callable[[str, list[Value]], Value]) -> Value:
    """Sums, differences, multiples and equality of structures, field by field."""
    keyed = [v for v in operands if isinstance(v, dict)]
    if not keyed or any(isinstance(v, tuple) and len(v) != len(keyed[0]) for v in operands):
        raise UnknownError(operator)
    fields = tuple(keyed[0])
    if operator == "•" and len(operands) == 2 and isinstance(operands[0], Fraction):
        return {f: operate("*", [operands[0], keyed[0][f]]) for f in fields}
    if operator in ("=", "≠"):
        zero = dict.fromkeys(fields, Fraction(0))
        sides = [zero if v == 0 else named(v, fields) for v in operands]
        return (sides[0] == sides[1]) == (operator == "=")
    if operator not in ("+", "-", "neg") or any(not isinstance(named(v, fields), dict) for v in operands):
        raise UnknownError(operator)
    columns = [named(v, fields) for v in operands]
    return {f: operate(operator, [c[f] for c in columns]) for f in fields}  # type: ignore[index]


_CONNECTIVES: dict[str, Callable[[bool, Callable[[], bool]], bool]] = {
    "∧": lambda a, b: a and b(),
    "∨": lambda a, b: a or b(),
    "→": lambda a, b: not a or b(),
    "↔": lambda a, b: a == b(),
}
_RELATIONS: dict[str, Callable[[Fraction, Fraction], bool]] = {
    "=": lambda a, b: a == b,
    "≠": lambda a, b: a != b,
    "≤": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "≥": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
}


def _number(operator: str, numbers: list[Fraction], whole: str) -> Value:
    """One operation of Lean's core on numbers: division by zero is zero, and rounds down for whole numbers."""
    a, b = numbers[0], numbers[-1]
    if len(numbers) == 1:
        return -a if operator == "neg" else Fraction(0) if a == 0 else 1 / a
    if operator in _RELATIONS:
        return _RELATIONS[operator](a, b)
    if operator == "+":
        return a + b
    if operator == "-":
        return max(a - b, Fraction(0)) if whole == "Nat" else a - b
    if operator in ("*", "•"):
        return a * b
    if operator == "/" and not whole:
        return Fraction(0) if b == 0 else a / b
    if operator in ("/", "%"):  # rounds so that the remainder is not negative
        if b == 0:
            return Fraction(0) if operator == "/" else a
        remainder = a % abs(b)
        return (a - remainder) / b if operator == "/" else remainder
    if operator == "^" and b.denominator == 1 and abs(b) <= 64:
        if b < 0 and a == 0:
            return Fraction(0)
        return a ** int(b)
    raise UnknownError(operator)
