"""The second kernel's process, asked from Python."""

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
