"""How momentum and running maximum are kept between steps: the formats, and what each of them rounds.

A format reads to the arithmetic dtype, rounds the maximum **up** (a maximum rounded down would let |m| exceed it,
and the clipped ratio would bias the sign), and writes back. ``full`` keeps the arithmetic dtype itself.
"""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from rl.optim.rule import momentum_bits, weight_bits

# -- Roundings between fp32 and the storage formats, as integer operations on bits so that every path gets the same ones. --
#
# All functions take and return fp32 or int32 tensors of equal shape; ``bits`` arguments are int64 noise words' fields.

MOMENTUM_STEPS = 127
# Times 127 it is exactly 1; a product is the same everywhere
_STEP = float(torch.tensor(1 / 127, dtype=torch.float32))


def to_bf16_stochastic(x: Tensor, bits16: Tensor) -> Tensor:
    """fp32 to bf16: up in magnitude with the probability that makes the expectation exact."""
    raw = x.view(torch.int32) + bits16.to(torch.int32)
    return (raw & ~0xFFFF).view(torch.float32).to(torch.bfloat16)


def bf16_round_up(x: Tensor) -> Tensor:
    """The least bf16 value not below ``x`` >= 0, as fp32."""
    return ((x.view(torch.int32) + 0xFFFF) & ~0xFFFF).view(torch.float32)


def e5m3_offset(max_exponent: int) -> int:
    """What to subtract from the top 11 bits (exponent, three mantissa bits) of a positive fp32 to get its code."""
    return (max_exponent + 96) * 8


def e5m3_encode_up(x: Tensor, max_exponent: int) -> Tensor:
    """Codes (int32, 0..255) of the least E5M3 value not below ``x`` >= 0; at most 12.5 % above it. 0 stays 0.

    The code is monotone and scale-free: 31.9 octaves up to ``1.875 * 2**max_exponent``, where it saturates.
    """
    code = ((x.view(torch.int32) + 0xFFFFF) >> 20) - e5m3_offset(max_exponent)
    return torch.where(x > 0, code.clamp(1, 255), 0)


def e5m3_decode(code: Tensor, max_exponent: int) -> Tensor:
    """The fp32 value of each code."""
    raw = (code.to(torch.int32) + e5m3_offset(max_exponent)) << 20
    return torch.where(code > 0, raw, 0).view(torch.float32)


def ratio_encode(m: Tensor, envelope: Tensor, bits16: Tensor) -> Tensor:
    """int8 codes of ``m / envelope`` in [-1, 1], rounded stochastically in steps of 1/127."""
    ratio = torch.where(envelope > 0, m / envelope, 0.0) * MOMENTUM_STEPS
    code = torch.floor(ratio + bits16.to(torch.float32) * 2.0**-16)
    return code.clamp(-MOMENTUM_STEPS, MOMENTUM_STEPS).to(torch.int8)


def ratio_decode(code: Tensor, envelope: Tensor) -> Tensor:
    """``code / 127 * envelope``; never above the envelope."""
    return code.to(torch.float32) * _STEP * envelope


def corrected_read(weight: Tensor, correction: Tensor) -> Tensor:
    """The 24-bit master behind a bf16 weight and its int8 correction, as fp32."""
    raw = (weight.view(torch.int16).to(torch.int32) << 16) + (correction.to(torch.int32) << 8)
    return raw.view(torch.float32)


def corrected_write(x: Tensor, bits8: Tensor) -> tuple[Tensor, Tensor]:
    """Round fp32 stochastically to 24 bits; returns (nearest bf16, int8 distance to it in 2**-8 units)."""
    raw = (x.view(torch.int32) + bits8.to(torch.int32)) & ~0xFF
    high = (raw + 0x8000) >> 16
    return high.to(torch.int16).view(torch.bfloat16), ((raw - (high << 16)) >> 8).to(torch.int8)


# -- States --

MOMENTUM = "momentum"
MAXIMUM = "running_max"


def compute_dtype(dtype: torch.dtype) -> torch.dtype:
    """The dtype of the arithmetic: fp64 for fp64 weights, fp32 for everything else."""
    return torch.float64 if dtype == torch.float64 else torch.float32


