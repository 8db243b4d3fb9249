"""The client of one judge: checks go out in batches, verdicts come back in order."""

from __future__ import annotations

import math
import os
import random
import re
import threading
import time
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import asdict, dataclass
from functools import partial
from typing import Any
from weakref import WeakKeyDictionary

import httpx

from physprover.client import local
from physprover.client.local import (
    SECONDS_VARIABLE,
    TOKEN_VARIABLE,
    URL_VARIABLE,
    JudgeRefused,
    JudgeUnavailable,
)

_SURROGATE = re.compile("[\ud800-\udfff]")  # half a character, as a cut answer may end: UTF-8 cannot carry it
# Statuses of a server, or a proxy before it, that is full or being restarted
_BUSY = frozenset({429, 502, 503, 504})
_lock = local.ForkedLock()  # of the connections of all judges


@dataclass(frozen=True, slots=True)
class Check:
    """One question. Either `proof`, or a model's whole `answer`, in which the judge looks for the proof.

    Args:
        statement: `theorem name binders : type`, up to, not including, `:=`.
        proof: The text after `:=`, e.g. `by omega`. One that begins with a code fence is read as an answer.
        header: Lean text elaborated before the statement: definitions, lemmas, open namespaces. A proof that rests on a
            `sorry` of it is `infrastructure`: no evidence.
        answer: A completion with a Lean block that states and proves the theorem, or one that is a proof by itself, `by …`;
            or such a proof without a block. What stands before the theorem in its block goes with it: lemmas and definitions
            that the proof names, and all instances, attributes, notation, macros and settings. An answer without any of these
            is judged as an empty proof, and the message says so.
        lemmas_proved: The theorems that the header states with `sorry` are proved elsewhere, and may be used.
    """

    statement: str
    proof: str = ""
    header: str = ""
    answer: str | None = None
    lemmas_proved: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """Lean's answer; the fields of `physprover.records.Verdict`, whose `outcome` is a `StrEnum`: `== "proved"` holds for both."""

    outcome: str  # proved, rejected, timeout, out_of_memory, crashed, cheated, infrastructure
    messages: tuple[str, ...] = ()
    axioms: tuple[str, ...] = ()
    seconds: float = 0.0
    engine: str = ""
    tier: str = "screened"
    check: str = ""

    @property
    def reward(self) -> float | None:
        """1.0 for a proof, 0.0 for a failure, None when it was not judged."""
        if self.outcome == "infrastructure":
            return None
        return 1.0 if self.outcome == "proved" else 0.0

    def require_reward(self) -> float:
        """The reward, for frameworks that have no word for "not judged". Raises `JudgeUnavailable` where it is None."""
        if self.reward is None:
            raise JudgeUnavailable(f"not judged: {'; '.join(self.messages) or 'no reason given'}")
        return self.reward


