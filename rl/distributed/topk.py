"""Adaptive Top-K gradient averaging with error compensation, under a byte budget for the whole run.

Each rank adds what it could not send before, sends its k largest entries as (int32 index, bf16 value), and keeps the
rest, the rounding of the values included: the sum of all that was sent plus the residual is the sum of all gradients.
k is chosen from the *previous* step's statistics, which travel with the entries and are equal on all ranks.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import torch
import torch.distributed as dist
from torch import Tensor

from rl.optim.errors import CommunicationError

if TYPE_CHECKING:
    from rl.distributed.budget import ByteBudget

ENTRY_BYTES = 6  # int32 index, bf16 value
HEADER_BYTES = (
    12  # fp64 squared norm, which no fp32 gradient overflows; int32 count of entries that reach the threshold
)
_LARGEST = torch.finfo(
    torch.bfloat16
).max  # fp32 reaches a little beyond; what is cut off stays in the residual


@dataclass
class AdaptiveTopK:
    """Sparse averaging under ``budget``; ``error_feedback=False`` drops what is not sent (for comparison)."""

    budget: ByteBudget
    error_feedback: bool = True
    residual: Tensor | None = None
    squared_norm: float = 0.0
    above: int = 0

    def average(self, grad: Tensor) -> Tensor:
        """The mean over ranks of what each of them sent of ``grad`` [n] (fp32), identical on all ranks.

        Raises:
            CommunicationError: NaN or inf on any rank; raised on all of them.
        """
        world, size = dist.get_world_size(), grad.numel()
        if self.residual is not None:
            grad = grad + self.residual
        k = self.budget.choose(self.squared_norm, self.above, size, HEADER_BYTES * (world - 1))
        top = torch.topk(grad.abs(), k, sorted=False).indices
        values = grad[top].clamp(-_LARGEST, _LARGEST).to(torch.bfloat16)
        everyone = self._gather(self._message(grad, top, values))

        mean = torch.zeros_like(grad)
        norms, counts = [], []
        for rows in everyone:
            norms.append(float(rows[:8].clone().view(torch.float64)))
            counts.append(int(rows[8:HEADER_BYTES].clone().view(torch.int32)))
            where = rows[HEADER_BYTES : HEADER_BYTES + 4 * k].clone().view(torch.int32).to(torch.int64)
            mean.index_add_(
                0, where, rows[HEADER_BYTES + 4 * k :].clone().view(torch.bfloat16).float() / world
            )
        if not all(map(math.isfinite, norms)):
            raise CommunicationError("NaN or inf in a gradient on some rank; the step must not be taken")
        if self.error_feedback:
            self.residual = grad.clone()
            self.residual[top] -= values.float()
        self.squared_norm, self.above = sum(norms) / world, sum(counts) // world
        self.budget.settle(k, everyone[0].numel() * (world - 1), self._first_lam(size))
        return mean

    def _message(self, grad: Tensor, top: Tensor, values: Tensor) -> Tensor:
        norm = torch.linalg.vector_norm(grad, dtype=torch.float64)
        reached = (grad.abs() >= math.sqrt(self.budget.lam or 0.0)).sum().to(torch.int32)
        parts = [norm.square().view(1), reached.view(1), top.to(torch.int32), values]
        return torch.cat([part.view(torch.uint8) for part in parts])

    def _gather(self, message: Tensor) -> list[Tensor]:
        world = dist.get_world_size()
        everyone = torch.empty(world * message.numel(), dtype=torch.uint8, device=message.device)
        dist.all_gather_single(everyone, message)
        return list(everyone.view(world, -1))

    def _first_lam(self, size: int) -> float:
        """Where the controller starts; it corrects what this guess gets wrong."""
        if self.budget.rule == "norm":
            return self.squared_norm * (1 - min(1.0, self.budget.mean_entries() / size))
        return 6.6 * self.squared_norm / size  # the upper percentile of a normal distribution of this norm

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to continue bit for bit; the residual is this rank's own."""
        return {
            "budget": self.budget.state_dict(),
            "residual": self.residual,
            "squared_norm": self.squared_norm,
            "above": self.above,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore ``state_dict``."""
        self.budget.load_state_dict(state["budget"])
        self.residual, self.squared_norm, self.above = (
            state["residual"],
            state["squared_norm"],
            state["above"],
        )
