"""StoSignSGD as a torch optimizer: what a step checks, keeps and calls. The arithmetic is in rule.py and the two kernels."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from rl.optim import gpu, native, survey
from rl.optim.formats import (
    Work,
    allocate,
    check_checkpoint,
    check_formats,
    local_tensor,
    refuse_changed,
    rounding_of,
    saved_pairs,
    state_format,
    warn_if_steps_vanish,
    weight_format,
    with_gradients,
)
from rl.optim.rule import NoiseKey, Rule, update, words
from rl.optim.settings import (
    DecayForm,
    Idle,
    NonFinite,
    OptimizerError,
    StateDtype,
    WeightRounding,
    check_group,
    check_parameter,
    evaluated,
)
from rl.optim.states import MAXIMUM, MOMENTUM

# -- Loading optimizer state: what is refused, and keeping the dtypes that were saved. --


def check(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """Raise OptimizerError, before anything is loaded, if the checkpoint does not fit this optimizer."""
    # torch adds `differentiable` to the defaults of an optimizer that loads or is copied
    needed = optimizer.defaults.keys() - {"differentiable"}
    entries = check_checkpoint(optimizer, state_dict, "StoSignSGD", needed)
    groups = state_dict["param_groups"]
    if not state_dict["state"] and any(int(g.get("step", 0)) > 0 for g in groups):
        raise OptimizerError("the checkpoint has taken steps but holds no state")
    for group, own in zip(groups, optimizer.param_groups, strict=True):
        for p in own["params"]:
            check_formats(group, p)
    for key, p, entry in entries:
        if not entry:
            continue
        for name in (MOMENTUM, MAXIMUM):
            if name not in entry:
                raise OptimizerError(f"state of parameter {key} lacks {name!r}: not a StoSignSGD checkpoint")
            if entry[name].shape != p.shape:
                raise OptimizerError(
                    f"{name} of parameter {key} has shape {tuple(entry[name].shape)}, not {tuple(p.shape)}"
                )


def warn_of_other_state(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """Say that the checkpoint's `state_dtype` replaces the one asked for here, which changes memory and rounding."""
    pairs = zip(optimizer.param_groups, state_dict["param_groups"], strict=True)
    for own, saved in ((group["state_dtype"], other["state_dtype"]) for group, other in pairs):
        if own != saved:
            warnings.warn(
                f"state_dtype={saved!r} of the checkpoint replaces this optimizer's {own!r}: loaded state keeps its dtypes",
                stacklevel=3,
            )
            return


