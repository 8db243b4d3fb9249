"""Benchmarks that no theorem of the data set may repeat, and the report of what was held against them.

A benchmark file is any that `physprover eval --benchmark` reads (`physprover/benchmark_files.py`). Its statements are
compared after names, spacing and the notation of number types are made equal; so a problem is also
found when only its variables were renamed, or a number changed (near duplicates).
"""

from __future__ import annotations

import hashlib
import re
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Literal

from data_gen.library import written_name
from physprover.benchmark_files import read_problems
from physprover.config import RunConfig
from physprover.errors import DataError
from physprover.lean.text.problems import passages
from physprover.lean.text.statements import is_private
from physprover.lean.text.terms import Statement, canonical_form, jaccard, normal_form, parse_statement
from physprover.lean.text.tokens import mask, without_comments
from physprover.records import Record, Theorem
from physprover.resources import resolve

# -- Near duplicates: statements most of whose word triples are the same, numbers counted as one word. --
#
# Candidates for a match are found by MinHash with banding; the match itself is decided by the exact Jaccard index, so the
# index can miss a pair (seldom, see `BANDS`) but never invents one. Hashes are fixed: the same statements give the same answer in
# every process.

SIZE = 3
BANDS, ROWS = 16, 4  # at Jaccard 0.85 a pair shares no band once in 200,000 times, at 0.6 one time in nine
_MODULUS = (1 << 61) - 1
_NUMBER = re.compile(r"\(?-?\d+\)?")
_FACTORS = tuple((zlib.crc32(b"a%d" % i) * 2 + 1, zlib.crc32(b"b%d" % i)) for i in range(BANDS * ROWS))


def grams(normal: str) -> frozenset[tuple[str, ...]]:
    """Word triples of a normal form (see `physprover.lean.text.terms.normal_form`)."""
    words = ["#" if _NUMBER.fullmatch(word) else word for word in normal.split()]
    return frozenset(tuple(words[i : i + SIZE]) for i in range(max(len(words) - SIZE + 1, 1)))


class NearDuplicates:
    """Statements seen so far, findable by likeness."""

    def __init__(self, threshold: float) -> None:
        self.threshold = threshold
        self._members: list[tuple[str, frozenset[tuple[str, ...]]]] = []
        self._bands: dict[tuple[int, ...], list[int]] = defaultdict(list)
        self._gone: set[str] = set()

    def find(self, normal: str) -> tuple[str, float] | None:
        """Name and likeness of the most similar statement at or above the threshold; the earliest where several tie."""
        mine = grams(normal)
        near = {index for key in _keys(mine) for index in self._bands.get(key, ())}
        likeness = [
            (jaccard(mine, members), -index)
            for index in near
            for name, members in (self._members[index],)
            if name not in self._gone
        ]
        best = max(likeness, default=None)
        if best is None or best[0] < self.threshold:
            return None
        return self._members[-best[1]][0], best[0]

    def add(self, normal: str, name: str) -> None:
        """Remember a statement."""
        mine = grams(normal)
        for key in _keys(mine):
            self._bands[key].append(len(self._members))
        self._members.append((name, mine))

    def discard(self, name: str) -> None:
        """Forget a statement."""
        self._gone.add(name)


def _keys(members: frozenset[tuple[str, ...]]) -> list[tuple[int, ...]]:
    hashes = [zlib.crc32("\0".join(gram).encode()) for gram in members]
    signature = [min((a * h + b) % _MODULUS for h in hashes) for a, b in _FACTORS]
    return [(band, *signature[band * ROWS : (band + 1) * ROWS]) for band in range(BANDS)]


# -- Contamination --

_KEYWORD = re.compile(r"(?<!\S)(?:theorem|lemma)\s")
_TYPES = str.maketrans({"ℕ": "Nat", "ℤ": "Int", "ℚ": "Rat"})  # the same types under Mathlib's notation


class Source(Record):
    """One benchmark held against the data set."""

    name: str
    sha256: str  # of the file; "" for the library's own test split
    statements: int
    unreadable: tuple[str, ...] = ()  # rows whose statement could not be compared


class Hit(Record):
    """A theorem that repeats a benchmark's."""

    theorem: str
    benchmark: str
    problem: str
    likeness: float  # 1.0 = equal up to names

    def __str__(self) -> str:
        return f"the statement of {self.problem} in {self.benchmark} (likeness {self.likeness})"


class Contamination(Record):
    """`contamination.json`: what was compared with what, and what was found and left out."""

    threshold: float
    sources: tuple[Source, ...]
    hits: tuple[Hit, ...]


