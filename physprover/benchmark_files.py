"""Benchmark files as people have them: tables (`physprover/tables.py`), folders of these, Lean files and checkouts.

One bad row is one line in the list of what is left out, with the reason; only a file that cannot be read at all, or holds
no problem, is refused. A statement's text may bring its imports, `open`s, definitions and docstring along; a proof behind
it is not looked at.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from physprover.errors import DataError, naming
from physprover.lean.text.commands import parse
from physprover.lean.text.headers import decoded, without_module
from physprover.lean.text.problems import passages, read_problem, without
from physprover.lean.text.statements import has_sorry, is_hole, split_statement
from physprover.lean.text.tokens import Source as Text
from physprover.lean.text.tokens import mask, spliced
from physprover.records import Record, Source, Theorem
from physprover.tables import Columns, of_list, table_files, table_rows, text_of

_SPLITS = {
    "valid": "validation",
    "val": "validation",
    "validation": "validation",
    "train": "train",
    "test": "test",
}
_LEAN3 = re.compile(
    r"^(?:import [a-z.][\w.]*(?:[ \t]+[a-z][\w.]*)*[ \t]*$|open_locale\b|noncomputable theory\b|.*:=[ \t]*begin\b|\s*begin\b)",
    re.MULTILINE,
)
_FENCE = re.compile(r"```lean4?[ \t]*\n(.*?)```", re.DOTALL)
_ANSWER = re.compile(r"(?:[ \t]*--[^\n]*(?:\n|\Z))+")


class NotRunnable(Record):
    """A problem that was not asked, and why. In no denominator."""

    name: str
    reason: str


class Problems(Record):
    """What a file holds: problems, and what was left out."""

    theorems: tuple[Theorem, ...]
    left_out: tuple[NotRunnable, ...] = ()


def read_problems(path: Path, columns: Columns | None = None) -> Problems:
    """`read_lean_files` of a Lean file or a folder of such, `read_rows` of another."""
    if path.suffix == ".lean" or (path.is_dir() and _lean_files(path)):
        return read_lean_files(path)
    return read_rows(path, columns or Columns())


def read_rows(path: Path, columns: Columns) -> Problems:
    """The rows of a JSON Lines, JSON or Parquet file, or of a data set's folder of these, whose names say the split of a row
    that does not. Raises `DataError` for what is none of these, a missing
    column that was asked for by name in every row, and a file without rows."""
    left_out: list[NotRunnable] = []
    known: dict[str, Theorem] = {}
    for file in table_files(path) if path.is_dir() else [path]:
        within = "" if file == path else f"{file.relative_to(path).as_posix()} "
        split = next((_SPLITS[word] for word in re.findall("[a-z]+", within.lower()) if word in _SPLITS), "")
        for number, row in table_rows(file):
            where = f"{within}{'row' if '.json' in file.suffixes[-2:] else 'line'} {number}"
            if not isinstance(row, dict):
                reason = row if isinstance(row, str) else "not a JSON object"
                left_out.append(NotRunnable(name=where, reason=reason))
                continue
            name = ""
            try:
                name = text_of(row, "name", columns).strip()
                source = Source(file=within.strip() or path.name, line=number)
                theorem = _problem(row, name, columns, source)
            except DataError as error:
                left_out.append(NotRunnable(name=name or where, reason=str(error)))
                continue
            _take(theorem if theorem.split else theorem.replace(split=split), where, known)
    return _some(path, list(known.values()), left_out)


def read_lean_files(path: Path) -> Problems:
    """Every theorem of a `.lean` file, or of the files below a folder, in the order of their names.

    A problem's header is what stands before it in its file, other theorems left out. Raises `DataError` when there is
    no Lean file, or no theorem in any.
    """
    files = [path] if path.is_file() else _lean_files(path)
    if not files:
        raise DataError(f"{path}: no Lean file")
    theorems: dict[str, Theorem] = {}
    left_out: list[NotRunnable] = []
    for file in files:
        name = file.name if file == path else file.relative_to(path).as_posix()
        with naming(file):
            data = file.read_bytes()
        try:
            found = list(_of_text(decoded(data), name))
        except DataError as error:
            left_out.append(NotRunnable(name=name, reason=str(error)))
            continue
        for problem in found:
            if isinstance(problem, NotRunnable):
                left_out.append(problem)
            else:
                _take(problem, name, theorems, left_out)
    return _some(path, list(theorems.values()), left_out)


def _lean_files(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*.lean") if ".lake" not in p.parts)


def _take(
    theorem: Theorem, where: str, known: dict[str, Theorem], left_out: list[NotRunnable] | None = None
) -> None:
    """Add a problem under a name of its own. The same problem again goes to `left_out` where that is given."""
    first = known.get(theorem.name)
    if first is None:
        known[theorem.name] = theorem
        return
    name = f"{theorem.name} ({where})"
    if left_out is not None and (first.header, first.statement) == (theorem.header, theorem.statement):
        at = f"{first.source.file}:{first.source.line}"
        left_out.append(NotRunnable(name=name, reason=f"the same problem as at {at}"))
    else:
        known[name] = theorem.replace(name=name)


def _some(path: Path, theorems: list[Theorem], left_out: list[NotRunnable]) -> Problems:
    if not theorems and left_out:
        first = left_out[0]
        raise DataError(
            f"{path}: none of its {len(left_out)} rows is a problem; the first, {first.name}: {first.reason}"
        )
    return Problems(theorems=tuple(theorems), left_out=tuple(left_out))


def _of_text(text: str, file: str) -> Iterator[Theorem | NotRunnable]:
    if found := _LEAN3.search(text):
        yield NotRunnable(name=file, reason=f"written in Lean 3 (`{found[0].strip()}`); only Lean 4 is asked")
        return
    source = without_module(text)
    text = source.text
    commands = parse(source)
    theorems = passages(source, commands)
    gone = {p.command.keyword for p in theorems}
    for passage in theorems:
        if not passage.name:
            continue
        earlier = [c for c in commands if c.end <= passage.header_end]
        before = without(text[: passage.header_end], earlier, gone).rstrip() + "\n"
        try:
            if passage.reason:
                raise DataError(passage.reason)
            header = with_answers(before, passage.statement)
        except DataError as error:
            yield NotRunnable(name=passage.name, reason=str(error))
            continue
        yield Theorem(
            name=passage.name,
            statement=passage.statement,
            header=header.lstrip("\n"),
            source=Source(file=file, line=passage.line),
            split=_split_of(file),
            informal=passage.command.doc,
        )


def with_answers(header: str, statement: str) -> str:
    """A header whose `…_solution := sorry` and `…_answer := sorry` are filled with the comments behind them.

    An open definition or instance that nothing behind it names is left out. Raises `DataError` for one that is named:
    no proof can know what it stands for.
    """
    if "sorry" not in header:
        return header
    source = mask(header)
    edits = []
    for command in parse(source):
        body = source.masked[command.keyword : command.end]
        if command.kind not in ("def", "abbrev", "instance", "opaque") or not has_sorry(body):
            continue
        cut = split_statement(body)
        answer = _answer(source, command.end) if command.name.endswith(("solution", "answer")) else ""
        if answer and cut and is_hole(body[cut.proof_start :]):
            edits.append((command.keyword + cut.proof_start, command.end, f" {answer}"))
        else:
            short = re.escape(command.name.rpartition(".")[2])
            behind = f"{source.masked[command.end :]}\n{statement}"
            if short and re.search(rf"(?<![\w'«]){short}(?![\w'])", behind):
                raise DataError(f"asks for an answer, `{command.name}`, that is not stated")
            edits.append((command.start, command.end, ""))
    return spliced(header, edits)


def _answer(source: Text, end: int) -> str:
    """The term in the line comments directly behind an open definition."""
    rest = source.text[end:]
    lines = _ANSWER.match(rest, 1 if rest.startswith("\n") else 0)
    if lines is None:
        return ""
    term = "\n".join(line.strip().removeprefix("--").strip() for line in lines[0].strip().splitlines())
    return f"({term})" if term else ""


def _split_of(file: str) -> str:
    """The split that a file's folder or name says it is of, as checkouts of MiniF2F have it."""
    words = re.findall(r"[a-z]+", file.lower())
    return "validation" if "valid" in words else "test" if "test" in words else ""


