"""The tiny prover as conjecturer: it writes on where its own prompt would state the goal.

The warm start teaches it prompts too, so it knows what goals look like beside their definitions. Shown the definitions
and lemmas of a seed, it writes a goal; the token that would ask for the proof ends it (`STOP`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.prompts.handles import Handles
from physprover.prompts.tiny import GOAL, PROOF, SPECIAL_TOKENS, TinyPrompt, handles_of

if TYPE_CHECKING:
    from physprover.records import Theorem

STOP = (PROOF,)
"""Tokens at which a conjecture ends."""


@dataclass(frozen=True)
class TinyConjecture:
    """Definitions and lemmas in, a goal out. `extract` returns a statement, which nobody trusts."""

    name: str = "tiny-conjecture"
    tokens: tuple[str, ...] = SPECIAL_TOKENS

    def render(self, theorem: Theorem) -> str:
        prompt = TinyPrompt().render(theorem)
        return prompt[: prompt.rindex(GOAL) + len(GOAL)]

    def target(self, theorem: Theorem, proof: str) -> str:
        """The goal of the statement `proof`, with the handles of `theorem`'s prompt."""
        goal = " ".join(proof.split()[2:])
        return Handles(handles_of(theorem).declared).binding(goal).hide(goal) + PROOF

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        """The statement, under a name of no meaning; "" where there is none. What it binds gets fresh names."""
        goal = completion.partition(PROOF)[0].strip()
        if theorem is not None:
            goal = Handles(handles_of(theorem).declared).show(goal)
        return f"theorem conjecture {goal.strip()}" if goal else ""

    def excluded(self, prompt: str) -> tuple[str, ...]:
        return TinyPrompt().excluded(prompt)
