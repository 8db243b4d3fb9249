"""One look at the gradient of all ranks before anything is exchanged: nothing to send, or nothing that may be sent.

Without it an update of zeros would spend bytes, and error feedback would turn it into a step out of old residuals; NaN on
one rank would raise there, inside autograd. All ranks see the same maximum, so all decide the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
import torch.distributed as dist

if TYPE_CHECKING:
    from torch import Tensor

    from rl.distributed.hook import Exchange


@dataclass
class Guarded:
    """``exchange``, asked only for gradients that are finite everywhere and not zero everywhere.

    Costs one max all-reduce of four bytes, which no exchange counts in its payload.
    """

    exchange: Exchange
    exchanges: int = 0  # how often the exchange was asked

    def average(self, grad: Tensor) -> Tensor:
        """The exchange's average of ``grad`` [n]; zeros where it is zero on all ranks, NaN where it is not finite on one."""
        top = grad.abs().max() if grad.numel() else grad.new_zeros(())
        top = torch.where(torch.isfinite(top), top, torch.inf)  # NaN does not survive every backend's max
        dist.all_reduce(top, op=dist.ReduceOp.MAX)
        if top == 0:
            return torch.zeros_like(grad)
        if not torch.isfinite(top):
            return torch.full_like(grad, torch.nan)
        self.exchanges += 1
        return self.exchange.average(grad)
