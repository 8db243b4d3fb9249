"""The GRPO update of one of several trainer processes, each with a copy of the model and its part of the batch.

accelerate wraps the model in DistributedDataParallel because a process group is there when TRL's trainer is built. What
has to differ from the trainer that is alone:

* gradients are exchanged once an update, in the backward pass of the last micro-batch, however many a rank has; a rank
  that was dealt nothing takes part with a dummy row of zero weight;
* TRL gathers its figures over all ranks at each micro-batch, which would wait forever where ranks have different numbers
  of them: here each rank keeps its own and the driver adds them up;
* the exchange is the one of `[rl.exchange]`, and its state belongs in checkpoints.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from physprover.config import RunConfig
from physprover.errors import RunError
from rl.checkpoint import EXCHANGE
from rl.distributed.hook import attach
from rl.groups import Drawn, Sample
from rl.trainer.batches import Batch, MicroBatch, Whole, exchange_arguments
from rl.trainer.grpo import GroupTrainer, UpdateStats


class RankTrainer(GroupTrainer):
    """`GroupTrainer` as one rank of a process group that stands already."""

    accelerator: Any

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: RunConfig, output: Path
    ) -> None:
        super().__init__(model, tokenizer, config, output)
        self.exchange = attach(self.model_wrapped, **exchange_arguments(config))
        self._settle_buckets()

    def update_part(self, part: Sequence[Sample], whole: Whole) -> UpdateStats:
        """Take part in the update from a batch of size `whole`. Losses and means are this part's share of the whole's."""
        stats = self._learn(part, whole)
        return stats if self.exchange is None else replace(stats, exchanged=self.exchange.payload)

    def checksum(self) -> int:
        """Of the trainable weights' bits: equal on all ranks, or the copies have drifted apart."""
        total = 0
        for parameter in self.model.parameters():
            if parameter.requires_grad:
                bits = parameter.detach().contiguous().view(-1).view(torch.int16)
                total += int(bits.sum(dtype=torch.int64))
        return total

    def write(self, folder: Path) -> None:
        """This rank's part of a checkpoint: the first writes what all hold, each what its exchange remembers."""
        if dist.get_rank() == 0:
            super().write(folder)
        if self.exchange is not None:
            torch.save(self.exchange_state(), folder / EXCHANGE.format(dist.get_rank()))

    def load(self, checkpoint: Path) -> None:
        """Raises RunError as `GroupTrainer.load` does, and when the exchange or the number of processes is another."""
        super().load(checkpoint)
        if self.exchange is None:
            return
        saved = exchange_file(checkpoint, dist.get_rank(), dist.get_world_size())
        if saved is not None:
            self.load_exchange_state(torch.load(saved, weights_only=True))

    def exchange_state(self) -> dict[str, Any]:
        """What this rank's exchange must remember, with the name of the exchange."""
        assert self.exchange is not None
        state = self.exchange.state_dict()
        return {"name": self.run_config.rl.exchange.name, "state": state}

    def load_exchange_state(self, saved: dict[str, Any]) -> None:
        """Raises RunError when it is the state of another exchange."""
        name = self.run_config.rl.exchange.name
        if saved["name"] != name:
            raise RunError(f'the checkpoint was made with rl.exchange.name = "{saved["name"]}", not "{name}"')
        assert self.exchange is not None
        self.exchange.load_state_dict(saved["state"])

    # -- Inside an update --

    def _settle_buckets(self) -> None:
        """Let DDP see one backward pass, of nothing, after which it lays its buckets out anew.

        So gradients are added in the same order from the first update on, be it that of a new run or of a resumed one.
        """
        row = self._dummy_row()
        if self.beta != 0.0:
            row.tensors["ref_per_token_logps"] = self._reference_logps(row)
        self._backward([row], Whole(rows=1, tokens=1))
        self.model_wrapped.zero_grad()

    def _batches(self, samples: Sequence[Sample]) -> list[MicroBatch]:
        return super()._batches(samples) or [self._dummy_row()]

    def _backward(self, batches: Sequence[MicroBatch], whole: Whole) -> float:
        *early, last = batches
        with self.model_wrapped.no_sync():
            loss = super()._backward(early, whole)
        return loss + super()._backward([last], whole)

    def _compute_loss(self, model: Any, inputs: Batch) -> Tensor:
        everyone = self.accelerator
        self.accelerator = _Alone(everyone)
        try:
            loss: Tensor = super()._compute_loss(model, inputs)
        finally:
            self.accelerator = everyone
        return loss

    def _dummy_row(self) -> MicroBatch:
        token = torch.full((1, 1), self._tokenizer.pad_token_id)
        row = {
            "prompt_ids": token,
            "prompt_mask": torch.ones(1, 1, dtype=torch.long),
            "completion_ids": token,
            "completion_mask": torch.zeros(1, 1, dtype=torch.long),
            "old_per_token_logps": torch.zeros(1, 1),
            "advantages": torch.zeros(1),
        }
        return MicroBatch({name: tensor.to(self.accelerator.device) for name, tensor in row.items()}, Drawn())


def exchange_file(checkpoint: Path, rank: int, ranks: int) -> Path | None:
    """The state of this rank's exchange, None in a checkpoint of a dense exchange or of a trainer that was alone.

    Raises RunError when there were not as many ranks: what each of them had not sent yet cannot be dealt anew.
    """
    count = len(list(checkpoint.glob(EXCHANGE.format("*"))))
    if count not in (0, ranks):
        raise RunError(f"{checkpoint}: made with cluster.trainer_processes = {count}; restore that number")
    return checkpoint / EXCHANGE.format(rank) if count else None


class _Alone:
    """An accelerator whose gather and reduce stay on this rank; everything else is the real one's."""

    def __init__(self, accelerator: Any) -> None:
        self._accelerator = accelerator

    def __getattr__(self, name: str) -> Any:
        return getattr(self._accelerator, name)

    def gather(self, tensor: Tensor) -> Tensor:
        return tensor

    def reduce(self, tensor: Tensor, reduction: str = "sum") -> Tensor:  # noqa: ARG002
        return tensor
