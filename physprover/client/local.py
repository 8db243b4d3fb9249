"""The judge on this machine, started on demand and shared by all processes of a user.

Also what both kinds of judge share: the variables of the environment that name one, and how it can fail to answer.
"""

from __future__ import annotations

import os
import secrets
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import httpx

URL_VARIABLE = "PHYSPROVER_URL"
TOKEN_VARIABLE = "PHYSPROVER_TOKEN"
COMMAND_VARIABLE = "PHYSPROVER_COMMAND"  # how to start a judge on this machine
WORKERS_VARIABLE = "PHYSPROVER_WORKERS"  # its Lean processes
SECONDS_VARIABLE = "PHYSPROVER_SECONDS"  # deadline of one check

_START_SECONDS = 900.0  # the first start may install the embedded Lean

_known: tuple[str, str] | None = None  # address and token, as long as they are good
children: list[subprocess.Popen[bytes]] = []


class ForkedLock:
    """A lock that is free in a forked process: the thread that may have held it is not there to release it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=self._renew)

    def _renew(self) -> None:
        self._lock = threading.Lock()

    def __enter__(self) -> None:
        self._lock.acquire()

    def __exit__(self, *_: object) -> None:
        self._lock.release()


_lock = ForkedLock()


class JudgeError(RuntimeError):
    """The judge gave no answer; the message says why and what to do. Never a statement about a proof."""


class JudgeUnavailable(JudgeError):
    """It cannot be reached, does not answer in time, or does not start."""


class JudgeRefused(JudgeError):
    """It will not answer this request: wrong token, too large, not a judge."""


def server() -> tuple[str, str]:
    """Address and token of this user's judge on this machine, which is started when there is none.

    It ends with the process that started it; another that still needs one then starts its own. Raises `JudgeUnavailable`.
    """
    global _known
    with _lock:
        if _known is None:
            folder = _runtime_folder()
            with (folder / "lock").open("w") as lock:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX)
                try:
                    _known = _recorded(folder) or _start(folder)
                finally:  # closing it would leave it locked for a process forked meanwhile
                    fcntl.flock(lock, fcntl.LOCK_UN)
        return _known


def forget(url: str) -> None:
    """An address that cannot be reached is looked up again."""
    global _known
    with _lock:
        if _known and _known[0] == url:
            _known = None


def _runtime_folder() -> Path:
    folder = Path(os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()) / f"physprover-{os.getuid()}"
    folder.mkdir(mode=0o700, exist_ok=True)
    state = folder.stat()
    if state.st_uid != os.getuid() or state.st_mode & 0o077:
        raise JudgeUnavailable(f"{folder} must belong to this user alone")
    return folder


def _recorded(folder: Path) -> tuple[str, str] | None:
    try:
        url, token = (folder / "server").read_text().split()
    except (OSError, ValueError):
        return None
    return (url, token) if _is_up(url, token) else None


def _is_up(url: str, token: str) -> bool:
    try:
        page = httpx.get(f"{url}/metrics", headers=bearer(token), timeout=10.0, trust_env=False)
    except httpx.TransportError:
        return False
    return page.status_code == 200 and "physprover_" in page.text


def _start(folder: Path) -> tuple[str, str]:
    token = secrets.token_urlsafe(24)
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    workers = os.environ.get(WORKERS_VARIABLE) or str(max(2, min(8, (os.cpu_count() or 2) // 2)))
    command = [*_command(), "serve", "--port", str(port), "--workers", workers, "--until-eof"]
    log = folder / "log"
    try:
        with log.open("wb") as out:
            child = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,  # its end tells the server that we are gone, however we went
                stdout=out,
                stderr=out,
                env={**os.environ, TOKEN_VARIABLE: token},
                start_new_session=True,  # an interrupt at the terminal is ours to handle
            )
    except OSError as error:
        raise JudgeUnavailable(f"{command[0]} cannot be started: {error.strerror}") from None
    url, end = f"http://127.0.0.1:{port}", time.monotonic() + _START_SECONDS
    while not _is_up(url, token):
        if child.poll() is not None or time.monotonic() > end:
            child.kill()
            said = log.read_text(errors="replace").strip().splitlines()
            raise JudgeUnavailable(
                f"`{shlex.join(command)}` does not start: {said[-1] if said else 'no message'}"
            )
        time.sleep(0.1)
    children.append(child)  # keeps the pipe open
    (folder / "server").write_text(f"{url} {token}")
    return url, token


def _command() -> list[str]:
    if own := os.environ.get(COMMAND_VARIABLE):
        return shlex.split(own)
    beside = Path(sys.executable).parent / "physprover"
    found = str(beside) if beside.exists() else shutil.which("physprover")
    if not found:
        raise JudgeUnavailable(
            f"no judge: set ${URL_VARIABLE} to the address of a `physprover serve`, or ${COMMAND_VARIABLE} to the"
            " `physprover` of another environment on this machine"
        )
    return [found]


def is_known() -> bool:
    """Whether `server` answers at once."""
    return _known is not None


def bearer(token: str) -> dict[str, str]:
    """The header that carries a token."""
    return {"Authorization": f"Bearer {token}"} if token else {}
