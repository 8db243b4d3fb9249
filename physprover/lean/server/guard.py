"""What surrounds a request to the server, who may ask, and what is counted."""

from __future__ import annotations

import asyncio
import hmac
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from fastapi import HTTPException
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# -- What is decided about a request before its body is read: who asks, of which host, how much. --

OPEN_PATHS = frozenset({"/", "/health", "/health/"})
_JSON = re.compile(r"application/(\S+\+)?json\b", re.IGNORECASE)  # what FastAPI reads as JSON
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
        if refusal := self._refuse(scope["method"], scope["path"], headers):
            await refusal(scope, receive, watched)
            return
        try:
            await self._app(scope, limited, watched)
        except asyncio.CancelledError:
            # The server ends. uvicorn would answer 500, which clients take for a fault.
            await _refusal(503, "the judge ends")(scope, receive, watched)

    def _refuse(self, method: str, path: str, headers: dict[str, str]) -> JSONResponse | None:
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
        if method == "POST" and not _JSON.match(headers.get("content-type", "")):
            return _refusal(415, "send JSON, with the header Content-Type: application/json")
        return None

    def _size_text(self) -> str:
        return f"the request is larger than {self._max_bytes} bytes"


def _hostname(host: str) -> str:
    return host if host.endswith("]") else host.rpartition(":")[0] if ":" in host else host


def _refusal(status: int, detail: str, headers: dict[str, Any] | None = None) -> JSONResponse:
    return JSONResponse({"detail": detail}, status, headers)


# -- Counters of the server in Prometheus' text format. Touched from the event loop only, so without locks. --

_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0, 100.0)


class Metrics:
    """What the server has done since it started."""

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.open = 0  # snippets accepted and not yet answered
        self.snippets: Counter[str] = Counter()
        self.requests: Counter[int] = Counter()
        self.repeated = 0  # proofs answered without asking Lean again
        self.disagreements = 0  # files and proofs that Lean's kernel accepts and the second kernel refuses
        self._seconds = 0.0
        self._at_most: Counter[float] = Counter()
        self._timed = 0

    def count(self, label: str, seconds: float) -> None:
        """One file or proof has been answered: what became of it, and its seconds of Lean."""
        self.snippets[label] += 1
        self._seconds += seconds
        self._timed += 1
        for bound in _BUCKETS:
            self._at_most[bound] += seconds <= bound

    def text(self) -> str:
        """The page that Prometheus reads."""
        lines = [
            *_head(
                "physprover_snippets_total", "counter", "Files and proofs answered, by what became of them."
            )
        ]
        lines += [f'physprover_snippets_total{{outcome="{k}"}} {n}' for k, n in sorted(self.snippets.items())]
        name = "physprover_kernel_disagreements_total"
        lines += _head(name, "counter", "Files and proofs that only one of the two kernels accepts.")
        lines += [f"{name} {self.disagreements}"]
        name = "physprover_repeated_total"
        lines += _head(name, "counter", "Proofs answered with the verdict on an equal one.")
        lines += [f"{name} {self.repeated}"]
        lines += _head("physprover_requests_total", "counter", "HTTP answers, by status.")
        lines += [f'physprover_requests_total{{status="{k}"}} {n}' for k, n in sorted(self.requests.items())]
        lines += _head("physprover_open_snippets", "gauge", "Files and proofs accepted and not yet answered.")
        lines += [f"physprover_open_snippets {self.open}"]
        lines += _head("physprover_workers", "gauge", "Lean processes.")
        lines += [f"physprover_workers {self.workers}"]
        name = "physprover_snippet_seconds"
        lines += _head(name, "histogram", "Seconds of Lean for one of them, waiting not counted.")
        lines += [f'{name}_bucket{{le="{bound}"}} {self._at_most[bound]}' for bound in _BUCKETS]
        lines += [f'{name}_bucket{{le="+Inf"}} {self._timed}']
        lines += [f"{name}_sum {self._seconds:.6f}", f"{name}_count {self._timed}"]
        return "\n".join(lines) + "\n"


def _head(name: str, kind: str, text: str) -> list[str]:
    return [f"# HELP {name} {text}", f"# TYPE {name} {kind}"]
