"""One look at all gradients before anything is touched: is one of them NaN or inf, are all of them zero?"""

from __future__ import annotations

import math
from typing import Any

import torch

from rl.optim import native
from rl.optim.errors import NonFiniteGradientError
from rl.optim.shards import is_sharded
from rl.optim.work import Work

Jobs = list[tuple[dict[str, Any], list[Work]]]


def reason_to_skip(jobs: Jobs) -> str:
    """Why this step must not happen, or an empty string.

    Raises:
        NonFiniteGradientError: under ``nonfinite="raise"``; names the parameters by position and shape.
    """
    watched = [w for group, work in jobs if group["nonfinite"] in ("raise", "skip") for w in work]
    calm = any(group["idle"] == "skip_step" for group, _ in jobs)
    if not watched and not calm:
        return ""
    every = [w for _, work in jobs for w in work]
    peaks = _peaks(every)
    if calm and all(peak == 0 for peak in peaks):
        return "every gradient is exactly zero"
    bad = [
        w
        for w, peak in zip(every, peaks, strict=True)
        if not math.isfinite(peak) and any(w is v for v in watched)
    ]
    if not bad:
        return ""
    names = ", ".join(f"#{w.key.parameter} {tuple(w.param.shape)}" for w in bad[:5])
    what = f"NaN or inf in the gradient of {len(bad)} of {len(every)} parameters ({names})"
    if any(group["nonfinite"] == "raise" for group, work in jobs if any(w is b for w in work for b in bad)):
        raise NonFiniteGradientError(f"{what}; nothing was changed")
    return what


def _peaks(work: list[Work]) -> list[float]:
    """Largest absolute entry of each gradient, NaN if any is NaN, 0 for an empty shard; equal on all ranks."""
    fast = native.peaks([w.grad for w in work])
    values = (
        torch.tensor(fast) if fast is not None else torch.stack([_peak(w.grad, work[0].grad) for w in work])
    )
    # Shards of one tensor must reach the same decision, so what each rank found is maximised over ranks.
    if any(is_sharded(w.param) for w in work):
        import torch.distributed as dist

        values = values.to(work[0].grad.device)
        bad = (~torch.isfinite(values)).float()
        flags = torch.stack([bad, torch.where(bad > 0, torch.ones_like(values), values)])
        dist.all_reduce(flags, op=dist.ReduceOp.MAX)
        values = torch.where(flags[0] > 0, torch.full_like(values, torch.nan), flags[1])
    return [float(v) for v in values.tolist()]


def _peak(grad: torch.Tensor, like: torch.Tensor) -> torch.Tensor:
    if grad.numel() == 0:
        return torch.zeros((), device=like.device)
    peak: torch.Tensor = torch.linalg.vector_norm(grad, torch.inf)
    return peak.to(device=like.device, dtype=torch.float32)
