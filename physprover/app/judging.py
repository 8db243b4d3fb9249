"""Verdicts for the rows of a file and for the theorems of a Lean file, in their order: what `physprover verify` prints."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from data_gen.extract import Cut, Imported
from physprover.lean.protocol import Check, Pool, Problem
from physprover.lean.text.commands import Command, open_scope, parse
from physprover.lean.text.names import Declared, declare, going_with, names_written
from physprover.lean.text.problems import attributes, passages, without, without_attributes
from physprover.lean.text.statements import masked_or_plain
from physprover.lean.text.tokens import Source, blanked_at
from physprover.prompts.extract import Submission
from physprover.records import Outcome, Record, Verdict

ATTRIBUTE = "attribute `"  # how the message begins on one that Lean refuses, beside the proof it accepts
_OF_STATEMENT = "the statement does not elaborate"  # as the engines begin such a message
_SAID_AT = re.compile(r"\Athe header does not elaborate: error: (?:\d+:\d+: )?")
_ERROR_AT = re.compile(r"(error: )(\d{1,7}):(?=\d+: )")


class VerifyRow(Record):
    """One theorem to verify. `proof` is None where the source holds none."""

    name: str
    problem: Problem
    proof: str | None
    fault: str = ""  # why it cannot be asked
    given: Submission | None = None  # what `proof` was read from


def judge_rows(rows: Sequence[VerifyRow], pool: Pool, seconds: float) -> Iterator[tuple[VerifyRow, Verdict]]:
    """Verdicts in the order of the rows, each yielded as soon as it and all before it are known."""
    ready: dict[int, Verdict] = {}
    checks = []
    for number, row in enumerate(rows):
        if row.fault:
            ready[number] = Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(row.fault,), check="statement")
        elif row.proof is None:
            ready[number] = Verdict(outcome=Outcome.REJECTED, messages=("no proof",))
        else:
            checks.append(Check(id=str(number), problem=row.problem, proof=row.proof, seconds=seconds))
    following = 0
    answers = pool.check_many(checks) if checks else iter(())
    while following < len(rows):
        while following not in ready:
            check, verdict = next(answers)
            given = rows[int(check.id)].given
            ready[int(check.id)] = given.told(verdict) if given else verdict
        yield rows[following], ready.pop(following)
        following += 1


def judge_file(
    cuts: Sequence[Cut],
    pool: Pool,
    seconds: float,
    imported: Callable[[], Imported] = Imported,
    file: str = "",
) -> Iterator[tuple[VerifyRow, Verdict]]:
    """Verdicts for a file's theorems. One that fails does not hide those after it, and may not be used by them.

    `file` is what messages call it.
    Where the file's imports do not elaborate, the theorems of these are judged first, as if they stood in the file.
    """
    verdicts = _as_they_stand(cuts, pool, seconds)
    others = imported() if any(verdict.check == "header" for verdict in verdicts) else Imported()
    first = others.cuts if others.cuts and _refusal(_of_file(others.text), pool, seconds) else ()
    verdicts = [*_as_they_stand(first, pool, seconds), *verdicts]
    judged = _judged([*first, *cuts], verdicts, pool, seconds)
    for cut, (row, verdict) in zip(cuts, itertools.islice(judged, len(first), None), strict=True):
        if verdict.check == "header":
            messages = tuple(_where(message, cut, file, others.places) for message in verdict.messages)
            verdict = verdict.replace(messages=messages)
        yield row, verdict


def _as_they_stand(cuts: Sequence[Cut], pool: Pool, seconds: float) -> list[Verdict]:
    return [verdict for _, verdict in judge_rows([_row(cut) for cut in cuts], pool, seconds)]


def _refusal(posed: Problem, pool: Pool, seconds: float) -> str:
    """Why Lean refuses the header of a problem, what only reports in it left out; "" where it does not."""
    problem = posed.replace(header=_without(posed.header, []), statement="theorem _root_.holds : True")
    row = VerifyRow(name="", problem=problem, proof="trivial")
    verdict = next(judge_rows([row], pool, seconds))[1]
    return "; ".join(verdict.messages) or "refused" if verdict.check == "header" else ""


def _where(message: str, cut: Cut, file: str, places: Sequence[str]) -> str:
    """A refusal with the place of each error in the files, in place of its line in the header or the statement."""
    if message.startswith(_OF_STATEMENT):
        last = cut.line + cut.text.count("\n")
        return located(
            message, [f"{file}:{line}" if file else str(line) for line in range(cut.line, last + 1)]
        )
    return located(message, places)


def located(message: str, places: Sequence[str]) -> str:
    """Errors at the place that stands for their line."""

    def place(found: re.Match[str]) -> str:
        line = int(found[2])
        return f"{found[1]}{places[line - 1] if 0 < line <= len(places) else line}:"

    return _ERROR_AT.sub(place, message)


def _judged(
    cuts: Sequence[Cut], verdicts: list[Verdict], pool: Pool, seconds: float
) -> Iterator[tuple[VerifyRow, Verdict]]:
    """Verdicts for theorems in order, each before those whose context may hold it; given are those of all as they stand.

    Behind the first that fails, whatever was accepted, or could not be asked
    because its context is broken, is judged again with the failed ones taken out of its context, and with what only
    reports there (`example`, `#check`). Those that cannot be judged by themselves (a `mutual` block) stay in it as long
    as Lean accepts them there. One whose attribute Lean refuses stays without it: its proof was judged without any.
    """
    rows = [_row(cut) for cut in cuts]
    # The longest context that Lean accepts as it stands: attributes in it need no check of their own.
    accepted = max(
        (row.problem.header for row, v in zip(rows, verdicts, strict=True) if _context_holds(v)),
        key=len,
        default="",
    )
    bare: dict[tuple[str, str], frozenset[str]] = {}  # (name, text) -> attributes that fail
    failed: list[Cut] = []
    unasked: list[Cut] = []  # those that no accepted context holds yet
    for number, cut in enumerate(cuts):
        broken = verdicts[number].check == "header"
        if broken or (failed and verdicts[number].outcome in (Outcome.PROVED, Outcome.CHEATED)):
            for gone in [failed, [*failed, *unasked]] if unasked and broken else [failed]:
                problem = rows[number].problem
                behind = masked_or_plain(f"{problem.statement}\n{rows[number].proof or ''}").masked
                header = _without(_row(cut).problem.header, gone, bare, behind)
                if header != problem.header:
                    row = rows[number] = rows[number].replace(problem=problem.replace(header=header))
                    verdict = next(judge_rows([row], pool, seconds))[1]
                    reasons = _used(cut, gone) if verdict.outcome is not Outcome.PROVED else ()
                    verdicts[number] = verdict.replace(messages=(*verdict.messages, *reasons))
                if _context_holds(verdicts[number]):
                    failed = list(gone)
                    break
        if _context_holds(verdicts[number]):
            unasked = [other for other in unasked if other.text not in _row(cut).problem.header]
        if verdicts[number].outcome is Outcome.PROVED and "@[" in cut.text and not _stands_in(accepted, cut):
            refused = _refused_attributes(rows[number].problem, cut, pool, seconds)
            if refused:
                bare[cut.name, cut.text] = frozenset(refused)
                messages = (*verdicts[number].messages, *refused.values())
                verdicts[number] = verdicts[number].replace(messages=messages)
        if verdicts[number].check == "header" and cut.note:
            verdicts[number] = verdicts[number].replace(messages=(cut.note, *verdicts[number].messages))
        if verdicts[number].outcome is not Outcome.PROVED:
            (unasked if rows[number].fault else failed).append(cut)
        yield rows[number], verdicts[number]


def _stands_in(context: str, cut: Cut) -> bool:
    before = _row(cut).problem.header.rstrip()
    return context.startswith(before) and cut.text in context[len(before) :]


def _refused_attributes(problem: Problem, cut: Cut, pool: Pool, seconds: float) -> dict[str, str]:
    """The attributes that Lean refuses behind a theorem's header though it accepts it without any, with what it says."""
    source = masked_or_plain(cut.text)
    command = next(iter(parse(source)), None)
    if command is None:
        return {}
    found = list(dict.fromkeys(a.text for members in attributes(source, command) for a in members))

    def refusal(gone: Collection[str]) -> str:
        header = f"{problem.header}{without_attributes(source, command, gone)}\n"
        return _refusal(problem.replace(header=header), pool, seconds)

    if not found or not (every := refusal(())) or refusal(found):
        return {}
    alone = {
        text: refusal([other for other in found if other != text]) if len(found) > 1 else every
        for text in found
    }
    refused = {text: why for text, why in alone.items() if why}
    if not refused or (len(refused) < len(found) and refusal(refused)):  # only together
        refused = dict.fromkeys(found, every)
    return {
        text: f"{ATTRIBUTE}{text}` fails: {_SAID_AT.sub('', why, count=1)}" for text, why in refused.items()
    }


