"""What StoSignSGD is compared with: Signum and SignSGD (here), Lion (from its package) and Muon."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from rl.optim.formats import Work, check_checkpoint, is_sharded, watch_steps, with_gradients
from rl.optim.rule import NoiseKey
from rl.optim.settings import OptimizerError, check_momentum, check_parameter, check_rates, evaluated
from rl.optim.states import MOMENTUM
from rl.optim.survey import refuse_nonfinite


class Signum(Optimizer):
    """Sign of the momentum, decoupled decay: ``m = b1 m + (1-b1) g; theta -= lr sign(m) + lr wd theta``.

    ``momentum=0`` is SignSGD. Bernstein et al., "signSGD" (ICML 2018). The deterministic twin of StoSignSGD: same
    momentum form, so that the sign's noise is the only difference between the two. Low-precision weights are rounded to
    nearest, as torch does; a warning says where that loses the steps.

    Raises:
        OptimizerError: bad settings; sparse or complex gradients; no gradient at all.
        NonFiniteGradientError: NaN or inf in a gradient, as StoSignSGD by default. Nothing was changed.
    """

    def __init__(
        self, params: Iterable[Any], lr: float, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum, "weight_decay": weight_decay})
        watch_steps(self)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group, whose settings may be its own."""
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            check_rates(group)
            check_momentum(group)
            for p in group["params"]:
                check_parameter(p)
        except OptimizerError:
            self.param_groups.pop()
            raise

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore a ``state_dict``; its settings replace this optimizer's, as torch has it.

        Raises:
            OptimizerError: not a checkpoint of Signum, or of other parameter groups; nothing was changed.
        """
        for key, _, entry in check_checkpoint(self, state_dict, "Signum", ("lr", "momentum", "weight_decay")):
            if entry and entry.keys() != {MOMENTUM}:
                raise OptimizerError(
                    f"state of parameter {key} holds {', '.join(sorted(entry))}, not {MOMENTUM} alone: not a Signum checkpoint"
                )
        super().load_state_dict(state_dict)

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given."""
        loss = evaluated(closure)
        self._advance()
        return loss

    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _advance(self) -> None:
        for group in self.param_groups:
            check_rates(group)
        jobs = list(with_gradients(self.param_groups))
        refuse_nonfinite([Work.of(p, NoiseKey(0, 0, position)) for _, held in jobs for position, p in held])
        for group, held in jobs:
            for _, p in held:
                assert p.grad is not None
                direction = p.grad
                if group["momentum"]:
                    m = self.state[p].setdefault(MOMENTUM, torch.zeros_like(p))
                    direction = m.mul_(group["momentum"]).add_(p.grad, alpha=1 - group["momentum"])
                p.mul_(1 - group["lr"] * group["weight_decay"]).sub_(direction.sign(), alpha=group["lr"])


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
    watch_steps(made)
    return made


# -- Muon (Jordan et al., 2024) whose orthogonalisation runs in the dtype the device is fast at. --
#
# ``torch.optim.Muon`` orthogonalises in bfloat16 whatever the weights are. A CPU without bfloat16 instructions (AVX2 only: most
# laptops) emulates each product: measured 58 times slower than float32. Here a CPU uses float32 (float64 for float64 weights) and
# every other device bfloat16, as torch does. Matrices of one shape share each product, so a model of n layers does not pay for n
# calls of every operation. State (``momentum_buffer``) and groups are torch's: checkpoints fit both ways.


