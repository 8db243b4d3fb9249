"""What a search looks up: for RETRIEVE lemmas of a problem's own header and proved theorems of the train split, for an ∃ terms
that may be its witness.

Lemmas are found by their words. Proved theorems are found by the form of their statements: names are replaced by
handles (`physprover.prompts.tiny`), so that two statements about different things can be alike, and a proof is
carried over by putting this problem's names where the other's stood.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import pairwise, product

from eval.search.desk import writable
from eval.search.sketch import laid_out
from physprover.errors import DataError
from physprover.lean.text.commands import THEOREMS, parse
from physprover.lean.text.definitions import (
    FUNCTIONS,
    TYPES,
    Declaration,
    declarations,
    functions,
    is_hypothesis,
    mentioned,
    written_name,
)
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.terms import Statement, parse_statement
from physprover.prompts.tiny import TinyPrompt
from physprover.records import Record, Theorem

_ABSTRACT = TinyPrompt(definition_limit=80, lemma_limit=0)


class Lemma(Record):
    """A theorem of a header."""

    name: str  # with its namespace
    statement: str  # what follows the name


class Retriever:
    """Proved theorems, indexed by the form of their statements."""

    def __init__(self, theorems: Sequence[Theorem] = ()) -> None:
        """Theorems without a proof are left out. Raises `DataError` when one is held out."""
        self._proved = [t for t in theorems if t.proof]
        held_out = next((t.name for t in self._proved if t.split in ("test", "validation")), None)
        if held_out:
            raise DataError(f"the library holds `{held_out}`, which is held out; give it the train split")
        self._index = BM25([_form(t) for t in self._proved])

    def __len__(self) -> int:
        return len(self._proved)

    def analogies(self, theorem: Theorem, count: int) -> list[str]:
        """Distinct proofs of the most similar statements, in this theorem's names."""
        found: dict[str, None] = {}
        for index in self._index.best(_form(theorem), 4 * count):
            other = self._proved[index]
            if other.name == theorem.name or other.statement == theorem.statement:
                continue
            proof = _ABSTRACT.extract(_ABSTRACT.target(other, other.proof or ""), theorem)
            if writable(proof):
                found.setdefault(laid_out(proof))
            if len(found) == count:
                break
        return list(found)


def lemmas(theorem: Theorem, count: int) -> list[Lemma]:
    """The lemmas of the header that are most like the statement in words, best first."""
    known = _lemmas(theorem.header)
    index = BM25([words(lemma.statement) for lemma in known])
    return [known[i] for i in index.best(words(theorem.statement), count)]


def with_premises(theorem: Theorem, premises: Sequence[Lemma]) -> Theorem:
    """The theorem as a prover is to see it: premises where its prompt format lists lemmas, and as a comment in the header.

    For prompts only; what Lean is given stays the problem's own.
    """
    listed = "\n".join(f"-- useful: {lemma.name} {lemma.statement}" for lemma in premises)
    names = tuple(lemma.name for lemma in premises)
    return theorem.replace(lemmas=names, header=f"{theorem.header.rstrip()}\n{listed}\n")


@lru_cache(maxsize=1024)
def _lemmas(header: str) -> tuple[Lemma, ...]:
    known, found = declarations(header), []
    for command in parse(masked_or_plain(header)):
        written = written_name(known, command.name) if command.kind in THEOREMS else None
        if written is not None and known[written].kind == "theorem":
            found.append(Lemma(name=command.name, statement=known[written].text))
    return tuple(found)


def _form(theorem: Theorem) -> list[str]:
    """Words of the statement with handles for names, and pairs of neighbours."""
    single = words(_ABSTRACT.render(theorem))
    return [*single, *(f"{a} {b}" for a, b in pairwise(single))]


# -- BM25 over short texts (Robertson & Zaragoza 2009, "The probabilistic relevance framework", section 3.2). --
#
# A few hundred statements need no search library; a score is a sum over the query's words.

K1, B = 1.2, 0.75  # the usual saturation and length normalisation

_WORD = re.compile(r"<\|\w+\|>|[^\W_]+|[^\w\s]+")
_HUMP = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|[^\Wa-zA-Z\d_]+")


def words(text: str) -> list[str]:
    """Lower-case words, camelCase humps apart and whole, operators as they stand."""
    found = []
    for word in _WORD.findall(text):
        found.append(word.lower())
        humps = _HUMP.findall(word) if word[0].isalpha() else []
        found += [h.lower() for h in humps if len(humps) > 1]
    return found


class BM25:
    """An index of documents, each a bag of words."""

    def __init__(self, documents: Sequence[Sequence[str]]) -> None:
        self._counts = [Counter(document) for document in documents]
        self._lengths = [len(document) for document in documents]
        self._mean = sum(self._lengths) / max(1, len(documents)) or 1.0
        spread = Counter(word for counts in self._counts for word in counts)
        size = len(documents)
        self._weight = {w: math.log(1 + (size - n + 0.5) / (n + 0.5)) for w, n in spread.items()}

    def scores(self, query: Sequence[str]) -> list[float]:
        """One score for each document; 0 where no word is shared."""
        known = [word for word in dict.fromkeys(query) if word in self._weight]
        return [self._score(known, i) for i in range(len(self._counts))]

    def _score(self, query: Sequence[str], index: int) -> float:
        counts = self._counts[index]
        damp = K1 * (1 - B + B * self._lengths[index] / self._mean)
        return sum(self._weight[w] * counts[w] * (K1 + 1) / (counts[w] + damp) for w in query if w in counts)

    def best(self, query: Sequence[str], count: int) -> list[int]:
        """Indices of the best documents, best first, earlier ones first among equals; those without a shared word are left out."""
        scored = [(-score, index) for index, score in enumerate(self.scores(query)) if score > 0]
        return [index for _, index in sorted(scored)[:count]]


