"""The curves of the pages: matplotlib's SVG, the same bytes every time, coloured by the page's CSS.

Shares are in [0, 1] and shown in percent. Legends are HTML beside the figure, so that they wrap on a phone:
(CSS variable of the colour, "line" | "dash" | "box", text).
"""

from __future__ import annotations

import io
import math
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple
from xml.etree import ElementTree

from eval.pass_tokens import budget_grid, pass_over_tokens, saved_for
from eval.passk import benchmark_pass_at_k
from eval.report.render import COLOURS, interval, percent

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from matplotlib.axes import Axes

    from eval.baselines import PortfolioResult
    from eval.passk import Estimate
    from eval.report.data import Benchmark, EvaluationData
    from eval.results import EvalResult
    from physprover.runs import StepMetrics

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
    """pass@k for k = 1 to n; beyond `EVERY` only some of them, evenly spaced in their logarithm, n included."""
    top = max((t.n for t in result.theorems), default=0)
    steps = range(1, EVERY + 1)
    beyond = {round(EVERY * math.exp(i / EVERY * math.log(max(top, EVERY) / EVERY))) for i in steps}
    ks = sorted({k for k in (*steps, *beyond, *result.settings.ks) if k <= top})
    cells = [(t.n, t.correct) for t in result.theorems]
    return [(k, estimate) for k in ks if (estimate := benchmark_pass_at_k(cells, k)) is not None]


def pass_figure(benchmark: Benchmark) -> Figure:
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
    """Share solved over sampled tokens per theorem (`eval.pass_tokens`)."""
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
            ax.axhline(level, color=COLOURS[colour], linewidth=1.8, dashes=(3.4, 2.2), gid=_tip(text))
        for c in curves:
            x, es = [x for x, _ in c.points], [e for _, e in c.points]
            lows, highs = [e.low for e in es], [e.high for e in es]
            ax.fill_between(x, lows, highs, color=COLOURS[c.colour], alpha=0.16, linewidth=0)
            ax.plot(x, [e.value for e in es], color=COLOURS[c.colour], linewidth=2.4)
        for c in curves:
            _points(ax, [(x, e.value) for x, e in c.points], c, 3.6 if len(c.points) <= FEW else 0)

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
        _points(ax, [(m.step, m.reward) for m in metrics], Curve("after", (), tips), 2.6, alpha=0.45)

    top = max(0.05, *(m.reward for m in metrics))
    svg = _svg("mean reward over optimizer steps", [tips[0], tips[-1]], "optimizer step", top, draw)
    text = "share of attempts Lean accepted, averaged over about four steps; a dot is a step"
    return Figure(svg, (("after", "line", text),))


def _points(
    ax: Axes, points: Sequence[tuple[float, float]], curve: Curve, radius: float, alpha: float = 1
) -> None:
    """A dot for each point (none with `radius` 0), and around it a larger invisible one with its hover text."""
    xs, ys = zip(*points, strict=True)
    if radius:
        dots = ax.plot(xs, ys, "o", color=COLOURS[curve.colour], markersize=2 * radius, alpha=alpha)[0]
        dots.set(markeredgecolor=COLOURS["card"] if alpha == 1 else "none", markeredgewidth=1.4)
    for x, y, tip in zip(xs, ys, curve.tips, strict=True):
        ax.plot(x, y, "o", color=(0, 0, 0, 0), markersize=16, gid=_tip(tip))


# -- matplotlib's SVG, made fit for a page --

_NS, _HREF = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}href"
_NAMES = {light: name for name, light in reversed(COLOURS.items())}  # the first of equal ones
_TIP = "tip:"
_COLOUR, _FONT, _NUMBER = (
    re.compile("#[0-9a-f]{6}"),
    re.compile(r"font-\w+: [^;]*;? ?"),
    re.compile(r"-?\d+\.\d+"),
)
Shapes = Mapping[str | None, ElementTree.Element]


def _svg(title: str, said: Sequence[str], axis: str, top: float, draw: Callable[[Axes], None]) -> str:
    """A chart of shares up to `top` over `axis`; a screen reader reads `title` and what is `said`."""
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
        ax.set(ylim=(0, min(1.0, ticks[-1])), xlabel=axis)
        ax.set_yticks([t for t in ticks if t <= 1])
        ax.yaxis.set_major_formatter(PercentFormatter(1, decimals=None if ticks[1] < 0.01 else 0))
        ax.grid(axis="y", color=COLOURS["grid"], linewidth=1)
        ax.set_axisbelow(True)
        ax.tick_params(bottom=False, left=False, labelcolor=COLOURS["soft"], pad=7)
        ax.xaxis.label.set_color(COLOURS["soft"])
        ax.xaxis.labelpad = 9
        draw(ax)
        drawing.savefig(out, format="svg", metadata=dict.fromkeys(("Creator", "Date", "Format", "Type")))
    drawn = ElementTree.fromstring(out.getvalue())
    shapes = {node.get("id"): node for node in drawn.iter()}
    root = ElementTree.Element("svg", viewBox=f"0 0 {WIDTH} {HEIGHT}", role="img")
    for tag, text in (("title", title), ("desc", "; ".join(said))):
        ElementTree.SubElement(root, tag).text = _tip(text).removeprefix(_TIP)
    _copy(drawn, root, shapes)
    return ElementTree.tostring(root, encoding="unicode")


def _tip(text: str) -> str:
    """The `gid` of a shape that shows `text` on hover, without the control characters that XML refuses."""
    return _TIP + "".join(c if c.isprintable() else " " for c in text)


def _copy(source: ElementTree.Element, target: ElementTree.Element, shapes: Shapes) -> None:
    """The shapes alone: no ids, clip paths, metadata, or style rules, which would apply to the whole page."""
    for node in source:
        at = {axis: _short(node.get(axis, "0")) for axis in ("x", "y")}
        style = _short(_COLOUR.sub(_variable, _FONT.sub("", node.get("style", ""))))
        match node.tag.removeprefix(_NS), node.get("id", ""):
            case "g", name if name.startswith(_TIP):
                group = ElementTree.SubElement(target, "g")
                ElementTree.SubElement(group, "title").text = name.removeprefix(_TIP)
                _copy(node, group, shapes)
            case "g", _:
                _copy(node, target, shapes)
            case "path", _:
                ElementTree.SubElement(target, "path", d=_short(node.get("d", "")), style=style)
            case "text", _:
                ElementTree.SubElement(target, "text", {**at, "style": style}).text = node.text
            case (
                "use",
                _,
            ):  # of a shape drawn beside it; a curved one is our round marker, from its lowest point
                shape = shapes[node.get(_HREF, "").removeprefix("#")].get("d", "")
                if "C" in shape:
                    place = {"cx": at["x"], "cy": at["y"], "r": _short(shape.split()[2])}
                    ElementTree.SubElement(target, "circle", place, style=style)
                else:
                    move = f"translate({at['x']} {at['y']})"
                    ElementTree.SubElement(target, "path", d=_short(shape), transform=move, style=style)


def _variable(colour: re.Match[str]) -> str:
    name = _NAMES.get(colour[0])
    return f"var(--{name})" if name else colour[0]


def _short(text: str) -> str:
    """Numbers with at most two decimals, on one line."""
    return _NUMBER.sub(lambda m: f"{float(m[0]):.2f}".rstrip("0").rstrip("."), " ".join(text.split()))
