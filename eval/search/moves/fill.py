"""Close the holes of a sketch one by one: each check gives every open hole its next filling, and Lean's errors say which are closed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from eval.search.moves.scripts import closers, closing
from eval.search.sketch import errors_of, tactic_block
from physprover.records import Outcome, Theorem

if TYPE_CHECKING:
    from eval.search.moves.case import Case
    from eval.search.sketch import Filled, LeanError, Sketch

ROUNDS = 4  # checks of one filling move
_LEAF_SAMPLES = 2
_STOP = "skip"  # closes nothing: Lean then says what the hole's goal is
_HYPOTHESIS = re.compile(r"^([\w✝'₀-₉ ]+) : (.*)$")


def fill(case: Case, sketch: Sketch, rounds: int = ROUNDS) -> None:
    """Up to `rounds` checks of the sketch with its most promising fillings, then what the prover writes for the goals left."""
    work = _Work(case, sketch)
    for _ in range(rounds):
        if not work.round() or case.solved:
            return
    if case.desk.can_sample and "direct" in case.kinds:
        work.ask_prover()


class _Work:
    """Which holes are closed, and by what."""

    def __init__(self, case: Case, sketch: Sketch) -> None:
        self.case, self.sketch = case, sketch
        self.closed: dict[int, str] = {}
        self.failed: dict[int, set[str]] = {hole: set() for hole in range(sketch.holes)}
        self.scripts = {closing(case, template): template for template in closers(case)}  # text -> template

    def round(self) -> bool:
        """One check; whether there may be another."""
        picks = {hole: self._best(hole) for hole in self._open()}
        if any(pick is None for pick in picks.values()):
            return False
        return self._try({hole: pick for hole, pick in picks.items() if pick is not None})

    def _open(self) -> list[int]:
        return [hole for hole in self.failed if hole not in self.closed]

    def _best(self, hole: int) -> str | None:
        """The untried closing script that has closed most holes so far."""
        left = [text for text in self.scripts if text not in self.failed[hole]]
        return max(left, key=lambda s: self.case.view.posterior(leaf_arm(self.scripts[s]))[0], default=None)

    def _try(self, picks: dict[int, str]) -> bool:
        """Check the sketch with these fillings for its open holes; False when the sketch itself is broken."""
        errors, filled = self._ask(picks)
        if self.case.solved:
            for pick in picks.values():
                self._learn(pick, True)
            return False
        if errors is None:
            return self._forget(picks)
        places = {filled.hole_of(error) for error in errors}
        if None in places and not (places - {None}):
            return False  # what stands around the holes fails
        for hole in [
            h for h in self.closed if h in places
        ]:  # more errors than Lean was asked for: it never was closed
            self.failed[hole].add(self.closed.pop(hole))
        for hole, pick in picks.items():
            self._learn(pick, hole not in places)
            if hole in places:
                self.failed[hole].add(pick)
            else:
                self.closed[hole] = pick
        return bool(self._open())

    def _learn(self, pick: str, closed: bool) -> None:
        if pick in self.scripts:
            self.case.leaf(self.scripts[pick], closed)

    def _forget(self, picks: dict[int, str]) -> bool:
        for hole, pick in picks.items():
            self.failed[hole].add(pick)
        return True

    def _ask(self, picks: dict[int, str]) -> tuple[list[LeanError] | None, Filled]:
        """Lean's errors, None when it gave no list of them (a time-out, say)."""
        filled = self.sketch.fill([picks.get(hole) or self.closed[hole] for hole in self.failed])
        tried = self.case.desk.check(filled.proof, messages=self.sketch.holes + 1)
        if tried is None or tried.outcome is not Outcome.REJECTED:
            return None, filled
        return errors_of(tried.messages, self.case.theorem.statement), filled

    def ask_prover(self) -> None:
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
