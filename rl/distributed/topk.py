"""Adaptive Top-K gradient averaging with error compensation, under a byte budget for the whole run.

Each rank adds what it could not send before, sends its k largest entries as (int32 index, bf16 value), and keeps the
rest, the rounding of the values included: the sum of all that was sent plus the residual is the sum of all gradients.
k is chosen from the *previous* step's statistics, which travel with the entries and are equal on all ranks.
"""

from __future__ import annotations

import math
import warnings
from dataclasses import dataclass, field
from typing import Any, Literal

import torch
import torch.distributed as dist
from torch import Tensor

from rl.optim.settings import CommunicationError

# -- How many entries to send at each step so that a whole run keeps to its bytes: the three rules. --
#
# ``fixed``: what is left over the steps left. ``norm``: of what is left, the share that this step's gradient norm has in
# the norms to come, ``|g| / (|g| + later m)`` with the running (geometric) mean ``m`` for each later step: the optimum of
# ``sum |g|^2 / k`` under ``sum k``, a closed form in norm and budget of the kind that Adaptive Top-K (arXiv 2210.13532)
# describes; its own formula is not public. ``threshold``: keep every entry with ``g^2 >= lam``, the optimum for a whole
# run when lam is right (Sahu et al., NeurIPS 2021); lam follows the bytes spent.
#
# Both keep within bounds round the even share of what is left, which tighten as the run falls behind or runs ahead of its
# budget: persistent growth or decay of the gradients can neither use it up early nor leave it unspent. The last step sends
# what is left, and no step takes the one entry that each later step is owed.

Rule = Literal["fixed", "norm", "threshold"]
_BURST = 5.0  # at most this many times the mean share in one step
_RANGE = {"norm": 2.0, "threshold": 5.0}  # of a step's entries, up and down from its even share
_STEP_GAIN, _RUN_GAIN = 0.04, 0.1  # reaction of log lam to this step's share and to the run's
_MEMORY = 10  # steps in the running mean of the norm


