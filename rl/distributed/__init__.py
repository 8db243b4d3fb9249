"""Communication: one-bit and sparse gradient exchange as DDP hooks, sparse exact weight hand-over to samplers."""

from rl.distributed.deltas import WeightDelta, apply_delta, make_delta
from rl.distributed.hook import EXCHANGES, Exchange, HookState, attach, exchange_hook
from rl.distributed.sign_exchange import SignExchange
from rl.distributed.topk import AdaptiveTopK, ByteBudget
from rl.optim.settings import CommunicationError

__all__ = [
    "EXCHANGES",
    "AdaptiveTopK",
    "ByteBudget",
    "CommunicationError",
    "Exchange",
    "HookState",
    "SignExchange",
    "WeightDelta",
    "apply_delta",
    "attach",
    "exchange_hook",
    "make_delta",
]