# -- What a statement rests on, and features by which statements are alike. --

_RELATIONS = ("↔", "∧", "∨", "∃", "≠", "≤", "<", "=", "∣", "¬")


def statement_of(theorem: Theorem) -> Statement:
    """The statement taken apart; one of another form is all goal."""
    text = theorem.statement
    return parse_statement(text) or Statement("", (), " ".join(text.split()[2:]))


def data_types(theorem: Theorem) -> tuple[set[str], set[str]]:
    """(Structures, other inductive types) of the header, as written."""
    known = declarations(theorem.header).values()
    structures = {d.name for d in known if d.kind == "struct"}
    return structures, {d.name for d in known if d.kind in TYPES} - structures


def definitions(theorem: Theorem) -> list[str]:
    """The functions a statement rests on, as its header writes them; read off the text where the record names none."""
    known = declarations(theorem.header)
    if theorem.premises:
        return functions(known, theorem.premises)
    return [name for name in mentioned(known, theorem.statement) if known[name].kind in FUNCTIONS]


def features(theorem: Theorem) -> frozenset[str]:
    """What tells statements apart: definitions and their kinds, types of variables, the relation that is to be shown."""
    known, parts = declarations(theorem.header), statement_of(theorem)
    names = definitions(theorem)
    found = {f"def {name}" for name in names} | {f"kind {known[name].kind}" for name in names}
    structures, others = data_types(theorem)
    for type_ in parts.bound().values():
        head = type_.split(" ")[0]
        data = "structure" if head in structures else "data" if head in others else ""
        found.add(
            f"type {data or head}"
            if data or head in ("Int", "Nat", "List", "Bool", "Prop", "Type")
            else "hypothesis"
        )
    return frozenset(found | {f"goal {next((r for r in _RELATIONS if r in parts.goal), '')}"})


# -- Terms that may be the witness of an ∃, eight to a check. Lean takes the first that a closing script accepts. --

_BOUND = re.compile(r"∃\s+([^,:]+?)\s*(?::[^,]*)?,")
_TOGETHER, _WITNESS_CHECKS = 8, 3
_PER_FUNCTION = 2  # applications of one function
_PLAIN = {"Int": ["(-1)", "0"], "Nat": ["1", "0"]}
"""Arguments where the statement has no variable of their type."""


def witness_scripts(theorem: Theorem) -> Iterator[str]:
    """Tactic blocks with `first`, none where the goal is no ∃."""
    parts = statement_of(theorem)
    bound = _BOUND.match(parts.goal)
    if bound is None:
        return
    structures, others = data_types(theorem)
    apart = "".join(f"cases {x} <;> " for x in parts.of_type(*others, "Bool", *structures))
    told = definitions(theorem)
    terms = list(witnesses(theorem))
    count = len(bound[1].split())
    if count > 1:
        few = terms[: max(2, math.floor((_TOGETHER * _WITNESS_CHECKS) ** (1 / count)))]
        terms = [(", ".join(t for t, _ in each), "") for each in product(few, repeat=count)]
    for start in range(0, min(len(terms), _TOGETHER * _WITNESS_CHECKS), _TOGETHER):
        lines = ["first"] if start else ["first", f"  | (exact ⟨{'_, ' * count}rfl⟩)"]
        for term, function in terms[start : start + _TOGETHER]:
            facts = ", ".join(dict.fromkeys((*told, *([function] if function else []))))
            lines.append(f"  | (refine ⟨{term}, ?_⟩; grind [{facts}])")
            lines.append(f"  | (refine ⟨{term}, ?_⟩; {apart}simp_all [{facts}] <;> grind)")
        yield "\n".join(lines)


def witnesses(theorem: Theorem) -> Iterator[tuple[str, str]]:
    """(Term, function of the header that it applies or ""): the statement's variables, constants, constructors, applications of the
    header's functions to variables, the most recent first. Terms of another type cost Lean next to nothing."""
    known = declarations(theorem.header)
    data = {n: kind for n, kind in statement_of(theorem).bound().items() if not is_hypothesis(n)}
    yield from ((name, "") for name in data)
    yield from ((f"-{name}", "") for name, kind in data.items() if kind == "Int")
    takes = {d.name: _arguments(d) for d in known.values() if d.kind in FUNCTIONS - {"prop"}}
    yield from ((name, name) for name, types in takes.items() if not types)
    yield from ((text, "") for text in ("0", "1", "[]"))
    for d in known.values():
        if d.kind == "enum":
            yield from ((f"{d.name}.{arm.split()[0]}", "") for arm in d.text.split("|")[1:] if arm.strip())
    for name, types in reversed(takes.items()):
        fitting = [[n for n, own in data.items() if own == kind] or _PLAIN.get(kind, []) for kind in types]
        every = sorted(product(*fitting), key=lambda each: -len(set(each))) if types else []
        yield from ((f"{name} {' '.join(each)}", name) for each in every[:_PER_FUNCTION])


def _arguments(declaration: Declaration) -> tuple[str, ...]:
    """Types of what a definition takes: its binders, and what stands before arrows in its type."""
    head = parse_statement(f"theorem f {re.split(r':=|[|]', declaration.text, maxsplit=1)[0]}")
    return (*head.bound().values(), *(t.strip() for t in head.goal.split("→")[:-1])) if head else ()
