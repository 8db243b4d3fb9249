"""Questions to Lean that are asked once: verdicts are appended to a file as they come and reused after a restart."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TextIO

from data_gen.candidates import marks, probe
from physprover.errors import DataError
from physprover.files import read_journal
from physprover.lean.ask import KEPT, Asker, key_of
from physprover.lean.protocol import Check, Pool, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import Outcome, Record, Theorem, Verdict

# A build keeps time-outs too, for deadlines no longer than their own: a resumed build must repeat the killed one.
_LASTING = KEPT | {Outcome.TIMEOUT}
_MARK = "closes_"
_END = "portfolio_end"
_SURVEY = probe(_END, [[(f"{_MARK}{tactic}", None, (tactic,))] for tactic in PORTFOLIO])


class Answer(Record):
    """One line of the verdict file."""

    key: str  # of the question, see `ask.key_of`
    outcome: Outcome
    message: str = ""
    check: str = ""
    engine: str = ""
    seconds: float = 0.0
    name: str = ""  # the theorem
    proof: str = ""
    deadline: float = 0.0  # CPU seconds the check was given

    @classmethod
    def of(cls, key: bytes, check: Check, verdict: Verdict, name: str) -> Answer:
        """`name` is the theorem's; the check has an id of its own."""
        return cls(
            key=key.hex()[:32],
            outcome=verdict.outcome,
            message=verdict.messages[0][:2000] if verdict.messages else "",
            check=verdict.check,
            engine=verdict.engine,
            seconds=verdict.seconds,
            name=name,
            proof=check.proof,
            deadline=check.seconds,
        )

    @property
    def proved(self) -> bool:
        return self.outcome is Outcome.PROVED

    @property
    def ill_formed(self) -> bool:
        """The header or the statement itself does not elaborate."""
        return self.outcome is Outcome.INFRASTRUCTURE and self.check == "header"


class Journal:
    """`ask.Store` in the journal of a build, one `Answer` a line; `names` are the theorems of the checks under way, by id."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known = {answer.key: answer for answer in read_journal(path, Answer)}
        self._file: TextIO | None = None
        self.names: dict[str, str] = {}
        self.engine = next((a.engine for a in self._known.values() if a.engine), "")  # who answers

    def get(self, key: bytes, seconds: float) -> Verdict | None:
        known = self._known.get(key.hex()[:32])
        if known is None or (known.outcome is Outcome.TIMEOUT and known.deadline < seconds):
            return None
        messages = (known.message,) if known.message else ()
        return Verdict(
            outcome=known.outcome,
            messages=messages,
            check=known.check,
            engine=known.engine,
            seconds=known.seconds,
        )

    def put(self, key: bytes, check: Check, verdict: Verdict) -> None:
        """Append what a resumed build must not ask again. Raises `DataError` when the disk is full."""
        self.engine = self.engine or verdict.engine
        if verdict.outcome not in _LASTING and verdict.check != "header":
            return
        answer = Answer.of(key, check, verdict, self.names.get(check.id, ""))
        self._known[answer.key] = answer
        try:
            self._file = self._file or self._path.open("a", encoding="utf-8")
            self._file.write(answer.model_dump_json() + "\n")
            self._file.flush()
        except OSError as error:
            raise DataError(
                f"{self._path}: {error.strerror}; free some space and repeat the command"
            ) from None

    def close(self) -> None:
        if self._file is not None:
            self._file.close()


class Judging:
    """Asks a pool, remembering every answer in `path`."""

    def __init__(self, pool: Pool, path: Path, seconds: float) -> None:
        self._journal = Journal(path)
        self._lean = Asker(pool, self._journal)
        self._seconds = seconds

    @property
    def engine(self) -> str:
        """Who answers."""
        return self._journal.engine

    @property
    def asked(self) -> int:
        """Checks that Lean answered in this process."""
        return self._lean.asked

    @property
    def reused(self) -> int:
        """Questions whose answer was known."""
        return self._lean.hits + self._lean.shared

    def ask(
        self,
        questions: Mapping[str, tuple[Theorem, str]],
        tick: Callable[[], None] = lambda: None,
        messages: int = 0,
    ) -> dict[str, Answer]:
        """Judge `id -> (theorem, proof)`; `tick` is called after each answer.

        Answers carry up to `messages` of Lean's messages, and one where a library's own proof fails: writing one out can
        cost more than the check.
        """
        self._journal.names = {name: theorem.name for name, (theorem, _) in questions.items()}
        checks = (
            Check(
                id=name,
                problem=Problem.of(theorem),
                proof=proof,
                seconds=self._seconds,
                messages=max(messages, int(proof == theorem.proof)),
            )
            for name, (theorem, proof) in questions.items()
        )
        answers: dict[str, Answer] = {}
        for check, verdict in self._lean.check_many(checks):
            answers[check.id] = Answer.of(key_of(check), check, verdict, self._journal.names[check.id])
            tick()
        return {name: answers[name] for name in questions}

    def portfolio(
        self, theorems: Iterable[Theorem], tick: Callable[[], None] = lambda: None
    ) -> dict[str, tuple[str, ...]]:
        """Which single tactics close each theorem, by name.

        One check tries them all; where a tactic ends that check early, each is tried alone.
        """
        members = {theorem.name: theorem for theorem in theorems}
        closed: dict[str, tuple[str, ...]] = {}
        alone: dict[str, tuple[Theorem, str]] = {}
        surveys = {name: (theorem, _SURVEY) for name, theorem in members.items()}
        for name, answer in self.ask(surveys, tick, messages=1).items():
            if _END in answer.message:
                closed[name] = tuple(t for t in PORTFOLIO if f"{_MARK}{t}" in marks(answer.message))
            else:
                alone |= {f"{name} {t}": (members[name], portfolio_proof(t)) for t in PORTFOLIO}
        single = self.ask(alone)
        for name in {question.rpartition(" ")[0] for question in alone}:
            closed[name] = tuple(t for t in PORTFOLIO if single[f"{name} {t}"].proved)
        return closed

    def close(self) -> None:
        self._journal.close()
