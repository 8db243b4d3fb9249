"""`physprover data show`: looking into data sets."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from physprover.dataset import SPLITS, load_split, split_named
from physprover.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from physprover.records import Theorem

_CONTEXT_LINES = 30  # of the header, its last ones


def show(dataset: Path, name: str, split: str, limit: int, as_json: bool) -> None:
    """Print the theorem called `name` with its context and the attempts of the build, or all whose name contains it."""
    splits = SPLITS if split == "all" else (split_named(split),)
    theorems = [t for s in splits for t in load_split(dataset, s)]
    exact = [t for t in theorems if name and name in (t.name, t.name.rpartition(".")[2])]
    found = exact or [t for t in theorems if name in t.name]
    if not found:
        close = difflib.get_close_matches(name, [t.name.rpartition(".")[2] for t in theorems], n=1)
        hint = f"; did you mean `{close[0]}`?" if close else ""
        raise DataError(f"{dataset}: no theorem of {', '.join(splits)} has `{name}` in its name{hint}")
    for theorem in found[:limit]:
        print(theorem.model_dump_json() if as_json else _text(theorem))
    if not as_json and len(found) == 1:
        print(_context(found[0]))
        print(_attempts(dataset, found[0]))
    if len(found) > limit and not as_json:
        print(f"… {len(found) - limit} more")


def _text(theorem: Theorem) -> str:
    origin = (
        f"{theorem.rule} of {', '.join(theorem.parents)}"
        if theorem.origin == "conjecture"
        else f"{theorem.source.file}:{theorem.source.line}"
    )
    lines = [f"-- {theorem.name}  ({theorem.domain or 'no domain'}; {theorem.split}; {origin})"]
    if theorem.informal:
        lines.append(f"/-- {theorem.informal} -/")
    lines.append(theorem.statement + (f" := {theorem.proof}" if theorem.proof else ""))
    if theorem.closed_by is not None:
        lines.append(f"-- single tactics that close it: {', '.join(theorem.closed_by) or 'none'}")
    if theorem.level is not None:
        lines.append(f"-- level {theorem.level} of 4")
    return "\n".join(lines) + "\n"


def _context(theorem: Theorem) -> str:
    """The end of the header, and what of it the statement rests on."""
    header = theorem.header.rstrip().splitlines()
    left_out = len(header) - _CONTEXT_LINES
    lines = [f"-- context: {len(header)} lines" + (f", the last {_CONTEXT_LINES}:" if left_out > 0 else ":")]
    lines += [f"   {line}" for line in header[-_CONTEXT_LINES:]]
    for label, names in (("rests on", theorem.premises), ("earlier theorems about these", theorem.lemmas)):
        lines.append(f"-- {label}: {', '.join(names) or 'none'}")
    return "\n".join(lines) + "\n"


def _attempts(dataset: Path, theorem: Theorem) -> str:
    """What the build tried on it, from the build's journal."""
    from data_gen.judging import Answer
    from physprover.records import read_jsonl

    journal = dataset / "verdicts.jsonl"
    if not journal.exists():
        return "-- attempts: the build's journal is not here"
    answers = [a for a in read_jsonl(journal, Answer) if a.name == theorem.name and a.proof]
    tried: Sequence[Answer] = [a for a in answers if not _is_probe(a.proof)]
    lines = [f"-- attempts of the build: {len(tried)}"]
    for answer in tried:
        lines.append(
            f"   {answer.outcome.value:<9}{answer.seconds:6.2f} s  {' ⏎ '.join(answer.proof.split(chr(10)))}"
        )
    return "\n".join(lines)


def _is_probe(proof: str) -> bool:
    """Checks that ask about a theorem rather than try to prove it; they fail on purpose."""
    return proof.rstrip().endswith('_end"')
