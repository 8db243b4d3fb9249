"""Points at which a statement's hypotheses hold, found in Python: values are drawn, and equations solved for one number after another.

A sieve in front of Lean, never its judge: `data_gen.probes` has Lean check a point, `holds` only drops what is false at one.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice
from math import isqrt
from random import Random

from data_gen.arithmetic import Definitions, Term, UnknownError, Value, definitions, evaluate, named, read
from data_gen.headers import Header
from data_gen.mutations.classes import members
from data_gen.values import LENGTH, NUMBERS, Drawer, written
from physprover.lean.text.terms import Statement, bound_names, mentions, rename
from physprover.lean.text.tokens import IDENTIFIER

Point = dict[str, str]  # variable -> closed Lean term

_DRAWS = 600  # points drawn for one theorem
_WIDE = 400  # the draw from which on zeros and negative numbers are as likely as others; all numbers of this one are zero
_TRIES = 40  # points at which a conjecture is tried before Lean is asked
_POINTS, _GUESSES = 4, 16  # sent to Lean where all hypotheses are understood, and where some are not
TRIVIAL: set[Value] = {Fraction(0), Fraction(1), Fraction(-1)}
_POOLS = {  # values that satisfy much: Pythagorean pairs such as 3/5 and 4/5, 5/4 and 3/4 among them
    "Rat": [
        Fraction(n, d)
        for n, d in (
            *((2, 1), (3, 1), (5, 1), (1, 2), (1, 3), (3, 4), (5, 4), (3, 5), (4, 5), (5, 3), (4, 3)),
            *((7, 1), (4, 1), (6, 1), (-2, 1), (-3, 1), (1, 4), (2, 3), (0, 1), (1, 1), (-1, 1)),
        )
    ],
    "Int": [Fraction(n) for n in (2, 3, 5, 4, 7, 6, -2, -3, 8, 10, 12, 0, 1, -1)],
    "Nat": [Fraction(n) for n in (2, 3, 5, 4, 7, 6, 8, 10, 12, 0, 1)],
}


def points(statement: Statement, header: Header) -> Iterator[Point]:
    """Points at which every hypothesis that is understood holds, fewest trivial values first."""
    carriers = _carriers(statement, header)
    kinds = _kinds(statement, header, carriers)
    given, facts = _given(statement, kinds, carriers)
    search = _Search(statement, header, {n: k for n, k in kinds.items() if n not in given}, facts)
    found: dict[str, tuple[int, Point]] = {}
    best = 0  # points that are not dull at all: with enough of them no other is wanted
    for dull, point in search.run():
        best += dull == 0 and str(point) not in found
        found.setdefault(str(point), (dull, point))
        if best == search.wanted:
            break
    for _, point in sorted(found.values(), key=lambda pair: pair[0])[: search.wanted]:
        yield {**carriers, **point, **{n: at(term, point) for n, term in given.items()}}


_LAW = re.compile(rf"(?:∀ ([\w' ]+), )?({IDENTIFIER.pattern})((?: [\w']+)*) (?:=|↔) (.+)")


def _given(
    statement: Statement, kinds: Mapping[str, str], carriers: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Variable -> the term that a hypothesis `∀ x y, f x y = term` makes of it, and the other hypotheses."""
    given: dict[str, str] = {}
    others = []
    for fact in statement.hypotheses().values():
        found = _LAW.fullmatch(fact)
        body = rename(found[4], {**carriers, **given}) if found else ""
        defines = found and found[2] in kinds and (found[1] or "").split() == found[3].split()
        if found is None or not defines or found[2] in given or mentions(body, found[2]):
            others.append(fact)
            continue
        bound = f"fun {found[1]} => " if found[1] else ""
        given[found[2]] = f"({bound}{body} : {kinds[found[2]]})"
    return given, others


def holds(statement: Statement, header: Header) -> bool | None:
    """Whether the goal is true at every drawn point that satisfies the hypotheses; None where it is not understood, or none
    does. No proof: a sieve in front of Lean."""
    return trial(statement, header)[0]


def trial(statement: Statement, header: Header) -> tuple[bool | None, Point]:
    """What `holds` says, and the point at which the goal is false where it is; no proof either."""
    goal, carriers = _readable(statement.goal), _carriers(statement, header)
    kinds = _kinds(statement, header, carriers)
    search = _Search(statement, header, kinds, statement.hypotheses().values())
    if goal is None or not search.understood:
        return None, {}
    truth: bool | None = None
    for values in islice(search.satisfying(wide=True), _TRIES):
        truth = search.truth(goal, values)
        if truth is not True:
            return truth, {} if truth is None else {**carriers, **search.point(values)}
    return truth, {}


def _carriers(statement: Statement, header: Header) -> dict[str, str]:
    """Type variables of the statement and of the header's `variable` commands -> a type of all their classes."""
    text = f"{_declared(header)} {' '.join(map(str, statement.binders))}"
    classes = re.findall(r"\[([^\[\]:]+)\]", text)
    found = {}
    for names in re.findall(r"[({]([\w' ]+) : (?:Type|Sort)\b", text):
        for name in names.split():
            kinds = members([c for c in classes if mentions(c, name)], name, header)
            found[name] = kinds[0] if kinds else "Int"
    return found


