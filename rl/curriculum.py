"""Which problems come next. State is small, plain and saved in checkpoints; draws depend on (seed, step, round) only.

* `uniform`: every problem once per pass, in a new order each pass.
* `proof_length`: shortest reference proof first (the paper's curriculum, which its released code never applied).
* `success_rate`: by the chance that a group of attempts shows both success and failure, which is the only case in
  which GRPO learns. With a Beta belief about a problem's success rate p that chance is
  E[1 - p^G - (1-p)^G], in closed form; what was never tried has a broad belief and is therefore explored, and old
  evidence fades because the prover changes.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, Protocol

from physprover.config import RLConfig
from physprover.errors import DataError, RunError
from physprover.records import Theorem
from rl.groups import derive_seed

State = dict[str, Any]


class Curriculum(Protocol):
    """Picks problems and learns from how they went."""

    def pick(self, count: int, step: int, turn: int, exclude: frozenset[str] = frozenset()) -> list[Theorem]:
        """Up to `count` different problems, none of them in `exclude`; fewer when there are not that many."""
        ...

    def observe(self, name: str, proved: int, judged: int, step: int) -> None:
        """`proved` of `judged` attempts at problem `name` succeeded at `step`."""
        ...

    def extend(self, theorems: Sequence[Theorem]) -> None:
        """Further problems, with names of their own."""
        ...

    def state(self) -> State: ...

    def load_state(self, state: State) -> None: ...


class Passes:
    """Every problem once per pass; `order` says in which order pass number n goes."""

    def __init__(
        self, theorems: Sequence[Theorem], order: Callable[[Sequence[Theorem], int], list[Theorem]]
    ) -> None:
        self._theorems = list(theorems)
        self._order = order
        self._pass, self._position = 0, 0

    def pick(
        self,
        count: int,
        step: int,  # noqa: ARG002
        turn: int,  # noqa: ARG002
        exclude: frozenset[str] = frozenset(),
    ) -> list[Theorem]:
        picked: list[Theorem] = []
        seen = set(exclude)
        order = self._order(self._theorems, self._pass)
        for _ in range(len(order)):
            if len(picked) == count:
                break
            if self._position == len(order):
                self._pass, self._position = self._pass + 1, 0
                order = self._order(self._theorems, self._pass)
            theorem = order[self._position]
            self._position += 1
            if theorem.name not in seen:
                seen.add(theorem.name)
                picked.append(theorem)
        return picked

    def observe(self, name: str, proved: int, judged: int, step: int) -> None:
        pass

    def extend(self, theorems: Sequence[Theorem]) -> None:
        self._theorems += theorems

    def state(self) -> State:
        return {"pass": self._pass, "position": self._position}

    def load_state(self, state: State) -> None:
        self._pass, self._position = int(state["pass"]), int(state["position"])


class SuccessRate:
    """Weighted draws without replacement, see the module's text."""

    fade = 0.9  # what one step leaves of old evidence about a problem, counted from its last visit
    prior = (0.5, 1.0)  # pseudo-counts (success, failure): unseen problems are thought hard, but not hopeless
    floor = 0.02  # least weight: nothing is ever given up

    def __init__(
        self,
        theorems: Sequence[Theorem],
        group_size: int,
        seed: int,
    ) -> None:
        self._theorems = list(theorems)
        self._group_size = group_size
        self._seed = seed
        # Name -> (successes, failures, step of the last visit)
        self._seen: dict[str, tuple[float, float, int]] = {}

    def pick(self, count: int, step: int, turn: int, exclude: frozenset[str] = frozenset()) -> list[Theorem]:
        rng = random.Random(derive_seed(self._seed, "curriculum", step, turn))
        # Efraimidis-Spirakis: the `count` largest of u^(1/w) are a weighted draw without replacement.
        keyed = [(rng.random() ** (1.0 / self.weight(t.name, step)), i) for i, t in enumerate(self._theorems)]
        best = sorted(((k, i) for k, i in keyed if self._theorems[i].name not in exclude), reverse=True)[
            :count
        ]
        return [self._theorems[i] for _, i in best]

    def weight(self, name: str, step: int) -> float:
        """Chance that a group at this problem is informative; in [floor, 1]."""
        good, bad = self._belief(name, step)
        return max(self.floor, informative_chance(good, bad, self._group_size))

    def observe(self, name: str, proved: int, judged: int, step: int) -> None:
        good, bad = (a - b for a, b in zip(self._belief(name, step), self.prior, strict=True))
        self._seen[name] = (good + proved, bad + judged - proved, step)

    def extend(self, theorems: Sequence[Theorem]) -> None:
        self._theorems += theorems

    def state(self) -> State:
        return {"seen": {name: list(values) for name, values in sorted(self._seen.items())}}

    def load_state(self, state: State) -> None:
        self._seen = {name: (float(g), float(b), int(s)) for name, (g, b, s) in state["seen"].items()}

    def _belief(self, name: str, step: int) -> tuple[float, float]:
        good, bad, last = self._seen.get(name, (0.0, 0.0, step))
        kept = self.fade ** max(0, step - last)
        return self.prior[0] + good * kept, self.prior[1] + bad * kept


def informative_chance(good: float, bad: float, size: int) -> float:
    """E[1 - p^size - (1-p)^size] for p ~ Beta(good, bad)."""
    all_proved = all_failed = 1.0
    for i in range(size):
        all_proved *= (good + i) / (good + bad + i)
        all_failed *= (bad + i) / (good + bad + i)
    return max(0.0, 1.0 - all_proved - all_failed)


def build(config: RLConfig, theorems: Sequence[Theorem], seed: int) -> Curriculum:
    """The curriculum a config asks for. Raises DataError when there is nothing to learn from."""
    if not theorems:
        raise DataError("no training theorems: the train split is empty or every prompt is too long")
    if config.curriculum == "success_rate":
        return SuccessRate(theorems, config.group_size, seed)
    if config.curriculum == "proof_length":
        return Passes(theorems, _by_length)

    def shuffled(problems: Sequence[Theorem], number: int) -> list[Theorem]:
        order = list(problems)
        random.Random(derive_seed(seed, "pass", number)).shuffle(order)
        return order

    return Passes(theorems, shuffled)


def _by_length(problems: Sequence[Theorem], _number: int) -> list[Theorem]:
    """Shortest reference proof first; problems without one have no length and come last."""
    return sorted(problems, key=lambda t: (t.proof is None, len(t.proof or ""), t.name))


def restore(curriculum: Curriculum, state: State) -> None:
    """Load a checkpoint's state. Raises RunError when it belongs to another kind of curriculum."""
    try:
        curriculum.load_state(state)
    except (KeyError, TypeError, ValueError):
        raise RunError(
            "the checkpoint was made with another rl.curriculum; restore that setting or start anew"
        ) from None
