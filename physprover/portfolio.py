"""The portfolio: single tactics that close a goal alone. What they close is easy; what they leave is the measure."""

from __future__ import annotations

PORTFOLIO: tuple[str, ...] = ("rfl", "trivial", "decide", "simp", "simp_all", "omega", "grind", "ac_rfl")


def portfolio_proof(tactic: str) -> str:
    """The proof body of a single tactic."""
    return f"by {tactic}"
