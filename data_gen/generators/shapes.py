"""Shapes of laws that a definition may obey, see `data_gen.generators.explore`; which hold is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from data_gen.arithmetic import definitions
from data_gen.informal import described
from data_gen.points import holds
from data_gen.values import NUMBERS
from physprover.lean.text.terms import Binder, Statement, atom

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data_gen.headers import Header

_MOST_ARGUMENTS = 5
_DEGREES = (0, 1, 2, 3, -1, -2)


@dataclass(frozen=True)
class Law:
    """A statement that may hold of a definition."""

    rule: str
    function: str
    goal: str
    informal: str  # `{when}` stands for the signs that it needs
    variables: tuple[tuple[str, str], ...]  # with their types
    hypotheses: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Function:
    """A definition of the header: argument names with their types, and the type of its value."""

    name: str
    arguments: tuple[tuple[str, str], ...]
    result: str

    def at(self, **terms: str) -> str:
        """Its application, with terms for some of its arguments."""
        return " ".join([self.name, *(atom(terms.get(n, n)) for n, _ in self.arguments)])

    def of_type(self, kind: str) -> list[str]:
        return [n for n, k in self.arguments if k == kind]

    def law(
        self,
        rule: str,
        goal: str,
        informal: str,
        *more: tuple[str, str],
        given: tuple[tuple[str, str], ...] = (),
    ) -> Law:
        """A law about its arguments and `more` variables."""
        return Law(rule, self.name, goal, informal, (*self.arguments, *more), given)


def statement_of(law: Law) -> Statement:
    """The law under a name made of its definition and its rule; neighbours of one type share a binder."""
    groups = [
        Binder("(", tuple(name for name, _ in members), kind)
        for kind, members in groupby(law.variables, key=lambda pair: pair[1])
    ]
    facts = [Binder("(", (name,), fact) for name, fact in law.hypotheses]
    return Statement(f"{law.function.rpartition('.')[2]}_{law.rule}", (*groups, *facts), law.goal)


def functions_of(header: Header) -> dict[str, Function]:
    """The definitions of a header that can be computed and have a few named arguments."""
    known = definitions(header).functions
    return {
        name: Function(
            name, tuple(zip(known[name].arguments, signature.arguments, strict=True)), signature.result
        )
        for name, signature in header.functions.items()
        if name in known and 1 <= len(known[name].arguments) == len(signature.arguments) <= _MOST_ARGUMENTS
    }


def laws(f: Function, functions: dict[str, Function], header: Header) -> Iterator[Sequence[Law]]:
    """Laws of the shapes above for one definition; of alternatives, strongest first, the first that may hold counts."""
    what, numbers = described(f.name, header), number_types(header)
    if f.result in numbers:
        yield from _algebra(f, what, header)
        yield from _order(f, what, functions, header)
        yield from _conserved(f, what, functions, header)
    elif f.of_type(f.result):
        yield from _maps(f, what, functions, header, numbers)


@lru_cache(maxsize=64)
def number_types(header: Header) -> frozenset[str]:
    """Core's numbers, and type variables of the header."""
    variables = {k for f in header.functions.values() for k in (*f.arguments, f.result) if len(k) == 1}
    return frozenset((*NUMBERS, *variables))


def _homogeneous(f: Function, scaled: Sequence[str], degree: int) -> Law | None:
    """f, with some arguments multiplied by k, is k to the degree times f; None where the numbers have no quotients."""
    k = _fresh("k", f)
    if degree < 0 and f.result in ("Int", "Nat"):
        return None
    power = "" if degree == 0 else f"{k} * " if degree == 1 else f"{k} ^ {degree} * " if degree > 0 else ""
    end = "" if degree >= 0 else f" / {k}" if degree == -1 else f" / {k} ^ {-degree}"
    goal = f"{f.at(**{x: f'{k} * {x}' for x in scaled})} = {power}{f.at()}{end}"
    given = (("hk", f"{k} ≠ 0"),) if degree <= 0 else ()
    return Law("homogeneous", f.name, goal, "", ((k, f.result), *f.arguments), given)


def _degree(f: Function, scaled: Sequence[str], header: Header) -> int | None:
    """The degree in which f is homogeneous in some of its arguments, by trial at numbers: dimensional analysis by scaling."""
    for degree in _DEGREES:
        law = _homogeneous(f, scaled, degree)
        if law is not None and holds(statement_of(law), header) is True:
            return degree
    return None


