"""The idea of each proof in plain words, by a language model, beside the labels that Lean checked.

Nothing checks a wording. It has a column of its own whose name says so, and nothing reads that column: no label, no reward,
no training target. `wording.jsonl` is the journal of the requests, see `data_gen.generators.llm`.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

from data_gen.generators.llm import ChatClient, Reader, Requests, json_objects
from data_gen.insight.build import InsightStats, WordingStats, write_summary
from physprover.config import LLMConfig
from physprover.dataset import SPLITS
from physprover.insight.records import Insight, Wording, load_insights, write_insights
from physprover.progress import Progress

_PROMPT = """A theorem of physics was proved in Lean 4. Tell a physicist the idea of its proof.

Theorem:
```lean4
{doc}{statement}
```

Techniques that the proof rests on:
{techniques}

Outline, where `sorry` stands for what is routine:
```lean4
{sketch}
```

Proof:
```lean4
{core}
```

Write two or three sentences of plain prose: why the statement holds, and which step carries the proof.
- Speak of the physics or mathematics, not of Lean: no code and no names of tactics.
- Claim nothing that this proof does not do.

Answer with JSON alone, in this form:
{{"wording": "..."}}
"""
_OBJECT = re.compile(r'\{\s*"wording"')
_FEWEST_WORDS, _MOST_CHARS = 5, 1500  # two or three sentences lie well between
_NOT_ASKED = "not asked: the endpoint does not answer"


class Wordings:
    """Asks for wordings. Raises `ConfigError` for settings that cannot work, before anything is labelled."""

    def __init__(self, config: LLMConfig, journal: Path, client: ChatClient | None = None) -> None:
        self._model = config.model
        self._requests = Requests(config, journal, Reader("wording", "theorems", _count), client)

    def add(self, out: Path, stats: InsightStats, progress: Progress) -> InsightStats:
        """Fill the column of the insight data set at `out`, and tell of it in its card. `stats`: of its build."""
        splits = {split: load_insights(out, split) for split in SPLITS}
        rows = [row for members in splits.values() for row in members]
        prompts = ((row.theorem.name, render(row)) for row in rows)
        told: dict[str, Wording] = {}
        tokens = 0
        with progress.stage("insight: wording, unchecked", len(rows)) as stage:
            for request in self._requests.ask(prompts, stage.note):
                text, _ = read_wording(request.reply.text)
                told[request.seed] = Wording(model=self._model, text=text, problem=request.problem)
                tokens += request.reply.completion_tokens
                stage.advance(tokens=tokens)
        not_asked = Wording(model=self._model, problem=_NOT_ASKED)
        for split, members in splits.items():
            worded = [r.replace(unchecked_wording=told.get(r.theorem.name, not_asked)) for r in members]
            write_insights(out / "data" / f"{split}.parquet", worded)
        wordings = [told.get(row.theorem.name, not_asked) for row in rows]
        whole = stats.replace(wording=self._stats(wordings, tokens))
        write_summary(out, whole)
        return whole

    def close(self) -> None:
        self._requests.close()

    def _stats(self, wordings: list[Wording], tokens: int) -> WordingStats:
        return WordingStats(
            model=self._model,
            written=sum(bool(wording.text) for wording in wordings),
            problems=dict(Counter(w.problem for w in wordings if not w.text).most_common()),
            tokens=tokens,
        )


def render(row: Insight) -> str:
    """The request for one record."""
    theorem = row.theorem
    return _PROMPT.format(
        doc=f"/-- {theorem.informal} -/\n" if theorem.informal else "",
        statement=theorem.statement,
        techniques="\n".join(f"- {technique.line}" for technique in row.techniques),
        sketch=row.sketch,
        core=row.core,
    )


def read_wording(text: str) -> tuple[str, str]:
    """The wording in an answer, on one line, or "" and what is wrong with the answer."""
    if not text.strip():
        return "", "empty answer"
    found = list(json_objects(text, _OBJECT))
    if not found:
        return "", "the JSON is torn" if _OBJECT.search(text) else "no JSON in the answer"
    wording = found[-1]["wording"]  # models that think aloud try it out first
    plain = " ".join(wording.split()) if isinstance(wording, str) else ""
    if len(plain.split()) < _FEWEST_WORDS:
        return "", "the JSON holds no sentence"
    if len(plain) > _MOST_CHARS:
        return "", f"the wording is longer than {_MOST_CHARS} characters"
    return plain, ""


def _count(text: str) -> tuple[int, str]:
    wording, problem = read_wording(text)
    return int(bool(wording)), problem
