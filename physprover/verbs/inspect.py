"""`physprover inspect`: attempts of a run, as they were judged."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from physprover.errors import DataError
from physprover.records import JudgedAttempt, Outcome, Record, read_jsonl
from physprover.verbs.models import open_run

if TYPE_CHECKING:
    from pathlib import Path


class Filter(Record):
    """Which attempts to show; None lets all pass."""

    theorem: str | None = None  # part of the theorem's name
    outcome: str | None = None
    step: int | None = None

    def admits(self, judged: JudgedAttempt) -> bool:
        """Whether an attempt passes."""
        return (
            (self.theorem is None or self.theorem in judged.attempt.theorem)
            and (self.outcome is None or judged.verdict.outcome == self.outcome)
            and (self.step is None or judged.step == self.step)
        )


def show(run_dir: Path, wanted: Filter, limit: int, as_json: bool) -> None:
    """Print the latest attempts that pass the filter, oldest first."""
    if wanted.outcome is not None and wanted.outcome not in set(Outcome):
        raise DataError(f"no verdict is called `{wanted.outcome}`; there are: {', '.join(Outcome)}")
    file = open_run(run_dir).path / "attempts.jsonl"
    if not file.exists():
        raise DataError(f"{run_dir}: no attempts yet")
    latest = deque((a for a in read_jsonl(file, JudgedAttempt) if wanted.admits(a)), maxlen=limit)
    for judged in latest:
        print(judged.model_dump_json() if as_json else _text(judged))
    if not latest and not as_json:
        print("no attempt matches")


def _text(judged: JudgedAttempt) -> str:
    attempt, verdict = judged.attempt, judged.verdict
    lines = [f"step {judged.step}  {verdict.outcome.value}  {verdict.seconds:.2f} s  {attempt.theorem}"]
    lines += [f"    {line}" for line in attempt.proof.splitlines()]
    if verdict.outcome is not Outcome.PROVED:
        lines += [
            f"  ! {line}" for message in verdict.messages[:1] for line in message.strip().splitlines()[:6]
        ]
    return "\n".join(lines)
