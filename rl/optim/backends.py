"""How a group's work is carried out. Every way computes the same operations on the same noise: the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from rl.optim import gpu, native
from rl.optim.formats import local_tensor, state_format, weight_format
from rl.optim.rule import Rule, sign_noise, update, words
from rl.optim.settings import OptimizerError
from rl.optim.states import MAXIMUM, MOMENTUM

if TYPE_CHECKING:
    from rl.optim.formats import Work


# -- The multi-tensor path: torch's foreach operations, far fewer launches than one tensor at a time. --
#
# It needs one full-size noise tensor for each parameter (torch has no foreach generator), that is 8 bytes an element of
# temporary memory while words are made. Used where no kernel covers the tensors, or on ``foreach=True``.


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


# -- Backends --

CHUNK = 1 << 20  # elements at a time in the eager path, which bounds its temporaries


def run(work: list[Work], group: dict[str, Any], rule: Rule, states: Any) -> None:
    """Advance every parameter of a group; ``group["step"]`` already names this step.

    Raises:
        OptimizerError: ``fused=True`` for parameters that no kernel covers.
    """
    rest = work
    if group["fused"] is not False and not group["foreach"]:
        for kernel in (native, gpu):
            covered = [w for w in rest if kernel.fits(w, states[w.param])]
            if covered:
                kernel.step(covered, group, rule, states)
                rest = [w for w in rest if not any(w is c for c in covered)]
    if rest and group["fused"]:
        raise OptimizerError(
            "fused=True, but no kernel covers these parameters (device, dtype, layout or no compiler)"
        )
    if group["foreach"] or (group["foreach"] is None and group["fused"] is None):
        covered = [w for w in rest if w.weight.is_cuda or group["foreach"]]
        covered = [w for w in covered if fits(w, rule, states[w.param])]
        for alike in _alike(covered):
            step(alike, group, rule, states)
        rest = [w for w in rest if not any(w is c for c in covered)]
    for w in rest:
        eager(w, group, rule, states[w.param])


def _alike(work: list[Work]) -> list[list[Work]]:
    """Runs of one device and dtype, which is what a foreach operation takes."""
    kinds: dict[tuple[Any, ...], list[Work]] = {}
    for w in work:
        kinds.setdefault((w.weight.device, w.weight.dtype), []).append(w)
    return list(kinds.values())


def eager(work: Work, group: dict[str, Any], rule: Rule, state: dict[str, Any]) -> None:
    """The reference path: plain torch operations, one parameter at a time, any device and dtype."""
    weight = work.weight.contiguous().view(-1)
    grad = work.grad.reshape(-1)
    tensors = {name: local_tensor(t).view(-1) for name, t in state.items() if isinstance(t, Tensor)}
    key = work.at_step(group["step"])
    for segment in work.segments:
        for done in range(0, segment.length, CHUNK):
            count = min(CHUNK, segment.length - done)
            part = slice(segment.local + done, segment.local + done + count)
            word = words(segment.start + done, count, key, weight.device)
            flat = {name: t[part] for name, t in tensors.items()}
            update(
                weight_format(group, weight[part], flat), grad[part], state_format(group, flat), word, rule
            )
    if not work.weight.is_contiguous():
        work.weight.copy_(weight.view(work.weight.shape))
