"""One parameter's share of a step: its local tensors, its noise key and the global indices it covers."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rl.optim.noise import MAX_ELEMENTS, NoiseKey
from rl.optim.settings import OptimizerError

if TYPE_CHECKING:
    from torch import Tensor


# -- Where a local tensor lies inside its global one, so that shards draw their own part of the global noise. --


@dataclass(frozen=True, slots=True)
class Segment:
    """``length`` local elements from ``local`` on are the global elements from ``start`` on (row-major order)."""

    local: int
    start: int
    length: int


def local_tensor(t: Tensor) -> Tensor:
    """The plain tensor that this process holds: the local shard of a DTensor, else the tensor itself."""
    to_local = getattr(t, "to_local", None)
    return t if to_local is None else to_local()


def is_sharded(t: Tensor) -> bool:
    """Whether this is a DTensor (FSDP2, tensor parallel)."""
    return hasattr(t, "to_local")


def segments(p: Tensor) -> list[Segment]:
    """The runs of consecutive global indices that this process holds; one run unless sharded behind dimension 0."""
    if not is_sharded(p):
        return [Segment(0, 0, p.numel())]
    from torch.distributed.tensor._utils import compute_local_shape_and_global_offset

    mesh, placements = p.device_mesh, p.placements  # type: ignore[attr-defined]
    shape, offset = compute_local_shape_and_global_offset(p.shape, mesh, placements)
    return box_segments(tuple(p.shape), tuple(shape), tuple(offset))


def box_segments(whole: tuple[int, ...], box: tuple[int, ...], offset: tuple[int, ...]) -> list[Segment]:
    """The runs of a box inside a row-major tensor. Trailing dimensions that the box fills merge into one run."""
    if math.prod(box) == 0:
        return []
    inner = len(whole)
    while inner > 0 and box[inner - 1] == whole[inner - 1]:
        inner -= 1
    if inner > 0:
        inner -= (
            1  # the innermost cut dimension is itself contiguous inside one index of the dimensions before it
        )
    length = math.prod(box[inner:])
    strides = [math.prod(whole[d + 1 :]) for d in range(len(whole))]
    base = sum(o * s for o, s in zip(offset, strides, strict=True))
    runs = []
    for index in range(math.prod(box[:inner])):
        start, rest = base, index
        for d in reversed(range(inner)):
            start += (rest % box[d]) * strides[d]
            rest //= box[d]
        runs.append(Segment(index * length, start, length))
    return runs


# -- Work --


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
