"""Where the 8-bit maximum of a group lies on the number line: 31.9 octaves that follow the size of the gradients.

An E5M3 code spans 31.9 octaves up to ``1.875 * 2**exponent``. A fixed exponent has a floor: gradients below it would all share
one maximum and lose their direction in its noise. So a group chooses its exponent at its first gradient, `HEADROOM` octaves
above the largest entry, and moves it up when a larger one comes. ``group["exponent"]`` holds it, and checkpoints with it.
"""

from __future__ import annotations

import math
import warnings
from typing import TYPE_CHECKING, Any

import torch

from rl.optim import codes, survey
from rl.optim.formats import exponent_of
from rl.optim.shards import local_tensor
from rl.optim.states import MAXIMUM, MOMENTUM

if TYPE_CHECKING:
    from torch import Tensor

    from rl.optim.survey import Jobs
    from rl.optim.work import Work

HEADROOM = (
    7  # octaves above the largest entry of the first gradient; 24 are left below it, down to 6e-8 of it
)
RAISED = 1  # octaves above a larger one that comes later: what is raised can be raised again, and the floor rises with it
_LOWEST, _HIGHEST = -96, 126  # of exponents: below, codes would be subnormal; above, infinite


def follow(states: Any, jobs: Jobs, found: list[float] | None) -> None:
    """Choose or raise the exponent of each 8-bit group; ``found`` holds the largest entry of each gradient, if known.

    Where the exponent is fixed, a first gradient outside its range or near its floor is warned of.
    """
    first = 0
    for group, work in jobs:
        own = None if found is None else found[first : first + len(work)]
        first += len(work)
        if group["state_dtype"] != "8bit" or not work:
            continue
        if group["max_exponent"] is not None or group["capturable"]:
            if own is not None and not group["capturable"] and group["step"] == 0:
                _warn_if_outside(group, max(own))
        elif own is not None or group.get("exponent") is None:
            _choose(states, group, work, _largest(group, work, own))


def _largest(group: dict[str, Any], work: list[Work], own: list[float] | None) -> float:
    """A bound on what the momentum can reach in this step."""
    if own is None or not all(map(math.isfinite, own)):  # entries that are ignored are not finite
        finite = [torch.where(torch.isfinite(w.grad), w.grad, torch.zeros_like(w.grad)) for w in work]
        own = survey.peaks(work, finite)
    coupled = group["weight_decay"] if group["decay_form"] == "coupled" else 0.0
    pull = coupled * max(survey.peaks(work, [w.weight for w in work])) if coupled else 0.0
    return max(*own, 0.0) + pull


def _choose(states: Any, group: dict[str, Any], work: list[Work], largest: float) -> None:
    """Set the exponent where there is none, raise it where ``largest`` would saturate the maximum."""
    old = group.get("exponent")
    largest = max(largest, group["first_max"] if old is None else 0.0)
    if largest == 0.0 or (old is not None and largest <= 1.875 * 2.0**old):
        return
    new = min(_HIGHEST, max(_LOWEST, math.frexp(largest)[1] - 1 + (HEADROOM if old is None else RAISED)))
    group["exponent"] = new
    if old is None or new == old:
        return
    for w in work:
        if state := states[w.param]:
            _move(local_tensor(state[MOMENTUM]), local_tensor(state[MAXIMUM]), old, new)


def _move(momentum: Tensor, maximum: Tensor, old: int, new: int) -> None:
    """Write both states in codes of the exponent ``new``; only maxima below its floor change, and their ratios with them."""
    before = codes.e5m3_decode(maximum, old)
    shifted = codes.e5m3_encode_up(before, new)
    after = codes.e5m3_decode(shifted, new)
    ratio = momentum.float() * torch.where(after > 0, before / after, 0.0)
    momentum.copy_(ratio.round().to(torch.int8))
    maximum.copy_(shifted.to(torch.uint8))


def _warn_if_outside(group: dict[str, Any], largest: float) -> None:
    exponent = exponent_of(group)
    if largest == 0.0 or 2.0 ** (exponent - 24) <= largest <= 1.875 * 2.0**exponent:
        return
    where = "above" if largest > 2.0**exponent else "near or below the lower end of"
    warnings.warn(
        f"the largest gradient is {largest:.2g}, {where} what the 8-bit maximum holds with max_exponent {exponent} "
        f"({2.0 ** (exponent - 31):.2g} to {1.875 * 2.0**exponent:.2g}): directions are lost. Leave max_exponent at None, "
        "which follows the gradients, or scale the loss.",
        stacklevel=5,
    )
