"""SCRIPT: scripts that close a goal or do not; the portfolio, and the templates told which definitions to unfold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from eval.search.moves.case import ONE_CHECK, Kind
from eval.search.sketch import ROOT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from eval.search.budget import Amount
    from eval.search.moves.case import Case

_WITH_FACTS = ("grind [facts]", "simp [facts]")
CLOSERS: tuple[str, ...] = (
    "grind [defs]", "simp_all [defs]", "decide", "simp only [defs]; grind", "simp [defs]", "simp only [defs]; omega",
    "trivial", "ac_rfl", "rfl", "simp only [defs]; rfl", "omega", "simp", "simp_all", "grind",
)  # fmt: skip
"""Scripts for a goal, `[defs]` told the definitions of its statement, in the order that covers PhysCore's validation files
soonest (`python -m physprover.app.lab.script_order`, 22 November 2026). Fixed orders keep this one."""


@dataclass(frozen=True)
class Script:
    """One closing script for the whole goal: one check."""

    template: str
    kind: Kind = "script"
    guess: Amount = ONE_CHECK

    @property
    def arm(self) -> str:
        return f"{self.kind} {self.template}"

    def run(self, case: Case) -> None:
        case.done.add(self.arm)
        if script := closing(case, self.template):
            case.desk.check(ROOT.fill([script]).proof)


def scripts(case: Case) -> Iterator[Script]:
    """Those not tried yet."""
    for template in CLOSERS:
        script = Script(template)
        if script.arm not in case.done and closing(case, template):
            yield script


def closers(case: Case) -> tuple[str, ...]:
    """Templates that fit this statement; those with facts once RETRIEVE has found some."""
    return tuple(t for t in (*CLOSERS, *(_WITH_FACTS if case.facts else ())) if closing(case, t))


def closing(case: Case, template: str) -> str:
    """The tactic block of a template, "" where it says no more than a bare tactic."""
    if "[defs]" in template and not case.definitions:
        return ""
    text = template.replace("[defs]", f"[{', '.join(case.definitions)}]")
    text = text.replace("[facts]", f"[{', '.join((*case.definitions, *case.facts))}]")
    return text.replace("; ", "\n")
