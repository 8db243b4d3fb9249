"""The embedded engine as a community REPL: JSON and a blank line on standard input, the same on standard output.

    echo '{"cmd": "#check Nat"}' | python -m tests.lean.repl_bridge

For testing our own client of that REPL. `cmd` and `env` are understood; tactic mode and pickles are
not. It gives no verdict: a proof is judged by `physprover verify` or `physprover serve`.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import IO, Any

from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, WorkerLost

_SECONDS = 600.0  # a client sets its own deadline and kills us


def requests(source: IO[str]) -> Iterator[dict[str, Any] | None]:
    """Requests as they come, separated by blank lines; None for one that is no JSON object."""
    lines: list[str] = []
    for line in _lines(source):
        if line.strip():
            lines.append(line)
        elif lines:
            yield _parsed("".join(lines))
            lines = []


def _lines(source: IO[str]) -> Iterator[str]:
    while line := source.readline():  # unlike iteration, this never reads ahead of the request
        yield line
    yield "\n"


def _parsed(text: str) -> dict[str, Any] | None:
    try:
        value = json.loads(text)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None


def serve(source: IO[str], sink: IO[str], memory_gb: float = 2.5) -> None:
    """Answer until `source` ends or Lean does."""
    process = LeanProcess(ensure_installed(), memory_gb)
    try:
        for request in requests(source):
            answer = _answer(process, request)
            sink.write(json.dumps(answer, ensure_ascii=False) + "\n\n")
            sink.flush()
    except WorkerLost as lost:
        print(f"Lean ended: {lost.detail}", file=sys.stderr)
    finally:
        process.kill()


def _answer(process: LeanProcess, request: dict[str, Any] | None) -> dict[str, Any]:
    if request is None or not isinstance(request.get("cmd"), str):
        return {"message": "Could not parse as a valid JSON command with `cmd`"}
    answer = process.ask({"cmd": request["cmd"], "env": request.get("env")}, _SECONDS)
    return {key: answer[key] for key in ("env", "messages", "message") if key in answer}


if __name__ == "__main__":
    serve(sys.stdin, sys.stdout)
