"""Small pieces of report text: percentages, intervals, lists, durations."""

from __future__ import annotations

import time
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.baselines import PortfolioResult, TacticLine
    from eval.passk import Estimate


def percent(share: float | None) -> str:
    """ "41.2 %", or a dash."""
    return "–" if share is None else f"{100 * share:.1f} %"


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval in brackets."""
    return f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" if estimate else ""


def other_theorems(line: TacticLine, baselines: PortfolioResult) -> str:
    """How many theorems a line is over, where it is not those of the portfolio; else ""."""
    count = line.estimate.theorems
    return "" if count == baselines.portfolio.theorems else f", over {count} theorems"


def missing(text: str) -> str:
    """What a section says instead of its content."""
    return f'<p class="missing">{escape(text)}</p>'


def legend(items: Iterable[tuple[str, str, str]]) -> str:
    """(css class of the colour, "" | "dash" | "box", text)."""
    rows = (f'<li><i class="{css} {shape}"></i>{escape(label)}</li>' for css, shape, label in items)
    return f'<ul class="legend">{"".join(rows)}</ul>'


def flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A nested tree as "section.key" and text."""
    out = []
    for key, value in tree.items():
        if isinstance(value, dict):
            out += flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
            out.append((f"{prefix}{key}", f"{len(value)} entries"))
        else:
            out.append(
                (f"{prefix}{key}", ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            )
    return out


def definitions(rows: Iterable[tuple[str, str]]) -> str:
    """`<dt>`/`<dd>` pairs."""
    return "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in rows)


def duration(seconds: float | None) -> str:
    """ "2 min 05 s", "12.3 s"."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def stamp(seconds: float) -> str:
    """UTC date and time."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)) if seconds else "–"
