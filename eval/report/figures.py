"""The report's figures from the gathered data; what is missing says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.report import charts
from eval.report.data import every_k
from eval.report.text import duration, interval, legend, missing, other_theorems, percent

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from eval.baselines import PortfolioResult
    from eval.passk import Estimate
    from eval.report.data import ReportData


CLASSES = ("proved", "rejected", "timeout", "out_of_memory", "crashed", "cheated", "infrastructure")
MEANING = {"infrastructure": "not judged", "out_of_memory": "out of memory"}


def pass_figure(data: ReportData) -> str:
    """pass@k over k with the baselines."""
    benchmark = data.physics
    if benchmark is None:
        return missing("pass@k: not evaluated yet.")
    named = [("before", benchmark.before)] + ([("after", benchmark.after)] if benchmark.after else [])
    curves = [pass_curve(name, every_k(result)) for name, result in named]
    if not any(c.points for c in curves):
        return missing("pass@k: no attempt could be judged.")
    levels, items = baseline_levels(benchmark.portfolio)
    names = {"before": "before RL", "after": "after RL"}
    marks = [(f"c-{name}", "", names[name]) for name, _ in named]
    label = "pass@k before and after training, with baselines"
    return charts.pass_at_k_chart(curves, levels, label) + legend([*marks, *items])


def pass_curve(css: str, points: Sequence[tuple[int, Estimate]], name: str | None = None) -> charts.Curve:
    """pass@k as a curve; `name` stands in the titles, `css` when not given."""
    called = css if name is None else name
    return charts.Curve(
        called,
        css,
        [
            charts.Point(
                k,
                e.value,
                e.low,
                e.high,
                f"pass@{k} {called}".rstrip() + f": {percent(e.value)} {interval(e)}, {e.theorems} theorems",
            )
            for k, e in points
        ],
    )


def baseline_levels(
    lines: PortfolioResult | None,
) -> tuple[list[charts.Level], list[tuple[str, str, str]]]:
    """The lines every prover must beat, and their legend; empty where they were not measured."""
    if lines is None:
        return [], []
    best = lines.best
    levels = [
        charts.Level(best.tactic, "constant", best.estimate.value),
        charts.Level("portfolio", "portfolio", lines.portfolio.value),
    ]
    items = [
        ("c-constant", "dash", f"always {best.tactic}: {percent(best.estimate.value)}"),
        ("c-portfolio", "dash", f"portfolio of {len(lines.tactics)}: {percent(lines.portfolio.value)}"),
    ]
    if lines.templates:
        script = lines.templates[0]
        levels.append(charts.Level(script.tactic, "template", script.estimate.value))
        items.append(
            (
                "c-template",
                "dash",
                f"always {script.tactic}: {percent(script.estimate.value)}{other_theorems(script, lines)}",
            )
        )
    return levels, items


def reward_figure(data: ReportData) -> str:
    """Mean reward of each step, smoothed."""
    if not data.metrics:
        return missing("No optimizer step yet: the reward curve appears here during training.")
    points, trend, smooth = [], [], data.metrics[0].reward
    for m in data.metrics:
        smooth += (m.reward - smooth) * 0.25
        trend.append((float(m.step), smooth))
        title = (
            f"step {m.step}: reward {100 * m.reward:.1f} %, {m.proved} of {m.judged} judged attempts proved"
            f"{', weights not moved' if not m.moved else ''}"
        )
        points.append(charts.Point(m.step, m.reward, m.reward, m.reward, title))
    chart = charts.step_chart(
        [charts.Curve("reward", "after", points)], trend, "mean reward over optimizer steps"
    )
    return chart + legend(
        [("c-after", "", "share of attempts Lean accepted, smoothed over about four steps; a dot is a step")]
    )


def funnel_figure(data: ReportData) -> str:
    """Candidates left after each stage."""
    stages = data.funnel
    if not stages:
        return missing("The data set's funnel (data/stats.json) is not there yet.")
    top = max(s.count for s in stages) or 1
    rows = []
    for i, stage in enumerate(stages):
        share = f"{100 * stage.count / top:.0f} %"
        spent = f" · {duration(stage.seconds)}" if stage.seconds else ""
        css = "bar" if i == len(stages) - 1 else "bar quiet"
        rows.append(
            charts.Row(stage.name, stage.count, f"{stage.count:,} · {share}{spent}", css, f"{stage.count:,}")
        )
    return charts.bars(rows, "candidates left after each stage of the data")


def verdict_figure(data: ReportData) -> str:
    """Shares of the verdict classes before and after."""
    benchmark = data.physics
    if benchmark is None:
        return missing("No verdicts yet.")
    named = [("before RL", benchmark.before)] + ([("after RL", benchmark.after)] if benchmark.after else [])
    return verdict_bars([(name, r.outcomes) for name, r in named], "verdict classes before and after")


def verdict_bars(named: Sequence[tuple[str, Mapping[str, int]]], label: str, between: str = " → ") -> str:
    """Shares of the verdict classes, one bar for each named count; `between` stands between them in the legend."""
    rows = [(name, {k: counts[k] for k in CLASSES if counts.get(k)}) for name, counts in named]
    seen = [k for k in CLASSES if any(k in counts for _, counts in rows)]
    items = [(f"class-{k}", "box", f"{MEANING.get(k, k)} {_shares(rows, k, between)}") for k in seen]
    return charts.stacked(rows, label) + legend(items)


def _shares(rows: list[tuple[str, dict[str, int]]], kind: str, between: str) -> str:
    return between.join(
        f"{100 * counts.get(kind, 0) / max(1, sum(counts.values())):.1f} %" for _, counts in rows
    )


def timing_figure(data: ReportData) -> str:
    """Wall clock of each finished stage."""
    stages = data.stage_seconds
    if not stages:
        return missing("No stage has finished yet.")
    rows = [charts.Row(name, s, duration(s), "bar", f"{s:.1f} s") for name, s in stages.items()]
    return f"{charts.bars(rows, 'seconds per stage')}<p class=hint>Together {duration(sum(stages.values()))}.</p>"
