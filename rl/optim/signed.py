"""``signed(optimizer)``: any torch optimizer's update as an unbiased stochastic sign.

Our reconstruction of the paper's sign conversion framework, of which only the idea is public: take the base
optimizer's direction v, keep an envelope G >= |v| (its running maximum), and step with
``sign(v + G n)``, whose expectation is ``v / G``. Not the paper's own algorithm. Under FSDP2 every rank draws the noise of its own
shard, and its step is that of one process, to the bit, wherever the base's direction is.

The direction is read by letting the base optimizer step from zero weights at learning rate 1: what it leaves there is
exactly ``-v``, with nothing lost to the subtraction of two nearby weights. Hence the base must not look at the
weights, and its weight decay, which does, is carried out here. bfloat16 weights are rounded stochastically, as StoSignSGD rounds them.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor
from torch.optim import Optimizer

from rl.optim.formats import Work, check_checkpoint, local_tensor, watch_steps, with_gradients
from rl.optim.rule import NoiseKey, stochastic_sign
from rl.optim.settings import OptimizerError, check_rates, evaluated
from rl.optim.states import MAXIMUM, NearestWeight, StochasticWeight, compute_dtype
from rl.optim.survey import refuse_nonfinite

# Settings of a group beside the base's own. Bases of other packages keep a "step" there.
SEED, STEP = "sign_seed", "sign_step"
# Where torch keeps the hooks around `state_dict` and `load_state_dict`
_SAVING = tuple(
    f"_optimizer_{call}_{when}_hooks"
    for call in ("state_dict", "load_state_dict")
    for when in ("pre", "post")
)


class Signed(Optimizer):
    """The sign-based counterpart of ``base``; groups and state are shared, so schedulers of either one act on both.

    Args:
        base: gives the direction. ``lr`` and ``weight_decay`` of each of its groups are used as they stand at the step. Decay is
            decoupled (``lr wd theta``, AdamW's form), also where the base would add it to the gradient.
        weight_decay: that of all groups, where the base has none. None: each group keeps its own.
        seed: names the noise together with step, parameter position and global element index.

    Raises:
        OptimizerError: a base that is no optimizer, or needs a closure; weight decay below 0, not finite, or given here and in the
            base.
    """

    def __init__(self, base: Optimizer, *, weight_decay: float | None = None, seed: int = 0) -> None:
        if not isinstance(base, Optimizer):
            raise OptimizerError(
                f"signed takes a torch optimizer that holds its parameters, e.g. AdamW(model.parameters()), not {base!r:.60}"
            )
        if isinstance(base, torch.optim.LBFGS):
            raise OptimizerError(
                "LBFGS evaluates the loss at the weights that it tries, which signed does not know: take another base"
            )
        if weight_decay is not None:
            if other := next((d for g in base.param_groups if (d := g.get("weight_decay", 0))), 0):
                raise OptimizerError(
                    f"weight_decay={weight_decay} is given here, and the base optimizer has weight_decay={other}, maybe by "
                    "default: give it in one place, and for the base 0"
                )
            for group in base.param_groups:
                group["weight_decay"] = base.defaults["weight_decay"] = weight_decay
        for name, value in (("weight_decay", 0.0), (SEED, seed), (STEP, 0)):
            base.defaults.setdefault(name, value)  # of groups that are added later, too
        super().__init__(base.param_groups, base.defaults)
        for group in base.param_groups:
            check_rates(group)
        self.base = base
        self._share()
        watch_steps(self, (torch.float16,))

    def _share(self) -> None:
        self.param_groups, self.state = self.base.param_groups, self.base.state
        for hooks in _SAVING:  # it is the base that saves and loads
            setattr(self, hooks, getattr(self.base, hooks))

    @torch.no_grad()
    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """One update; returns the closure's loss if one is given.

        Raises:
            OptimizerError: a gradient is sparse, complex, NaN or inf (NonFiniteGradientError), or there is none; nothing was
                changed.
        """
        loss = evaluated(closure)
        self._advance()
        return loss

    # Under `torch.compile` one break: the noise is hundreds of operations on integers, and the counted steps would be compiled
    # one by one.
    @torch.compiler.disable  # type: ignore[untyped-decorator]
    def _advance(self) -> None:
        for group in self.param_groups:
            check_rates(group)
        jobs = [
            (group, Work.of(p, NoiseKey(group[SEED], group[STEP] + 1, position)))
            for group, held in with_gradients(self.param_groups)
            for position, p in held
        ]
        refuse_nonfinite([w for _, w in jobs])
        directions = self._directions([w.param for _, w in jobs])
        for group in self.param_groups:
            group[STEP] += 1
        for (group, w), v in zip(jobs, directions, strict=True):
            word = w.words()
            sign = stochastic_sign(local_tensor(v), local_tensor(self._envelope(w.param, v)), word)
            weight = (
                StochasticWeight(w.weight) if w.weight.dtype == torch.bfloat16 else NearestWeight(w.weight)
            )
            theta = weight.read()
            lr = float(group["lr"])
            weight.write(theta - (theta * (lr * group["weight_decay"]) + sign * lr), word, None)

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
        return super().__getstate__() | {"base": self.base}

    def __setstate__(self, state: dict[str, Any]) -> None:
        super().__setstate__(state)
        self._share()

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group; what it does not name is as for the first ones."""
        if not hasattr(self, "base"):
            super().add_param_group(param_group)
            return
        check_rates(self.base.defaults | param_group)
        self.base.add_param_group(param_group)

    def state_dict(self) -> dict[str, Any]:
        """Torch's layout: the base's state and groups, with ``running_max`` beside the state of each parameter.

        Hooks for saving and loading are the base's and called with it, wherever they were registered."""
        return self.base.state_dict()

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Restore what ``state_dict`` gave, bit for bit; its settings replace this optimizer's, as torch has it.

        Raises:
            OptimizerError: not a checkpoint of a signed optimizer, or of other parameters; nothing was changed.
        """
        # Switches are what versions of torch add: an older checkpoint lacks them, and torch fills them in
        needed = {name for name, value in self.base.defaults.items() if not isinstance(value, bool | None)}
        saved = copy.deepcopy(state_dict)  # torch would share its tensors
        kind = f"signed {type(self.base).__name__}"
        entries = [(p, entry) for _, p, entry in check_checkpoint(self, saved, kind, needed)]
        for number, (p, entry) in enumerate(entries):
            maximum = entry.get(MAXIMUM, p)  # a base may have state of parameters that have not moved yet
            if maximum.shape != p.shape:
                raise OptimizerError(f"the {MAXIMUM} of parameter {number} does not fit this optimizer")
            if local_tensor(maximum).shape != local_tensor(p).shape:
                raise OptimizerError(
                    f"the {MAXIMUM} of parameter {number} is not divided over processes as here"
                )
        self.base.load_state_dict(saved)
        self._share()
        for p, entry in entries:
            if MAXIMUM in entry:
                self.state[p][MAXIMUM] = entry[MAXIMUM].to(p.device)  # torch casts it to the weights' dtype


signed = Signed
