"""The routes: /api/judge for pinned statements; the Kimina Lean Server's /api/check, /verify and /health; /metrics."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from functools import lru_cache
from typing import Annotated, Any, Literal, TypeVar

from fastapi import FastAPI, HTTPException, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import AfterValidator, BaseModel, Field, model_validator

from physprover.errors import DataError
from physprover.lean.protocol import Check, Problem
from physprover.lean.server.guard import Guard, Metrics
from physprover.lean.server.sharing import Sharer
from physprover.lean.server.snippets import Answer, SnippetPool
from physprover.lean.text.problems import Posed, read_problem
from physprover.prompts.extract import Submission
from physprover.records import Outcome, Record, Verdict

_NO_INFOTREE = "this engine gives no info trees; leave `infotree` out"
T = TypeVar("T")
Infotree = Literal["full", "tactics", "original", "substantive"]


class Limits(Record):
    """What one request may ask for, and how much may wait."""

    body_bytes: int = 32 * 2**20
    open: int = 65_536  # texts accepted and not yet answered, all clients together
    open_bytes: int = 256 * 2**20  # their length: what bounds the memory of the queue
    seconds: float = 300.0  # longest deadline; longer ones are cut to it
    fresh: bool = False  # judge equal questions of /api/judge each time


def _sendable(name: str) -> str:
    if any("\ud800" <= char <= "\udfff" for char in name):
        raise ValueError("half of a surrogate pair is no text, and could not be sent back")
    return name


Id = Annotated[str, AfterValidator(_sendable)]


class Snippet(BaseModel):
    """One file."""

    id: Id
    code: str


class CheckBody(BaseModel):
    """Body of /api/check."""

    snippets: list[Snippet] = Field(min_length=1)
    timeout: int = Field(30, ge=0)
    debug: bool = False
    reuse: bool = True  # accepted and without meaning here: every file starts from a clean environment
    infotree: Infotree | None = None

    @model_validator(mode="after")
    def _unique(self) -> CheckBody:
        if len({snippet.id for snippet in self.snippets}) != len(self.snippets):
            raise ValueError("`snippets` must have unique ids")
        return self


class Code(BaseModel):
    """One file of /verify."""

    custom_id: Id | int
    proof: str | None = None
    code: str | None = None


class VerifyBody(BaseModel):
    """Body of /verify."""

    codes: list[Code] = Field(min_length=1)
    timeout: int = Field(300, ge=0)
    infotree_type: Infotree | None = None
    disable_cache: bool = False


@lru_cache(8192)
def _posed(statement: str, header: str) -> Posed | str:
    """A statement as `verify` reads it, or why it cannot be asked."""
    try:
        return read_problem(statement, header)
    except DataError as error:
        return f"the statement is not of the form `theorem name … : type`: {error}"


class Question(BaseModel):
    """One proof of a statement that the client pins; or a model's answer, in which the proof is looked for."""

    id: Id
    statement: str
    proof: str = ""
    header: str = ""
    lemmas_proved: bool = False
    answer: str | None = None

    @model_validator(mode="after")
    def _says_what_to_judge(self) -> Question:
        if self.answer is None and "proof" not in self.model_fields_set:
            raise ValueError("give `proof` or `answer`")
        if self.answer is not None and self.proof.strip():
            raise ValueError("give `proof` or `answer`, not both")
        return self

    def asked(self, seconds: float, fresh: bool = False) -> tuple[Check, Submission] | Verdict:
        """The question as a pool takes it and what it was read from, or the verdict where the statement cannot be asked."""
        posed = _posed(self.statement, self.header)
        if isinstance(posed, str):
            return Verdict(outcome=Outcome.INFRASTRUCTURE, messages=(posed,), check="statement")
        given = Submission.of(posed, self.proof, self.answer)
        problem = Problem(
            header=posed.header,
            statement=posed.statement,
            lemmas_proved=self.lemmas_proved,
            holes="refused",  # as for any reward
        )
        return Check(id=self.id, problem=problem, proof=given.proof, seconds=seconds, fresh=fresh), given


