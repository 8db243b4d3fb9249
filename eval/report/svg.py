"""Small inline SVG: text, scales, ticks. Colours come from the page's CSS variables, so light and dark mode just work."""

from __future__ import annotations

import math
from html import escape
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class Scale(NamedTuple):
    """Linear map from data to pixels."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = (self.high - self.low) or 1.0
        return self.start + (value - self.low) / span * (self.end - self.start)


class LogScale(NamedTuple):
    """Logarithmic map from data to pixels; `low` and `high` are positive."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: float) -> float:
        span = math.log(self.high / self.low) or 1.0
        return self.start + math.log(value / self.low) / span * (self.end - self.start)


def nice_ticks(low: float, high: float, count: int = 5) -> list[float]:
    """Round numbers that cover [low, high] in about `count` steps."""
    span = max(high - low, 1e-9)
    raw = span / max(1, count)
    power = 10 ** math.floor(math.log10(raw))
    step = next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= raw * 0.999)
    first = math.floor(low / step + 1e-9)
    last = math.ceil(high / step - 1e-9)
    return [round(i * step, 10) for i in range(first, last + 1)]


def path(points: Iterable[tuple[float, float]], css: str) -> str:
    """A polyline."""
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polyline class="{css}" points="{line}"/>'


def band(xs: Sequence[float], lows: Sequence[float], highs: Sequence[float], css: str) -> str:
    """A filled ribbon between two curves."""
    points = [*zip(xs, highs, strict=True), *reversed(list(zip(xs, lows, strict=True)))]
    line = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    return f'<polygon class="{css}" points="{line}"/>'


def text(x: float, y: float, content: str, css: str = "", anchor: str = "start") -> str:
    """A label; `content` is escaped."""
    return f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(content)}</text>'


def rule(x1: float, y1: float, x2: float, y2: float, css: str) -> str:
    """A straight line."""
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def dot(x: float, y: float, radius: float, css: str, title: str = "") -> str:
    """A circle with a hover title and a generous invisible target."""
    mark = f'<circle class="{css}" cx="{x:.1f}" cy="{y:.1f}" r="{radius}"/>'
    if not title:
        return mark
    target = f'<circle class="target" cx="{x:.1f}" cy="{y:.1f}" r="{radius + 7}"/>'
    return f"<g><title>{escape(title)}</title>{mark}{target}</g>"


def bar(x: float, y: float, width: float, height: float, css: str, title: str = "") -> str:
    """A rectangle with a hover title."""
    inner = f"<title>{escape(title)}</title>" if title else ""
    return (
        f'<rect class="{css}" x="{x:.1f}" y="{y:.1f}" width="{max(0.0, width):.1f}" '
        f'height="{height:.1f}" rx="2">{inner}</rect>'
    )


def figure(width: int, height: int, label: str, parts: Iterable[str]) -> str:
    """The `<svg>` element; `label` is what a screen reader says."""
    body = "".join(parts)
    return (
        f'<svg viewBox="0 0 {width} {height}" role="img" aria-label="{escape(label, quote=True)}" '
        f'preserveAspectRatio="xMidYMid meet">{body}</svg>'
    )
