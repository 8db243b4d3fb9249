"""Conjectures by a language model: ten variants of a seed in one request, as in the paper, in words of our own.

Every request and its outcome is a line of `requests.jsonl`. A repeated build takes answers from there, so it costs and changes
nothing; only requests that got no answer are made again.
"""

from __future__ import annotations

import hashlib
import json
import re
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate, from_text
from data_gen.generators.chat import ChatClient, Reply
from data_gen.journal import append, read_journal
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from physprover.config import LLMConfig
    from physprover.records import Theorem

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
_GIVE_UP = 3  # requests in a row without an answer after which the endpoint counts as down
_OBJECT = re.compile(r'\{\s*"(?:statement|meaning|conjectures)"')


class Request(Record):
    """One line of `requests.jsonl`."""

    key: str  # hash of model, settings and prompt
    seed: str  # the theorem asked about
    reply: Reply
    read: int  # conjectures found in the answer
    problem: str = ""  # what was wrong with the answer
    dollars: float = 0.0


class Proposed(Record):
    """One conjecture as the model wrote it."""

    statement: str
    meaning: str = ""


class LanguageModel:
    """`candidates.Generator` over a chat endpoint. Requests overlap; candidates come in the order of the seeds."""

    name = "llm"

    def __init__(self, config: LLMConfig, journal: Path, client: ChatClient | None = None) -> None:
        self._config, self._journal = config, journal
        self._client = client or ChatClient(config)

    def rounds(self, seeds: Sequence[Theorem], note: Callable[[str], None]) -> Iterator[list[Candidate]]:
        known = {r.key: r for r in read_journal(self._journal, Request) if not r.reply.error}
        open_ = iter([s for s in seeds if s.split in ("train", "validation")])
        silent, dollars, tokens, asked = 0, 0.0, 0, 0
        with ThreadPoolExecutor(self._config.concurrency) as threads:
            while batch := list(islice(open_, self._config.concurrency)):
                for seed, request in zip(
                    batch, threads.map(lambda s: self._ask(s, known), batch), strict=True
                ):
                    asked += 1
                    dollars, tokens = dollars + request.dollars, tokens + request.reply.completion_tokens
                    silent = silent + 1 if request.reply.error else 0
                    self._write(request, known)
                    if request.problem:
                        note(f"llm: {seed.name}: {request.problem}")
                    yield self._candidates(seed, request)
                    if request.reply.fatal or silent >= _GIVE_UP:
                        left = sum(1 for _ in open_)
                        note(f"llm: the endpoint does not answer; {left} seeds were not asked about")
                        return
        note(f"llm: {asked} requests, {tokens} tokens written, ${dollars:.2f}")

    def _ask(self, seed: Theorem, known: dict[str, Request]) -> Request:
        prompt = render(seed, self._config.per_seed)
        key = self._key(prompt)
        if key in known:
            return known[key]
        reply = self._client.ask(prompt)
        proposed, problem = read_answer(reply.text)
        if reply.truncated and problem:
            problem += " (cut off by the length limit)"
        return Request(
            key=key,
            seed=seed.name,
            reply=reply,
            read=len(proposed),
            problem=reply.error or problem,
            dollars=round(reply.dollars(self._config), 6),
        )

    def _candidates(self, seed: Theorem, request: Request) -> list[Candidate]:
        proposed, _ = read_answer(request.reply.text)
        wanted = proposed[: self._config.per_seed]
        return [from_text(seed, p.statement, "llm", p.meaning or None) for p in wanted]

    def _key(self, prompt: str) -> str:
        settings = f"{self._config.model}\0{self._config.temperature}\0{self._config.max_tokens}\0{prompt}"
        return hashlib.sha256(settings.encode()).hexdigest()[:32]

    def _write(self, request: Request, known: dict[str, Request]) -> None:
        if request.key not in known:
            append(self._journal, request)


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
    decoder, found, whole = json.JSONDecoder(strict=False), [], False
    at = 0
    while match := _OBJECT.search(text, at):
        try:
            tree, at = decoder.raw_decode(text, match.start())
        except json.JSONDecodeError:
            at = match.end()
            continue
        whole = whole or "conjectures" in tree
        rows = tree.get("conjectures", [tree])
        found += [_proposed(row) for row in (rows if isinstance(rows, list) else [])]
    proposed = [p for p in found if p is not None]
    if not proposed:
        return [], "no JSON in the answer" if not _OBJECT.search(text) else "the JSON holds no conjecture"
    torn = "" if whole else f"the JSON is torn; {len(proposed)} conjectures could be read"
    lost = len(found) - len(proposed)
    return proposed, torn or (f"{lost} entries without a statement" if lost else "")


def _proposed(row: object) -> Proposed | None:
    if not isinstance(row, dict) or not isinstance(row.get("statement"), str) or not row["statement"].strip():
        return None
    meaning = row.get("meaning")
    return Proposed(statement=row["statement"], meaning=meaning if isinstance(meaning, str) else "")
