"""Lean processes that judge whole files and pinned statements: elaborated in a disposable worker, replayed by a judge that
never ran them."""

from __future__ import annotations

import re
import secrets
import time
from concurrent.futures import Future
from typing import Any, Literal

from physprover.config import EngineConfig
from physprover.lean.embedded.engine import (
    CONTROL,
    EmbeddedEngine,
    EmbeddedJudge,
    JudgeLost,
    may_spoil,
    open_embedded,
)
from physprover.lean.embedded.process import LeanProcess, WorkerLost
from physprover.lean.pool import LocalPool
from physprover.lean.protocol import Engine
from physprover.lean.text import definitions as undefined
from physprover.lean.text.headers import plain
from physprover.lean.text.problems import passages
from physprover.lean.text.statements import masked_or_plain
from physprover.records import Record

MAX_CODE_BYTES = 256 * 1024
# What a shared worker may import. `Lean` would let one client's metaprogram change the worker that serves the next.
OFFERED = ("Init", "Std")
_RETRIES = 3  # for what may be no fault of the file
# Goals of holes: the file once more, with a `sorry` that says where it stands. The word is as long as `sorry`, so that
# every position stays; where it is no hole (a comment, a string) it says nothing.
_SORRY = re.compile(r"(?<![\w'.«`])sorry(?![\w'!?])")
_HOLE = "hole%"
_HOLES = (
    f'macro "{_HOLE}" : term => `(by trace_state; sorry)\n'
    f'macro "{_HOLE}" : tactic => `(tactic| (trace_state; sorry))\n'
)

Kind = Literal["answered", "timeout", "crashed", "out_of_memory", "infrastructure"]


class Answer(Record):
    """What became of one file. `messages` and `sorries` are the community REPL's JSON objects."""

    kind: Kind
    messages: tuple[dict[str, Any], ...] = ()
    sorries: tuple[dict[str, Any], ...] = ()
    refused: bool = False  # the judge's message is among the errors
    disagreement: bool = False  # Lean's kernel accepts what the second kernel refuses
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


class SnippetPool(LocalPool):
    """A `LocalPool` of `config.workers` embedded engines, which judge whole files too. One queue for both."""

    def __init__(self, config: EngineConfig) -> None:
        self._workers, close = open_embedded(config, _Worker)
        super().__init__(config, (self._workers, close))

    def wait_ready(self) -> str:
        """Block until one worker has imported its library; returns the engine's name."""
        return self._workers[0].name

    def submit_file(self, code: str, seconds: float) -> Future[Answer]:
        """Judge one file as soon as a worker is free; the deadline runs from then."""
        return self.run(lambda worker: self._run_file(worker, code, seconds))

    def _run_file(self, worker: Engine, code: str, seconds: float) -> Answer:
        text = plain(code) + "\n"
        if seconds <= 0:  # an elapsed deadline need not cost a worker
            return Answer(kind="timeout")
        if fault := _unfit(text):
            return Answer(kind="answered", messages=(fault,))
        assert isinstance(worker, _Worker)
        return worker.check_file(text, seconds)


