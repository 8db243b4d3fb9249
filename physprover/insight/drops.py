"""The same proof with one thing less: a label is needed exactly when Lean refuses the proof without it.

What can be left out: a member of an argument list that is a constant, a `have` or `obtain`, a tactic without constants
before the last one of its block, and a theorem inside a term (a `_` takes its place).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.insight.techniques import argument_list, arguments, constants

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.insight.script import Block, Script, Step
    from physprover.insight.techniques import Argument, Scope

_SINGLE = frozenset(
    {
        "have",
        "obtain",
        "rcases",
        "cases",
        "simp",
        "simp_all",
        "symm",
        "subst",
        "unfold",
        "split",
        "push_cast",
        "dsimp",
    }
)


@dataclass(frozen=True)
class Drop:
    """One thing left out. `at` and `until` say where it stood; offsets of the script it was made from."""

    at: int
    until: int
    text: str  # the proof without it

    def covers(self, offset: int) -> bool:
        """Whether what stands at `offset` is part of what was left out."""
        return self.at <= offset < self.until


def drops(script: Script, scope: Scope) -> list[Drop]:
    """Every single thing that can be left out, in order."""
    return list(_in_block(script, script.root, scope))


def _in_block(script: Script, block: Block, scope: Scope) -> Iterator[Drop]:
    for number, step in enumerate(block.steps):
        yield from _of_step(script, step, scope)
        if number + 1 < len(block.steps) and _removable(script, step, scope):
            yield Drop(step.start, step.end, script.edited([(step.start, block.steps[number + 1].start, "")]))


def _of_step(script: Script, step: Step, scope: Scope) -> Iterator[Drop]:
    if step.parts:
        yield from _of_parts(script, step, scope)
        return
    for argument in (members := arguments(script, step, scope)):
        if argument.constant is not None:
            yield Drop(argument.start, argument.end, _without(script, step, members, argument))
    if step.head not in ("have", "obtain"):  # theirs are judged with the whole step
        for constant in constants(script, step, scope):
            yield Drop(constant.start, constant.end, script.edited([(constant.start, constant.end, "_")]))
    for block in step.blocks:
        yield from _in_block(script, block, scope)


def _of_parts(script: Script, step: Step, scope: Scope) -> Iterator[Drop]:
    """Parts of `a <;> b`: each one's own, and each without constants as a whole."""
    for number, part in enumerate(step.parts):
        yield from _of_step(script, part, scope)
        if number and not arguments(script, part, scope):
            yield Drop(part.start, part.end, script.edited([(step.parts[number - 1].end, part.end, "")]))


def _removable(script: Script, step: Step, scope: Scope) -> bool:
    named = any(a.constant for a in arguments(script, step, scope))
    return step.head in _SINGLE and not step.parts and (step.head in ("have", "obtain") or not named)


def _without(script: Script, step: Step, members: list[Argument], gone: Argument) -> str:
    """The script without one member of a list; an empty list goes too, and so does `rw` with one."""
    brackets = argument_list(script, step)
    assert brackets is not None  # it has members
    if len(members) > 1:
        number = members.index(gone)
        edges = (gone.start, members[1].start) if number == 0 else (members[number - 1].end, gone.end)
        return script.edited([(*edges, "")])
    if step.head in ("rw", "rwa", "erw", "simp_rw"):
        return script.edited([(step.start, step.end, "skip")])
    lead = script.masked[: brackets[0]].rstrip()
    return script.edited([(len(lead), brackets[1], "")])
