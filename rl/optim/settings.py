"""The settings of one parameter group: their names, their defaults, what they mean, and what is refused."""

from __future__ import annotations

import math
from collections.abc import Callable
from numbers import Real
from typing import Any, Literal

import torch
from torch import Tensor

from physprover.errors import PhysProverError

# -- What can go wrong in an optimizer step, named before any state is touched. --


class OptimizerError(PhysProverError, ValueError):
    """A setting, gradient or checkpoint that the optimizer refuses; also a ValueError, as torch users expect."""


class NonFiniteGradientError(OptimizerError):
    """A gradient holds NaN or inf. Nothing was changed; a never-decaying maximum would have kept the poison."""


class CommunicationError(OptimizerError):
    """A gradient exchange was asked for something it cannot do."""


# -- Settings --

DecayForm = Literal["decoupled", "independent", "coupled"]
Idle = Literal["move", "skip", "skip_step"]
NonFinite = Literal["raise", "skip", "ignore", "allow"]
StateDtype = Literal["auto", "bfloat16", "8bit"]
WeightRounding = Literal["auto", "nearest", "stochastic", "correction"]

_CHOICES: dict[str, tuple[str, ...]] = {
    "decay_form": ("decoupled", "independent", "coupled"),
    "idle": ("move", "skip", "skip_step"),
    "nonfinite": ("raise", "skip", "ignore", "allow"),
    "state_dtype": ("auto", "bfloat16", "8bit"),
    "weight_rounding": ("auto", "nearest", "stochastic", "correction"),
}


def scalar(value: float | Tensor) -> float | Tensor:
    """The value to check: a float where reading it costs nothing, else the device tensor itself."""
    return value.item() if isinstance(value, Tensor) and value.device.type == "cpu" else value


def check_group(group: dict[str, Any]) -> None:
    """Raise OptimizerError on a setting out of range."""
    for name, choices in _CHOICES.items():
        if group[name] not in choices:
            raise OptimizerError(f"{name} must be one of {', '.join(choices)}, not {group[name]!r}")
    check_rates(group)
    check_momentum(group)
    _check_numbers(group, "max_decay", "first_max", "idle_ratio")
    if not 0 < group["max_decay"] <= 1:
        raise OptimizerError(f"max_decay must lie in (0, 1], not {group['max_decay']}")
    if not (math.isfinite(group["first_max"]) and group["first_max"] >= 0):
        raise OptimizerError(f"first_max must be finite and not negative, not {group['first_max']}")
    if not 0 <= group["idle_ratio"] < 1:
        raise OptimizerError(f"idle_ratio must lie in [0, 1), not {group['idle_ratio']}")
    if not (isinstance(group["seed"], int) and 0 <= group["seed"] < 1 << 64):
        raise OptimizerError(f"seed must be an integer in [0, 2**64), not {group['seed']!r}")
    if group["max_exponent"] is not None and not -96 <= group["max_exponent"] <= 126:
        raise OptimizerError(f"max_exponent must be None or lie in [-96, 126], not {group['max_exponent']}")
    if group["capturable"] and group["nonfinite"] in ("raise", "skip"):
        raise OptimizerError("capturable cannot wait for the host: set nonfinite to 'ignore' or 'allow'")
    if group["capturable"] and group["idle"] == "skip_step":
        raise OptimizerError("capturable cannot wait for the host: set idle to 'move' or 'skip'")


def check_rates(group: dict[str, Any]) -> None:
    """Raise OptimizerError on a learning rate or a weight decay that is no number or out of range. A rate of 0 is legal, as in torch."""
    _check_numbers(group, "lr", "weight_decay")
    if isinstance(group["lr"], Tensor) and group["lr"].numel() != 1:
        raise OptimizerError("a tensor lr must hold exactly one value")
    lr = scalar(group["lr"])
    if isinstance(lr, float | int) and not (math.isfinite(lr) and lr >= 0):
        raise OptimizerError(f"lr must be finite and not negative, not {lr}")
    if not (math.isfinite(group["weight_decay"]) and group["weight_decay"] >= 0):
        raise OptimizerError(f"weight_decay must be finite and not negative, not {group['weight_decay']}")


def check_momentum(group: dict[str, Any]) -> None:
    """Raise OptimizerError on a momentum that is no number or out of range."""
    _check_numbers(group, "momentum")
    if not 0 <= group["momentum"] < 1:
        raise OptimizerError(f"momentum must lie in [0, 1), not {group['momentum']}")


def _check_numbers(group: dict[str, Any], *names: str) -> None:
    for name in names:
        if not isinstance(group[name], Real | Tensor):  # YAML reads 1e-3 as a text
            raise OptimizerError(f"{name} must be a number, not {group[name]!r}")


def evaluated(closure: Callable[[], Any] | None) -> Any:
    """The loss of the closure that a ``step`` was given, None without one."""
    if closure is None:
        return None
    with torch.enable_grad():
        return closure()


def check_parameter(p: Tensor) -> None:
    """Raise OptimizerError on a parameter that this family of optimizers cannot move."""
    if p.is_complex():
        raise OptimizerError("complex parameters have no sign; pass torch.view_as_real of them")
    if not p.is_floating_point() or p.dtype not in (
        torch.float64,
        torch.float32,
        torch.bfloat16,
        torch.float16,
    ):
        raise OptimizerError(f"parameters must be float64, float32, bfloat16 or float16, not {p.dtype}")


def check_gradient(p: Tensor, g: Tensor) -> None:
    """Raise OptimizerError on a gradient without a plain dense layout that matches its parameter."""
    if g.layout != torch.strided:
        raise OptimizerError(
            "sparse gradients are not supported: use dense ones; StoSignSGD with idle='skip' leaves the rows that were not "
            "hit untouched"
        )
    if g.is_complex():
        raise OptimizerError("complex gradients have no sign")
    if g.device != p.device:
        raise OptimizerError(f"gradient on {g.device} but parameter on {p.device}")
    if g.shape != p.shape:
        raise OptimizerError(f"gradient of shape {tuple(g.shape)} for a parameter of shape {tuple(p.shape)}")
