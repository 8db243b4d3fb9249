"""The report's tables and folded lists; what is missing says so."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from eval import charts
from eval.report_text import definitions, duration, flatten, interval, legend, missing, percent, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eval.baselines import PortfolioResult
    from eval.report_data import Benchmark, ReportData
    from eval.results import EvalResult, Group, NotRunnable


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
        rail = charts.dumbbell(was.value if was else None, now.value if now else None, levels)
    else:
        cell = "rail-cell wide"
        rail = charts.interval_rail(_shares(last, sorted({1, top})), levels)
    solved = f"{old.solved} → {last.solved}" if old else str(last.solved)
    return (
        f"<tr{' class=total' if total else ''}><td>{escape('all' if total else last.name)}</td>"
        f'<td class="num">{last.theorems}</td><td class="{cell}">{rail}</td>'
        f'<td class="num">{_change(old, last, 1)}</td><td class="num">{_change(old, last, top)}</td>'
        f'<td class="num">{solved}</td><td class="num">{percent(constant)}</td>'
        f'<td class="num">{percent(portfolio_share)}</td></tr>'
    )


def _shares(group: Group, ks: Sequence[int]) -> list[charts.Share]:
    """pass@1 and the largest k, as far as they were measured."""
    found = [(k, e, css) for k, css in zip(ks, ("now", "later"), strict=False) if (e := group.at(k))]
    return [
        charts.Share(e.value, e.low, e.high, css, f"{group.name}: pass@{k} {percent(e.value)} {interval(e)}")
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


def benchmark_table(data: ReportData) -> str:
    """Every benchmark of the run in one table, with what could not be asked."""
    if not data.benchmarks:
        return missing("No benchmark has been evaluated yet.")
    rows = []
    for b in data.benchmarks:
        for result in b.results:
            first, last = result.overall.at(1), result.overall.at(result.settings.ks[-1])
            rows.append(
                f"<tr><td>{escape(result.label)}</td><td>{escape(b.name)}</td>"
                f'<td class="num">{result.overall.theorems}</td><td class="num">{len(result.not_runnable)}</td>'
                f'<td class="num">{percent(first.value if first else None)}<br><small>{interval(first)}</small></td>'
                f'<td class="num">{percent(last.value if last else None)}<br><small>{interval(last)}</small></td>'
                f'<td class="num">{result.overall.solved}</td><td class="num">{result.unjudged}</td>'
                f'<td class="num">{percent(b.portfolio.portfolio.value if b.portfolio else None)}</td>'
                f'<td class="num">{duration(result.seconds)}</td></tr>'
            )
    ks = sorted({b.last.settings.ks[-1] for b in data.benchmarks})
    top = f"pass@{ks[0]}" if len(ks) == 1 else "pass@largest k"
    heads = ("asked", "not runnable", "pass@1", top, "solved", "unjudged", "portfolio", "time")
    head = "<th>evaluation</th><th>benchmark</th>" + "".join(f'<th class="num">{h}</th>' for h in heads)
    return f'<div class="scroll"><table><thead><tr>{head}</tr></thead><tbody>{"".join(rows)}</tbody></table></div>'


def not_runnable(named: Iterable[tuple[str, Sequence[NotRunnable]]]) -> str:
    """Problems of each named benchmark that were not asked, by name and reason, folded away."""
    out = []
    for name, items in named:
        if not items:
            continue
        reasons = Counter(n.reason for n in items)
        common = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common(3))
        rows = "".join(
            f"<tr><td><code>{escape(n.name)}</code></td><td>{escape(n.reason)}</td></tr>" for n in items
        )
        out.append(
            f"<details><summary>{escape(name)}: {len(items)} not runnable here "
            f"<span>(in no denominator: {escape(common)})</span></summary>"
            f'<div class="scroll"><table><tbody>{rows}</tbody></table></div></details>'
        )
    return "".join(out)


def step_table(data: ReportData) -> str:
    """What training was made of: seconds by activity (they overlap), idle groups, canaries."""
    if not data.metrics:
        return missing("No optimizer step yet.")
    total = sum(m.seconds for m in data.metrics) or 1.0
    first, last = data.metrics[0], data.metrics[-1]
    parts = {
        "sampling": sum(m.seconds_sampling for m in data.metrics),
        "judging": sum(m.seconds_judging for m in data.metrics),
        "training": sum(m.seconds_training for m in data.metrics),
        "waiting for verdicts": sum(m.seconds_waiting for m in data.metrics),
    }
    rows = [
        ("steps", f"{len(data.metrics)} in {duration(total)} ({total / len(data.metrics):.1f} s each)"),
        ("reward, first → last step", f"{percent(first.reward)} → {percent(last.reward)}"),
        (
            "attempts",
            f"{sum(m.attempts for m in data.metrics):,}, {sum(m.cached for m in data.metrics):,} verdicts reused",
        ),
        ("groups without signal", f"{percent(first.zero_variance)} → {percent(last.zero_variance)}"),
        ("steps that left the weights", str(sum(not m.moved for m in data.metrics))),
        ("false statements refused", f"{sum(m.canaries for m in data.metrics):,}"),
        ("entropy, first → last step", f"{first.entropy:.2f} → {last.entropy:.2f}"),
    ]
    rows += [(name, duration(seconds)) for name, seconds in parts.items() if seconds]
    return f'<dl class="settings single">{definitions(rows)}</dl>'


def settings_section(data: ReportData) -> str:
    """All settings, versions, warm start, hashes, as folded lists."""
    blocks = [
        ("Settings", flatten(data.config), "config.toml"),
        ("Warm start", flatten(data.sft), "warmstart/sft_stats.json"),
        (
            "Data",
            flatten({k: v for k, v in data.stats.items() if k not in ("funnel", "stages")}),
            "data/stats.json",
        ),
        ("Versions and machine", flatten(data.provenance), "provenance.json"),
        *(
            (f"Evaluation {r.label}", evaluation_rows(r), f"eval/{r.label}.json")
            for b in data.benchmarks
            for r in b.results
        ),
    ]
    return folded_settings(blocks)


def folded_settings(blocks: Iterable[tuple[str, list[tuple[str, str]], str]]) -> str:
    """(title, rows, file they are from) as folded lists."""
    out = []
    for title, rows, source in blocks:
        body = (
            f'<dl class="settings">{definitions(rows)}</dl>' if rows else missing(f"{source} is not there.")
        )
        out.append(
            f"<details><summary>{escape(title)} <span>({escape(source)})</span></summary>{body}</details>"
        )
    return "".join(out)


def evaluation_rows(result: EvalResult) -> list[tuple[str, str]]:
    """Settings, versions and hashes of one evaluation."""
    rows = [
        ("model", result.model),
        ("weights after step", str(result.weights_version)),
        ("prompt", result.prompt_format),
    ]
    rows += flatten(result.settings.model_dump())
    rows += flatten(result.versions) + [(f"sha256 of {k}", v) for k, v in result.hashes.items()]
    return [
        *rows,
        ("started", stamp(result.started)),
        ("wall clock", duration(result.seconds)),
        ("command", result.command or "not recorded"),
    ]
