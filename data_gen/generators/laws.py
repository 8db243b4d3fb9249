"""Shapes of laws that a definition may obey, see `data_gen.generators.explore`; which hold is decided elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import combinations, groupby
from typing import TYPE_CHECKING

from data_gen.arithmetic import definitions
from data_gen.informal import described
from data_gen.satisfy import holds
from data_gen.terms import Binder, Statement

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from data_gen.headers import Header

_NUMBERS = ("Int", "Nat", "Rat")
_MOST_ARGUMENTS = 5
_DEGREES = (0, 1, 2, 3, -1, -2)


@dataclass(frozen=True)
class Function:
    """A definition of the header: argument names with their types, and the type of its value."""

    name: str
    arguments: tuple[tuple[str, str], ...]
    result: str

    def at(self, **terms: str) -> str:
        """Its application, with terms for some of its arguments."""
        return " ".join([self.name, *(bracketed(terms.get(n, n)) for n, _ in self.arguments)])

    def of_type(self, kind: str) -> list[str]:
        return [n for n, k in self.arguments if k == kind]


@dataclass(frozen=True)
class Law:
    """A statement that may hold of a definition."""

    rule: str
    function: str
    binders: tuple[tuple[str, str], ...]  # variables
    hypotheses: tuple[tuple[str, str], ...]
    goal: str
    informal: str


def statement_of(law: Law) -> Statement:
    """The law under a name made of its definition and its rule; neighbours of one type share a binder."""
    groups = [
        Binder("(", tuple(name for name, _ in members), kind)
        for kind, members in groupby(law.binders, key=lambda pair: pair[1])
    ]
    facts = [Binder("(", (name,), fact) for name, fact in law.hypotheses]
    return Statement(f"{law.function.rpartition('.')[2]}_{law.rule}", (*groups, *facts), law.goal)


def laws(
    f: Function, functions: dict[str, Function], header: Header, numbers: frozenset[str]
) -> Iterator[Sequence[Law]]:
    """Laws of the shapes above for one definition; of alternatives, strongest first, the first that may hold counts."""
    what = described(f.name, header)
    if f.result in numbers:
        yield from _algebra(f, what, header)
        yield from _order(f, what, functions, header)
        yield from _conserved(f, what, functions, header)
    elif f.of_type(f.result):
        yield from _maps(f, what, functions, header, numbers)


def _homogeneous(f: Function, scaled: Sequence[str], degree: int) -> Law | None:
    """f, with some arguments multiplied by k, is k to the degree times f; None where the numbers have no quotients."""
    k = _fresh("k", f)
    if degree < 0 and f.result in ("Int", "Nat"):
        return None
    power = "" if degree == 0 else f"{k} * " if degree == 1 else f"{k} ^ {degree} * " if degree > 0 else ""
    end = "" if degree >= 0 else f" / {k}" if degree == -1 else f" / {k} ^ {-degree}"
    value = f"{power}{f.at()}{end}"
    return Law(
        "homogeneous",
        f.name,
        ((k, f.result), *f.arguments),
        (("hk", f"{k} ≠ 0"),) if degree <= 0 else (),
        f"{f.at(**{x: f'{k} * {x}' for x in scaled})} = {value}",
        "",
    )


def _degree(f: Function, scaled: Sequence[str], header: Header) -> int | None:
    """The degree in which f is homogeneous in some of its arguments, by trial at numbers: dimensional analysis by scaling."""
    for degree in _DEGREES:
        law = _homogeneous(f, scaled, degree)
        if law is not None and holds(statement_of(law), header) is True:
            return degree
    return None


def _algebra(f: Function, what: str, header: Header) -> Iterator[Sequence[Law]]:
    scalars = f.of_type(f.result)
    for (x, kind), (y, other) in combinations(f.arguments, 2):
        if kind == other:
            goal = f"{f.at()} = {f.at(**{x: y, y: x})}"
            said = f"{what} does not change when `{x}` and `{y}` are exchanged."
            yield [Law("symmetric", f.name, f.arguments, (), goal, said)]
    together = _degree(f, scalars, header) if len(scalars) > 1 else None
    for scaled in [(x,) for x in scalars] + ([tuple(scalars)] if together in (0, 1) else []):
        laws = [(d, law) for d in _DEGREES if (law := _homogeneous(f, scaled, d))]
        spoken = " and ".join(f"`{x}`" for x in scaled)
        yield [replace(law, informal=f"{what} is homogeneous of degree {d} in {spoken}.") for d, law in laws]
    for x in scalars:
        y = _fresh("y", f)
        goal = f"{f.at(**{x: f'{x} + {y}'})} = {f.at()} + {f.at(**{x: y})}"
        yield [
            Law("additive", f.name, (*f.arguments, (y, f.result)), (), goal, f"{what} is additive in `{x}`.")
        ]
        turned = f.at(**{x: f"-{x}"})
        even = f"{what} does not depend on the sign of `{x}`."
        yield [Law("even", f.name, f.arguments, (), f"{turned} = {f.at()}", even)]
        odd = f"{what} changes sign with `{x}`."
        yield [Law("odd", f.name, f.arguments, (), f"{turned} = -{f.at()}", odd)]
        rest = tuple(a for a in f.arguments if a[0] != x)
        others = [n for n, kind in rest if kind == f.result]
        alike = [o for o in others if _degree(f, (x, o), header) is not None]  # of one dimension
        zero = "0" if f.result in _NUMBERS else f"(0 : {f.result})"
        for value in (zero, *alike):
            limits = ["0", *(["1"] if together == 0 else [])]
            if together == 1:
                limits += [*others, *(f"2 * {o}" for o in others)]
                limits += [] if f.result in ("Int", "Nat") else [f"{o} / 2" for o in others]
            yield [
                Law(
                    "limit",
                    f.name,
                    rest,
                    (),
                    f"{f.at(**{x: value})} = {limit}",
                    f"{what} {'vanishes' if limit == '0' else f'is `{limit}`'} for `{x} = {'0' if value == zero else value}`.",
                )
                for limit in limits
            ]


def _order(f: Function, what: str, functions: dict[str, Function], header: Header) -> Iterator[Sequence[Law]]:
    scalars = f.of_type(f.result)
    positive = tuple((f"h{n}", f"0 < {n}") for n in scalars)
    cases = ((), positive) if positive else ((),)
    yield [
        Law("sign", f.name, f.arguments, facts, f"0 {relation} {f.at()}", f"{what} is {word}{{when}}.")
        for facts in cases
        for relation, word in (("<", "positive"), ("≤", "never negative"))
    ]
    for x in scalars:
        y = _fresh("y", f)
        yield [
            Law(
                "monotone",
                f.name,
                (*f.arguments, (y, f.result)),
                (*facts, (f"h{x}{y}", f"{x} < {y}")),
                f"{low} {relation} {high}",
                f"{what} {word} with `{x}`{{when}}.",
            )
            for facts in cases
            for low, high, words in (
                (f.at(), f.at(**{x: y}), ("grows strictly", "never falls")),
                (f.at(**{x: y}), f.at(), ("falls strictly", "never grows")),
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
            Law(
                "bound",
                f.name,
                f.arguments,
                facts,
                f"{f.at()} {relation} {bound}",
                f"{what} is {word} `{bound}`{{when}}.",
            )
            for facts in cases
            for relation, word in (("<", "less than"), ("≤", "at most"))
        ]
    for g in functions.values():
        if g.name != f.name and g.arguments == f.arguments and g.result == f.result:
            if scalars and (degree is None or degree != _degree(g, scalars, header)):
                continue  # of different dimensions
            other = _inner(described(g.name, header))
            yield [
                Law(
                    "comparison",
                    f.name,
                    f.arguments,
                    facts,
                    f"{f.at()} ≤ {g.at()}",
                    f"{what} is at most {other}{{when}}.",
                )
                for facts in cases
            ]


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
            own = g.of_type(kind)[0]
            names = {n: state if n == own else _fresh(n, f) for n, _ in g.arguments}
            image = g.at(**names)
            extra = tuple((names[n], k) for n, k in g.arguments if n != own)
            binders = (*f.arguments, *extra)
            by = _inner(described(g.name, header))
            after = f.at(**{state: image})
            yield [
                Law("conserved", f.name, binders, (), f"{after} = {f.at()}", f"{what} is conserved by {by}."),
                Law(
                    "reversed",
                    f.name,
                    binders,
                    (),
                    f"{after} = -{f.at()}",
                    f"{what} is reversed by {by}.",
                ),
                *(
                    Law(
                        "scaled",
                        f.name,
                        binders,
                        (),
                        f"{after} = {name} * {f.at()}",
                        f"{what} is multiplied by `{name}` under {by}.",
                    )
                    for name, k in extra
                    if k == f.result
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
        yield [
            Law(
                "commutative",
                f.name,
                f.arguments,
                (),
                f"{f.at()} = {f.at(**{x: y, y: x})}",
                f"{what} does not depend on the order.",
            )
        ]
        goal = f"{f.at(**{x: f.at(), y: z})} = {f.at(**{y: f.at(**{x: y, y: z})})}"
        yield [Law("associative", f.name, (*f.arguments, (z, kind)), (), goal, f"{what} is associative.")]
        return
    if len(own) != 1:
        return
    state = own[0]
    twice = f.at(**{state: f.at()})
    yield [
        Law(
            "involution",
            f.name,
            f.arguments,
            (),
            f"{twice} = {state}",
            f"{what}, done twice, changes nothing.",
        )
    ]
    yield [
        Law(
            "idempotent",
            f.name,
            f.arguments,
            (),
            f"{twice} = {f.at()}",
            f"{what}, done twice, is the same as once.",
        )
    ]
    parameters = [(n, k) for n, k in f.arguments if n != state]
    if len(parameters) == 1 and parameters[0][1] in numbers:
        a, number = parameters[0]
        b = _fresh("b", f)
        inner = f.at(**{a: b})
        for joint, said in ((f"{a} + {b}", "sum"), (f"{a} * {b}", "product")):
            goal = f"{f.at(**{state: inner})} = {f.at(**{a: joint})}"
            yield [
                Law(
                    "composed",
                    f.name,
                    (*f.arguments, (b, number)),
                    (),
                    goal,
                    f"{what}: parameters of successive steps combine to their {said}.",
                )
            ]
        yield [
            Law(
                "inverse",
                f.name,
                f.arguments,
                (),
                f"{f.at(**{a: f'-{a}', state: f.at()})} = {state}",
                f"{what} is undone by the opposite parameter.",
            )
        ]
        yield [
            Law(
                "neutral",
                f.name,
                ((state, kind),),
                (),
                f"{f.at(**{a: '0'})} = {state}",
                f"{what} with parameter 0 changes nothing.",
            )
        ]
    for g in functions.values():
        if g.name > f.name and g.result == kind and len(g.of_type(kind)) == 1:
            theirs = g.of_type(kind)[0]
            names = {n: n if n == theirs else _fresh(n, f) for n, _ in g.arguments}
            extra = tuple((names[n], k) for n, k in g.arguments if n != theirs)
            left = f.at(**{state: g.at(**{**names, theirs: state})})
            right = g.at(**{**names, theirs: f.at()})
            said = f"{what} commutes with {_inner(described(g.name, header))}."
            yield [Law("commute", f.name, (*f.arguments, *extra), (), f"{left} = {right}", said)]


def function_of(name: str, header: Header) -> Function | None:
    """A definition with names for its arguments; None where it is not computed or has too many."""
    found, signature = definitions(header).functions.get(name), header.functions[name]
    if found is None or len(found.arguments) != len(signature.arguments):
        return None
    if not 1 <= len(found.arguments) <= _MOST_ARGUMENTS:
        return None
    return Function(name, tuple(zip(found.arguments, signature.arguments, strict=True)), signature.result)


def number_types(header: Header) -> frozenset[str]:
    """Core's numbers, and type variables of the header."""
    variables = {k for f in header.functions.values() for k in (*f.arguments, f.result) if len(k) == 1}
    return frozenset((*_NUMBERS, *variables))


def _fresh(name: str, f: Function) -> str:
    """The name, or one like it, that no argument has."""
    taken = {n for n, _ in f.arguments}
    return next(n for n in (name, *(f"{name}{i}" for i in range(1, 99))) if n not in taken)


def bracketed(term: str) -> str:
    """The term in parentheses where an application or an operator needs them."""
    bare_word = " " not in term and not term.startswith("-")
    return term if bare_word or (term.startswith("(") and term.endswith(")")) else f"({term})"


def _inner(phrase: str) -> str:
    """A description within a sentence."""
    return phrase[:1].lower() + phrase[1:]
