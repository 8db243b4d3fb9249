"""Roundings between fp32 and the storage formats, as integer operations on bits so that every path gets the same ones.

All functions take and return fp32 or int32 tensors of equal shape; ``bits`` arguments are int64 noise words' fields.
"""

from __future__ import annotations

import torch
from torch import Tensor

MOMENTUM_STEPS = 127
_STEP = float(
    torch.tensor(1 / 127, dtype=torch.float32)
)  # times 127 it is exactly 1; a product is the same everywhere


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