def store(target: Tensor, value: Tensor, keep: Tensor | None) -> None:
    """Copy ``value`` into ``target`` except where ``keep``; dtype conversion must be exact."""
    value = value.to(target.dtype)
    target.copy_(value if keep is None else torch.where(keep, target, value))


@dataclass(frozen=True, slots=True)
class FullState:
    """Both states in the arithmetic dtype: 8 bytes a parameter, nothing rounded."""

    momentum: Tensor
    maximum: Tensor

    def read(self) -> tuple[Tensor, Tensor]:
        """Momentum and running maximum in the arithmetic dtype."""
        return self.momentum, self.maximum

    def round_up(self, envelope: Tensor) -> Tensor:
        """The least value that the format can hold and that is not below ``envelope``."""
        return envelope

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        """Store both, except where ``keep``; ``envelope`` comes from ``round_up``, ``word`` rounds ``m``."""
        del word  # nothing to round
        store(self.momentum, m, keep)
        store(self.maximum, envelope, keep)


@dataclass(frozen=True, slots=True)
class BFloat16State:
    """Both in bf16, 4 bytes a parameter: momentum rounded stochastically, maximum rounded up."""

    momentum: Tensor
    maximum: Tensor

    def read(self) -> tuple[Tensor, Tensor]:
        return self.momentum.float(), self.maximum.float()

    def round_up(self, envelope: Tensor) -> Tensor:
        return bf16_round_up(envelope)

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.momentum, to_bf16_stochastic(m, momentum_bits(word)), keep)
        store(self.maximum, envelope, keep)


@dataclass(frozen=True, slots=True)
class EightBitState:
    """2 bytes a parameter, no scales, no blocks: the maximum is its own element's scale.

    The maximum is an E5M3 code rounded up. Momentum never exceeds it, so it is kept as the ratio of the two in steps
    of 1/127, rounded stochastically. Every element stands alone: shards and odd sizes need no special case.
    """

    momentum: Tensor
    maximum: Tensor
    max_exponent: int

    def read(self) -> tuple[Tensor, Tensor]:
        envelope = e5m3_decode(self.maximum, self.max_exponent)
        return ratio_decode(self.momentum, envelope), envelope

    def round_up(self, envelope: Tensor) -> Tensor:
        return e5m3_decode(e5m3_encode_up(envelope, self.max_exponent), self.max_exponent)

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.momentum, ratio_encode(m, envelope, momentum_bits(word)), keep)
        store(self.maximum, e5m3_encode_up(envelope, self.max_exponent), keep)


StateFormat = FullState | BFloat16State | EightBitState

# -- How a moved weight is written back to its storage dtype. --
#
# Every StoSignSGD step has size exactly lr, so rounding to nearest loses it wherever lr is under half a unit in the
# last place of the weight; in bf16 at lr 1e-6 that is about 98 % of a typical layer.


@dataclass(frozen=True, slots=True)
class NearestWeight:
    """Round to nearest, ties to even, as torch does."""

    weight: Tensor

    def read(self) -> Tensor:
        """The weights in the arithmetic dtype."""
        return self.weight.to(compute_dtype(self.weight.dtype))

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        """Store ``moved`` except where ``keep``."""
        del word  # nothing random
        store(self.weight, moved, keep)


@dataclass(frozen=True, slots=True)
class StochasticWeight:
    """bf16 rounded stochastically: the expected weight moves by exactly the step, however small."""

    weight: Tensor

    def read(self) -> Tensor:
        return self.weight.float()

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.weight, to_bf16_stochastic(moved, weight_bits(word)), keep)


@dataclass(frozen=True, slots=True)
class CorrectedWeight:
    """bf16 plus 8 more mantissa bits in an int8: a 24-bit master, itself rounded stochastically."""

    weight: Tensor
    correction: Tensor

    def read(self) -> Tensor:
        return corrected_read(self.weight, self.correction)

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        high, low = corrected_write(moved, weight_bits(word) >> 8)
        store(self.weight, high, keep)
        store(self.correction, low, keep)


WeightFormat = NearestWeight | StochasticWeight | CorrectedWeight
