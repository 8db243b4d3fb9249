"""Dealing a batch to the processes of the trainer: whole groups, so that each has about as many tokens to learn from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rl.groups import Sample


def deal(samples: Sequence[Sample], ranks: int) -> list[list[Sample]]:
    """One list a rank, some empty when there are fewer groups than ranks; every sample is in exactly one.

    Attempts at one problem (one prompt) stay together: their prompt is padded once. The largest group goes first, each to
    the rank with the fewest tokens so far, ties to the lower rank: the same on every machine and after every resume.
    """
    groups: dict[tuple[int, ...], list[Sample]] = {}
    for sample in samples:
        groups.setdefault(sample.prompt_ids, []).append(sample)
    hands: list[list[Sample]] = [[] for _ in range(ranks)]
    tokens = [0] * ranks
    for group in sorted(groups.values(), key=_tokens, reverse=True):
        rank = tokens.index(min(tokens))
        hands[rank] += group
        tokens[rank] += _tokens(group)
    return hands


def _tokens(group: Sequence[Sample]) -> int:
    return sum(len(sample.prompt_ids) + len(sample.token_ids) for sample in group)