def _in_comment(text: str, at: int) -> bool:
    return text.rfind("/-", 0, at) > text.rfind("-/", 0, at)


def _problem(row: dict[str, Any], name: str, columns: Columns, source: Source) -> Theorem:
    text = text_of(row, "statement", columns, required=True)
    if fenced := next((f for f in _FENCE.finditer(text) if not _in_comment(text, f.start())), None):
        text = fenced[1]  # a prompt that states the problem in a block
    helper = row.get("helper")
    if isinstance(helper, list):
        helper = of_list(helper, asked=True)
    header = text_of(row, "header", columns)
    if found := _LEAN3.search(f"{header}\n{text}"):
        raise DataError(f"written in Lean 3 (`{found[0].strip()}`); only Lean 4 is asked")
    posed = read_problem(text, "\n".join(filter(None, (header, helper if isinstance(helper, str) else ""))))
    split = text_of(row, "split", columns).lower().split()
    informal = text_of(row, "informal", columns).strip()
    return Theorem(
        name=name or posed.name,
        statement=posed.statement,
        header=with_answers(posed.header, posed.statement),
        domain=text_of(row, "domain", columns),
        source=source,
        split=next((_SPLITS[word] for word in split if word in _SPLITS), ""),
        informal=informal.removeprefix("/--").removesuffix("-/").strip() or posed.doc,
    )
