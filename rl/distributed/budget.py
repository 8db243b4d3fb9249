"""How many entries to send at each step so that a whole run keeps to its bytes: the three rules.

``fixed``: the same share at every step. ``norm``: ``k/d = max(0, 1 - lam / |g|^2)``, a closed form in the gradient norm
and the budget, of the kind that Adaptive Top-K (arXiv 2210.13532) describes; its own formula is not public and this one
is derived from a loose error bound. ``threshold``: keep every entry with ``g^2 >= lam``, the optimum for a whole run
when lam is right (Sahu et al., NeurIPS 2021). ``lam`` follows the bytes spent. All three are hard-limited by the
budget: no run sends more than it was given.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

from rl.optim.errors import CommunicationError

Rule = Literal["fixed", "norm", "threshold"]
_BURST = 5.0  # at most this many times the mean share in one step
_STEP_GAIN, _RUN_GAIN = 0.04, 0.1  # reaction of log lam to this step's share and to the run's


@dataclass
class ByteBudget:
    """Spends ``total`` payload bytes (this rank's) over ``steps`` steps at ``entry_bytes`` each.

    Every decision uses numbers that are equal on all ranks, so that all choose the same k without asking.
    """

    total: int
    steps: int
    rule: Rule = "threshold"
    entry_bytes: int = 6
    spent: int = 0
    step: int = 0
    lam: float | None = None

    def __post_init__(self) -> None:
        if self.total <= 0 or self.steps <= 0 or self.rule not in ("fixed", "norm", "threshold"):
            raise CommunicationError(
                "a byte budget needs total > 0, steps > 0 and rule fixed, norm or threshold"
            )

    def choose(self, squared_norm: float, above: int, entries: int, overhead: int = 0) -> int:
        """Entries to send of ``entries``.

        Args:
            squared_norm: of the last known gradient (for ``norm``).
            above: how many entries reached ``lam`` last time (for ``threshold``).
            entries: the whole gradient's size.
            overhead: bytes that every step costs besides its entries; reserved for all steps to come.
        """
        reserved = overhead * max(1, self.steps - self.step)
        left = max(0, self.total - self.spent - reserved) // self.entry_bytes
        mean = self.mean_entries()
        if self.rule == "fixed" or self.lam is None:
            wanted = mean
        elif self.rule == "norm":
            wanted = entries * max(0.0, 1 - self.lam / squared_norm) if squared_norm > 0 else 0.0
        else:
            wanted = float(above)
        return int(min(wanted, _BURST * mean, left, entries))

    def mean_entries(self) -> float:
        """The budget's mean number of entries per step."""
        return self.total / self.steps / self.entry_bytes

    def settle(self, sent: int, payload: int, first_lam: float) -> None:
        """Book a step that sent ``sent`` entries in ``payload`` bytes; ``first_lam`` starts the controller."""
        self.step += 1
        self.spent += payload
        if self.lam is None:
            self.lam = first_lam
        mean = max(self.mean_entries(), 1e-9)
        pace = self.spent / (self.total / self.steps * self.step)
        self.lam *= math.exp(_STEP_GAIN * (sent / mean - 1) + _RUN_GAIN * (pace - 1))

    def state_dict(self) -> dict[str, Any]:
        """What a resumed run needs."""
        return {"spent": self.spent, "step": self.step, "lam": self.lam}

    def load_state_dict(self, state: dict[str, Any]) -> None:
        """Restore ``state_dict``."""
        self.spent, self.step, self.lam = state["spent"], state["step"], state["lam"]
