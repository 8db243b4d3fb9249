"""The second kernel, asked from Python, and one verdict of two kernels."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, get_args

from physprover.errors import LeanSetupError
from physprover.lean.embedded.process import LeanProcess, WorkerLost

if TYPE_CHECKING:
    from collections.abc import Sequence


# -- The second kernel's process, asked from Python. --

_SERVER = Path(__file__).parent / "server.cjs"
AnswerOutcome = Literal["accepted", "refused", "malformed", "exhausted"]
# A library read, with the terms of the checks so far: past this a process that has answered is replaced.
_RENEW_BYTES = 1 << 30


@dataclass(frozen=True)
class Answer:
    """What the second kernel says. `exhausted`: it did not decide within its limits; `malformed`: no declarations."""

    outcome: AnswerOutcome
    message: str = ""
    axioms: tuple[str, ...] = ()  # of what was added to the library, not of the library
    seconds: float = 0.0  # CPU time
    resource: str = ""  # what an exhausted check ran out of: steps, memory, depth or time
    text: str = ""  # a certificate


class SecondKernel:
    """One process, started at the first question and again after a loss. Threads take turns.

    Args:
        engine_dir: folder of the embedded engine; its library's compiled modules are read from there.
        memory_gb: resident memory at which the process is killed.
        reads: folders that the process may read besides (certificates).
    """

    def __init__(self, engine_dir: Path, memory_gb: float = 3.5, reads: Sequence[Path] = ()) -> None:
        self._start = partial(LeanProcess, engine_dir, memory_gb, script=_SERVER, reads=tuple(reads))
        self._lock = threading.Lock()
        self._process: LeanProcess | None = None

    def check(
        self, modules: Sequence[str], constants: dict[str, Any], wanted: dict[str, Any], seconds: float
    ) -> Answer:
        """Whether the exported constants hold on top of the modules and prove what is wanted.

        Args:
            modules: what the header imports besides `Init`.
            constants: tables and declarations as `embedded/export.cjs` writes them.
            wanted: `theorem`, a name with its universe parameters (`levels`) and type (a row of the constants' `exprs`), or
                `theorems`, names alone.
            seconds: CPU time the check may take.
        """
        asked = {"modules": list(modules), "constants": constants, **wanted}
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
        asked = {"file": str(file.resolve()), "modules": _list(modules), "theorem": theorem}
        return self._ask({"file": asked}, seconds)

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
                    resource = "time" if lost.reason == "timeout" else "memory"
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
        )

    def start(self) -> None:
        """Begin to start the process, so that the first question need not wait for it."""
        with self._lock:
            self._started()

    def _started(self) -> LeanProcess:
        if self._process is None or not self._process.alive:
            self._process = self._start()
        return self._process

    def resident(self) -> int:
        """Bytes of memory the process holds; 0 before the first question."""
        return 0 if self._process is None else self._process.resident()

    def close(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()


def _list(modules: Sequence[str] | None) -> list[str] | None:
    return None if modules is None else list(modules)


# -- Two kernels, one verdict: what Lean's kernel accepted is proved only if the second kernel accepts it too. --

CHECK = "second kernel"  # `Verdict.check` of what the second kernel did not accept
_RETRIES = 2
# What a check ran out of, as an outcome: nothing is said of the proof.
_OUTCOMES = {"time": "timeout", "steps": "timeout", "memory": "out_of_memory", "depth": "out_of_memory"}


class Referee:
    """The second kernel beside a judge. Threads may share it."""

    def __init__(self, engine_dir: Path) -> None:
        self._kernel = SecondKernel(engine_dir)

    def confirm(
        self, answer: dict[str, Any], replayed: dict[str, Any] | None, seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer`, or one that is not `proved` where the second kernel does not accept what was replayed.

        Args:
            answer: of the judge, after the replay by Lean's kernel.
            replayed: modules, constants and theorem that it rests on. None: nothing was accepted, or what a header holds
                unchecked is named among the axioms already.
            seconds: CPU time the second kernel may take.

        Raises `WorkerLost` where its process cannot be started.
        """
        if answer["outcome"] != "proved" or replayed is None:
            return answer
        second = self._ask(
            replayed["modules"], replayed["constants"], {"theorem": replayed["theorem"]}, seconds
        )
        answer["ms"] += second.seconds * 1000
        answer["second_ms"] = second.seconds * 1000
        unnamed = sorted(set(second.axioms) - set(answer["axioms"]))
        if second.outcome == "accepted" and not unnamed:
            return answer
        if second.outcome == "exhausted":
            return answer | _refusal(_OUTCOMES.get(second.resource, "crashed"), second.message)
        reason = second.message or f"rests on the axiom {unnamed[0]}, which Lean does not name"
        return answer | _refusal("cheated", f"Lean's kernel accepts what the second kernel refuses: {reason}")

    def confirm_file(
        self, answer: dict[str, Any], theorems: Sequence[str], constants: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        """The judge's `answer` on a file, with `refused` where the second kernel does not accept its theorems.

        Raises `WorkerLost` where the second kernel comes to no decision.
        """
        second = self._ask(answer["modules"], constants, {"theorems": list(theorems)}, seconds)
        answer["ms"] += second.seconds * 1000
        if second.outcome == "exhausted":
            raise WorkerLost(_OUTCOMES.get(second.resource, "crashed"), f"{CHECK}: {second.message}")
        if second.outcome != "accepted":
            answer["refused"] = f"{CHECK}: {second.message}"
            answer["disagreement"] = True
        return answer

    def _ask(
        self, modules: Sequence[str], constants: dict[str, Any], wanted: dict[str, Any], seconds: float
    ) -> Answer:
        lost = WorkerLost("infrastructure", "not asked")
        for _ in range(_RETRIES):
            try:
                return self._kernel.check(modules, constants, wanted, seconds)
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


def _refusal(outcome: str, reason: str) -> dict[str, Any]:
    return {"outcome": outcome, "check": CHECK, "messages": [{"severity": "error", "data": reason}]}
