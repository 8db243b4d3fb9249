"""The optimizer of the RL step, by name, over exactly the trainable tensors of a model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from physprover.config import OptimizerConfig
from physprover.errors import ModelError

if TYPE_CHECKING:
    import torch
    from torch import nn


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
        import torch

        return torch.optim.AdamW(groups, lr=lr, betas=(config.momentum, 0.999), fused=True)
    import rl.optim

    if config.name == "stosignsgd":
        return rl.optim.StoSignSGD(
            groups, lr=lr, momentum=config.momentum, seed=seed, state_dtype=config.state_dtype
        )
    if config.name == "signsgd":  # momentum 0 is SignSGD proper, more is Signum
        return rl.optim.Signum(groups, lr=lr, momentum=config.momentum)
    return rl.optim.lion(groups, lr=lr, betas=(config.momentum, 0.99))
