"""One statement under search, as the moves see it, and the holes of a sketch being closed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Literal

from eval.search.budget import Amount
from eval.search.desk import Desk
from eval.search.experience import Observation, View
from eval.search.library import (
    Lemma,
    Retriever,
    definitions,
    lemmas,
    statement_of,
    witness_scripts,
)
from eval.search.sketch import Filled, HoleSketch, LeanError, errors_of
from physprover.lean.text.definitions import declarations, recursive
from physprover.lean.text.statements import tactic_block
from physprover.lean.text.terms import Statement
from physprover.portfolio import tactics
from physprover.records import Outcome, Theorem

Kind = Literal["script", "direct", "retrieve", "decompose", "repair"]
KINDS: tuple[Kind, ...] = ("script", "direct", "retrieve", "decompose", "repair")

PREMISES = 6  # lemmas that RETRIEVE brings in
ANALOGIES = 12  # proofs of alike statements that it looks at


@dataclass(frozen=True)
class Move:
    """Something that may be done next."""

    kind: Kind
    arm: str  # names what is learned about it
    guess: Amount  # expected cost before there is any experience
    run: Callable[[Case], None]  # does it; raises `OutOfBudget` as soon as the next step is not affordable
    once: Callable[[Case], None] | None = (
        None  # of a sketch: one check, with the likeliest filling of every hole
    )


@dataclass
class Case:
    """What is known of one statement so far."""

    theorem: Theorem
    desk: Desk
    library: Retriever
    view: View
    done: set[str] = field(default_factory=set)  # arms that can be used once and were
    repaired: set[str] = field(default_factory=set)  # attempts that REPAIR has seen
    drafts: list[str] = field(default_factory=list)  # what the prover wrote with names that stand for nothing
    leaves: list[tuple[str, bool]] = field(default_factory=list)  # (closing script, whether it closed a hole)
    fillings: dict[str, Filling] = field(default_factory=dict)  # sketches that DECOMPOSE has opened
    facts: tuple[str, ...] = ()  # lemmas that RETRIEVE has found
    kinds: frozenset[Kind] = frozenset(KINDS)

    @cached_property
    def statement(self) -> Statement:
        return statement_of(self.theorem)

    @cached_property
    def definitions(self) -> list[str]:
        """The functions that the statement rests on."""
        return definitions(self.theorem)

    @cached_property
    def lemmas(self) -> list[Lemma]:
        """Those of the header that RETRIEVE would bring in."""
        return lemmas(self.theorem, PREMISES)

    @cached_property
    def analogies(self) -> list[str]:
        """Proofs of alike statements, this one's names put in."""
        return self.library.analogies(self.theorem, ANALOGIES)

    @cached_property
    def witness_scripts(self) -> list[str]:
        """Tactic blocks that name a witness, where the goal is an ∃."""
        return list(witness_scripts(self.theorem))

    @property
    def solved(self) -> bool:
        return self.desk.proof is not None

    def learned_of_leaves(self, features: tuple[str, ...]) -> list[Observation]:
        """What the closing scripts did to holes, for the experience."""
        return [
            Observation(arm=leaf_arm(template), features=features, success=closed, cost=Amount())
            for template, closed in self.leaves
        ]


# -- Scripts that close a goal or do not: the portfolio, and the templates told which definitions to unfold. --

WITH_FACTS = ("grind [facts]", "simp [facts]")
CLOSERS: tuple[str, ...] = (
    "simp_all [defs] <;> grind", "fun_induction [recursive] <;> simp_all [defs] <;> grind", "grind [defs]",
    "simp_all [defs]", "decide", "simp only [defs]; grind", "simp [defs]", "simp only [defs]; omega",
    "trivial", "ac_rfl", "rfl", "simp only [defs]; rfl", "omega", "simp", "simp_all", "grind",
)  # fmt: skip
"""Scripts for a goal, `[defs]` told the definitions of its statement, in the order that covers PhysCore's validation files
soonest (a greedy cover, measured on 22 November 2026; the first two, of 30 November, close most). Fixed orders keep this one."""


def closers(case: Case) -> tuple[str, ...]:
    """Templates that fit this statement; those with facts once RETRIEVE has found some."""
    return tuple(t for t in (*CLOSERS, *(WITH_FACTS if case.facts else ())) if closing(case, t))


def closing(case: Case, template: str) -> str:
    """The tactic block of a template, "" where it says no more than a bare tactic or does not fit the statement."""
    if "[defs]" in template and not case.definitions:
        return ""
    if "[recursive]" in template:
        found = recursive(declarations(case.theorem.header), case.definitions)
        if not found:
            return ""
        template = template.replace("[recursive]", found[0])
    return tactics(template, case.definitions, case.facts)


