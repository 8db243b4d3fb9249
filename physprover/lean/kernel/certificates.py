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
from contextlib import closing
from pathlib import Path
from typing import Any, Literal

from physprover.config import EngineConfig
from physprover.errors import DataError, naming
from physprover.lean.embedded.engine import EmbeddedEngine, EmbeddedJudge
from physprover.lean.embedded.install import MANIFEST
from physprover.lean.kernel.process import Answer, SecondKernel
from physprover.lean.protocol import Problem
from physprover.records import Outcome, Record, read_record

NAME = "manifest.json"


class Certified(Record):
    """One theorem of a folder of certificates."""

    name: str  # as asked for
    theorem: str  # Lean's full name, parts joined by U+0001
    file: str
    sha256: str  # of the file
    header: str
    statement: str
    statement_sha256: str  # of header, U+0000, statement
    axioms: tuple[str, ...]
    modules: tuple[str, ...]  # imported besides Init


class Manifest(Record):
    """What a folder of certificates holds."""

    format: Literal["physprover certificate 1"] = "physprover certificate 1"
    library: str  # name of the package that the library comes from
    library_sha256: str  # of the names and hashes of all compiled modules
    theorems: tuple[Certified, ...]


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
    manifest = read_record(folder / NAME, Manifest, "a manifest of certificates, or cut off")
    package, digest = library_of(engine_dir)
    if (manifest.library, manifest.library_sha256) != (package, digest):
        raise DataError(
            f"{folder}: certificates of another library: {manifest.library}, not the installed {package}"
        )
    with closing(SecondKernel(engine_dir, reads=(folder,))) as kernel:
        for entry in manifest.theorems:
            yield entry, _check(kernel, folder, entry, seconds)


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


def write_certificates(
    engine_dir: Path, config: EngineConfig, folder: Path, proofs: Sequence[tuple[str, Problem, str]]
) -> int:
    """Judge each (name, problem, proof) again and write down what both kernels accept; returns how many.

    Raises `DataError` for one that is not proved. The manifest then lists those before it.
    """
    with naming(folder):
        folder.mkdir(parents=True, exist_ok=True)
    package, digest = library_of(engine_dir)
    done: list[Certified] = []
    with (
        closing(Witness(engine_dir, config.memory_gb)) as judge,
        closing(EmbeddedEngine(config, judge)) as engine,
        closing(SecondKernel(engine_dir)) as kernel,
    ):
        try:
            for name, problem, proof in proofs:
                verdict = engine.check(problem, proof, config.seconds)
                given = judge.witnessed
                if verdict.outcome is not Outcome.PROVED or given is None:
                    raise DataError(
                        f"{name}: not proved when judged for its certificate: {verdict.outcome.value}"
                    )
                modules = given["modules"]
                answer = kernel.certificate(modules, given["constants"], given["theorem"], config.seconds)
                if answer.outcome != "accepted":
                    raise DataError(f"{name}: no certificate: {answer.message}")
                file = f"{len(done) + 1:04}-{re.sub(r'[^A-Za-z0-9_.-]+', '_', name)[:80]}.ndjson"
                (folder / file).write_text(answer.text, encoding="utf-8")
                done.append(
                    Certified(
                        name=name,
                        theorem=given["theorem"]["name"],
                        file=file,
                        sha256=_sha256(answer.text),
                        header=problem.header,
                        statement=problem.statement,
                        statement_sha256=statement_hash(problem.header, problem.statement),
                        axioms=verdict.axioms,
                        modules=tuple(m for m in modules if m != "Init"),
                    )
                )
        finally:
            manifest = Manifest(library=package, library_sha256=digest, theorems=tuple(done))
            (folder / NAME).write_text(manifest.model_dump_json(indent=1) + "\n", encoding="utf-8")
    return len(done)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
