"""Which storage formats a group uses, allocating them, and warning where rounding would swallow the steps."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from rl.optim.states import MAXIMUM, MOMENTUM, FullState, StateFormat, compute_dtype
from rl.optim.weights import NearestWeight, WeightFormat

if TYPE_CHECKING:
    from rl.optim.work import Work

_SAMPLE = 4096


def allocate(states: Any, group: dict[str, Any], work: list[Work]) -> None:
    """Create the state of parameters that have none yet: zero momentum, maximum at ``first_max``."""
    for w in work:
        if not states[w.param]:
            dtype = compute_dtype(w.param.dtype)
            states[w.param] = {
                MOMENTUM: torch.zeros_like(w.param, dtype=dtype, memory_format=torch.contiguous_format),
                MAXIMUM: torch.full_like(
                    w.param, group["first_max"], dtype=dtype, memory_format=torch.contiguous_format
                ),
            }


def state_format(group: dict[str, Any], tensors: dict[str, Tensor]) -> StateFormat:
    """A view of flat state tensors through the group's format."""
    return FullState(tensors[MOMENTUM], tensors[MAXIMUM])


def weight_format(group: dict[str, Any], weight: Tensor, tensors: dict[str, Tensor]) -> WeightFormat:
    """A view of a flat weight through the group's rounding."""
    return NearestWeight(weight)


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
