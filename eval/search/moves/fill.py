"""Close the holes of a sketch one by one: each check gives every open hole its next filling, and Lean's errors say which are closed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from eval.search.moves.leaf import leaf_theorem
from eval.search.moves.scripts import closers, closing
from eval.search.sketch import errors_of, tactic_block
from physprover.records import Outcome

if TYPE_CHECKING:
    from eval.search.moves.case import Case
    from eval.search.sketch import Filled, LeanError, Sketch

ROUNDS = 3  # checks of one filling move
_LEAF_SAMPLES = 2
_STOP = "skip"  # closes nothing: Lean then says what the hole's goal is


class Filling:
    """A sketch being filled: which holes are closed, and by what. `exhausted` when nothing is left to try."""

    def __init__(self, case: Case, sketch: Sketch) -> None:
        self.case, self.sketch = case, sketch
        self.closed: dict[int, str] = {}
        self.failed: dict[int, set[str]] = {hole: set() for hole in range(sketch.holes)}
        self.scripts = {closing(case, template): template for template in closers(case)}  # text -> template
        self.exhausted = False
        self._prover_asked = False

    def advance(self, rounds: int = ROUNDS) -> None:
        """Up to `rounds` checks of the sketch with its most promising fillings; the first time the prover is asked too."""
        for _ in range(rounds):
            if self.exhausted or self.case.solved:
                return
            self._round()
        if not self._prover_asked and self.case.desk.can_sample and "direct" in self.case.kinds:
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
            self.case.leaf(self.scripts[pick], closed)

    def _ask(self, picks: dict[int, str]) -> tuple[list[LeanError] | None, Filled]:
        """Lean's errors, None when it gave no list of them (a time-out, say)."""
        filled = self.sketch.fill([picks.get(hole) or self.closed[hole] for hole in self.failed])
        tried = self.case.desk.check(filled.proof, messages=self.sketch.holes + 1)
        if tried is None or tried.outcome is not Outcome.REJECTED:
            return None, filled
        return errors_of(tried.messages, self.case.theorem.statement), filled

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
