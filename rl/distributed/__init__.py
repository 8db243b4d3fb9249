"""Communication: one-bit and sparse gradient exchange as DDP hooks."""

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
    "attach",
    "exchange_hook",
]
