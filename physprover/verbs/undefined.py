"""Names that Lean takes for variables because nothing defines them: `theorem t (x : Real) : x = x` holds without any `Real`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.lean.protocol import Check
from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.lean.protocol import Pool, Problem

_UNKNOWN = re.compile(r"[Uu]nknown identifier [`'](.+?)[`'’]")
_MEANT_AS_VARIABLE = re.compile(r"[A-Za-zα-ωΑ-Ω][0-9₀-₉']*")  # the custom for `List α`; `ℝ` is none


def undefined_names(problem: Problem, pool: Pool) -> tuple[str, ...]:
    """The unknown names of a statement that Lean accepts all the same, in order; spends nothing of a budget."""
    strict = problem.replace(header=f"{problem.header}\nset_option autoImplicit false")
    refusal = _refusal(strict, pool)
    if not refusal or _refusal(problem, pool):  # an error either way is the search's to raise
        return ()
    return tuple(dict.fromkeys(n for n in _UNKNOWN.findall(refusal) if not _MEANT_AS_VARIABLE.fullmatch(n)))


def warning(problem: Problem, pool: Pool) -> str:
    """One sentence for the reader, or nothing."""
    names = ", ".join(f"`{name}`" for name in undefined_names(problem, pool))
    return f"nothing here defines {names}; Lean proves it for whatever that may be" if names else ""


def _refusal(problem: Problem, pool: Pool) -> str:
    """Why header or statement do not elaborate, or nothing."""
    ((_, verdict),) = pool.check_many([Check(id="", problem=problem, proof="by sorry")])
    return "\n".join(verdict.messages) if verdict.outcome is Outcome.INFRASTRUCTURE else ""
