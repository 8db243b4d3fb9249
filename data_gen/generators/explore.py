"""Theory exploration: laws that a library's definitions may obey, tried at numbers before Lean is asked.

    symmetry     f x y = f y x                        scaling      f (k * x) = k ^ 2 * f x
    limit        f x 0 = x                            additivity   f (x + y) = f x + f y
    sign         0 < x → 0 < f x                      monotonicity x < y → f x < f y
    bound        0 < x → 0 < y → f x y < x            comparison   f x y ≤ g x y
    conservation Q (g s) = Q s                        composition  g a (g b s) = g (a + b) s, g (h s) = h (g s), g (g s) = s

The rules change no theorem, so what survives says something that the library does not. A law that is false at a drawn point is
dropped; of what remains Lean proves or drops each. Compare QuickSpec (Claessen, Smallbone, Hughes, TAP 2010).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations, combinations_with_replacement, groupby, permutations
from random import Random
from typing import TYPE_CHECKING

from data_gen.arithmetic import definitions
from data_gen.candidates import Candidate, Names, proof_text
from data_gen.headers import read_header
from data_gen.informal import described, sentence
from data_gen.satisfy import holds
from data_gen.terms import Binder, Statement, normal_form, parse_statement
from physprover.records import Theorem

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

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
        return " ".join([self.name, *(_atom(terms.get(n, n)) for n, _ in self.arguments)])

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


@dataclass(frozen=True)
class Explore:
    """`candidates.Generator`: rounds of one law from every file, at most `count` from each definition."""

    count: int
    seed: int
    max_chars: int
    name: str = "explore"

    def rounds(self, seeds: Sequence[Theorem], _note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        files: dict[str, list[Theorem]] = defaultdict(list)
        for theorem in seeds:
            if theorem.split in ("train", "validation") and theorem.engine == "core":
                files[theorem.source.file].append(theorem)
        names = Names([theorem.name for theorem in seeds])
        streams = [self._file(members) for _, members in sorted(files.items())]
        while streams:
            drawn = [(stream, next(stream, None)) for stream in streams]
            streams = [stream for stream, candidate in drawn if candidate is not None]
            if streams:
                yield [names.give(candidate) for _, candidate in drawn if candidate is not None]

    def _file(self, members: Sequence[Theorem]) -> Iterator[Candidate]:
        """Laws of the definitions that a file's theorems speak of, under its last header; definitions take turns."""
        last = max(members, key=lambda t: len(t.header))
        header = read_header(last.header)
        numbers = _number_types(header)
        stated = [*header.theorems.values(), *(parse_statement(t.statement) for t in members)]
        known = {normal_form(s) for s in stated if s is not None}
        spoken: dict[str, Theorem] = {}
        for theorem in members:
            for premise in theorem.premises:
                spoken.setdefault(premise, theorem)
        piles = []
        functions = {n: f for n in header.functions if (f := _function(n, header)) is not None}
        for name in functions:
            if name in spoken and header.functions[name].result:
                random = Random(f"{self.seed}:{name}:{last.source.file}")
                piles.append(self._definition(functions, name, header, numbers, spoken[name], known, random))
        while piles:
            drawn = [(pile, next(pile, None)) for pile in piles]
            piles = [pile for pile, candidate in drawn if candidate is not None]
            yield from (candidate for _, candidate in drawn if candidate is not None)

    def _definition(
        self,
        functions: dict[str, Function],
        name: str,
        header: Header,
        numbers: frozenset[str],
        parent: Theorem,
        known: set[str],
        random: Random,
    ) -> Iterator[Candidate]:
        made = 0
        shapes = list(_laws(functions[name], functions, header, numbers))
        random.shuffle(shapes)
        for alternatives in shapes:
            found = next(
                ((law, s) for law in alternatives if holds(s := _statement(law), header) is True), None
            )
            if found is None:
                continue
            law, statement = _least(*found, header)
            key = normal_form(statement)
            if key in known or len(str(statement)) > self.max_chars:
                continue
            known.add(key)
            yield _candidate(parent, law, statement, header, key)
            made += 1
            if made == self.count:
                return


def _least(law: Law, statement: Statement, header: Header) -> tuple[Law, Statement]:
    """The law without the signs that it does not need, as far as numbers tell, and with what it says of the others."""
    for fact in law.hypotheses:
        if fact[1].startswith("0 < "):
            fewer = replace(law, hypotheses=tuple(h for h in law.hypotheses if h != fact))
            if holds(less := _statement(fewer), header) is True:
                law, statement = fewer, less
    signs = [f"`{fact.removeprefix('0 < ')}`" for _, fact in law.hypotheses if fact.startswith("0 < ")]
    when = f" for positive {' and '.join(signs)}" if signs else ""
    return replace(law, informal=law.informal.replace("{when}", when)), statement


def _statement(law: Law) -> Statement:
    """The law under a name made of its definition and its rule; neighbours of one type share a binder."""
    groups = [
        Binder("(", tuple(name for name, _ in members), kind)
        for kind, members in groupby(law.binders, key=lambda pair: pair[1])
    ]
    facts = [Binder("(", (name,), fact) for name, fact in law.hypotheses]
    return Statement(f"{law.function.rpartition('.')[2]}_{law.rule}", (*groups, *facts), law.goal)


