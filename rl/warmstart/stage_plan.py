"""Which format is due at each moment of a warm start in stages, and what a stage has seen. Pure arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pydantic import Field

from physprover.records import Record
from rl.warmstart.lessons import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rl.warmstart.lessons import Format


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
