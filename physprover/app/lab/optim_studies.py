"""Runnable evidence: ``physprover study configs/studies/nonsmooth.toml``.

A study is a TOML file with ``kind`` and the fields of the settings class of that kind; it prints a Markdown table and,
with ``--out``, writes one JSON record a line. Whatever comes out is printed, also where StoSignSGD loses.
"""

from __future__ import annotations

import dataclasses
import json
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import torch
from pydantic import Field, TypeAdapter, ValidationError
from torch import Tensor, nn
from torch.optim import Optimizer

from physprover.config import Section
from physprover.config_file import read_toml
from physprover.errors import ConfigError
from physprover.records import first_problem
from rl.optim.baselines import Signum, lion, sign_sgd
from rl.optim.settings import OptimizerError
from rl.optim.states import MAXIMUM
from rl.optim.stosign import StoSignSGD
from rl.trainer.optimizers import clip_grad_norm


def table(records: list[Any]) -> str:
    """Records of one kind as a Markdown table."""
    rows = [dataclasses.asdict(r) for r in records]
    names = list(rows[0])
    lines = ["| " + " | ".join(names) + " |", "|" + "---|" * len(names)]
    for row in rows:
        cells = [f"{v:.4g}" if isinstance(v, float) else "-" if v is None else str(v) for v in row.values()]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def write(records: list[Any], path: Path) -> None:
    """Records of one kind, one JSON object a line."""
    path.write_text("".join(json.dumps(dataclasses.asdict(r)) + "\n" for r in records))


# -- The non-smooth convex problems on which SignSGD fails and StoSignSGD does not, and regret against its bound. --
#
# Momentum must be 0: with momentum the deterministic sign solves both, so nothing would be shown.
#
# A  x in [-1, 1], gradient +4 with probability 1/4, else -1. The mean is +1/4, so the optimum is -1; the majority of
#    signs points the other way. Regret is measured here, against ``1.5 D |G_T|_1 sqrt(T)``: our derivation for a box of
#    side D, steps ``D / sqrt(t)`` and a non-decreasing G (``E[eta s] = eta g / G`` in the usual telescoping argument).
# B  f(x) = |x1 + x2| / 2 + |x1 - x2| from (1, 1), with sign(0) = 1. The signs of the subgradient cancel along the valley.
#
# Every run is repeated in ``replicas`` independent copies, as elements of one tensor.


@dataclass(frozen=True, slots=True)
class NonSmoothRecord:
    """Mean and standard error over replicas of the last point's distance to the optimum, in objective value."""

    problem: str
    optimizer: str
    steps: int
    gap: float
    error: float
    best_gap: float
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
        regret, best, largest = torch.zeros(self.replicas), math.inf, 0.0
        for t in range(1, self.steps + 1):
            g = torch.where(torch.rand(self.replicas, generator=generator) < 0.25, 4.0, -1.0)
            regret += g * (x.detach() + 1)
            largest = max(largest, float(g.max()))
            _advance(optimizer, x, g, rate / math.sqrt(t))
            x.data.clamp_(-1, 1)
            best = min(best, float((x.detach() + 1).mean()) / 4)
        gap = (x.detach() + 1) / 4
        measured = problem.endswith("regret")
        return NonSmoothRecord(
            problem, name, self.steps, float(gap.mean()), _standard_error(gap), best,
            float(regret.mean()) if measured else None,
            1.5 * 2 * largest * math.sqrt(self.steps) if measured else None,
        )  # fmt: skip

    def _problem_b(self, name: str) -> NonSmoothRecord:
        x = torch.nn.Parameter(torch.ones(2, self.replicas))
        optimizer = self._optimizer(name, x, self.rate_b)
        best = math.inf
        for t in range(1, self.steps + 1):
            along, across = _sign(x[0] + x[1]), _sign(x[0] - x[1])
            g = torch.stack([along / 2 + across, along / 2 - across]).detach()
            _advance(optimizer, x, g, self.rate_b / math.sqrt(t))
            best = min(best, float(_valley(x.detach()).mean()))
        gap = _valley(x.detach())
        return NonSmoothRecord("B", name, self.steps, float(gap.mean()), _standard_error(gap), best)


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


# -- FP8 storage simulated on any device: E5M2 gradients and E4M3 optimizer state, with a power-of-two scale a tensor. --
#
# Our set-up for the comparison, after what is known of the paper's (gradients E5M2, state E4M3); its scaling is not.


