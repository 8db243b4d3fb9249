"""Stage 1b: conjectures near the seeds. Symbolic and offline; what survives Lean is decided in `data_gen.funnel`.

    for candidate in mutate(theorems, count=8, seed=0): ...

Each seed is changed in two settings: under its own header, where the parent's proof must be adapted, and under the
last header of its file, where the parent is a lemma that may be used by name.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from random import Random

from data_gen.candidates import Candidate, Names, conjecture, proof_text, tactics, templates
from data_gen.headers import read_header
from data_gen.mutations import classes, goals, premises
from data_gen.mutations.seeds import Draft, Rule, Seed
from physprover.lean.text.terms import normal_form, parse_statement
from physprover.records import Theorem

RULES: tuple[Rule, ...] = (
    premises.literal, premises.constructor, premises.identify, premises.compound,
    goals.swap, goals.both_sides, goals.through, goals.weaken, goals.sharpen, goals.witness, goals.some_value,
    goals.conjoin, goals.contrapositive, goals.behind, goals.direction, goals.rewrite, goals.add,
    premises.drop, premises.relax, premises.restrict, premises.generalise, premises.dual,
    classes.abstract, classes.instantiate,
)  # fmt: skip
CITED_SHARE = 0.35  # of a seed's candidates, those that may cite it by name


@dataclass(frozen=True)
class Mutations:
    """`candidates.Generator` over `mutate`."""

    count: int
    seed: int
    max_chars: int

    def rounds(self, seeds: Sequence[Theorem], _note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        return mutate(seeds, self.count, self.seed, self.max_chars)


def mutate(
    theorems: Sequence[Theorem], count: int, seed: int, max_chars: int = 400
) -> Iterator[list[Candidate]]:
    """Rounds of candidates: each round holds at most one from every seed, `count` rounds in all.

    Only train and validation theorems of core libraries are changed. Deterministic for `seed`; each theorem draws from
    a stream of its own, so a longer library does not change the conjectures of the others.
    """
    streams = [
        _candidates(theorem, plain, cited, Random(f"{seed}:{theorem.name}"), max_chars)
        for theorem, plain, cited in _seeds(theorems)
    ]
    names = Names([theorem.name for theorem in theorems])
    for _ in range(count):
        yield [names.give(candidate) for stream in streams for candidate in islice(stream, 1)]


def _seeds(theorems: Iterable[Theorem]) -> Iterator[tuple[Theorem, Seed, Seed | None]]:
    """Each usable theorem as a seed under its own header and, but for a file's last, under the file's last header."""
    files: dict[str, list[Theorem]] = defaultdict(list)
    for theorem in theorems:
        if theorem.split in ("train", "validation") and theorem.engine == "core" and theorem.proof:
            files[theorem.source.file].append(theorem)
    for members in files.values():
        earlier: list[Seed] = []
        last = max((m.header for m in members), key=len)
        for theorem in members:
            statement = parse_statement(theorem.statement)
            if statement is None:
                continue
            proof = tactics(theorem.proof or "")
            plain = Seed(
                theorem.name, statement, proof, read_header(theorem.header, last), siblings=tuple(earlier)
            )
            cited = replace(plain, header=read_header(last), cited=True) if theorem.header != last else None
            earlier.append(replace(plain, siblings=()))
            yield theorem, plain, cited


def _candidates(
    theorem: Theorem, plain: Seed, cited: Seed | None, random: Random, max_chars: int
) -> Iterator[Candidate]:
    """Candidates of one seed, rules taking turns; under its own header or cited, as chance has it."""
    settings = [_by_turns(plain, random), _by_turns(cited, random) if cited else iter(())]
    seen = {normal_form(plain.statement)}
    while True:
        cite = random.random() < CITED_SHARE
        draft = next(settings[cite], None) or next(settings[not cite], None)
        if draft is None:
            return
        key = normal_form(draft.statement)
        if key not in seen and len(str(draft.statement)) <= max_chars:
            seen.add(key)
            yield _candidate(theorem, draft, key)


def _by_turns(seed: Seed, random: Random) -> Iterator[Draft]:
    """Drafts of a seed: the rules in random order, one draft of each in turn. A rule is asked when its turn comes."""
    piles: list[list[Draft]] = []
    for rule in random.sample(RULES, len(RULES)):
        pile = rule(seed, random)
        random.shuffle(pile)
        yield from pile[:1]
        piles.append(pile[1:])
    while piles := [pile for pile in piles if pile]:
        for pile in piles:
            yield pile.pop(0)


def _candidate(parent: Theorem, draft: Draft, key: str) -> Candidate:
    header, statement = draft.seed.header, replace(draft.statement, name=f"{draft.seed.short}_{draft.rule}")
    rule = ("cite-" if draft.seed.cited else "") + draft.rule
    theorem = conjecture(parent, statement.name, str(statement), rule, header, draft.parents)
    proofs = (*draft.proofs[:2], *templates(header, statement, theorem.premises), *draft.proofs[2:]) or (
        ("grind",),
    )
    return Candidate(theorem, tuple(dict.fromkeys(map(proof_text, proofs))), key)
