"""`physprover prove`: search a proof of a theorem, or fill the `sorry`s of a file, and show what is being tried."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Annotated

import typer

from data_gen.extract import Cut, cut_theorems, imported_by
from eval.search.budget import DEFAULT, Amount, parse_budget
from eval.search.desk import Tried
from eval.search.policies import Policy
from eval.search.router import choose_policy, read_surveys
from eval.search.search import SearchResult, Tools, search
from eval.search.sketch import ROOT, HoleSketch, sorry_sketch
from physprover.app.commands.common import Overrides
from physprover.app.display import Display
from physprover.app.judging import located
from physprover.app.provers import experience_file, find_prover, open_tools
from physprover.errors import ConfigError, DataError, HeaderError, RunError, naming
from physprover.files import must_be_writable, write_text
from physprover.lean.protocol import Check, Pool, Problem
from physprover.lean.text.definitions import DOUBT
from physprover.lean.text.headers import decoded, normalised, without_last_ends
from physprover.lean.text.problems import passages, read_problem
from physprover.lean.text.statements import compose, has_sorry, on_its_line, parted
from physprover.lean.text.tokens import blanked_at, mask
from physprover.progress import Stage
from physprover.records import Theorem


def prove(
    source: Annotated[
        str,
        typer.Argument(
            metavar="THEOREM|FILE|-", help="'theorem name (binders) : type', or Lean text with sorrys."
        ),
    ],
    model: Annotated[
        str | None,
        typer.Option(help="Run directory or Hugging Face model; default: the newest run; none: no prover."),
    ] = None,
    header: Annotated[
        Path | None, typer.Option(help="Lean file to put before a theorem (definitions, lemmas).")
    ] = None,
    budget: Annotated[
        str, typer.Option(help="What each theorem may cost; default: tokens=16384,checks=64,seconds=60.")
    ] = "",
    policy: Annotated[
        str | None, typer.Option(help="How to search; default: value. direct only samples, …")
    ] = None,
    surveys: Annotated[
        list[Path] | None,
        typer.Option("--survey", help="File of `bench survey`; the router that it teaches searches. Repeat."),
    ] = None,
    seed: Annotated[int, typer.Option(help="Sampling seed.")] = 0,
    out: Annotated[
        Path | None, typer.Option(help="Filled copy of a file; default: NAME.proved.lean.")
    ] = None,
    in_place: Annotated[bool, typer.Option("--in-place", help="Write proofs into the file itself.")] = False,
    overrides: Overrides = None,
) -> None:
    """Search a proof within a budget.

    Shows what it tries, prints the first proof that Lean accepts. Of a file, or of text from a pipe, it fills the sorrys
    it can and keeps the rest; the file itself is not touched. Exit status 1: something is left unproved.

    \b
    Examples:
      physprover prove 'theorem t (a b : Int) : (a + b)^2 = a^2 + 2*a*b + b^2'
      physprover prove 'theorem t (m : Int) : twiceKineticEnergy m 0 = 0' \\
        --model runs/quickstart \\
        --header lean/PhysCore/PhysCore/ClassicalMechanics/Energy.lean
      physprover prove Draft.lean --budget checks=128,seconds=120
      physprover prove - < Draft.lean > Proved.lean
    """
    # a bad request ends before Lean starts
    chosen = choose_policy(policy, read_surveys(surveys) if surveys else None)
    total = parse_budget(budget) if budget else DEFAULT
    data = sys.stdin.buffer.read() if source == "-" else source.encode(errors="surrogateescape")
    with naming("standard input" if source == "-" else "the text"):
        text = decoded(data)
    file = Path(source) if source != "-" and _is_file(source) else None
    if file is None and (in_place or out):
        raise ConfigError("--in-place and --out go with a Lean file")
    holes = has_sorry(text) if source == "-" and header is None else _has_sorry(text)
    theorem = None if file or holes else read_theorem(text, header)
    if file is not None:
        must_be_writable(file if in_place else _target(file, out))
    prover = find_prover(model, tuple(overrides or ()))
    with open_tools(prover, seed) as tools:
        known = len(tools.experience.observations)
        try:
            if theorem is not None:
                status = _prove_one(theorem, total, chosen, tools)
            elif file is not None:
                status = fill_file(file, file if in_place else out, total, chosen, tools)
            else:
                status = fill_text(text, data, total, chosen, tools)
        finally:
            kept = experience_file(prover)
            if kept is not None and len(tools.experience.observations) > known:
                tools.experience.write(kept)
    raise typer.Exit(status)


# -- A word before a search: names that Lean takes for variables because nothing defines them. --


def warning(problem: Problem, pool: Pool) -> str:
    """One sentence for the reader, or nothing; spends nothing of a budget."""
    ((_, verdict),) = pool.check_many([Check(id="", problem=problem, proof="by skip", messages=0)])
    return next((m.removeprefix("warning: ") for m in verdict.messages if m.startswith(DOUBT)), "")


# -- Prove --


def _prove_one(theorem: Theorem, total: Amount, policy: Policy, tools: Tools) -> int:
    with shown(theorem.name) as stage:
        result = _search(stage, theorem, total, policy, tools)
        if result.proof is None:
            stage.failed()
    if result.proof is not None:
        print(compose(theorem.statement, result.proof))
        return 0
    print(failure(result))
    return 1


def _search(
    stage: Stage,
    theorem: Theorem,
    total: Amount,
    policy: Policy,
    tools: Tools,
    sketch: HoleSketch | None = None,
    tidy: bool = True,
    imported_lines: int = 0,
) -> SearchResult:
    """`eval.search.search.search` that shows every text Lean has judged, and first the names that nothing defines."""
    problem = own_problem(theorem).replace(imported_lines=imported_lines)
    if text := warning(problem, tools.pool):
        stage.note(f"  warning: {text}")
    return search(
        theorem,
        policy,
        total,
        tools,
        problem=problem,
        sketch=sketch,
        tidy=tidy,
        watch=lambda tried: show(stage, tried),
    )


def own_problem(theorem: Theorem) -> Problem:
    """A user's theorem behind a user's text: what that text leaves unproved must not carry the proof."""
    return Problem(header=theorem.header, statement=theorem.statement, trusted_header=False)


def shown(name: str) -> AbstractContextManager[Stage]:
    """A progress stage for one search."""
    return Display().stage(f"prove {name.rpartition('.')[2]}")


def show(stage: Stage, tried: Tried) -> None:
    """One lasting line for each text that Lean has judged: who wrote it, the verdict, the text."""
    text = " ⏎ ".join(line.strip() for line in tried.proof.splitlines())
    stage.note(f"  {tried.outcome.value:<9} {tried.arm:<24.24} {text:.72}")
    stage.advance()


def failure(result: SearchResult) -> str:
    """Why a search ended without a proof, and what it spent."""
    counts = ", ".join(f"{n} {outcome}" for outcome, n in result.outcomes.items())
    unjudged = f"; {result.unjudged} could not be judged" if result.unjudged else ""
    drawn = ", ".join(f"{n} {what}" for what, n in result.drawn.items() if what != "checked")
    samples = f"; of {sum(result.drawn.values())} samples {drawn}" if drawn else ""
    asked = (
        f"; the prover was not asked{' again' if result.drawn else ''}: {result.obstacle}"
        if result.obstacle
        else ""
    )
    return f"not proved: {counts or 'nothing to check'}{unjudged}{samples}{asked}; spent {result.spent} of {result.total}"


def read_theorem(statement: str, header: Path | None) -> Theorem:
    """A theorem from the command line behind the text of the header file; raises `DataError`, see `parse_theorem`."""
    context = ""
    if header is not None:
        with naming(header):
            context = decoded(header.read_bytes())
    return parse_theorem(statement, context)


def parse_theorem(statement: str, context: str = "") -> Theorem:
    """A theorem from its text, with what it depends on looked up in the Lean text before it.

    Raises `DataError` when the text is no theorem with a name.
    """
    try:
        posed = read_problem(statement, without_last_ends(normalised(context)))
    except DataError as error:
        hint = "a theorem begins with `theorem name`, e.g. physprover prove 'theorem t : 2 + 2 = 4'"
        raise DataError(f"{hint}; {error}") from None
    text = f"{posed.header}\n{compose(posed.statement, 'by sorry')}\n"
    try:
        cuts = cut_theorems(text.encode(), Path("/the theorem"))
    except DataError as error:
        raise DataError(str(error).replace("/the theorem", "the theorem")) from None
    theorem = cuts[-1].theorem if cuts else None
    if theorem is None:
        raise DataError("the text is not of the form `theorem name (binders) : type`")
    return theorem


def _is_file(text: str) -> bool:
    if len(text) < 256 and Path(text).is_dir():  # a longer text is no name, and Python 3.11 raises for it
        raise DataError(f"{text}: a folder; give a Lean file")
    if not text.strip().endswith(".lean") or "\n" in text:
        return False
    if not Path(text).is_file():
        raise DataError(f"{text}: no such file")
    return True


def _has_sorry(text: str) -> bool:
    """Whether a text is a file with holes to fill; a lone statement that ends in `:= by sorry` is a theorem to prove."""
    if not has_sorry(text):
        return False
    try:
        posed = read_problem(text)
    except DataError:
        return True
    return posed.proof is not None or has_sorry(posed.header)


# -- Fill the `sorry`s of Lean text: theorem by theorem, in order; what cannot be proved stays as it was. --


def fill_file(file: Path, out: Path | None, total: Amount, policy: Policy, tools: Tools) -> int:
    """Write the filled text to `out` (by default a copy beside the file, `NAME.proved.lean`); 0 when no `sorry` is left.

    Where it cannot be written after all, it is printed before the error. A search that is interrupted, or fails, loses no
    proof of those before it.

    Byte order mark and line ends are written back as they were.
    """
    with naming(file):
        data = file.read_bytes()
        text = decoded(data)
    filled, left, elsewhere, ended = _filled(text, file, total, policy, tools)
    target = _target(file, out)
    if filled != text or target != file:
        try:
            write_text(target, _as_it_came(filled, data))
        except RunError:
            print(filled, end="" if filled.endswith("\n") else "\n")  # what was found is not lost
            raise
    print(
        f"{left or 'no'} theorem{'' if left == 1 else 's'} left unproved{_untouched(elsewhere)}; written to {target}"
    )
    if ended:
        raise ended
    return 1 if left or elsewhere else 0


def _target(file: Path, out: Path | None) -> Path:
    return out or file.with_suffix(".proved.lean")


def _as_it_came(text: str, data: bytes) -> str:
    """Text with the byte order mark and the line ends of the data that it was read from."""
    mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
    return mark + (text.replace("\n", "\r\n") if b"\r\n" in data else text)


def fill_text(text: str, data: bytes, total: Amount, policy: Policy, tools: Tools) -> int:
    """The same for text from a pipe, with the data it was read from; the result goes to standard output."""
    try:
        filled, left, elsewhere, ended = _filled(text, Path("/standard input"), total, policy, tools)
    except DataError as error:
        raise DataError(str(error).replace("/standard input", "standard input")) from None
    print(_as_it_came(filled if filled.endswith("\n") else f"{filled}\n", data), end="")
    if elsewhere:
        print(_untouched(elsewhere).removeprefix("; "), file=sys.stderr)
    if ended:
        raise ended
    return 1 if left or elsewhere else 0


def _untouched(lines: Sequence[int]) -> str:
    """The clause that names `sorry`s of the result which no search was for."""
    many = "s" if len(lines) > 1 else ""
    where = ", ".join(map(str, lines))
    return f"; `sorry` outside the theorems is left on line{many} {where}" if lines else ""


def _filled(
    text: str, file: Path, total: Amount, policy: Policy, tools: Tools
) -> tuple[str, int, list[int], BaseException | None]:
    """The text with proofs for `sorry`s, how many theorems are left with one, the lines of any other `sorry`, what ended it early.

    Each theorem has the whole budget. The others stand in definitions, instances, examples and statements.
    """
    ended: BaseException | None = None
    changes: list[tuple[str, str]] = []
    left: list[tuple[int, int]] = []
    cuts = [
        cut for cut in cut_theorems(text.encode(), file) if cut.theorem and has_sorry(cut.theorem.proof or "")
    ]
    if not cuts:
        raise DataError(f"{file}: no theorem with a `sorry` in it")
    places = {(p.line, p.name): p.command for p in passages(mask(text))}  # where the file has its own words
    grown = 0
    for cut in cuts:
        try:
            proof = None if ended else _proof(cut, changes, total, policy, tools, text, file)
        except (Exception, KeyboardInterrupt) as error:  # whoever writes the text raises it again
            proof, ended = None, error
        place = places[cut.line, cut.name]
        start, end = place.start + grown, place.end + grown
        if proof is None:
            left.append((start, end))
            changes.append((cut.text, cut.text))
            continue
        written = _with_proof(text[start:end], cut, proof)
        text = text[:start] + written + text[end:]
        grown += len(written) - (end - start)
        changes.append((cut.text, _with_proof(cut.text, cut, proof)))
    lines = mask(blanked_at(text, left)).masked.split("\n")
    return text, len(left), [number for number, line in enumerate(lines, 1) if has_sorry(line)], ended


def _proof(
    cut: Cut,
    changes: list[tuple[str, str]],
    total: Amount,
    policy: Policy,
    tools: Tools,
    text: str,
    file: Path,
) -> str | None:
    """The proof found, if any; `text` is that of the file with `changes`, where errors of the header have their lines."""
    theorem = _in_context(cut, changes)
    begun = sorry_sketch(theorem.proof or "")
    sketch, tidy = (None, True) if begun == ROOT else (begun, False)
    with shown(theorem.name) as stage:
        try:
            bare = theorem.replace(proof=None)
            result = _search(stage, bare, total, policy, tools, sketch, tidy, cut.imported_lines)
        except HeaderError as error:
            why = str(error).splitlines()[0]
            if "the header does not elaborate" in why:
                why = located(why, imported_by(text.encode(), file).places)
            stage.note(f"  left as it is: {why}")
            stage.failed()
            return None
        if result.proof is None:
            stage.note(f"  {failure(result)}")
            stage.failed()
    return result.proof


def _in_context(cut: Cut, changes: list[tuple[str, str]]) -> Theorem:
    """The theorem behind the proofs that were filled in above it: from the last up, as two theorems may have one text."""
    assert cut.theorem is not None
    header = cut.theorem.header
    end = len(header)
    for old, new in reversed(changes):
        if (at := header.rfind(old, 0, end)) >= 0:
            header = header[:at] + new + header[at + len(old) :]
            end = at
    return cut.theorem.replace(header=header)


def _with_proof(text: str, cut: Cut, proof: str) -> str:
    assert cut.theorem is not None
    assert cut.theorem.proof is not None
    commands, body = parted(proof)
    begun = cut.theorem.proof.lstrip()
    before = text[: text.rindex(begun)]
    if compose("", body).startswith(" :=") and not compose("", cut.theorem.proof).startswith(" :="):
        return commands + compose(before, body)  # the arms or fields that stood here needed no `:=`
    if sorry_sketch(begun) == ROOT:  # nothing of what stood there is left to be aligned with
        body = on_its_line(cut.theorem.statement, body)
        before = before.rstrip() if body.startswith("\n") else before
    return commands + before + body.lstrip()
