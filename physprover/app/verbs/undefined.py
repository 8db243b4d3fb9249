"""A word before a search: names that Lean takes for variables because nothing defines them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.lean.protocol import Check
from physprover.lean.text.undefined import DOUBT

if TYPE_CHECKING:
    from physprover.lean.protocol import Pool, Problem


def warning(problem: Problem, pool: Pool) -> str:
    """One sentence for the reader, or nothing; spends nothing of a budget."""
    ((_, verdict),) = pool.check_many([Check(id="", problem=problem, proof="by skip", messages=0)])
    return next((m.removeprefix("warning: ") for m in verdict.messages if m.startswith(DOUBT)), "")
