"""The StoSignSGD update on one flat run of elements, operation by operation.

    m     <- b1 * m + (1 - b1) * g
    G     <- max(decay * G, |m|)
    s     <- sign(m + G * n),  n uniform on (-1, 1)
    theta <- theta - (lr * s + lr * wd * theta)

Algorithm 3 of arXiv 2604.15416v1 (exact form as given by third parties; see docs/optimizers.md). Each line below
is one IEEE operation, never a fused multiply-add: that is what lets the C++ and Triton kernels agree bit for bit.
The sign is taken by comparison with ``-G * n`` so that no compiler can fuse it either.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from rl.optim.noise import sign_noise

if TYPE_CHECKING:
    from rl.optim.states import StateFormat, WeightFormat


@dataclass(frozen=True, slots=True)
class Rule:
    """Everything the update of one group needs besides its tensors; ``lr`` and ``decay`` as used this step."""

    lr: float | Tensor
    decay: float | Tensor  # multiplies the old weight: lr * wd (decoupled), wd (independent), 0 (coupled)
    coupled: float  # wd added to the gradient, 0 unless decay_form is "coupled"
    momentum: float
    max_decay: float
    idle_skip: bool  # leave a coordinate alone where its gradient is exactly 0
    idle_ratio: float  # leave a weight alone where |m| < idle_ratio * G
    ignore_nonfinite: bool  # leave a coordinate alone where its gradient is NaN or inf
    maximize: bool


def stochastic_sign(value: Tensor, envelope: Tensor, word: Tensor) -> Tensor:
    """``sign(value + envelope * n)`` in the dtype of ``value``; expectation ``value / envelope`` if |value| <= envelope."""
    threshold = (envelope * sign_noise(word, value.dtype)).neg_()
    return (value > threshold).to(value.dtype) - (value < threshold).to(value.dtype)


def update(weight: WeightFormat, grad: Tensor, state: StateFormat, word: Tensor, rule: Rule) -> None:
    """Advance weight and state in place. All tensors are flat and of one length; ``word`` is int64 noise."""
    theta = weight.read()
    g = grad.to(theta.dtype)
    if rule.maximize:
        g = -g
    if rule.coupled:
        g = g + theta * rule.coupled
    m, envelope = state.read()
    m = m * rule.momentum + g * (1 - rule.momentum)
    envelope = state.round_up(torch.maximum(envelope * rule.max_decay, m.abs()))
    sign = stochastic_sign(m, envelope, word)
    moved = theta - (theta * rule.decay + sign * rule.lr)

    keep = _kept(grad, rule)
    still = keep
    if rule.idle_ratio:
        idle = m.abs() < envelope * rule.idle_ratio
        still = idle if keep is None else keep | idle
    weight.write(moved, word, still)
    state.write(m, envelope, word, keep)


def _kept(grad: Tensor, rule: Rule) -> Tensor | None:
    """Where nothing at all may change, or None if every coordinate moves."""
    keep: Tensor | None = None
    if rule.idle_skip:
        keep = grad == 0
    if rule.ignore_nonfinite:
        bad = ~torch.isfinite(grad)
        keep = bad if keep is None else keep | bad
    return keep
