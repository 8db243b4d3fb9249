"""Is the mean sign m/G? Asked of whole steps, in every storage format and on every path that this machine has."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch

from rl.optim import codes, compiled
from rl.optim.formats import state_format
from rl.optim.states import MAXIMUM, MOMENTUM
from rl.optim.stosign import StoSignSGD

RATIOS = (-0.9, -0.5, -0.1, 0.01, 0.1, 0.5, 0.9)
_FORMATS = (
    (torch.float64, "auto"),
    (torch.float32, "auto"),
    (torch.float32, "bfloat16"),
    (torch.float32, "8bit"),
    (torch.bfloat16, "auto"),
    (torch.bfloat16, "bfloat16"),
    (torch.bfloat16, "8bit"),
)
_PATHS: dict[str, dict[str, Any]] = {
    "loop": {"fused": False, "foreach": False},
    "foreach": {"foreach": True},
    "kernel": {"fused": True},
}


@dataclass(frozen=True, slots=True)
class Bias:
    """Mean sign of one step over ``draws`` equal elements, against m/G."""

    path: str
    weights: torch.dtype
    state: str
    ratio: float  # m/G as the step sees it, after the state's own rounding
    errors: float  # distance in standard errors


def biases(draws: int, device: str = "cpu") -> list[Bias]:
    """Every path, format and ratio; the kernel where it is built (it has no fp64)."""
    found = []
    for path, options in _PATHS.items():
        for dtype, state in _FORMATS:
            if path == "kernel" and (dtype == torch.float64 or (device == "cpu" and not compiled.library())):
                continue
            found += [_bias(path, options, dtype, state, ratio, draws, device) for ratio in RATIOS]
    return found


def _bias(
    path: str, options: dict[str, Any], dtype: torch.dtype, state: str, ratio: float, draws: int, device: str
) -> Bias:
    # From weight 0 with lr 1 a step leaves minus the sign itself, exact in every format.
    p = torch.nn.Parameter(torch.zeros(draws, dtype=dtype, device=device))
    p.grad = torch.full_like(p, ratio)
    momentum = 0.9
    settings: dict[str, Any] = {"state_dtype": state, "max_exponent": 4, **options}
    optimizer = StoSignSGD([p], lr=1.0, momentum=momentum, seed=2, **settings)
    optimizer.step()
    with torch.no_grad():
        p.zero_()
    group = optimizer.param_groups[0]
    _hold(optimizer.state[p], ratio, group["max_exponent"])
    m, top = (t[:1].double() for t in state_format(group, optimizer.state[p]).read())
    seen = float((m * momentum + p.grad[:1].double() * (1 - momentum)) / top)
    optimizer.step()
    error = math.sqrt((1 - seen * seen) / draws)
    return Bias(path, dtype, state, seen, abs(-float(p.detach().double().mean()) - seen) / error)


def _hold(state: dict[str, torch.Tensor], ratio: float, max_exponent: int) -> None:
    """Momentum ``ratio`` under a maximum of 1."""
    if state[MAXIMUM].dtype == torch.uint8:
        one = torch.ones(1, device=state[MAXIMUM].device)
        state[MAXIMUM].copy_(codes.e5m3_encode_up(one, max_exponent))
        state[MOMENTUM].fill_(round(ratio * 127))
    else:
        state[MAXIMUM].fill_(1.0)
        state[MOMENTUM].fill_(ratio)
