"""Names that Lean takes for variables because nothing defines them: `theorem t (x : Real) : x = x` holds without any `Real`."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.lean.protocol import Check
from physprover.records import Outcome

if TYPE_CHECKING:
    from physprover.lean.protocol import Pool, Problem

_UNKNOWN = re.compile(r"[Uu]nknown identifier (?:`([^`]+)`|'(\S+)')")  # a name may end in primes: `Mass'`
_MEANT_AS_VARIABLE = re.compile(r"[A-Za-zα-ωΑ-Ω][0-9₀-₉']*")  # the custom for `List α`; `ℝ` is none
_POSED = "theorem physprover_undefined_names : True"
_MESSAGES = 1000  # one for each place that a name stands in


def undefined_names(problem: Problem, pool: Pool) -> tuple[str, ...]:
    """The unknown names of a statement that Lean accepts all the same, in order; spends nothing of a budget."""
    strict = f"sorry\n\nset_option autoImplicit false\n{problem.statement} := sorry"
    found = [quoted or bare for quoted, bare in _UNKNOWN.findall(_errors(problem, strict, pool))]
    names = tuple(dict.fromkeys(name for name in found if not _MEANT_AS_VARIABLE.fullmatch(name)))
    if not names or not _elaborates(problem, pool):  # an error either way is the search's to raise
        return ()
    return names


def warning(problem: Problem, pool: Pool) -> str:
    """One sentence for the reader, or nothing."""
    names = ", ".join(f"`{name}`" for name in undefined_names(problem, pool))
    return f"nothing here defines {names}; Lean proves it for whatever that may be" if names else ""


def _errors(problem: Problem, strict: str, pool: Pool) -> str:
    """What Lean says of a text behind the header. It stands as a proof: of a statement, engines report a few errors only."""
    posed = problem.replace(statement=_POSED)
    ((_, verdict),) = pool.check_many([Check(id="", problem=posed, proof=strict, messages=_MESSAGES)])
    return "\n".join(verdict.messages) if verdict.outcome is Outcome.REJECTED else ""


def _elaborates(problem: Problem, pool: Pool) -> bool:
    ((_, verdict),) = pool.check_many([Check(id="", problem=problem, proof="by sorry")])
    return verdict.outcome is not Outcome.INFRASTRUCTURE
