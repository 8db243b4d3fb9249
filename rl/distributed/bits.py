"""Signs as single bits: eight to a byte, exact both ways."""

from __future__ import annotations

import torch
from torch import Tensor

_SHIFTS = tuple(range(8))


def pack(positive: Tensor) -> Tensor:
    """Bool [n], n a multiple of 8, to uint8 [n / 8]; element i is bit i % 8 of byte i // 8."""
    weights = torch.tensor([1 << s for s in _SHIFTS], dtype=torch.uint8, device=positive.device)
    return (positive.view(-1, 8).to(torch.uint8) * weights).sum(1, dtype=torch.uint8)


def unpack(packed: Tensor) -> Tensor:
    """uint8 [n] to fp32 [8 n] of +1 and -1."""
    shifts = torch.tensor(_SHIFTS, dtype=torch.uint8, device=packed.device)
    bits = (packed.unsqueeze(1) >> shifts) & 1
    return bits.flatten().to(torch.float32) * 2 - 1
