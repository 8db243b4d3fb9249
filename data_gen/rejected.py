"""The side table: rows that are not in the data set, each with the stage it fell at and the reason."""

from __future__ import annotations

from typing import TYPE_CHECKING

from physprover.records import Record

if TYPE_CHECKING:
    from physprover.records import Theorem


class Rejected(Record):
    """A row of the side table: a candidate (or seed) that is not in the data set, and why."""

    name: str
    statement: str
    domain: str
    split: str
    origin: str
    rule: str
    parents: tuple[str, ...]
    stage: (
        str  # the first stage it did not pass; "seed" for a seed, "refuted" where its negation took its place
    )
    reason: str
    closed_by: tuple[str, ...] | None = None


class StageCount(Record):
    """One line of the funnel."""

    stage: str
    entered: int = 0
    passed: int = 0


def rejected(theorem: Theorem, stage: str, reason: str) -> Rejected:
    """The side-table row of a theorem that fell out."""
    return Rejected(
        name=theorem.name,
        statement=theorem.statement,
        domain=theorem.domain,
        split=theorem.split,
        origin=theorem.origin,
        rule=theorem.rule,
        parents=theorem.parents,
        closed_by=theorem.closed_by,
        stage=stage,
        reason=one_line(reason),
    )


def one_line(reason: str) -> str:
    """A reason as a side table keeps it: one line, 300 characters at most."""
    return " ".join(reason.split())[:300]
