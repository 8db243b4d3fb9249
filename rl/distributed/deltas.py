"""Handing changed weights to a sampler: only the bf16 entries that differ from what the sampler holds, exactly.

At the small learning rates of RL a step changes few percent of the bf16 weights. ``make_delta`` compares against the
sampler's own copy, so whatever a byte budget leaves out now is still a difference next time: error compensation comes
for free, and a delta without a limit (or a full refresh) makes both sides bit-identical, which the checksum proves.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import torch
from torch import Tensor

from rl.distributed.sign_exchange import pack, unpack
from rl.optim.settings import CommunicationError


@dataclass(frozen=True, slots=True)
class WeightDelta:
    """New bits of some entries of one tensor of ``size`` elements.

    ``places`` names them: int32 indices, or a packed bitmap (uint8) where that is shorter; ``full`` has none and
    ``values`` (int16 bit patterns) holds every entry. ``checksum`` is that of the result.
    """

    size: int
    full: bool
    places: Tensor
    values: Tensor
    checksum: int

    def wire_bytes(self) -> int:
        """Payload of the two tensors and the three scalars."""
        return self.places.numel() * self.places.itemsize + self.values.numel() * 2 + 16


def make_delta(held: Tensor, new: Tensor, max_bytes: int | None = None) -> WeightDelta:
    """What turns ``held`` (the sampler's bf16 copy) into ``new``, or as near as ``max_bytes`` allows.

    Under a limit the entries with the largest change go first.

    Raises:
        CommunicationError: the two do not match in shape, or are not bf16.
    """
    if held.shape != new.shape or held.dtype != torch.bfloat16 or new.dtype != torch.bfloat16:
        raise CommunicationError("a weight delta needs two bf16 tensors of one shape")
    old_bits, new_bits = _bits(held), _bits(new)
    changed = (old_bits != new_bits).nonzero().view(-1)
    size = new_bits.numel()
    bitmap = -(-size // 8)
    if max_bytes is None and 2 * size <= 2 * changed.numel() + min(4 * changed.numel(), bitmap):
        return WeightDelta(
            size, True, torch.empty(0, dtype=torch.int32), new_bits.clone(), _checksum(new_bits)
        )
    if max_bytes is not None:
        room = max(0, max_bytes - 16)
        most = max(room // 6, (room - bitmap) // 2)
        if most < changed.numel():
            moved = (new.view(-1)[changed].float() - held.view(-1)[changed].float()).abs()
            changed = changed[torch.topk(moved, most).indices].sort().values if most > 0 else changed[:0]
    result = old_bits.clone()
    result[changed] = new_bits[changed]
    places = changed.to(torch.int32)
    if bitmap < 4 * changed.numel():
        mask = torch.zeros(bitmap * 8, dtype=torch.bool)
        mask[changed.cpu()] = True
        places = pack(mask)
    return WeightDelta(size, False, places, new_bits[changed].clone(), _checksum(result))


def apply_delta(held: Tensor, delta: WeightDelta) -> None:
    """Change ``held`` in place.

    Raises:
        CommunicationError: another size, or a checksum that shows the two sides had drifted apart (``held`` is then
            left as it was; ask for a full refresh).
    """
    if held.numel() != delta.size or held.dtype != torch.bfloat16:
        raise CommunicationError(
            f"a delta for {delta.size} bf16 entries cannot change {held.numel()} {held.dtype}"
        )
    bits = _bits(held).clone()
    if delta.full:
        bits = delta.values.to(bits.device)
    else:
        places = delta.places
        if places.dtype == torch.uint8:
            places = (unpack(places)[: delta.size] > 0).nonzero().view(-1)
        bits[places.to(bits.device, torch.int64)] = delta.values.to(bits.device)
    if _checksum(bits) != delta.checksum:
        raise CommunicationError("weights drifted: the delta's checksum does not match; send a full refresh")
    held.copy_(bits.view(torch.bfloat16).view(held.shape))


def _bits(t: Tensor) -> Tensor:
    return t.detach().contiguous().view(-1).view(torch.int16)


def _checksum(bits: Tensor) -> int:
    return zlib.crc32(bits.cpu().numpy().tobytes())