def _candidate(parent: Theorem, law: Law, statement: Statement, header: Header, key: str) -> Candidate:
    text = str(statement)
    namespace = parent.name[: len(parent.name) - len(parent.name.rpartition(".")[2])]
    theorem = Theorem(
        name=namespace + statement.name,
        statement=text,
        header=header.text,
        domain=parent.domain,
        source=parent.source,
        split=parent.split,
        engine=parent.engine,
        informal=law.informal or sentence(statement, header),
        premises=header.premises(text),
        lemmas=header.lemmas(text),
        lemmas_proved=parent.lemmas_proved,
        origin="conjecture",
        parents=(parent.name,),
        rule=f"explore-{law.rule}",
    )
    return Candidate(theorem, tuple(proof_text(lines) for lines in _proofs(law, statement, header)), key)


_INEQUALITIES = frozenset(("sign", "monotone", "bound", "comparison"))
_HINTS = 10  # lines of one kind at most


def _proofs(law: Law, statement: Statement, header: Header) -> list[tuple[str, ...]]:
    """Likeliest first: an equation by unfolding; an inequality by products of what is positive, without its denominators."""
    defined = header.definitions(str(statement))
    names = ", ".join(defined)
    if law.rule not in _INEQUALITIES:
        apart = tuple(f"cases {n}" for n, k in law.binders if k.partition(" ")[0] in header.structures)
        return [
            (f"grind [{names}]",),
            (*apart, f"simp only [{names}]", "grind"),
            (*apart, f"simp [{names}]", "grind"),
        ]
    pairs, triples, quotients = _hints(law, header)
    quotient = any("/" in header.bodies.get(d, "") or "⁻¹" in header.bodies.get(d, "") for d in defined)
    if not quotient:
        close = (f"grind [{names}]",)
        return [close, (*pairs, *close), (*pairs, *triples, *close)]
    strict = " < " in law.goal
    unfold = f"simp only [{names}]"
    if law.goal.startswith("0 "):
        apart = (unfold, f"apply {'div_pos' if strict else 'div_nonneg'} <;> grind")
        return [(*pairs, *apart), (*pairs, *triples, *apart), (*quotients, f"grind [{names}]")]
    kind = "lt" if strict else "le"
    rule = f"div_{kind}_iff" if law.rule == "bound" else f"div_{kind}_div_iff"
    crossed = (unfold, f"rw [{rule}] <;> grind")
    return [(*quotients, f"grind [{names}]"), (*pairs, *crossed), (*pairs, *triples, *crossed)]


def _hints(law: Law, header: Header) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Facts that linear arithmetic lacks, of what the hypotheses say is positive: products and squares, products of three,
    quotients."""
    known = header.theorems
    product_ = "mul_pos" if "mul_pos" in known else "Int.mul_pos"
    facts = [name for name, fact in law.hypotheses if fact.startswith("0 < ")]
    gap = next((fact.split(" < ") for _, fact in law.hypotheses if not fact.startswith("0 < ")), None)
    positive = [*facts, *(["hgap"] if gap else [])]
    pairs: list[str] = []
    triples: list[str] = []
    quotients: list[str] = []
    if gap:
        pairs.append(f"have hgap : 0 < {gap[1]} - {gap[0]} := by grind")
    for length, lines in ((2, pairs), (3, triples)):
        for names in combinations_with_replacement(positive, length):
            if (not gap or names.count("hgap") == 1 or names == ("hgap", "hgap")) and len(lines) < _HINTS:
                term = names[0]
                for name in names[1:]:
                    term = f"{product_} {_atom(term)} {name}"
                lines.append(f"have p{length}{len(lines)} := {term}")
    if "sq_nonneg" in known:
        for n, kind in law.binders:
            if len(kind) == 1 and f"h{n}" not in facts and (gap is None or n not in gap):
                pairs.append(
                    f"have s{n} := mul_nonneg (show 0 ≤ {gap[1]} - {gap[0]} by grind) (sq_nonneg {n})"
                    if gap
                    else f"have s{n} := sq_nonneg {n}"
                )
    if "div_lt_div_right" in known:
        if gap:
            low, high = gap
            quotients += [f"have r{n} := div_lt_div_right {n} h{low}{high}" for n in facts]
            if f"h{low}" in facts:
                quotients += [f"have l{n} := div_lt_div_left {n} h{low} h{low}{high}" for n in facts]
        else:
            quotients += [f"have q{a}{b} := div_pos {a} {b}" for a, b in permutations(facts, 2)]
    return tuple(pairs), tuple(triples), tuple(quotients)


# -- What may hold. --


def _laws(
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
        if law is not None and holds(_statement(law), header) is True:
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


def _function(name: str, header: Header) -> Function | None:
    """A definition with names for its arguments; None where it is not computed or has too many."""
    found, signature = definitions(header).functions.get(name), header.functions[name]
    if found is None or len(found.arguments) != len(signature.arguments):
        return None
    if not 1 <= len(found.arguments) <= _MOST_ARGUMENTS:
        return None
    return Function(name, tuple(zip(found.arguments, signature.arguments, strict=True)), signature.result)


def _number_types(header: Header) -> frozenset[str]:
    """Core's numbers, and type variables of the header."""
    variables = {k for f in header.functions.values() for k in (*f.arguments, f.result) if len(k) == 1}
    return frozenset((*_NUMBERS, *variables))


def _fresh(name: str, f: Function) -> str:
    """The name, or one like it, that no argument has."""
    taken = {n for n, _ in f.arguments}
    return next(n for n in (name, *(f"{name}{i}" for i in range(1, 99))) if n not in taken)


def _atom(term: str) -> str:
    bare_word = " " not in term and not term.startswith("-")
    return term if bare_word or (term.startswith("(") and term.endswith(")")) else f"({term})"


def _inner(phrase: str) -> str:
    """A description within a sentence."""
    return phrase[:1].lower() + phrase[1:]
