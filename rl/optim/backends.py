"""How a group's work is carried out. Every way computes the same operations on the same noise: the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from rl.optim import gpu, native
from rl.optim.formats import local_tensor, state_format, weight_format
from rl.optim.rule import update, words
from rl.optim.settings import OptimizerError

if TYPE_CHECKING:
    from rl.optim.formats import Work
    from rl.optim.rule import Rule


CHUNK = 1 << 20  # elements at a time in the eager path, which bounds its temporaries


def run(work: list[Work], group: dict[str, Any], rule: Rule, states: Any) -> None:
    """Advance every parameter of a group; ``group["step"]`` already names this step.

    Raises:
        OptimizerError: ``fused=True`` for parameters that no kernel covers.
    """
    rest = work
    if group["fused"] is not False:
        for kernel in (native, gpu):
            covered = [w for w in rest if kernel.fits(w, states[w.param])]
            if covered:
                kernel.step(covered, group, rule, states)
                rest = [w for w in rest if not any(w is c for c in covered)]
    if rest and group["fused"]:
        raise OptimizerError(
            "fused=True, but no kernel covers these parameters (device, dtype, layout or no compiler)"
        )
    for w in rest:
        eager(w, group, rule, states[w.param])


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
