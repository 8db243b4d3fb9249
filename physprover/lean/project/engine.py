"""The project engine: the REPL screens, the judge decides. `protocol.Engine` on a native Lean."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from physprover.config import EngineConfig
from physprover.errors import HeaderError
from physprover.lean import start_engines
from physprover.lean.embedded.engine import shown, unfit
from physprover.lean.embedded.process import WorkerLost
from physprover.lean.project.judge import ProjectJudge
from physprover.lean.project.place import find_place
from physprover.lean.project.sandbox import Repl, Room, require, wrapped
from physprover.lean.protocol import Problem
from physprover.lean.text.definitions import doubt
from physprover.lean.text.headers import normalised
from physprover.lean.text.statements import compose, declared
from physprover.records import Outcome, Verdict

_HEADER_SECONDS = 300.0  # importing Mathlib from a cold disk takes minutes
_RECYCLE = 400  # the REPL keeps every environment for ever
_RETRIES = 2
_UNKNOWN = re.compile(r"[Uu]nknown identifier (?:`([^`]+)`|'(\S+)')")  # a name may end in primes: `Mass'`


class ProjectEngine:
    """One REPL that may die. Not thread-safe."""

    in_flight = 1

    def __init__(self, start: Callable[[], Repl], version: str, judge: ProjectJudge | None) -> None:
        self._start = start
        self._judge = judge
        self.name = f"project Lean {version}"
        self._fresh()

    def _fresh(self) -> None:
        self._repl: Repl | None = None
        self._headers: dict[str, int | None] = {}
        # Statements tried -> doubts about their names
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}
        self._served = 0

    def check(self, problem: Problem, proof: str, seconds: float = 20.0, messages: int = 4) -> Verdict:
        """See `protocol.Engine.check`. The deadline is one of wall-clock time."""
        problem, proof = problem.plain(), normalised(proof)
        if reason := unfit(proof):
            return Verdict(outcome=Outcome.REJECTED, messages=(reason,), check="text", engine=self.name)
        lost = WorkerLost("infrastructure", "")
        for _ in range(_RETRIES):
            try:
                base = self._problem(problem)
            except WorkerLost as trouble:  # no submission has run yet: not its fault
                lost = trouble
                continue
            began = time.monotonic()
            try:
                doubts = self._known[problem.header, problem.statement]
                verdict = self._settle(problem, base, proof, seconds, messages)
                verdict = verdict.replace(messages=(*verdict.messages[:messages], *doubts))
                return problem.settled(verdict)
            except WorkerLost as trouble:
                lost = trouble
                if trouble.reason not in ("infrastructure", "out of step"):
                    return self._verdict(Outcome(trouble.reason), (trouble.detail,), began)
        # Out of step once may be an earlier submission's doing; on a fresh process it is this one's.
        outcome = Outcome.CRASHED if lost.reason == "out of step" else Outcome.INFRASTRUCTURE
        return self._verdict(outcome, (lost.detail,))

    def _settle(self, problem: Problem, base: int | None, proof: str, seconds: float, limit: int) -> Verdict:
        began = time.monotonic()
        repl, name = self._live(), _name(problem.statement)
        env, messages, holes = repl.run(compose(problem.statement, proof) + "\n", base, seconds)
        if _errors(messages):
            return self._verdict(Outcome.REJECTED, shown({"messages": _first(messages, limit)}), began)
        # Printed, hence only good for refusing early; the judge asks the environment itself.
        _, printed, _ = repl.run(f"#print axioms {name}\n", env, seconds)
        # A hole in the header prints like one of the submission's: the judge tells them apart.
        unproved = self._judge is None and any("sorryAx" in str(m["data"]) for m in printed)
        if holes or _errors(printed) or unproved:
            detail = shown({"messages": _first(printed)}) or ("error: a hole is left",)
            return self._verdict(Outcome.CHEATED, detail, began, check="axiom audit")
        if self._judge is None:
            return self._verdict(Outcome.PROVED, shown({"messages": _first(messages)}), began)
        try:
            answer = self._judge.replay(problem, name.removeprefix("_root_."), proof, seconds)
        except WorkerLost as lost:
            raise WorkerLost("infrastructure", f"judge: {lost.detail}") from None
        if answer["outcome"] == "cheated":
            self._stop()  # what it did to this REPL is not for the next one to find out
        return Verdict(
            outcome=Outcome(answer["outcome"]),
            messages=tuple(answer["messages"]),
            axioms=tuple(answer.get("axioms", ())),
            seconds=time.monotonic() - began,
            engine=self.name,
            tier="judged",
            check=str(answer.get("check", "")),
        )

    def _problem(self, problem: Problem) -> int | None:
        """Environment after the header; the statement is tried once. Raises `HeaderError` or `WorkerLost`."""
        if self._served >= _RECYCLE:
            self._stop()
        repl = self._live()
        self._served += 1
        if problem.header not in self._headers:
            env = None
            if problem.header.strip():
                env, messages, _ = repl.run(problem.header, None, _HEADER_SECONDS)
                _refuse("header", messages)
            self._headers[problem.header] = env
        base, key = self._headers[problem.header], (problem.header, problem.statement)
        if key not in self._known:
            if _name(problem.statement) == "":
                raise HeaderError("the statement does not begin with `theorem NAME`")
            posed = compose(problem.statement, "sorry") + "\n"
            _, messages, _ = repl.run(posed, base, _HEADER_SECONDS)
            _refuse("statement", messages)
            _, strict, _ = repl.run(f"set_option autoImplicit false in\n{posed}", base, _HEADER_SECONDS)
            unknown = _UNKNOWN.findall(
                "\n".join(str(m["data"]) for m in strict if m.get("severity") == "error")
            )
            names = [quoted or bare for quoted, bare in unknown]
            self._known[key] = doubt(problem.header, problem.statement, names)
        return base

    def elaborate(self, header: str) -> tuple[str, ...]:
        """Messages of trusted text on a fresh environment."""
        try:
            return shown({"messages": self._live().run(header, None, _HEADER_SECONDS)[1]})
        except WorkerLost as lost:
            return (f"error: {lost.reason}: {lost.detail}",)

    def _live(self) -> Repl:
        if self._repl is None or not self._repl.alive:
            self._stop()
            self._repl = self._start()
        return self._repl

    def _stop(self) -> None:
        if self._repl is not None:
            self._repl.kill()
        self._fresh()

    def _verdict(
        self, outcome: Outcome, messages: tuple[str, ...], began: float | None = None, check: str = ""
    ) -> Verdict:
        seconds = 0.0 if began is None else time.monotonic() - began
        return Verdict(outcome=outcome, messages=messages, seconds=seconds, engine=self.name, check=check)

    def close(self) -> None:
        self._stop()


def _name(statement: str) -> str:
    """The name a statement gives its theorem, as written; "" when it is none."""
    name = declared(statement)
    return name.written if name else ""


def _errors(messages: list[dict[str, Any]]) -> bool:
    return any(message.get("severity") == "error" for message in messages)


def _first(messages: list[dict[str, Any]], limit: int = 4) -> list[dict[str, Any]]:
    """Errors first, a few, cut to a length that can be kept."""
    ranked = sorted(messages, key=lambda message: message.get("severity") != "error")
    return [{**message, "data": str(message["data"])[:2000]} for message in ranked[:limit]]


def _refuse(part: str, messages: list[dict[str, Any]]) -> None:
    if _errors(messages):
        raise HeaderError(
            f"the {part} does not elaborate: {'; '.join(shown({'messages': _first(messages)}))}"
        )


# -- The engines of a project for a pool: REPLs in sandboxes, one judge for all. --


def open_project(config: EngineConfig) -> tuple[list[ProjectEngine], Callable[[], None]]:
    """`config.workers` engines, and a function that ends them. Raises `LeanSetupError` where something is missing."""
    place = find_place(config.project_dir)
    bwrap = require(config.unsafe)
    judge = partial(ProjectJudge, place, bwrap, config.memory_gb) if config.judge else None
    room = Room(readable=place.readable, cwd=place.project)
    environment = place.environment()
    command = wrapped(bwrap, [str(place.repl)], room, environment)

    def start() -> Repl:
        return Repl(command, config.memory_gb, place.project, environment)

    # One judge for all: it starts processes of its own for each call, and compiles each challenge once.
    make = partial(ProjectEngine, start, place.version)
    return start_engines(make, config.workers, judge, share=config.workers)
