"""The files of one evaluation that is under way, so that a kill loses no attempt and a resume samples none twice.

<label>.state.json      what is being evaluated (fingerprint), sampling rounds begun, seconds spent
<label>.samples.jsonl   `Attempt`: written the moment it is sampled; removed once everything is judged
<label>.attempts.jsonl  `JudgedAttempt`: written the moment Lean has answered
<label>.json            `EvalResult`: written last
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from physprover.errors import RunError
from physprover.files import append, read_journal, write_record
from physprover.records import Attempt, JudgedAttempt, Record

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


_STATE = ".state.json"


def is_state(file: Path) -> bool:
    """Whether `file` is the bookkeeping of an evaluation, which lies beside its result and is none."""
    return file.name.endswith(_STATE)


class State(Record):
    """What the evaluation is, and how far it came."""

    fingerprint: str
    rounds: int = 0  # sampling calls begun; each has its own seed
    seconds: float = 0.0
    started: float = 0.0


class AttemptStore:
    """Append-only attempts of one evaluation; opening it again continues where the files end."""

    def __init__(self, out: Path, fingerprint: str, now: float) -> None:
        """Raises `RunError` when the files belong to an evaluation with other settings."""
        self.attempts_file = out.with_suffix(".attempts.jsonl")
        self._samples_file = out.with_suffix(".samples.jsonl")
        self._state_file = out.with_suffix(_STATE)
        out.parent.mkdir(parents=True, exist_ok=True)
        self.state = self._open_state(fingerprint, now)
        self.judged = read_journal(self.attempts_file, JudgedAttempt)
        self.sampled = read_journal(self._samples_file, Attempt)

    def _open_state(self, fingerprint: str, now: float) -> State:
        if not self._state_file.exists():
            state = State(fingerprint=fingerprint, started=now)
            write_record(self._state_file, state)
            return state
        state = State.model_validate_json(self._state_file.read_text(encoding="utf-8"))
        if state.fingerprint != fingerprint:
            raise RunError(
                f"{self.attempts_file} belongs to an evaluation with other settings; "
                f"choose another label, or delete it and {self._state_file.name}"
            )
        return state

    def begin_round(self) -> int:
        """Number of the sampling call that starts now, counted over all sessions."""
        number = self.state.rounds
        self._update(rounds=number + 1)
        return number

    def spent(self, seconds: float) -> None:
        """Add wall-clock seconds of a session."""
        self._update(seconds=self.state.seconds + seconds)

    def _update(self, **changes: object) -> None:
        self.state = self.state.replace(**changes)
        write_record(self._state_file, self.state)

    def counts(self) -> Counter[str]:
        """Attempts per theorem that need not be sampled again."""
        saved: Counter[str] = Counter(j.attempt.theorem for j in self.judged)
        saved.update(attempt.theorem for attempt in self.pending())
        return saved

    def pending(self) -> Iterator[Attempt]:
        """Sampled in an earlier session, not judged yet."""
        judged = Counter((j.attempt.theorem, j.attempt.proof) for j in self.judged)
        for attempt in self.sampled:
            key = (attempt.theorem, attempt.proof)
            if judged[key]:
                judged[key] -= 1
            else:
                yield attempt

    def add_sample(self, attempt: Attempt) -> None:
        self.sampled.append(attempt)
        append(self._samples_file, attempt)

    def add_judged(self, judged: JudgedAttempt) -> None:
        self.judged.append(judged)
        append(self.attempts_file, judged)

    def finish(self) -> None:
        """Everything is judged: the samples are in the attempts file now."""
        self._samples_file.unlink(missing_ok=True)
