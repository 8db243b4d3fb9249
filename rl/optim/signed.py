"""``signed(optimizer)``: any torch optimizer's update as an unbiased stochastic sign.

Our reconstruction of the paper's sign conversion framework, of which only the idea is public: take the base
optimizer's direction v, keep an envelope G >= |v| (its running maximum), and step with
``sign(v + G n)``, whose expectation is ``v / G``. Not the paper's own algorithm. Under FSDP2 every rank draws the noise of its own
shard, and its step is that of one process, to the bit, wherever the base's direction is.

The direction is read by letting the base optimizer step from zero weights at learning rate 1: what it leaves there is
exactly ``-v``, with nothing lost to the subtraction of two nearby weights. Hence the base must not look at the
weights: weight decay belongs to ``signed``. bfloat16 weights are rounded stochastically, as StoSignSGD rounds them.
"""

from __future__ import annotations

import copy
import math
from collections.abc import Callable
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from torch.optim import Optimizer

from rl.optim.formats import Work, is_sharded, local_tensor, watch_steps
from rl.optim.rule import NoiseKey, stochastic_sign
from rl.optim.settings import OptimizerError, check_gradient, evaluated
from rl.optim.states import MAXIMUM, NearestWeight, StochasticWeight, compute_dtype


class Signed(Optimizer):
    """The sign-based counterpart of ``base``; shares its groups, so schedulers of either one act on both."""

    def __init__(self, base: Optimizer, *, weight_decay: float = 0.0, seed: int = 0) -> None:
        if any(group.get("weight_decay", 0) for group in base.param_groups):
            raise OptimizerError(
                "the base optimizer must have weight_decay 0: pass weight_decay to signed instead"
            )
        if not (math.isfinite(weight_decay) and weight_decay >= 0):
            raise OptimizerError(f"weight_decay must be finite and not negative, not {weight_decay}")
        self.base = base
        super().__init__(base.param_groups, dict(base.defaults))
        self.param_groups = base.param_groups
        self.sign_settings: dict[str, Any] = {"weight_decay": weight_decay, "seed": seed, "step": 0}
        watch_steps(self, (torch.float16,))

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given.

        Raises:
            OptimizerError: a gradient is sparse, complex, NaN or inf; nothing was changed.
        """
        loss = evaluated(closure)
        self._advance()
        return loss

    # Under `torch.compile` one break: the noise is hundreds of operations on integers, and the counted steps would be compiled
    # one by one.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _advance(self) -> None:
        seed, step = self.sign_settings["seed"], self.sign_settings["step"] + 1
        jobs: list[tuple[dict[str, Any], Work]] = []
        first = 0
        for group in self.param_groups:
            for position, p in enumerate(group["params"], first):
                if p.grad is not None:
                    check_gradient(p, p.grad)
                    jobs.append((group, Work.of(p, NoiseKey(seed, step, position))))
            first += len(group["params"])
        if not _all_finite([w for _, w in jobs]):
            raise OptimizerError("NaN or inf in a gradient; nothing was changed")
        directions = self._directions([w.param for _, w in jobs])
        self.sign_settings["step"] = step
        for (group, w), v in zip(jobs, directions, strict=True):
            word = w.words()
            sign = stochastic_sign(local_tensor(v), local_tensor(self._envelope(w.param, v)), word)
            weight = (
                StochasticWeight(w.weight) if w.weight.dtype == torch.bfloat16 else NearestWeight(w.weight)
            )
            theta = weight.read()
            lr = float(group["lr"])
            weight.write(theta - (theta * (lr * self.sign_settings["weight_decay"]) + sign * lr), word, None)

    def _directions(self, params: list[Tensor]) -> list[Tensor]:
        """What the base optimizer would subtract at learning rate 1."""
        weights = [p.detach().clone() for p in params]
        rates = [g["lr"] for g in self.param_groups]
        try:
            for p in params:
                p.zero_()
            for group in self.param_groups:
                group["lr"] = 1.0
            self.base.step()
            return [-p.detach().to(compute_dtype(p.dtype)) for p in params]
        finally:
            for group, rate in zip(self.param_groups, rates, strict=True):
                group["lr"] = rate
            for p, weight in zip(params, weights, strict=True):
                p.copy_(weight)

    def _envelope(self, p: Tensor, v: Tensor) -> Tensor:
        running: Tensor = self.state[p].setdefault(MAXIMUM, torch.zeros_like(v))
        local = local_tensor(running)
        torch.maximum(local, local_tensor(v).abs(), out=local)
        return running

    def __getstate__(self) -> dict[str, Any]:
        return super().__getstate__() | {"base": self.base, "sign_settings": self.sign_settings}

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add the group to the base optimizer (the two share their groups)."""
        if hasattr(self, "sign_settings"):
            self.base.add_param_group(param_group)
        else:
            super().add_param_group(param_group)

    def state_dict(self) -> dict[str, Any]:
        """Base state, envelopes by parameter position, and the noise position."""
        params = [p for g in self.param_groups for p in g["params"]]
        envelopes = {i: self.state[p][MAXIMUM] for i, p in enumerate(params) if self.state.get(p)}
        return {"base": self.base.state_dict(), "envelopes": envelopes, "sign": dict(self.sign_settings)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore what ``state_dict`` gave, bit for bit."""
        if not {"base", "envelopes", "sign"} <= state_dict.keys():
            raise OptimizerError("not a checkpoint of a signed optimizer")
        params = [p for g in self.param_groups for p in g["params"]]
        for i, envelope in state_dict["envelopes"].items():
            if i >= len(params) or envelope.shape != params[i].shape:
                raise OptimizerError(f"the envelope of parameter {i} does not fit this optimizer")
            if local_tensor(envelope).shape != local_tensor(params[i]).shape:
                raise OptimizerError(f"the envelope of parameter {i} is not divided over processes as here")
        self.base.load_state_dict(copy.deepcopy(state_dict["base"]))  # torch would share its tensors
        self.param_groups = self.base.param_groups
        self.sign_settings = dict(state_dict["sign"])
        self.state.clear()
        for i, envelope in state_dict["envelopes"].items():
            self.state[params[i]][MAXIMUM] = envelope.detach().to(params[i].device, copy=True)


def _all_finite(work: list[Work]) -> bool:
    """Whether every gradient is, with the shards of all ranks: all of them step or none does."""
    if not work:
        return True
    finite = torch.stack([torch.isfinite(w.grad).all().to(work[0].grad.device) for w in work]).all()
    if any(is_sharded(w.param) for w in work):
        seen = finite.int()
        dist.all_reduce(seen, op=dist.ReduceOp.MIN)
        finite = seen
    return bool(finite)


signed = Signed