# -- The goal of a hole as a statement of its own, read off Lean's message, for the prover to prove. --

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


# -- Close the holes of a sketch one by one: each check gives every open hole its next filling, and Lean's errors say which are closed. --

ROUNDS = 3  # checks of one filling move
_LEAF_SAMPLES = 2
_STOP = "skip"  # closes nothing: Lean then says what the hole's goal is


class Filling:
    """A sketch being filled: which holes are closed, and by what. `exhausted` when nothing is left to try."""

    def __init__(self, case: Case, sketch: HoleSketch) -> None:
        self.case, self.sketch = case, sketch
        self.closed: dict[int, str] = {}
        self.failed: dict[int, set[str]] = {hole: set() for hole in range(sketch.holes)}
        self.scripts = {closing(case, template): template for template in closers(case)}  # text -> template
        self.exhausted = False
        self._prover_asked = False

    def advance(self, rounds: int = ROUNDS, *, ask_prover: bool = True) -> None:
        """Up to `rounds` checks of the sketch with its most promising fillings; the prover is asked once, the first time it may be."""
        for _ in range(rounds):
            if self.exhausted or self.case.solved:
                return
            self._round()
        if (
            ask_prover
            and not self._prover_asked
            and self.case.desk.can_sample
            and "direct" in self.case.kinds
        ):
            self._prover_asked = True
            self._ask_prover()

    def _round(self) -> None:
        picks = {hole: pick for hole in self._open() if (pick := self._best(hole)) is not None}
        if len(picks) < len(self._open()):
            self.exhausted = True
        else:
            self._try(picks)

    def _open(self) -> list[int]:
        return [hole for hole in self.failed if hole not in self.closed]

    def _best(self, hole: int) -> str | None:
        """The untried closing script that has closed most holes so far, or most whole goals where no hole was seen."""
        view = self.case.view

        def rate(text: str) -> float:
            template = self.scripts[text]
            return view.rate(leaf_arm(template), view.posterior(f"script {template}")[0])

        return max((text for text in self.scripts if text not in self.failed[hole]), key=rate, default=None)

    def _try(self, picks: dict[int, str]) -> None:
        """Check the sketch with these fillings for its open holes."""
        errors, filled = self._ask(picks)
        if self.case.solved:
            for pick in picks.values():
                self._learn(pick, True)
            return
        if errors is None:  # a time-out, say: any of them may be the cause
            for hole, pick in picks.items():
                self.failed[hole].add(pick)
            return
        places = {filled.hole_of(error) for error in errors}
        if places == {None}:
            self.exhausted = True  # what stands around the holes fails
            return
        for hole in [h for h in self.closed if h in places]:  # Lean had more errors than it was asked for
            self.failed[hole].add(self.closed.pop(hole))
        for hole, pick in picks.items():
            self._learn(pick, hole not in places)
            if hole in places:
                self.failed[hole].add(pick)
            else:
                self.closed[hole] = pick
        self.exhausted = not self._open()

    def _learn(self, pick: str, closed: bool) -> None:
        if pick in self.scripts:
            self.case.leaves.append((self.scripts[pick], closed))

    def _ask(self, picks: dict[int, str]) -> tuple[list[LeanError] | None, Filled]:
        """Lean's errors, None when it gave no list of them (a time-out, say)."""
        filled = self.sketch.fill([picks.get(hole) or self.closed[hole] for hole in self.failed])
        tried = self.case.desk.check(filled.proof, messages=self.sketch.holes + 1)
        if tried is None or tried.outcome is not Outcome.REJECTED:
            return None, filled
        return errors_of(tried.messages, self.case.theorem.statement, filled.proof), filled

    def _ask_prover(self) -> None:
        """Read off the goals of the open holes, let the prover prove each as a statement of its own, and try what it wrote."""
        errors, filled = self._ask(dict.fromkeys(self._open(), _STOP))
        if errors is None:
            return
        for error in errors:
            hole = filled.hole_of(error)
            leaf = leaf_theorem(self.case.theorem, error.text) if hole is not None else None
            if hole is None or leaf is None or hole in self.closed:
                continue
            for attempt in self.case.desk.sample(leaf, _LEAF_SAMPLES):
                block = tactic_block(attempt.proof)
                others = [h for h in self._open() if h != hole]
                if block and "<|" not in block and block not in self.failed[hole]:
                    self._try({hole: block, **dict.fromkeys(others, _STOP)})
                if self.case.solved or hole in self.closed:
                    break


def leaf_arm(template: str) -> str:
    """What is learned about a closing script inside sketches, apart from what it does to whole goals."""
    return f"leaf {template}"
