"""The sections of the report. Each takes the gathered data and returns HTML; what is missing says so."""

from __future__ import annotations

import time
from collections import Counter
from html import escape
from typing import TYPE_CHECKING, Any

from eval import charts
from eval.compare import compare
from eval.report_data import every_k

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.baselines import PortfolioResult
    from eval.passk import Estimate
    from eval.report_data import Benchmark, ReportData
    from eval.results import EvalResult, Group

CLASSES = ("proved", "rejected", "timeout", "out_of_memory", "crashed", "cheated", "infrastructure")
MEANING = {"infrastructure": "not judged", "out_of_memory": "out of memory"}


def percent(share: float | None) -> str:
    """ "41.2 %", or a dash."""
    return "–" if share is None else f"{100 * share:.1f} %"


def interval(estimate: Estimate | None) -> str:
    """The 95 % interval in brackets."""
    return f"[{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]" if estimate else ""


def missing(text: str) -> str:
    """What a section says instead of its content."""
    return f'<p class="missing">{escape(text)}</p>'


def legend(items: Iterable[tuple[str, str, str]]) -> str:
    """(css class of the colour, "" | "dash" | "box", text)."""
    rows = (f'<li><i class="{css} {shape}"></i>{escape(label)}</li>' for css, shape, label in items)
    return f'<ul class="legend">{"".join(rows)}</ul>'


# -- Headline --


def header(data: ReportData) -> str:
    """Title and one paragraph that says what happened."""
    return (
        f'<header><p class="kicker">PhysProver run · {escape(data.title)}</p><h1>{escape(_headline(data))}</h1>'
        f'<p class="lead">{_lead(data)}</p></header>'
    )


def _headline(data: ReportData) -> str:
    benchmark = data.physics
    if benchmark is None:
        return "This run has not been evaluated yet"
    first = benchmark.before.overall.at(1)
    count = benchmark.last.overall.theorems
    if first is None:
        return f"{count} theorems were asked, none could be judged"
    last = benchmark.after.overall.at(1) if benchmark.after else None
    if last is None:
        return (
            f"The warm start proves {percent(first.value)} of {count} held-out theorems at the first attempt"
        )
    verb = "rose" if last.value > first.value else "fell" if last.value < first.value else "stayed"
    move = f"from {percent(first.value)} to" if verb != "stayed" else "at"
    return f"pass@1 on {count} held-out theorems {verb} {move} {percent(last.value)}"


def _lead(data: ReportData) -> str:
    parts = []
    benchmark = data.physics
    if benchmark is not None and benchmark.portfolio is not None:
        best = benchmark.portfolio.best
        parts.append(
            f"Always answering <code>{escape(best.tactic)}</code> would give {percent(best.estimate.value)}, and "
            f"{percent(1 - benchmark.portfolio.portfolio.value)} of the theorems are closed by no single tactic "
            f"of the portfolio."
        )
    if data.metrics:
        proved = sum(m.proved for m in data.metrics)
        attempts = sum(m.attempts for m in data.metrics)
        parts.append(
            f"In {len(data.metrics)} steps of reinforcement learning it wrote {attempts:,} proofs; "
            f"Lean accepted {proved:,}."
        )
    if benchmark is not None and benchmark.last.versions.get("engine"):
        parts.append(f"Every verdict is Lean's ({escape(benchmark.last.versions['engine'])}).")
    return " ".join(parts)


def cards(data: ReportData) -> str:
    """pass@k before → after, and the two baselines."""
    benchmark = data.physics
    if benchmark is None:
        return missing("No evaluation yet: pass@k appears here once the warm start has been evaluated.")
    ks = [p.k for p in benchmark.last.overall.pass_at]
    chosen = [ks[0], ks[-1]] if len(ks) > 1 else ks
    out = [_pass_card(benchmark, k) for k in chosen]
    lines = benchmark.portfolio
    if lines is None:
        out.append(_card("constant", "Best constant tactic", "–", "not measured"))
    else:
        best = lines.best
        out.append(
            _card(
                "constant",
                f"Always <code>{escape(best.tactic)}</code>",
                percent(best.estimate.value),
                f"best constant tactic, chosen with hindsight {interval(best.estimate)}",
            )
        )
        out.append(
            _card(
                "portfolio",
                f"Portfolio of {len(lines.tactics)} tactics",
                percent(lines.portfolio.value),
                f"any of them closes it {interval(lines.portfolio)}",
            )
        )
    page = f'<div class="cards">{"".join(out)}</div>'
    if benchmark.after is not None:
        sentence = compare(benchmark.before, benchmark.after).sentence
        page += f'<p class="hint" style="margin-top:14px">Paired test. {escape(sentence)}</p>'
    return page


def _pass_card(benchmark: Benchmark, k: int) -> str:
    first = benchmark.before.overall.at(k)
    if benchmark.after is None:
        return _card("", f"pass@{k}", percent(first.value if first else None), f"95 % {interval(first)}")
    last = benchmark.after.overall.at(k)
    figure = f'<span class="from">{_bare(first)}</span> <small>→</small> <span class="to">{_bare(last)}</span> <small>%</small>'
    return _card("", f"pass@{k}, before → after", figure, f"95 % {interval(first)} → {interval(last)}")


def _bare(estimate: Estimate | None) -> str:
    return f"{100 * estimate.value:.1f}" if estimate else "–"


def _card(css: str, name: str, figure: str, note: str) -> str:
    return (
        f'<div class="card {css}"><div class="name">{name}</div><div class="figure">{figure}</div>'
        f'<div class="note">{note}</div></div>'
    )


# -- Figures --


