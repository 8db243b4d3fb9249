"""The funnel as a picture for the card."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from data_gen.rejected import StageCount


def funnel_svg(stages: Sequence[StageCount]) -> str:
    """A self-contained SVG, the same bytes for the same counts: what entered each stage, pale, and what passed it, dark."""
    import matplotlib
    from matplotlib.figure import Figure

    names = [stage.stage for stage in stages]
    out = io.StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()
        matplotlib.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "", "font.family": "sans-serif"})
        figure = Figure(figsize=(10, 0.36 * len(stages) + 0.3), layout="constrained")
        axes = figure.add_subplot(frameon=False)
        axes.barh(names, [stage.entered for stage in stages], color="#c9d7e8")
        axes.barh(names, [stage.passed for stage in stages], color="#2f6299")
        for place, stage in enumerate(stages):
            axes.annotate(
                f"{stage.passed} of {stage.entered}",
                (stage.entered, place),
                (6, 0),
                textcoords="offset points",
                va="center",
            )
        axes.invert_yaxis()
        axes.set_xticks([])
        axes.tick_params(length=0)
        figure.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    return out.getvalue()
