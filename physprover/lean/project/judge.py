"""The second tier: challenge and submission compiled apart, compared and replayed by a process that runs neither.

Untested on native Lean so far: no machine of ours has one. Audit.lean is elaborated by the embedded Lean in the tests;
what runs here is exercised as far as it goes without a toolchain.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from physprover.lean.embedded.process import WorkerLost
from physprover.lean.project.place import Place
from physprover.lean.project.sandbox import Room, end, private_memory, wrapped
from physprover.lean.protocol import Problem
from physprover.lean.text.statements import compose

_AUDIT = Path(__file__).with_name("Audit.lean")
_MODULE = "PhysProverSubmission"  # the same name for both files: private names carry it
_IMPORT_SECONDS = 120.0  # three processes import the project's library
_MAX_OUTPUT = 2**20


class ProjectJudge:
    """Shared by the workers of a pool; each call runs processes of its own."""

    def __init__(self, place: Place, bwrap: Path | None, memory_gb: float) -> None:
        self._place = place
        self._bwrap = bwrap
        self._memory = int(memory_gb * 2**30)
        self._root = Path(tempfile.mkdtemp(prefix="physprover-judge-"))
        self._lock = threading.Lock()

    def replay(self, problem: Problem, name: str, proof: str, seconds: float) -> dict[str, Any]:
        """Outcome, check, messages, axioms. Raises `WorkerLost` when a process is lost."""
        challenge = self._challenge(problem, seconds)
        with tempfile.TemporaryDirectory(prefix="submission-", dir=self._root) as folder:
            out = Path(folder)
            errors = self._compile(_file(problem, proof), out, seconds)
            if errors:
                return {"outcome": "rejected", "messages": errors}
            finding = self._audit(challenge, out, name, _trust(problem), seconds)
            if finding["outcome"] == "proved" and not self._checked(out, seconds):
                return {"outcome": "cheated", "check": "leanchecker", "messages": ("leanchecker refuses it",)}
        messages = [f"error: {finding['detail']}"] if finding.get("detail") else []
        if finding.get("holes"):
            messages.append(f"warning: rests on `sorry` in the header: {', '.join(finding['holes'])}")
        return {**finding, "messages": tuple(messages)}

    def _challenge(self, problem: Problem, seconds: float) -> Path:
        """Header and statement compiled once, where no submission can write."""
        key = hashlib.blake2b(f"{problem.header}\0{problem.statement}".encode(), digest_size=16).hexdigest()
        folder = self._root / f"challenge-{key}"
        with self._lock:
            if not folder.exists():
                making = Path(tempfile.mkdtemp(dir=self._root))
                errors = self._compile(_file(problem, "sorry"), making, seconds)
                if errors:
                    raise WorkerLost("infrastructure", f"the challenge does not compile: {errors[0]}")
                making.rename(folder)
        return folder

    def _compile(self, text: str, out: Path, seconds: float) -> tuple[str, ...]:
        (out / f"{_MODULE}.lean").write_text(text, encoding="utf-8")
        command: list[str | Path] = [
            self._place.lean,
            "-o",
            out / f"{_MODULE}.olean",
            out / f"{_MODULE}.lean",
        ]
        code, output = self._run(
            command, Room(readable=self._place.readable, writable=(out,), cwd=out), (), seconds
        )
        if code == 0 and (out / f"{_MODULE}.olean").exists():
            return ()
        return (f"error: {output.strip()[:2000] or f'Lean ended with status {code}'}",)

    def _audit(self, challenge: Path, out: Path, name: str, header: str, seconds: float) -> dict[str, Any]:
        nonce = secrets.token_hex(16)
        files = [folder / f"{_MODULE}.olean" for folder in (challenge, out)]
        command: list[str | Path] = [self._place.lean, "--run", _AUDIT, *files, name, header, nonce]
        room = Room(readable=(*self._place.readable, challenge, out, _AUDIT.parent), cwd=self._place.project)
        code, output = self._run(command, room, (), seconds)
        for line in output.splitlines():
            if line.startswith("{") and nonce in line:
                finding: dict[str, Any] = json.loads(line)
                if finding["outcome"] == "invalid":
                    raise WorkerLost("infrastructure", f"audit: {finding['detail']}")
                return finding
        raise WorkerLost("infrastructure", f"the audit ended with status {code}: {output.strip()[-300:]}")

    def _checked(self, out: Path, seconds: float) -> bool:
        """The toolchain's own checker, where it has one."""
        program = self._place.leanchecker
        if program is None:
            return True
        room = Room(readable=(*self._place.readable, out), cwd=self._place.project)
        return self._run([program, _MODULE], room, (out,), seconds)[0] == 0

    def _run(
        self, command: Sequence[str | Path], room: Room, libraries: tuple[Path, ...], seconds: float
    ) -> tuple[int, str]:
        environment = self._place.environment(*libraries)
        deadline = time.monotonic() + 2 * seconds + _IMPORT_SECONDS
        with tempfile.TemporaryFile() as output:
            child = subprocess.Popen(
                wrapped(self._bwrap, [str(word) for word in command], room, environment),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=room.cwd,
                env=environment,
                start_new_session=True,
            )
            try:
                while (code := _wait(child)) is None:
                    if time.monotonic() > deadline:
                        raise WorkerLost("timeout", "deadline of the judge passed")
                    if private_memory(child.pid) > self._memory:
                        raise WorkerLost(
                            "out_of_memory", f"more than {self._memory / 2**30:.1f} GiB of its own"
                        )
            finally:
                end(child)
            output.seek(0)
            return code, output.read(_MAX_OUTPUT).decode("utf-8", "replace")

    def close(self) -> None:
        shutil.rmtree(self._root, ignore_errors=True)


def _trust(problem: Problem) -> str:
    """HEADER of Audit.lean."""
    if not problem.trusted_header:
        return "untrusted"
    return "proved" if problem.lemmas_proved else "trusted"


def _wait(child: subprocess.Popen[bytes]) -> int | None:
    try:
        return child.wait(0.2)
    except subprocess.TimeoutExpired:
        return None


def _file(problem: Problem, proof: str) -> str:
    header = problem.header if not problem.header or problem.header.endswith("\n") else problem.header + "\n"
    return header + compose(problem.statement, proof) + "\n"