def _context_holds(verdict: Verdict) -> bool:
    """Whether Lean accepted all that stands before the theorem, so that it came to the proof."""
    return verdict.outcome in (Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED) and verdict.check != "text"


def _without(
    header: str,
    cuts: Sequence[Cut],
    bare: Mapping[tuple[str, str], Collection[str]] | None = None,
    behind: str = "",
) -> str:
    """The header without these theorems and what goes with them, see `going_with`. The other lines keep their numbers.

    `bare` names theorems, with their text, that stay without some of their attributes.
    """
    source = masked_or_plain(header)
    commands = parse(source)
    gone = _places(source, commands, cuts)
    for passage in passages(source, commands) if bare else ():
        command = passage.command
        if refused := (bare or {}).get((passage.name, passage.text)):
            kept = without_attributes(source, command, refused)
            header = header[: command.start] + kept + header[command.end :]
    out, blanks = going_with(source, commands, gone, behind)
    return without(blanked_at(header, blanks), commands, out, lines=True)


def _places(source: Source, commands: Sequence[Command], cuts: Sequence[Cut]) -> set[int]:
    """Where these theorems stand: the offsets of their keywords."""
    texts = {(cut.name, cut.text) for cut in cuts}
    return {p.command.keyword for p in passages(source, commands) if (p.name, p.text) in texts}


