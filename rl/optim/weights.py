"""How a moved weight is written back to its storage dtype.

Every StoSignSGD step has size exactly lr, so rounding to nearest loses it wherever lr is under half a unit in the
last place of the weight; in bf16 at lr 1e-6 that is about 98 % of a typical layer.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rl.optim import codes
from rl.optim.noise import weight_bits
from rl.optim.states import compute_dtype, store

if TYPE_CHECKING:
    from torch import Tensor


class WeightFormat(Protocol):
    """One flat run of weights, viewed through its storage format."""

    def read(self) -> Tensor:
        """The weights in the arithmetic dtype."""

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        """Store ``moved`` except where ``keep``."""


@dataclass(frozen=True, slots=True)
class NearestWeight:
    """Round to nearest, ties to even, as torch does."""

    weight: Tensor

    def read(self) -> Tensor:
        return self.weight.to(compute_dtype(self.weight.dtype))

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        del word  # nothing random
        store(self.weight, moved, keep)


@dataclass(frozen=True, slots=True)
class StochasticWeight:
    """bf16 rounded stochastically: the expected weight moves by exactly the step, however small."""

    weight: Tensor

    def read(self) -> Tensor:
        return self.weight.float()

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        store(self.weight, codes.to_bf16_stochastic(moved, weight_bits(word)), keep)


@dataclass(frozen=True, slots=True)
class CorrectedWeight:
    """bf16 plus 8 more mantissa bits in an int8: a 24-bit master, itself rounded stochastically."""

    weight: Tensor
    correction: Tensor

    def read(self) -> Tensor:
        return codes.corrected_read(self.weight, self.correction)

    def write(self, moved: Tensor, word: Tensor, keep: Tensor | None) -> None:
        high, low = codes.corrected_write(moved, weight_bits(word) >> 8)
        store(self.weight, high, keep)
        store(self.correction, low, keep)
