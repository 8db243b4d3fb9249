"""The leak report: which held-out theorems can be read in what is trained on.

Train must show nothing of validation or test, validation nothing of test. A theorem leaks when a header of a lower split
declares it, by its full name: that is what a prover is shown, with its proof or with `sorry` in its place. Equal words of
other theorems are no leak; where a lower split states the same up to names, order of hypotheses and sides of equations,
it is counted as a twin.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from data_gen.terms import canonical_form, parse_statement
from physprover.lean.text.problems import passages
from physprover.lean.text.tokens import mask
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from physprover.records import Theorem

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
    declared, statements = _declared(theorems), _statements(theorems)
    return [
        leak
        for theorem in theorems
        for below in _BELOW.get(theorem.split, ())
        for leak in _shown(theorem, below, declared[below], statements[below])
    ]


def _shown(
    theorem: Theorem, below: str, declared: dict[str, dict[str, bool]], statements: dict[str, str]
) -> Iterator[Leak]:
    for file, proved in declared.get(theorem.name, {}).items():
        shows: Literal["proof", "statement"] = "proof" if proved else "statement"
        yield Leak(theorem=theorem.name, split=theorem.split, shows=shows, where=file, below=below)
    if twin := statements.get(_key(theorem)):
        yield Leak(theorem=theorem.name, split=theorem.split, shows="twin", where=twin, below=below)


def _declared(theorems: Sequence[Theorem]) -> dict[str, dict[str, dict[str, bool]]]:
    """For each split that is looked into, name -> files whose longest header declares it, and whether with its proof.

    A file's longest header contains all others of the file.
    """
    longest: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in longest:
            seen = longest[theorem.split]
            seen[theorem.source.file] = max(seen.get(theorem.source.file, ""), theorem.header, key=len)
    found: dict[str, dict[str, dict[str, bool]]] = {"train": {}, "validation": {}}
    for split, headers in longest.items():
        for file, header in headers.items():
            for passage in passages(mask(header)):
                found[split].setdefault(passage.name, {})[file] = not passage.open
    return found


def _statements(theorems: Sequence[Theorem]) -> dict[str, dict[str, str]]:
    """For each split that is looked into, canonical form -> name."""
    found: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in found:
            found[theorem.split].setdefault(_key(theorem), theorem.name)
    return {split: {key: name for key, name in seen.items() if key} for split, seen in found.items()}


def _key(theorem: Theorem) -> str:
    parsed = parse_statement(theorem.statement)
    return canonical_form(parsed) if parsed else ""
