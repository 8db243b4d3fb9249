"""Choosing a gradient exchange by name, as a configuration does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch.distributed as dist

from rl.distributed.budget import ByteBudget
from rl.distributed.guard import Guarded
from rl.distributed.hook import HookState, exchange_hook
from rl.distributed.sign_exchange import SignExchange
from rl.distributed.topk import ENTRY_BYTES, AdaptiveTopK
from rl.optim.errors import CommunicationError

if TYPE_CHECKING:
    from torch.nn.parallel import DistributedDataParallel

EXCHANGES = ("dense", "sign", "sign-majority", "topk-fixed", "topk-norm", "topk-threshold")


def attach(
    model: DistributedDataParallel,
    exchange: str,
    *,
    seed: int = 0,
    run_bytes: int = 0,
    run_steps: int = 0,
    **options: Any,
) -> SignExchange | AdaptiveTopK | None:
    """Register the named exchange on a DDP model; returns it, for its state belongs in checkpoints (None for dense).

    It is asked only where some rank has a gradient and all are finite: else the average is zero, or NaN, on every rank.

    Args:
        model: the wrapped model, before its first step.
        exchange: one of ``EXCHANGES``.
        seed: of the sign noise.
        run_bytes, run_steps: the whole run's payload bytes per rank and its steps, for ``topk-*``.
        options: further fields of ``SignExchange`` or ``AdaptiveTopK``.

    Raises:
        CommunicationError: an unknown name, or a budget that is missing.
    """
    if exchange not in EXCHANGES:
        raise CommunicationError(f"exchange must be one of {', '.join(EXCHANGES)}, not {exchange!r}")
    if exchange == "dense":
        return None
    made: SignExchange | AdaptiveTopK
    if exchange.startswith("sign"):
        made = SignExchange(seed=seed, rule="mean" if exchange == "sign" else "majority", **options)
    else:
        rule: Any = exchange.removeprefix("topk-")
        receivers = max(1, dist.get_world_size() - 1)
        made = AdaptiveTopK(ByteBudget(run_bytes, run_steps, rule, ENTRY_BYTES * receivers), **options)
    parameters = [p for p in model.parameters() if p.requires_grad]
    model.register_comm_hook(HookState(Guarded(made), list(parameters)), exchange_hook)
    return made
