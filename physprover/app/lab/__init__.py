"""Benches and studies of the project itself; here one line of a bench's table: a figure, what it is to reach, what was measured."""

from __future__ import annotations

import operator
import re
import textwrap
from collections.abc import Sequence

from physprover.records import Record

_COMPARE = {"≤": operator.le, "≥": operator.ge, "": operator.eq}


class Row(Record):
    """One figure. `met` is None where this machine cannot measure it, or where nothing is to be reached."""

    figure: str
    reach: str
    measured: str
    met: bool | None
    note: str = ""

    @classmethod
    def of(
        cls, figure: str, value: float | None, reach: str = "", note: str = "", shown: str = "{:.3g}"
    ) -> Row:
        """A number against `reach`: `≤ x`, `≥ x` or `x`, with or without a unit, or empty. A `value` of None was not measured."""
        met = None
        if value is not None and (bound := re.match(r"([≤≥]?) ?([\d.]+)", reach)):
            met = bool(_COMPARE[bound[1]](value, float(bound[2])))
        measured = "-" if value is None else shown.format(value)
        return cls(figure=figure, reach=reach, measured=measured, met=met, note=note)

    @property
    def verdict(self) -> str:
        """`reached`, `missed`, `not measured`, or nothing where no figure is set."""
        if self.met is None:
            return "not measured" if self.measured == "-" else ""
        return "reached" if self.met else "missed"


def row(figure: str, reach: str, measured: str, met: bool | None, note: str = "") -> Row:
    """A figure in words, and whether it is what is to be reached; None where nothing is to be reached."""
    return Row(figure=figure, reach=reach, measured=measured, met=met, note=note)


def table(rows: Sequence[Row]) -> str:
    """The figures in columns of 80 characters together, each with its note below."""
    lines = [f"{'figure':<38} {'reach':>9}  measured", "-" * 80]
    for row in rows:
        lines.append(f"{row.figure:<38} {row.reach:>9}  {row.measured:<17} {row.verdict}".rstrip())
        lines += textwrap.wrap(
            row.note, 80, initial_indent="    ", subsequent_indent="    ", break_on_hyphens=False
        )
    return "\n".join(lines)


def print_rows(rows: Sequence[Row], as_json: bool = False) -> int:
    """Print the figures; the exit status: 0 where none is missed, 1 where one is."""
    print("\n".join(each.model_dump_json() for each in rows) if as_json else table(rows))
    return 0 if all(each.met is not False for each in rows) else 1
