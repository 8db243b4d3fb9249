"""The routes of the Kimina Lean Server: /api/check, the older /verify, /health; and /metrics."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Literal

from fastapi import FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse, PlainTextResponse
from pydantic import BaseModel, Field, model_validator

from physprover.lean.server.guard import Guard
from physprover.lean.server.metrics import Metrics
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from concurrent.futures import Future

    from physprover.lean.server.snippets import Answer, SnippetPool

Infotree = Literal["full", "tactics", "original", "substantive"]


class Limits(Record):
    """What one request may ask for, and how much may wait."""

    batch: int = 64  # snippets in one request
    body_bytes: int = 8 * 2**20
    open: int = 512  # snippets accepted and not yet answered, all clients together
    seconds: float = 300.0  # longest deadline; longer ones are cut to it


class Snippet(BaseModel):
    """One file."""

    id: str
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

    custom_id: str | int
    proof: str | None = None
    code: str | None = None


class VerifyBody(BaseModel):
    """Body of /verify."""

    codes: list[Code] = Field(min_length=1)
    timeout: int = Field(300, ge=0)
    infotree_type: Infotree | None = None
    disable_cache: bool = False


class Desk:
    """Takes batches in, within the limits, and waits for their answers as long as the client does."""

    def __init__(self, pool: SnippetPool, limits: Limits) -> None:
        self.pool = pool
        self.limits = limits
        self.metrics = Metrics(len(pool.workers))

    async def ask(
        self, codes: list[str], timeout: int, infotree: str | None, request: Request
    ) -> list[Answer]:
        """Answers in the order of `codes`. Raises `HTTPException` 400, 413, 429 or 499."""
        if infotree is not None:
            raise HTTPException(400, "this engine gives no info trees; leave `infotree` out")
        if len(codes) > self.limits.batch:
            raise HTTPException(413, f"{len(codes)} snippets in one request; at most {self.limits.batch}")
        if self.metrics.open + len(codes) > self.limits.open:
            raise HTTPException(429, "No available REPLs", {"Retry-After": "1"})
        seconds = min(float(timeout), self.limits.seconds)
        futures = [self.pool.submit(code, seconds) for code in codes]
        self.metrics.open += len(futures)
        try:
            return await self._wait(futures, request)
        finally:
            self.metrics.open -= len(futures)

    async def _wait(self, futures: list[Future[Answer]], request: Request) -> list[Answer]:
        work = asyncio.gather(*map(asyncio.wrap_future, futures))
        gone = asyncio.ensure_future(_disconnect(request))
        try:
            either: set[asyncio.Future[Any]] = {work, gone}
            await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
            if not work.done():
                raise HTTPException(499, "Client disconnected")
            answers = work.result()
        finally:
            work.cancel()  # what no worker has begun is dropped
            gone.cancel()
        for answer in answers:
            self.metrics.count(answer)
        return answers


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

    @app.get("/")
    @app.get("/health")
    @app.get("/health/", include_in_schema=False)
    async def health() -> dict[str, str]:
        return {"status": "ok"}

    @app.get("/metrics")
    async def metrics() -> PlainTextResponse:
        return PlainTextResponse(desk.metrics.text(), media_type="text/plain; version=0.0.4")

    @app.post("/api/check")
    @app.post("/api/check/", include_in_schema=False)
    async def check(body: CheckBody, request: Request) -> JSONResponse:
        answers = await desk.ask([s.code for s in body.snippets], body.timeout, body.infotree, request)
        pairs = zip(body.snippets, answers, strict=True)
        return JSONResponse({"results": [_result(s.id, a, body.timeout, body.debug) for s, a in pairs]})

    @app.post("/verify")
    @app.post("/one_pass_verify_batch", include_in_schema=False)
    async def verify(body: VerifyBody, request: Request) -> JSONResponse:
        texts = [code.code if code.proof is None else code.proof for code in body.codes]
        if None in texts:
            raise HTTPException(422, "each of `codes` needs `proof` or `code`")
        answers = await desk.ask(list(map(str, texts)), body.timeout, body.infotree_type, request)
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
