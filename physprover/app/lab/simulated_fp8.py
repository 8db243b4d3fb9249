"""FP8 storage simulated on any device: E5M2 gradients and E4M3 optimizer state, with a power-of-two scale a tensor.

Our set-up for the comparison, after what is known of the paper's (gradients E5M2, state E4M3); its scaling is not.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import Tensor

from rl.optim.states import MAXIMUM

if TYPE_CHECKING:
    from torch.optim import Optimizer


def through(x: Tensor, dtype: torch.dtype, up: bool = False) -> Tensor:
    """``x`` as it comes back from ``dtype`` under a scale that brings its largest entry just inside the range.

    ``up`` rounds non-negative values upward, as a running maximum needs.
    """
    top = x.abs().max()
    if top == 0:
        return x.clone()
    limit = torch.finfo(dtype).max
    scale = torch.exp2(torch.floor(torch.log2(limit / top)))
    scaled = x * scale
    code = scaled.to(dtype)
    if up:
        low = code.float() < scaled
        code = (code.view(torch.uint8) + low.to(torch.uint8)).view(dtype)
    return code.to(x.dtype) / scale


def round_gradients(optimizer: Optimizer) -> None:
    """Pass every gradient through E5M2."""
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad = through(p.grad, torch.float8_e5m2)


def round_state(optimizer: Optimizer) -> None:
    """Pass every state tensor of a parameter's shape through E4M3; a running maximum is rounded up."""
    for p, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == p.shape and value.is_floating_point():
                value.copy_(through(value, torch.float8_e4m3fn, up=name == MAXIMUM))
