"""Random numbers that belong to an attempt, not to a batch.

The uniform number behind a token is a hash of (seed, theorem, sample index, position). So an attempt does not depend on
which other attempts were decoded with it, and a resumed evaluation draws what the unbroken one would have drawn.
"""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import torch

_STEP = np.uint64(0x9E3779B97F4A7C15)


def key(seed: int, theorem: str, index: int) -> int:
    """The 64-bit key of one attempt."""
    return int.from_bytes(blake2b(f"{seed}\0{theorem}\0{index}".encode(), digest_size=8).digest(), "little")


def uniforms(keys: np.ndarray, position: int) -> np.ndarray:
    """One number in [0, 1) for each uint64 key at a token position (splitmix64, 53 bits)."""
    with np.errstate(over="ignore"):
        z = keys + np.uint64(position + 1) * _STEP
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(11)).astype(np.float64) * 2.0**-53


def pick(
    logits: torch.Tensor, temperature: float, top_p: float, u: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Token ids (rows,) by inversion of the distribution at `u` (rows,), and their log-probabilities (rows,).

    The log-probability is of the tempered distribution before top-p, log softmax(logits / T): what TRL recomputes.
    """
    logprobs = torch.log_softmax(logits.float() / temperature, -1)
    probs = logprobs.exp()
    if top_p < 1.0:
        ordered, order = probs.sort(-1, descending=True)
        outside = ordered.cumsum(-1) - ordered >= top_p
        probs = torch.zeros_like(probs).scatter(-1, order, ordered.masked_fill(outside, 0.0))
    cumulative = probs.double().cumsum(-1)
    target = u.to(cumulative)[:, None] * cumulative[:, -1:]
    ids = torch.searchsorted(cumulative, target, right=True).clamp(max=logits.shape[-1] - 1)
    return ids[:, 0], logprobs.gather(-1, ids)[:, 0]
