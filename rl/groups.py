"""Groups of attempts at one theorem, their rewards, and the advantages GRPO learns from.

Pure Python: no torch, no Ray, no Lean. An attempt that was not judged has reward None: it leaves the baseline and the
batch, because "Lean never looked at it" is no evidence about the proof.
"""

from __future__ import annotations

import hashlib
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from physprover.records import JudgedAttempt, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from physprover.records import Attempt

Scale = Literal["group", "batch", "none"]

_EPSILON = 1e-4  # added to the standard deviation, as TRL does


class Group(Record):
    """All attempts at one theorem in one step, in the order they were sampled."""

    theorem: str  # Theorem.name
    judged: tuple[JudgedAttempt, ...]

    @property
    def rewards(self) -> tuple[float | None, ...]:
        """Lean's verdict and what was added to it."""
        return tuple(None if (r := i.verdict.reward) is None else r + i.shaping for i in self.judged)

    @property
    def informative(self) -> bool:
        """Some attempts earned more than others, so the group says which way is better."""
        known = {reward for reward in self.rewards if reward is not None}
        return len(known) > 1


@dataclass(frozen=True, slots=True)
class Drawn:
    """From which distribution tokens were drawn, the weights aside: log-probs are recomputed under the same one."""

    prompt: str = ""  # prompt format whose token mask held; "" = the run's `model.prompt`
    temperature: float | None = None  # None = the run's `rl.temperature`


@dataclass(frozen=True, slots=True)
class Sample:
    """What the trainer needs of one attempt."""

    prompt_ids: tuple[int, ...]
    token_ids: tuple[int, ...]
    logprobs: tuple[float, ...]  # behaviour log-probabilities, nats, one per token id
    advantage: float
    version: int = 0  # optimizer step of the weights that sampled it
    drawn: Drawn = Drawn()

    @classmethod
    def of(cls, attempt: Attempt, advantage: float, temperature: float | None = None) -> Sample:
        """`temperature` is that of the sampling where it was not `rl.temperature`.

        Raises ValueError on an attempt whose token data do not line up.
        """
        if not attempt.token_ids or len(attempt.token_ids) != len(attempt.logprobs):
            raise ValueError(
                f"attempt at {attempt.theorem}: {len(attempt.token_ids)} tokens, {len(attempt.logprobs)} log-probs"
            )
        version = attempt.sampler.weights_version
        drawn = Drawn(attempt.prompt_format, temperature)
        return cls(attempt.prompt_ids, attempt.token_ids, attempt.logprobs, advantage, version, drawn)


def by_theorem(judged: Iterable[JudgedAttempt]) -> tuple[Group, ...]:
    """The groups of recorded attempts of one step, in the order they were sampled."""
    groups: dict[str, list[JudgedAttempt]] = {}
    for item in judged:
        groups.setdefault(item.attempt.theorem, []).append(item)
    return tuple(Group(theorem=name, judged=tuple(members)) for name, members in groups.items())


def samples(groups: Iterable[Group], scale: Scale, *, mask_truncated: bool = False) -> list[Sample]:
    """Training samples of the informative groups; the others carry no signal and never reach the trainer.

    The baseline of a group is the mean of its judged rewards. `scale` divides by the standard deviation (with Bessel's
    correction, as TRL does) of the group, or of the rewards of all groups passed, or not at all (Dr. GRPO).
    `mask_truncated` leaves out attempts that the length limit ended, after they have counted in mean and deviation.
    """
    kept = [group for group in groups if group.informative]
    spread_of_all = _deviation([r for group in kept for r in group.rewards if r is not None])
    result = []
    for group in kept:
        known = [r for r in group.rewards if r is not None]
        mean = sum(known) / len(known)
        spread = {"group": _deviation(known) + _EPSILON, "batch": spread_of_all + _EPSILON, "none": 1.0}[
            scale
        ]
        for item, reward in zip(group.judged, group.rewards, strict=True):
            if reward is not None and not (mask_truncated and item.attempt.truncated):
                result.append(Sample.of(item.attempt, (reward - mean) / spread))
    return result


def derive_seed(seed: int, *parts: int | str) -> int:
    """A 31-bit seed for one place of the run: the same on every machine and after every resume."""
    text = "/".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 33


def _deviation(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