class _Worker(EmbeddedEngine):
    """An engine that judges whole files too."""

    trusts_headers = False

    def __init__(self, config: EngineConfig, judge: EmbeddedJudge | None) -> None:
        super().__init__(config, judge)
        if judge is not None:
            judge.trusts_headers = False
        self.id = secrets.token_hex(16)

    def _live(self) -> LeanProcess:
        if not self._process.alive:
            self.id = secrets.token_hex(16)
        return super()._live()

    def check_file(self, text: str, seconds: float) -> Answer:
        """What becomes of a file. Never raises for anything a file can do."""
        judge_died, detail = False, ""
        for _ in range(_RETRIES):
            began = time.monotonic()
            try:
                answer = self._settle_file(text, seconds)
            except WorkerLost as lost:
                # What ends the judge in good time is asked once more; too long or too large for it is the file's fault.
                judge_died = isinstance(lost, JudgeLost) and lost.reason == "crashed"
                if lost.reason == "infrastructure" or judge_died:
                    detail = lost.detail
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
            return Answer(kind="crashed", detail="the process that judges it ended each time", worker=self.id)
        return Answer(kind="infrastructure", detail=f"asked {_RETRIES} times: {detail}", worker=self.id)

    def _settle_file(self, text: str, seconds: float) -> Answer:
        answer = self._worker(
            {"snippet": {"text": text, "offered": OFFERED}}, seconds, spoils=may_spoil(text)
        )
        elapsed = answer["ms"] / 1000
        refused, disagreement = answer.get("refused", ""), False
        if not refused and answer.get("theorems") and self._judge is not None:
            try:
                verdict = self._judge.replay_file(text, answer["theorems"], answer["constants"], seconds)
            except WorkerLost as lost:
                raise JudgeLost(lost.reason, lost.detail) from None
            elapsed += verdict["ms"] / 1000
            refused = verdict.get("refused", "")
            disagreement = verdict.get("disagreement", False)
        messages = [_placed(message) for message in answer.get("messages", ())]
        messages += _doubts(text, answer.get("bound", {}))
        holes = [_placed(hole) for hole in answer.get("sorries", ())]
        # A hole is Lean's own warning with an entry in `sorries`, as the REPL has it; anything else is an error.
        hidden = bool(refused) and not holes
        if hidden:
            messages.append(_error(f"refused by the judge: {refused}"))
        return Answer(
            kind="answered",
            messages=tuple(sorted(messages, key=lambda m: (m["pos"]["line"], m["pos"]["column"]))),
            sorries=tuple(self._goals(text, seconds) or holes) if holes else (),
            refused=hidden,
            disagreement=disagreement,
            seconds=elapsed,
            worker=self.id,
            memory=self._process.resident(),
        )

    def _goals(self, text: str, seconds: float) -> list[dict[str, Any]]:
        """Place and goal of each `sorry` that is written in the text; none where they cannot be had."""
        asked = {"text": _SORRY.sub(_HOLE, text), "first": _HOLES, "offered": OFFERED}
        try:
            answer = self._worker({"snippet": asked}, seconds, spoils=may_spoil(text))
        except WorkerLost:
            return []
        places = {_place(text, found.start()) for found in _SORRY.finditer(text)}
        holes = []
        for message in map(_placed, answer.get("messages", ())):
            start = message["pos"]
            if message["severity"] == "info" and (start["line"], start["column"]) in places:
                end = {**start, "column": start["column"] + len("sorry")}
                holes.append({"pos": start, "endPos": end, "goal": message["data"]})
        return holes


def _doubts(text: str, bound: dict[str, list[str]]) -> list[dict[str, Any]]:
    """A warning at each theorem whose statement holds names that nothing defines."""
    found = []
    for passage in passages(masked_or_plain(text)) if bound else ():
        for doubt in undefined.doubt(
            text[: passage.header_end], passage.statement, bound.get(passage.name, ())
        ):
            message = {**_error(doubt.removeprefix("warning: "), passage.line), "severity": "warning"}
            found.append(message)
    return found


def _place(text: str, index: int) -> tuple[int, int]:
    """Line, from 1, and column, from 0 and in characters, as Lean counts them."""
    return text.count("\n", 0, index) + 1, index - text.rfind("\n", 0, index) - 1


def _unfit(text: str) -> dict[str, Any] | None:
    size = len(text.encode("utf-8", "replace"))
    if size > MAX_CODE_BYTES:
        return _error(f"the file has {size} bytes; at most {MAX_CODE_BYTES} are read")
    if found := CONTROL.search(text):
        return _error(f"control character U+{ord(found[0]):04X}", text.count("\n", 0, found.start()) + 1)
    return None


def _error(data: str, line: int = 1) -> dict[str, Any]:
    return {"severity": "error", "pos": {"line": line, "column": 0}, "endPos": None, "data": data}


def _placed(item: dict[str, Any]) -> dict[str, Any]:
    """A message of Lean's with both positions; what has none stands at the beginning."""
    return {"endPos": None, **item, "pos": item.get("pos") or {"line": 1, "column": 0}}
