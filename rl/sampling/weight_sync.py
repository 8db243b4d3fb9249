"""Weights from the trainer to its samplers: whole, or only the bf16 entries that changed.

`WeightSender` keeps what the samplers hold and makes the next parcel; `WeightHolder` is the samplers' side. Without a
limit a parcel of changes makes both sides bit-identical. With one, the largest changes of the whole model go first and
what is left out is still a difference next time; how many go is chosen by the rule of Adaptive Top-K under the bytes of
one interval (`rl/distributed/topk.py`). Every `refresh_every` steps, and at the start of a process, a whole parcel
starts an interval. So a resumed run samples from the same weights as the unbroken one unless there is a limit.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from physprover.config import SamplerConfig
from rl.distributed.sign_exchange import pack, unpack
from rl.distributed.topk import ByteBudget
from rl.optim.settings import CommunicationError

_ENTRY = 6  # bytes of an int32 index and a bf16 value
_SCALARS = 16  # bytes of a delta beside its entries


@dataclass(frozen=True, slots=True)
class Parcel:
    """Weights of `version`: `whole` ones, or `changes` that apply to weights of version `base`."""

    version: int
    base: int | None
    whole: dict[str, Tensor]
    changes: dict[str, WeightDelta]

    @property
    def payload(self) -> int:
        """Bytes of all tensors in it."""
        return sum(t.numel() * t.itemsize for t in self.whole.values()) + sum(
            change.wire_bytes() for change in self.changes.values()
        )


class WeightSender:
    """Makes parcels. `sampler.handover = "full"` sends the trainer's own dtype, `"delta"` bf16."""

    def __init__(self, config: SamplerConfig, refresh_every: int) -> None:
        self._deltas = config.handover == "delta"
        self._step_bytes = config.handover_bytes
        self._refresh_every = refresh_every
        self._held: dict[str, Tensor] = {}  # what the samplers hold, on the CPU
        self.version: int | None = None  # of the newest parcel
        self._budget: ByteBudget | None = None

    def parcel(self, weights: Mapping[str, Tensor], version: int) -> Parcel:
        """The next parcel; the samplers are taken to hold it from now on."""
        if not self._deltas:
            self._held = {name: _copy(tensor) for name, tensor in weights.items()}
            return self._noted(Parcel(version, None, self._held, {}))
        new = {name: _sampled_dtype(tensor) for name, tensor in weights.items()}
        if self.version is None or version % self._refresh_every == 0 or not _alike(self._held, new):
            self._held = {name: tensor.clone() for name, tensor in new.items()}
            self._budget = self._fresh_budget()
            return self._noted(Parcel(version, None, self._held, {}))
        base = self.version
        names = [name for name, tensor in new.items() if tensor.dtype == torch.bfloat16]
        room = self._room(names, new)
        changes = {
            name: make_delta(self._held[name], new[name], limit)
            for name, limit in zip(names, room, strict=True)
        }
        for name, change in changes.items():
            apply_delta(self._held[name], change)
        other = {n: t for n, t in new.items() if n not in changes and not torch.equal(t, self._held[n])}
        self._held |= other
        return self._noted(Parcel(version, base, other, changes))

    def whole(self) -> Parcel | None:
        """Everything the samplers should hold now, for one that lost it; None before the first parcel."""
        return None if self.version is None else Parcel(self.version, None, self._held, {})

    def _noted(self, parcel: Parcel) -> Parcel:
        self.version = parcel.version
        return parcel

    def _fresh_budget(self) -> ByteBudget | None:
        if self._step_bytes is None:
            return None
        return ByteBudget(self._step_bytes * self._refresh_every, self._refresh_every, "norm", _ENTRY)

    def _room(self, names: Sequence[str], new: Mapping[str, Tensor]) -> list[int | None]:
        """Bytes for each tensor; None = whatever changed."""
        budget = self._budget
        if budget is None:
            return [None] * len(names)
        changes = [_sizes_of_change(self._held[name], new[name]) for name in names]
        norm = float(sum(c.square().sum() for c in changes))
        entries = sum(self._held[name].numel() for name in names)
        overhead = _SCALARS * len(names)
        quotas = largest(changes, budget.choose(norm, 0, entries, overhead))
        sent = sum(quotas)
        budget.settle(sent, sent * _ENTRY + overhead, norm)
        return [_SCALARS + quota * _ENTRY for quota in quotas]


class WeightHolder:
    """A sampler's side: the version of its weights and, for deltas (`keep`), a copy of them."""

    def __init__(self, *, keep: bool = True) -> None:
        self._keep = keep
        self.version: int | None = None
        self._held: dict[str, Tensor] = {}

    def take(self, parcel: Parcel) -> Mapping[str, Tensor] | None:
        """All weights after `parcel`; None when it builds on others than are held here."""
        if parcel.base is None and not self._keep:
            self.version = parcel.version
            return parcel.whole
        if parcel.base is None:
            # Tensors out of Ray's object store are read-only: deltas are applied to a copy.
            self._held = {name: tensor.clone() for name, tensor in parcel.whole.items()}
        elif parcel.base != self.version:
            return None
        else:
            for name, change in parcel.changes.items():
                apply_delta(self._held[name], change)
            self._held |= parcel.whole
        self.version = parcel.version
        return self._held


def largest(changes: Sequence[Tensor], count: int) -> list[int]:
    """How many entries of each tensor are among the `count` largest of all (ties: earlier tensors first).

    Sizes of change in bf16 are powers of two times few mantissas, so that ties are the rule.
    """
    moved = [c[c > 0] for c in changes]
    if count >= sum(c.numel() for c in moved):
        return [c.numel() for c in moved]
    if count <= 0:
        return [0] * len(moved)
    least = torch.cat(moved).topk(count).values[-1]
    above = [int((c > least).sum()) for c in moved]
    left, quotas = count - sum(above), []
    for c, sure in zip(moved, above, strict=True):
        ties = min(left, int((c == least).sum()))
        left -= ties
        quotas.append(sure + ties)
    return quotas


def _copy(tensor: Tensor) -> Tensor:
    """On the CPU and never the trainer's own memory, which the next update changes."""
    tensor = tensor.detach()
    return tensor.clone() if tensor.device.type == "cpu" else tensor.cpu()


def _sampled_dtype(tensor: Tensor) -> Tensor:
    tensor = tensor.detach().cpu()
    return tensor.to(torch.bfloat16) if tensor.is_floating_point() else tensor


def _sizes_of_change(held: Tensor, new: Tensor) -> Tensor:
    return (new.float() - held.float()).abs().view(-1)


def _alike(held: Mapping[str, Tensor], new: Mapping[str, Tensor]) -> bool:
    return held.keys() == new.keys() and all(held[n].shape == t.shape for n, t in new.items())


# -- Handing changed weights to a sampler: only the bf16 entries that differ from what the sampler holds, exactly. --
#
# At the small learning rates of RL a step changes few percent of the bf16 weights. ``make_delta`` compares against the
# sampler's own copy, so whatever a byte budget leaves out now is still a difference next time: error compensation comes
# for free, and a delta without a limit (or a full refresh) makes both sides bit-identical, which the checksum proves.


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
