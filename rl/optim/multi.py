"""The multi-tensor path: torch's foreach operations, far fewer launches than one tensor at a time.

It needs one full-size noise tensor for each parameter (torch has no foreach generator), that is 8 bytes an element of
temporary memory while words are made. Used where no kernel covers the tensors, or on ``foreach=True``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from rl.optim.noise import sign_noise, words
from rl.optim.shards import local_tensor
from rl.optim.states import MAXIMUM, MOMENTUM

if TYPE_CHECKING:
    from rl.optim.rule import Rule
    from rl.optim.work import Work


def fits(work: Work, rule: Rule, state: dict[str, Any]) -> bool:
    """Whether foreach covers this parameter: fp32 or fp64 throughout, unsharded, every coordinate moves."""
    moves_all = not (rule.idle_skip or rule.ignore_nonfinite or rule.idle_ratio)
    wide = work.weight.dtype in (torch.float32, torch.float64)
    same = work.grad.dtype == work.weight.dtype == local_tensor(state[MAXIMUM]).dtype
    whole = len(work.segments) == 1 and work.segments[0].start == 0 and work.weight.is_contiguous()
    return moves_all and wide and same and whole


def step(work: list[Work], group: dict[str, Any], rule: Rule, states: Any) -> None:
    """Advance all of ``work`` (one dtype and device), operation for operation as rule.py."""
    theta = [w.weight for w in work]
    m = [states[w.param][MOMENTUM] for w in work]
    envelope = [states[w.param][MAXIMUM] for w in work]
    lr: Any = rule.lr  # a float or a 0-dim tensor; torch types the two as separate overloads
    decay: Any = rule.decay
    noise = []
    for w in work:
        word = words(w.segments[0].start, w.weight.numel(), w.at_step(group["step"]), w.weight.device)
        noise.append(sign_noise(word, w.weight.dtype).view(w.weight.shape))

    g = [w.grad for w in work]
    if rule.maximize:
        g = list(torch._foreach_neg(g))
    if rule.coupled:
        g = list(torch._foreach_add(g, torch._foreach_mul(theta, rule.coupled)))
    torch._foreach_mul_(m, rule.momentum)
    torch._foreach_add_(m, torch._foreach_mul(g, 1 - rule.momentum))
    torch._foreach_mul_(envelope, rule.max_decay)
    torch._foreach_maximum_(envelope, torch._foreach_abs(m))
    # A rounded sum of two floats has the sign of the exact sum, so this equals the comparison in rule.py.
    torch._foreach_mul_(noise, envelope)
    torch._foreach_add_(noise, m)
    torch._foreach_sign_(noise)
    torch._foreach_mul_(noise, lr)
    decayed = torch._foreach_mul(theta, decay)
    torch._foreach_add_(decayed, noise)
    torch._foreach_sub_(theta, decayed)
