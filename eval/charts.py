"""The report's figures, drawn as inline SVG from plain numbers. Shares are in [0, 1] and shown as percentages."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from eval.svg import Scale, band, bar, dot, figure, nice_ticks, path, rule, text

if TYPE_CHECKING:
    from collections.abc import Sequence

WIDTH = 560
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


def pass_at_k_chart(curves: Sequence[Curve], levels: Sequence[Level]) -> str:
    """pass@k over k (evenly spaced by doubling), with interval ribbons and the baselines every prover must beat."""
    height = 330
    ks = sorted({p.x for c in curves for p in c.points})
    top = max([p.high for c in curves for p in c.points] + [level.y for level in levels])
    y = Scale(0, min(1.0, nice_ticks(0, top)[-1]), height - _BOTTOM, _TOP)
    right = WIDTH - _RIGHT - 8
    place = {k: Scale(0, max(1, len(ks) - 1), _LEFT + 18, right - 10)(i) for i, k in enumerate(ks)}
    parts = _frame(y, right)
    for k in ks:
        parts.append(text(place[k], height - _BOTTOM + 18, f"{k:g}", "tick", "middle"))
    parts.append(text((_LEFT + right) / 2, height - 5, "attempts per theorem (k)", "axis", "middle"))
    for level in levels:
        parts.append(rule(_LEFT, y(level.y), right, y(level.y), f"level {level.css}"))
    for curve in curves:
        xs = [place[p.x] for p in curve.points]
        parts.append(
            band(
                xs, [y(p.low) for p in curve.points], [y(p.high) for p in curve.points], f"ribbon {curve.css}"
            )
        )
    for curve in curves:
        parts.append(path([(place[p.x], y(p.y)) for p in curve.points], f"curve {curve.css}"))
        parts += [dot(place[p.x], y(p.y), 3.6, f"mark {curve.css}", p.title) for p in curve.points]
    return figure(WIDTH, height, "pass@k before and after training, with baselines", parts)


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
