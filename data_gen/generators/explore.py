"""Theory exploration: laws that a library's definitions may obey, tried at numbers before Lean is asked.

    symmetry     f x y = f y x                        scaling      f (k * x) = k ^ 2 * f x
    limit        f x 0 = x                            additivity   f (x + y) = f x + f y
    sign         0 < x → 0 < f x                      monotonicity x < y → f x < f y
    bound        0 < x → 0 < y → f x y < x            comparison   f x y ≤ g x y
    conservation Q (g s) = Q s                        composition  g a (g b s) = g (a + b) s, g (h s) = h (g s), g (g s) = s
    equation     f x = g x, f x = g x + h x, ... (`data_gen.generators.equations`)

The rules change no theorem, so what survives says something that the library does not. A law that is false at a drawn point is
dropped; of what remains Lean proves or drops each.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from itertools import combinations_with_replacement, permutations
from random import Random
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate, Names, conjecture, proof_text
from data_gen.generators.equations import equations
from data_gen.generators.shapes import functions_of, laws, statement_of
from data_gen.headers import read_header
from data_gen.informal import sentence
from data_gen.points import holds
from physprover.lean.text.terms import Statement, atom, normal_form, parse_statement

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from data_gen.generators.shapes import Law
    from data_gen.headers import Header
    from physprover.records import Theorem


@dataclass(frozen=True)
class Explore:
    """`candidates.Generator`: rounds of one law from every file, at most `count` from each definition."""

    count: int
    seed: int
    max_chars: int

    def rounds(self, seeds: Sequence[Theorem], _note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        files: dict[str, list[Theorem]] = defaultdict(list)
        for theorem in seeds:
            if theorem.split in ("train", "validation") and theorem.engine == "core":
                files[theorem.source.file].append(theorem)
        names = Names([theorem.name for theorem in seeds])
        known: set[str] = set()  # a law of what several files import is proposed once
        for portion in _in_turns([self._file(members, known) for _, members in sorted(files.items())]):
            yield [names.give(candidate) for candidate in portion]

    def _file(self, members: Sequence[Theorem], known: set[str]) -> Iterator[Candidate]:
        """Laws of the definitions that a file's theorems speak of, under its last header; definitions take turns."""
        last = max(members, key=lambda t: len(t.header))
        header = read_header(last.header)
        stated = [*header.theorems.values(), *(parse_statement(t.statement) for t in members)]
        known |= {normal_form(s) for s in stated if s is not None}
        spoken: dict[str, Theorem] = {}
        for theorem in members:
            for premise in theorem.premises:
                spoken.setdefault(premise, theorem)
        functions = functions_of(header)
        found = equations(functions, header)
        piles = [
            self._definition(
                [*laws(functions[name], functions, header), *([law] for law in found.get(name, ()))],
                header,
                spoken[name],
                known,
                Random(f"{self.seed}:{name}:{last.source.file}"),
            )
            for name in functions
            if name in spoken
        ]
        for portion in _in_turns(piles):
            yield from portion

    def _definition(
        self,
        shapes: list[Sequence[Law]],
        header: Header,
        parent: Theorem,
        known: set[str],
        random: Random,
    ) -> Iterator[Candidate]:
        """Laws of one definition, of each list of alternatives the first that may hold, in an order of its own."""
        made = 0
        random.shuffle(shapes)
        for alternatives in shapes:
            found = next(
                ((law, s) for law in alternatives if holds(s := statement_of(law), header) is True), None
            )
            if found is None:
                continue
            law, statement = _least(*found, header)
            key = normal_form(statement)
            if key in known or len(str(statement)) > self.max_chars:
                continue
            known.add(key)
            words = law.informal or sentence(statement, header)
            row = conjecture(
                parent, statement.name, str(statement), f"explore-{law.rule}", header, informal=words
            )
            proofs = tuple(map(proof_text, _proofs(law, statement, header)))
            yield Candidate(row, proofs, key, lavish=True)
            made += 1
            if made == self.count:
                return


def _in_turns(streams: list[Iterator[Candidate]]) -> Iterator[list[Candidate]]:
    """One of each stream, until all are at their end."""
    while streams:
        drawn = [(stream, next(stream, None)) for stream in streams]
        streams = [stream for stream, candidate in drawn if candidate is not None]
        if streams:
            yield [candidate for _, candidate in drawn if candidate is not None]


def _least(law: Law, statement: Statement, header: Header) -> tuple[Law, Statement]:
    """The law without the signs that it does not need, as far as numbers tell, and with what it says of the others."""
    for fact in law.hypotheses:
        if fact[1].startswith("0 < "):
            fewer = replace(law, hypotheses=tuple(h for h in law.hypotheses if h != fact))
            if holds(less := statement_of(fewer), header) is True:
                law, statement = fewer, less
    signs = [f"`{fact.removeprefix('0 < ')}`" for _, fact in law.hypotheses if fact.startswith("0 < ")]
    when = f" for positive {' and '.join(signs)}" if signs else ""
    return replace(law, informal=law.informal.replace("{when}", when)), statement


_INEQUALITIES = frozenset(("sign", "monotone", "bound", "comparison"))
_HINTS = 10  # lines of one kind at most


def _proofs(law: Law, statement: Statement, header: Header) -> list[tuple[str, ...]]:
    """Likeliest first: an equation by unfolding; an inequality by products of what is positive, without its denominators."""
    defined = header.definitions(header.premises(str(statement)))
    names = ", ".join(defined)
    if law.rule not in _INEQUALITIES:
        apart = tuple(f"cases {n}" for n, k in law.variables if k.partition(" ")[0] in header.structures)
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
                    term = f"{product_} {atom(term)} {name}"
                lines.append(f"have p{length}{len(lines)} := {term}")
    if "sq_nonneg" in known:
        for n, kind in law.variables:
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
