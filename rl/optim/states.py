"""How momentum and running maximum are kept between steps: the formats, and what each of them rounds.

A format reads to the arithmetic dtype, rounds the maximum **up** (a maximum rounded down would let |m| exceed it,
and the clipped ratio would bias the sign), and writes back. ``full`` keeps the arithmetic dtype itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from rl.optim import codes
from rl.optim.noise import momentum_bits

MOMENTUM = "momentum"
MAXIMUM = "running_max"


class StateFormat(Protocol):
    """One flat run of optimizer state, viewed through its storage format."""

    def read(self) -> tuple[Tensor, Tensor]:
        """Momentum and running maximum in the arithmetic dtype."""

    def round_up(self, envelope: Tensor) -> Tensor:
        """The least value that the format can hold and that is not below ``envelope``."""

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        """Store both, except where ``keep``; ``envelope`` comes from ``round_up``, ``word`` rounds ``m``."""


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
        return self.momentum, self.maximum

    def round_up(self, envelope: Tensor) -> Tensor:
        return envelope

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
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
        return codes.bf16_round_up(envelope)

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.momentum, codes.to_bf16_stochastic(m, momentum_bits(word)), keep)
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
        envelope = codes.e5m3_decode(self.maximum, self.max_exponent)
        return codes.ratio_decode(self.momentum, envelope), envelope

    def round_up(self, envelope: Tensor) -> Tensor:
        return codes.e5m3_decode(codes.e5m3_encode_up(envelope, self.max_exponent), self.max_exponent)

    def write(self, m: Tensor, envelope: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.momentum, codes.ratio_encode(m, envelope, momentum_bits(word)), keep)
        store(self.maximum, codes.e5m3_encode_up(envelope, self.max_exponent), keep)
