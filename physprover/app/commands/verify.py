"""`physprover verify`: a verdict for every theorem of a Lean file, or for every row of a JSONL file.

Two sources, one path: both become `VerifyRow`s, `physprover/app/judging.py` asks for them, verdicts come out in input order
as they get ready.
"""

from __future__ import annotations

import itertools
import json
import sys
from collections import Counter
from collections.abc import Iterable
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from typing import IO, Annotated

import typer
from pydantic import BaseModel, ConfigDict, ValidationError

from data_gen.extract import read_imported, read_theorems
from physprover.app.commands.common import EngineKind, Json, Project, Seconds, Workers, engine_config, keeping
from physprover.app.display import Display
from physprover.app.judging import ATTRIBUTE, VerifyRow, judge_file, judge_rows
from physprover.config import EngineConfig
from physprover.errors import DataError, naming, visible
from physprover.lean import engine_kind
from physprover.lean.ask import open_pool
from physprover.lean.protocol import Problem
from physprover.lean.text.definitions import DOUBT
from physprover.lean.text.problems import read_problem
from physprover.prompts.extract import Submission
from physprover.records import Outcome, Verdict, first_problem

SHOWN_LINES = 8


def verify(
    files: Annotated[list[Path] | None, typer.Argument(metavar="FILE…", help="Lean files.")] = None,
    jsonl: Annotated[
        str | None, typer.Option(metavar="FILE|-", help="Rows with name, header, statement, proof or answer.")
    ] = None,
    as_json: Json = False,
    workers: Workers = 2,
    seconds: Seconds = 20.0,
    kind: EngineKind = "auto",
    project: Project = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="New folder for a certificate of each proof, see `physprover check`."
        ),
    ] = None,
) -> None:
    """Judge every theorem of Lean or JSONL files.

    Exit status 0: all proved, 1: some not, or an attribute of one fails, 2: some could not be judged.

    In JSONL, `statement` is the text up to `:=` and `proof` the text after it, or `answer` a text with a Lean block that proves it;
    `name` is the row's own id.

    \b
    Examples:
      physprover verify lean/PhysCore/PhysCore/ClassicalMechanics/*.lean
      physprover verify --jsonl attempts.jsonl --json > verdicts.jsonl
      physprover verify Draft.lean --certificate proofs/ \\
        && physprover check proofs/
      echo '{"name": "a", "statement": "theorem t : 1 = 1", "proof": "rfl"}' \\
        | physprover verify --jsonl -
    """
    engine = engine_config(kind, project, workers, seconds)
    if certificate is not None:
        _may_certify(certificate, engine)
    if not files and jsonl is None:
        raise DataError("nothing to verify: name Lean files or --jsonl FILE")
    sources = [read_theorems(path) for path in files or ()]
    rows = read_rows(jsonl) if jsonl is not None else []
    count = len(rows) + sum(map(len, sources))
    for path, cuts in zip(files or (), sources, strict=True):
        if not cuts:  # a library has files of definitions alone
            if not count:
                raise DataError(f"{path}: no theorem in it")
            print(f"physprover: {path}: no theorem in it", file=sys.stderr)
    outcomes: list[Outcome] = []
    attributes = False  # whether Lean refuses one
    unjudged: list[str] = []
    proofs: list[tuple[str, Problem, str]] = []
    with open_pool(engine, count, Display()) as pool, keeping(resumes=False):
        for row, verdict in itertools.chain(
            *(
                judge_file(cuts, pool, engine.seconds, partial(read_imported, path), str(path))
                for path, cuts in zip(files or (), sources, strict=True)
            ),
            judge_rows(rows, pool, engine.seconds),
        ):
            (print_json if as_json else print_text)(row, verdict)
            outcomes.append(verdict.outcome)
            attributes |= any(message.startswith(ATTRIBUTE) for message in verdict.messages)
            if verdict.outcome is Outcome.PROVED and row.proof is not None:
                proofs.append((row.name, row.problem, row.proof))
            if verdict.outcome is Outcome.INFRASTRUCTURE:
                unjudged.append(
                    f"{row.name}: {(verdict.messages or ('no reason given',))[0].strip().splitlines()[0]}"
                )
    if not as_json:
        print(f"{outcomes.count(Outcome.PROVED)} of {count} proved")
    if certificate is not None and proofs:
        from physprover.lean.embedded.install import ensure_installed
        from physprover.lean.kernel.certificates import write_certificates

        written = write_certificates(ensure_installed(), engine, certificate, proofs)
        print(f"{written} certificates in {certificate}", file=sys.stderr)
    if unjudged:
        told = f"physprover: {len(unjudged)} of {count} could not be judged; the first: {unjudged[0]}"
        print(visible(told), file=sys.stderr)
    raise typer.Exit(exit_status(outcomes) or int(attributes))


class _JsonRow(BaseModel):
    model_config = ConfigDict(extra="ignore")
    name: str
    header: str | None = ""
    statement: str
    proof: str | None = None
    answer: object = None  # where there is no `proof`; files have other things under this name
    lemmas_proved: bool = False


