"""Judge saved attempts again, with no model: does Lean still say the same?

The attempts file of an evaluation (or of a training run) holds every text and its verdict. Judging it again checks the
judge, compares two engines or two versions of one, and recounts published figures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from physprover.errors import DataError
from physprover.lean.ask import judge_attempts
from physprover.lean.protocol import Pool
from physprover.progress import Progress
from physprover.records import JudgedAttempt, Outcome, Record, Theorem, read_jsonl

Key = tuple[str, str]  # (theorem name, proof text)


class Change(Record):
    """One text whose verdict differs now."""

    theorem: str
    proof: str
    before: Outcome
    after: Outcome
    message: str = ""


class RejudgeReport(Record):
    """What a replay found. `texts` counts distinct (theorem, proof) pairs."""

    texts: int
    agreed: int  # texts with the same outcome
    unjudged: int  # texts without a verdict on either side; no evidence
    changes: tuple[Change, ...]
    unknown: tuple[str, ...]  # theorems of the file that the given set lacks; their attempts were left out

    @property
    def sentence(self) -> str:
        """The result in one line."""
        judged = self.texts - self.unjudged
        text = f"{self.agreed} of {judged} distinct texts got the same verdict again"
        return text + (f"; {self.unjudged} could not be judged" if self.unjudged else "")


def rejudge(
    attempts: Path,
    theorems: Sequence[Theorem],
    pool: Pool,
    progress: Progress,
    *,
    check_seconds: float = 20.0,
) -> RejudgeReport:
    """Judge every distinct text of an attempts file again. Raises `DataError` for an empty or foreign file."""
    saved = list(read_jsonl(attempts, JudgedAttempt))
    if not saved:
        raise DataError(f"{attempts}: no attempts to judge again")
    by_name = {t.name: t for t in theorems}
    unknown = sorted({j.attempt.theorem for j in saved} - by_name.keys())
    before = {_key(j): j for j in saved if j.attempt.theorem in by_name}
    if not before:
        raise DataError(
            f"{attempts}: none of its theorems is in the given set, e.g. `{unknown[0]}`; "
            "name theirs with --benchmark and --path"
        )

    # Texts of one file are neighbours, and those of one statement: a worker elaborates each header and statement once.
    texts = sorted((j.attempt for j in before.values()), key=lambda a: by_name[a.theorem].place)
    after: list[JudgedAttempt] = []
    with progress.stage("replay", total=len(texts)) as stage:
        for judged in judge_attempts(texts, by_name, pool, check_seconds, messages=0):
            after.append(judged)
            stage.advance()
    settled = [new for new in after if Outcome.INFRASTRUCTURE not in _outcomes(new, before)]
    differing = [new for new in settled if len(set(_outcomes(new, before))) > 1]
    # Only these are asked for Lean's messages, which take a quarter of the time of a check that fails.
    again = judge_attempts([new.attempt for new in differing], by_name, pool, check_seconds)
    reasons = {_key(j): j.verdict.messages for j in again}
    changes = [
        Change(
            theorem=new.attempt.theorem,
            proof=new.attempt.proof,
            before=before[_key(new)].verdict.outcome,
            after=new.verdict.outcome,
            message="".join(reasons[_key(new)][:1])[:600],
        )
        for new in differing
    ]
    return RejudgeReport(
        texts=len(after),
        agreed=len(settled) - len(differing),
        unjudged=len(after) - len(settled),
        changes=tuple(changes),
        unknown=tuple(unknown),
    )


def _key(judged: JudgedAttempt) -> Key:
    return judged.attempt.theorem, judged.attempt.proof


def _outcomes(new: JudgedAttempt, before: Mapping[Key, JudgedAttempt]) -> tuple[Outcome, Outcome]:
    """Of the same text, then and now."""
    return before[_key(new)].verdict.outcome, new.verdict.outcome
