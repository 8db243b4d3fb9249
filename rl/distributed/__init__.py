"""Communication: one-bit and sparse gradient exchange as DDP hooks."""

from rl.distributed.hook import EXCHANGES, attach
from rl.distributed.topk import AdaptiveTopK, ByteBudget
from rl.optim.settings import CommunicationError

__all__ = ["EXCHANGES", "AdaptiveTopK", "ByteBudget", "CommunicationError", "attach"]
