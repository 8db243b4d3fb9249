"""Fill the `sorry`s of Lean text: theorem by theorem, in order; what cannot be proved stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from physprover.app.verbs.prove import failure, own_problem, show, shown, warn
from physprover.errors import DataError, HeaderError
from physprover.files import write_text
from physprover.lean.text.headers import decoded, normalised
from physprover.lean.text.problems import passages
from physprover.lean.text.proofs import has_sorry
from physprover.lean.text.tokens import mask

if TYPE_CHECKING:
    from data_gen.one_file import Cut
    from eval.search.budget import Amount
    from eval.search.search import Tools
    from physprover.records import Theorem


def fill_file(file: Path, out: Path | None, total: Amount, policy: str, tools: Tools) -> int:
    """Write the filled text to `out` (by default a copy beside the file, `NAME.proved.lean`); 0 when no `sorry` is left.

    Byte order mark and line ends are written back as they were.
    """
    try:
        data = file.read_bytes()
        text = decoded(data)
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}") from None
    except DataError as error:
        raise DataError(f"{file}: {error}") from None
    filled, left = _filled(text, file, total, policy, tools)
    target = out or file.with_suffix(".proved.lean")
    if filled != text or target != file:
        written = filled.replace("\n", "\r\n") if b"\r\n" in data else filled
        mark = "\ufeff" if data.startswith(b"\xef\xbb\xbf") else ""
        write_text(target, mark + written)
    print(f"{left or 'no'} theorem{'' if left == 1 else 's'} left unproved; written to {target}")
    return 1 if left else 0


def fill_text(text: str, total: Amount, policy: str, tools: Tools) -> int:
    """The same for text from a pipe; the result goes to standard output."""
    try:
        filled, left = _filled(normalised(text), Path("/standard input"), total, policy, tools)
    except DataError as error:
        raise DataError(str(error).replace("/standard input", "standard input")) from None
    print(filled, end="" if filled.endswith("\n") else "\n")
    return 1 if left else 0


def _filled(text: str, file: Path, total: Amount, policy: str, tools: Tools) -> tuple[str, int]:
    """The text with proofs for `sorry`s, and how many theorems are left with one. Each has the whole budget."""
    from data_gen.one_file import cut_theorems

    changes: list[tuple[str, str]] = []
    left = 0
    cuts = [
        cut for cut in cut_theorems(text.encode(), file) if cut.theorem and has_sorry(cut.theorem.proof or "")
    ]
    if not cuts:
        raise DataError(f"{file}: no theorem with a `sorry` in it")
    written = {passage.line: passage.text for passage in passages(mask(text))}  # the file's own words
    for cut in cuts:
        proof = _proof(cut, changes, total, policy, tools)
        if proof is None:
            left += 1
            continue
        text = text.replace(written[cut.line], _with_proof(written[cut.line], cut, proof), 1)
        changes.append((cut.text, _with_proof(cut.text, cut, proof)))
    return text, left


def _proof(cut: Cut, changes: list[tuple[str, str]], total: Amount, policy: str, tools: Tools) -> str | None:
    from eval.search.holes import sorry_sketch
    from eval.search.policies import get_policy
    from eval.search.search import search
    from eval.search.sketch import ROOT

    theorem = _in_context(cut, changes)
    begun = sorry_sketch(theorem.proof or "")
    problem = own_problem(theorem)
    with shown(theorem.name) as stage:
        warn(stage, problem, tools.pool)
        try:
            result = search(
                theorem.replace(proof=None),
                get_policy(policy),
                total,
                tools,
                problem=problem,
                sketch=None if begun == ROOT else begun,
                tidy=begun == ROOT,
                watch=lambda tried: show(stage, tried),
            )
        except HeaderError as error:
            stage.note(f"  left as it is: {str(error).splitlines()[0]}")
            return None
        if result.proof is None:
            stage.note(f"  {failure(result)}")
    return result.proof


def _in_context(cut: Cut, changes: list[tuple[str, str]]) -> Theorem:
    """The theorem behind the proofs that were filled in above it."""
    assert cut.theorem is not None
    header = cut.theorem.header
    for old, new in changes:
        header = header.replace(old, new, 1)
    return cut.theorem.replace(header=header)


def _with_proof(text: str, cut: Cut, proof: str) -> str:
    assert cut.theorem is not None
    assert cut.theorem.proof is not None
    return text[: text.rindex(cut.theorem.proof)] + proof