def restore_dtypes(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """Put back the saved tensors in their own dtypes, after torch has cast them to the weights' dtype."""
    for key, p in saved_pairs(optimizer, state_dict):
        for name, value in state_dict["state"].get(key, {}).items():
            if isinstance(value, Tensor):
                optimizer.state[p][name] = value.detach().to(device=p.device, copy=True)


# -- Stosign --


@dataclass(frozen=True, slots=True)
class StepReport:
    """What the last call of ``step`` did: whether weights moved, and if not, why."""

    moved: bool
    reason: str = ""


class StoSignSGD(Optimizer):
    """Sign descent whose expected step is the momentum scaled by its own running maximum (arXiv 2604.15416).

    Per element: ``m = b1 m + (1-b1) g``, ``G = max(G, |m|)``, ``theta -= lr sign(m + G n) + lr wd theta`` with
    ``n`` uniform on (-1, 1). With ``momentum=0`` and ``G`` growing from 0, the first step is deterministic SignSGD.
    A learning rate 3 to 10 times below AdamW's is the usual guess for a sign method.

    Args:
        params: tensors or groups, as for any torch optimizer.
        lr: step size, not negative; a float or a one-element tensor.
        momentum: b1 of the exponential average, in [0, 1).
        weight_decay: decay strength; ``decay_form`` says how it enters: ``decoupled`` (``lr wd theta``, published),
            ``independent`` (``wd theta``, not scaled by lr) or ``coupled`` (added to the gradient).
        seed: names the noise together with step, parameter position and global element index. Replicas that
            share it draw identical noise; nothing random is stored.
        max_decay: ``G = max(max_decay G, |m|)``; 1 is the published rule, less than 1 forgets early spikes and
            stays exactly unbiased.
        first_max: ``G`` before the first step (unknown in the paper; 0 makes step 1 deterministic).
        idle: what a gradient of exactly 0 means. ``move``: nothing special (published; a coordinate that was ever
            hit keeps taking full-size random steps). ``skip``: the coordinate (weight, decay and state) is left
            untouched. ``skip_step``: a step in which *every* gradient is 0 leaves everything untouched and is not
            counted; other steps as published.
        idle_ratio: additionally leave a weight alone while ``|m| < idle_ratio G``.
        nonfinite: NaN or inf in a gradient: ``raise`` before anything is touched, ``skip`` the whole step,
            ``ignore`` the coordinate, or ``allow`` without looking.
        maximize: ascend instead of descend.
        fused: True forces the single-kernel path, False plain torch operations; by default the kernel where it fits.
            All paths give the same bits.
        capturable: keep the step count on the device so that the step can be captured in a CUDA graph.
        state_dtype: ``auto`` (the arithmetic dtype, 8 bytes a parameter), ``bfloat16`` (4) or ``8bit`` (2).
        weight_rounding: how low-precision weights are rounded: ``nearest``, ``stochastic`` (bf16) or ``correction``
            (bf16 plus an int8 of further mantissa); ``auto`` is ``stochastic`` for bf16, else ``nearest``.
        max_exponent: the 8-bit maximum reaches ``1.875 * 2**max_exponent`` and 31.9 octaves below; larger momenta
            saturate it and bias their sign, smaller ones drown in its noise. None follows the gradients of the group: chosen
            at the first one, raised when a larger one comes (at every step under ``nonfinite`` ``raise`` or ``skip``;
            otherwise only at the first, 7 octaves above it; 4 with ``capturable``).

    Raises:
        OptimizerError: bad settings, sparse or complex gradients, no gradient at all. Always before any change.
        NonFiniteGradientError: NaN or inf under ``nonfinite="raise"``.
    """

    def __init__(
        self,
        params: Iterable[Any],
        lr: float | Tensor,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        seed: int = 0,
        *,
        decay_form: DecayForm = "decoupled",
        max_decay: float = 1.0,
        first_max: float = 0.0,
        idle: Idle = "move",
        idle_ratio: float = 0.0,
        nonfinite: NonFinite = "raise",
        maximize: bool = False,
        fused: bool | None = None,
        capturable: bool = False,
        state_dtype: StateDtype = "auto",
        weight_rounding: WeightRounding = "auto",
        max_exponent: int | None = None,
    ) -> None:
        defaults = {
            "lr": lr, "momentum": momentum, "weight_decay": weight_decay, "seed": seed, "decay_form": decay_form,
            "max_decay": max_decay, "first_max": first_max, "idle": idle, "idle_ratio": idle_ratio,
            "nonfinite": nonfinite, "maximize": maximize, "fused": fused,
            "capturable": capturable, "state_dtype": state_dtype, "weight_rounding": weight_rounding,
            "max_exponent": max_exponent, "exponent": None, "step": 0,
        }  # fmt: skip
        check_group(defaults)
        self.report = StepReport(moved=False, reason="no step taken yet")
        self._warned = False
        super().__init__(params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; its noise ids follow the existing ones, so earlier parameters keep their noise."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            check_group(group)
            for p in group["params"]:
                check_parameter(p)
                check_formats(group, p)
        except OptimizerError:
            self.param_groups.pop()
            raise
        if group["capturable"] and group["params"] and not isinstance(group["step"], Tensor):
            group["step"] = torch.tensor(group["step"], dtype=torch.int64, device=group["params"][0].device)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given. ``report`` says whether weights moved."""
        loss = evaluated(closure)
        self._advance()
        return loss

    # Under `torch.compile` one break: the kernels cannot be traced, and the counted steps would be compiled one by one.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _advance(self) -> None:
        for group in self.param_groups:
            check_group(group)
        jobs = [
            (group, [Work.of(p, NoiseKey(group["seed"], group["step"], position)) for position, p in held])
            for group, held in with_gradients(self.param_groups)
        ]
        for group, work in jobs:
            refuse_changed(self.state, group, work)
        reason, peaks = survey.look(jobs)
        if not reason:
            survey.follow(self.state, jobs, peaks)
        for group, work in jobs:
            allocate(self.state, group, work)
        self.report = StepReport(moved=not reason, reason=reason)
        if reason:
            return
        if not self._warned:
            nearest = (
                (float(group["lr"]), w.weight)
                for group, work in jobs
                if not group["capturable"]
                for w in work
                if rounding_of(group, w.weight.dtype) == "nearest"
            )
            self._warned = warn_if_steps_vanish(nearest, "weight_rounding='stochastic' or 'correction'", 7)
        for group, work in jobs:
            group["step"] += 1
            run(work, group, rule_of(group), self.state)

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a ``state_dict``, bit for bit and in its own dtypes (torch would cast state to the weights' dtype).

        Its settings replace this optimizer's, as torch has it; a warning names a ``state_dtype`` that is lost so.
        """
        check(self, state_dict)
        warn_of_other_state(self, state_dict)
        super().load_state_dict(state_dict)
        restore_dtypes(self, state_dict)

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self.__dict__.setdefault("report", StepReport(moved=False, reason="no step taken yet"))
        self.__dict__.setdefault("_warned", False)


def rule_of(group: dict[str, Any]) -> Rule:
    """The scalars of this step. Products are taken in double precision before the one rounding to fp32."""
    lr, wd, form = group["lr"], group["weight_decay"], group["decay_form"]
    if isinstance(lr, Tensor) and not group["capturable"]:
        lr = lr.item()
    decay: float | Tensor = 0.0
    if form == "decoupled":
        decay = (lr.double() * wd).to(lr.dtype) if isinstance(lr, Tensor) else lr * wd
    elif form == "independent":
        decay = wd
    return Rule(
        lr=lr,
        decay=decay,
        coupled=wd if form == "coupled" else 0.0,
        momentum=group["momentum"],
        max_decay=group["max_decay"],
        idle_skip=group["idle"] == "skip",
        idle_ratio=group["idle_ratio"],
        ignore_nonfinite=group["nonfinite"] == "ignore",
        maximize=group["maximize"],
    )


# -- Carrying out a group's work. Every way computes the same operations on the same noise: the same bits. --

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
    key = replace(work.key, step=group["step"])
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
