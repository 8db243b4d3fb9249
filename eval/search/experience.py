"""What has worked so far: a Beta posterior for each arm, in which alike statements count more.

An observation is one use of an arm on one statement: did it end in a proof, and what did it cost? Seen from a new
statement an observation weighs between `FLOOR` and 1, by the share of features the two statements have in common. An
arm nobody has used is expected to do as well as others of its kind have; what failed here lowers the arm and, less, its kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

from eval.search.budget import Amount
from physprover.lean.text.terms import jaccard
from physprover.records import Record, read_jsonl, write_jsonl

PRIOR = (0.5, 1.5)  # Beta prior of a kind nobody has used: one in four, worth two observations
FLOOR = 0.2  # weight of a statement with which nothing is shared
# Observations elsewhere count as at most so many here. Statements differ far more than attempts at one: of 100 second
# rounds of samples on validation statements none succeeded. Least log loss of 0.1 to 4 there (docs/results.md).
STRENGTH = 0.25
SHARED = 0.25  # of a failure here that counts against the other arms of its kind


class Observation(Record):
    """One use of an arm."""

    arm: str
    features: tuple[str, ...]  # of the statement
    success: bool
    cost: Amount


class Experience:
    """All observations so far, over all statements."""

    def __init__(self, observations: Iterable[Observation] = ()) -> None:
        self._statements: dict[frozenset[str], list[Observation]] = defaultdict(list)
        for observation in observations:
            self.add(observation)

    def add(self, observation: Observation) -> None:
        self._statements[frozenset(observation.features)].append(observation)

    def seen_from(self, features: frozenset[str], alike: bool = True) -> View:
        """The observations as they bear on a statement; `alike` False weighs all the same."""
        view = View()
        for others, observations in self._statements.items():
            weight = likeness(features, others) if alike else 1.0
            for observation in observations:
                view.tally(observation, weight)
        return view

    @property
    def observations(self) -> list[Observation]:
        return [o for observations in self._statements.values() for o in observations]

    def write(self, path: Path) -> None:
        """One observation a line."""
        write_jsonl(path, self.observations)

    @classmethod
    def read(cls, path: Path) -> Experience:
        """Raises `DataError` for a malformed file."""
        return cls(read_jsonl(path, Observation))


@dataclass
class _Tally:
    weight: float = 0.0
    successes: float = 0.0
    uses: int = 0
    tokens: float = 0.0
    checks: float = 0.0
    seconds: float = 0.0
    failures_here: int = 0


@dataclass
class View:
    """The experience as one statement sees it; what happens to it now is added as it happens."""

    _tallies: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))
    _kinds: dict[str, _Tally] = field(default_factory=lambda: defaultdict(_Tally))

    def tally(self, observation: Observation, weight: float) -> None:
        """Count an observation made elsewhere."""
        t, cost = self._tallies[observation.arm], observation.cost
        for each in (t, self._kinds[kind_of(observation.arm)]):
            each.weight += weight
            each.successes += weight * observation.success
        t.uses += 1
        t.tokens += cost.tokens
        t.checks += cost.checks
        t.seconds += cost.seconds

    def failed(self, arm: str) -> None:
        """An arm did not help on this statement."""
        self._tallies[arm].failures_here += 1
        self._kinds[kind_of(arm)].failures_here += 1

    def posterior(self, arm: str) -> tuple[float, float]:
        """Probability that the arm proves this statement now, and the standard deviation of that estimate."""
        t, kind = self._tallies[arm], self._kinds[kind_of(arm)]
        usual = (PRIOR[0] + kind.successes) / (sum(PRIOR) + kind.weight)
        worth = sum(PRIOR) + t.weight
        mean = (usual * sum(PRIOR) + t.successes) / worth
        failures = t.failures_here + SHARED * (kind.failures_here - t.failures_here)
        strength = min(worth, STRENGTH)
        mean *= strength / (strength + failures)
        return mean, (mean * (1 - mean) / (worth + failures + 1)) ** 0.5

    def rate(self, arm: str, usual: float) -> float:
        """Mean success of an arm that is expected to succeed at the `usual` rate."""
        t = self._tallies[arm]
        return (usual * sum(PRIOR) + t.successes) / (sum(PRIOR) + t.weight)

    def cost(self, arm: str, guess: Amount) -> Amount:
        """Mean cost of the arm where it was used, mixed with one use at the `guess`."""
        t = self._tallies[arm]
        n = t.uses + 1
        return Amount(
            tokens=round((t.tokens + guess.tokens) / n),
            checks=max(1, round((t.checks + guess.checks) / n)),
            seconds=(t.seconds + guess.seconds) / n,
        )


def kind_of(arm: str) -> str:
    """The kind of move that an arm belongs to: its first word."""
    return arm.partition(" ")[0]


def likeness(one: frozenset[str], other: frozenset[str]) -> float:
    """Weight of one statement as seen from another: from `FLOOR` to 1, by the share of features that both have."""
    return FLOOR + (1 - FLOOR) * jaccard(one, other)
