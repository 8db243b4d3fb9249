"""The curves of the pages: matplotlib's SVG, the same bytes every time, coloured by the page's CSS.

Shares are in [0, 1] and shown in percent. Legends are HTML beside the figure, so that they wrap on a phone:
(CSS variable of the colour, "line" | "dash" | "box", text).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, NamedTuple

from markupsafe import Markup

from eval.baselines import PortfolioResult
from eval.passk import Estimate, benchmark_pass_at_k, budget_grid, pass_over_tokens, saved_for
from eval.report.data import BenchmarkResults, EvaluationData
from eval.report.render import COLOURS, interval, percent
from eval.results import EvalResult
from physprover.runs import StepMetrics

if TYPE_CHECKING:
    from matplotlib.axes import Axes


EVERY = 64  # up to here each k has a point
FEW = 12  # a curve with more points has hover texts but no dots
WIDTH, HEIGHT = 560, 320  # CSS pixels


class Figure(NamedTuple):
    """An `<svg>` element, "" when there was nothing to draw, and its legend."""

    svg: str = ""
    legend: tuple[tuple[str, str, str], ...] = ()


class Curve(NamedTuple):
    """Estimates over x, each with its hover text."""

    colour: str
    points: Sequence[tuple[float, Estimate]]
    tips: Sequence[str]


def pass_at_ks(result: EvalResult) -> list[tuple[float, Estimate]]:
    """pass@k for k = 1 to n, the least number of attempts; beyond `EVERY` only some of them, evenly spaced in their logarithm, n included."""
    # where attempts differ in number, no further than all theorems have them: the rest are other problems than the whole
    sampled = min((t.n + t.unjudged for t in result.theorems), default=0)
    top = min(sampled, max((t.n for t in result.theorems), default=0))
    steps = range(1, EVERY + 1)
    beyond = {round(EVERY * math.exp(i / EVERY * math.log(max(top, EVERY) / EVERY))) for i in steps}
    ks = sorted({k for k in (*steps, *beyond, *result.settings.ks) if k <= top})
    cells = [(t.n, t.correct) for t in result.theorems]
    return [(k, estimate) for k in ks if (estimate := benchmark_pass_at_k(cells, k)) is not None]


def pass_figure(benchmark: BenchmarkResults) -> Figure:
    """pass@k over k, before and after training where there are both, with the baselines dashed."""
    if benchmark.after:
        named = [("before", "before RL", benchmark.before), ("after", "after RL", benchmark.after)]
    else:
        named = [("after", "pass@k; the ribbon is its 95 % interval", benchmark.before)]
    curves = []
    for colour, name, result in named:
        points, when = pass_at_ks(result), f" {name}" if benchmark.after else ""
        tips = [
            f"pass@{k:g}{when}: {percent(e.value)} {interval(e)}, {e.theorems} theorems" for k, e in points
        ]
        curves.append(Curve(colour, points, tips))
    ks = sorted({k for c in curves for k, _ in c.points})
    if not ks:
        return Figure()
    ticks = [k for k in ks if math.log2(k).is_integer() and k < 0.75 * ks[-1]]
    levels = baselines(benchmark.portfolio)
    svg = _log_chart("pass@k", curves, levels, [*ticks, ks[-1]], "attempts per theorem (k)")
    marks = [(colour, "line", name) for colour, name, _ in named]
    return Figure(svg, (*marks, *((colour, "dash", text) for colour, _, text in levels)))


def baselines(portfolio: PortfolioResult | None) -> list[tuple[str, float, str]]:
    """(colour, share, text) of what a prover must beat, as far as it was measured."""
    if portfolio is None:
        return []
    best, every = portfolio.best, portfolio.portfolio
    out = [
        ("constant", best.estimate.value, f"always {best.tactic}: {percent(best.estimate.value)}"),
        ("portfolio", every.value, f"portfolio of {len(portfolio.tactics)}: {percent(every.value)}"),
    ]
    for script in portfolio.templates[:1]:
        e = script.estimate
        over = "" if e.theorems == every.theorems else f", over {e.theorems} theorems"
        out.append(("template", e.value, f"always {script.tactic}: {percent(e.value)}{over}"))
    return out


def tokens_figure(data: EvaluationData) -> Figure:
    """Share solved over sampled tokens per theorem (`eval.passk`)."""
    lengths = data.lengths
    if not lengths or not any(one.proved for one in lengths):
        return Figure()
    points = [(float(at.tokens), at.estimate) for at in pass_over_tokens(lengths, budget_grid(lengths))]
    tips = [f"{x:,.0f} tokens: {percent(e.value)} {interval(e)}" for x, e in points]
    low, high, until = points[0][0], points[-1][0], saved_for(lengths)
    round_numbers = (m * 10.0**d for d in range(9) for m in (1, 2, 5))
    ticks = [n for n in round_numbers if low <= n <= high] or [low]
    curve, axis = Curve("after", points, tips), "sampled tokens per theorem"
    svg = _log_chart("share solved over tokens", [curve], (), ticks, axis, until)
    shaded = f"shaded: beyond {until:,} tokens some theorem has no attempt left"
    legend = ("after", "line", "solved within the tokens, with 95 % interval"), ("track", "box", shaded)
    return Figure(svg, legend)


def _log_chart(
    title: str,
    curves: Sequence[Curve],
    levels: Sequence[tuple[str, float, str]],
    ticks: Sequence[float],
    axis: str,
    until: float | None = None,
) -> str:
    """Shares over a logarithmic axis with interval ribbons; beyond `until` the ground is shaded."""
    every = [point for c in curves for point in c.points]
    low, high = min(x for x, _ in every), max(x for x, _ in every)
    margin = max(high / low, 2) ** 0.04

    def draw(ax: Axes) -> None:
        ax.set(xscale="log", xlim=(low / margin, high * margin))
        ax.set_xticks(list(ticks), [f"{t:,.0f}" for t in ticks])
        ax.minorticks_off()
        if until is not None and until < high:
            ax.axvspan(until, high * margin, color=COLOURS["track"], alpha=0.6, linewidth=0)
        for colour, level, text in levels:
            ax.axhline(level, color=COLOURS[colour], linewidth=1.8, dashes=(3.4, 2.2), gid=f"tip:{text}")
        for c in curves:
            x, es = [x for x, _ in c.points], [e for _, e in c.points]
            lows, highs = [e.low for e in es], [e.high for e in es]
            ax.fill(x + x[::-1], lows + highs[::-1], color=COLOURS[c.colour], alpha=0.16, linewidth=0)
            ax.plot(x, [e.value for e in es], color=COLOURS[c.colour], linewidth=2.4)
        for c in curves:
            _points(ax, [(x, e.value) for x, e in c.points], c, 6 if len(c.points) <= FEW else 0)

    said = [text for *_, text in levels] + [c.tips[i] for c in curves if c.tips for i in (0, -1)]
    return _svg(title, said, axis, max([e.high for _, e in every] + [y for _, y, _ in levels]), draw)


def reward_figure(metrics: Sequence[StepMetrics]) -> Figure:
    """Mean reward of each optimizer step, and an exponential moving average of it."""
    if not metrics:
        return Figure()
    steps, trend, smooth = [m.step for m in metrics], [], metrics[0].reward
    for m in metrics:
        smooth += (m.reward - smooth) * 0.25
        trend.append(smooth)
    tips = [
        f"step {m.step}: reward {percent(m.reward)}, {m.proved} of {m.judged} judged attempts proved"
        f"{'' if m.moved else ', weights not moved'}"
        for m in metrics
    ]

    def draw(ax: Axes) -> None:
        ax.locator_params("x", nbins=6, integer=True)
        ax.plot(steps, trend, color=COLOURS["after"], linewidth=2.4)
        _points(ax, [(m.step, m.reward) for m in metrics], Curve("after", (), tips), 5, alpha=0.45)

    top = max(0.05, *(m.reward for m in metrics))
    svg = _svg("mean reward over optimizer steps", [tips[0], tips[-1]], "optimizer step", top, draw)
    text = "share of attempts Lean accepted, averaged over about four steps; a dot is a step"
    return Figure(svg, (("after", "line", text),))


def _points(
    ax: Axes, points: Sequence[tuple[float, float]], curve: Curve, size: float, alpha: float = 1
) -> None:
    """A dot for each point (none with `size` 0), and around it a larger invisible one with its hover text.

    A dot is a line from a point to itself with round ends.
    """
    for (x, y), tip in zip(points, curve.tips, strict=True):
        if size and alpha == 1:
            ax.plot([x, x], [y, y], color=COLOURS["card"], linewidth=size + 2.4)
        if size:
            ax.plot([x, x], [y, y], color=COLOURS[curve.colour], linewidth=size, alpha=alpha)
        ax.plot([x, x], [y, y], color=COLOURS["card"], linewidth=16, alpha=0, gid=f"tip:{tip}")


# -- matplotlib's SVG, made fit for a page --

_NAMES = {light: f"var(--{name})" for name, light in reversed(COLOURS.items())}  # the first of equal ones
_REWRITE = (  # in this order
    # The style rules in <defs> would apply to the whole page.
    (r"(?s)^.*?(?=<g)|<defs>.*?</defs>|</svg>", ""),
    (r' (?:id="(?!tip:)|clip-path="|transform="rotate\(-0)[^"]*"', ""),
    (r'<g id="tip:([^"]*)">', r"<g><title>\1</title>"),
    (r"font-[a-z]+: [^;]*; ?", ""),  # the page's own font
    (r"-?\d+\.\d{3,}", lambda number: f"{float(number[0]):.1f}"),
    (r"(?<=fill: |roke: )#[0-9a-f]{6}", lambda colour: _NAMES.get(colour[0], colour[0])),
    (r"\s*\n\s*", " "),
)


def _svg(title: str, said: Sequence[str], axis: str, top: float, draw: Callable[[Axes], None]) -> str:
    """A chart of shares up to `top` over `axis`; a screen reader reads `title` and what is `said`.

    Draw with lines and patches only: they become plain paths, while markers and collections become references by id.
    """
    import matplotlib
    from matplotlib.figure import Figure as Drawing
    from matplotlib.ticker import MaxNLocator, PercentFormatter

    out = io.StringIO()
    with matplotlib.rc_context():
        matplotlib.rcdefaults()  # whatever the user's matplotlibrc says
        matplotlib.rcParams.update(
            {"svg.fonttype": "none", "svg.hashsalt": "", "font.size": 12, "lines.solid_capstyle": "round"}
        )
        drawing = Drawing(figsize=(WIDTH / 72, HEIGHT / 72), dpi=72, frameon=False)
        ax = drawing.add_axes((46 / WIDTH, 54 / HEIGHT, 1 - 60 / WIDTH, 1 - 64 / HEIGHT), frameon=False)
        ticks = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10]).tick_values(0, top)
        ax.set(ylim=(0, min(1.0, ticks[-1])))
        ax.set_yticks([t for t in ticks if t <= 1])
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=None if ticks[1] < 0.01 else 0))
        ax.grid(axis="y", color=COLOURS["grid"], linewidth=1)
        ax.set_axisbelow(True)
        ax.tick_params(bottom=False, left=False, labelcolor=COLOURS["soft"], pad=7)
        ax.set_xlabel(axis, color=COLOURS["soft"], labelpad=9)
        draw(ax)
        drawing.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    shapes = out.getvalue()
    for pattern, new in _REWRITE:
        shapes = re.sub(pattern, new, shapes)
    frame = Markup('<svg viewBox="0 0 {} {}" role="img"><title>{}</title><desc>{}</desc>{}</svg>')
    return frame.format(WIDTH, HEIGHT, title, "; ".join(said), Markup(shapes))