def _used(cut: Cut, failed: Sequence[Cut]) -> Iterator[str]:
    """Why a theorem fails that names a failed one."""
    row = _row(cut)
    problem, proof = row.problem, row.proof or ""
    source = masked_or_plain(problem.header)
    commands = parse(source)
    gone = _places(source, commands, failed)
    declared = Declared()
    for command in commands:
        declare(command, declared, gone)
    text = masked_or_plain(f"{problem.statement}\n{proof}").masked
    scope = open_scope(commands, source)
    used = {
        command.name
        for written in names_written(text)
        for command in declared.meant(written, scope, problem.statement)
        if command.keyword in gone
    }
    for other in failed:
        if other.name in used:
            yield f"`{other.name}` on {other.place} is not proved, so it may not be used"


def _row(cut: Cut) -> VerifyRow:
    theorem = cut.theorem
    if theorem is None:
        problem = Problem(header="", statement=cut.text)
        return VerifyRow(name=cut.name, problem=problem, proof=None, fault=cut.reason)
    problem = _of_file(theorem.header, cut.imported_lines).replace(statement=theorem.statement)
    return VerifyRow(name=cut.name, problem=problem, proof=theorem.proof)


def _of_file(header: str, imported_lines: int | None = None) -> Problem:
    """What stands behind a header that is, with its proof, one file by one hand; all of it is imported where no lines are given."""
    lines = header.count("\n") if imported_lines is None else imported_lines
    return Problem(header=header, statement="", trusted_header=False, imported_lines=lines)
