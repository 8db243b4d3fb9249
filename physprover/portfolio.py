"""The portfolio: single tactics that close a goal alone. What they close is easy; what they leave is the measure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import indent

PORTFOLIO: tuple[str, ...] = ("rfl", "trivial", "decide", "simp", "simp_all", "omega", "grind", "ac_rfl")


def portfolio_proof(tactic: str) -> str:
    """The proof body of a single tactic."""
    return f"by {tactic}"


TEMPLATES: tuple[str, ...] = (
    "simp [defs]",
    "simp_all [defs] <;> grind",
    "grind [defs]",
    "simp only [defs]; grind",
    "simp only [defs] at *; grind",
    "simp only [defs]; omega",
)
"""One tactic script for every theorem, told which definitions its statement depends on: a stronger constant than any
bare tactic, and what a prover must beat to have learned more than to unfold and call a decision procedure."""


def tactics(script: str, definitions: Sequence[str], facts: Sequence[str] = ()) -> str:
    """The tactics of a script, a line each, its lists filled; without definitions they stay empty."""
    text = script.replace("[defs]", f"[{', '.join(definitions)}]")
    return text.replace("[facts]", f"[{', '.join((*definitions, *facts))}]").replace("; ", "\n")


def template_proof(template: str, definitions: Sequence[str]) -> str:
    """The proof body of a template."""
    return "by\n" + indent(tactics(template, definitions), "  ")


GENERAL_SCRIPTS: tuple[str, ...] = (
    "grind [defs]",
    "simp_all [defs] <;> grind",
    "cases [cases] <;> simp_all [defs] <;> grind",
    "induction [inductive] <;> simp_all [defs] <;> grind",
)
FURTHER_SCRIPTS: tuple[str, ...] = (
    "decide",
    "constructor <;> grind [defs]",
    "fun_induction [recursive] <;> simp_all [defs] <;> grind",
    "simp [defs]",
    "rfl",
    "simp only [defs]; omega",
    "cases [cases] <;> grind [defs]",
    "induction [inductive] <;> grind [defs]",
)
"""What the search of expert iteration tries on a train problem until one closes it: the general scripts, for each problem in an
order of its own, then the further ones in this order. Of a quarter of PhysCore's train problems the general four close 81 %
within three checks, where `grind` alone behind `simp`, `cases` and `induction` closed 75 % in a third more of Lean's time.
Most problems yield to two of them or more; an order of its own for each problem shows the prover all four, where one order for
all would show it hardly more than the first (docs/results.md)."""


def script_proofs(
    script: str, definitions: Sequence[str], variables: Mapping[str, Sequence[str]]
) -> list[str]:
    """Proof bodies of a search script on one statement: one, or one for each variable that `induction` may take.

    `variables` are the statement's by use: `inductive` (natural numbers and lists), of which a script takes one, and `cases`
    (structures, enumerations and the like), all of which it takes apart; `recursive` are its recursive definitions, of which a
    script takes the first. Without definitions the lists stay empty: a prover that opens one each time decides behind the bracket,
    where the prompt's handles are, and not by what else the statement looks like.
    """
    text = template_proof(script, definitions)
    if "[cases]" in text:
        apart = " <;> ".join(f"cases {name}" for name in variables.get("cases", ()))
        return [text.replace("cases [cases]", apart)] if apart else []
    if "[recursive]" in text:
        return [text.replace("[recursive]", name) for name in variables.get("recursive", ())[:1]]
    if "[inductive]" in text:
        return [text.replace("[inductive]", name) for name in variables.get("inductive", ())]
    return [text]
