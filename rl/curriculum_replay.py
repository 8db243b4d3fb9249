"""Solved problems come back now and then, so that what was learnt is not forgotten unseen.

A group that is all proved teaches nothing, which is why the curricula avoid it; but a prover that forgets a problem shows
it only when it meets that problem again. A small share of each step goes to problems solved some time ago, the longest
ago first; where the prover still solves them the group costs its attempts, where it does not there is signal.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from physprover.records import Theorem
    from rl.curriculum import Curriculum, State


class SolvedAgain:
    """`rl.curriculum.Curriculum` round another one: `share` of a step's first picks are problems solved before."""

    def __init__(self, inner: Curriculum, theorems: Sequence[Theorem], share: float) -> None:
        self._inner, self._share = inner, share
        self._theorems = {theorem.name: theorem for theorem in theorems}
        self._solved: dict[str, int] = {}  # name -> step at which a whole group was last proved

    def pick(self, count: int, step: int, turn: int, exclude: frozenset[str] = frozenset()) -> list[Theorem]:
        wanted = round(self._share * count) if turn == 0 else 0
        oldest = sorted((seen, name) for name, seen in self._solved.items() if name not in exclude)
        again = [self._theorems[name] for _, name in oldest[:wanted]]
        taken = exclude | {theorem.name for theorem in again}
        return [*again, *self._inner.pick(count - len(again), step, turn, taken)]

    def observe(self, name: str, proved: int, judged: int, step: int) -> None:
        if judged and proved == judged:
            self._solved[name] = step
        else:
            self._solved.pop(name, None)
        self._inner.observe(name, proved, judged, step)

    def extend(self, theorems: Sequence[Theorem]) -> None:
        self._theorems |= {theorem.name: theorem for theorem in theorems}
        self._inner.extend(theorems)

    def state(self) -> State:
        return {"solved": dict(sorted(self._solved.items())), "inner": self._inner.state()}

    def load_state(self, state: State) -> None:
        self._solved = {name: int(step) for name, step in state["solved"].items() if name in self._theorems}
        self._inner.load_state(state["inner"])
