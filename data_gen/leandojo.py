"""LeanDojo benchmark folders (a trace of a library, as `lean-dojo` writes it), read into our records.

corpus.jsonl                                       one file a line: path, imports, premises (full_name, code, start, end, kind)
random/train.json, val.json, test.json             theorems: full_name, file_path, start, end, traced_tactics
novel_premises/train.json, val.json, test.json     the same theorems; test proofs use premises that train proofs do not

A theorem's statement is its premise's `code`; the benchmark keeps tactics with their states, not proofs as text, so `proof` is
filled only where the traced tactics are the whole of a flat tactic block.
"""

from __future__ import annotations

import itertools
import json
import shutil
from typing import TYPE_CHECKING, Any, Literal

from pydantic import ValidationError

from data_gen.candidates import read_statement
from physprover.errors import DataError, LeanSetupError
from physprover.lean.text.statements import split_statement
from physprover.lean.text.tokens import without_comments
from physprover.records import Record, Source, Theorem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path


Kind = Literal["random", "novel_premises"]
_SPLITS: dict[str, Literal["train", "validation", "test"]] = {
    "train": "train",
    "val": "validation",
    "test": "test",
}


class Premise(Record):
    """A definition or theorem of the corpus."""

    full_name: str
    code: str  # without comments; of a theorem up to its proof
    start: tuple[int, int]  # 1-based line and column
    end: tuple[int, int]
    kind: str  # syntax node, e.g. "commanddeclaration"
    path: str  # file it stands in


class Corpus(Record):
    """`corpus.jsonl`."""

    premises: tuple[Premise, ...]
    imports: dict[str, tuple[str, ...]]  # file -> files it imports


def read_corpus(folder: Path) -> Corpus:
    """All premises of a benchmark. Raises `DataError` with file and line."""
    premises: list[Premise] = []
    imports: dict[str, tuple[str, ...]] = {}
    path = folder / "corpus.jsonl"
    for number, line in enumerate(_text(path).splitlines(), 1):
        try:
            row = json.loads(line)
            imports[row["path"]] = tuple(row["imports"])
            premises += [_premise(premise, row["path"]) for premise in row["premises"]]
        except (ValueError, KeyError, TypeError, ValidationError) as error:
            raise DataError(f"{path}:{number}: no file entry of a LeanDojo corpus: {_short(error)}") from None
    return Corpus(premises=tuple(premises), imports=imports)


def read_benchmark(folder: Path, kind: Kind = "random") -> list[Theorem]:
    """The theorems of one family of splits, statements taken from the corpus.

    `header` is the file's own import lines: enough to look names up, not the file's text before the theorem. Theorems whose
    statement cannot be cut out of the corpus are left out. Raises `DataError` with the file and entry that is malformed.
    """
    corpus = read_corpus(folder)
    code = {premise.full_name: premise.code for premise in corpus.premises}
    theorems: dict[str, Theorem] = {}
    for name, split in _SPLITS.items():
        path = folder / kind / f"{name}.json"
        for number, row in enumerate(_rows(path), 1):
            try:
                theorem = _theorem(row, code, corpus.imports, split)
            except (KeyError, TypeError, IndexError, ValidationError) as error:
                raise DataError(f"{path}: entry {number}: {_short(error)}") from None
            if theorem is not None:
                theorems.setdefault(theorem.name, theorem)
    if not theorems:
        raise DataError(f"{folder}: no theorem of it could be read")
    return list(theorems.values())


def _theorem(
    row: Mapping[str, Any],
    code: Mapping[str, str],
    imports: Mapping[str, tuple[str, ...]],
    split: Literal["train", "validation", "test"],
) -> Theorem | None:
    name, file = row["full_name"], row["file_path"]
    try:
        statement = read_statement(code[name], name.rpartition(".")[2])
    except DataError:
        return None
    tactics = [tactic["tactic"] for tactic in row["traced_tactics"]]
    return Theorem(
        name=name,
        statement=statement,
        header="".join(f"import {_module(path)}\n" for path in imports.get(file, ())),
        domain=file.split("/")[1] if file.count("/") > 1 else "",
        source=Source(file=file, line=row["start"][0], revision=row["commit"]),
        split=split,
        proof="by\n" + "\n".join(f"  {t}" for t in tactics) if _flat(row["traced_tactics"]) else None,
        engine="project",
    )


def _flat(tactics: list[Mapping[str, str]]) -> bool:
    """Whether the tactics are one block, each starting where the one before it ended."""
    return (
        bool(tactics)
        and tactics[-1]["state_after"] == "no goals"
        and not any("\n" in tactic["tactic"] for tactic in tactics)
        and all(a["state_after"] == b["state_before"] for a, b in itertools.pairwise(tactics))
    )


def _premise(row: Mapping[str, Any], path: str) -> Premise:
    return Premise(
        full_name=row["full_name"],
        code=row["code"],
        start=tuple(row["start"]),
        end=tuple(row["end"]),
        kind=row["kind"],
        path=path,
    )


