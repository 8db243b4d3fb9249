"""The portfolio: single tactics that close a goal alone. What they close is easy; what they leave is the measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

PORTFOLIO: tuple[str, ...] = ("rfl", "trivial", "decide", "simp", "simp_all", "omega", "grind", "ac_rfl")


def portfolio_proof(tactic: str) -> str:
    """The proof body of a single tactic."""
    return f"by {tactic}"


TEMPLATES: tuple[str, ...] = (
    "simp [defs]",
    "simp_all [defs]",
    "grind [defs]",
    "simp only [defs]; grind",
    "simp only [defs]; omega",
    "simp only [defs]; rfl",
)
"""One tactic script for every theorem, told which definitions its statement depends on: a stronger constant than any
bare tactic, and what a prover must beat to have learned more than to unfold and call a decision procedure."""


def template_proof(template: str, definitions: Sequence[str]) -> str:
    """The proof body of a template; without definitions the list stays empty."""
    first, _, second = template.replace("[defs]", f"[{', '.join(definitions)}]").partition("; ")
    return f"by\n  {first}" + (f"\n  {second}" if second else "")
