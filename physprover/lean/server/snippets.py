"""Whole Lean files judged: elaborated in a disposable worker, their theorems replayed by a judge that never ran them."""

from __future__ import annotations

import queue
import re
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any, Literal

from physprover.lean.embedded.engine import JudgeLost, Spares, may_spoil
from physprover.lean.embedded.install import ensure_installed
from physprover.lean.embedded.process import LeanProcess, WorkerLost
from physprover.records import Record

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

    from physprover.config import EngineConfig

MAX_CODE_BYTES = 256 * 1024
# What a shared worker may import. `Lean` would let one client's metaprogram change the worker that serves the next.
OFFERED = ("Init", "Std")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_RETRIES = 2

Kind = Literal["answered", "timeout", "crashed", "out_of_memory", "infrastructure"]


class Answer(Record):
    """What became of one file. `messages` and `sorries` are the community REPL's JSON objects."""

    kind: Kind
    messages: tuple[dict[str, Any], ...] = ()
    sorries: tuple[dict[str, Any], ...] = ()
    refused: bool = False  # the judge's message is among the errors
    detail: str = ""  # why there is no answer
    seconds: float = 0.0
    worker: str = ""  # id of the process that elaborated it
    memory: int = 0  # bytes resident afterwards

    @property
    def label(self) -> str:
        """One word for the metrics."""
        if self.kind != "answered":
            return self.kind
        if self.refused:
            return "refused"
        if any(message["severity"] == "error" for message in self.messages):
            return "lean_error"
        return "sorry" if self.sorries else "valid"


class SnippetPool:
    """`config.workers` Lean processes, one judge, one queue."""

    def __init__(self, config: EngineConfig) -> None:
        folder = ensure_installed()
        self._spares = Spares(folder, config.memory_gb)
        self._judge = _Judge(folder, config.memory_gb) if config.judge else None
        self.workers = [_Worker(self._spares, self._judge) for _ in range(config.workers)]
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for worker in self.workers:
            self._idle.put(worker)
        self._threads = ThreadPoolExecutor(config.workers, thread_name_prefix="snippet")

    def wait_ready(self) -> str:
        """Block until one worker has imported its library; returns Lean's version."""
        return self.workers[0].live().version

    def submit(self, code: str, seconds: float) -> Future[Answer]:
        """Judge one file as soon as a worker is free; the deadline runs from then."""
        return self._threads.submit(self._run, code, seconds)

    def _run(self, code: str, seconds: float) -> Answer:
        text = code.replace("\r\n", "\n") + "\n"
        if seconds <= 0:  # an elapsed deadline need not cost a worker
            return Answer(kind="timeout")
        if fault := _unfit(text):
            return Answer(kind="answered", messages=(fault,))
        worker = self._idle.get()
        try:
            return worker.check(text, seconds)
        finally:
            self._idle.put(worker)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)
        for worker in self.workers:
            worker.close()
        self._spares.close()
        if self._judge is not None:
            self._judge.close()


class _Judge:
    """The process that replays; started when the first file passes the screen."""

    def __init__(self, engine_dir: Path, memory_gb: float) -> None:
        self._start = partial(LeanProcess, engine_dir, memory_gb)
        self._lock = threading.Lock()
        self._process: LeanProcess | None = None

    def replay(self, request: dict[str, Any], seconds: float) -> dict[str, Any]:
        with self._lock:
            if self._process is None or not self._process.alive:
                self._process = self._start()
            return self._process.ask({"judgeSnippet": request}, seconds)

    def close(self) -> None:
        with self._lock:
            if self._process is not None:
                self._process.kill()


class _Worker:
    def __init__(self, spares: Spares, judge: _Judge | None) -> None:
        self._spares = spares
        self._judge = judge
        self._process = spares.take()
        self.id = secrets.token_hex(16)

    def live(self) -> LeanProcess:
        if not self._process.alive:
            self._process.kill()
            self._process = self._spares.take()
            self.id = secrets.token_hex(16)
        return self._process.wait_ready()

    def check(self, text: str, seconds: float) -> Answer:
        try:
            return self._ask(text, seconds)
        finally:
            if may_spoil(text):
                self._process.kill()

    def _ask(self, text: str, seconds: float) -> Answer:
        judge_died = False
        for _ in range(_RETRIES):
            began = time.monotonic()
            try:
                answer = self._settle(text, seconds)
            except WorkerLost as lost:
                # What ends the judge in good time is asked once more; too long or too large for it is the file's fault.
                judge_died = isinstance(lost, JudgeLost) and lost.reason == "crashed"
                if lost.reason == "infrastructure" or judge_died:
                    continue
                if lost.reason == "rejected":
                    return Answer(
                        kind="answered",
                        messages=(_error(lost.detail.removeprefix("error: ")),),
                        seconds=time.monotonic() - began,
                        worker=self.id,
                    )
                kind: Any = lost.reason
                return Answer(kind=kind, detail=lost.detail, seconds=time.monotonic() - began, worker=self.id)
            return answer
        if judge_died:  # it runs no code of the file's
            return Answer(kind="crashed", detail="the process that judges it ended twice", worker=self.id)
        return Answer(kind="infrastructure", detail="no process could be started for it", worker=self.id)

    def _settle(self, text: str, seconds: float) -> Answer:
        process = self.live()
        answer = process.ask({"snippet": {"text": text, "offered": OFFERED}}, seconds)
        elapsed = answer["ms"] / 1000
        refused = answer.get("refused", "")
        if not refused and answer.get("theorems") and self._judge is not None:
            request = {"text": text, "theorems": answer["theorems"], "constants": answer["constants"]}
            try:
                verdict = self._judge.replay(request, seconds)
            except WorkerLost as lost:
                raise JudgeLost(lost.reason, lost.detail) from None
            elapsed += verdict["ms"] / 1000
            refused = verdict.get("refused", "")
        messages = [_placed(message) for message in answer.get("messages", ())]
        # A hole is Lean's own warning with an entry in `sorries`, as the REPL has it; anything else is an error.
        hidden = bool(refused) and not answer.get("sorries")
        if hidden:
            messages.append(_error(f"refused by the judge: {refused}"))
        return Answer(
            kind="answered",
            messages=tuple(sorted(messages, key=lambda m: (m["pos"]["line"], m["pos"]["column"]))),
            sorries=tuple(_placed(hole) for hole in answer.get("sorries", ())),
            refused=hidden,
            seconds=elapsed,
            worker=self.id,
            memory=process.resident(),
        )

    def close(self) -> None:
        self._process.kill()


def _unfit(text: str) -> dict[str, Any] | None:
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_CODE_BYTES:
        return _error(f"the file has {size} bytes; at most {MAX_CODE_BYTES} are read")
    if found := _CONTROL.search(text):
        return _error(f"control character U+{ord(found[0]):04X}", text.count("\n", 0, found.start()) + 1)
    return None


def _error(data: str, line: int = 1) -> dict[str, Any]:
    return {"severity": "error", "pos": {"line": line, "column": 0}, "endPos": None, "data": data}


def _placed(item: dict[str, Any]) -> dict[str, Any]:
    """A message of Lean's with both positions; what has none stands at the beginning."""
    return {"endPos": None, **item, "pos": item.get("pos") or {"line": 1, "column": 0}}
