"""Runnable evidence: ``physprover study configs/studies/nonsmooth.toml``.

Non-smooth convex problems on which SignSGD fails and StoSignSGD does not, and regret against its bound. Momentum must be
0: with momentum the deterministic sign solves both, so nothing would be shown.

A  x in [-1, 1], gradient +4 with probability 1/4, else -1. The mean is +1/4, so the optimum is -1; the majority of
   signs points the other way. Regret is measured here, against ``1.5 D |G_T|_1 sqrt(T)``: our derivation for a box of
   side D, steps ``D / sqrt(t)`` and a non-decreasing G (``E[eta s] = eta g / G`` in the usual telescoping argument).
B  f(x) = |x1 + x2| / 2 + |x1 - x2| from (1, 1), with sign(0) = 1. The signs of the subgradient cancel along the valley.

Every run is repeated in ``replicas`` independent copies, as elements of one tensor.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import torch
from torch import Tensor
from torch.optim import Optimizer

from eval.compare import markdown_table
from physprover.config import Section
from rl.optim.baselines import sign_sgd
from rl.optim.stosign import StoSignSGD


def table(records: list[NonSmoothRecord]) -> str:
    """Records as a Markdown table."""
    rows = [dataclasses.asdict(r).values() for r in records]
    cells = [
        [f"{v:.4g}" if isinstance(v, float) else "-" if v is None else str(v) for v in row] for row in rows
    ]
    return markdown_table([field.name for field in dataclasses.fields(NonSmoothRecord)], cells)


def write(records: list[NonSmoothRecord], path: Path) -> None:
    """Records, one JSON object a line."""
    path.write_text("".join(json.dumps(dataclasses.asdict(r)) + "\n" for r in records))


@dataclass(frozen=True, slots=True)
class NonSmoothRecord:
    """Mean and standard error over replicas of the last point's distance to the optimum, in objective value."""

    problem: str
    optimizer: str
    steps: int
    gap: float
    error: float
    regret: float | None = None
    bound: float | None = None


class NonSmoothStudy(Section):
    """``rate_a`` and ``rate_b``: eta of ``eta / sqrt(t)``; the regret run uses the side of the box instead."""

    kind: Literal["nonsmooth"] = "nonsmooth"
    steps: int = 20_000
    replicas: int = 64
    rate_a: float = 0.05
    rate_b: float = 0.1
    seed: int = 0

    def run(self) -> list[NonSmoothRecord]:
        """Both problems with both optimizers, and the regret run."""
        records = []
        for name in ("SignSGD", "StoSignSGD"):
            records.append(self._problem_a(name, self.rate_a, "A"))
            records.append(self._problem_b(name))
            records.append(self._problem_a(name, 2.0, "A, regret"))
        return sorted(records, key=lambda r: r.problem)

    def _optimizer(self, name: str, x: Tensor, rate: float) -> Optimizer:
        if name == "SignSGD":
            return sign_sgd([x], rate)
        return StoSignSGD([x], rate, momentum=0.0, seed=self.seed)

    def _problem_a(self, name: str, rate: float, problem: str) -> NonSmoothRecord:
        generator = torch.Generator().manual_seed(self.seed)
        x = torch.nn.Parameter(torch.zeros(self.replicas))
        optimizer = self._optimizer(name, x, rate)
        regret, largest = torch.zeros(self.replicas), 0.0
        for t in range(1, self.steps + 1):
            g = torch.where(torch.rand(self.replicas, generator=generator) < 0.25, 4.0, -1.0)
            regret += g * (x.detach() + 1)
            largest = max(largest, float(g.max()))
            _advance(optimizer, x, g, rate / math.sqrt(t))
            x.data.clamp_(-1, 1)
        gap = (x.detach() + 1) / 4
        measured = problem.endswith("regret")
        return NonSmoothRecord(
            problem, name, self.steps, float(gap.mean()), _standard_error(gap),
            float(regret.mean()) if measured else None,
            1.5 * 2 * largest * math.sqrt(self.steps) if measured else None,
        )  # fmt: skip

    def _problem_b(self, name: str) -> NonSmoothRecord:
        x = torch.nn.Parameter(torch.ones(2, self.replicas))
        optimizer = self._optimizer(name, x, self.rate_b)
        for t in range(1, self.steps + 1):
            along, across = _sign(x[0] + x[1]), _sign(x[0] - x[1])
            g = torch.stack([along / 2 + across, along / 2 - across]).detach()
            _advance(optimizer, x, g, self.rate_b / math.sqrt(t))
        gap = _valley(x.detach())
        return NonSmoothRecord("B", name, self.steps, float(gap.mean()), _standard_error(gap))


def _advance(optimizer: Optimizer, x: Tensor, g: Tensor, rate: float) -> None:
    x.grad = g
    optimizer.param_groups[0]["lr"] = rate
    optimizer.step()


def _valley(x: Tensor) -> Tensor:
    return (x[0] + x[1]).abs() / 2 + (x[0] - x[1]).abs()


def _sign(x: Tensor) -> Tensor:
    return torch.where(x >= 0, 1.0, -1.0)


def _standard_error(values: Tensor) -> float:
    return float(values.std()) / math.sqrt(values.numel())
