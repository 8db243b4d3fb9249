"""Gradient averaging with one bit per entry each way, unbiased.

Every worker sends ``sign(g + E n)``, where the envelope E is at least |g| on every worker and the noise n is
**independent** on each of them (the rank is part of its key: the opposite of the optimizer's rule, where replicas
must draw the same). The mean of the signs times E is then an unbiased estimate of the mean gradient.

Two phases. Each rank owns one part of the entries: it receives all signs of its part, averages them, and sends the
average back as one more stochastic sign with envelope 1, since ``E[sign(a + n)] = a``. Each rank so sends
``2 (P-1)/P`` bits per entry where a ring all-reduce of fp32 sends ``64 (P-1)/P``.

The shared envelope: the largest magnitude in each block of entries over all ranks, found exactly at every step by a
max all-reduce of one number a block, so no entry is ever clipped. A block whose gradients are all zero comes back
exactly zero.

``rule="majority"`` takes the plain majority vote in the owner instead: the usual baseline, **biased**.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor

from rl.optim.rule import NoiseKey, sign_noise, stochastic_sign, words
from rl.optim.settings import CommunicationError

# -- Signs as single bits: eight to a byte, exact both ways. --

_SHIFTS = tuple(range(8))


def pack(positive: Tensor) -> Tensor:
    """Bool [n], n a multiple of 8, to uint8 [n / 8]; element i is bit i % 8 of byte i // 8."""
    weights = torch.tensor([1 << s for s in _SHIFTS], dtype=torch.uint8, device=positive.device)
    return (positive.view(-1, 8).to(torch.uint8) * weights).sum(1, dtype=torch.uint8)


def unpack(packed: Tensor) -> Tensor:
    """uint8 [n] to fp32 [8 n] of +1 and -1."""
    shifts = torch.tensor(_SHIFTS, dtype=torch.uint8, device=packed.device)
    bits = (packed.unsqueeze(1) >> shifts) & 1
    return bits.flatten().to(torch.float32) * 2 - 1


# -- Sign exchange --


@dataclass
class SignExchange:
    """One-bit averaging; ``payload`` counts the bytes this rank handed to collectives for other ranks."""

    seed: int = 0
    block: int = 1024
    rule: Literal["mean", "majority"] = "mean"
    step: int = 0
    payload: int = 0

    def __post_init__(self) -> None:
        if self.block < 8 or self.rule not in ("mean", "majority"):
            raise CommunicationError("block must be at least 8, rule 'mean' or 'majority'")

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to continue bit for bit."""
        return {"step": self.step, "payload": self.payload}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore ``state_dict``. Raises CommunicationError for that of another exchange."""
        if not {"step", "payload"} <= state.keys():
            raise CommunicationError(
                "not the state of a sign exchange: resume with the exchange that saved it"
            )
        self.step, self.payload = state["step"], state["payload"]

    def average(self, grad: Tensor, idle: Tensor | None = None) -> Tensor:
        """The unbiased estimate of the mean over ranks of ``grad`` [n] (fp32), identical on all ranks.

        ``idle`` entries are sent as all others: nothing is kept that could be lost with them.

        Raises:
            CommunicationError: NaN or inf on any rank; raised on all of them.
        """
        del idle
        world, rank, count = dist.get_world_size(), dist.get_rank(), grad.numel()
        padded = -(-count // (8 * world)) * 8 * world
        g = torch.nn.functional.pad(grad, (0, padded - count))
        envelope = self._envelope(g)
        self.step += 1
        mine = stochastic_sign(g, envelope, self._words(0, padded, 1 + rank, g)) > 0
        part = padded // world
        arrived = torch.empty(padded // 8, dtype=torch.uint8, device=g.device)
        dist.all_to_all_single(arrived, pack(mine))
        mean = unpack(arrived).view(world, part).mean(0)
        answers = torch.empty(padded // 8, dtype=torch.uint8, device=g.device)
        dist.all_gather_single(answers, pack(self._answer(mean, rank * part)))
        self.payload += 2 * (padded // 8) * (world - 1) // world
        return (unpack(answers) * envelope)[:count]

    def _answer(self, mean: Tensor, start: int) -> Tensor:
        """The owner's one-bit answer. Even the vote needs noise where it ties."""
        word = self._words(start, mean.numel(), 0, mean)
        if self.rule == "majority":
            return torch.where(mean == 0, sign_noise(word), mean) > 0
        return stochastic_sign(mean, torch.ones_like(mean), word) > 0

    def _words(self, start: int, count: int, stream: int, like: Tensor) -> Tensor:
        return words(start, count, NoiseKey(self.seed, self.step, 0, stream), like.device)

    def _envelope(self, g: Tensor) -> Tensor:
        count = -(-g.numel() // self.block)
        padded = torch.nn.functional.pad(g.abs(), (0, count * self.block - g.numel()))
        tops = padded.view(count, self.block).amax(1)
        tops = torch.where(torch.isfinite(tops), tops, torch.inf)  # NaN does not survive every backend's max
        dist.all_reduce(tops, op=dist.ReduceOp.MAX)
        world = dist.get_world_size()
        self.payload += 2 * tops.numel() * tops.itemsize * (world - 1) // world  # of a ring
        if not torch.isfinite(tops).all():
            raise CommunicationError("NaN or inf in a gradient on some rank; nothing was exchanged")
        return tops.repeat_interleave(self.block)[: g.numel()]
