"""Questions to Lean that are asked once: verdicts are appended to a file as they come and reused after a restart."""

from __future__ import annotations

import hashlib
from contextlib import suppress
from typing import TYPE_CHECKING

from data_gen.terms import parse_statement
from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.portfolio import PORTFOLIO, portfolio_proof
from physprover.records import Outcome, Record, Verdict, read_jsonl

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from pathlib import Path
    from typing import TextIO

    from physprover.lean.protocol import Pool
    from physprover.records import Theorem

# A timeout depends on the machine's load and a crash on its memory: neither is kept as an answer.
_LASTING = frozenset({Outcome.PROVED, Outcome.REJECTED, Outcome.CHEATED})
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

    @property
    def proved(self) -> bool:
        return self.outcome is Outcome.PROVED

    @property
    def ill_formed(self) -> bool:
        """The header or the statement itself does not elaborate."""
        return self.outcome is Outcome.INFRASTRUCTURE and bool(self.message)


class Judging:
    """Asks a pool, remembering every answer in `path`."""

    def __init__(self, pool: Pool, path: Path, seconds: float) -> None:
        self._pool, self._path, self._seconds = pool, path, seconds
        self._known = {answer.key: answer for answer in _load(path)}
        self._file: TextIO | None = None
        self.engine = next((a.engine for a in self._known.values() if a.engine), "")  # who answers
        self.asked = 0  # checks Lean answered in this process
        self.reused = 0

    def ask(
        self, questions: Mapping[str, tuple[Theorem, str]], tick: Callable[[], None] = lambda: None
    ) -> dict[str, Answer]:
        """Judge `id -> (theorem, proof)`; `tick` is called after each answer."""
        answers: dict[str, Answer] = {}
        checks = []
        for name, (theorem, proof) in questions.items():
            if (known := self._known.get(_key(theorem, proof))) is not None:
                answers[name] = known
                self.reused += 1
                tick()
            else:
                # Only a library's own proof that fails is worth a message.
                wanted = int(proof == theorem.proof)
                problem = Problem.of(theorem)
                checks.append(
                    Check(id=name, problem=problem, proof=proof, seconds=self._seconds, messages=wanted)
                )
        for check, verdict in self._pool.check_many(checks):
            answers[check.id] = self._remember(_key(*questions[check.id]), verdict)
            self.asked += 1
            self.engine = self.engine or verdict.engine
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
        for name, answer in self.ask({n: (t, survey(t)) for n, t in members.items()}, tick).items():
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

    def _remember(self, key: str, verdict: Verdict) -> Answer:
        answer = Answer(
            key=key,
            outcome=verdict.outcome,
            message=verdict.messages[0][:2000] if verdict.messages else "",
            check=verdict.check,
            engine=verdict.engine,
            seconds=verdict.seconds,
        )
        if verdict.outcome in _LASTING or verdict.check == "header":
            self._known[key] = answer
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
    tries = [
        f"  first | (have {_MARK}{t} : True := (fun (_ : {goal}) => True.intro) (by {t}; done)) | skip"
        for t in PORTFOLIO
    ]
    return "\n".join(["by", *tries, f'  fail "{_END}"'])


def _goal(statement: str) -> str:
    parsed = parse_statement(statement)
    return parsed.goal if parsed else "by exact"  # unreadable: does not parse, so each tactic is tried alone


def _key(theorem: Theorem, proof: str) -> str:
    text = "\0".join((theorem.header, theorem.statement, proof))
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _load(path: Path) -> list[Answer]:
    """Answers of an earlier process; the half-written last line of a killed one is cut."""
    with suppress(FileNotFoundError):
        data = path.read_bytes()
        if data and not data.endswith(b"\n"):
            with path.open("r+b") as file:
                file.truncate(data.rfind(b"\n") + 1)
        return list(read_jsonl(path, Answer))
    return []
