"""Judge saved attempts again, with no model: does Lean still say the same?

The attempts file of an evaluation (or of a training run) holds every text and its verdict. Replaying it checks the
judge, compares two engines or two versions of one, and recounts published figures.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from eval.judging import judge_attempts
from physprover.errors import DataError
from physprover.records import Attempt, JudgedAttempt, Outcome, Record, Theorem, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from physprover.lean.protocol import Pool
    from physprover.progress import Progress


class Change(Record):
    """One text whose verdict differs now."""

    theorem: str
    proof: str
    before: Outcome
    after: Outcome
    message: str = ""


class ReplayReport(Record):
    """What a replay found. `attempts` counts attempts, `texts` distinct (theorem, proof) pairs."""

    attempts: int
    texts: int
    agreed: int  # texts with the same outcome
    unjudged: int  # texts without a verdict on either side; no evidence
    changes: tuple[Change, ...]
    before: dict[str, int]  # Outcome value -> texts
    after: dict[str, int]
    unknown: tuple[str, ...]  # theorems of the file that the given set lacks; their attempts were left out
    engines_before: tuple[str, ...]
    engines_after: tuple[str, ...]

    @property
    def sentence(self) -> str:
        """The result in one line."""
        judged = self.texts - self.unjudged
        text = f"{self.agreed} of {judged} distinct texts got the same verdict again"
        return text + (f"; {self.unjudged} could not be judged" if self.unjudged else "")


def replay(
    attempts: Path,
    theorems: Sequence[Theorem],
    pool: Pool,
    progress: Progress,
    *,
    check_seconds: float = 20.0,
) -> ReplayReport:
    """Judge every distinct text of an attempts file again. Raises `DataError` for an empty or foreign file."""
    saved = list(read_jsonl(attempts, JudgedAttempt))
    if not saved:
        raise DataError(f"{attempts}: no attempts to judge again")
    by_name = {t.name: t for t in theorems}
    unknown = sorted({j.attempt.theorem for j in saved} - by_name.keys())
    before = {(j.attempt.theorem, j.attempt.proof): j for j in saved if j.attempt.theorem in by_name}
    if not before:
        raise DataError(f"{attempts}: none of its theorems is in the given set, e.g. `{unknown[0]}`")

    texts: list[Attempt] = [j.attempt for j in before.values()]
    after: list[JudgedAttempt] = []
    with progress.stage("replay", total=len(texts)) as stage:
        for judged in judge_attempts(texts, by_name, pool, check_seconds):
            after.append(judged)
            stage.advance()
    return _report(before, after, len(saved), tuple(unknown))


def _report(
    before: dict[tuple[str, str], JudgedAttempt],
    after: list[JudgedAttempt],
    attempts: int,
    unknown: tuple[str, ...],
) -> ReplayReport:
    changes, agreed, unjudged = [], 0, 0
    for new in after:
        old = before[new.attempt.theorem, new.attempt.proof].verdict
        if Outcome.INFRASTRUCTURE in (old.outcome, new.verdict.outcome):
            unjudged += 1
        elif old.outcome is new.verdict.outcome:
            agreed += 1
        else:
            changes.append(
                Change(
                    theorem=new.attempt.theorem,
                    proof=new.attempt.proof,
                    before=old.outcome,
                    after=new.verdict.outcome,
                    message=next(iter(new.verdict.messages), "")[:600],
                )
            )
    return ReplayReport(
        attempts=attempts,
        texts=len(after),
        agreed=agreed,
        unjudged=unjudged,
        changes=tuple(changes),
        before=dict(Counter(j.verdict.outcome.value for j in before.values())),
        after=dict(Counter(j.verdict.outcome.value for j in after)),
        unknown=unknown,
        engines_before=tuple(sorted({j.verdict.engine for j in before.values()})),
        engines_after=tuple(sorted({j.verdict.engine for j in after})),
    )
