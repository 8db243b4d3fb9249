"""The embedded engine: problems in, verdicts out. Owns a worker that may die and keeps none of its state of value."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Literal, TypeVar

from physprover.config import EngineConfig
from physprover.errors import HeaderError, LeanSetupError
from physprover.lean import WORKERS_A_JUDGE, start_engines
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, WorkerLost, asked
from physprover.lean.kernel.process import Referee, Unsent
from physprover.lean.protocol import Problem
from physprover.lean.text.definitions import doubt
from physprover.lean.text.headers import normalised
from physprover.lean.text.statements import compose
from physprover.records import Outcome, Verdict

E = TypeVar("E", bound="EmbeddedEngine")

MAX_PROOF_BYTES = 64 * 1024
CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_RETRIES = 3  # for what may be no fault of the submission
_IN_FLIGHT = 3  # one check in the worker, one with the judge, one with the second kernel
# A submission that runs code of its own with these can reach past its request: threads that go on, memory written, the
# tables of Lean's parser changed. No verdict depends on this list (the judge's process runs no such code); it spares
# the next submission a worker that may be spoilt. A header by the same hand runs in the judge's process too: what is behind
# another header meets a new worker and a new judge.
_RUNS_CODE = re.compile(
    r"#eval|native_decide|reduceBool|reduceNat|\bmacro|\belab|\bby_elab|\brun_|\binitialize|simproc|\bregister_|\[init\b"
)
_REACHES_OUT = re.compile(
    r"\bunsafe\b|\bextern\b|implemented_by|csimp|\bTask\b|\b(?:as|map|bind)Task|\binitialize\b|[bB]uiltin|Ref\b|register"
    r"|\[init\b"
)
# What leaves work of any length to the kernel, or asks it which way to go: there the worker's is asked first, since the
# judge serves all workers. A proof with a hole is refused in any case, and would only be tried twice.
_WORKERS_KERNEL = re.compile(
    r"decide|kernel|\brfl\b|ofReduce|reduceBool|reduceNat|set_option|\bsorry\b|\badmit\b"
)


class JudgeLost(WorkerLost):
    """The judge's process cannot answer."""


