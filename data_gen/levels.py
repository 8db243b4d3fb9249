"""How hard a theorem is, from what closes it and how long its proof is.

    0  one tactic of the portfolio closes it as it stands
    1  one step: a tactic told what to use, or a term
    2  two or three steps
    3  four to seven steps, or a case split or induction
    4  longer

A proof's steps are its tactics, nested ones counted, separators and focus dots not.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.lean.text.tokens import mask

if TYPE_CHECKING:
    from physprover.records import Theorem

LEVELS = (0, 1, 2, 3, 4)

_SEPARATOR = re.compile(r"\n|;|<;>|·")
_BRANCHES = re.compile(r"(?<![\w'.])(?:induction|cases|rcases|match|calc|split|by_cases)(?![\w'])|<;>")
_LABEL = re.compile(r"\s*(?:\|.*=>)?\s*(?:by\b)?\s*")


def steps(proof: str) -> int:
    """Tactics in a proof body; 1 for a term."""
    text = mask(proof).masked.strip()
    if not re.match(r"by\b", text):
        return 1 + len(re.findall(r"(?<![\w'.])by(?![\w'])", text))
    parts = (_LABEL.sub("", part, count=1) for part in _SEPARATOR.split(text))
    return max(1, sum(bool(part.strip("()[] ,")) for part in parts))


def level(theorem: Theorem) -> int | None:
    """The difficulty level of a theorem with a proof; None where the portfolio has not been asked."""
    if theorem.closed_by is None or theorem.proof is None:
        return None
    if theorem.closed_by:
        return 0
    count = steps(theorem.proof)
    if count > 7:
        return 4
    if count > 3 or (count > 1 and _BRANCHES.search(mask(theorem.proof).masked)):
        return 3
    return 1 if count == 1 else 2


def with_level(theorem: Theorem) -> Theorem:
    """The theorem with its level filled in."""
    return theorem.replace(level=level(theorem))
