"""The report's theorems: what was proved, with the proof Lean accepted, and what was not, with Lean's answer."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from eval.report.lean_html import highlight

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from eval.report.data import Benchmark
    from eval.results import TheoremResult

SHOWN = 8


def solved_first(benchmark: Benchmark) -> list[TheoremResult]:
    """Solved theorems, the newly solved and multi-step ones first, then spread over the domains."""
    unsolved_before = _unsolved_before(benchmark)
    rows = [t for t in benchmark.last.theorems if t.accepted is not None]
    return _spread(
        rows,
        lambda t: (t.name not in unsolved_before, t.level != "multi-step", -len(t.accepted or ""), t.name),
    )


def unsolved_first(benchmark: Benchmark) -> list[TheoremResult]:
    """Judged theorems without a proof, those lost in training first, then spread over the domains."""
    solved_before = {t.name for t in benchmark.before.theorems if t.correct}
    rows = [t for t in benchmark.last.theorems if t.n and not t.correct]
    return _spread(rows, lambda t: (t.name not in solved_before, t.level != "multi-step", t.name))


def _spread(
    rows: list[TheoremResult], rank: Callable[[TheoremResult], tuple[object, ...]]
) -> list[TheoremResult]:
    """Order by `rank`, but take one of each domain before the second of any."""
    turn: dict[str, int] = {}
    keyed: list[tuple[int, int, TheoremResult]] = []
    for row in sorted(rows, key=rank):
        turn[row.domain] = turn.get(row.domain, -1) + 1
        keyed.append((turn[row.domain], len(keyed), row))
    return [row for _, _, row in sorted(keyed, key=lambda k: k[:2])]


def _unsolved_before(benchmark: Benchmark) -> set[str]:
    if benchmark.after is None:
        return set()
    return {t.name for t in benchmark.before.theorems if not t.correct}


def solved_section(benchmark: Benchmark) -> str:
    """Cards of solved theorems."""
    rows = solved_first(benchmark)
    if not rows:
        return '<p class="missing">No theorem has been solved yet.</p>'
    new = _unsolved_before(benchmark)
    cards = [_card(t, new=t.name in new) for t in rows]
    return _cards(cards)


def unsolved_section(benchmark: Benchmark) -> str:
    """Cards of unsolved theorems, each with the attempt that was written most often."""
    rows = unsolved_first(benchmark)
    if not rows:
        return '<p class="missing">Every judged theorem has at least one accepted proof.</p>'
    return _cards([_card(t) for t in rows])


def _cards(cards: Sequence[str]) -> str:
    page = f'<div class="grid">{"".join(cards[:SHOWN])}</div>'
    rest = cards[SHOWN:]
    if rest:
        page += (
            f'<details style="margin-top:16px"><summary>{len(rest)} more</summary>'
            f'<div class="grid">{"".join(rest)}</div></details>'
        )
    return page


def _card(theorem: TheoremResult, new: bool = False) -> str:
    tags = [f'<span class="tag">{escape(theorem.domain)}</span>'] if theorem.domain else []
    if new:
        tags.insert(0, '<span class="tag new">newly solved</span>')
    if theorem.level != "not measured":
        tags.append(
            f'<span class="tag{" hard" if theorem.level == "multi-step" else ""}">{theorem.level}</span>'
        )
    tags.append(f'<span class="tag">{theorem.correct} of {theorem.n} attempts</span>')
    informal = f"<p>{escape(theorem.informal)}</p>" if theorem.informal else "<p></p>"
    return (
        f'<article class="theorem"><h3>{escape(short_name(theorem.name))}</h3>'
        f'<div class="tags">{"".join(tags)}</div>{informal}{_code(theorem)}</article>'
    )


def _code(theorem: TheoremResult) -> str:
    if theorem.accepted is not None:
        return f"<pre>{highlight(f'{theorem.statement} := {theorem.accepted.strip()}')}</pre>"
    page = f"<pre>{highlight(f'{theorem.statement} := ?')}</pre>"
    failed = theorem.failed
    if failed is None:
        return page
    often = f", written {failed.times} times" if failed.times > 1 else ""
    page += (
        f'<p class="why">A typical attempt ({escape(failed.outcome.value.replace("_", " "))}{often}):</p>'
        f"<pre>{highlight(failed.proof.strip())}</pre>"
    )
    return page + (f'<pre class="message">{escape(failed.message.strip())}</pre>' if failed.message else "")


def short_name(name: str) -> str:
    """The last component of a namespace-qualified name."""
    return name.rpartition(".")[2]


def all_theorems(benchmark: Benchmark) -> str:
    """Every theorem with its counts, folded away."""
    before = {t.name: t for t in benchmark.before.theorems}
    rows = []
    for t in benchmark.last.theorems:
        old = before.get(t.name)
        first = f'<td class="num">{old.correct}/{old.n}</td>' if benchmark.after and old else ""
        rows.append(
            f"<tr><td><code>{escape(t.name)}</code></td><td>{escape(t.level)}</td>"
            f"<td>{escape(', '.join(t.closed_by or ()))}</td>{first}"
            f'<td class="num">{t.correct}/{t.n}</td><td class="num">{t.unjudged or ""}</td></tr>'
        )
    head = '<th class="num">before</th>' if benchmark.after else ""
    return (
        f'<details style="margin-top:18px"><summary>Every theorem <span>({len(rows)})</span></summary>'
        '<div class="scroll"><table><thead><tr><th>theorem</th><th>level</th>'
        f'<th>single tactics that close it</th>{head}<th class="num">{"after" if head else "proved"}</th>'
        f'<th class="num">unjudged</th></tr></thead><tbody>{"".join(rows)}</tbody></table></div></details>'
    )
