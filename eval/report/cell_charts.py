"""Figures that fit into a line of text or a cell of a table, as inline SVG. Shares are in [0, 1]."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eval.report.svg import Scale, bar, dot, figure, rule

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.report.charts import Level


class Share(NamedTuple):
    """One share with its interval, for `interval_rail`."""

    value: float
    low: float
    high: float
    css: str
    title: str


def dumbbell(before: float | None, after: float | None, levels: Sequence[Level]) -> str:
    """A cell-sized figure: from before to after on a 0-100 % rail, with ticks for the baselines."""
    x = Scale(0, 1, 6, 174)
    parts = [rule(6, 11, 174, 11, "rail")]
    parts += [rule(x(level.y), 4, x(level.y), 18, f"level {level.css}") for level in levels]
    if before is not None and after is not None:
        parts.append(rule(x(before), 11, x(after), 11, "change"))
    if before is not None:
        parts.append(dot(x(before), 11, 4, "mark before", f"before {100 * before:.1f} %"))
    if after is not None:
        parts.append(dot(x(after), 11, 4.6, "mark after", f"after {100 * after:.1f} %"))
    return figure(180, 22, "before and after", parts)


def interval_rail(shares: Sequence[Share], levels: Sequence[Level]) -> str:
    """A cell-sized figure: a bar for each share on a 0-100 % rail, with its interval, and ticks for the baselines."""
    width, pitch = 260, 12
    height = pitch * len(shares) + 4
    x = Scale(0, 1, 4, width - 4)
    parts = [bar(x(0), 2, x(1) - x(0), height - 4, "track")]
    for i, share in enumerate(shares):
        middle = 2 + pitch * (i + 0.5)
        parts.append(bar(x(0), middle - 4, x(share.value) - x(0), 8, f"share {share.css}", share.title))
        parts.append(rule(x(share.low), middle, x(share.high), middle, "whisker"))
        parts += [rule(x(end), middle - 3, x(end), middle + 3, "whisker") for end in (share.low, share.high)]
    parts += [rule(x(at.y), 0, x(at.y), height, f"level {at.css}") for at in levels]
    return figure(width, height, "; ".join(share.title for share in shares), parts)


def class_strip(counts: Mapping[str, int]) -> str:
    """Shares of verdict classes as one small bar, for a line of text."""
    total, x, parts = max(1, sum(counts.values())), 0.0, []
    for kind, count in counts.items():
        width = 120 * count / total
        parts.append(bar(x, 0, width, 10, f"class-{kind}", f"{kind} {count}"))
        x += width
    return figure(120, 10, ", ".join(f"{kind} {count}" for kind, count in counts.items()), parts)
