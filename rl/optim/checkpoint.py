"""Loading optimizer state: what is refused, and keeping the dtypes that were saved."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from torch import Tensor

from rl.optim.errors import OptimizerError
from rl.optim.states import MAXIMUM, MOMENTUM

if TYPE_CHECKING:
    from torch.optim import Optimizer


def check(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """Raise OptimizerError, before anything is loaded, if the checkpoint does not fit this optimizer."""
    try:
        groups, states = state_dict["param_groups"], state_dict["state"]
    except (KeyError, TypeError):
        raise OptimizerError("not an optimizer checkpoint: it lacks 'param_groups' or 'state'") from None
    own = [len(g["params"]) for g in optimizer.param_groups]
    saved = [len(g["params"]) for g in groups]
    if own != saved:
        raise OptimizerError(
            f"parameter groups changed: the checkpoint has sizes {saved}, this optimizer {own}"
        )
    if not states and any(int(g.get("step", 0)) > 0 for g in groups):
        raise OptimizerError("the checkpoint has taken steps but holds no state")
    for key, p in _pairs(optimizer, state_dict):
        entry = states.get(key)
        if entry is None:
            continue
        for name in (MOMENTUM, MAXIMUM):
            if name not in entry:
                raise OptimizerError(f"state of parameter {key} lacks {name!r}: not a StoSignSGD checkpoint")
            if entry[name].shape != p.shape:
                raise OptimizerError(
                    f"{name} of parameter {key} has shape {tuple(entry[name].shape)}, not {tuple(p.shape)}"
                )


def restore_dtypes(optimizer: Optimizer, state_dict: dict[str, Any]) -> None:
    """Put back the saved tensors in their own dtypes, after torch has cast them to the weights' dtype."""
    for key, p in _pairs(optimizer, state_dict):
        for name, value in state_dict["state"].get(key, {}).items():
            if isinstance(value, Tensor):
                optimizer.state[p][name] = value.detach().to(device=p.device, copy=True)


def _pairs(optimizer: Optimizer, state_dict: dict[str, Any]) -> list[tuple[Any, Tensor]]:
    keys = [key for g in state_dict["param_groups"] for key in g["params"]]
    params = [p for g in optimizer.param_groups for p in g["params"]]
    return list(zip(keys, params, strict=True))
