"""The Triton path: which work fits it, the pointer table, and one launch for each kind of tensor in a group."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Any

import torch
from torch import Tensor

from rl.optim.formats import CORRECTION, Work, exponent_of, fits_kernel, kernel_formats, local_tensor
from rl.optim.rule import TILE, Rule, split_seed
from rl.optim.states import MAXIMUM, MOMENTUM, e5m3_offset

_Row = tuple[int, ...]  # five addresses, length, start, then what need not be aligned
_PARAMETER = 7
_BLOCK = 32 * TILE  # elements that one program of the kernel advances


@cache
def kernel() -> Any:
    """The Triton kernel, or None where Triton is not installed."""
    try:
        from rl.optim.stosign_triton import advance
    except ImportError:
        return None
    return advance


def fits(work: Work, state: dict[str, Any]) -> bool:
    """Whether the kernel covers this parameter: on CUDA, contiguous, fp32 or bf16, and Triton is there."""
    return fits_kernel(work, state, "cuda") and kernel() is not None


def step(work: list[Work], group: dict[str, Any], rule: Rule, states: Any) -> None:
    """Advance all of ``work``, each of which fits: one launch for each device, weight, gradient and state format."""
    kinds: dict[tuple[Any, ...], list[_Row]] = {}
    for w in work:
        rows = _rows(w, states[w.param])
        aligned = all(value % 16 == 0 for row in rows for value in row[:_PARAMETER])
        key = (w.weight.device, *kernel_formats(w, group, states[w.param]), aligned)
        kinds.setdefault(key, []).extend(rows)
    for (device, *kind), rows in kinds.items():
        table, blocks = _table(tuple(rows), device)
        _launch(table, blocks, group, rule, *kind)


def _launch(
    table: Tensor, blocks: int, group: dict[str, Any], rule: Rule, weight: int, grad16: bool, state: int,
    aligned: bool,
) -> None:  # fmt: skip
    low, high = split_seed(group["seed"])
    step_now, lr, decay = group["step"], rule.lr, rule.decay
    on_device = isinstance(step_now, Tensor)
    if on_device:
        lr = torch.as_tensor(lr, dtype=torch.float32, device=table.device)
        decay = torch.as_tensor(decay, dtype=torch.float32, device=table.device)
    kernel()[(blocks,)](
        table, table.shape[0], step_now, low, high, lr, decay, rule.coupled, rule.momentum, 1 - rule.momentum,
        rule.max_decay, rule.idle_ratio, e5m3_offset(exponent_of(group)),
        WEIGHT=weight, GRAD16=grad16, STATE=state, IDLE=rule.idle_skip, FINITE=rule.ignore_nonfinite,
        MAXIMIZE=rule.maximize, COUPLED=rule.coupled != 0, DECAYING=rule.max_decay != 1, RATIO=rule.idle_ratio != 0,
        ON_DEVICE=on_device, ALIGNED=aligned, SEARCH=max(table.shape[0] - 1, 1).bit_length() + 1,
        enable_fp_fusion=False, num_warps=4,
    )  # fmt: skip


def _rows(work: Work, state: dict[str, Tensor]) -> list[_Row]:
    local = {name: local_tensor(t) for name, t in state.items()}

    def at(t: Tensor | None, element: int) -> int:
        return 0 if t is None else t.data_ptr() + element * t.itemsize

    return [
        (
            at(work.weight, s.local), at(work.grad, s.local), at(local[MOMENTUM], s.local), at(local[MAXIMUM], s.local),
            at(local.get(CORRECTION), s.local), s.length, s.start, work.key.parameter,
        )
        for s in work.segments
        if s.length
    ]  # fmt: skip


# Addresses seldom change between steps; a kept table also keeps a captured graph free of host copies.
@lru_cache(64)
def _table(rows: tuple[_Row, ...], device: torch.device) -> tuple[Tensor, int]:
    full, blocks = [], 0
    for row in rows:
        length, start = row[5], row[6]
        full.append((*row, blocks))
        blocks += -(-(start + length) // _BLOCK) - start // _BLOCK
    return torch.tensor(full, dtype=torch.int64, device=device), blocks
