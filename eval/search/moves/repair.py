"""REPAIR: mend an attempt of the prover by what Lean said of it. Names that do not exist are dropped or replaced by the nearest that
does; what elaborated before the first error is kept and the rest becomes holes."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.search.desk import Tried, writable
from eval.search.moves.case import FILLING, ONE_CHECK, Filling, Kind
from eval.search.sketch import errors_of, punch
from physprover.lean.text.definitions import IDENT, declarations
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from eval.search.budget import Amount
    from eval.search.moves.case import Case
    from eval.search.sketch import HoleSketch, LeanError

_UNKNOWN = re.compile(r"[Uu]nknown (?:identifier|constant) `([^`]+)`")
_LIST = re.compile(r"\[([^\[\]]*)\]")


@dataclass(frozen=True)
class Rename:
    """Check an attempt once more with one unknown name dropped, or replaced by the nearest known one."""

    attempt: str
    mended: tuple[str, ...]
    kind: Kind = "repair"
    arm: str = "repair names"
    guess: Amount = ONE_CHECK

    def run(self, case: Case) -> None:
        case.repaired.add(self.attempt)
        for proof in self.mended:
            case.desk.check(proof, messages=2)
            if case.solved:
                return


@dataclass(frozen=True)
class Reopen:
    """Keep what elaborated, put holes where it did not, and fill them."""

    attempt: str
    sketch: HoleSketch
    fault: str
    kind: Kind = "repair"
    guess: Amount = FILLING

    @property
    def arm(self) -> str:
        return f"repair {self.fault}"

    def run(self, case: Case) -> None:
        case.repaired.add(self.attempt)
        Filling(case, self.sketch).advance()


def repairs(case: Case) -> Iterator[Rename | Reopen]:
    """For each kind of fault the attempt that came furthest: most lines before its first error."""
    for draft in case.drafts:
        mended = _without(draft, lambda item: "<|" in item)
        if draft not in case.repaired and writable(mended) and mended not in case.desk.tried:
            yield Rename(draft, (mended,))
            break
    best: dict[str, tuple[int, Rename | Reopen]] = {}
    for tried in case.desk.tried.values():
        if tried.outcome is not Outcome.REJECTED or not _from_prover(tried) or tried.proof in case.repaired:
            continue
        errors = errors_of(tried.messages, case.theorem.statement)
        if errors and (move := _repair(case, tried.proof, errors)):
            came = errors[0].line
            if move.arm not in best or came > best[move.arm][0]:
                best[move.arm] = (came, move)
    yield from (move for _, move in best.values())


def _from_prover(tried: Tried) -> bool:
    return tried.arm.startswith(("direct", "retrieve sample", "retrieve proof", "repair names"))


def _repair(case: Case, proof: str, errors: list[LeanError]) -> Rename | Reopen | None:
    unknown = next((m[1] for e in errors if (m := _UNKNOWN.search(e.text))), None)
    if unknown is not None:
        mended = tuple(p for p in renamed(proof, unknown, _names(case)) if p not in case.desk.tried)
        if mended:
            return Rename(proof, mended)
    sketch = punch(proof, errors)
    return None if sketch is None else Reopen(proof, sketch, fault_of(errors[0]))


def fault_of(error: LeanError) -> str:
    """The class of an error, in a word or two."""
    text = error.text.lower()
    for word in (
        "unsolved goals",
        "made no progress",
        "no goals",
        "unknown",
        "omega",
        "grind",
        "rewrite",
        "type mismatch",
    ):
        if word in text:
            return word
    return "unexpected token" if "unexpected" in text or "expected" in text else "failed"


def renamed(proof: str, unknown: str, known: list[str]) -> list[str]:
    """The proof without the unknown fact, and with the nearest known name in its place."""
    dropped = _without(proof, lambda item: _is(item, unknown))
    close = difflib.get_close_matches(unknown, known, n=1, cutoff=0.6)
    near = [re.sub(rf"(?<![\w.']){re.escape(unknown)}(?![\w'])", close[0], proof)] if close else []
    return [p for p in (dropped, *near) if p != proof and writable(p)]


def _without(proof: str, unwanted: Callable[[str], bool]) -> str:
    """The proof with its bracketed lists less the unwanted items."""
    return _LIST.sub(lambda m: f"[{', '.join(x.strip() for x in m[1].split(',') if not unwanted(x))}]", proof)


def _is(item: str, name: str) -> bool:
    return item.strip().lstrip("←- ").split(" ")[0] == name


def _names(case: Case) -> list[str]:
    """Names that may be meant: the header's, and those that the statement binds."""
    bound = [v.name for v in case.shape.variables]
    return [
        *dict.fromkeys((*bound, *declarations(case.theorem.header), *IDENT.findall(case.theorem.statement)))
    ]