def _algebra(f: Function, what: str, header: Header) -> Iterator[Sequence[Law]]:
    """Symmetry, scaling, additivity, parity and limits."""
    scalars = f.of_type(f.result)
    for (x, kind), (y, other) in combinations(f.arguments, 2):
        if kind == other:
            goal = f"{f.at()} = {f.at(**{x: y, y: x})}"
            yield [f.law("symmetric", goal, f"{what} does not change when `{x}` and `{y}` are exchanged.")]
    together = _degree(f, scalars, header) if len(scalars) > 1 else None
    for scaled in [(x,) for x in scalars] + ([tuple(scalars)] if together in (0, 1) else []):
        shapes = [(d, law) for d in _DEGREES if (law := _homogeneous(f, scaled, d))]
        spoken = " and ".join(f"`{x}`" for x in scaled)
        yield [
            replace(law, informal=f"{what} is homogeneous of degree {d} in {spoken}.") for d, law in shapes
        ]
    for x in scalars:
        y = _fresh("y", f)
        goal = f"{f.at(**{x: f'{x} + {y}'})} = {f.at()} + {f.at(**{x: y})}"
        yield [f.law("additive", goal, f"{what} is additive in `{x}`.", (y, f.result))]
        turned = f.at(**{x: f"-{x}"})
        yield [f.law("even", f"{turned} = {f.at()}", f"{what} does not depend on the sign of `{x}`.")]
        yield [f.law("odd", f"{turned} = -{f.at()}", f"{what} changes sign with `{x}`.")]
        rest = tuple(a for a in f.arguments if a[0] != x)
        others = [n for n, kind in rest if kind == f.result]
        alike = [o for o in others if _degree(f, (x, o), header) is not None]  # of one dimension
        zero = "0" if f.result in NUMBERS else f"(0 : {f.result})"
        for value in (zero, *alike):
            limits = ["0", *(["1"] if together == 0 else [])]
            if together == 1:
                limits += [*others, *(f"2 * {o}" for o in others)]
                limits += [] if f.result in ("Int", "Nat") else [f"{o} / 2" for o in others]
            at = f"for `{x} = {'0' if value == zero else value}`."
            yield [
                Law(
                    "limit",
                    f.name,
                    f"{f.at(**{x: value})} = {limit}",
                    f"{what} {'vanishes' if limit == '0' else f'is `{limit}`'} {at}",
                    rest,
                )
                for limit in limits
            ]


def _order(f: Function, what: str, functions: dict[str, Function], header: Header) -> Iterator[Sequence[Law]]:
    """Signs, monotonicity, bounds and comparisons: for all numbers, or for positive ones."""
    scalars = f.of_type(f.result)
    positive = tuple((f"h{n}", f"0 < {n}") for n in scalars)
    cases = ((), positive) if positive else ((),)
    yield [
        f.law("sign", f"0 {relation} {f.at()}", f"{what} is {word}{{when}}.", given=given)
        for given in cases
        for relation, word in (("<", "positive"), ("≤", "never negative"))
    ]
    for x in scalars:
        y = _fresh("y", f)
        low, high = f.at(), f.at(**{x: y})
        yield [
            f.law(
                "monotone",
                f"{one} {relation} {other}",
                f"{what} {word} with `{x}`{{when}}.",
                (y, f.result),
                given=(*given, (f"h{x}{y}", f"{x} < {y}")),
            )
            for given in cases
            for one, other, words in (
                (low, high, ("grows strictly", "never falls")),
                (high, low, ("falls strictly", "never grows")),
            )
            for relation, word in zip("<≤", words, strict=True)
        ]
    degree = _degree(f, scalars, header) if scalars else None
    pairs = list(combinations(scalars, 2))
    bounds = ["1"] if degree == 0 else [*scalars, *(f"{a} + {b}" for a, b in pairs)] if degree == 1 else []
    if degree == 1 and f.result not in ("Int", "Nat"):
        bounds += [f"({a} + {b}) / 2" for a, b in pairs]
    for bound in bounds:
        yield [
            f.law(
                "bound", f"{f.at()} {relation} {bound}", f"{what} is {word} `{bound}`{{when}}.", given=given
            )
            for given in cases
            for relation, word in (("<", "less than"), ("≤", "at most"))
        ]
    for g in functions.values():
        if g.name != f.name and g.arguments == f.arguments and g.result == f.result:
            if scalars and (degree is None or degree != _degree(g, scalars, header)):
                continue  # of different dimensions
            said = f"{what} is at most {_inner(described(g.name, header))}{{when}}."
            yield [f.law("comparison", f"{f.at()} ≤ {g.at()}", said, given=given) for given in cases]


