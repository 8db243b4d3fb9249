"""The funnel as a picture for the card: one bar a stage, drawn as SVG by hand so that it needs no plotting library."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_gen.rejected import StageCount

_WIDTH, _ROW, _LEFT, _RIGHT = 720, 26, 140, 110


def funnel_svg(stages: Sequence[StageCount]) -> str:
    """A self-contained SVG: what entered each stage, pale, and what passed it, dark."""
    most = max((stage.entered for stage in stages), default=0) or 1
    height = _ROW * len(stages) + 16
    rows = [_row(8 + i * _ROW, stage, most) for i, stage in enumerate(stages)]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {height}" width="{_WIDTH}" height="{height}" '
        'font-family="sans-serif" font-size="13" role="img" aria-label="Candidates left after each stage">\n'
        f'<rect width="{_WIDTH}" height="{height}" fill="#ffffff"/>\n' + "\n".join(rows) + "\n</svg>\n"
    )


def _row(top: int, stage: StageCount, most: int) -> str:
    scale = (_WIDTH - _LEFT - _RIGHT) / most
    entered, passed = (round(count * scale, 1) for count in (stage.entered, stage.passed))
    text = f'y="{top + 15}" fill="#222222"'
    return (
        f'<text x="{_LEFT - 8}" {text} text-anchor="end">{escape(stage.stage)}</text>'
        f'<rect x="{_LEFT}" y="{top}" width="{entered}" height="{_ROW - 6}" fill="#c9d7e8"/>'
        f'<rect x="{_LEFT}" y="{top}" width="{passed}" height="{_ROW - 6}" fill="#2f6299"/>'
        f'<text x="{_LEFT + entered + 6}" {text}>{stage.passed} of {stage.entered}</text>'
    )
