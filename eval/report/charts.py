"""The report's figures, drawn as inline SVG from plain numbers. Shares are in [0, 1] and shown as percentages."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from eval.report.svg import LogScale, Scale, band, bar, dot, figure, nice_ticks, path, rule, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 560
FEW = 12  # more points than these have only their titles
_LEFT, _RIGHT, _TOP, _BOTTOM = 46, 16, 14, 40


class Point(NamedTuple):
    """One measured value with its interval."""

    x: float
    y: float
    low: float
    high: float
    title: str


class Curve(NamedTuple):
    """Points that belong together; `css` picks the colour ("before", "after")."""

    name: str
    css: str
    points: Sequence[Point]


class Level(NamedTuple):
    """A horizontal reference line."""

    name: str
    css: str
    y: float


class Row(NamedTuple):
    """One bar."""

    name: str
    value: float
    note: str
    css: str = "bar"
    title: str = ""


def pass_at_k_chart(curves: Sequence[Curve], levels: Sequence[Level], label: str) -> str:
    """pass@k over k (a doubling is a step), with interval ribbons and the baselines every prover must beat."""
    ks = sorted({int(p.x) for c in curves for p in c.points})
    powers = [float(k) for k in ks if k & (k - 1) == 0 and (k == ks[-1] or k < 0.75 * ks[-1])]
    return _log_chart(curves, levels, [*powers, float(ks[-1])], "attempts per theorem (k)", label)


def tokens_chart(curves: Sequence[Curve], label: str, until: float) -> str:
    """A share over tokens per theorem, with interval ribbons; beyond `until` the ground is shaded."""
    xs = [p.x for c in curves for p in c.points]
    ticks = round_numbers(min(xs), max(xs)) or [min(xs)]
    return _log_chart(curves, (), ticks, "sampled tokens per theorem", label, until)


def round_numbers(low: float, high: float) -> list[float]:
    """1, 2, 5, 10, … between `low` and `high`."""
    decades = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    return [m * 10.0**d for d in decades for m in (1, 2, 5) if low <= m * 10.0**d <= high]


def _log_chart(
    curves: Sequence[Curve],
    levels: Sequence[Level],
    ticks: Sequence[float],
    axis: str,
    label: str,
    until: float | None = None,
) -> str:
    """Shares over a logarithmic axis; a point has a mark of its own where there are few of them."""
    height, right = 330, WIDTH - _RIGHT - 8
    points = [p for c in curves for p in c.points]
    top = max([p.high for p in points] + [level.y for level in levels])
    y = Scale(0, min(1.0, nice_ticks(0, top)[-1]), height - _BOTTOM, _TOP)
    x = LogScale(min(p.x for p in points), max(p.x for p in points), _LEFT + 18, right - 10)
    parts = []
    if until is not None and x.low <= until < x.high:
        parts.append(bar(x(until), _TOP, right - x(until), height - _BOTTOM - _TOP, "beyond"))
    parts += _frame(y, right)
    parts += [text(x(t), height - _BOTTOM + 18, f"{t:,.0f}", "tick", "middle") for t in dict.fromkeys(ticks)]
    parts.append(text((_LEFT + right) / 2, height - 5, axis, "axis", "middle"))
    parts += [rule(_LEFT, y(at.y), right, y(at.y), f"level {at.css}") for at in levels]
    for c in curves:
        lows, highs = [y(p.low) for p in c.points], [y(p.high) for p in c.points]
        parts.append(band([x(p.x) for p in c.points], lows, highs, f"ribbon {c.css}"))
    for c in curves:
        parts.append(path([(x(p.x), y(p.y)) for p in c.points], f"curve {c.css}"))
        mark, radius = (f"mark {c.css}", 3.6) if len(c.points) <= FEW else ("target", 1.0)
        parts += [dot(x(p.x), y(p.y), radius, mark, p.title) for p in c.points]
    return figure(WIDTH, height, label, parts)


def step_chart(curves: Sequence[Curve], trend: Sequence[tuple[float, float]], label: str) -> str:
    """A share over optimizer steps: a dot for each step, and a smoothed trend."""
    height = 330
    xs = [p.x for c in curves for p in c.points]
    tops = [p.y for c in curves for p in c.points]
    x = Scale(min(xs), max(max(xs), min(xs) + 1), _LEFT + 10, WIDTH - _RIGHT)
    y = Scale(0, min(1.0, nice_ticks(0, max([*tops, 0.05]))[-1]), height - _BOTTOM, _TOP)
    parts = _frame(y, WIDTH - _RIGHT)
    for tick in nice_ticks(min(xs), max(xs), 6):
        if min(xs) <= tick <= max(xs) and tick == int(tick):
            parts.append(text(x(tick), height - _BOTTOM + 18, f"{tick:g}", "tick", "middle"))
    parts.append(text((_LEFT + WIDTH) / 2, height - 5, "optimizer step", "axis", "middle"))
    for curve in curves:
        parts += [dot(x(p.x), y(p.y), 2.6, f"mark soft {curve.css}", p.title) for p in curve.points]
    parts.append(path([(x(a), y(b)) for a, b in trend], "curve after"))
    return figure(WIDTH, height, label, parts)


def _frame(y: Scale, right: float) -> list[str]:
    parts = []
    for tick in nice_ticks(y.low, y.high):
        if y.low <= tick <= y.high + 1e-9:
            parts.append(rule(_LEFT, y(tick), right, y(tick), "grid"))
            parts.append(text(_LEFT - 8, y(tick) + 4, f"{100 * tick:g}%", "tick", "end"))
    return parts


def bars(rows: Sequence[Row], label: str) -> str:
    """Horizontal bars, the name above each, a note at its right end."""
    pitch, top = 42, max([r.value for r in rows] + [1e-9])
    parts = []
    for i, row in enumerate(rows):
        y = i * pitch
        parts.append(text(0, y + 15, row.name, "label"))
        parts.append(text(WIDTH, y + 15, row.note, "value", "end"))
        parts.append(bar(0, y + 22, WIDTH, 9, "track"))
        parts.append(bar(0, y + 22, WIDTH * row.value / top, 9, row.css, row.title))
    return figure(WIDTH, pitch * len(rows), label, parts)


def stacked(rows: Sequence[tuple[str, dict[str, int]]], label: str) -> str:
    """100 % bars: for each named row, the shares of its classes in the order given."""
    pitch = 52
    parts = []
    for i, (name, counts) in enumerate(rows):
        total, x, y = max(1, sum(counts.values())), 0.0, i * pitch
        parts.append(text(0, y + 15, name, "label"))
        parts.append(text(WIDTH, y + 15, f"{sum(counts.values()):,} attempts", "value", "end"))
        for kind, count in counts.items():
            width = WIDTH * count / total
            parts.append(
                bar(x, y + 23, width - 1, 18, f"class-{kind}", f"{name}: {kind} {count:,} of {total:,}")
            )
            x += width
    return figure(WIDTH, pitch * len(rows), label, parts)
