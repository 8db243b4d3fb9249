"""The one DDP hook: collects the buckets of a step, averages the whole gradient at once, hands the parts back.

Exchanges see the gradient in the model's own parameter order, never in buckets: DDP lays buckets out anew after a
run's first step, and an exchange that depended on them could neither resume exactly nor choose its entries over the
whole gradient. The price is that the exchange starts when the backward pass ends.
"""

# DDP compares the hook's annotations with its own types, so this module must not postpone them into strings.

from dataclasses import dataclass, field
from typing import Protocol

import torch
import torch.distributed as dist
from torch import Tensor


class Exchange(Protocol):
    """A way to average gradients over ranks; its answer is identical on all of them."""

    def average(self, grad: Tensor) -> Tensor:
        """The (estimated) mean over ranks of ``grad`` [n], fp32. One call is one step."""


@dataclass
class HookState:
    """``parameters`` in the model's order; the rest collects one step's buckets."""

    exchange: Exchange
    parameters: list[Tensor]
    _waiting: list[tuple[list[Tensor], Tensor, "torch.futures.Future[Tensor]"]] = field(default_factory=list)


def exchange_hook(
    state: HookState,
    bucket: dist.GradBucket,  # type: ignore[name-defined]
) -> torch.futures.Future[Tensor]:
    """Give this to ``register_comm_hook`` together with a ``HookState``."""
    buffer = bucket.buffer()
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
    answer = torch.split(state.exchange.average(flat), [p.numel() for p in order])
    answers = dict(zip(order, answer, strict=True))
    for parameters, buffer, future in state._waiting:
        future.set_result(torch.cat([answers[p] for p in parameters]).to(buffer.dtype))