def through(x: Tensor, dtype: torch.dtype, up: bool = False) -> Tensor:
    """``x`` as it comes back from ``dtype`` under a scale that brings its largest entry just inside the range.

    ``up`` rounds non-negative values upward, as a running maximum needs.
    """
    top = x.abs().max()
    if top == 0:
        return x.clone()
    limit = torch.finfo(dtype).max
    scale = torch.exp2(torch.floor(torch.log2(limit / top)))
    scaled = x * scale
    code = scaled.to(dtype)
    if up:
        low = code.float() < scaled
        code = (code.view(torch.uint8) + low.to(torch.uint8)).view(dtype)
    return code.to(x.dtype) / scale


def round_gradients(optimizer: Optimizer) -> None:
    """Pass every gradient through E5M2."""
    for group in optimizer.param_groups:
        for p in group["params"]:
            if p.grad is not None:
                p.grad = through(p.grad, torch.float8_e5m2)


def round_state(optimizer: Optimizer) -> None:
    """Pass every state tensor of a parameter's shape through E4M3; a running maximum is rounded up."""
    for p, state in optimizer.state.items():
        for name, value in state.items():
            if isinstance(value, Tensor) and value.shape == p.shape and value.is_floating_point():
                value.copy_(through(value, torch.float8_e4m3fn, up=name == MAXIMUM))


# -- A small character language model, trained in fp32, bf16 or simulated FP8 by each optimizer, equal tuning for all. --
#
# Text: the Lean sources under ``text``. Each optimizer gets the same number of learning rates around its own centre,
# chosen on the first seed by validation loss; the chosen rate then runs on all seeds. Both the grid and the choice are
# in the records. Says nothing about large models: it is the comparison that fits two CPU cores.

_CENTRES = {"adamw": 3e-3, "lion": 5e-4}  # every sign method: 5e-4


@dataclass(frozen=True, slots=True)
class LanguageRecord:
    """Validation loss in nats a character: mean and standard error (of one seed: None) over seeds at the chosen rate."""

    precision: str
    optimizer: str
    loss: float
    error: float | None
    rate: float
    grid: str
    seeds: int
    steps: int


OptimizerName = Literal[
    "adamw", "lion", "signum", "stosignsgd", "stosignsgd-no-momentum", "stosignsgd-decay-0.999",
    "stosignsgd-decay-0.9", "stosignsgd-first-max", "stosignsgd-8bit",
]  # fmt: skip
Precision = Literal["fp32", "bf16", "fp8"]


class LanguageStudy(Section):
    """What follows ``stosignsgd-`` is an ablation: ``decay`` is of the maximum, ``first-max`` is G_0 = 1e-3."""

    kind: Literal["language"] = "language"
    text: str = "lean/PhysCore"
    optimizers: tuple[OptimizerName, ...] = ("adamw", "lion", "signum", "stosignsgd")
    precisions: tuple[Precision, ...] = ("fp32", "bf16", "fp8")
    factors: tuple[float, ...] = (0.33, 1.0, 3.0)
    seeds: int = 3
    steps: int = 300
    batch: int = 16
    context: int = 64
    width: int = 96

    def run(self) -> list[LanguageRecord]:
        """Tune on seed 0, then run every seed."""
        data, vocabulary = _corpus(Path(self.text))
        records = []
        for precision in self.precisions:
            for name in self.optimizers:
                grid = [_CENTRES.get(name, 5e-4) * factor for factor in self.factors]
                tuned = {rate: self._train(data, vocabulary, precision, name, rate, 0) for rate in grid}
                rate = min(tuned, key=lambda r: tuned[r] if math.isfinite(tuned[r]) else math.inf)
                losses = [tuned[rate]]
                losses += [
                    self._train(data, vocabulary, precision, name, rate, s) for s in range(1, self.seeds)
                ]
                values = torch.tensor(losses, dtype=torch.float64)
                error = float(values.std()) / math.sqrt(len(losses)) if len(losses) > 1 else None
                shown = " ".join(f"{r:.2g}:{loss:.3f}" for r, loss in tuned.items())
                records.append(
                    LanguageRecord(
                        precision, name, float(values.mean()), error, rate, shown, len(losses), self.steps
                    )
                )
        return records

    def _train(
        self, data: Tensor, vocabulary: int, precision: str, name: str, rate: float, seed: int
    ) -> float:
        torch.manual_seed(seed)
        model = _Model(vocabulary, self.width, self.context)
        if precision == "bf16":
            model = model.bfloat16()
        optimizer = _build(name, model, rate, seed)
        generator = torch.Generator().manual_seed(seed)
        split = data.numel() * 9 // 10
        for step in range(self.steps):
            warm = min(1.0, (step + 1) / (0.1 * self.steps))
            optimizer.param_groups[0]["lr"] = rate * warm * 0.5 * (1 + math.cos(math.pi * step / self.steps))
            optimizer.zero_grad()
            loss = model.loss(_batch(data[:split], self.batch, self.context, generator))
            if not torch.isfinite(loss):
                return math.inf
            loss.backward()  # type: ignore[no-untyped-call]
            clip_grad_norm(model.parameters(), 1.0)
            if precision == "fp8":
                round_gradients(optimizer)
            optimizer.step()
            if precision == "fp8":
                round_state(optimizer)
        held = torch.Generator().manual_seed(1234)
        with torch.no_grad():
            losses = [model.loss(_batch(data[split:], 64, self.context, held)) for _ in range(4)]
        return float(torch.stack(losses).float().mean())


