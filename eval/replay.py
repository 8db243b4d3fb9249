"""Judge saved attempts again, with no model: does Lean still say the same?

The attempts file of an evaluation (or of a training run) holds every text and its verdict. Replaying it checks the
judge, compares two engines or two versions of one, and recounts published figures.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.errors import DataError
from physprover.lean.ask import judge_attempts
from physprover.records import JudgedAttempt, Outcome, Record, Theorem, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from physprover.lean.protocol import Pool
    from physprover.progress import Progress


Key = tuple[str, str]  # (theorem name, proof text)


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
    before = {_key(j): j for j in saved if j.attempt.theorem in by_name}
    if not before:
        raise DataError(f"{attempts}: none of its theorems is in the given set, e.g. `{unknown[0]}`")

    # Texts of one file are neighbours, and those of one statement: a worker elaborates each header and statement once.
    texts = sorted((j.attempt for j in before.values()), key=lambda a: _place(by_name[a.theorem]))
    after: list[JudgedAttempt] = []
    with progress.stage("replay", total=len(texts)) as stage:
        for judged in judge_attempts(texts, by_name, pool, check_seconds, messages=0):
            after.append(judged)
            stage.advance()
    differing = [new for new in after if _judged(new, before) and not _agrees(new, before)]
    texts = [new.attempt for new in differing]
    reasons = {_key(j): j.verdict.messages for j in judge_attempts(texts, by_name, pool, check_seconds)}
    changes = tuple(_change(before[_key(new)], new, reasons[_key(new)]) for new in differing)
    return _report(before, after, changes, len(saved), tuple(unknown))


def _place(theorem: Theorem) -> tuple[str, int, str]:
    return theorem.source.file, len(theorem.header), theorem.name


def _key(judged: JudgedAttempt) -> Key:
    return judged.attempt.theorem, judged.attempt.proof


def _judged(new: JudgedAttempt, before: Mapping[Key, JudgedAttempt]) -> bool:
    """Whether there is a verdict on both sides."""
    return Outcome.INFRASTRUCTURE not in (new.verdict.outcome, before[_key(new)].verdict.outcome)


def _agrees(new: JudgedAttempt, before: Mapping[Key, JudgedAttempt]) -> bool:
    return new.verdict.outcome is before[_key(new)].verdict.outcome


def _change(old: JudgedAttempt, new: JudgedAttempt, reasons: tuple[str, ...]) -> Change:
    return Change(
        theorem=new.attempt.theorem,
        proof=new.attempt.proof,
        before=old.verdict.outcome,
        after=new.verdict.outcome,
        message="".join(reasons[:1])[:600],
    )


def _report(
    before: Mapping[Key, JudgedAttempt],
    after: Sequence[JudgedAttempt],
    changes: tuple[Change, ...],
    attempts: int,
    unknown: tuple[str, ...],
) -> ReplayReport:
    judged = sum(_judged(new, before) for new in after)
    return ReplayReport(
        attempts=attempts,
        texts=len(after),
        agreed=judged - len(changes),
        unjudged=len(after) - judged,
        changes=changes,
        before=dict(Counter(j.verdict.outcome.value for j in before.values())),
        after=dict(Counter(j.verdict.outcome.value for j in after)),
        unknown=unknown,
        engines_before=tuple(sorted({j.verdict.engine for j in before.values()})),
        engines_after=tuple(sorted({j.verdict.engine for j in after})),
    )
