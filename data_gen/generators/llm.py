"""Conjectures by a language model behind an OpenAI-compatible endpoint: the client, and the generator that asks it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any

from data_gen.candidates import Candidate, from_text
from physprover.errors import ConfigError
from physprover.files import append, read_journal
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    import httpx

    from physprover.config import LLMConfig
    from physprover.records import Theorem


# -- JSON in what a language model answers: alone, in a fence, within prose, or torn. --


def json_objects(text: str, opening: re.Pattern[str]) -> Iterator[dict[str, Any]]:
    """Whole objects whose beginning `opening` matches, in order; from a torn one those within it that are whole."""
    decoder, at = json.JSONDecoder(strict=False), 0
    while match := opening.search(text, at):
        try:
            tree, at = decoder.raw_decode(text, match.start())
        except (json.JSONDecodeError, RecursionError):
            at = match.end()
            continue
        yield json.loads(encodable(json.dumps(tree, ensure_ascii=False)))


def encodable(text: str) -> str:
    """The text with `?` for halves of surrogate pairs, which a `\\ud835` cut in two leaves and no file can hold."""
    return text.encode("utf-8", "replace").decode("utf-8")


# -- A client of OpenAI-compatible chat endpoints: one request, retried with growing pauses, with its tokens. --
#
# Asked are `POST {url}/chat/completions` with `model`, `messages`, `temperature` and `max_tokens`; read are
# `choices[0].message.content`, `choices[0].finish_reason` and `usage`. vLLM, SGLang, llama.cpp and most gateways speak this.

_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0  # seconds
_PASSING = frozenset({408, 409, 425, 429, 500, 502, 503, 504})


class Reply(Record):
    """What became of one request."""

    text: str = ""
    error: str = ""  # one line; "" = answered
    fatal: bool = False  # no other request would fare better: wrong key, wrong address
    tries: int = 1
    truncated: bool = False  # the length limit ended the answer
    prompt_tokens: int = 0
    completion_tokens: int = 0


class ChatClient:
    """Thread-safe. Raises `ConfigError` for settings that cannot work."""

    def __init__(self, config: LLMConfig, sleep: Callable[[float], None] = time.sleep) -> None:
        import httpx

        if not config.model:
            raise ConfigError("data.llm.model names no model: set it to one the endpoint knows")
        if not config.url.startswith(("http://", "https://")):
            raise ConfigError(f"data.llm.url `{config.url}` is no http address")
        key = os.environ.get(config.api_key_env, "")
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        self._config, self._sleep = config, sleep
        self._http = httpx.Client(timeout=config.seconds, headers=headers)

    def ask(self, prompt: str) -> Reply:
        """One user turn. Never raises for what an endpoint can do; the reply says what happened."""
        reply = self._once(prompt)
        pause, tries = _FIRST_PAUSE, 1
        while reply[0].error and not reply[0].fatal and tries <= self._config.retries:
            self._sleep(min(max(pause, reply[1]), _LONGEST_PAUSE))
            reply, pause, tries = self._once(prompt), pause * 2, tries + 1
        return reply[0].replace(tries=tries)

    def close(self) -> None:
        self._http.close()

    def _once(self, prompt: str) -> tuple[Reply, float]:
        """The reply to one try, and the pause the endpoint asks for, in seconds."""
        import httpx

        body = {
            "model": self._config.model,
            "messages": [{"role": "user", "content": prompt}],
            "temperature": self._config.temperature,
            "max_tokens": self._config.max_tokens,
        }
        try:
            answer = self._http.post(f"{self._config.url.rstrip('/')}/chat/completions", json=body)
        except httpx.TimeoutException:
            return Reply(error=f"no answer within {self._config.seconds:g} s"), 0.0
        except httpx.HTTPError as error:
            return Reply(error=f"endpoint not reached: {str(error)[:200]}"), 0.0
        if answer.status_code != 200:
            passing = answer.status_code in _PASSING
            refusal = f"HTTP {answer.status_code}: {' '.join(answer.text.split())[:200]}"
            return Reply(error=refusal, fatal=not passing), _asked_pause(answer)
        return _read(answer), 0.0


def _asked_pause(answer: httpx.Response) -> float:
    try:
        return max(0.0, float(answer.headers.get("retry-after", "0")))
    except ValueError:  # an HTTP date: our own pauses will do
        return 0.0


def _read(answer: httpx.Response) -> Reply:
    try:
        tree: dict[str, Any] = answer.json()
        choice = tree["choices"][0]
        text = encodable(choice["message"]["content"] or "")
        usage = tree.get("usage") or {}
        return Reply(
            text=text,
            error="" if text.strip() else "empty answer",
            truncated=choice.get("finish_reason") == "length",
            prompt_tokens=int(usage.get("prompt_tokens") or 0),
            completion_tokens=int(usage.get("completion_tokens") or 0),
        )
    except (ValueError, KeyError, IndexError, TypeError, AttributeError):
        return Reply(error=f"not a chat completion: {' '.join(answer.text.split())[:200]}")


# -- Many requests to a chat endpoint: overlapping, counted, journalled, and given up where nothing answers. --
#
# Every request and its outcome is a line of a journal. A repeated run takes answers from there, so it costs and changes
# nothing; only requests that got no answer are made again.

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
        return Request(key=key, seed=seed, reply=reply, read=read, problem=reply.error or problem)

    def _key(self, prompt: str) -> str:
        settings = f"{self._config.model}\0{self._config.temperature}\0{self._config.max_tokens}\0{prompt}"
        return hashlib.sha256(settings.encode()).hexdigest()[:32]


# -- Conjectures by a language model: ten variants of a seed in one request, as in the paper, in words of our own. --
#
# `requests.jsonl` is the journal, see `data_gen.generators.llm`.

_PROMPT = """You know physics, mathematics and Lean 4 well. Below is a Lean file up to a theorem, and the theorem itself.

