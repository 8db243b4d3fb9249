"""Each theorem's attempts on an evaluation's page, folded away, as many as fit."""

from __future__ import annotations

from collections import defaultdict
from html import escape
from typing import TYPE_CHECKING, NamedTuple

from eval.report.cell_charts import class_strip
from eval.report.figures import CLASSES, MEANING
from eval.report.lean_html import highlight
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.report.page_data import PageData
    from eval.results import TheoremResult
    from physprover.records import JudgedAttempt

BYTES = 4_000_000  # of the whole section; the rest of a page takes some 50 KB
TEXT = 4_000  # characters of one proof
MESSAGE = 600  # characters of Lean's first message


class Card(NamedTuple):
    """One theorem, rendered."""

    name: str
    head: str  # what stands above its attempts
    texts: tuple[str, ...]  # its distinct attempts, proofs first

    def html(self, shown: int) -> str:
        """The first `shown` texts, and how many were left out."""
        rest = len(self.texts) - shown
        note = (
            f'<p class="why">{rest} more distinct attempts are in the attempts file.</p>' if rest > 0 else ""
        )
        return f'<details class="one">{self.head}{"".join(self.texts[:shown])}{note}</details>'


def theorem_list(data: PageData, limit: int = BYTES) -> str:
    """Every theorem with its attempts, in at most about `limit` bytes; what is left out is said."""
    rows = sorted(data.result.theorems, key=lambda t: (t.domain, t.name))
    cards = [card(row, data.attempts.get(row.name, [])) for row in rows]
    shown = fitting(cards, limit)
    kept, used = [], 0
    for one in cards:
        html = one.html(shown)
        used += len(html.encode())
        if used > limit:
            break
        kept.append(html)
    return _left_out(cards, shown, len(kept)) + "".join(kept)


def fitting(cards: Sequence[Card], limit: int) -> int:
    """The largest number of texts for each theorem that keeps all of them within `limit` bytes; at least one."""
    most = max((len(c.texts) for c in cards), default=1)
    used = sum(len(c.html(0).encode()) for c in cards)
    for shown in range(most):
        used += sum(len(c.texts[shown].encode()) for c in cards if len(c.texts) > shown)
        if used > limit:
            return max(1, shown)
    return max(1, most)


def _left_out(cards: Sequence[Card], shown: int, kept: int) -> str:
    """The note on what does not fit, "" when everything does."""
    notes = []
    if any(len(c.texts) > shown for c in cards):
        notes.append(
            f"at most {shown} distinct attempts of each theorem are shown, proofs first, then the most frequent"
        )
    if kept < len(cards):
        notes.append(f"{len(cards) - kept} of {len(cards)} theorems are left out")
    text = "; ".join(notes)
    return (
        f'<p class="hint">To keep the page small, {text}. The attempts file has all of them.</p>'
        if text
        else ""
    )


def card(theorem: TheoremResult, judged: Sequence[JudgedAttempt]) -> Card:
    """One theorem: name, counts and verdicts in its summary line; statement; then each distinct text once."""
    hard = " hard" if theorem.level == "multi-step" else ""
    level = f'<span class="tag{hard}">{theorem.level}</span>' if theorem.level != "not measured" else ""
    domain = f'<span class="tag">{escape(theorem.domain)}</span>' if theorem.domain else ""
    unjudged = f", {theorem.unjudged} not judged" if theorem.unjudged else ""
    counts = {kind: theorem.outcomes[kind] for kind in CLASSES if theorem.outcomes.get(kind)}
    summary = (
        f"<summary><code>{escape(theorem.name)}</code>{domain}{level}"
        f'<span class="count">{theorem.correct} of {theorem.n}{unjudged}</span>{class_strip(counts)}</summary>'
    )
    informal = f"<p>{escape(theorem.informal)}</p>" if theorem.informal else ""
    statement = f"<pre>{highlight(_cut(theorem.statement, TEXT))}</pre>"
    return Card(theorem.name, summary + informal + statement, _texts(judged))


def _texts(judged: Sequence[JudgedAttempt]) -> tuple[str, ...]:
    """Attempts with the same text and verdict are one; proofs first, the shortest leading, then by frequency."""
    same: defaultdict[tuple[str, Outcome], list[JudgedAttempt]] = defaultdict(list)
    for j in judged:
        same[j.attempt.proof, j.verdict.outcome].append(j)

    def rank(group: list[JudgedAttempt]) -> tuple[bool, int, str]:
        first = group[0]
        proved = first.verdict.outcome is Outcome.PROVED
        return (not proved, len(first.attempt.proof) if proved else -len(group), first.attempt.proof)

    return tuple(_text(group) for group in sorted(same.values(), key=rank))


def _text(group: Sequence[JudgedAttempt]) -> str:
    attempt, verdict = group[0].attempt, group[0].verdict
    outcome = verdict.outcome.value
    facts = [MEANING.get(outcome, outcome)]
    facts += [f"by the check `{verdict.check}`"] if verdict.check else []
    facts += [f"written {len(group)} times"] if len(group) > 1 else []
    facts += [f"{len(attempt.token_ids)} tokens"] if attempt.token_ids else []
    facts += ["cut by the length limit"] if attempt.truncated else []
    out = (
        f'<p class="why"><i class="class-{outcome}"></i>{escape(" · ".join(facts))}</p>'
        f"<pre>{highlight(_cut(attempt.proof.strip(), TEXT))}</pre>"
    )
    errors = [m for m in verdict.messages if "error" in m[:20]] or list(verdict.messages)
    if errors and verdict.outcome is not Outcome.PROVED:
        out += f'<pre class="message">{escape(_cut(errors[0].strip(), MESSAGE))}</pre>'
    return out


def _cut(text: str, limit: int) -> str:
    return text if len(text) <= limit else f"{text[:limit]} … ({len(text) - limit:,} more characters)"
