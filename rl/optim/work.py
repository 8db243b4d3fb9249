"""One parameter's share of a step: its local tensors, its noise key and the global indices it covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rl.optim.errors import OptimizerError
from rl.optim.noise import MAX_ELEMENTS, NoiseKey
from rl.optim.shards import Segment, local_tensor, segments

if TYPE_CHECKING:
    from torch import Tensor


@dataclass(frozen=True, slots=True)
class Work:
    """``param`` keys the state; ``weight`` and ``grad`` are plain local tensors of equal shape."""

    param: Tensor
    weight: Tensor
    grad: Tensor
    key: NoiseKey
    segments: tuple[Segment, ...]

    @classmethod
    def of(cls, p: Tensor, key: NoiseKey) -> Work:
        """Read off a parameter that has a gradient."""
        if p.numel() > MAX_ELEMENTS:
            raise OptimizerError(f"a parameter of {p.numel()} elements is beyond the noise counter; split it")
        assert p.grad is not None
        return cls(p, local_tensor(p), local_tensor(p.grad), key, tuple(segments(p)))

    def at_step(self, step: int | Tensor) -> NoiseKey:
        """The noise key of this parameter at ``step``."""
        return replace(self.key, step=step)