Context:
```lean4
{header}
```

Theorem:
```lean4
{doc}{statement}
```

Write {count} further theorems of physics that could stand in its place, as Lean 4 statements.
- Each is a meaningful relative of the theorem: other hypotheses, a stronger or weaker conclusion, a more general or a different structure.
- No two say the same, and none is the theorem with renamed variables. You believe each to be true.
- Use the identifiers of the context exactly as they are written there; introduce none that it does not have.
- Each is one `theorem name binders : proposition` without a proof.

Answer with JSON alone, in this form:
{{"conjectures": [{{"statement": "theorem ... : ...", "meaning": "one sentence"}}]}}
"""
_OBJECT = re.compile(r'\{\s*"(?:statement|meaning|conjectures)"')


class Proposed(Record):
    """One conjecture as the model wrote it."""

    statement: str
    meaning: str = ""


class LanguageModel:
    """`candidates.Generator` over a chat endpoint. Requests overlap; candidates come in the order of the seeds."""

    name = "llm"

    def __init__(self, config: LLMConfig, journal: Path, client: ChatClient | None = None) -> None:
        self._per_seed = config.per_seed
        self._requests = Requests(config, journal, Reader(self.name, "seeds", _count), client)

    def rounds(self, seeds: Sequence[Theorem], note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        asked = [s for s in seeds if s.split in ("train", "validation")]
        prompts = ((seed.name, render(seed, self._per_seed)) for seed in asked)
        # requests first: the pair that is not made at the end is what lets them print their sum
        for request, seed in zip(self._requests.ask(prompts, note), asked, strict=False):
            yield self._candidates(seed, request)

    def _candidates(self, seed: Theorem, request: Request) -> list[Candidate]:
        proposed, _ = read_answer(request.reply.text)
        wanted = proposed[: self._per_seed]
        return [from_text(seed, p.statement, "llm", p.meaning or None) for p in wanted]


def render(seed: Theorem, count: int) -> str:
    """The request for one seed."""
    doc = f"/-- {seed.informal} -/\n" if seed.informal else ""
    return _PROMPT.format(header=seed.header.strip(), doc=doc, statement=seed.statement, count=count)


def read_answer(text: str) -> tuple[list[Proposed], str]:
    """The conjectures in an answer, and what was wrong with it ("" = nothing).

    The JSON may stand alone, in a fence or within prose. From a torn one the objects that are whole are taken.
    """
    if not text.strip():
        return [], "empty answer"
    found: list[Proposed | None] = []
    whole = False
    for tree in json_objects(text, _OBJECT):
        whole = whole or "conjectures" in tree
        rows = tree.get("conjectures", [tree])
        found += [_proposed(row) for row in (rows if isinstance(rows, list) else [])]
    proposed = [p for p in found if p is not None]
    if not proposed:
        return [], "no JSON in the answer" if not _OBJECT.search(text) else "the JSON holds no conjecture"
    torn = "" if whole else f"the JSON is torn; {len(proposed)} conjectures could be read"
    lost = len(found) - len(proposed)
    return proposed, torn or (f"{lost} entries without a statement" if lost else "")


def _count(text: str) -> tuple[int, str]:
    proposed, problem = read_answer(text)
    return len(proposed), problem


def _proposed(row: object) -> Proposed | None:
    if not isinstance(row, dict) or not isinstance(row.get("statement"), str) or not row["statement"].strip():
        return None
    meaning = row.get("meaning")
    return Proposed(statement=row["statement"], meaning=meaning if isinstance(meaning, str) else "")
