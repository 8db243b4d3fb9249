"""What is decided about a request before its body is read: who asks, of which host, how much."""

from __future__ import annotations

import hmac
from typing import TYPE_CHECKING, Any

from fastapi import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

OPEN_PATHS = frozenset({"/", "/health", "/health/"})
LOOPBACK = frozenset({"localhost", "127.0.0.1", "[::1]"})


class Guard:
    """ASGI middleware. Without a token only loopback names are answered, so that no web page can reach the server by a
    name of its own that points here."""

    def __init__(self, app: ASGIApp, token: str, max_bytes: int, answered: Callable[[int], None]) -> None:
        self._app = app
        self._token = token
        self._max_bytes = max_bytes
        self._answered = answered

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._answered(message["status"])
            await send(message)

        read = 0

        async def limited() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._max_bytes:
                raise HTTPException(413, self._size_text())  # the only kind FastAPI passes on while it reads
            return message

        headers = {key.decode("latin-1"): value.decode("latin-1") for key, value in scope["headers"]}
        if refusal := self._refuse(scope["path"], headers):
            await refusal(scope, receive, watched)
            return
        await self._app(scope, limited, watched)

    def _refuse(self, path: str, headers: dict[str, str]) -> JSONResponse | None:
        if path not in OPEN_PATHS:
            given = headers.get("authorization", "").removeprefix("Bearer ").strip()
            if self._token and not given:
                return _refusal(401, "Missing API key", {"WWW-Authenticate": "Bearer"})
            if self._token and not hmac.compare_digest(given.encode(), self._token.encode()):
                return _refusal(401, "Invalid API key", {"WWW-Authenticate": "Bearer"})
        if not self._token and _hostname(headers.get("host", "")) not in LOOPBACK:
            return _refusal(403, "this server answers on loopback names only")
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > self._max_bytes:
            return _refusal(413, self._size_text())
        return None

    def _size_text(self) -> str:
        return f"the request is larger than {self._max_bytes} bytes"


def _hostname(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] if ":" in host else host


def _refusal(status: int, detail: str, headers: dict[str, Any] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)
