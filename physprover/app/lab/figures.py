"""A measured figure, what it should reach, and the table that shows both."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Figure:
    """``value`` is None where this machine cannot measure it; ``reach`` is ``<= x``, ``>= x``, ``x`` or empty."""

    name: str
    value: float | None
    reach: str
    note: str

    def verdict(self) -> str:
        """``reached``, ``missed``, ``not measured``, or nothing where no figure is set."""
        if self.value is None:
            return "not measured"
        if not self.reach:
            return ""
        sign, _, number = self.reach.rpartition(" ")
        bound = float(number)
        met = (
            self.value <= bound
            if sign == "<="
            else self.value >= bound
            if sign == ">="
            else self.value == bound
        )
        return "reached" if met else "missed"


def show(figures: list[Figure]) -> str:
    """The figures as a Markdown table."""
    lines = ["| figure | measured | reach | | note |", "|---|---|---|---|---|"]
    for f in figures:
        value = "-" if f.value is None else f"{f.value:.3g}"
        lines.append(f"| {f.name} | {value} | {f.reach} | {f.verdict()} | {f.note} |")
    return "\n".join(lines)
