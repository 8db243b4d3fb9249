"""Clip gradients by their global norm, whatever their size.

`torch.nn.utils.clip_grad_norm_` sums squares in the gradients' own dtype: finite float32 entries of 1e20 have an infinite norm
and are all set to 0, entries below 1e-23 have the norm 0 (findings/torch_clip_grad_norm_erases.sh). Here such gradients are
divided by their largest entry first, as BLAS's nrm2 does, which needs no float64 and so runs on every device. Ordinary
gradients take torch's own path and give its bits.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING

import torch
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

if TYPE_CHECKING:
    from torch import Tensor

# Between these the float32 sum of squares has its full precision: an entry whose square is lost below the least normal number
# (1e-38) is then less than 1e-7 of the norm.
_LEAST, _MOST = 1e-12, 1e18
_USUAL = 0.1  # torch adds 1e-6 to the norm, which is not noise any more beside a smaller `max_norm`


@torch.no_grad()
def clip_grad_norm(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients by one factor such that, seen as one vector, they are no longer than `max_norm`.

    Args:
        parameters: Tensors with `grad`, plain or DTensors (FSDP2); those without a gradient are left out. With DTensors every
            rank of the mesh must call.
        max_norm: Above 0.

    Returns:
        The norm before scaling, as a Python float: infinite or NaN only if an entry is, in which case nothing is scaled; 0.0
        only if every entry is 0.
    """
    held = list(parameters)
    gradients = [p.grad for p in held if p.grad is not None]
    if not gradients:
        return 0.0
    total = get_total_norm(gradients)
    norm = _number(total)
    if _LEAST < norm < _MOST and max_norm >= _USUAL:
        clip_grads_with_norm_(held, max_norm, total)
        return norm
    if math.isnan(norm):
        return norm
    largest = max(_number(torch.linalg.vector_norm(g, ord=math.inf)) for g in gradients)
    if largest == 0.0 or math.isinf(largest):
        return largest
    exponent = math.frexp(largest)[1]
    length = math.sqrt(sum(_number(torch.linalg.vector_norm(_scaled(g, exponent))) ** 2 for g in gradients))
    norm = math.ldexp(length, exponent)
    if norm > max_norm:
        for gradient in gradients:
            gradient.copy_(_scaled(gradient, exponent) * (max_norm / length))
    return norm


def _scaled(gradient: Tensor, exponent: int) -> Tensor:
    """The gradient / 2^exponent, at least in float32; in two steps, since 2^-exponent may be no float32."""
    wide = gradient if gradient.dtype == torch.float64 else gradient.float()
    half = exponent // 2
    return wide * 2.0**-half * 2.0 ** (half - exponent)


def _number(value: Tensor) -> float:
    """The value of a scalar, gathered from all ranks if it is a DTensor."""
    return float(value.full_tensor() if hasattr(value, "full_tensor") else value)
