"""Each theorem's attempts on the page of an evaluation, as many as fit into a few megabytes."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from eval.report.render import CLASSES, environment
from physprover.records import Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from eval.report.data import EvaluationData
    from eval.results import TheoremResult
    from physprover.records import JudgedAttempt

BYTES = 4_000_000  # of the whole section; the rest of a page takes some 50 KB


class AttemptText(NamedTuple):
    """Attempts with the same text and verdict."""

    proof: str
    outcome: str
    facts: str  # "rejected · written 3 times · 12 tokens"
    message: str  # Lean's first error, "" for a proof


class Card(NamedTuple):
    """One theorem as HTML: what stands above its attempts, and the first of its distinct attempts."""

    head: str
    texts: tuple[str, ...]
    left_out: int  # distinct attempts that did not fit

    @property
    def size(self) -> int:
        """Bytes."""
        return sum(len(text.encode()) for text in (self.head, *self.texts))


def theorem_cards(data: EvaluationData, limit: int = BYTES) -> list[Card]:
    """Theorems by domain and name, each with an equal part of `limit` bytes, at least one attempt, within `limit` in all."""
    rows = sorted(data.result.theorems, key=lambda t: (t.domain, t.name))
    cards, used = [], 0
    for row in rows:
        card = _card(row, distinct(data.attempts.get(row.name, [])), limit // len(rows))
        used += card.size
        if used > limit:
            break
        cards.append(card)
    return cards


def _card(theorem: TheoremResult, texts: Sequence[AttemptText], limit: int) -> Card:
    parts: Any = environment().get_template("attempts.html.j2").module
    card = Card(parts.head(theorem), (), len(texts))
    for text in texts:
        longer = Card(card.head, (*card.texts, parts.attempt(text)), card.left_out - 1)
        if card.texts and longer.size > limit:
            break
        card = longer
    return card


def distinct(judged: Sequence[JudgedAttempt]) -> list[AttemptText]:
    """Each distinct text once: proofs first, the shortest leading, then by frequency."""
    same: defaultdict[tuple[str, Outcome], list[JudgedAttempt]] = defaultdict(list)
    for j in judged:
        same[j.attempt.proof, j.verdict.outcome].append(j)

    def rank(group: list[JudgedAttempt]) -> tuple[bool, int, str]:
        proof, proved = group[0].attempt.proof, group[0].verdict.outcome is Outcome.PROVED
        return (not proved, len(proof) if proved else -len(group), proof)

    return [_text(group) for group in sorted(same.values(), key=rank)]


def _text(group: Sequence[JudgedAttempt]) -> AttemptText:
    attempt, verdict = group[0].attempt, group[0].verdict
    facts = [
        CLASSES[verdict.outcome.value],
        f"by the check `{verdict.check}`" if verdict.check else "",
        f"written {len(group)} times" if len(group) > 1 else "",
        f"{len(attempt.token_ids)} tokens" if attempt.token_ids else "",
        "cut by the length limit" if attempt.truncated else "",
    ]
    errors = [m for m in verdict.messages if "error" in m[:20]] or list(verdict.messages)
    message = errors[0].strip() if errors and verdict.outcome is not Outcome.PROVED else ""
    return AttemptText(attempt.proof.strip(), verdict.outcome.value, " · ".join(filter(None, facts)), message)
