"""Which storage formats a group uses, allocating them, and warning where rounding would swallow the steps."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from rl.optim import states as codes
from rl.optim.settings import OptimizerError
from rl.optim.states import (
    MAXIMUM,
    MOMENTUM,
    BFloat16State,
    CorrectedWeight,
    EightBitState,
    FullState,
    NearestWeight,
    StateFormat,
    StochasticWeight,
    WeightFormat,
    compute_dtype,
)

if TYPE_CHECKING:
    from rl.optim.work import Work

_SAMPLE = 4096
CORRECTION = "correction"


def allocate(states: Any, group: dict[str, Any], work: list[Work]) -> None:
    """Create the state of parameters that have none yet: zero momentum, maximum at ``first_max`` or just above."""
    for w in work:
        if not states[w.param]:
            states[w.param] = _fresh(group, w.param)


def _fresh(group: dict[str, Any], p: Tensor) -> dict[str, Tensor]:
    momentum, maximum = _dtypes(group, p.dtype)

    def zeros(dtype: torch.dtype) -> Tensor:
        # zeros_like keeps the sharding of a DTensor, so that distributed checkpoints can save it
        return torch.zeros_like(p, dtype=dtype, memory_format=torch.contiguous_format)

    state = {MOMENTUM: zeros(momentum), MAXIMUM: zeros(maximum)}
    if rounding_of(group, p.dtype) == "correction":
        state[CORRECTION] = zeros(torch.int8)
    if group["first_max"]:
        first = torch.tensor([group["first_max"]], dtype=compute_dtype(p.dtype))
        if maximum == torch.uint8:
            first = codes.e5m3_encode_up(first, exponent_of(group))
        elif maximum == torch.bfloat16:
            first = codes.bf16_round_up(first)
        state[MAXIMUM].fill_(first.item())
    return state


def _dtypes(group: dict[str, Any], dtype: torch.dtype) -> tuple[torch.dtype, torch.dtype]:
    """Storage of momentum and maximum."""
    chosen = group["state_dtype"]
    if chosen == "auto":
        return compute_dtype(dtype), compute_dtype(dtype)
    return (torch.bfloat16, torch.bfloat16) if chosen == "bfloat16" else (torch.int8, torch.uint8)


def exponent_of(group: dict[str, Any]) -> int:
    """Exponent of the group's 8-bit maxima: the fixed one, else the one that follows the gradients (scale.py), else 4."""
    if group["max_exponent"] is not None:
        return int(group["max_exponent"])
    chosen = group.get("exponent")  # checkpoints of earlier versions have none
    return 4 if chosen is None else int(chosen)


def check_formats(group: dict[str, Any], p: Tensor) -> None:
    """Raise OptimizerError on a format that this parameter cannot take."""
    if p.dtype == torch.float64 and group["state_dtype"] != "auto":
        raise OptimizerError("float64 weights keep float64 state: leave state_dtype at 'auto'")
    if group["weight_rounding"] in ("stochastic", "correction") and p.dtype != torch.bfloat16:
        raise OptimizerError(
            f"weight_rounding={group['weight_rounding']!r} is for bfloat16 weights, not {p.dtype}"
        )


def state_format(group: dict[str, Any], tensors: dict[str, Tensor]) -> StateFormat:
    """A view of flat state tensors through their format."""
    momentum, maximum = tensors[MOMENTUM], tensors[MAXIMUM]
    if maximum.dtype == torch.uint8:
        return EightBitState(momentum, maximum, exponent_of(group))
    if maximum.dtype == torch.bfloat16:
        return BFloat16State(momentum, maximum)
    return FullState(momentum, maximum)


def weight_format(group: dict[str, Any], weight: Tensor, tensors: dict[str, Tensor]) -> WeightFormat:
    """A view of a flat weight through the group's rounding."""
    rounding = rounding_of(group, weight.dtype)
    if rounding == "correction":
        return CorrectedWeight(weight, tensors[CORRECTION])
    return StochasticWeight(weight) if rounding == "stochastic" else NearestWeight(weight)


def rounding_of(group: dict[str, Any], dtype: torch.dtype) -> str:
    """The weight rounding in force: ``auto`` is stochastic for bf16 and nearest for every other dtype."""
    chosen = str(group["weight_rounding"])
    return ("stochastic" if dtype == torch.bfloat16 else "nearest") if chosen == "auto" else chosen


def warn_if_steps_vanish(jobs: list[tuple[dict[str, Any], list[Work]]]) -> bool:
    """Warn once if rounding to nearest would lose most steps (lr under half a unit in the last place)."""
    lost = seen = 0
    for group, work in jobs:
        if group["capturable"]:
            continue
        for w in work:
            if w.weight.itemsize == 2 and rounding_of(group, w.weight.dtype) == "nearest":
                sample = w.weight.flatten()[:_SAMPLE]
                lost += int((sample + float(group["lr"]) == sample).sum())
                seen += sample.numel()
    if lost * 2 > seen:
        warnings.warn(
            f"{100 * lost // seen} % of the low-precision weights cannot move: lr is under half a unit in the last "
            "place. Use weight_rounding='stochastic' or 'correction', fp32 weights, or a larger lr.",
            stacklevel=4,
        )
        return True
    return False