@dataclass
class ByteBudget:
    """Spends ``total`` payload bytes (this rank's) over ``steps`` steps at ``entry_bytes`` each.

    Every decision uses numbers that are equal on all ranks, so that all choose the same k without asking. ``lam`` is the
    threshold (``threshold``) or the geometric mean of the last squared norms (``norm``).
    """

    total: int
    steps: int
    rule: Rule = "threshold"
    entry_bytes: int = 6
    spent: int = 0
    step: int = 0
    lam: float | None = None
    _told: bool = field(default=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.total <= 0 or self.steps <= 0 or self.rule not in ("fixed", "norm", "threshold"):
            raise CommunicationError(
                "a byte budget needs bytes and steps of the whole run above 0 (`attach`: run_bytes, run_steps) "
                "and rule fixed, norm or threshold"
            )

    def choose(self, squared_norm: float, above: int, entries: int, overhead: int = 0) -> int:
        """Entries to send of ``entries``.

        Args:
            squared_norm: of the last known gradient (for ``norm``).
            above: how many entries reached ``lam`` last time (for ``threshold``).
            entries: the whole gradient's size.
            overhead: bytes that every step costs besides its entries; reserved for all steps to come.
        """
        later = max(0, self.steps - self.step - 1)
        reserved = overhead * (later + 1)
        left = max(0, self.total - self.spent - reserved) // self.entry_bytes
        if left < 1 and not self._told:
            self._told = True
            warnings.warn(
                f"the byte budget has no entry left at step {self.step + 1} of {self.steps}: "
                "nothing is exchanged from here",
                stacklevel=2,
            )
        share, mean = left / (later + 1), self.mean_entries(overhead)
        if self.rule == "fixed" or self.lam is None or later == 0:
            wanted = share
        else:
            span = _RANGE[self.rule]
            least = share - (1 - 1 / span) * min(share, mean)
            most = share + (span - 1) * share * min(1.0, share / mean if mean else 1.0)
            wanted = min(max(self._wanted(squared_norm, above, left, later), least), most)
        if left > later:
            wanted = min(max(wanted, 1.0), left - later)
        return int(min(wanted, max(_BURST * mean, 1.0), left, entries))

    def _wanted(self, squared_norm: float, above: int, left: int, later: int) -> float:
        """What the rule alone would send now, with ``later`` steps to come."""
        assert self.lam is not None
        if self.rule == "threshold":
            return float(above)
        if not math.isfinite(squared_norm):
            return float(left)
        norm, mean = math.sqrt(squared_norm), math.sqrt(self.lam)
        return left * norm / (norm + later * mean) if norm > 0 else 0.0

    def mean_entries(self, overhead: float = 0.0) -> float:
        """The budget's mean number of entries per step, of which each costs ``overhead`` bytes besides."""
        return max(0.0, self.total / self.steps - overhead) / self.entry_bytes

    def settle(self, sent: int, payload: int, signal: float) -> None:
        """Book a step that sent ``sent`` entries in ``payload`` bytes.

        ``signal`` is this step's squared norm (for ``norm``) or where the threshold starts (read at the first step).
        """
        self.step += 1
        self.spent += payload
        if self.rule == "norm":
            self._remember(signal)
            return
        if self.lam is None:
            self.lam = signal
        mean = max(self.mean_entries(max(0, payload - sent * self.entry_bytes)), 1e-9)
        pace = self.spent / (self.total / self.steps * self.step)
        self.lam *= math.exp(
            _STEP_GAIN * (min(sent / mean, _BURST) - 1) + _RUN_GAIN * (min(pace, _BURST) - 1)
        )

    def _remember(self, squared_norm: float) -> None:
        """Take a norm into the mean; a geometric one, which a burst a thousand times as large moves by a factor of two."""
        if squared_norm > 0 and math.isfinite(squared_norm):
            new, known = math.log(squared_norm), math.log(self.lam or squared_norm)
            self.lam = math.exp(known + (new - known) / min(self.step, _MEMORY))

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs."""
        return {"spent": self.spent, "step": self.step, "lam": self.lam}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore ``state_dict``."""
        self.spent, self.step, self.lam = state["spent"], state["step"], state["lam"]


# -- Topk --

ENTRY_BYTES = 6  # int32 index, bf16 value
HEADER_BYTES = (
    12  # fp64 squared norm, which no fp32 gradient overflows; int32 count of entries that reach the threshold
)
_LARGEST = torch.finfo(
    torch.bfloat16
).max  # fp32 reaches a little beyond; what is cut off stays in the residual


@dataclass
class AdaptiveTopK:
    """Sparse averaging under ``budget``; what is not sent stays in ``residual``."""

    budget: ByteBudget
    residual: Tensor | None = None
    squared_norm: float = 0.0
    above: int = 0

    @property
    def payload(self) -> int:
        """Bytes this rank handed to collectives for other ranks."""
        return self.budget.spent

    def average(self, grad: Tensor, idle: Tensor | None = None) -> Tensor:
        """The mean over ranks of what each of them sent of ``grad`` [n] (fp32), identical on all ranks.

        Of ``idle`` entries (a mask that all ranks have alike) nothing is sent now, for their average is dropped.

        Raises:
            CommunicationError: NaN or inf on any rank, raised on all of them; a residual of other parameters.
        """
        world, size = dist.get_world_size(), grad.numel()
        if self.residual is not None:
            if self.residual.numel() != size:
                raise CommunicationError(
                    f"what the loaded exchange has not sent is of {self.residual.numel()} entries, the gradient has {size}: "
                    "its checkpoint is of a model with other trained parameters"
                )
            grad = grad + self.residual.to(grad.device)
        k = self.budget.choose(self.squared_norm, self.above, size, HEADER_BYTES * (world - 1))
        offered = grad if idle is None else grad.masked_fill(idle, 0.0)
        top = torch.topk(offered.abs(), k, sorted=False).indices
        values = offered[top].clamp(-_LARGEST, _LARGEST).to(torch.bfloat16)
        everyone = self._gather(self._message(offered, top, values))

        mean = torch.zeros_like(grad)
        norms, counts = [], []
        for rows in everyone:
            norms.append(float(rows[:8].clone().view(torch.float64)))
            counts.append(int(rows[8:HEADER_BYTES].clone().view(torch.int32)))
            where = rows[HEADER_BYTES : HEADER_BYTES + 4 * k].clone().view(torch.int32).to(torch.int64)
            mean.index_add_(
                0, where, rows[HEADER_BYTES + 4 * k :].clone().view(torch.bfloat16).float() / world
            )
        if not all(map(math.isfinite, norms)):
            raise CommunicationError("NaN or inf in a gradient on some rank; the step must not be taken")
        self.residual = grad.clone()
        self.residual[top] -= values.float()
        self.squared_norm, self.above = sum(norms) / world, sum(counts) // world
        self.budget.settle(k, everyone[0].numel() * (world - 1), self._signal(size))
        return mean

    def _message(self, grad: Tensor, top: Tensor, values: Tensor) -> Tensor:
        norm = torch.linalg.vector_norm(grad, dtype=torch.float64)
        reached = (grad.abs() >= math.sqrt(self.budget.lam or 0.0)).sum().to(torch.int32)
        parts = [norm.square().view(1), reached.view(1), top.to(torch.int32), values]
        return torch.cat([part.view(torch.uint8) for part in parts])

    def _gather(self, message: Tensor) -> list[Tensor]:
        world = dist.get_world_size()
        everyone = torch.empty(world * message.numel(), dtype=torch.uint8, device=message.device)
        dist.all_gather_single(everyone, message)
        return list(everyone.view(world, -1))

    def _signal(self, size: int) -> float:
        """The norm, or where the threshold starts; its controller corrects what this guess gets wrong."""
        if self.budget.rule == "norm":
            return self.squared_norm
        return 6.6 * self.squared_norm / size  # the upper percentile of a normal distribution of this norm

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs to continue bit for bit; the residual is this rank's own."""
        return {
            "budget": self.budget.state_dict(),
            "residual": self.residual,
            "squared_norm": self.squared_norm,
            "above": self.above,
        }

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore ``state_dict``. Raises CommunicationError for that of another exchange."""
        if not {"budget", "residual"} <= state.keys():
            raise CommunicationError(
                "not the state of a topk exchange: resume with the exchange that saved it"
            )
        self.budget.load_state_dict(state["budget"])
        self.residual = state["residual"]
        self.squared_norm, self.above = state["squared_norm"], state["above"]
