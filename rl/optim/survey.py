"""One look at all gradients before anything is touched: is one of them NaN or inf, are all of them zero?"""

from __future__ import annotations

import math
from typing import Any

import torch

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
    peaks = _agreed([_peak(w) for w in every], every)
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


def _peak(work: Work) -> torch.Tensor:
    """Largest absolute gradient entry, NaN if any is NaN; 0 for an empty shard."""
    if work.grad.numel() == 0:
        return torch.zeros((), device=work.grad.device)
    peak: torch.Tensor = torch.linalg.vector_norm(work.grad, torch.inf)
    return peak.float()


def _agreed(peaks: list[torch.Tensor], work: list[Work]) -> list[float]:
    """Peaks on the host. Shards of one tensor must reach the same decision, so flags are maximised over ranks."""
    values = torch.stack([p.to(peaks[0].device) for p in peaks])
    if any(is_sharded(w.param) for w in work):
        import torch.distributed as dist

        bad = (~torch.isfinite(values)).float()
        flags = torch.stack([bad, torch.where(bad > 0, torch.ones_like(values), values)])
        dist.all_reduce(flags, op=dist.ReduceOp.MAX)
        values = torch.where(flags[0] > 0, torch.full_like(values, torch.nan), flags[1])
    return [float(v) for v in values.tolist()]
