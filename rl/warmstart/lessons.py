"""What the warm start in stages teaches: one proof in up to three formats."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pydantic import Field

from physprover.prompts import get_prompt
from physprover.prompts.insight import InsightPrompt
from physprover.prompts.tiny import TinyPrompt
from physprover.records import Record
from rl.warmstart.batches import shuffled_handles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from physprover.insight.records import Insight
    from physprover.insight.techniques import Kind
    from physprover.records import Theorem


Format = Literal["proof", "sketch", "insight"]

FORMATS: dict[Format, str] = {"proof": "tiny", "sketch": "tiny-sketch", "insight": "tiny-insight"}
"""Formats from poorest to richest, with the prompt format each is asked in."""


@dataclass(frozen=True)
class Lesson:
    """A theorem with a proof, and its insight record where there is one."""

    theorem: Theorem
    insight: Insight | None

    @property
    def formats(self) -> tuple[Format, ...]:
        """Formats this lesson can be given in."""
        return tuple(FORMATS) if self.insight is not None else ("proof",)


def lessons(
    theorems: Iterable[Theorem], insights: Sequence[Insight], without: Sequence[Kind]
) -> list[Lesson]:
    """One for each theorem; techniques of the kinds in `without` are not shown."""
    by_name = {insight.theorem.name: insight for insight in insights}
    found = []
    for theorem in theorems:
        insight = by_name.get(theorem.name)
        if insight is not None and without:
            shown = tuple(t for t in insight.techniques if t.kind not in without)
            insight = insight.model_copy(update={"techniques": shown})
        found.append(Lesson(theorem, insight))
    return found


def lesson_text(lesson: Lesson, form: Format, rng: Random | None) -> tuple[str, str]:
    """Prompt and target; `rng` deals the handles anew, None leaves them in order.

    A plain proof is the insight record's own, without what it does not need, so formats differ in form alone.
    """
    prompt, theorem, insight = get_prompt(FORMATS[form]), lesson.theorem, lesson.insight
    assert isinstance(prompt, TinyPrompt)
    handles = shuffled_handles(theorem, rng) if rng is not None else None
    shown = prompt.render(theorem, handles)
    if isinstance(prompt, InsightPrompt):
        assert insight is not None  # `formats` offers no other
        return shown, prompt.answer(insight, handles)
    return shown, prompt.target(theorem, insight.core if insight else theorem.proof or "", handles)


# -- Which format is due at each moment of a warm start in stages, and what a stage has seen. Pure arithmetic. --


class StageStats(Record):
    """One stage. `tokens` are all it saw, `by_format` those of each format; `loss` in nats per target token."""

    stage: str
    steps: int = 0
    examples: int = 0
    tokens: int = 0
    by_format: dict[str, int] = Field(default_factory=dict)
    loss: float = 0.0  # mean over its last tenth


class StagesStats(Record):
    """`stages.json` beside the model."""

    budget: int  # tokens
    tokens: int  # seen in all stages; over the budget by less than one batch
    stages: tuple[StageStats, ...]
    proofs: int
    without_insight: int  # taught as plain proofs
    too_long: dict[str, int]  # format -> lessons whose text in it does not fit


@dataclass
class Ledger:
    """Tokens of one stage and which format is due, so that shares hold in tokens, not in examples."""

    own: tuple[Format, ...]
    earlier: tuple[Format, ...]
    mix: float
    drawn: Counter[Format] = field(default_factory=Counter)
    used: Counter[Format] = field(default_factory=Counter)

    def due(self) -> Format:
        """The format furthest below its share."""
        shares = {form: (1 - self._mix) / len(self.own) for form in self.own}
        for form in self.earlier:
            shares[form] = shares.get(form, 0.0) + self._mix / len(self.earlier)
        total = self.drawn.total()
        return max(shares, key=lambda form: shares[form] * total - self.drawn[form] + shares[form])

    @property
    def _mix(self) -> float:
        return self.mix if self.earlier else 0.0


def ledgers(stages: Sequence[str], mix: float) -> list[Ledger]:
    """One for each stage; earlier formats are those of the stages before it."""
    found: list[Ledger] = []
    seen: list[Format] = []
    for stage in stages:
        own: tuple[Format, ...] = (
            tuple(FORMATS) if stage == "mixed" else tuple(f for f in FORMATS if f == stage)
        )
        found.append(Ledger(own, tuple(f for f in seen if f not in own), mix))
        seen += [form for form in own if form not in seen]
    return found
