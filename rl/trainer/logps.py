"""From logits to what the GRPO step reads of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor
from torch.utils.checkpoint import checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable

PIECE = 2**25  # logits held at once; with a vocabulary of 50,000 those of about 700 tokens


def chosen_and_entropies(logits: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probability of each token of `ids` [...] under `logits` [..., vocabulary], and entropy (nats) of each row, both [...]."""
    all_logps = torch.log_softmax(logits, dim=-1)
    chosen = all_logps.gather(-1, ids[..., None])[..., 0]
    with torch.no_grad():  # the entropy is only reported
        entropies = -(all_logps.exp() * all_logps).sum(dim=-1)
    return chosen, entropies


def in_pieces(
    logits: Callable[..., Tensor], hidden: Tensor, ids: Tensor, vocabulary: int, *others: Tensor
) -> tuple[Tensor, Tensor]:
    """`chosen_and_entropies` of `logits(hidden, *others)`, at most `PIECE` logits at a time, both [tokens].

    `hidden` [tokens, width], `ids` and each of `others` [tokens]. The logits of all tokens are the largest tensor of a
    step by far: the pieces are computed again in the backward pass instead of being kept.
    """

    def piece(hidden: Tensor, ids: Tensor, *others: Tensor) -> tuple[Tensor, Tensor]:
        return chosen_and_entropies(logits(hidden, *others), ids)

    size = max(1, PIECE // vocabulary)
    if len(ids) <= size:
        return piece(hidden, ids, *others)
    cuts = tuple(range(size, len(ids), size))
    pieces = zip(*(torch.tensor_split(tensor, cuts) for tensor in (hidden, ids, *others)), strict=True)
    parts = [checkpoint(piece, *arguments, use_reentrant=False) for arguments in pieces]
    chosen, entropies = zip(*parts, strict=True)
    return torch.cat(chosen), torch.cat(entropies)