class Benchmarks:
    """Statements nobody may train on."""

    def __init__(self, threshold: float) -> None:
        self._exact: dict[str, tuple[str, str]] = {}  # normal form -> benchmark, problem
        self._alike: dict[str, tuple[str, str]] = {}  # the same by canonical form
        self._near = NearDuplicates(threshold)
        self._sources: list[Source] = []

    def add_test_split(self, theorems: Iterable[Theorem]) -> None:
        """The library's own held-out theorems."""
        self._add("test split", "", {t.name: t.statement for t in theorems})

    def add_file(self, path: Path) -> None:
        """A benchmark file, or a folder of Lean files; rows that are no problem are named among the unreadable.

        Raises `DataError` for a file that cannot be read or holds no problem at all.
        """
        found = read_problems(path)
        if not found.theorems:
            raise DataError(f"{path}: holds no problem")
        rows = {t.name: " ".join(without_comments(t.statement).split()) for t in found.theorems}
        self._add(path.stem, _digest(path), rows | {row.name: "" for row in found.left_out})

    def find(self, theorem: Theorem) -> Hit | None:
        """The benchmark problem a theorem repeats, exactly or nearly."""
        key, same = _key(theorem.statement), _same(theorem.statement)
        if not key:
            return None
        benchmark, problem = self._exact.get(key) or self._alike.get(same, ("", ""))
        if problem:
            return Hit(theorem=theorem.name, benchmark=benchmark, problem=problem, likeness=1.0)
        near = self._near.find(key)
        if near is None:
            return None
        benchmark, _, problem = near[0].partition(": ")
        return Hit(theorem=theorem.name, benchmark=benchmark, problem=problem, likeness=round(near[1], 3))

    def report(self, hits: Iterable[Hit]) -> Contamination:
        """What to write beside the data set."""
        return Contamination(threshold=self._near.threshold, sources=tuple(self._sources), hits=tuple(hits))

    def _add(self, benchmark: str, sha256: str, rows: dict[str, str]) -> None:
        unreadable = []
        for problem, statement in rows.items():
            if key := _key(statement):
                self._exact.setdefault(key, (benchmark, problem))
                self._alike.setdefault(_same(statement), (benchmark, problem))
                self._near.add(key, f"{benchmark}: {problem}")
            else:
                unreadable.append(problem)
        source = Source(name=benchmark, sha256=sha256, statements=len(rows), unreadable=tuple(unreadable))
        self._sources.append(source)


def known_benchmarks(config: RunConfig) -> Benchmarks:
    """The files that `data.benchmarks` and `eval.minif2f` name. Raises `DataError` for one that cannot be read."""
    benchmarks = Benchmarks(config.data.near_duplicate)
    for file in dict.fromkeys([*config.data.benchmarks, *filter(None, [config.eval.minif2f])]):
        benchmarks.add_file(resolve(file))
    return benchmarks


def _digest(path: Path) -> str:
    """sha256 of a file, or of a folder's Lean files."""
    files = sorted(path.rglob("*.lean")) if path.is_dir() else [path]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()


def _key(statement: str) -> str:
    parsed = _parsed(statement)
    return normal_form(parsed) if parsed else ""


def _same(statement: str) -> str:
    """Equal also where hypotheses stand in another order or sides of an equation are exchanged."""
    parsed = _parsed(statement)
    return canonical_form(parsed) if parsed else ""


def _parsed(statement: str) -> Statement | None:
    """A statement without what stands before its keyword (`open X in`, modifiers)."""
    keyword = _KEYWORD.search(statement)
    return parse_statement(statement[keyword.start() if keyword else 0 :].translate(_TYPES))


# -- The leak report: which held-out theorems can be read in what is trained on. --
#
# Train must show nothing of validation or test, validation nothing of test. A theorem leaks when a header of a lower split
# declares it, by its full name: that is what a prover is shown, with its proof or with `sorry` in its place. Equal words of
# other theorems are no leak, nor is a private theorem of another file that has the same name; where a lower split states the
# same up to names, order of hypotheses and sides of equations, it is counted as a twin.

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
    name = _declared_name(written_name(theorem.name), theorem.statement, is_private(theorem.statement))
    for file, proved in declared.get(name, {}).items():
        shows: Literal["proof", "statement"] = "proof" if proved else "statement"
        yield Leak(theorem=theorem.name, split=theorem.split, shows=shows, where=file, below=below)
    if twin := statements.get(_same(theorem.statement)):
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
                key = _declared_name(passage.name, passage.statement, passage.command.private)
                found[split].setdefault(key, {})[file] = not passage.open
    return found


def _declared_name(name: str, statement: str, private: bool) -> str:
    """What tells a declaration from others: its full name; of a private one, which another file may have too, also its
    words."""
    return " ".join([name, *statement.split()]) if private else name


def _statements(theorems: Sequence[Theorem]) -> dict[str, dict[str, str]]:
    """For each split that is looked into, canonical form -> name."""
    found: dict[str, dict[str, str]] = {"train": {}, "validation": {}}
    for theorem in theorems:
        if theorem.split in found:
            found[theorem.split].setdefault(_same(theorem.statement), theorem.name)
    return {split: {key: name for key, name in seen.items() if key} for split, seen in found.items()}