def pass_figure(data: ReportData) -> str:
    """pass@k over k with the baselines."""
    benchmark = data.physics
    if benchmark is None:
        return missing("pass@k: not evaluated yet.")
    named = [("before", benchmark.before)] + ([("after", benchmark.after)] if benchmark.after else [])
    curves = [
        charts.Curve(name, name, [_point(name, k, e) for k, e in every_k(result)]) for name, result in named
    ]
    levels, items = _levels(benchmark.portfolio)
    names = {"before": "before RL", "after": "after RL"}
    marks = [(f"c-{name}", "", names[name]) for name, _ in named]
    return charts.pass_at_k_chart(curves, levels) + legend([*marks, *items])


def _point(name: str, k: int, e: Estimate) -> charts.Point:
    title = f"pass@{k} {name}: {percent(e.value)} {interval(e)}, {e.theorems} theorems"
    return charts.Point(k, e.value, e.low, e.high, title)


def _levels(lines: PortfolioResult | None) -> tuple[list[charts.Level], list[tuple[str, str, str]]]:
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
    rows = [(name, {k: r.outcomes[k] for k in CLASSES if r.outcomes.get(k)}) for name, r in named]
    seen = [k for k in CLASSES if any(k in counts for _, counts in rows)]
    items = [(f"class-{k}", "box", f"{MEANING.get(k, k)} {_shares(rows, k)}") for k in seen]
    return charts.stacked(rows, "verdict classes before and after") + legend(items)


def _shares(rows: list[tuple[str, dict[str, int]]], kind: str) -> str:
    return " → ".join(
        f"{100 * counts.get(kind, 0) / max(1, sum(counts.values())):.1f} %" for _, counts in rows
    )


# -- Tables --


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
    rail = charts.dumbbell(was.value if was else None, now.value if now else None, levels)
    solved = f"{old.solved} → {last.solved}" if old else str(last.solved)
    return (
        f"<tr{' class=total' if total else ''}><td>{escape('all' if total else last.name)}</td>"
        f'<td class="num">{last.theorems}</td><td class="rail-cell">{rail}</td>'
        f'<td class="num">{_change(old, last, 1)}</td><td class="num">{_change(old, last, top)}</td>'
        f'<td class="num">{solved}</td><td class="num">{percent(constant)}</td>'
        f'<td class="num">{percent(portfolio_share)}</td></tr>'
    )


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


def not_runnable(data: ReportData) -> str:
    """Problems that were not asked, by name and reason, folded away."""
    out = []
    for b in data.benchmarks:
        items = b.last.not_runnable
        if not items:
            continue
        reasons = Counter(n.reason for n in items)
        common = "; ".join(f"{count} {reason}" for reason, count in reasons.most_common(3))
        rows = "".join(
            f"<tr><td><code>{escape(n.name)}</code></td><td>{escape(n.reason)}</td></tr>" for n in items
        )
        out.append(
            f"<details><summary>{escape(b.name)}: {len(items)} not runnable here "
            f"<span>(in no denominator: {escape(common)})</span></summary>"
            f'<div class="scroll"><table><tbody>{rows}</tbody></table></div></details>'
        )
    return "".join(out)


# -- Settings, versions, times --


def timing_figure(data: ReportData) -> str:
    """Wall clock of each finished stage."""
    stages = data.stage_seconds
    if not stages:
        return missing("No stage has finished yet.")
    rows = [charts.Row(name, s, duration(s), "bar", f"{s:.1f} s") for name, s in stages.items()]
    return f"{charts.bars(rows, 'seconds per stage')}<p class=hint>Together {duration(sum(stages.values()))}.</p>"


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
            (f"Evaluation {r.label}", _evaluation_rows(r), f"eval/{r.label}.json")
            for b in data.benchmarks
            for r in b.results
        ),
    ]
    out = []
    for title, rows, source in blocks:
        body = (
            f'<dl class="settings">{definitions(rows)}</dl>' if rows else missing(f"{source} is not there.")
        )
        out.append(
            f"<details><summary>{escape(title)} <span>({escape(source)})</span></summary>{body}</details>"
        )
    return "".join(out)


def _evaluation_rows(result: EvalResult) -> list[tuple[str, str]]:
    rows = [
        ("model", result.model),
        ("weights after step", str(result.weights_version)),
        ("prompt", result.prompt_format),
    ]
    rows += flatten(result.settings.model_dump())
    rows += flatten(result.versions) + [(f"sha256 of {k}", v) for k, v in result.hashes.items()]
    return [*rows, ("started", stamp(result.started)), ("wall clock", duration(result.seconds))]


def flatten(tree: dict[str, Any], prefix: str = "") -> list[tuple[str, str]]:
    """A nested tree as "section.key" and text."""
    out = []
    for key, value in tree.items():
        if isinstance(value, dict):
            out += flatten(value, f"{prefix}{key}.")
        elif isinstance(value, list) and any(isinstance(v, dict) for v in value):
            out.append((f"{prefix}{key}", f"{len(value)} entries"))
        else:
            out.append(
                (f"{prefix}{key}", ", ".join(map(str, value)) if isinstance(value, list) else str(value))
            )
    return out


def definitions(rows: Iterable[tuple[str, str]]) -> str:
    """`<dt>`/`<dd>` pairs."""
    return "".join(f"<div><dt>{escape(k)}</dt><dd>{escape(v)}</dd></div>" for k, v in rows)


def duration(seconds: float | None) -> str:
    """ "2 min 05 s", "12.3 s"."""
    if seconds is None:
        return "–"
    if seconds < 60:
        return f"{seconds:.1f} s"
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s"


def stamp(seconds: float) -> str:
    """UTC date and time."""
    return time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(seconds)) if seconds else "–"
