"""What StoSignSGD is compared with: Signum and SignSGD (here), Lion (from its package) and Muon."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.optim import Optimizer

from rl.optim.muon import Muon
from rl.optim.settings import OptimizerError, check_first_lr, check_gradient, check_parameter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


class Signum(Optimizer):
    """Sign of the momentum, decoupled decay: ``m = b1 m + (1-b1) g; theta -= lr sign(m) + lr wd theta``.

    ``momentum=0`` is SignSGD. Bernstein et al., "signSGD" (ICML 2018). The deterministic twin of StoSignSGD: same
    momentum form, so that the sign's noise is the only difference between the two.
    """

    def __init__(
        self, params: Iterable[Any], lr: float, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        check_first_lr(lr)
        if not 0 <= momentum < 1 or weight_decay < 0:
            raise OptimizerError("momentum must lie in [0, 1) and weight_decay must not be negative")
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        for group in self.param_groups:
            for p in group["params"]:
                check_parameter(p)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given."""
        loss = None
        if closure is not None:
            with torch.enable_grad():
                loss = closure()
        for group in self.param_groups:
            for p in group["params"]:
                if p.grad is None:
                    continue
                check_gradient(p, p.grad)
                direction = p.grad
                if group["momentum"]:
                    state = self.state[p]
                    m = state.setdefault("momentum", torch.zeros_like(p))
                    direction = m.mul_(group["momentum"]).add_(p.grad, alpha=1 - group["momentum"])
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction.sign(), alpha=group["lr"])
        return loss


def sign_sgd(params: Iterable[Any], lr: float, weight_decay: float = 0.0) -> Signum:
    """Plain SignSGD: Signum without momentum."""
    return Signum(params, lr, momentum=0.0, weight_decay=weight_decay)


def lion(params: Iterable[Any], lr: float, **options: Any) -> Optimizer:
    """Lion from the ``lion-pytorch`` package (Chen et al., 2302.06675).

    Raises:
        OptimizerError: the package is not installed.
    """
    try:
        from lion_pytorch import Lion  # type: ignore[import-not-found,import-untyped,unused-ignore]
    except ImportError:
        raise OptimizerError("Lion needs the package lion-pytorch: pip install lion-pytorch") from None
    made: Optimizer = Lion(params, lr=lr, **options)
    return made


def muon(params: Iterable[Any], lr: float, **options: Any) -> Optimizer:
    """Muon (``rl.optim.muon``: torch's rule, in float32 on a CPU); takes matrices only."""
    options.setdefault("weight_decay", 0.0)
    return Muon(params, lr=lr, **options)
