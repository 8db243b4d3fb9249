"""One process of the community REPL: JSON and a blank line in, JSON and a blank line out.

Its answers travel on standard output, which a submission can reach. So they decide nothing that matters, and three things
keep a forged one from being taken for the answer to *another* question: unread bytes before a question end the process,
environments are numbered in sequence, and every trouble ends the process.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import time
from typing import TYPE_CHECKING, Any

from physprover.lean.embedded.process import WorkerLost
from physprover.lean.project.sandbox import end, private_memory

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

_TICK = 0.2
_MAX_ANSWER = 16 * 2**20


class Repl:
    """A running REPL. Every failure raises `WorkerLost` and leaves it dead."""

    def __init__(
        self, command: Sequence[str], memory_gb: float, cwd: Path | None, environment: Mapping[str, str]
    ) -> None:
        self._memory = int(memory_gb * 2**30)
        self._child = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,  # drained by nobody, so given to nobody
            cwd=cwd,
            env=dict(environment),
            start_new_session=True,
        )
        assert self._child.stdout is not None
        self._answers = self._child.stdout.fileno()
        self._next = 0  # number of the next environment

    def run(self, text: str, env: int | None, seconds: float) -> tuple[int, list[dict[str, Any]], bool]:
        """Elaborate `text` on environment `env`: its new environment, the messages, whether it leaves holes."""
        request = {"cmd": text} if env is None else {"cmd": text, "env": env}
        try:
            answer = self._ask(request, time.monotonic() + seconds)
        except WorkerLost:
            self.kill()
            raise
        if answer.get("env") != self._next:
            self.kill()
            raise WorkerLost("out of step", str(answer.get("message", "an answer to another question"))[:500])
        self._next += 1
        messages = [m for m in answer.get("messages") or [] if isinstance(m, dict) and "data" in m]
        return self._next - 1, messages, bool(answer.get("sorries"))

    def _ask(self, request: dict[str, Any], deadline: float) -> dict[str, Any]:
        if self._readable(0.0):
            raise WorkerLost("out of step", "the REPL spoke before it was asked")
        self._send((json.dumps(request, ensure_ascii=False) + "\n\n").encode("utf-8", "replace"))
        received = bytearray()
        while b"\n\n" not in received[-(1 << 17) :]:
            left = deadline - time.monotonic()
            if left <= 0:
                raise WorkerLost("timeout", "deadline passed")
            if not self._readable(min(left, _TICK)):
                if self.memory() > self._memory:
                    raise WorkerLost("out_of_memory", f"more than {self._memory / 2**30:.1f} GiB of its own")
                continue
            chunk = os.read(self._answers, 1 << 16)
            received += chunk
            if not chunk or len(received) > _MAX_ANSWER:
                raise WorkerLost("crashed", "the REPL ended" if not chunk else "an endless answer")
        text, _, more = bytes(received).partition(b"\n\n")
        if more:
            raise WorkerLost("out of step", "more than one answer")
        try:
            answer = json.loads(text)
        except ValueError:
            raise WorkerLost("crashed", "an answer that is not JSON") from None
        if not isinstance(answer, dict):
            raise WorkerLost("crashed", "an answer that is not an object")
        return answer

    def _readable(self, seconds: float) -> bool:
        return bool(select.select([self._answers], [], [], seconds)[0])

    def _send(self, data: bytes) -> None:
        assert self._child.stdin is not None
        try:
            self._child.stdin.write(data)
            self._child.stdin.flush()
        except OSError:
            raise WorkerLost("crashed", "the REPL ended") from None

    def memory(self) -> int:
        """Bytes it holds alone."""
        return private_memory(self._child.pid)

    @property
    def alive(self) -> bool:
        return self._child.poll() is None

    def kill(self) -> None:
        """End it and all it started; idempotent."""
        if self._child.stdin is not None and not self._child.stdin.closed:
            end(self._child)
            for pipe in (self._child.stdin, self._child.stdout):
                with contextlib.suppress(OSError):
                    if pipe is not None:
                        pipe.close()