class JudgeBody(BaseModel):
    """Body of /api/judge."""

    checks: list[Question] = Field(min_length=1)
    seconds: float = Field(20.0, gt=0)

    @model_validator(mode="after")
    def _unique(self) -> JudgeBody:
        if len({check.id for check in self.checks}) != len(self.checks):
            raise ValueError("`checks` must have unique ids")
        return self


class Desk:
    """Takes batches in, within the limits, and waits for their answers as long as the client does."""

    def __init__(self, pool: SnippetPool, limits: Limits) -> None:
        self.pool = pool
        self.limits = limits
        self.sharer = Sharer(pool)
        self.metrics = Metrics(pool.config.workers)
        self._open_bytes = 0

    async def files(
        self, codes: list[str], timeout: int, infotree: str | None, request: Request
    ) -> list[Answer]:
        """Answers in the order of `codes`. Raises `HTTPException` 413, 429 or 499."""
        if infotree is not None:  # said of each file: clients show that, and of a status only its number
            return [Answer(kind="infrastructure", detail=_NO_INFOTREE)] * len(codes)
        seconds = float(min(timeout, self.limits.seconds))
        with self._room(len(codes), sum(map(len, codes))):
            futures = [self.pool.submit_file(code, seconds) for code in codes]
            answers = await _wait(futures, request)
        for answer in answers:
            self.metrics.count(answer.label, answer.seconds)
            self.metrics.disagreements += answer.disagreement
        return answers

    async def judge(self, body: JudgeBody, request: Request) -> list[Verdict]:
        """Verdicts in the order of `body.checks`. Raises `HTTPException` 413, 429 or 499."""
        seconds = min(body.seconds, self.limits.seconds)
        fresh = self.limits.fresh
        # in a thread: a long answer takes seconds to read, and other clients wait for this loop
        questions = await asyncio.to_thread(
            lambda: [question.asked(seconds, fresh) for question in body.checks]
        )
        checks = [asked[0] for asked in questions if not isinstance(asked, Verdict)]
        size = sum(len(c.problem.header) + len(c.problem.statement) + len(c.proof) for c in checks)
        with self._room(len(checks), size):
            futures = [self.sharer.submit(check) for check in checks]
            verdicts = {check.id: verdict for check, verdict in await _wait(futures, request)}
        ordered = await asyncio.to_thread(
            lambda: [q if isinstance(q, Verdict) else q[1].told(verdicts[q[0].id]) for q in questions]
        )
        for verdict in ordered:
            self.metrics.count(verdict.outcome.value, verdict.seconds)
            self.metrics.disagreements += verdict.disagreement
        self.metrics.repeated = self.sharer.hits + self.sharer.shared
        return ordered

    @contextmanager
    def _room(self, count: int, size: int) -> Iterator[None]:
        limits = self.limits
        if count > limits.open:
            raise HTTPException(413, f"{count} texts in one request; at most {limits.open}")
        if self.metrics.open + count > limits.open or self._open_bytes + size > limits.open_bytes:
            raise HTTPException(429, "the queue is full", {"Retry-After": "1"})
        self.metrics.open += count
        self._open_bytes += size
        try:
            yield
        finally:
            self.metrics.open -= count
            self._open_bytes -= size


