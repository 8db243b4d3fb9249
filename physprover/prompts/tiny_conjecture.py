"""The tiny prover as conjecturer: it writes on where its own prompt would state what is to be proved.

The warm start teaches it prompts too, so it knows what propositions look like beside their definitions. Shown the
definitions, lemmas, variables and hypotheses of a seed, it writes a proposition about them; the token that would ask for
the proof ends it (`STOP`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.prompts.plain import PlainPrompt
from physprover.prompts.tiny import GOAL, PROOF, SPECIAL_TOKENS, TinyPrompt, handles_of

if TYPE_CHECKING:
    from physprover.records import Theorem

STOP = (PROOF,)
"""Tokens at which a conjecture ends."""


@dataclass(frozen=True)
class TinyConjecture(PlainPrompt):
    """Everything of a seed but what it claims in, another claim out. `extract` returns a statement, which nobody trusts."""

    name: str = "tiny-conjecture"
    tokens: tuple[str, ...] = SPECIAL_TOKENS

    def render(self, theorem: Theorem) -> str:
        head, _, goal = TinyPrompt().render(theorem).rpartition(GOAL)
        return head + GOAL + goal[: _end_of_binders(goal)] + ":"

    def target(self, theorem: Theorem, proof: str) -> str:
        """The claim of the statement `proof`, which binds what `theorem` binds."""
        goal = " ".join(proof.split()[2:])
        return handles_of(theorem).hide(goal[_end_of_binders(goal) + 1 :]) + PROOF

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        """The statement, under a name of no meaning; "" where there is none."""
        claim = completion.partition(PROOF)[0].strip()
        if not claim:
            return ""
        if theorem is None:
            return f"theorem conjecture : {claim}"
        goal = " ".join(theorem.statement.split()[2:])
        binders = goal[: _end_of_binders(goal)].strip()
        return " ".join(f"theorem conjecture {binders} : {handles_of(theorem).show(claim)}".split())

    def excluded(self, prompt: str) -> tuple[str, ...]:
        return TinyPrompt().excluded(prompt)


def _end_of_binders(signature: str) -> int:
    """Where the colon stands that ends the binders of `(a b : Nat) : a = b`; the length where there is none."""
    depth = 0
    for i, char in enumerate(signature):
        depth += (char in "([{⟨⦃") - (char in ")]}⟩⦄")
        if char == ":" and depth == 0 and signature[i : i + 2] != ":=":
            return i
    return len(signature)
