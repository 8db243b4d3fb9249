"""The portfolio: single tactics that close a goal alone. What they close is easy; what they leave is the measure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


SEARCH_SCRIPTS: tuple[str, ...] = (
    "grind [defs]",
    "simp [defs]",
    "induction [inductive] <;> grind [defs]",
    "cases [cases] <;> simp [defs]",
    "induction [inductive] generalizing [others] <;> grind [defs]",
    "simp [defs]; grind",
    "decide",
    "rfl",
    "simp only [defs]; omega",
    "induction [inductive] <;> simp_all [defs]",
    "cases [cases] <;> grind [defs]",
    "simp_all [defs]",
    "simp only [defs] at *; omega",
    "constructor <;> grind [defs]",
)
"""What the search of expert iteration tries on a train problem, in this order, until one closes it. Few and general scripts
come first, so that the prover that learns from them learns what many problems share. The order was settled on PhysCore's
validation files (docs/results.md)."""

_VARIABLE = re.compile(r"\[(inductive|cases)\]")


def script_proofs(
    script: str, definitions: Sequence[str], variables: Mapping[str, Sequence[str]], bound: Sequence[str]
) -> list[str]:
    """Proof bodies of a search script on one statement: one, or one for each variable it may take.

    `variables` are the statement's by use: `inductive` (natural numbers and lists) and `cases` (types of few constructors);
    `bound` are all of them, for `[others]`. Without definitions, a script told some is left with bare tactics.
    """
    text = (
        script.replace("[defs]", f"[{', '.join(definitions)}]")
        if definitions
        else script.replace(" [defs]", "")
    )
    place = _VARIABLE.search(text)
    if place is None:
        return [_block(text)]
    proofs = []
    for name in variables.get(place[1], ()):
        others = " ".join(other for other in bound if other != name)
        if others or "[others]" not in text:
            proofs.append(_block(text.replace(place[0], name).replace("[others]", others)))
    return proofs


def _block(text: str) -> str:
    return "by\n" + "\n".join(f"  {line}" for line in text.split("; "))
