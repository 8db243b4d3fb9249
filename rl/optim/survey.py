"""One look at all gradients before anything is touched: is one of them NaN or inf, are all of them zero, how large are they?"""

from __future__ import annotations

import math
from typing import Any

import torch

from rl.optim import native
from rl.optim.errors import NonFiniteGradientError
from rl.optim.shards import is_sharded
from rl.optim.work import Work

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
    names = ", ".join(f"#{w.key.parameter} {tuple(w.param.shape)}" for w in bad[:5])
    what = f"NaN or inf in the gradient of {len(bad)} of {len(every)} parameters ({names})"
    if any(group["nonfinite"] == "raise" for group, work in jobs if any(w is b for w in work for b in bad)):
        raise NonFiniteGradientError(f"{what}; nothing was changed")
    return what, found


def peaks(work: list[Work], tensors: list[torch.Tensor]) -> list[float]:
    """Largest absolute entry of each of ``tensors``, one for each work: NaN if any is NaN, 0 if empty; equal on all ranks."""
    fast = native.peaks(tensors)
    values = torch.tensor(fast) if fast is not None else torch.stack([_peak(t, tensors[0]) for t in tensors])
    # Shards of one tensor must reach the same decision, so what each rank found is maximised over ranks.
    if any(is_sharded(w.param) for w in work):
        import torch.distributed as dist

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
