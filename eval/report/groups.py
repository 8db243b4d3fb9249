"""The report's tables by domain and by level: a row for each group, with intervals and baselines."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from eval.report import cell_charts, charts
from eval.report.text import interval, legend, percent

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.baselines import PortfolioResult
    from eval.report.data import Benchmark
    from eval.results import EvalResult, Group


def group_table(benchmark: Benchmark, which: str, title: str) -> str:
    """A row for each domain or level: pass@1 and the largest k before → after, solved, baselines."""
    last, first = benchmark.last, benchmark.before
    rows = [_group_row(benchmark, g, _find(first, which, g.name)) for g in getattr(last, which)]
    rows.append(_group_row(benchmark, last.overall, first.overall, total=True))
    top = last.settings.ks[-1]
    return (
        f'<div class="scroll"><table><thead><tr><th>{title}</th><th class="num">theorems</th><th class="rail-cell"></th>'
        f'<th class="num">pass@1</th><th class="num">pass@{top}</th><th class="num">solved</th>'
        '<th class="num">best constant</th><th class="num">portfolio</th></tr></thead>'
        f"<tbody>{''.join(rows)}</tbody></table></div>"
    )


def group_legend(benchmark: Benchmark) -> str:
    """What the figures of `group_table` are."""
    if benchmark.after is not None:
        shown = [("c-before", "", "pass@1 before"), ("c-after", "", "pass@1 after")]
    else:
        names = zip(("now", "later"), sorted({1, benchmark.last.settings.ks[-1]}), strict=False)
        shown = [(f"c-{css}", "box", f"pass@{k}, with its 95 % interval") for css, k in names]
    if benchmark.portfolio is not None:
        shown += [("c-constant", "", "best constant tactic"), ("c-portfolio", "", "portfolio")]
    return legend(shown)


def _find(result: EvalResult, which: str, name: str) -> Group | None:
    groups: tuple[Group, ...] = getattr(result, which)
    return next((g for g in groups if g.name == name), None)


def _group_row(benchmark: Benchmark, last: Group, first: Group | None, total: bool = False) -> str:
    top = benchmark.last.settings.ks[-1]
    names = {t.name for t in benchmark.last.theorems if total or last.name in (t.domain, t.level)}
    constant, portfolio_share = _baseline_shares(benchmark.portfolio, names)
    old = first if benchmark.after is not None else None
    now = last.at(1)
    was = old.at(1) if old else None
    levels = [charts.Level("", "constant", constant)] if constant is not None else []
    if portfolio_share is not None:
        levels.append(charts.Level("", "portfolio", portfolio_share))
    cell = "rail-cell"
    if benchmark.after is not None:
        rail = cell_charts.dumbbell(was.value if was else None, now.value if now else None, levels)
    else:
        cell = "rail-cell wide"
        rail = cell_charts.interval_rail(_shares(last, sorted({1, top})), levels)
    solved = f"{old.solved} → {last.solved}" if old else str(last.solved)
    return (
        f"<tr{' class=total' if total else ''}><td>{escape('all' if total else last.name)}</td>"
        f'<td class="num">{last.theorems}</td><td class="{cell}">{rail}</td>'
        f'<td class="num">{_change(old, last, 1)}</td><td class="num">{_change(old, last, top)}</td>'
        f'<td class="num">{solved}</td><td class="num">{percent(constant)}</td>'
        f'<td class="num">{percent(portfolio_share)}</td></tr>'
    )


def _shares(group: Group, ks: Sequence[int]) -> list[cell_charts.Share]:
    """pass@1 and the largest k, as far as they were measured."""
    found = [(k, e, css) for k, css in zip(ks, ("now", "later"), strict=False) if (e := group.at(k))]
    return [
        cell_charts.Share(
            e.value, e.low, e.high, css, f"{group.name}: pass@{k} {percent(e.value)} {interval(e)}"
        )
        for k, e, css in found
    ]


def _baseline_shares(lines: PortfolioResult | None, names: set[str]) -> tuple[float | None, float | None]:
    """The run-wide best constant tactic, and the portfolio, on some theorems."""
    rows = [t for t in lines.theorems if t.name in names] if lines else []
    if not lines or not rows:
        return None, None
    closed = sum(lines.best.tactic in t.closed_by for t in rows)
    return closed / len(rows), sum(bool(t.closed_by) for t in rows) / len(rows)


def _change(old: Group | None, last: Group, k: int) -> str:
    now = last.at(k)
    was = old.at(k) if old else None
    arrow = f"{percent(was.value)} → " if was else ""
    return f"{arrow}{percent(now.value if now else None)}<br><small>{interval(now)}</small>"
