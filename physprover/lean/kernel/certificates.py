"""Portable certificates: a folder with a proof in the lean4export format for each theorem, and what they are proofs of.

    manifest.json       library, and for each theorem: file and its sha256, statement and its sha256, axioms
    0001-name.ndjson    the constants that the proof rests on, the library's first

A certificate says that a term has a type. That the type is what the statement's text means is Lean's word, given when the
certificate was written; the text is kept beside it, with a hash, so that nothing can be read into it later.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from physprover.config import EngineConfig
from physprover.errors import DataError, naming
from physprover.lean.embedded.engine import EmbeddedEngine, EmbeddedJudge
from physprover.lean.embedded.install import MANIFEST
from physprover.lean.kernel.process import Answer, SecondKernel
from physprover.lean.protocol import Problem
from physprover.records import Outcome

NAME = "manifest.json"


class Certified(BaseModel):
    """One theorem of a folder of certificates."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    name: str  # as asked for
    theorem: str  # Lean's full name, parts joined by U+0001
    file: str
    sha256: str  # of the file
    header: str
    statement: str
    statement_sha256: str  # of header, U+0000, statement
    axioms: tuple[str, ...]
    modules: tuple[str, ...]  # imported besides Init


class Manifest(BaseModel):
    """What a folder of certificates holds."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    format: Literal["physprover certificate 1"] = "physprover certificate 1"
    library: str  # name of the package that the library comes from
    library_sha256: str  # of the names and hashes of all compiled modules
    theorems: tuple[Certified, ...]


class Certifier:
    """Judges proofs again, one at a time, and writes down what both kernels accept."""

    def __init__(self, engine_dir: Path, config: EngineConfig, folder: Path) -> None:
        self._folder = folder
        self._seconds = config.seconds
        self._judge = Witness(engine_dir, config.memory_gb)
        self._engine = EmbeddedEngine(config, self._judge)
        self._kernel = SecondKernel(engine_dir)
        self._library = library_of(engine_dir)
        self._done: list[Certified] = []

    def add(self, name: str, problem: Problem, proof: str) -> str:
        """Write the certificate of a proof; returns its file's name, or raises `DataError` where it is not proved."""
        verdict = self._engine.check(problem, proof, self._seconds)
        given = self._judge.witnessed
        if verdict.outcome is not Outcome.PROVED or given is None:
            raise DataError(f"{name}: not proved when judged for its certificate: {verdict.outcome.value}")
        answer = self._kernel.certificate(
            given["modules"], given["constants"], given["theorem"], self._seconds
        )
        if answer.outcome != "accepted":
            raise DataError(f"{name}: no certificate: {answer.message}")
        file = f"{len(self._done) + 1:04}-{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)[:80]}.ndjson"
        (self._folder / file).write_text(answer.text, encoding="utf-8")
        self._done.append(
            Certified(
                name=name,
                theorem=given["theorem"]["name"],
                file=file,
                sha256=_sha256(answer.text),
                header=problem.header,
                statement=problem.statement,
                statement_sha256=statement_hash(problem.header, problem.statement),
                axioms=verdict.axioms,
                modules=tuple(m for m in given["modules"] if m != "Init"),
            )
        )
        return file

    def close(self) -> None:
        """Write the manifest and end the processes."""
        package, digest = self._library
        manifest = Manifest(library=package, library_sha256=digest, theorems=tuple(self._done))
        (self._folder / NAME).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
        self._engine.close()
        self._judge.close()
        self._kernel.close()


class Witness(EmbeddedJudge):
    """A judge that keeps what the latest proof rests on, from the library up."""

    second = "whole"
    witnessed: dict[str, Any] | None = None

    def ask(self, request: dict[str, Any], seconds: float, problem: Problem | None = None) -> dict[str, Any]:
        answer = super().ask(request, seconds, problem)
        self.witnessed = answer.get("replayed")
        return answer

    def take(self) -> dict[str, Any] | None:
        """What the latest proof rests on, and forget it."""
        found, self.witnessed = self.witnessed, None
        return found


def check_folder(folder: Path, engine_dir: Path, seconds: float) -> Iterator[tuple[Certified, Answer]]:
    """The second kernel's answer on each certificate of a folder.

    Raises `DataError` in one line where there is no manifest, or it is of another library than the installed one.
    """
    manifest = _read(folder / NAME)
    package, digest = library_of(engine_dir)
    if (manifest.library, manifest.library_sha256) != (package, digest):
        raise DataError(
            f"{folder}: certificates of another library: {manifest.library}, not the installed {package}"
        )
    kernel = SecondKernel(engine_dir, reads=(folder,))
    try:
        for entry in manifest.theorems:
            yield entry, _check(kernel, folder, entry, seconds)
    finally:
        kernel.close()


def _check(kernel: SecondKernel, folder: Path, entry: Certified, seconds: float) -> Answer:
    file = folder / Path(entry.file).name
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return Answer("malformed", f"{entry.file} is missing or unreadable")
    if statement_hash(entry.header, entry.statement) != entry.statement_sha256:
        return Answer("malformed", "its statement is not the one it was written for")
    if _sha256(text) != entry.sha256:
        return Answer(
            "malformed", f"{entry.file} is cut off or changed: it has another hash than the manifest says"
        )
    answer = kernel.file(file, seconds, entry.modules, entry.theorem)
    unnamed = sorted(set(answer.axioms) - set(entry.axioms))
    if answer.outcome == "accepted" and unnamed:
        return Answer(
            "refused", f"rests on {', '.join(unnamed)}, which the manifest does not name", answer.axioms
        )
    return answer


def library_of(engine_dir: Path) -> tuple[str, str]:
    """Package and hash of the installed library: the hashes of its compiled modules, as verified at installation."""
    manifest = json.loads((engine_dir / MANIFEST).read_text(encoding="utf-8"))
    modules = sorted(
        f"{name} {digest}" for name, (_, digest) in manifest["files"].items() if name.endswith(".olean")
    )
    return str(manifest["package"]), _sha256("\n".join(modules))


def statement_hash(header: str, statement: str) -> str:
    """sha256 of what was to be proved."""
    return _sha256(f"{header}\0{statement}")


def _read(file: Path) -> Manifest:
    try:
        return Manifest.model_validate_json(file.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"{file}: {error.strerror}") from None
    except (ValidationError, UnicodeDecodeError):
        raise DataError(f"{file}: no manifest of certificates, or cut off") from None


def write_certificates(
    engine_dir: Path, config: EngineConfig, folder: Path, proofs: Sequence[tuple[str, Problem, str]]
) -> int:
    """Write a certificate for each (name, problem, proof); returns how many. Raises `DataError`."""
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    certifier = Certifier(engine_dir, config, folder)
    try:
        for name, problem, proof in proofs:
            certifier.add(name, problem, proof)
    finally:
        certifier.close()
    return len(proofs)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
