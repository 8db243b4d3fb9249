"""From logits to what the GRPO step reads of them."""

from __future__ import annotations

import torch
from torch import Tensor


def chosen_and_entropies(logits: Tensor, ids: Tensor) -> tuple[Tensor, Tensor]:
    """Log-probability of each token of `ids` [...] under `logits` [..., vocabulary], and entropy (nats) of each row, both [...]."""
    all_logps = torch.log_softmax(logits, dim=-1)
    chosen = all_logps.gather(-1, ids[..., None])[..., 0]
    with torch.no_grad():  # the entropy is only reported
        entropies = -(all_logps.exp() * all_logps).sum(dim=-1)
    return chosen, entropies
