"""One process of native Lean, seen from outside: what it may read, write, reach and use.

bubblewrap gives it a file system of its own (toolchain and project read-only, /tmp private), no network, its own process
and user names, and an end when we end. The shell's limits bound time, files and processes; the resident memory is
watched from outside, because a limit on address space would count the gigabytes of libraries that all workers share.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from physprover.errors import LeanSetupError
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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
                total += memory.rss - memory.shared
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
