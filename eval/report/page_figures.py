"""The figures and numbers of an evaluation's page; what is missing says so."""

from __future__ import annotations

import math
import statistics
from html import escape
from typing import TYPE_CHECKING

from eval.pass_tokens import budget_grid, pass_over_tokens, saved_for
from eval.passk import benchmark_pass_at_k
from eval.report import charts
from eval.report.figures import baseline_levels, pass_curve, verdict_bars
from eval.report.text import definitions, duration, interval, legend, missing, percent

if TYPE_CHECKING:
    from collections.abc import Iterable

    from eval.passk import Estimate
    from eval.report.page_data import PageData
    from eval.results import EvalResult, TheoremResult

EVERY = 64  # up to here each k has a point


def dense_ks(result: EvalResult) -> list[tuple[int, Estimate]]:
    """pass@k for k = 1 to n; beyond `EVERY` only some of them, evenly spaced in their logarithm, n included."""
    top = max((t.n for t in result.theorems), default=0)
    steps = range(1, EVERY + 1)
    beyond = {round(EVERY * math.exp(i / len(steps) * math.log(max(top, EVERY) / EVERY))) for i in steps}
    ks = sorted({k for k in (*steps, *beyond, *result.settings.ks) if k <= top})
    cells = [(t.n, t.correct) for t in result.theorems]
    return [(k, estimate) for k in ks if (estimate := benchmark_pass_at_k(cells, k)) is not None]


def pass_figure(data: PageData) -> str:
    """pass@k over k, with the baselines."""
    points = dense_ks(data.result)
    if not points:
        return missing("pass@k: no attempt could be judged.")
    levels, items = baseline_levels(data.portfolio)
    chart = charts.pass_at_k_chart([pass_curve("after", points, "")], levels, "pass@k over k, with baselines")
    return chart + legend([("c-after", "", "pass@k; the ribbon is its 95 % interval"), *items])


def tokens_figure(data: PageData) -> str:
    """Share solved over tokens per theorem (`eval.pass_tokens`)."""
    lengths = data.lengths
    if lengths is None:
        return missing("Pass over tokens: these attempts were saved without their tokens.")
    if not any(one.proved for one in lengths):
        return missing("Pass over tokens: no attempt is a proof.")
    points = [
        charts.Point(
            at.tokens,
            at.estimate.value,
            at.estimate.low,
            at.estimate.high,
            f"{at.tokens:,} tokens: {percent(at.estimate.value)} {interval(at.estimate)}",
        )
        for at in pass_over_tokens(lengths, budget_grid(lengths))
    ]
    until = saved_for(lengths)
    chart = charts.tokens_chart(
        [charts.Curve("tokens", "after", points)], "share solved over sampled tokens", until
    )
    ends = f"shaded: beyond {until:,} tokens some theorem has no attempt left"
    return chart + legend(
        [("c-after", "", "solved within the tokens, with 95 % interval"), ("c-beyond", "box", ends)]
    )


def verdicts_figure(data: PageData) -> str:
    """Verdict classes of all attempts and of each level."""
    result = data.result
    named = [("all theorems", result.outcomes)]
    if len(result.by_level) > 1:
        named += [
            (g.name, _outcomes(t for t in result.theorems if t.level == g.name)) for g in result.by_level
        ]
    if not result.outcomes:
        return missing("No verdicts yet.")
    return verdict_bars(named, "verdict classes", " · ")


def _outcomes(theorems: Iterable[TheoremResult]) -> dict[str, int]:
    total: dict[str, int] = {}
    for theorem in theorems:
        for kind, count in theorem.outcomes.items():
            total[kind] = total.get(kind, 0) + count
    return total


def attempts_table(data: PageData) -> str:
    """What the attempts are, in numbers."""
    result, judged = data.result, [j for rows in data.attempts.values() for j in rows]
    total = sum(t.n + t.unjudged for t in result.theorems)
    tokens = sorted(len(j.attempt.token_ids) for j in judged if j.attempt.token_ids)
    texts = len({(j.attempt.theorem, j.attempt.proof) for j in judged})
    rows = [
        ("attempts", f"{total:,}, {result.settings.samples} for each theorem"),
        ("not judged, counted neither way", f"{result.unjudged:,}"),
        ("distinct texts", f"{texts:,} ({percent(texts / total if total else None)})"),
        ("ended by the length limit", f"{result.truncated:,}"),
    ]
    if tokens:
        rows.append(
            (
                "tokens of an attempt",
                f"median {statistics.median(tokens):g}, longest {tokens[-1]:,}, limit {result.settings.max_new_tokens:,}",
            )
        )
        rows.append(("tokens in all", f"{sum(tokens):,}"))
    rows.append(("Lean, CPU time", duration(sum(j.verdict.seconds for j in judged))))
    rows.append(("wall clock", duration(result.seconds)))
    return f'<dl class="settings single">{definitions(rows)}</dl>'


def paper_table(text: str) -> str:
    """The Markdown, to copy."""
    return f"<details><summary>Markdown table <span>(also in the .md file)</span></summary><pre>{escape(text)}</pre></details>"
