"""The second kernel, asked from Python, and one verdict of two kernels."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, Literal, get_args

from physprover.errors import LeanSetupError
from physprover.lean.embedded.process import LeanProcess, WorkerLost
from physprover.records import CLOCK

# -- The second kernel's process, asked from Python. --

_SERVER = Path(__file__).parent / "server.cjs"
AnswerOutcome = Literal["accepted", "refused", "malformed", "exhausted", "unknown"]
# A library read, with the terms of the checks so far: past this a process that has answered is replaced.
_RENEW_BYTES = 1 << 30
_MEMORY_GB = 3.5  # resident: at more the process is killed


@dataclass(frozen=True)
class Answer:
    """What the second kernel says.

    `exhausted`: it did not decide within its limits; `malformed`: no declarations; `unknown`: pieces of a header are missing.
    """

    outcome: AnswerOutcome
    message: str = ""
    axioms: tuple[str, ...] = ()  # of what was added to the library, not of the library
    seconds: float = 0.0  # CPU time
    resource: str = ""  # what an exhausted check ran out of: steps, memory, depth, time (of the CPU) or clock
    text: str = ""  # a certificate
    missing: tuple[str, ...] = ()  # digests of pieces that it does not know, or knows no more
    each: tuple[tuple[str, str], ...] = ()  # outcome and message of each variant


class SecondKernel:
    """One process, started at the first question and again after a loss. Threads take turns.

    Args:
        engine_dir: folder of the embedded engine; its library's compiled modules are read from there.
        reads: folders that the process may read besides (certificates).
    """

    def __init__(self, engine_dir: Path, reads: Sequence[Path] = ()) -> None:
        self._start = partial(LeanProcess, engine_dir, _MEMORY_GB, script=_SERVER, reads=tuple(reads))
        self._lock = threading.Lock()
        self._process: LeanProcess | None = None

    def check(
        self,
        modules: Sequence[str],
        constants: dict[str, Any],
        wanted: dict[str, Any],
        seconds: float,
        header: Sequence[str] = (),
        pieces: Sequence[dict[str, Any]] = (),
    ) -> Answer:
        """Whether the exported constants hold on top of modules and header, and prove what is wanted.

        Args:
            modules: what the header imports besides `Init`.
            constants: tables and declarations as `embedded/export.cjs` writes them.
            wanted: `theorem`, a name with its universe parameters (`levels`) and type (a row of the constants' `exprs`), or
                `theorems`, names alone.
            seconds: CPU time the check may take.
            header: digests of the pieces of a header that the constants build on.
            pieces: what may be new of them, as `embedded/pieces.cjs` writes it, each behind those it needs. The process checks
                each once and remembers it.
        """
        asked = {
            "modules": list(modules),
            "header": list(header),
            "pieces": list(pieces),
            "constants": constants,
            **wanted,
        }
        return self._ask({"check": asked}, seconds)

    def certificate(
        self, modules: Sequence[str], constants: dict[str, Any], theorem: dict[str, Any], seconds: float
    ) -> Answer:
        """Check a theorem as `check` does, and give `text`: the proof in the lean4export format."""
        asked = {"modules": list(modules), "constants": constants, "theorem": theorem}
        return self._ask({"certificate": asked}, seconds)

    def file(
        self,
        file: Path,
        seconds: float,
        modules: Sequence[str] | None = None,
        theorem: str | None = None,
    ) -> Answer:
        """Check a file in the lean4export format.

        Args:
            file: read by the process, a line at a time.
            seconds: CPU time the check may take.
            modules: the library it builds on; what the library declares must then be the library's. None: the file stands
                alone, and every declaration in it is checked.
            theorem: a theorem it must hold, as the engine writes names (parts joined by U+0001).
        """
        known = None if modules is None else list(modules)
        asked = {"file": str(file.resolve()), "modules": known, "theorem": theorem}
        return self._ask({"file": asked}, seconds)

    def variants(self, asked: dict[str, Any], seconds: float) -> list[tuple[str, str]] | None:
        """Outcome and message of `check` on each of the `changes` of one proof's constants; None where they cannot be had."""
        answer = self._ask({"variants": asked}, seconds)
        return list(answer.each) if answer.outcome == "accepted" else None

    def _ask(self, request: dict[str, Any], seconds: float) -> Answer:
        with self._lock:
            if self._process is not None and self._process.alive and self._process.resident() > _RENEW_BYTES:
                self._process.kill()
            process = self._started()
            try:
                process.wait_ready()
            except LeanSetupError as error:
                raise WorkerLost("infrastructure", f"the second kernel does not start: {error}") from None
            try:
                answer = process.ask(request, seconds)
            except WorkerLost as lost:
                if lost.reason in ("timeout", "out_of_memory") or lost.detail == "out of memory":
                    resource = lost.check or ("time" if lost.reason == "timeout" else "memory")
                    return Answer("exhausted", lost.detail, seconds=seconds, resource=resource)
                raise
        outcome = answer["outcome"]
        assert outcome in get_args(AnswerOutcome)
        return Answer(
            outcome,
            answer.get("message", ""),
            tuple(answer.get("axioms", ())),
            answer["ms"] / 1000,
            answer.get("resource", ""),
            answer.get("text", ""),
            tuple(answer.get("missing", ())),
            tuple((each["outcome"], each["message"]) for each in answer.get("answers", ())),
        )

    def start(self) -> None:
        """Begin to start the process, so that the first question need not wait for it."""
        with self._lock:
            self._started()

    def _started(self) -> LeanProcess:
        if self._process is None or not self._process.alive:
            self._process = self._start()
        return self._process

    def close(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()


# -- Two kernels, one verdict: what Lean's kernel accepted is proved only if the second kernel accepts it too. --

CHECK = "second kernel"  # `Verdict.check` of what the second kernel did not accept
_RETRIES = 2
_PIECES_BYTES = 1 << 26  # of headers kept
# What a check ran out of, as an outcome: nothing is said of the proof.
_OUTCOMES = {
    "time": "timeout",
    CLOCK: "timeout",
    "steps": "timeout",
    "memory": "out_of_memory",
    "depth": "out_of_memory",
}


class Unsent(WorkerLost):
    """A piece of a header is known neither to the second kernel nor here: the judge is to send all of them again."""

    def __init__(self) -> None:
        super().__init__("infrastructure", "pieces of a header were lost")


class Referee:
    """The second kernel beside a judge. Threads may share it.

    It keeps the pieces of headers that the judge has sent (each is sent once, `embedded/pieces.cjs`), for a second kernel that
    starts anew.
    """

    def __init__(self, engine_dir: Path) -> None:
        self._kernel = SecondKernel(engine_dir)
        self._pieces: dict[str, dict[str, Any]] = {}  # by digest
        self._bytes = 0

    def learn(self, replayed: dict[str, Any] | None) -> None:
        """Keep the pieces of an answer; to be called with each, in the order in which the judge gave them."""
        for piece in (replayed or {}).get("pieces", ()):
            if piece["digest"] not in self._pieces:
                self._bytes += len(piece["text"])
            self._pieces[piece["digest"]] = piece
        if self._bytes > _PIECES_BYTES:
            self._pieces, self._bytes = {}, 0

    def confirm(
        self, answer: dict[str, Any], replayed: dict[str, Any] | None, seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer`, or one that is not `proved` where the second kernel does not accept what was replayed.

        Args:
            answer: of the judge, after the replay by Lean's kernel.
            replayed: modules, constants and theorem that it rests on, with the digests of its header's pieces and the new ones
                of these. None: nothing was accepted, or what a header holds unchecked is named among the axioms already.
            seconds: CPU time the second kernel may take.

        Raises `WorkerLost` where its process cannot be started, `Unsent` where a piece is not at hand.
        """
        if answer["outcome"] != "proved" or replayed is None:
            return answer
        header = replayed.get("header", ())
        modules, constants, wanted = (replayed[k] for k in ("modules", "constants", "theorem"))

        def check(pieces: Sequence[dict[str, Any]]) -> Answer:
            return self._kernel.check(modules, constants, {"theorem": wanted}, seconds, header, pieces)

        second = self._answer(lambda: check(replayed.get("pieces", ())))
        if second.outcome == "unknown":
            below = self._below(header)
            second = self._answer(lambda: check(below))
            if second.outcome == "unknown":
                raise Unsent
        answer["ms"] += second.seconds * 1000
        answer["second_ms"] = second.seconds * 1000
        unnamed = sorted(set(second.axioms) - set(answer["axioms"]))
        if second.outcome == "accepted" and not unnamed:
            return answer
        if second.outcome == "exhausted":
            by = CLOCK if second.resource == CLOCK else CHECK
            return answer | _refusal(_OUTCOMES.get(second.resource, "crashed"), second.message, by)
        reason = second.message or f"rests on the axiom {unnamed[0]}, which Lean does not name"
        return answer | _refusal("cheated", f"Lean's kernel accepts what the second kernel refuses: {reason}")

    def confirm_file(
        self, answer: dict[str, Any], theorems: Sequence[str], constants: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer` on a file, with `refused` where the second kernel does not accept its theorems.

        Raises `WorkerLost` where the second kernel comes to no decision.
        """
        wanted = {"theorems": list(theorems)}
        second = self._answer(lambda: self._kernel.check(answer["modules"], constants, wanted, seconds))
        answer["ms"] += second.seconds * 1000
        if second.outcome == "exhausted":
            raise WorkerLost(_OUTCOMES.get(second.resource, "crashed"), f"{CHECK}: {second.message}")
        if second.outcome != "accepted":
            answer["refused"] = f"{CHECK}: {second.message}"
            answer["disagreement"] = True
        return answer

    def _below(self, digests: Sequence[str]) -> list[dict[str, Any]]:
        """These pieces and all they need, each behind what it needs. Raises `Unsent`."""
        found: dict[str, dict[str, Any]] = {}
        waiting = list(digests)
        while waiting:
            piece = self._pieces.get(waiting[-1])
            if piece is None:
                raise Unsent
            lacking = [d for d in piece["needs"] if d not in found]
            waiting += lacking
            if not lacking:
                found[waiting.pop()] = piece
        return list(found.values())

    def _answer(self, check: Callable[[], Answer]) -> Answer:
        """What `check` answers, asked again where its process ended."""
        lost = WorkerLost("infrastructure", "not asked")
        for _ in range(_RETRIES):
            try:
                return check()
            except WorkerLost as trouble:
                lost = trouble
        if lost.reason == "infrastructure":
            raise lost
        return Answer("exhausted", lost.detail, resource="its process, which ended each time")

    def start(self) -> None:
        """Begin to start its process."""
        self._kernel.start()

    def close(self) -> None:
        self._kernel.close()


def _refusal(outcome: str, reason: str, check: str = CHECK) -> dict[str, Any]:
    return {"outcome": outcome, "check": check, "messages": [{"severity": "error", "data": reason}]}