class EmbeddedJudge:
    """The second tier: a Lean process that never runs a submission replays its constants through Lean's kernel, and what
    that accepts must be accepted by the second kernel too."""

    trusts_headers = True  # False: headers of several clients meet here, see _RUNS_CODE
    second = "new"  # what comes with an accepted proof, see embedded/kernel.cjs

    def __init__(self, engine_dir: Path, memory_gb: float) -> None:
        self._start = partial(LeanProcess, engine_dir, memory_gb)
        self._second = Referee(engine_dir)
        self._lock = threading.Lock()
        self._begin()  # beside its workers: the first proof that passes waits for it

    def _begin(self) -> None:
        self._process = self._start()
        self._second.start()

    def replay(self, problem: Problem, constants: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer of both kernels on a proof. Raises `WorkerLost`; the next call starts afresh."""
        request = {**asked(problem), "constants": constants}
        for second in (self.second, "anew"):
            answer = self.ask({"judge": {**request, "second": second}}, seconds, problem)
            try:
                return self._second.confirm(answer, answer.pop("replayed", None), seconds)
            except Unsent as unsent:
                lost = unsent
        raise lost

    def replay_file(
        self, text: str, theorems: Sequence[str], constants: dict[str, Any], seconds: float
    ) -> dict[str, Any]:
        """The answer of both kernels on the theorems of a file; `refused` says why it is. Raises `WorkerLost`."""
        request = {"text": text, "theorems": theorems, "constants": constants}
        answer = self.ask({"judgeSnippet": request}, seconds)
        if answer.get("refused"):
            return answer
        return self._second.confirm_file(answer, theorems, constants, seconds)

    def ask(self, request: dict[str, Any], seconds: float, problem: Problem | None = None) -> dict[str, Any]:
        """The judge's answer to a request of its own kind, on `problem` if any. Raises `WorkerLost`; the next call starts
        afresh."""
        with self._lock:
            if not _fit(self._process, problem):
                self._process.kill()
                self._begin()
            self._process.ran = _own_code(problem, self.trusts_headers) or self._process.ran
            try:
                self._process.wait_ready()
            except LeanSetupError as error:  # a busy machine: a worker has just started from the same folder
                raise WorkerLost("infrastructure", str(error)) from None
            answer = self._process.ask(request, seconds, problem)
            self._second.learn(answer.get("replayed"))
            return answer

    def close(self) -> None:
        self._second.close()
        with self._lock:
            self._process.kill()


class EmbeddedEngine:
    """One worker. `protocol.Engine`: while the judge replays one check, the worker elaborates the next."""

    trusts_headers = True  # as the judge's

    def __init__(self, config: EngineConfig, judge: EmbeddedJudge | None = None) -> None:
        """Without a `judge`, `config.judge` gives it one of its own."""
        folder = ensure_installed()
        self._own_judge = EmbeddedJudge(folder, config.memory_gb) if config.judge and judge is None else None
        self._judge = judge or self._own_judge
        self.in_flight = 1 if self._judge is None else _IN_FLIGHT
        self._start = partial(LeanProcess, folder, config.memory_gb)
        self._lock = threading.RLock()  # of the worker's process
        self._process = self._start()
        self._closed = False
        self._name = ""

    @property
    def name(self) -> str:
        if not self._name:
            with self._lock:
                self._live()
        return self._name

    def check(self, problem: Problem, proof: str, seconds: float = 20.0, messages: int = 4) -> Verdict:
        """See `protocol.Engine.check`."""
        problem, proof = problem.plain(), normalised(proof)
        if reason := unfit(proof):
            return Verdict(outcome=Outcome.REJECTED, messages=(reason,), check="text", engine=self.name)
        return problem.settled(self._ask(problem, proof, seconds, messages))

    def _ask(self, problem: Problem, proof: str, seconds: float, messages: int) -> Verdict:
        lost: WorkerLost = WorkerLost("infrastructure", "not asked")
        for _ in range(_RETRIES):
            try:
                return self._settle(problem, proof, seconds, messages)
            except WorkerLost as trouble:
                lost = trouble
                # A judge that ends once may have ended by itself: it is asked again.
                again = "crashed" if isinstance(lost, JudgeLost) else "infrastructure"
                if lost.reason not in (again, "infrastructure"):
                    break
        if lost.reason == "infrastructure":
            lost = WorkerLost("infrastructure", f"asked {_RETRIES} times: {lost.detail}")
        # Past the worker's kernel, and twice the end of the judge, which runs no submission: the submission's fault.
        tier: Literal["screened", "judged"] = "judged" if isinstance(lost, JudgeLost) else "screened"
        return Verdict(
            outcome=Outcome(lost.reason),
            messages=(lost.detail,),
            seconds=lost.seconds,
            engine=self._name,
            tier=tier,
            check=lost.check,
        )

    def _settle(self, problem: Problem, proof: str, seconds: float, messages: int) -> Verdict:
        """The judge's kernel checks a proof that passes, so the worker's need not: a third of a passing proof's time there.

        What a later check refuses is asked again with the worker's kernel: what that kernel refuses is rejected, as Lean
        itself would, and only what it accepts is an attempt to cheat.
        """
        if self._judge is not None and not _WORKERS_KERNEL.search(proof):
            try:
                verdict = self._tried(problem, proof, seconds, messages, unchecked=True)
            except JudgeLost:
                pass
            else:
                if verdict.outcome is not Outcome.CHEATED:
                    return verdict
        return self._tried(problem, proof, seconds, messages, unchecked=False)

    def _tried(
        self, problem: Problem, proof: str, seconds: float, messages: int, *, unchecked: bool
    ) -> Verdict:
        text = compose(problem.statement, proof) + "\n"
        request = {
            **asked(problem),
            "text": text,
            "limit": messages,
            "replay": self._judge is None,
            "unchecked": unchecked,
        }
        answer = self._worker({"check": request}, seconds, problem, spoils=may_spoil(proof))
        elapsed = answer["ms"] / 1000
        _require_valid(answer)
        doubts = doubt(problem.header, problem.statement, answer.get("bound", ()))
        tier: Literal["screened", "judged"] = "screened"
        if answer["outcome"] == "proved" and self._judge is not None:
            tier = "judged"
            try:
                answer = self._judge.replay(problem, answer["constants"], seconds)
            except WorkerLost as lost:
                spent = elapsed + lost.seconds
                raise JudgeLost(lost.reason, f"judge: {lost.detail}", spent, lost.check) from None
            _require_valid(answer)
            elapsed += answer["ms"] / 1000
        return Verdict(
            outcome=Outcome(answer["outcome"]),
            messages=(*shown(answer), *doubts),
            axioms=tuple(answer.get("axioms", ())),
            seconds=elapsed,
            engine=self.name,
            tier=tier,
            check=answer.get("check", ""),
        )

    def elaborate(self, header: str) -> tuple[str, ...]:
        """Messages of trusted text on a fresh environment."""
        try:
            answer = self._worker({"cmd": header}, 120.0)
        except WorkerLost as lost:
            return (f"error: {lost.reason}: {lost.detail}",)
        return shown(answer)

    def _worker(
        self, request: dict[str, Any], seconds: float, problem: Problem | None = None, *, spoils: bool = False
    ) -> dict[str, Any]:
        """The worker's answer; after a request that `spoils` it, the next one meets a new process. Raises `WorkerLost`."""
        with self._lock:
            try:
                if not _fit(self._process, problem):
                    self._process.kill()
                process = self._live()
                process.ran = _own_code(problem, self.trusts_headers) or process.ran
                return process.ask(request, seconds, problem)
            finally:
                if spoils:
                    self._process.kill()

    def _live(self) -> LeanProcess:
        if not self._closed and not self._process.alive:
            self._process.kill()
            self._process = self._start()
        if self._closed:  # before or while it started: an interrupted check leaves no Lean behind
            self._process.kill()
            raise WorkerLost("infrastructure", "the pool was closed")
        try:
            self._process.wait_ready()
        except LeanSetupError as error:
            if not self._name:  # never started: the installation's fault
                raise
            raise WorkerLost("infrastructure", str(error)) from None
        self._name = f"embedded Lean {self._process.version}"
        return self._process

    def resident(self) -> int:
        """Bytes of memory the worker holds."""
        with self._lock:
            return self._live().resident()

    def close(self) -> None:
        self._closed = True
        self._process.kill()
        if self._own_judge is not None:
            self._own_judge.close()


def open_embedded(
    config: EngineConfig, make: Callable[[EngineConfig, EmbeddedJudge | None], E]
) -> tuple[list[E], Callable[[], None]]:
    """`config.workers` engines that `make` makes, with a judge for every few of them, and a function that ends them."""
    folder = ensure_installed()
    judge = partial(EmbeddedJudge, folder, config.memory_gb) if config.judge else None
    return start_engines(partial(make, config), config.workers, judge, WORKERS_A_JUDGE)


def _require_valid(answer: dict[str, Any]) -> None:
    if answer["outcome"] == "invalid":
        # Warnings are left out: a worker that has met the beginning of a header does not repeat its warnings.
        said = shown(answer)
        errors = [line for line in said if line.startswith("error")]
        raise HeaderError(f"the {answer['check']} does not elaborate: {'; '.join(errors or said)}")


def unfit(proof: str) -> str:
    """Why a text is refused before Lean sees it; empty when it is fit."""
    if len(proof.encode("utf-8", "replace")) > MAX_PROOF_BYTES:
        return f"longer than {MAX_PROOF_BYTES // 1024} KiB"
    if found := CONTROL.search(proof):
        return f"control character U+{ord(found[0]):04X}"
    return "" if proof.strip() else "empty proof"


def may_spoil(text: str) -> bool:
    """Whether a submission may leave its process changed: then it is not used again."""
    return bool(_RUNS_CODE.search(text) and _REACHES_OUT.search(text))


def _own_code(problem: Problem | None, trusts: bool) -> str:
    """The header of a problem, where it is no trusted one and may leave the process changed that elaborates it."""
    if problem is None or (trusts and problem.trusted_header) or not may_spoil(problem.header):
        return ""
    return problem.header


def _fit(process: LeanProcess, problem: Problem | None) -> bool:
    """Whether a process is alive, and has run no such header but one with which the problem's own begins."""
    return process.alive and (problem.header if problem else "").startswith(process.ran)


def shown(answer: dict[str, Any]) -> tuple[str, ...]:
    """Lean's messages as "severity: line:column: text"."""
    lines = []
    for message in answer.get("messages", ()):
        place = message.get("pos")
        where = f"{place['line']}:{place['column']}: " if place else ""
        lines.append(f"{message['severity']}: {where}{message['data']}")
    return tuple(lines)
