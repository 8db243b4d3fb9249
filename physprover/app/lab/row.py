"""One line of a benchmark's table: a figure, what it is to reach, and what was measured."""

from __future__ import annotations

from physprover.records import Record


class Row(Record):
    """One figure."""

    figure: str
    reach: str
    measured: str
    met: bool
