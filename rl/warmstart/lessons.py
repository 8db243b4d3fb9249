"""What the warm start in stages teaches: one proof in up to three formats."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from physprover.prompts import get_prompt
from physprover.prompts.insight import InsightPrompt
from physprover.prompts.tiny import TinyPrompt
from rl.warmstart.augment import shuffled_handles

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from random import Random

    from physprover.insight.records import Insight
    from physprover.insight.technique import Kind
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