class _Model(nn.Module):
    """Two causal transformer layers."""

    def __init__(self, vocabulary: int, width: int, context: int) -> None:
        super().__init__()
        self.embed = nn.Embedding(vocabulary, width)
        self.place = nn.Parameter(torch.zeros(context, width))
        layer = nn.TransformerEncoderLayer(
            width, 4, 4 * width, 0.0, "gelu", batch_first=True, norm_first=True
        )
        self.layers = nn.TransformerEncoder(layer, 2, nn.LayerNorm(width), enable_nested_tensor=False)
        self.head = nn.Linear(width, vocabulary)

    def loss(self, tokens: Tensor) -> Tensor:
        """Mean cross entropy of the next character; tokens int64 [batch, context + 1]."""
        x, y = tokens[:, :-1], tokens[:, 1:]
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[1], dtype=self.place.dtype)
        hidden = self.layers(self.embed(x) + self.place[: x.shape[1]], mask=mask, is_causal=True)
        return nn.functional.cross_entropy(self.head(hidden).float().flatten(0, 1), y.flatten())


def _build(name: str, model: nn.Module, rate: float, seed: int) -> Optimizer:
    params = list(model.parameters())
    if name == "adamw":
        return torch.optim.AdamW(params, rate, betas=(0.9, 0.95), weight_decay=0.0)
    if name == "lion":
        return lion(params, rate)
    if name == "signum":
        return Signum(params, rate)
    ablations: dict[str, dict[str, object]] = {
        "stosignsgd": {},
        "stosignsgd-no-momentum": {"momentum": 0.0},
        "stosignsgd-decay-0.999": {"max_decay": 0.999},
        "stosignsgd-decay-0.9": {"max_decay": 0.9},
        "stosignsgd-first-max": {"first_max": 1e-3},
        "stosignsgd-8bit": {"state_dtype": "8bit"},
    }
    return StoSignSGD(params, rate, seed=seed, **ablations[name])  # type: ignore[arg-type]


def _corpus(folder: Path) -> tuple[Tensor, int]:
    """All Lean text under ``folder`` as character ids, and the size of the alphabet."""
    text = "\n".join(path.read_text() for path in sorted(folder.rglob("*.lean")))
    if len(text) < 10_000:
        raise OptimizerError(f"a language study needs at least 10,000 characters of Lean text under {folder}")
    alphabet = {c: i for i, c in enumerate(sorted(set(text)))}
    return torch.tensor([alphabet[c] for c in text]), len(alphabet)


def _batch(data: Tensor, count: int, context: int, generator: torch.Generator) -> Tensor:
    starts = torch.randint(data.numel() - context - 1, (count,), generator=generator)
    return data[starts.unsqueeze(1) + torch.arange(context + 1)]


# -- Study files --

_STUDIES: TypeAdapter[NonSmoothStudy | LanguageStudy] = TypeAdapter(
    Annotated[NonSmoothStudy | LanguageStudy, Field(discriminator="kind")]
)


def load(path: Path) -> NonSmoothStudy | LanguageStudy:
    """The study that a file describes. Raises `ConfigError` with the first thing wrong."""
    try:
        return _STUDIES.validate_python(read_toml(path))
    except ValidationError as error:
        where, what = first_problem(error)
        raise ConfigError(f"{path}: `{where}`: {what}") from None
