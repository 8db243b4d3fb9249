"""Questions to Lean that are asked once: verdicts are appended to a file as they come and reused after a restart."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from data_gen.journal import read_journal
from data_gen.proofs import marked
from data_gen.terms import parse_statement
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import Outcome, Record, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import TextIO

    from physprover.lean.protocol import Pool
    from physprover.records import Theorem

# A crash depends on the machine's memory and is not kept as an answer; a time-out is kept for deadlines no longer than its own.
_LASTING = frozenset({Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED, Outcome.TIMEOUT})
# A worker that has judged for hours may be full, and the check that finds it so is not to blame: a fresh one is asked.
_WORKERS_FAULT = frozenset({Outcome.OUT_OF_MEMORY, Outcome.CRASHED, Outcome.INFRASTRUCTURE})
_MARK = "closes_"
_END = "portfolio_end"


class Answer(Record):
    """One line of the verdict file."""

    key: str  # hash of header, statement and proof
    outcome: Outcome
    message: str = ""
    check: str = ""
    engine: str = ""
    seconds: float = 0.0
    name: str = ""  # the theorem
    proof: str = ""
    deadline: float = 0.0  # CPU seconds the check was given

    @property
    def proved(self) -> bool:
        return self.outcome is Outcome.PROVED

    @property
    def ill_formed(self) -> bool:
        """The header or the statement itself does not elaborate."""
        return self.outcome is Outcome.INFRASTRUCTURE and self.check == "header"


class Judging:
    """Asks a pool, remembering every answer in `path`."""

    def __init__(self, pool: Pool, path: Path, seconds: float) -> None:
        self._pool, self._path, self._seconds = pool, path, seconds
        self._known = {answer.key: answer for answer in read_journal(path, Answer)}
        self._file: TextIO | None = None
        self.engine = next((a.engine for a in self._known.values() if a.engine), "")  # who answers
        self.asked = 0  # checks Lean answered in this process
        self.reused = 0

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
        answers: dict[str, Answer] = {}
        checks: dict[str, Check] = {}
        for name, (theorem, proof) in questions.items():
            if (known := self._recall(_key(theorem, proof))) is not None:
                answers[name] = known
                self.reused += 1
                tick()
            else:
                wanted = max(messages, int(proof == theorem.proof))
                problem = Problem.of(theorem)
                checks[name] = Check(
                    id=name, problem=problem, proof=proof, seconds=self._seconds, messages=wanted
                )
        lost = []
        for check, verdict in self._pool.check_many(checks.values()):
            if verdict.outcome in _WORKERS_FAULT and verdict.check != "header":
                lost.append(check)
            else:
                answers[check.id] = self._remember(*questions[check.id], verdict)
                tick()
        for check, verdict in self._pool.check_many(lost):
            answers[check.id] = self._remember(*questions[check.id], verdict)
            tick()
        return {name: answers[name] for name in questions}

    def portfolio(
        self, theorems: Iterable[Theorem], tick: Callable[[], None] = lambda: None
    ) -> dict[str, tuple[str, ...]]:
        """Which single tactics close each theorem, by name.

        One check tries them all (see `survey`); where a tactic ends that check early, each is tried alone.
        """
        members = {theorem.name: theorem for theorem in theorems}
        closed: dict[str, tuple[str, ...]] = {}
        alone: dict[str, tuple[Theorem, str]] = {}
        surveys = {name: (theorem, survey(theorem)) for name, theorem in members.items()}
        for name, answer in self.ask(surveys, tick, messages=1).items():
            if _END in answer.message:
                closed[name] = tuple(t for t in PORTFOLIO if f"{_MARK}{t}" in answer.message.split())
            else:
                alone |= {f"{name} {t}": (members[name], portfolio_proof(t)) for t in PORTFOLIO}
        single = self.ask(alone)
        for name in {question.rpartition(" ")[0] for question in alone}:
            closed[name] = tuple(t for t in PORTFOLIO if single[f"{name} {t}"].proved)
        return closed

    def close(self) -> None:
        if self._file is not None:
            self._file.close()

    def _recall(self, key: str) -> Answer | None:
        known = self._known.get(key)
        if known and known.outcome is Outcome.TIMEOUT and known.deadline < self._seconds:
            return None
        return known

    def _remember(self, theorem: Theorem, proof: str, verdict: Verdict) -> Answer:
        self.asked += 1
        self.engine = self.engine or verdict.engine
        answer = Answer(
            key=_key(theorem, proof),
            outcome=verdict.outcome,
            message=verdict.messages[0][:2000] if verdict.messages else "",
            check=verdict.check,
            engine=verdict.engine,
            seconds=verdict.seconds,
            name=theorem.name,
            proof=proof,
            deadline=self._seconds,
        )
        if verdict.outcome in _LASTING or verdict.check == "header":
            self._known[answer.key] = answer
            try:
                self._file = self._file or self._path.open("a", encoding="utf-8")
                self._file.write(answer.model_dump_json() + "\n")
                self._file.flush()
            except OSError as error:
                raise DataError(
                    f"{self._path}: {error.strerror}; free some space and repeat the command"
                ) from None
        return answer


def survey(theorem: Theorem) -> str:
    """A proof body that tries every portfolio tactic on the goal and fails with those that closed it in its context.

    It always fails, on purpose: the closing `fail` shows the context, in which each success left a hypothesis.
    """
    goal = _goal(theorem.statement)
    tries = [marked(f"{_MARK}{tactic}", goal, (tactic,)) for tactic in PORTFOLIO]
    return "\n".join(["by", *tries, f'  fail "{_END}"'])


def _goal(statement: str) -> str:
    parsed = parse_statement(statement)
    return parsed.goal if parsed else "by exact"  # unreadable: does not parse, so each tactic is tried alone


def _key(theorem: Theorem, proof: str) -> str:
    text = "\0".join((theorem.header, theorem.statement, proof))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
