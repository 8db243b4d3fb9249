"""The leak report: which held-out theorems can be read in what is trained on.

Train must show nothing of validation or test, validation nothing of test. A theorem leaks when its statement or its proof stands in
a header of a lower split, or when its statement, up to names, is one of the lower split's own.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Literal

from data_gen.terms import normal_form, parse_statement
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from physprover.records import Theorem

_MIN_CHARS = 40  # shorter proofs ("by rfl") recur everywhere and give nothing away
_BELOW = {"test": ("train", "validation"), "validation": ("train",)}


class Leak(Record):
    """One held-out theorem seen from a lower split."""

    theorem: str
    split: str
    shows: Literal["statement", "proof", "twin"]  # twin: a theorem of the lower split states the same
    where: str  # the file whose header shows it, or the twin's name
    below: str  # the lower split

    @property
    def readable(self) -> bool:
        """The theorem itself can be read. A twin's words may mean something else under its own definitions."""
        return self.shows != "twin"

    def __str__(self) -> str:
        return f"{self.theorem} ({self.split}) in {self.where} ({self.below})"


class LeakReport(Record):
    """`leaks.json`."""

    held_out: int  # theorems of validation and test
    leaking: int  # of them, those that can be read in a lower split
    proofs: int  # of them, those whose proof can be read
    twins: int  # of them, those whose statement a lower split has too
    leaks: tuple[Leak, ...]


def report(theorems: Sequence[Theorem]) -> LeakReport:
    """All leaks of a data set, counted by theorem."""
    found = leaks(theorems)
    return LeakReport(
        held_out=sum(t.split in _BELOW for t in theorems),
        leaking=len({leak.theorem for leak in found if leak.readable}),
        proofs=len({leak.theorem for leak in found if leak.shows == "proof"}),
        twins=len({leak.theorem for leak in found if leak.shows == "twin"}),
        leaks=tuple(found),
    )


def leaks(theorems: Sequence[Theorem]) -> list[Leak]:
    """One entry for each held-out theorem and each place that shows it."""
    headers, statements = _headers(theorems), _statements(theorems)
    return [
        leak
        for theorem in theorems
        for below in _BELOW.get(theorem.split, ())
        for leak in _shown(theorem, below, headers[below], statements[below])
    ]


def _shown(
    theorem: Theorem, below: str, headers: dict[str, str], statements: dict[str, str]
) -> Iterator[Leak]:
    statement, proof = _squeezed(theorem.statement), _squeezed(theorem.proof or "")
    for file, header in headers.items():
        if len(proof) >= _MIN_CHARS and proof in header:
            yield Leak(theorem=theorem.name, split=theorem.split, shows="proof", where=file, below=below)
        elif len(statement) >= _MIN_CHARS and statement in header:
            yield Leak(theorem=theorem.name, split=theorem.split, shows="statement", where=file, below=below)
    if twin := statements.get(_key(theorem)):
        yield Leak(theorem=theorem.name, split=theorem.split, shows="twin", where=twin, below=below)


def _headers(theorems: Sequence[Theorem]) -> dict[str, dict[str, str]]:
    """For each split that is looked into, file -> its longest header: it contains all others of the file."""
    longest: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in longest:
            seen = longest[theorem.split]
            seen[theorem.source.file] = max(seen.get(theorem.source.file, ""), theorem.header, key=len)
    return {split: {f: _squeezed(h) for f, h in seen.items()} for split, seen in longest.items()}


def _statements(theorems: Sequence[Theorem]) -> dict[str, dict[str, str]]:
    """For each split that is looked into, normal form -> name."""
    found: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in found:
            found[theorem.split].setdefault(_key(theorem), theorem.name)
    return {split: {key: name for key, name in seen.items() if key} for split, seen in found.items()}


def _key(theorem: Theorem) -> str:
    parsed = parse_statement(theorem.statement)
    return normal_form(parsed) if parsed else ""


def _squeezed(text: str) -> str:
    return re.sub(r"\s+", " ", text).strip()
