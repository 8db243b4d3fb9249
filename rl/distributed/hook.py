"""The one DDP hook: collects the buckets of a step, averages the whole gradient at once, hands the parts back.

Exchanges see the gradient in the model's own parameter order, never in buckets: DDP lays buckets out anew after a
run's first step, and an exchange that depended on them could neither resume exactly nor choose its entries over the
whole gradient. The price is that the exchange starts when the backward pass ends.
"""

from dataclasses import dataclass, field
from typing import Any, Protocol

import torch
import torch.distributed as dist
from torch import Tensor
from torch.nn.parallel import DistributedDataParallel

from rl.distributed.sign_exchange import SignExchange
from rl.distributed.topk import ENTRY_BYTES, AdaptiveTopK, ByteBudget
from rl.optim.settings import CommunicationError

# No `from __future__ import annotations` here: DDP compares the hook's annotations with its own types.


class Exchange(Protocol):
    """A way to average gradients over ranks; its answer is identical on all of them."""

    def average(self, grad: Tensor, idle: Tensor | None = None) -> Tensor:
        """The (estimated) mean over ranks of ``grad`` [n], fp32. One call is one step. What is returned for ``idle`` entries (a
        mask that all ranks have alike) is dropped."""


@dataclass
class HookState:
    """``parameters`` in the model's order; the rest collects one step's buckets."""

    exchange: "Guarded"
    parameters: list[Tensor]
    _waiting: list[tuple[list[Tensor], Tensor, torch.futures.Future[Tensor]]] = field(default_factory=list)


def exchange_hook(
    state: HookState,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[Tensor]:
    """Give this to ``register_comm_hook`` together with a ``HookState``."""
    buffer = bucket.buffer()
    if buffer.is_sparse:
        raise CommunicationError(
            'sparse gradients cannot be exchanged so: use dense ones (Embedding without sparse=True), or exchange "dense"'
        )
    # A future that holds CUDA tensors must be told so, and one on the CPU must not.
    devices = [] if buffer.device.type == "cpu" else [buffer.device]
    future: torch.futures.Future[Tensor] = torch.futures.Future(devices=devices)
    state._waiting.append((bucket.parameters(), buffer, future))
    if bucket.is_last():
        try:
            _finish(state)
        finally:
            state._waiting.clear()
    return future


def _finish(state: HookState) -> None:
    grads: dict[Tensor, Tensor] = {}
    for parameters, buffer, _ in state._waiting:
        parts = torch.split(buffer, [p.numel() for p in parameters])
        grads.update(zip(parameters, parts, strict=True))
    order = [p for p in state.parameters if p in grads]
    flat = torch.cat([grads[p].float() for p in order])
    sizes = [p.numel() for p in order]
    answer = torch.split(state.exchange.average(flat, sizes), sizes)
    answers = dict(zip(order, answer, strict=True))
    for parameters, buffer, future in state._waiting:
        future.set_result(torch.cat([answers[p] for p in parameters]).to(buffer.dtype))


# -- One look at the gradient of all ranks before anything is exchanged: nothing to send, or nothing that may be sent. --
#
# Without it an update of zeros would spend bytes, and error feedback would turn it into a step out of old residuals; NaN on
# one rank would raise there, inside autograd. All ranks see the same maximum, so all decide the same.


@dataclass
class Guarded:
    """``exchange``, asked only for gradients that are finite everywhere and not zero everywhere.

    Costs one max all-reduce of four bytes, which no exchange counts in its payload; of four for each parameter where DDP looks
    for unused ones (``finds_unused``), for it drops the average of one that no rank used.
    """

    exchange: Exchange
    finds_unused: bool = False

    def average(self, grad: Tensor, sizes: list[int]) -> Tensor:
        """The exchange's average of ``grad`` [n], parameters of ``sizes``; zeros where it is zero on all ranks, NaN where it is
        not finite on one."""
        parts = torch.split(grad, sizes) if self.finds_unused else (grad,)
        tops = torch.stack([part.abs().max() if part.numel() else part.new_zeros(()) for part in parts])
        tops = torch.where(torch.isfinite(tops), tops, torch.inf)  # NaN does not survive every backend's max
        dist.all_reduce(tops, op=dist.ReduceOp.MAX)
        if not tops.any():
            return torch.zeros_like(grad)
        if not torch.isfinite(tops).all():
            return torch.full_like(grad, torch.nan)
        idle = None
        if self.finds_unused:
            idle = (tops == 0).repeat_interleave(torch.tensor(sizes, device=tops.device))
        return self.exchange.average(grad, idle)


# -- Choosing a gradient exchange by name, as a configuration does. --

EXCHANGES = ("dense", "sign", "sign-majority", "topk-fixed", "topk-norm", "topk-threshold")


def attach(
    model: "DistributedDataParallel",
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
        CommunicationError: an unknown name; a model that is not wrapped, has a hook already, has complex parameters or is replicated
            over a part of the processes only (the exchanges average over all); or a budget that is missing. In the backward pass:
            a sparse gradient.
    """
    if exchange not in EXCHANGES:
        raise CommunicationError(f"exchange must be one of {', '.join(EXCHANGES)}, not {exchange!r}")
    if not hasattr(model, "register_comm_hook"):
        raise CommunicationError(
            f"`attach` needs a model wrapped in DistributedDataParallel, not {type(model).__name__}"
        )
    hooks = [hook for hook, _ in getattr(model, "_comm_hooks", ())]
    if hooks and (exchange != "dense" or exchange_hook in hooks):
        raise CommunicationError(
            f"this model exchanges its gradients through {hooks[0].__name__} already: attach one exchange, once"
        )
    if exchange == "dense":
        return None
    if (group := model.process_group) is not None and group.size() < dist.get_world_size():
        raise CommunicationError(
            f"this model is replicated over {group.size()} of {dist.get_world_size()} processes, and `{exchange}` averages over "
            'all: leave out DDP\'s process_group, or exchange "dense"'
        )
    parameters: list[Tensor] = [p for p in model.parameters() if p.requires_grad]
    if any(p.is_complex() for p in parameters):
        raise CommunicationError(
            "complex parameters cannot be exchanged so: train torch.view_as_real of them"
        )
    made: SignExchange | AdaptiveTopK
    if exchange.startswith("sign"):
        made = SignExchange(seed=seed, rule="mean" if exchange == "sign" else "majority", **options)
    else:
        rule: Any = exchange.removeprefix("topk-")
        receivers = max(1, dist.get_world_size() - 1)
        made = AdaptiveTopK(ByteBudget(run_bytes, run_steps, rule, ENTRY_BYTES * receivers), **options)
    model.register_comm_hook(
        HookState(Guarded(made, model.find_unused_parameters), parameters), exchange_hook
    )
    return made
