"""Markdown tables of evaluations, for papers and docs/results.md."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.baselines import PortfolioResult
    from eval.passk import Estimate
    from eval.results import EvalResult, Group


def markdown(results: Sequence[EvalResult], portfolio: PortfolioResult | None = None) -> str:
    """One row for each evaluation; the baselines below, when given. Estimates are percent with 95 % intervals."""
    ks = sorted({p.k for r in results for p in r.overall.pass_at})
    head = [
        "evaluation",
        "benchmark",
        "theorems",
        *(f"pass@{k}" for k in ks),
        "solved",
        "not runnable",
        "unjudged",
    ]
    rows = [
        [
            r.label,
            r.benchmark,
            str(r.overall.theorems),
            *(cell(r.overall.at(k)) for k in ks),
            str(r.overall.solved),
            str(len(r.not_runnable)),
            str(r.unjudged),
        ]
        for r in results
    ]
    if portfolio is not None:
        count = str(len(portfolio.theorems))
        best = portfolio.best
        for name, estimate, closed in (
            (f"always `{best.tactic}`", best.estimate, best.closed),
            (f"portfolio of {len(portfolio.tactics)} tactics", portfolio.portfolio, portfolio.closed),
        ):
            same = [cell(estimate)] * len(ks)
            rows.append(
                [name, portfolio.benchmark, count, *same, str(closed), "", str(len(portfolio.unjudged))]
            )
    return _table(head, rows)


def markdown_groups(result: EvalResult, which: str = "by_domain") -> str:
    """One row for each domain (`by_domain`) or level (`by_level`), and the whole."""
    ks = [p.k for p in result.overall.pass_at]
    groups: tuple[Group, ...] = getattr(result, which)
    rows = [
        [g.name, str(g.theorems), *(cell(g.at(k)) for k in ks), str(g.solved)]
        for g in (*groups, result.overall)
    ]
    return _table([which.removeprefix("by_"), "theorems", *(f"pass@{k}" for k in ks), "solved"], rows)


def cell(estimate: Estimate | None) -> str:
    """ "41.2 [33.0, 49.8]", or a dash."""
    if estimate is None:
        return "–"
    return f"{100 * estimate.value:.1f} [{100 * estimate.low:.1f}, {100 * estimate.high:.1f}]"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"
