"""Groups of attempts at one theorem, their rewards, and the advantages GRPO learns from.

Pure Python: no torch, no Ray, no Lean. An attempt that was not judged has reward None: it leaves the baseline and the
batch, because "Lean never looked at it" is no evidence about the proof.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from physprover.config import RLConfig
from physprover.records import Attempt, JudgedAttempt, Record

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


def samples(
    groups: Iterable[Group],
    scale: Scale,
    *,
    mask_truncated: bool = False,
    unlikeliness: float = 0.0,
    pass_at: int = 1,
) -> list[Sample]:
    """Training samples of the informative groups; the others carry no signal and never reach the trainer.

    Args:
        groups: Attempts of one step.
        scale: What the rewards' distance from their group's mean is divided by: the standard deviation (with Bessel's
            correction, as TRL does) of the group or of all groups passed, or nothing (Dr. GRPO).
        mask_truncated: Leaves out attempts that the length limit ended, after they have counted in mean and deviation.
        unlikeliness: Share of its reward that the likeliest attempt of a group loses at most; see `unlikely`.
        pass_at: k of pass@k; above 1, rewards are first what each attempt adds to pass@k; see `towards_pass_at`.
    """
    kept = [group for group in groups if group.informative]
    rewards = [towards_pass_at(unlikely(group, unlikeliness), pass_at) for group in kept]
    spread_of_all = _deviation([r for group in rewards for r in group if r is not None])
    result = []
    for group, given in zip(kept, rewards, strict=True):
        known = [r for r in given if r is not None]
        if min(known) == max(known):  # any k of them hold a proof: nothing to learn towards pass@k
            continue
        mean = sum(known) / len(known)
        spread = {"group": _deviation(known) + _EPSILON, "batch": spread_of_all + _EPSILON, "none": 1.0}[
            scale
        ]
        for item, reward in zip(group.judged, given, strict=True):
            if reward is not None and not (mask_truncated and item.attempt.truncated):
                result.append(Sample.of(item.attempt, (reward - mean) / spread))
    return result


def training_batch(groups: Iterable[Group], rl: RLConfig) -> list[Sample]:
    """`samples` as the config says."""
    return samples(
        groups,
        rl.scale_rewards,
        mask_truncated=rl.mask_truncated,
        unlikeliness=rl.unlikeliness,
        pass_at=rl.pass_at,
    )


def unlikely(group: Group, penalty: float) -> tuple[float | None, ...]:
    """Rewards that rank what the sampler found unlikely above what it found likely, given that both are right.

    The unlikeliness reward of He, Fried and Welleck (arXiv 2506.02355): attempts are ranked by the log-probability of the
    whole answer, and each reward is multiplied by 1 - penalty * rank / size, where the least likely has rank 0. Plain
    GRPO reinforces frequent proofs more often than rare ones until the rare ones are gone. Equal answers have equal
    ranks, their mean.
    """
    known = [i for i, reward in enumerate(group.rewards) if reward is not None]
    if not penalty or not known:
        return group.rewards
    likelihood = {i: math.fsum(group.judged[i].attempt.logprobs) for i in known}
    result = list(group.rewards)
    for i in known:
        below = sum(other < likelihood[i] for other in likelihood.values())
        equal = sum(other == likelihood[i] for other in likelihood.values())
        rank = below + (equal - 1) / 2
        result[i] = (group.rewards[i] or 0.0) * (1 - penalty * rank / len(known))
    return tuple(result)


def towards_pass_at(rewards: Sequence[float | None], k: int) -> tuple[float | None, ...]:
    """For each attempt the mean of the best reward of `k` attempts, over all choices of `k` that hold it.

    Up to a factor this is what an unbiased estimate of the gradient of pass@k (of the expected maximum, where rewards are not 0
    and 1) weights each attempt by: Walder and Karkhanis, arXiv 2505.15201. With 0 and 1, its distance from the group's mean
    is the numerator of the analytical advantage of arXiv 2508.10751. An attempt without a verdict stays without, and `k`
    above the number of verdicts counts as that number.
    """
    order = sorted((i for i, r in enumerate(rewards) if r is not None), key=lambda i: rewards[i] or 0.0)
    n, k = len(order), min(k, len(order))
    if k <= 1:
        return tuple(rewards)
    values = [rewards[i] or 0.0 for i in order]
    # Choices of k - 1 others of which the best is at place j: k - 2 of the places below j that are not the attempt's own.
    result = list(rewards)
    for place, i in enumerate(order):
        total = values[place] * math.comb(place, k - 1)
        total += sum(values[j] * math.comb(j - 1, k - 2) for j in range(place + 1, n))
        result[i] = total / math.comb(n - 1, k - 1)
    return tuple(result)


def derive_seed(seed: int, *parts: int | str) -> int:
    """A 31-bit seed for one place of the run: the same on every machine and after every resume."""
    text = "/".join(map(str, (seed, *parts)))
    return int.from_bytes(hashlib.blake2b(text.encode(), digest_size=8).digest(), "big") >> 33


def _deviation(values: Sequence[float]) -> float:
    if len(values) < 2:
        return 0.0
    mean = sum(values) / len(values)
    return math.sqrt(sum((value - mean) ** 2 for value in values) / (len(values) - 1))
