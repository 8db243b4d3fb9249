"""One look at all gradients before anything is touched: is one of them NaN or inf, are all of them zero, how large are they?"""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor

from rl.optim import native
from rl.optim import states as codes
from rl.optim.formats import Work, exponent_of, is_sharded, local_tensor
from rl.optim.settings import NonFiniteGradientError
from rl.optim.states import MAXIMUM, MOMENTUM

Jobs = list[tuple[dict[str, Any], list[Work]]]


def look(jobs: Jobs) -> tuple[str, list[float] | None]:
    """Why this step must not happen ("" if it may), and the largest entry of each gradient in the order of ``jobs``.

    The second is None where no setting asked for a look at the gradients.

    Raises:
        NonFiniteGradientError: under ``nonfinite="raise"``; names the parameters by position and shape.
    """
    watched = [w for group, work in jobs if group["nonfinite"] in ("raise", "skip") for w in work]
    calm = any(group["idle"] == "skip_step" for group, _ in jobs)
    if not watched and not calm:
        return "", None
    every = [w for _, work in jobs for w in work]
    found = peaks(every, [w.grad for w in every])
    if calm and all(peak == 0 for peak in found):
        return "every gradient is exactly zero", found
    bad = [
        w
        for w, peak in zip(every, found, strict=True)
        if not math.isfinite(peak) and any(w is v for v in watched)
    ]
    if not bad:
        return "", found
    what = _named(bad, every)
    if any(group["nonfinite"] == "raise" for group, work in jobs if any(w is b for w in work for b in bad)):
        raise NonFiniteGradientError(f"{what}; nothing was changed")
    return what, found


def refuse_nonfinite(work: list[Work]) -> None:
    """Raise NonFiniteGradientError, on all ranks, if a gradient holds NaN or inf on one of them."""
    found = peaks(work, [w.grad for w in work]) if work else []
    if bad := [w for w, peak in zip(work, found, strict=True) if not math.isfinite(peak)]:
        raise NonFiniteGradientError(f"{_named(bad, work)}; nothing was changed")


def _named(bad: list[Work], every: list[Work]) -> str:
    names = ", ".join(f"#{w.key.parameter} {tuple(w.param.shape)}" for w in bad[:5])
    return f"NaN or inf in the gradient of {len(bad)} of {len(every)} parameters ({names})"


def peaks(work: list[Work], tensors: list[torch.Tensor]) -> list[float]:
    """Largest absolute entry of each of ``tensors``, one for each work: NaN if any is NaN, 0 if empty; equal on all ranks."""
    fast = native.peaks(tensors)
    values = torch.tensor(fast) if fast is not None else torch.stack([_peak(t, tensors[0]) for t in tensors])
    # Shards of one tensor must reach the same decision, so what each rank found is maximised over ranks.
    if any(is_sharded(w.param) for w in work):
        values = values.to(tensors[0].device)
        bad = (~torch.isfinite(values)).float()
        flags = torch.stack([bad, torch.where(bad > 0, torch.ones_like(values), values)])
        dist.all_reduce(flags, op=dist.ReduceOp.MAX)
        values = torch.where(flags[0] > 0, torch.full_like(values, torch.nan), flags[1])
    return [float(v) for v in values.tolist()]


def _peak(tensor: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    if tensor.numel() == 0:
        return torch.zeros((), device=like.device)
    peak: torch.Tensor = torch.linalg.vector_norm(tensor, torch.inf)
    return peak.to(device=like.device, dtype=torch.float32)


# -- Where the 8-bit maximum of a group lies on the number line: 31.9 octaves that follow the size of the gradients. --
#
# An E5M3 code spans 31.9 octaves up to ``1.875 * 2**exponent``. A fixed exponent has a floor: gradients below it would all share
# one maximum and lose their direction in its noise. So a group chooses its exponent at its first gradient, `HEADROOM` octaves
# above the largest entry, and moves it up when a larger one comes. ``group["exponent"]`` holds it, and checkpoints with it.

# Octaves above the largest entry of the first gradient; 24 are left below it, down to 6e-8 of it
HEADROOM = 7
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
        elif own is not None or group["exponent"] is None:
            _choose(states, group, _largest(group, work, own))


def _largest(group: dict[str, Any], work: list[Work], own: list[float] | None) -> float:
    """A bound on what the momentum can reach in this step."""
    if own is None or not all(map(math.isfinite, own)):  # entries that are ignored are not finite
        finite = [torch.where(torch.isfinite(w.grad), w.grad, torch.zeros_like(w.grad)) for w in work]
        own = peaks(work, finite)
    coupled = group["weight_decay"] if group["decay_form"] == "coupled" else 0.0
    pull = coupled * max(peaks(work, [w.weight for w in work])) if coupled else 0.0
    return max(*own, 0.0) + pull


def _choose(states: Any, group: dict[str, Any], largest: float) -> None:
    """Set the exponent where there is none, raise it where ``largest`` would saturate the maximum."""
    old = group["exponent"]
    largest = max(largest, group["first_max"] if old is None else 0.0)
    if largest == 0.0 or (old is not None and largest <= 1.875 * 2.0**old):
        return
    new = min(_HIGHEST, max(_LOWEST, math.frexp(largest)[1] - 1 + (HEADROOM if old is None else RAISED)))
    group["exponent"] = new
    if old is None or new == old:
        return
    for p in group["params"]:  # also of those without a gradient now: the exponent is of all
        if state := states.get(p):
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
        stacklevel=8,
    )