def exit_status(outcomes: Iterable[Outcome]) -> int:
    """0 all proved, 1 some not, 2 some could not be judged."""
    counts = Counter(outcomes)
    if counts[Outcome.INFRASTRUCTURE]:
        return 2
    return 0 if set(counts) <= {Outcome.PROVED} else 1


def read_rows(file: str, stdin: IO[str] | None = None) -> list[VerifyRow]:
    """Rows of a JSONL file (`-` = standard input); one that cannot be read has its file, line and reason as its `fault`.

    Raises `DataError` for a file that cannot be read, that holds no row, or of which none can be read.
    """
    rows: list[VerifyRow] = []
    unread: list[str] = []
    name = "standard input" if file == "-" else file
    with naming(name):
        data = _bytes(stdin or sys.stdin) if file == "-" else Path(file).read_bytes()
    for number, line in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), 1):
        if line.strip():
            place = f"{name}:{number}"
            try:
                rows.append(_posed(_JsonRow.model_validate_json(line)))
            except ValidationError as error:
                where, what = first_problem(error)
                unread.append(f"{place}: {where + ': ' if where else ''}{what}")
                rows.append(_unread(_name_of(line), place, unread[-1]))
    if not rows:
        raise DataError(f"{name}: holds no rows")
    if len(unread) == len(rows):
        raise DataError(unread[0])
    return rows


def _bytes(stream: IO[str]) -> bytes:
    """What is left of a stream; standard input as it came, since a row that is not UTF-8 leaves the others."""
    if isinstance(stream, TextIOWrapper):
        return bytes(stream.buffer.read())
    return stream.read().encode("utf-8", "surrogatepass")


def _unread(name: str, place: str, fault: str) -> VerifyRow:
    """The row that cannot be read; one without a name is called by its place."""
    fault = fault if name else fault.removeprefix(f"{place}: ")
    return VerifyRow(name=name or place, problem=Problem(header="", statement=""), proof=None, fault=fault)


def _name_of(line: bytes) -> str:
    """The name of a row that cannot be read otherwise, where it has one."""
    try:
        name = json.loads(line)["name"]
        name.encode()
    except (ValueError, RecursionError, LookupError, TypeError, AttributeError):
        return ""
    return str(name)


def _posed(row: _JsonRow) -> VerifyRow:
    """A row as a problem. Its statement may bring docstring, comments, imports, definitions and `:= by sorry`."""
    header, proof = row.header or "", row.proof
    try:
        posed = read_problem(row.statement, header)
    except DataError as error:
        fault = f"the statement is not of the form `theorem name … : type`: {error}"
        problem = Problem(header=header, statement=row.statement)
        return VerifyRow(name=row.name, problem=problem, proof=proof, fault=fault)
    problem = Problem(header=posed.header, statement=posed.statement, lemmas_proved=row.lemmas_proved)
    answer = row.answer if proof is None and isinstance(row.answer, str) else None
    if proof is None and answer is None:
        missing = posed.proof is None and "proof" not in row.model_fields_set
        return VerifyRow(
            name=row.name,
            problem=problem,
            proof=posed.proof,
            fault="the row has no `proof` or `answer`, and its statement brings none" if missing else "",
        )
    given = Submission.of(posed, proof or "", answer)
    return VerifyRow(name=row.name, problem=problem, proof=given.proof, given=given)


def print_json(row: VerifyRow, verdict: Verdict) -> None:
    """One JSON object, flushed, so that a reader of the pipe sees it at once."""
    fields = {
        "name": row.name,
        "verdict": verdict.outcome.value,
        "axioms": verdict.axioms,
        "messages": verdict.messages,
        "seconds": round(verdict.seconds, 4),
        "engine": verdict.engine,
        "tier": verdict.tier,
    }
    print(json.dumps(fields, ensure_ascii=False), flush=True)


def print_text(row: VerifyRow, verdict: Verdict) -> None:
    """One line; below it, indented, what Lean said where it is no proof, and axioms that are not Lean's own three."""
    print(visible(f"{verdict.outcome.value:<14} {verdict.seconds:>6.2f} s  {row.name}"))
    lines = [line.rstrip() for message in verdict.messages for line in message.strip().splitlines()]
    if verdict.outcome is Outcome.PROVED:
        extra = verdict.header_axioms
        axioms = [f"rests on axioms of its header: {', '.join(extra)}"] if extra else []
        doubts = [line for line in lines if line.startswith(DOUBT)]
        lines = [
            *doubts,
            *axioms,
            *(m for m in verdict.messages if verdict.rests_on_hole and m.startswith("warning: rests on")),
            *(line for m in verdict.messages if m.startswith(ATTRIBUTE) for line in m.rstrip().splitlines()),
        ]
    for line in lines[:SHOWN_LINES]:
        print(visible(f"{'':<14} {line}"))
    if len(lines) > SHOWN_LINES:
        print(f"{'':<14} … {len(lines) - SHOWN_LINES} more lines")
    sys.stdout.flush()


def _may_certify(folder: Path, engine: EngineConfig) -> None:
    if engine_kind(engine) != "embedded":
        raise DataError("certificates are written by the embedded engine: add --engine embedded")
    if (folder / "manifest.json").exists():
        raise DataError(f"{folder}: holds certificates already; name a new folder")
