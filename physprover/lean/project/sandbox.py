"""The sandbox of a native Lean, and the REPL that runs in it."""

from __future__ import annotations

import contextlib
import json
import os
import select
import shutil
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from physprover.errors import LeanSetupError
from physprover.lean.embedded.process import WorkerLost
from physprover.records import Record

# -- One process of native Lean, seen from outside: what it may read, write, reach and use. --
#
# bubblewrap gives it a file system of its own (toolchain and project read-only, /tmp private), no network, its own process
# and user names, and an end when we end. The shell's limits bound time, files and processes; the resident memory is
# watched from outside, because a limit on address space would count the gigabytes of libraries that all workers share.

_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/etc/ld.so.cache", "/etc/alternatives")
_CPU_SECONDS = 3600
_FILE_MB = 1024
_PROCESSES = 256
_OPEN_FILES = 8192  # a large project maps several thousand libraries at once


class Room(Record):
    """What a sandboxed process sees besides the system's own programs."""

    readable: tuple[Path, ...] = ()
    writable: tuple[Path, ...] = ()
    cwd: Path = Path("/tmp")


def bubblewrap() -> Path | None:
    """The `bwrap` program where it is installed and this user may use it."""
    program = shutil.which("bwrap")
    if program is None:
        return None
    probe = subprocess.run(
        [program, "--unshare-all", "--ro-bind", "/", "/", "/bin/sh", "-c", ":"],
        capture_output=True,
        check=False,
    )
    return Path(program) if probe.returncode == 0 else None


def require(unsafe: bool) -> Path | None:
    """`bwrap`, or None where the user gave it up. Raises `LeanSetupError` otherwise."""
    program = bubblewrap()
    if program is None and not unsafe:
        raise LeanSetupError(
            "native Lean runs what a submission says, and bubblewrap is missing or not allowed here: install the "
            "package `bubblewrap` (and allow user namespaces), or accept the risk with --set engine.unsafe=true"
        )
    return program


def wrapped(
    program: Path | None, command: Sequence[str], room: Room, environment: Mapping[str, str]
) -> list[str]:
    """`command` inside the sandbox, or under the same limits without one."""
    limited = ["/bin/sh", "-c", _limits() + 'exec "$@"', "sh", *command]
    if program is None:
        return limited
    words = [
        str(program),
        "--unshare-all",
        "--die-with-parent",
        "--new-session",
        "--clearenv",
        "--cap-drop",
        "ALL",
    ]
    for name, value in environment.items():
        words += ["--setenv", name, value]
    for folder in _SYSTEM:
        words += ["--ro-bind-try", folder, folder]
    words += ["--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp"]
    for path in room.readable:
        words += ["--ro-bind", str(path), str(path)]
    for path in room.writable:
        words += ["--bind", str(path), str(path)]
    return [*words, "--chdir", str(room.cwd), "--", *limited]


def _limits() -> str:
    # In one shell: the limits hold for every process that comes after it. `-f` counts blocks of 512 bytes.
    limits = {"t": _CPU_SECONDS, "f": _FILE_MB * 2048, "n": _OPEN_FILES, "c": 0}
    text = "".join(f"ulimit -{flag} {value} || exit 71; " for flag, value in limits.items())
    return text + f"ulimit -u {_PROCESSES} 2>/dev/null || :; "  # some shells have no such flag


def private_memory(pid: int) -> int:
    """Bytes that a process and its descendants hold alone; mapped libraries that others share are not counted."""
    import psutil

    total = 0
    with contextlib.suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in (process, *process.children(recursive=True)):
            with contextlib.suppress(psutil.Error):
                memory = one.memory_info()
                total += memory.rss - getattr(memory, "shared", 0)  # which macOS does not tell
    return total


def end(child: subprocess.Popen[bytes]) -> None:
    """Kill a process and everything it started. Under bubblewrap the death of the first process ends its whole room."""
    import psutil

    family: list[psutil.Process] = []
    with contextlib.suppress(psutil.Error):
        family = psutil.Process(child.pid).children(recursive=True)
    with contextlib.suppress(OSError):
        os.killpg(child.pid, signal.SIGKILL)
    for process in family:
        with contextlib.suppress(psutil.Error):
            process.kill()
    child.wait()


# -- One process of the community REPL: JSON and a blank line in, JSON and a blank line out. --
#
# Its answers travel on standard output, which a submission can reach. So they decide nothing that matters, and three things
# keep a forged one from being taken for the answer to *another* question: unread bytes before a question end the process,
# environments are numbered in sequence, and every trouble ends the process.

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