class Judge:
    """A client of one judge. Safe to share between threads, event loops and processes, forked or not.

    Args:
        url: Address of a `physprover serve`; default $PHYSPROVER_URL, else a server started on this machine.
        token: Its token; default $PHYSPROVER_TOKEN.
        seconds: Deadline of one check, above 0, CPU seconds of Lean; default $PHYSPROVER_SECONDS, else 20.
        patience: Seconds for which a judge that is unreachable or full is tried again, from the first failure on.
        wait: Seconds to wait for the answer to one request; a batch may wait in the judge's queue.
        batch: Checks in one request.
        requests: Requests under way at once.

    Raises:
        JudgeRefused: A setting that cannot be.

    `close`, or the end of a `with`, ends its connections; another call opens new ones.
    """

    def __init__(
        self,
        url: str | None = None,
        token: str | None = None,
        *,
        seconds: float | None = None,
        patience: float = 60.0,
        wait: float = 1800.0,
        batch: int = 16,
        requests: int = 8,
    ) -> None:
        for name, number in (("batch", batch), ("requests", requests)):
            if not number >= 1 or number % 1:
                raise JudgeRefused(f"{name} must be a whole number of at least 1, not {number!r}")
        for name, span in (("seconds", seconds), ("wait", wait)):
            if span is not None and not 0.0 < span < math.inf:
                raise JudgeRefused(f"{name} must be a number of seconds above 0, not {span!r}")
        self.seconds = _deadline() if seconds is None else seconds
        self.patience = patience
        self.batch = batch
        self.requests = requests
        self.wait = wait
        self._url = url or os.environ.get(URL_VARIABLE)
        self._token = token if token is not None else os.environ.get(TOKEN_VARIABLE, "")
        self._timeout = httpx.Timeout(wait, connect=30.0, pool=None)
        self._process = os.getpid()
        self._sync: httpx.Client | None = None
        # One for each event loop
        self._async: WeakKeyDictionary[Any, httpx.AsyncClient] = WeakKeyDictionary()

    def __reduce__(self) -> tuple[Any, ...]:
        """A copy in another process has these settings and connections of its own."""
        settings = {
            name: getattr(self, name) for name in ("seconds", "patience", "wait", "batch", "requests")
        }
        return partial(type(self), self._url, self._token or None, **settings), ()

    def close(self) -> None:
        """End the connections of threads; those of an event loop end with it."""
        with _lock:
            held, self._sync = self._sync, None
        if held is not None and self._process == os.getpid():
            held.close()

    def __enter__(self) -> Judge:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def judge(self, statement: str, proof: str, header: str = "") -> Verdict:
        """The verdict on one proof. Raises `JudgeUnavailable` or `JudgeRefused`."""
        return self.judge_many([Check(statement, proof, header)])[0]

    def judge_many(self, checks: Iterable[Check]) -> list[Verdict]:
        """Verdicts in the order of `checks`."""
        parts = list(self._parts(checks))
        if len(parts) < 2:
            return self._ask(parts[0]) if parts else []
        answers: list[Future[list[Verdict]]] = [Future() for _ in parts]
        waiting = deque(zip(parts, answers, strict=True))

        def ask() -> None:
            with suppress(IndexError):  # none is left
                while True:
                    part, answer = waiting.popleft()
                    try:
                        answer.set_result(self._ask(part))
                    except BaseException as error:
                        answer.set_exception(error)

        # No executor: it, and the end of the program, would wait for every request under way after an interrupt.
        for _ in range(min(self.requests, len(parts))):
            threading.Thread(target=ask, name="judge", daemon=True).start()
        try:
            return [verdict for answer in answers for verdict in answer.result()]
        finally:
            waiting.clear()

    async def judge_async(self, statement: str, proof: str, header: str = "") -> Verdict:
        """`judge` without blocking the event loop."""
        return (await self.judge_many_async([Check(statement, proof, header)]))[0]

    async def judge_many_async(self, checks: Iterable[Check]) -> list[Verdict]:
        """`judge_many` without blocking the event loop."""
        import asyncio

        slots = asyncio.Semaphore(self.requests)

        async def ask(part: Sequence[Check]) -> list[Verdict]:
            async with slots:
                return await self._ask_async(part)

        answers = await asyncio.gather(*map(ask, self._parts(checks)))
        return [verdict for part in answers for verdict in part]

    def _parts(self, checks: Iterable[Check]) -> Iterator[list[Check]]:
        items = list(checks)
        return (items[i : i + self.batch] for i in range(0, len(items), self.batch))

    def _request(self, checks: Sequence[Check], token: str) -> dict[str, Any]:
        """Arguments of httpx's `post`, for both clients."""
        asked = [{"id": str(i), **_fields(check)} for i, check in enumerate(checks)]
        return {
            "json": {"checks": asked, "seconds": self.seconds},
            "headers": local.bearer(token),
            "timeout": self._timeout,
        }

    def _ask(self, checks: Sequence[Check]) -> list[Verdict]:
        tries = _Tries(self.patience)
        while True:
            url, token = self._server()
            try:
                response = self._client().post(f"{url}/api/judge", **self._request(checks, token))
            except httpx.TransportError as error:
                time.sleep(tries.pause(url, error))
                continue
            if response.status_code not in _BUSY:
                return _verdicts(response, checks, url)
            time.sleep(tries.pause(url, response))

    async def _ask_async(self, checks: Sequence[Check]) -> list[Verdict]:
        import asyncio

        tries = _Tries(self.patience)
        while True:
            url, token = (
                self._server() if self._url or local.is_known() else await asyncio.to_thread(self._server)
            )
            try:
                response = await self._client_async().post(f"{url}/api/judge", **self._request(checks, token))
            except httpx.TransportError as error:
                await asyncio.sleep(tries.pause(url, error))
                continue
            if response.status_code not in _BUSY:
                return _verdicts(response, checks, url)
            await asyncio.sleep(tries.pause(url, response))

    def _server(self) -> tuple[str, str]:
        return (self._url.rstrip("/"), self._token) if self._url else local.server()

    def _client(self) -> httpx.Client:
        with _lock:
            self._leave_parent()
            if self._sync is None:
                self._sync = httpx.Client(**self._options())
            return self._sync

    def _client_async(self) -> httpx.AsyncClient:
        import asyncio

        loop = asyncio.get_running_loop()
        with _lock:
            self._leave_parent()
            if loop not in self._async:
                self._async[loop] = httpx.AsyncClient(**self._options())
            return self._async[loop]

    def _leave_parent(self) -> None:
        """A forked process must not share its parent's connections."""
        if self._process != os.getpid():
            self._process, self._sync, self._async = os.getpid(), None, WeakKeyDictionary()

    def _options(self) -> dict[str, Any]:
        # A proxy named in the environment must not be sent what is meant for this machine.
        host = httpx.URL(self._url).host if self._url else "127.0.0.1"
        # Of a thousand checks asked at once most wait here, rather than for a server that has to greet them all.
        limits = httpx.Limits(max_connections=64, max_keepalive_connections=64)
        return {"limits": limits, "trust_env": host not in ("127.0.0.1", "localhost", "::1")}


