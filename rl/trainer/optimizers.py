"""The optimizer of the RL step, by name, over exactly the trainable tensors of a model; and the clipping of what it is given."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn.utils import clip_grads_with_norm_, get_total_norm

from physprover.config import OptimizerConfig
from physprover.errors import ModelError


def build_optimizer(
    config: OptimizerConfig, model: nn.Module, decayed: set[str], seed: int
) -> torch.optim.Optimizer:
    """An optimizer over the parameters of `model` that require gradients.

    `decayed` names the parameters that weight decay applies to (matrices, not norms and biases). The order of the
    groups and of the parameters in them is the model's own, which the reproducible noise of StoSignSGD relies on.
    """
    trainable = [(name, p) for name, p in model.named_parameters() if p.requires_grad]
    groups: list[dict[str, Any]] = [
        {"params": [p for n, p in trainable if n in decayed], "weight_decay": config.weight_decay},
        {"params": [p for n, p in trainable if n not in decayed], "weight_decay": 0.0},
    ]
    groups = [group for group in groups if group["params"]]
    if not groups:
        raise ModelError("the model has no trainable parameter")
    return _construct(config, groups, seed)


def check_covers(model: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Raise ModelError when a trainable tensor is missing from the optimizer.

    Adapters that are added after an optimizer was built train nothing, silently and with a healthy gradient norm.
    """
    held = {id(p) for group in optimizer.param_groups for p in group["params"]}
    missing = [name for name, p in model.named_parameters() if p.requires_grad and id(p) not in held]
    if missing:
        raise ModelError(f"{len(missing)} trainable tensors are not in the optimizer, e.g. {missing[0]}")


def _construct(config: OptimizerConfig, groups: list[dict[str, Any]], seed: int) -> torch.optim.Optimizer:
    lr = config.learning_rate
    if config.name == "adamw":
        return torch.optim.AdamW(groups, lr=lr, betas=(config.momentum, 0.999), fused=True)
    import rl.optim

    if config.name == "stosignsgd":
        return rl.optim.StoSignSGD(
            groups, lr=lr, momentum=config.momentum, seed=seed, state_dtype=config.state_dtype
        )
    if config.name == "signsgd":  # momentum 0 is SignSGD proper, more is Signum
        return rl.optim.Signum(groups, lr=lr, momentum=config.momentum)
    return rl.optim.lion(groups, lr=lr, betas=(config.momentum, 0.99))


# -- Gradients clipped by their global norm, whatever their size. --
#
# `torch.nn.utils.clip_grad_norm_` sums squares in the gradients' own dtype: finite float32 entries of 1e20 have an infinite norm
# and are all set to 0, entries below 1e-23 have the norm 0 (findings/torch_clip_grad_norm_erases.sh). Here such gradients are
# divided by their largest entry first, as BLAS's nrm2 does, which needs no float64 and so runs on every device. Ordinary
# gradients take torch's own path and give its bits.

# Between these the float32 sum of squares has its full precision: an entry whose square is lost below the least normal number
# (1e-38) is then less than 1e-7 of the norm.
_LEAST, _MOST = 1e-12, 1e18
_USUAL = 0.1  # torch adds 1e-6 to the norm, which is not noise any more beside a smaller `max_norm`


@torch.no_grad()
def clip_grad_norm(parameters: Iterable[Tensor], max_norm: float) -> float:
    """Scale all gradients by one factor such that, seen as one vector, they are no longer than `max_norm`.

    Args:
        parameters: Tensors with `grad`, plain or DTensors (FSDP2); those without a gradient are left out. With DTensors every
            rank of the mesh must call.
        max_norm: Above 0.

    Returns:
        The norm before scaling, as a Python float: infinite or NaN only if an entry is, in which case nothing is scaled; 0.0
        only if every entry is 0.
    """
    held = list(parameters)
    gradients = [p.grad for p in held if p.grad is not None]
    if not gradients:
        return 0.0
    total = get_total_norm(gradients)
    norm = _number(total)
    if _LEAST < norm < _MOST and max_norm >= _USUAL:
        clip_grads_with_norm_(held, max_norm, total)
        return norm
    if math.isnan(norm):
        return norm
    largest = max(_number(torch.linalg.vector_norm(g, ord=math.inf)) for g in gradients)
    if largest == 0.0 or math.isinf(largest):
        return largest
    exponent = math.frexp(largest)[1]
    length = math.sqrt(sum(_number(torch.linalg.vector_norm(_scaled(g, exponent))) ** 2 for g in gradients))
    norm = math.ldexp(length, exponent)
    if norm > max_norm:
        for gradient in gradients:
            gradient.copy_(_scaled(gradient, exponent) * (max_norm / length))
    return norm


def _scaled(gradient: Tensor, exponent: int) -> Tensor:
    """The gradient / 2^exponent, at least in float32; in two steps, since 2^-exponent may be no float32."""
    wide = gradient if gradient.dtype == torch.float64 else gradient.float()
    half = exponent // 2
    return wide * 2.0**-half * 2.0 ** (half - exponent)


def _number(value: Tensor) -> float:
    """The value of a scalar, gathered from all ranks if it is a DTensor."""
    return float(value.full_tensor() if hasattr(value, "full_tensor") else value)