class Muon(torch.optim.Muon):
    """``torch.optim.Muon``, same arguments, same update rule, without bfloat16 on a CPU; takes matrices only.

    Raises:
        OptimizerError: a matrix is divided over processes (FSDP2, tensor parallel): no rank has what is orthogonalised.
    """

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; parameters that are DTensors are refused."""
        super().add_param_group(param_group)
        if any(is_sharded(p) for p in self.param_groups[-1]["params"]):
            self.param_groups.pop()
            raise OptimizerError(
                "Muon orthogonalises whole matrices and does not run on DTensors (FSDP2, tensor parallel): use StoSignSGD, "
                "Signum, or signed(…) on an optimizer that takes each element by itself, or replicate the model (DDP)"
            )

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given."""
        loss = evaluated(closure)
        for group in self.param_groups:
            params: list[Tensor] = []
            gradients: list[Tensor] = []
            momenta: list[Tensor] = []
            self._init_group(group, params, gradients, momenta)
            if not params:
                continue
            torch._foreach_lerp_(momenta, gradients, 1 - group["momentum"])
            directions = (
                torch._foreach_lerp(gradients, momenta, group["momentum"]) if group["nesterov"] else momenta
            )
            torch._foreach_mul_(params, 1 - float(group["lr"]) * group["weight_decay"])
            for members in _by_shape(params):
                stack = torch.stack([directions[i] for i in members])
                update = orthogonalise(
                    stack, group["ns_coefficients"], steps=group["ns_steps"], eps=group["eps"]
                )
                rate = float(group["lr"]) * _scale(group["adjust_lr_fn"], *params[members[0]].shape)
                for i, change in zip(members, update, strict=True):
                    params[i].add_(change, alpha=-rate)
        return loss


def orthogonalise(
    matrices: Tensor,
    coefficients: tuple[float, float, float] = (3.4445, -4.7750, 2.0315),
    *,
    steps: int = 5,
    eps: float = 1e-7,
) -> Tensor:
    """Nearly orthogonal factors of ``matrices`` (count, rows, columns) by the quintic Newton-Schulz iteration of Muon.

    Singular values end near 1, most within 0.7 to 1.2. Computed and returned in float32 on a CPU (float64 stays), else bfloat16.
    """
    if matrices.device.type != "cpu":
        x = matrices.bfloat16()
    else:
        x = matrices if matrices.dtype == torch.float64 else matrices.float()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / torch.linalg.matrix_norm(x, keepdim=True).clamp(min=eps)  # spectral norm at most 1
    long = x.shape[-1] > 1.5 * x.shape[-2] and x.dtype != torch.bfloat16 and steps
    x = _by_gram(x, coefficients, steps) if long else _by_rows(x, coefficients, steps)
    return x.mT if tall else x


def _by_rows(x: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    a, b, c = coefficients
    for _ in range(steps):
        gram = x @ x.mT
        x = torch.baddbmm(x, torch.baddbmm(gram, gram, gram, beta=b, alpha=c), x, beta=a)
    return x


def _by_gram(x: Tensor, coefficients: tuple[float, float, float], steps: int) -> Tensor:
    """The same in exact arithmetic: every step is a polynomial of the Gram matrix, so only the first and last product need the long
    side. Five steps on (192, 512) take 0.68 of the time; in bfloat16 the powers of the Gram matrix would lose too much."""
    a, b, c = coefficients
    gram = x @ x.mT
    factor = torch.eye(x.shape[-2], dtype=x.dtype, device=x.device).expand_as(gram)
    for step in range(steps):
        change = torch.baddbmm(gram, gram, gram, beta=b, alpha=c)  # a step is x <- a x + change x
        factor = torch.baddbmm(factor, change, factor, beta=a)
        if step < steps - 1:
            half = torch.baddbmm(gram, change, gram, beta=a)
            gram = torch.baddbmm(half, half, change, beta=a)
    return factor @ x


def _by_shape(params: list[Tensor]) -> list[list[int]]:
    """Positions of the parameters that can share a stack: one shape, dtype and device."""
    groups: dict[tuple[Any, ...], list[int]] = {}
    for i, p in enumerate(params):
        groups.setdefault((p.shape, p.dtype, p.device), []).append(i)
    return list(groups.values())


def _scale(rule: str | None, rows: int, columns: int) -> float:
    """Learning rate of one matrix over the group's, as ``torch.optim.Muon``'s ``adjust_lr_fn`` defines it."""
    if rule == "match_rms_adamw":
        return 0.2 * math.sqrt(max(rows, columns))
    return math.sqrt(max(1, rows / columns))