def _fields(check: Check) -> dict[str, Any]:
    """A check as UTF-8 can carry it. Raises `TypeError` for what is no `Check`."""
    if not isinstance(check, Check):
        raise TypeError(
            f"the judge takes physprover.client.Check(statement, proof), not {type(check).__name__}"
        )
    items = asdict(check).items()
    for key, v in items:
        if not isinstance(v, str | bool | None):
            raise JudgeRefused(f"a check's {key} must be a text, not {type(v).__name__}")
    return {key: _SURROGATE.sub("\ufffd", v) if isinstance(v, str) else v for key, v in items}


def _deadline() -> float:
    given = os.environ.get(SECONDS_VARIABLE) or "20"
    try:
        seconds = float(given)
    except ValueError:
        seconds = 0.0
    if not 0.0 < seconds < float("inf"):
        raise JudgeRefused(f"${SECONDS_VARIABLE} must be a number of seconds above 0, not `{given}`")
    return seconds


class _Tries:
    """How long a judge that gives no answer is tried again."""

    def __init__(self, patience: float) -> None:
        self._patience = patience
        self._end = 0.0
        self._count = 0

    def pause(self, url: str, trouble: httpx.TransportError | httpx.Response) -> float:
        """Seconds to wait before the next try. Raises `JudgeUnavailable` when there is to be none."""
        if isinstance(trouble, httpx.UnsupportedProtocol):
            raise JudgeRefused(f"`{url}` is no address of a judge; it begins with http:// or https://")
        if isinstance(trouble, httpx.ReadTimeout):
            raise JudgeUnavailable(f"the judge at {url} took a request and did not answer it in time")
        if isinstance(trouble, httpx.Response):
            reason = f"answers {trouble.status_code}: {_detail(trouble)}"
        else:
            reason = f"cannot be reached ({trouble or type(trouble).__name__})"
            local.forget(url)
        self._count += 1
        if self._count == 1:
            self._end = time.monotonic() + self._patience
        pause = min(10.0, 0.25 * 2.0**self._count) * random.uniform(0.5, 1.0)
        if time.monotonic() + pause > self._end:
            raise JudgeUnavailable(f"the judge at {url} {reason}; tried {self._count} times")
        return pause


def _detail(response: httpx.Response) -> str:
    try:
        detail = response.json()["detail"]
    except (ValueError, KeyError, TypeError):
        detail = response.text or response.reason_phrase
    if isinstance(detail, list) and detail and "msg" in detail[0]:  # a request that does not fit the route
        detail = f"{'.'.join(map(str, detail[0].get('loc', ())))}: {detail[0]['msg']}"
    return " ".join(str(detail).split())[:300]


def _verdicts(response: httpx.Response, checks: Sequence[Check], url: str) -> list[Verdict]:
    """Verdicts in the order of `checks`. Raises `JudgeRefused` for anything else than one for each."""
    if response.status_code == 401:
        raise JudgeRefused(f"the judge at {url} wants its token in ${TOKEN_VARIABLE}: {_detail(response)}")
    if response.status_code == 404:
        raise JudgeRefused(f"{url} has no /api/judge: start one with `physprover serve`")
    if response.status_code != 200:
        raise JudgeRefused(f"the judge at {url} answers {response.status_code}: {_detail(response)}")
    try:
        answers = {answer["id"]: answer for answer in response.json()["verdicts"]}
        return [_verdict(answers[str(i)]) for i in range(len(checks))]
    except (ValueError, KeyError, TypeError) as error:
        raise JudgeRefused(
            f"{url} did not answer as a judge does ({type(error).__name__}: {error})"
        ) from None


def _verdict(answer: dict[str, Any]) -> Verdict:
    values = {name: answer[name] for name in Verdict.__slots__}
    return Verdict(**{**values, "messages": tuple(answer["messages"]), "axioms": tuple(answer["axioms"])})
