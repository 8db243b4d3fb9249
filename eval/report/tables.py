"""The report's tables and folded lists; what is missing says so."""

from __future__ import annotations

from collections import Counter
from html import escape
from typing import TYPE_CHECKING

from eval.report.text import definitions, duration, flatten, interval, missing, percent, stamp

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from eval.report.data import ReportData
    from eval.results import EvalResult, NotRunnable


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
    ]
    if entropies := [m.entropy for m in data.metrics if m.entropy is not None]:
        rows.append(("entropy, first → last step", f"{entropies[0]:.2f} → {entropies[-1]:.2f}"))
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
