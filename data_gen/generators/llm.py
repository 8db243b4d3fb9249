"""Conjectures by a language model: ten variants of a seed in one request, as in the paper, in words of our own.

`requests.jsonl` is the journal, see `data_gen.generators.endpoint`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate, from_text
from data_gen.generators.endpoint import Reader, Request, Requests, json_objects
from physprover.records import Record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from data_gen.generators.endpoint import ChatClient
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
