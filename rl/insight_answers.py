"""What a prover announced in its recorded attempts, in parts: one line each, broken ones with the reason.

The completions stay in `attempts.jsonl`; this only reads them again. `sketch` and `techniques` are what a search retrieves
and decomposes by.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.errors import DataError
from physprover.prompts import get_prompt
from physprover.prompts.insight import Answer, InsightPrompt
from physprover.records import JudgedAttempt, Outcome, Record, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from pathlib import Path

    from physprover.records import Theorem


class AnsweredAttempt(Record):
    """One attempt in parts."""

    theorem: str
    step: int
    outcome: Outcome
    answer: Answer


def answers(attempts: Path, theorems: Mapping[str, Theorem]) -> Iterator[AnsweredAttempt]:
    """The attempts of an `attempts.jsonl` in parts.

    Raises `DataError` for attempts at a theorem that `theorems` lacks, or in a format without parts.
    """
    for item in read_jsonl(attempts, JudgedAttempt):
        attempt = item.attempt
        prompt = get_prompt(attempt.prompt_format)
        if not isinstance(prompt, InsightPrompt):
            raise DataError(
                f"{attempts}: written in the format `{attempt.prompt_format}`, which has no parts"
            )
        if attempt.theorem not in theorems:
            raise DataError(f"{attempts}: the data set has no theorem `{attempt.theorem}`")
        answer = prompt.read(attempt.completion, theorems[attempt.theorem])
        yield AnsweredAttempt(
            theorem=attempt.theorem, step=item.step, outcome=item.verdict.outcome, answer=answer
        )


def summary(found: Iterable[AnsweredAttempt]) -> str:
    """How many attempts were well formed and how many were not, by reason."""
    reasons = Counter(row.answer.problem or "well formed" for row in found)
    return "\n".join(f"{count:>7}  {reason}" for reason, count in reasons.most_common()) or "no attempts"
