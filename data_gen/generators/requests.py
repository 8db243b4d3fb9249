"""Many requests to a chat endpoint: overlapping, counted, journalled, and given up where nothing answers.

Every request and its outcome is a line of a journal. A repeated run takes answers from there, so it costs and changes
nothing; only requests that got no answer are made again.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from data_gen.generators.chat import ChatClient, Reply
from physprover.files import append, read_journal
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

    from physprover.config import LLMConfig

_GIVE_UP = 3  # requests in a row without an answer after which the endpoint counts as down


class Request(Record):
    """One line of the journal."""

    key: str  # hash of model, settings and prompt
    seed: str  # the theorem asked about
    reply: Reply
    read: int  # what `Reader` found in the answer
    problem: str = ""  # what was wrong with the answer


@dataclass(frozen=True)
class Reader:
    """What the requests are for, as notes and the journal say it."""

    name: str  # begins each note
    asked_about: str  # plural, for the note of what was left out
    read: Callable[[str], tuple[int, str]]  # an answer -> how much of it is of use, and what is wrong with it


class Requests:
    """Raises `ConfigError` for settings that cannot work."""

    def __init__(
        self, config: LLMConfig, journal: Path, reader: Reader, client: ChatClient | None = None
    ) -> None:
        self._config, self._journal, self._reader = config, journal, reader
        self._client = client or ChatClient(config)

    def ask(self, prompts: Iterable[tuple[str, str]], note: Callable[[str], None]) -> Iterator[Request]:
        """One request for each (theorem, prompt), in order. Ends early, with a note, where the endpoint is down."""
        known = {r.key: r for r in read_journal(self._journal, Request) if not r.reply.error}
        open_, name = iter(prompts), self._reader.name
        silent, tokens, asked = 0, 0, 0
        with ThreadPoolExecutor(self._config.concurrency) as threads:
            while batch := list(islice(open_, self._config.concurrency)):
                for request in threads.map(lambda p: self._ask(p[0], p[1], known), batch):
                    asked += 1
                    tokens += request.reply.completion_tokens
                    silent = silent + 1 if request.reply.error else 0
                    if request.key not in known:
                        append(self._journal, request)
                    if request.problem:
                        note(f"{name}: {request.seed}: {request.problem}")
                    yield request
                    if request.reply.fatal or silent >= _GIVE_UP:
                        left = sum(1 for _ in open_)
                        about = self._reader.asked_about
                        note(f"{name}: the endpoint does not answer; {left} {about} were not asked about")
                        return
        note(f"{name}: {asked} requests, {tokens} tokens written")

    def close(self) -> None:
        self._client.close()

    def _ask(self, seed: str, prompt: str, known: dict[str, Request]) -> Request:
        key = self._key(prompt)
        if key in known:
            return known[key]
        reply = self._client.ask(prompt)
        read, problem = self._reader.read(reply.text)
        if reply.truncated and problem:
            problem += " (cut off by the length limit)"
        return Request(
            key=key,
            seed=seed,
            reply=reply,
            read=read,
            problem=reply.error or problem,
        )

    def _key(self, prompt: str) -> str:
        settings = f"{self._config.model}\0{self._config.temperature}\0{self._config.max_tokens}\0{prompt}"
        return hashlib.sha256(settings.encode()).hexdigest()[:32]
