"""The top of the report: what happened, in one title, one paragraph and four numbers."""

from __future__ import annotations

import re
from html import escape
from typing import TYPE_CHECKING

from eval.compare import compare
from eval.report.text import interval, missing, other_theorems, percent

if TYPE_CHECKING:
    from eval.baselines import PortfolioResult
    from eval.passk import Estimate
    from eval.report.data import Benchmark, ReportData


_COMMIT = re.compile(r"\b([0-9a-f]{10})[0-9a-f]{30}\b")  # whole in the settings below


def short_commits(text: str) -> str:
    """Commit hashes cut to ten digits."""
    return _COMMIT.sub(r"\1", text)


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
        engine = short_commits(benchmark.last.versions["engine"])
        parts.append(f"Every verdict is Lean's ({escape(engine)}).")
    return " ".join(parts)


def cards(data: ReportData) -> str:
    """pass@k before → after, and the two baselines."""
    benchmark = data.physics
    if benchmark is None:
        return missing("No evaluation yet: pass@k appears here once the warm start has been evaluated.")
    ks = [p.k for p in benchmark.last.overall.pass_at]
    chosen = [ks[0], ks[-1]] if len(ks) > 1 else ks
    out = [_pass_card(benchmark, k) for k in chosen]
    out += baseline_cards(benchmark.portfolio)
    page = f'<div class="cards">{"".join(out)}</div>'
    if benchmark.after is not None:
        sentence = compare(benchmark.before, benchmark.after).sentence
        page += f'<p class="hint" style="margin-top:14px">Paired test. {escape(sentence)}</p>'
    return page


def baseline_cards(lines: PortfolioResult | None) -> list[str]:
    """The best constant tactic, the portfolio and the best script, as far as they were measured."""
    if lines is None:
        return [card("constant", "Best constant tactic", "–", "not measured")]
    best = lines.best
    out = [
        card(
            "constant",
            f"Always <code>{escape(best.tactic)}</code>",
            percent(best.estimate.value),
            f"best constant tactic, chosen with hindsight {interval(best.estimate)}",
        ),
        card(
            "portfolio",
            f"Portfolio of {len(lines.tactics)} tactics",
            percent(lines.portfolio.value),
            f"any of them closes it {interval(lines.portfolio)}",
        ),
    ]
    if lines.templates:
        script = lines.templates[0]
        out.append(
            card(
                "template",
                f"Always <code>{escape(script.tactic)}</code>",
                percent(script.estimate.value),
                f"best script told the definitions, chosen with hindsight {interval(script.estimate)}"
                f"{other_theorems(script, lines)}",
            )
        )
    return out


def _pass_card(benchmark: Benchmark, k: int) -> str:
    first = benchmark.before.overall.at(k)
    if benchmark.after is None:
        return card("", f"pass@{k}", percent(first.value if first else None), f"95 % {interval(first)}")
    last = benchmark.after.overall.at(k)
    figure = f'<span class="from">{_bare(first)}</span> <small>→</small> <span class="to">{_bare(last)}</span> <small>%</small>'
    return card("", f"pass@{k}, before → after", figure, f"95 % {interval(first)} → {interval(last)}")


def _bare(estimate: Estimate | None) -> str:
    return f"{100 * estimate.value:.1f}" if estimate else "–"


def card(css: str, name: str, figure: str, note: str) -> str:
    """One number with its name and a note; all HTML."""
    return (
        f'<div class="card {css}"><div class="name">{name}</div><div class="figure">{figure}</div>'
        f'<div class="note">{note}</div></div>'
    )
