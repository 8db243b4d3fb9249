"""How a group's work is carried out. Every way computes the same operations on the same noise: the same bits."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from rl.optim import gpu, multi, native
from rl.optim.errors import OptimizerError
from rl.optim.formats import state_format, weight_format
from rl.optim.noise import words
from rl.optim.rule import Rule, update
from rl.optim.shards import local_tensor

if TYPE_CHECKING:
    from rl.optim.work import Work

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
        covered = [w for w in covered if multi.fits(w, rule, states[w.param])]
        for alike in _alike(covered):
            multi.step(alike, group, rule, states)
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