async def _wait(futures: list[Future[T]], request: Request) -> list[T]:
    """Results in order, unless the client goes: then what no worker has begun is dropped."""
    work = asyncio.gather(*map(asyncio.wrap_future, futures))
    gone = asyncio.ensure_future(_disconnect(request))
    try:
        either: set[asyncio.Future[Any]] = {work, gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not work.done():
            raise HTTPException(499, "Client disconnected")
        return work.result()
    finally:
        work.cancel()
        work.add_done_callback(lambda done: done.cancelled() or done.exception())  # else asyncio complains
        gone.cancel()


async def _disconnect(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


def create_app(pool: SnippetPool, limits: Limits | None = None, token: str = "") -> Any:
    """The ASGI application. It closes `pool` when it ends."""
    desk = Desk(pool, limits or Limits())

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        pool.close()

    app = FastAPI(
        title="PhysProver", summary="Kimina Lean Server API, judged by a kernel replay", lifespan=lifespan
    )

    @app.exception_handler(RequestValidationError)
    async def invalid(_: Request, error: RequestValidationError) -> JSONResponse:
        # without the value that was refused: it may be long, or a NaN, which JSON has not
        detail = [{key: item[key] for key in ("type", "loc", "msg")} for item in error.errors()]
        return JSONResponse({"detail": detail}, 422)

    @app.get("/")
    @app.get("/health")
    @app.get("/health/", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(desk.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.post("/api/judge")
    async def judge(body: JudgeBody, request: Request) -> JSONResponse:
        verdicts = await desk.judge(body, request)
        pairs = zip(body.checks, verdicts, strict=True)
        return JSONResponse({"verdicts": [{"id": q.id, **v.model_dump(mode="json")} for q, v in pairs]})

    @app.post("/api/check")
    @app.post("/api/check/", include_in_schema=False)
    async def check(body: CheckBody, request: Request) -> JSONResponse:
        answers = await desk.files([s.code for s in body.snippets], body.timeout, body.infotree, request)
        pairs = zip(body.snippets, answers, strict=True)
        return JSONResponse({"results": [_result(s.id, a, body.timeout, body.debug) for s, a in pairs]})

    @app.post("/verify")
    @app.post("/one_pass_verify_batch", include_in_schema=False)
    async def verify(body: VerifyBody, request: Request) -> JSONResponse:
        texts = [code.code if code.proof is None else code.proof for code in body.codes]
        if None in texts:
            raise HTTPException(422, "each of `codes` needs `proof` or `code`")
        answers = await desk.files(list(map(str, texts)), body.timeout, body.infotree_type, request)
        pairs = zip(body.codes, answers, strict=True)
        return JSONResponse({"results": [_older(str(c.custom_id), a, body.timeout) for c, a in pairs]})

    def answered(status: int) -> None:
        desk.metrics.requests[status] += 1

    app.add_middleware(Guard, token=token, max_bytes=desk.limits.body_bytes, answered=answered)
    return app


def _result(name: str, answer: Answer, timeout: int, debug: bool) -> dict[str, Any]:
    result: dict[str, Any] = {"id": name, "time": round(answer.seconds, 6), **_outcome(answer, timeout)}
    if debug and answer.worker:
        result["diagnostics"] = {"repl_uuid": answer.worker, "memory_max": float(answer.memory)}
    return result


def _older(name: str, answer: Answer, timeout: int) -> dict[str, Any]:
    result = {"custom_id": name, **_outcome(answer, timeout)}
    if "response" in result:
        result["response"]["time"] = round(answer.seconds, 6)
    return result


def _outcome(answer: Answer, timeout: int) -> dict[str, Any]:
    """`response` as the REPL gives it, or `error`. Clients tell a time-out by the words "timed out"."""
    match answer.kind:
        case "answered":
            response: dict[str, Any] = {"env": 0}
            for key, items in (("messages", answer.messages), ("sorries", answer.sorries)):
                if items:
                    response[key] = [{k: v for k, v in item.items() if v is not None} for item in items]
            return {"response": response}
        case "timeout":
            return {"error": f"Lean REPL command timed out in {timeout} seconds"}
        case "out_of_memory":
            return {"error": f"Lean ran out of memory: {answer.detail}"}
        case "crashed":
            return {"error": f"Lean crashed: {answer.detail}"}
        case _:
            return {"error": f"not judged: {answer.detail}"}
