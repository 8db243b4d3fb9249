"""Tidy a proof that Lean has accepted: what can be left out is left out, and only what Lean accepts again is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.search.budget import OutOfBudget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.search.desk import Desk

_CHECKS = 6


def finalize(desk: Desk) -> str | None:
    """The shortest form of the proof found that Lean accepts, within what is left of the budget; None when there is no proof."""
    best = desk.proof
    if best is None:
        return None
    desk.arm = "finalize"
    for _ in range(_CHECKS):
        shorter = next((p for p in _shorter(best) if p not in desk.tried), None)
        if shorter is None:
            break
        desk.proof = None  # set again by Lean's acceptance alone
        try:
            desk.check(shorter)
        except OutOfBudget:
            break
        best = desk.proof or best
    desk.proof = best
    return best


def _shorter(proof: str) -> Iterator[str]:
    """One line instead of two; one line fewer."""
    lines = proof.splitlines()
    if len(lines) == 2 and lines[0] == "by":
        yield f"by {lines[1].strip()}"
        return
    for at in range(len(lines) - 1, 0, -1):
        yield "\n".join((*lines[:at], *lines[at + 1 :]))