def statement_of(code: str) -> str:
    """A traced declaration's text up to its proof, on one line."""
    cut = split_statement(code)
    return " ".join((code[: cut.statement_end] if cut else code).split())


def _module(path: str) -> str:
    return path.removeprefix("./").removesuffix(".lean").replace("/", ".")


def _rows(path: Path) -> Iterator[Mapping[str, Any]]:
    try:
        rows = json.loads(_text(path))
    except ValueError as error:
        raise DataError(f"{path}: {_short(error)}") from None
    if not isinstance(rows, list):
        raise DataError(f"{path}: holds no list of theorems")
    yield from rows


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except OSError as error:
        raise DataError(f"{path}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise DataError(f"{path}: not UTF-8") from None


def _short(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no `{error.args[0]}`"
    return str(error).splitlines()[0]


# -- Theorems as Lean itself sees them, through lean-dojo, and how they compare with the static extraction. --
#
# Tracing builds the library with a native Lean (elan) under lean-dojo, which takes from minutes to hours; results are cached by
# lean-dojo. It sees what text cannot show (macros, generated declarations) and serves to check the static extractor.


class Traced(Record):
    """A theorem of the trace."""

    name: str
    file: str
    statement: str  # attributes and modifiers included, one line
    proof: str  # without comments; "" where the trace holds none


class Comparison(Record):
    """Static extraction against the trace. Names only; the texts are in the two sources."""

    both: int
    only_static: tuple[str, ...]
    only_traced: tuple[str, ...]
    other_statement: tuple[str, ...]
    other_proof: tuple[str, ...]

    def __str__(self) -> str:
        rows = (
            ("in both", str(self.both)),
            ("only in the text", _some(self.only_static)),
            ("only in the trace", _some(self.only_traced)),
            ("another statement", _some(self.other_statement)),
            ("another proof", _some(self.other_proof)),
        )
        return "\n".join(f"{label:<18} {value}" for label, value in rows)


def trace_library(root: Path) -> list[Traced]:
    """All theorems of the library's own files. Raises `LeanSetupError` where tracing cannot run."""
    dojo = _lean_dojo(root)
    try:
        repo = dojo.LeanGitRepo.from_path(root)
        traced = dojo.trace(repo).get_traced_theorems()
    except Exception as error:  # lean-dojo raises whatever its tools raise
        raise LeanSetupError(f"lean-dojo could not trace {root}: {str(error).splitlines()[0]}") from None
    return [_record(theorem) for theorem in traced if theorem.repo == repo]


def compare(static: Sequence[Theorem], traced: Sequence[Traced]) -> Comparison:
    """Match by full name; texts are compared without comments and spacing."""
    ours = {theorem.name: theorem for theorem in static}
    theirs = {theorem.name: theorem for theorem in traced}
    both = [name for name in ours if name in theirs]
    return Comparison(
        both=len(both),
        only_static=tuple(name for name in ours if name not in theirs),
        only_traced=tuple(name for name in theirs if name not in ours),
        other_statement=tuple(
            n for n in both if not _same(_bare(theirs[n].statement), _bare(ours[n].statement))
        ),
        other_proof=tuple(
            n for n in both if theirs[n].proof and not _same(theirs[n].proof, ours[n].proof or "")
        ),
    )


def _lean_dojo(root: Path) -> Any:
    if shutil.which("lake") is None:
        raise LeanSetupError(
            "tracing needs a native Lean: no `lake` on the PATH (`physprover lean install --help`)"
        )
    if not (root / ".git").exists():
        raise LeanSetupError(f"tracing needs a git checkout, and {root} is none")
    try:
        import lean_dojo
    except ImportError:
        raise LeanSetupError(
            "tracing needs lean-dojo: pip install 'physprover[lean]' (Python 3.12 at most)"
        ) from None
    return lean_dojo


def _record(theorem: Any) -> Traced:
    proof = theorem.get_tactic_proof() or ""
    statement = theorem.get_theorem_statement()
    return Traced(
        name=theorem.theorem.full_name,
        file=str(theorem.file_path),
        statement=statement_of(statement),
        proof=proof,
    )


def _bare(statement: str) -> str:
    """A statement from its keyword on: attributes and modifiers are cut differently by the two."""
    text = without_comments(statement)
    starts = [text.find(word) for word in ("theorem ", "lemma ") if word in text]
    return text[min(starts, default=0) :].removesuffix(":=")


def _same(one: str, other: str) -> bool:
    return "".join(without_comments(one).split()) == "".join(without_comments(other).split())


def _some(names: Sequence[str]) -> str:
    more = f" and {len(names) - 5} more" if len(names) > 5 else ""
    return f"{len(names)}" + (f": {', '.join(names[:5])}{more}" if names else "")
