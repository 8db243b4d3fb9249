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


# -- The one definition of noise: Philox-4x32-10, keyed by (seed, step, parameter, global element index). --
#
# Nothing is stored and nothing depends on launch shape, device or sharding. Replicas therefore draw the same
# noise, a shard draws exactly its part of the unsharded tensor's noise, and a resumed run continues bit for bit.
# The C++ and Triton kernels compute the same words; this file is the plain-integer reference that they must match.
#
# Layout. Elements are taken in tiles of 128 = 4 rows x 32 lanes. Element ``e`` uses output word ``(e >> 5) & 3`` of the
# Philox block with counter ``(lane, stream, parameter, step)`` and key ``(seed low, seed high)``, where
# ``lane = (e >> 7) * 32 + (e & 31)``. One Philox call serves four elements; a row fills two vector registers or one
# cache line of fp32, and a tile's words stay in a corner of the first cache.
#
# Use of one 32-bit word: bits 31..8 are the sign noise, bits 23..8 round momentum, bits 15..0 round weights. Where
# the fields overlap, the most significant bits of one are the least significant of the other, so each is exactly
# uniform on its own and any two decisions are independent up to 2**-8.
#
# Philox: Salmon, Moraes, Dror, Shaw, "Parallel random numbers: as easy as 1, 2, 3" (SC 2011).

LANES = 32
TILE = 4 * LANES
MAX_ELEMENTS = 1 << 34  # a lane is a 32-bit counter and serves four elements

_MASK = 0xFFFFFFFF
_M0, _M1 = 0xD2511F53, 0xCD9E8D57
_W0, _W1 = 0x9E3779B9, 0xBB67AE85


@dataclass(frozen=True, slots=True)
class NoiseKey:
    """Names one tensor's noise at one step. ``step`` may be a 0-dim int64 tensor (capturable graphs)."""

    seed: int
    step: int | Tensor
    parameter: int
    stream: int = 0


def philox(counter: tuple[Tensor | int, ...], key: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    """Ten rounds of Philox-4x32 on int64 tensors that hold 32-bit words; at least one counter is a tensor."""
    c0, c1, c2, c3 = (torch.as_tensor(c) for c in counter)
    k0, k1 = key
    for _ in range(10):
        # int64 products wrap; the arithmetic shift leaves sign bits above bit 31, which the mask removes.
        p0, p1 = c0 * _M0, c2 * _M1
        c0, c1 = ((p1 >> 32) & _MASK) ^ c1 ^ k0, p1 & _MASK
        c2, c3 = ((p0 >> 32) & _MASK) ^ c3 ^ k1, p0 & _MASK
        k0, k1 = (k0 + _W0) & _MASK, (k1 + _W1) & _MASK
    return c0, c1, c2, c3


def words(start: int, count: int, key: NoiseKey, device: torch.device | str = "cpu") -> Tensor:
    """Words (int64, shape ``[count]``, values below 2**32) of global elements ``start .. start + count``."""
    first = start // TILE
    last = -(-(start + count) // TILE)
    lanes = torch.arange(first * LANES, last * LANES, dtype=torch.int64, device=device)
    step = key.step & _MASK if isinstance(key.step, int) else key.step.to(device=device, dtype=torch.int64)
    rows = philox((lanes, key.stream & _MASK, key.parameter & _MASK, step), split_seed(key.seed))
    tiles = torch.stack([row.view(-1, LANES) for row in rows], dim=1)
    return tiles.view(-1)[start - first * TILE :][:count]


def split_seed(seed: int) -> tuple[int, int]:
    """The two 32-bit halves of a 64-bit seed."""
    return seed & _MASK, (seed >> 32) & _MASK


def derive_seed(seed: int, *parts: int) -> int:
    """A new 64-bit seed from a seed and integers such as a rank; splitmix64 finalizer, so neighbours are unrelated."""
    for part in parts:
        seed = (seed + (part + 1) * 0x9E3779B97F4A7C15) & (1 << 64) - 1
        seed = (seed ^ seed >> 30) * 0xBF58476D1CE4E5B9 & (1 << 64) - 1
        seed = (seed ^ seed >> 27) * 0x94D049BB133111EB & (1 << 64) - 1
        seed ^= seed >> 31
    return seed


def sign_noise(word: Tensor, dtype: torch.dtype = torch.float32) -> Tensor:
    """Centred noise on (-1, 1) from bits 31..8: ``(2u + 1 - 2**24) / 2**24``, exact in fp32, symmetric, never 0."""
    return (((word >> 7) | 1) - (1 << 24)).to(dtype) * 2.0**-24


def momentum_bits(word: Tensor) -> Tensor:
    """Sixteen bits (23..8) that round momentum stochastically."""
    return (word >> 8) & 0xFFFF


def weight_bits(word: Tensor) -> Tensor:
    """Sixteen bits (15..0) that round weights stochastically."""
    return word & 0xFFFF
