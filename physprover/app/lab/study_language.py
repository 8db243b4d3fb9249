"""A small character language model, trained in fp32, bf16 or simulated FP8 by each optimizer, equal tuning for all.

Text: the Lean sources under ``text``. Each optimizer gets the same number of learning rates around its own centre,
chosen on the first seed by validation loss; the chosen rate then runs on all seeds. Both the grid and the choice are
in the records. Says nothing about large models: it is the comparison that fits two CPU cores.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from physprover.app.lab import simulated_fp8
from rl.optim.baselines import Signum, lion
from rl.optim.errors import OptimizerError
from rl.optim.stosign import StoSignSGD

if TYPE_CHECKING:
    from torch.optim import Optimizer

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


@dataclass(frozen=True, slots=True)
class LanguageStudy:
    """Optimizers: adamw, lion, signum, stosignsgd, and its ablations ``stosignsgd-no-momentum``, ``-decay-0.999``,
    ``-decay-0.9`` (of the maximum), ``-first-max`` (G_0 = 1e-3), ``-8bit``. Precisions: fp32, bf16, fp8."""

    text: str = "lean/PhysCore"
    optimizers: tuple[str, ...] = ("adamw", "lion", "signum", "stosignsgd")
    precisions: tuple[str, ...] = ("fp32", "bf16", "fp8")
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
        if precision not in ("fp32", "bf16", "fp8"):
            raise OptimizerError(f"precision must be fp32, bf16 or fp8, not {precision!r}")
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
            nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            if precision == "fp8":
                simulated_fp8.round_gradients(optimizer)
            optimizer.step()
            if precision == "fp8":
                simulated_fp8.round_state(optimizer)
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
    if name not in ablations:
        raise OptimizerError(f"unknown optimizer {name!r} in a study")
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
