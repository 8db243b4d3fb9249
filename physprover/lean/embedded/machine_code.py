"""Keep the machine code that V8 makes of lean.wasm, so that a new worker need not make it again (`module.cjs`).

Made once at install time, by a process that has seen nothing but `warmup.lean`: no submission ever has a hand in it.
It fits the V8 and the processor it was made on. Elsewhere V8 refuses it and compiles as it would without; `physprover lean
install` then makes it anew. It is no part of the manifest: it carries its own hash, and nothing depends on it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from physprover.errors import LeanSetupError
from physprover.lean.embedded.process import LeanProcess, WorkerLost, asked
from physprover.lean.protocol import Problem
from physprover.lean.text.proofs import compose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from physprover.progress import Progress

FILE = "lean.code"
ROUNDS = 4  # a function is compiled well when it has been called often; more rounds found little more
_WARMUP = Path(__file__).with_name("warmup.lean")
_ATTEMPTS = "-- Attempts"  # what stands before it is the header of all of them
_SECONDS = 120.0  # for one attempt; the slowest takes 1 s


def fits(folder: Path) -> bool:
    """Whether a worker of this machine begins with the code kept in `folder`. Starts one (2 s)."""
    process = LeanProcess(folder)
    try:
        return process.wait_ready().from_code
    except LeanSetupError:
        return False
    finally:
        process.kill()


def keep(folder: Path, progress: Progress) -> bool:
    """Write `folder`/lean.code; whether that went well. Without it everything works, only slower at first."""
    partial = folder / f"{FILE}.partial"
    with progress.stage("warm up Lean", ROUNDS) as stage:
        try:
            with partial.open("wb") as code:
                _warm_and_save(LeanProcess(folder, code=code.fileno()), stage.advance)
            partial.chmod(0o444)
            partial.replace(folder / FILE)
        except (WorkerLost, LeanSetupError, OSError) as error:
            partial.unlink(missing_ok=True)
            stage.note(f"left out, workers will be slower in their first minute: {error}")
            return False
    return True


def _warm_and_save(process: LeanProcess, on_round: Callable[[], None]) -> None:
    try:
        process.wait_ready()
        for number in range(ROUNDS):
            for request in attempts():
                request["statement"] += "\n" * number  # else it would be known from the round before
                process.ask({"check": request}, _SECONDS)
            on_round()
        process.ask({"saveCode": True}, _SECONDS)
    finally:
        process.kill()


def attempts() -> Iterator[dict[str, Any]]:
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
