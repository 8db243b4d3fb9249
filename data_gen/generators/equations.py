"""Equations between a header's definitions, found by their values at drawn points, as QuickSpec finds them (Claessen, Smallbone,
Hughes, TAP 2010); see `data_gen.generators.explore`.

    energy (reverse s) = energy s      total a b = single a + single b      power r i = voltage r i * i

Terms are each definition at its own arguments, and with one of these changed: another variable, a sum, its negative, an image
under another definition. Terms of equal values make an equation, and so does one whose values are the sum, difference or product
of two others'.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from random import Random
from typing import TYPE_CHECKING

from data_gen.arithmetic import UnknownError, definitions, evaluate, read
from data_gen.generators.shapes import Law, number_types
from data_gen.values import Drawer
from physprover.lean.text.tokens import IDENTIFIER

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from data_gen.arithmetic import Term, Value
    from data_gen.generators.shapes import Function
    from data_gen.headers import Header

_POINTS = 8
_TERMS = 160  # of one header
_OPERATIONS: tuple[tuple[str, Callable[[Fraction, Fraction], Fraction]], ...] = (
    ("+", lambda a, b: a + b),
    ("*", lambda a, b: a * b),
    ("-", lambda a, b: a - b),
)

Variables = tuple[tuple[str, str], ...]  # with their types


@dataclass(frozen=True)
class _Expression:
    """A term, and what it is at each point."""

    text: str
    kind: str
    variables: Variables
    functions: frozenset[str]
    values: tuple[object, ...] = ()


@dataclass(frozen=True)
class _Equation:
    """A term of a definition, and one or two terms that make up its value."""

    left: _Expression
    parts: tuple[_Expression, ...]
    sign: str = ""

    @property
    def functions(self) -> frozenset[str]:
        return self.left.functions.union(*(part.functions for part in self.parts))

    def ways(self) -> list[str]:
        """The equation, with its sides and the parts of its right side in each order."""
        left, parts = self.left.text, [part.text for part in self.parts]
        orders = [parts, parts[::-1]] if self.sign in ("+", "*") else [parts]
        rights = [f" {self.sign} ".join(order) for order in orders]
        return [f"{left} = {right}" for right in rights] + [f"{right} = {left}" for right in rights]

    def law(self) -> Law:
        goal = self.ways()[0]
        used = dict(pair for one in (self.left, *self.parts) for pair in one.variables)
        named = [word for word in dict.fromkeys(IDENTIFIER.findall(goal)) if word in used]
        head = self.left.text.split()[0]
        return Law("equation", head, goal, "", tuple((name, used[name]) for name in named))


def equations(functions: Mapping[str, Function], header: Header) -> dict[str, list[Law]]:
    """Function -> equations whose left side it heads: of more definitions first, then shorter; none is an instance of another."""
    classes: dict[tuple[str, tuple[object, ...]], list[_Expression]] = defaultdict(list)
    for one in _evaluated(_terms(functions, header), header):
        classes[one.kind, one.values].append(one)
    best = {key: min(members, key=lambda e: (len(e.text), e.text)) for key, members in classes.items()}
    found = [
        _Equation(left, (best[key],))
        for key, members in classes.items()
        for left in members
        if left is not best[key] and _differ(left, best[key])
    ]
    found += _combined(best, number_types(header))
    found.sort(key=lambda e: (-len(e.functions), len(e.ways()[0]), e.ways()[0]))
    laws: dict[str, list[Law]] = defaultdict(list)
    known: list[tuple[Term, frozenset[str]]] = []
    for equation in found:
        law, ways = equation.law(), [read(way) for way in equation.ways()]
        if not any(_match(pattern, way, {}, free) for pattern, free in known for way in ways):
            known.append((ways[0], frozenset(name for name, _ in law.variables)))
            laws[law.function].append(law)
    return laws


def _differ(left: _Expression, right: _Expression) -> bool:
    """Whether two terms of definitions differ in more than the name at their head."""
    return bool(left.functions and right.functions) and left.text.split()[1:] != right.text.split()[1:]


def _combined(
    best: Mapping[tuple[str, tuple[object, ...]], _Expression], numbers: Collection[str]
) -> Iterator[_Equation]:
    """Terms that are the sum, difference or product of two others."""
    # without negative ones, which make f x = f (x + y) + f (-y) of additivity
    plain = [one for one in best.values() if one.kind in numbers and "-" not in one.text]
    for a, b in combinations(plain, 2):
        if a.kind != b.kind or not a.functions | b.functions:
            continue
        for sign, operate in _OPERATIONS:
            if sign == "-" and a.functions:
                continue  # found as a sum
            values = tuple(map(operate, a.values, b.values))  # type: ignore[arg-type]
            left = best.get((a.kind, values))
            if left is not None and left.functions and left not in (a, b):
                yield _Equation(left, (a, b), sign)


def _terms(functions: Mapping[str, Function], header: Header) -> Iterator[_Expression]:
    """Each definition at its own arguments, then with one of them changed; variables, so that sums and products may hold them."""
    numbers = number_types(header)
    kinds: dict[str, str] = {}  # variable -> its type; the first definition that has the name decides
    own: dict[str, dict[str, str]] = {}
    for f in functions.values():
        own[f.name] = {n: n if kinds.setdefault(n, k) == k else f"{n}'" for n, k in f.arguments}
        kinds |= {own[f.name][n]: k for n, k in f.arguments}

    def variables(f: Function, *but: str) -> Variables:
        return tuple((own[f.name][n], k) for n, k in f.arguments if n not in but)

    functions = {name: f for name, f in functions.items() if f.result != "Prop"}
    for f in functions.values():
        yield _Expression(f.at(**own[f.name]), f.result, variables(f), frozenset((f.name,)))
    for name, kind in kinds.items():
        yield _Expression(name, kind, ((name, kind),), frozenset())
    for f in functions.values():
        for n, kind in f.arguments:
            rest, here = variables(f, n), own[f.name]
            other = f"{here[n]}'"
            new = ((here[n], kind), (other, kind))
            alone = frozenset((f.name,))
            changes: list[tuple[str, Variables, frozenset[str]]] = [(other, new[1:], alone)]
            if kind in numbers:  # numbers of other definitions may be of other dimensions
                changes += [(f"{here[n]} + {other}", new, alone)]
                changes += [(f"-{here[n]}", new[:1], alone)] * (kind != "Nat")
            else:
                changes += [(o, ((o, kind),), alone) for m, o in here.items() if m != n and kinds[o] == kind]
                changes += [
                    (g.at(**own[g.name]), variables(g), alone | {g.name})
                    for g in functions.values()
                    if g.result == kind
                ]
            for text, more, used in changes:
                every = tuple(dict.fromkeys((*rest, *more)))
                yield _Expression(f.at(**here | {n: text}), f.result, every, used)


def _evaluated(terms: Iterator[_Expression], header: Header) -> Iterator[_Expression]:
    """Those that can be computed, with their values at points of their own for this header."""
    known, random, numbers = definitions(header), Random(header.text), number_types(header)
    drawer = Drawer(
        header, random, lambda kind: _number(kind, random) if kind in numbers else None, functions=False
    )
    points: list[dict[str, Value]] = [{} for _ in range(_POINTS)]
    made: set[str] = set()
    for one in terms:
        if len(made) == _TERMS:
            return
        if one.text in made:
            continue
        try:
            for point in points:
                for name, kind in one.variables:
                    if name not in point:
                        value = drawer.value(kind)
                        if value is None:
                            raise UnknownError(kind)
                        point[name] = value
            whole = one.kind if one.kind in ("Int", "Nat") else ""
            term = read(one.text)
            values = tuple(_frozen(evaluate(term, point, known, whole)) for point in points)
        except (UnknownError, ArithmeticError, TypeError, AttributeError):
            continue
        made.add(one.text)
        if len(set(values)) == 1:
            continue  # a constant, which limits and signs speak of
        yield _Expression(one.text, one.kind, one.variables, one.functions, values)


def _number(kind: str, random: Random) -> Fraction:
    """One that keeps accidents rare: not 0, 1 or -1."""
    low = 0 if kind == "Nat" else -9
    return Fraction(random.choice([n for n in range(low, 10) if n not in (0, 1, -1)]))


def _frozen(value: Value) -> object:
    if isinstance(value, dict):
        return tuple((field, _frozen(inner)) for field, inner in value.items())
    if not isinstance(value, (Fraction, bool, str)):
        raise UnknownError("no value")
    return value


def _match(pattern: object, term: object, bound: dict[str, object], free: frozenset[str]) -> bool:
    """Whether the term is the pattern with terms for its free variables."""
    if isinstance(pattern, tuple) and pattern[:1] == ("name",) and pattern[1] in free:
        return bound.setdefault(pattern[1], term) == term
    if isinstance(pattern, tuple) and isinstance(term, tuple):
        return len(pattern) == len(term) and all(
            _match(p, t, bound, free) for p, t in zip(pattern, term, strict=True)
        )
    return pattern == term