def _declared(header: Header) -> str:
    """What `variable` commands declare."""
    return " ".join(re.findall(r"^variable\b(.*(?:\n[ \t]+.*)*)", header.text, re.MULTILINE))


def _kinds(statement: Statement, header: Header, carriers: Mapping[str, str]) -> dict[str, str]:
    """Type of each variable that is neither type nor hypothesis, over the carriers."""
    text = " ".join([statement.goal, *map(str, statement.binders)])
    own = {n for b in statement.binders for n in b.names}
    pairs = [
        (name, kind)
        for names, kind in re.findall(r"[({]([\w' ]+) : (?!Type|Sort)([^()\[\]{}]+)[)}]", _declared(header))
        for name in names.split()
        if name not in own and mentions(text, name)
    ]
    pairs += [
        (n, b.type)
        for b in statement.binders
        if not b.is_hypothesis and not re.match(r"(?:Type|Sort)\b", b.type)
        for n in b.names
    ]
    return {name: " ".join(rename(kind, carriers).split()) for name, kind in pairs}


Slot = tuple[str, ...]  # a number among the values: the variable, then fields


class _Search:
    """Draws values, solves the equations for one number after another, and keeps what satisfies all that is understood."""

    def __init__(
        self, statement: Statement, header: Header, kinds: Mapping[str, str], facts: Collection[str]
    ) -> None:
        self._header, self._kinds, self._known = header, kinds, definitions(header)
        numbers = {k for k in kinds.values() if k in NUMBERS}
        self._whole = next((k for k in ("Nat", "Int") if numbers == {k}), "")
        self._random = Random(str(statement))
        read_ = [_readable(fact) for fact in facts]
        self.understood = None not in read_
        self._terms = [part for t in read_ if t is not None for part in _conjuncts(t, self._known)]
        self._lengths = {
            n for n, k in kinds.items() if k == "Nat" and any(mentions(o, n) for o in kinds.values())
        }

    def run(self) -> Iterator[tuple[int, Point]]:
        """Points with how dull they are: trivial numbers, long terms."""
        for values in self.satisfying():
            dull = sum(_get(values, slot) in TRIVIAL for slot, _ in self._slots(values))
            point = self.point(values)
            yield 3 * dull + sum(len(v) > 24 for v in point.values()), point

    @property
    def wanted(self) -> int:
        """How many points Lean is asked about at most."""
        return _POINTS if self.understood else _GUESSES

    def point(self, values: Mapping[str, Value]) -> Point:
        """Values as Lean writes them."""
        return {n: written(values[n], k) for n, k in self._kinds.items()}

    def satisfying(self, wide: bool = False) -> Iterator[dict[str, Value]]:
        """Drawn values at which no hypothesis is false; `wide` draws zeros and negative numbers from the start."""
        for draw in range(_DRAWS):
            values = self._draw(draw + _WIDE * wide)
            if values is None:
                return
            slots = dict(self._slots(values))
            for _ in range(2):  # a later equation may undo an earlier one
                for term in self._terms:
                    if term[0] == "=" and self.truth(term, values) is False:
                        self._solve(term, values, slots)
            truths = [self.truth(term, values) for term in self._terms]
            if False in truths:
                continue
            self.understood &= None not in truths
            yield values

    def _draw(self, draw: int) -> dict[str, Value] | None:
        """A value of each variable, now and then one value for all of a type; None where a type has none."""
        drawer = Drawer(self._header, self._random, lambda kind: self._number(kind, draw), draw % 2 == 1)
        shared: dict[str, Value] = {}
        values: dict[str, Value] = {}
        for name, kind in self._kinds.items():
            value = Fraction(LENGTH) if name in self._lengths else drawer.value(kind)
            if value is None:
                return None
            values[name] = shared.setdefault(kind, value) if draw % 4 == 3 and kind not in NUMBERS else value
        return values

    def _number(self, kind: str, draw: int) -> Fraction | None:
        if kind not in NUMBERS:
            return None
        if draw == _WIDE:
            return Fraction(0)
        pool = _POOLS[kind]
        return self._random.choice(pool[: min(len(pool), 5 + draw // 20)])

    def _slots(self, values: Mapping[str, Value]) -> Iterator[tuple[Slot, str]]:
        """Numbers among the values, and their types."""
        for name, kind in self._kinds.items():
            if name not in self._lengths:
                yield from _numbers((name,), values[name], kind, self._header)

    def truth(self, term: Term, values: Mapping[str, Value]) -> bool | None:
        """The truth of a proposition at values; None where it is not understood."""
        try:
            value = evaluate(term, values, self._known, self._whole)
        except _FAILURES:
            return None
        return value if isinstance(value, bool) else None

    def _solve(self, term: Term, values: dict[str, Value], slots: Mapping[Slot, str]) -> None:
        """Change numbers so that the equation holds, each where a side less the other is of degree one or two in it."""
        free = [slot for slot in slots if _speaks(term, slot[0])]
        self._random.shuffle(free)
        for slot in free:
            old = _get(values, slot)
            try:
                gaps = [self._gaps(term, _with(values, slot, Fraction(x))) for x in (0, 1, 2, 5)]
                before = self._gaps(term, values)
            except _FAILURES:
                continue
            for place, gap in enumerate(before):
                at = [row[place] for row in gaps]
                root = _root(at) if gap else None
                if root is None or (slots[slot] == "Nat" and root < 0):
                    continue
                if slots[slot] in ("Int", "Nat") and root.denominator != 1:
                    continue
                values.update(_with(values, slot, root))
                if self.truth(term, values):
                    return
                if len(before) == 1 or sum(map(bool, self._gaps(term, values))) >= sum(map(bool, before)):
                    values.update(_with(values, slot, old))
                break

    def _gaps(self, term: Term, values: Mapping[str, Value]) -> list[Fraction]:
        """Left side less right side of an equation, number by number."""
        left, right = (evaluate(side, values, self._known, self._whole) for side in term[1:])  # type: ignore[arg-type]
        return _differences(left, right)


def _root(at: Sequence[Fraction]) -> Fraction | None:
    """A root of the polynomial of degree one or two with these values at 0, 1, 2 and 5; None where it has no rational one."""
    square = (at[2] - 2 * at[1] + at[0]) / 2
    slope = at[1] - at[0] - square
    if at[3] != at[0] + 5 * slope + 25 * square:
        return None
    if square == 0:
        return -at[0] / slope if slope else None
    under = slope * slope - 4 * square * at[0]
    if (
        under < 0
        or isqrt(under.numerator) ** 2 != under.numerator
        or isqrt(under.denominator) ** 2 != under.denominator
    ):
        return None
    return (Fraction(isqrt(under.numerator), isqrt(under.denominator)) - slope) / (2 * square)


_FAILURES = (UnknownError, ArithmeticError, TypeError, AttributeError, RecursionError)


def _differences(left: Value, right: Value) -> list[Fraction]:
    if isinstance(left, Fraction) and isinstance(right, Fraction):
        return [left - right]
    if isinstance(left, tuple) and isinstance(right, dict):
        left = named(left, tuple(right))
    if isinstance(right, tuple) and isinstance(left, dict):
        right = named(right, tuple(left))
    if not isinstance(left, dict) or not isinstance(right, dict) or left.keys() != right.keys():
        raise UnknownError("no numbers")
    return [gap for field in left for gap in _differences(left[field], right[field])]


def _numbers(slot: Slot, value: Value, kind: str, header: Header) -> Iterator[tuple[Slot, str]]:
    if isinstance(value, Fraction):
        yield slot, kind
    elif isinstance(value, dict):
        carrier = next((w for w in kind.split()[1:] if w in NUMBERS), "Rat")
        for field, inner in header.fields(kind):
            yield from _numbers((*slot, field), value[field], carrier if len(inner) == 1 else inner, header)


def _get(values: Mapping[str, Value], slot: Slot) -> Value:
    value: Value = values
    for key in slot:
        value = value[key]  # type: ignore[index]
    return value


def _with(values: Mapping[str, Value], slot: Slot, number: Value) -> dict[str, Value]:
    """The values with one number changed."""
    head, *rest = slot
    inner = _with(values[head], tuple(rest), number) if rest else number  # type: ignore[arg-type]
    return {**values, head: inner}


def _conjuncts(term: Term, known: Definitions) -> Iterator[Term]:
    """The parts of a conjunction, also of one that a definition stands for."""
    if term[0] == "∧":
        for part in term[1:]:
            yield from _conjuncts(part, known)  # type: ignore[arg-type]
        return
    if term[0] == "call" and term[1][0] == "name":  # type: ignore[index]
        definition = known.functions.get(str(term[1][1]))  # type: ignore[index]
        if definition and definition.body[0] in ("∧", "=") and len(definition.arguments) == len(term) - 2:
            given = dict(zip(definition.arguments, term[2:], strict=True))
            yield from _conjuncts(_filled(definition.body, given), known)
            return
    yield term


def _filled(term: object, given: Mapping[str, object]) -> Term:
    if not isinstance(term, tuple):
        return term  # type: ignore[return-value]
    if term[0] == "name":
        return given.get(term[1], term)  # type: ignore[return-value]
    return tuple(_filled(part, given) for part in term)


def _readable(hypothesis: str) -> Term | None:
    try:
        return read(hypothesis)
    except (UnknownError, RecursionError):
        return None


def _speaks(term: object, name: str) -> bool:
    if not isinstance(term, tuple):
        return False
    return term == ("name", name) or any(_speaks(part, name) for part in term[1:])


def facts(statement: Statement, point: Point) -> list[str]:
    """The hypotheses at a point, as closed propositions."""
    return [at(fact, point) for fact in statement.hypotheses().values()]


def at(text: str, point: Point) -> str:
    """A text with a point's values for the variables that it does not bind itself."""
    return rename(text, {n: v for n, v in point.items() if n not in bound_names(text)})