def _conserved(
    f: Function, what: str, functions: dict[str, Function], header: Header
) -> Iterator[Sequence[Law]]:
    """What a map of states leaves, reverses or scales of a quantity."""
    for state, kind in f.arguments:
        if kind.partition(" ")[0] not in header.structures:
            continue
        for g in functions.values():
            if g.result != kind or len(g.of_type(kind)) != 1:
                continue
            image, extra = _image(g, state, f)
            after, by = f.at(**{state: image}), _inner(described(g.name, header))
            yield [
                f.law("conserved", f"{after} = {f.at()}", f"{what} is conserved by {by}.", *extra),
                f.law("reversed", f"{after} = -{f.at()}", f"{what} is reversed by {by}.", *extra),
                *(
                    f.law(
                        "scaled",
                        f"{after} = {k} * {f.at()}",
                        f"{what} is multiplied by `{k}` under {by}.",
                        *extra,
                    )
                    for k, number in extra
                    if number == f.result
                ),
            ]


def _maps(
    f: Function, what: str, functions: dict[str, Function], header: Header, numbers: frozenset[str]
) -> Iterator[Sequence[Law]]:
    """Maps of a type to itself: repeated, composed, exchanged."""
    kind = f.result
    own = f.of_type(kind)
    if len(own) == 2 and len(f.arguments) == 2:
        x, y = own
        z = _fresh("z", f)
        exchanged = f"{f.at()} = {f.at(**{x: y, y: x})}"
        yield [f.law("commutative", exchanged, f"{what} does not depend on the order.")]
        goal = f"{f.at(**{x: f.at(), y: z})} = {f.at(**{y: f.at(**{x: y, y: z})})}"
        yield [f.law("associative", goal, f"{what} is associative.", (z, kind))]
        return
    if len(own) != 1:
        return
    state = own[0]
    twice = f.at(**{state: f.at()})
    yield [f.law("involution", f"{twice} = {state}", f"{what}, done twice, changes nothing.")]
    yield [f.law("idempotent", f"{twice} = {f.at()}", f"{what}, done twice, is the same as once.")]
    parameters = [(n, k) for n, k in f.arguments if n != state]
    if len(parameters) == 1 and parameters[0][1] in numbers:
        a, number = parameters[0]
        b = _fresh("b", f)
        for joint, word in ((f"{a} + {b}", "sum"), (f"{a} * {b}", "product")):
            goal = f"{f.at(**{state: f.at(**{a: b})})} = {f.at(**{a: joint})}"
            said = f"{what}: parameters of successive steps combine to their {word}."
            yield [f.law("composed", goal, said, (b, number))]
        undone = f"{f.at(**{a: f'-{a}', state: f.at()})} = {state}"
        yield [f.law("inverse", undone, f"{what} is undone by the opposite parameter.")]
        goal = f"{f.at(**{a: '0'})} = {state}"
        yield [Law("neutral", f.name, goal, f"{what} with parameter 0 changes nothing.", ((state, kind),))]
    for g in functions.values():
        if g.name > f.name and g.result == kind and len(g.of_type(kind)) == 1:
            image, extra = _image(g, state, f)
            goal = f"{f.at(**{state: image})} = {_image(g, f.at(), f)[0]}"
            said = f"{what} commutes with {_inner(described(g.name, header))}."
            yield [f.law("commute", goal, said, *extra)]


def _image(g: Function, state: str, f: Function) -> tuple[str, tuple[tuple[str, str], ...]]:
    """A map applied to a state, and its other arguments, under names that no argument of f has."""
    own = g.of_type(g.result)[0]
    names = {n: state if n == own else _fresh(n, f) for n, _ in g.arguments}
    return g.at(**names), tuple((names[n], k) for n, k in g.arguments if n != own)


def _fresh(name: str, f: Function) -> str:
    """The name, or one like it, that no argument has."""
    taken = {n for n, _ in f.arguments}
    return next(n for n in (name, *(f"{name}{i}" for i in range(1, 99))) if n not in taken)


def _inner(phrase: str) -> str:
    """A description within a sentence."""
    return phrase[:1].lower() + phrase[1:]
