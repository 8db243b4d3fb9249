"""What RETRIEVE looks things up in: lemmas of a problem's own header, and proved theorems of the train split.

Lemmas are found by their words. Proved theorems are found by the form of their statements: names are replaced by
handles (`physprover.prompts.handles`), so that two statements about different things can be alike, and a proof is
carried over by putting this problem's names where the other's stood.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from eval.search.bm25 import BM25, words
from eval.search.desk import writable
from eval.search.sketch import laid_out
from physprover.errors import DataError
from physprover.prompts.definitions import declarations
from physprover.prompts.tiny import TinyPrompt
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.records import Theorem

_COMMAND = re.compile(r"^(namespace|section|end|theorem|lemma)\b[ \t]*([^\s:({\[]*)", re.MULTILINE)
_ABSTRACT = TinyPrompt(definition_limit=80, lemma_limit=0)


class Lemma(Record):
    """A theorem of a header."""

    name: str  # with its namespace
    statement: str  # what follows the name


class Library:
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
    texts = {n: d.text for n, d in declarations(header).items() if d.kind == "theorem"}
    found, opened = [], list[str]()
    for command in _COMMAND.finditer(header):
        keyword, name = command[1], command[2]
        if keyword in ("namespace", "section"):
            opened.append(name if keyword == "namespace" else "")
        elif keyword == "end":
            del opened[-1:]
        elif name in texts:
            found.append(Lemma(name=".".join((*filter(None, opened), name)), statement=texts[name]))
    return tuple(found)


def _form(theorem: Theorem) -> list[str]:
    """Words of the statement with handles for names, and pairs of neighbours."""
    single = words(_ABSTRACT.render(theorem))
    return [*single, *(f"{a} {b}" for a, b in pairwise(single))]
