"""The goal of a hole as a statement of its own, read off Lean's message, for the prover to prove."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from physprover.records import Theorem

_HYPOTHESIS = re.compile(r"^([\w✝'₀-₉ ]+) : (.*)$")


def leaf_theorem(theorem: Theorem, message: str) -> Theorem | None:
    """The goal of an "unsolved goals" message as a statement for the prover; None where its context cannot be written down.

    Only a prompt: whatever is written for it is judged in its place in the whole proof.
    """
    block = message.partition("unsolved goals")[2].strip("\n").split("\n\n")[0]
    lines = [line for line in block.splitlines() if not line.startswith("case ")]
    text = "\n".join(lines)
    context, turnstile, goal = text.partition("⊢")
    binders = []
    for line in re.sub(r"\n +", " ", context).splitlines():
        match = _HYPOTHESIS.match(line)
        if match is None or ("✝" in match[1] and not match[1].startswith("inst")) or ":=" in match[2]:
            return None
        binders.append(f"[{match[2]}]" if match[1].startswith("inst✝") else f"({match[1]} : {match[2]})")
    if not turnstile or "✝" in goal:
        return None
    statement = f"theorem leaf {' '.join(binders)} : {' '.join(goal.split())}"
    return theorem.replace(name=f"{theorem.name}.leaf", statement=statement)
