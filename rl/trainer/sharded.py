"""A trainer whose model is divided over its processes: FSDP2 (`torch.distributed.fsdp.fully_shard`).

Every rank holds an equal part of weights, gradients, optimizer state and KL reference as DTensors; a layer's weights are
gathered while it is computed. What differs from ranks with whole copies (`RankTrainer`):

* every forward and backward pass is collective, so all ranks make as many of them: a rank with fewer micro-batches adds
  dummy rows of zero weight;
* the gradient is averaged inside the backward pass, `rl.exchange` is `dense`;
* weights leave tensor by tensor: in a checkpoint each rank writes a part of them, whole tensors, as one file of a
  Hugging Face folder, so that no process ever holds them all;
* the optimizer's state goes through torch's distributed checkpoint, which another number of ranks can read.

StoSignSGD draws its noise by global element index: its update is that of one process, to the bit, given the gradient.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import torch
import torch.distributed as dist
from safetensors.torch import save_file
from torch import Tensor
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.models.lora import factors, read_adapter, write_adapter
from rl.checkpoint import ADAPTER, OPTIMIZER, TRAINING
from rl.groups import Sample
from rl.trainer.batches import MicroBatch
from rl.trainer.grpo import GroupTrainer
from rl.trainer.rank import RankTrainer


class ShardedTrainer(RankTrainer):
    """`GroupTrainer` as one rank of a process group that stands already and divides the model."""

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: RunConfig, output: Path
    ) -> None:
        GroupTrainer.__init__(self, model, tokenizer, config, output)
        self.exchange = None

    def checksum(self) -> int:
        """0: ranks hold different parts, there is nothing to compare."""
        return 0

    def weights(self) -> dict[str, Tensor]:
        """Weights of the plain model, gathered one by one, on the CPU of rank 0; the other ranks take part and get none."""
        keep = dist.get_rank() == 0
        return {name: tensor for name, tensor in self._gathered() if keep}

    def handover(self) -> dict[str, Tensor]:
        """`weights` or, with LoRA, its factors."""
        if self.run_config.model.lora_rank is None:
            return self.weights()
        return {name: whole(tensor).cpu() for name, tensor in factors(self.plain_model()).items()}

    def write(self, folder: Path) -> None:
        """This rank's part of a checkpoint; all ranks together."""
        self._write_weights(folder)
        self._write_optimizer(folder)
        adapters = self.handover() if self.run_config.model.lora_rank is not None else None
        if dist.get_rank() == 0:
            torch.save({"scheduler": self.lr_scheduler.state_dict()}, folder / TRAINING)
            if adapters is not None:
                base = self.plain_model().get_base_model().config.name_or_path
                write_adapter(adapters, folder / ADAPTER, base)

    def load(self, checkpoint: Path) -> None:
        """Without LoRA the weights are there already. Raises RunError when it is of another model or optimizer."""
        if self.run_config.model.lora_rank is not None:
            self._load_factors(read_adapter(checkpoint / ADAPTER))
        self.lr_scheduler.load_state_dict(torch.load(checkpoint / TRAINING, weights_only=True)["scheduler"])
        self._load_optimizer(checkpoint)

    # -- Inside --

    def _load_factors(self, read: Mapping[str, Tensor]) -> None:
        """Take over a checkpoint's adapters. Raises RunError when they are of another model."""
        own = self._named()
        if own.keys() != read.keys() or any(own[name].shape != tensor.shape for name, tensor in read.items()):
            raise RunError("the checkpoint's adapters are of another model or rank")
        with torch.no_grad():
            for name, parameter in own.items():
                assert isinstance(parameter, DTensor)
                value = read[name].to(parameter.device, parameter.dtype)
                parameter.copy_(distribute_tensor(value, parameter.device_mesh, parameter.placements))

    def _write_weights(self, folder: Path) -> None:
        """This rank's part of the weights, as a file of a Hugging Face folder; rank 0 writes the index.

        Tensors are dealt to the ranks as they come, each to the one with the fewest bytes so far.
        """
        world, rank = dist.get_world_size(), dist.get_rank()
        sizes = [0] * world
        placed: dict[str, str] = {}
        mine: dict[str, Tensor] = {}
        for name, tensor in self._gathered():
            owner = sizes.index(min(sizes))
            sizes[owner] += tensor.numel() * tensor.itemsize
            placed[name] = _file(owner, world)
            if owner == rank:
                mine[name] = tensor
        save_file(mine, folder / _file(rank, world), metadata={"format": "pt"})
        if rank == 0:
            index = {"metadata": {"total_size": sum(sizes)}, "weight_map": placed}
            (folder / "model.safetensors.index.json").write_text(
                json.dumps(index, indent=1), encoding="utf-8"
            )
            plain = self.plain_model()
            plain = plain.get_base_model() if self.run_config.model.lora_rank is not None else plain
            plain.config.save_pretrained(folder)
            plain.generation_config.save_pretrained(folder)
            self.processing_class.save_pretrained(folder)

    def _write_optimizer(self, folder: Path) -> None:
        """All ranks together; any number of them can read it."""
        from torch.distributed.checkpoint.state_dict_saver import save

        tensors, rest = self._optimizer_state()
        (folder / OPTIMIZER).mkdir(exist_ok=True)
        save(tensors, checkpoint_id=folder / OPTIMIZER)
        if dist.get_rank() == 0:
            torch.save(rest, folder / OPTIMIZER / "rest.pt")

    def _load_optimizer(self, folder: Path) -> None:
        """Raises RunError when it is the state of another optimizer or model."""
        from torch.distributed.checkpoint.state_dict_loader import load

        rest = torch.load(folder / OPTIMIZER / "rest.pt", weights_only=True)
        parameters = self._named()
        tensors: dict[str, Tensor] = {}
        for key, dtype in rest["dtypes"].items():
            parameter = parameters.get(key.rpartition("/")[0])
            if parameter is None:
                raise RunError(f"{folder}: the optimizer's state is of another model ({key})")
            tensors[key] = torch.zeros_like(parameter, dtype=dtype)
        try:
            load(tensors, checkpoint_id=folder / OPTIMIZER)
            state = {
                number: {
                    **rest["others"].get(name, {}),
                    **{
                        key.rpartition("/")[2]: t
                        for key, t in tensors.items()
                        if key.rpartition("/")[0] == name
                    },
                }
                for number, name in enumerate(rest["order"])
            }
            own = self.optimizer.state_dict()
            self.optimizer.load_state_dict({**own, "state": state, **rest["whole"]})
        except (KeyError, ValueError, RuntimeError) as error:
            raise RunError(f"the checkpoint's optimizer does not fit this run: {error}") from None

    def _distribute(self) -> None:
        """Divide the model, layer by layer, and the reference likewise."""
        mesh = init_device_mesh(self.accelerator.device.type, (dist.get_world_size(),))
        for model in filter(None, (self.model, self.ref_model)):
            _one_dtype(model)
            for layer in _layers(model):
                fully_shard(layer, mesh=mesh)
            # The reference makes no backward pass, after which embedding and head would be given back.
            fully_shard(model, mesh=mesh, reshard_after_forward=True if model is self.ref_model else None)
        self.is_distributed_loading_by_transformers = True  # so that `Trainer` wraps nothing round it

    def _batches(self, samples: Sequence[Sample]) -> list[MicroBatch]:
        own = super()._batches(samples)
        most = torch.tensor(len(own), device=self.accelerator.device)
        dist.all_reduce(most, op=dist.ReduceOp.MAX)
        return own + [self._dummy_row() for _ in range(int(most) - len(own))]

    def _backward(self, batches: Sequence[MicroBatch], whole: Any) -> float:
        return GroupTrainer._backward(self, batches, whole)

    def _gathered(self) -> Iterator[tuple[str, Tensor]]:
        """Every tensor of the plain model, LoRA folded in, on the CPU; tied ones once. Collective: take them all."""
        model = self.plain_model()
        lora = self.run_config.model.lora_rank is not None
        plain = model.get_base_model() if lora else model
        tied = getattr(plain, "all_tied_weights_keys", None) or ()
        state: Mapping[str, Tensor] = plain.state_dict()
        for name, tensor in state.items():
            if ".lora_" in name or name.replace(".base_layer.", ".") in tied:
                continue
            value = whole(tensor.detach())
            if name.endswith(".base_layer.weight"):
                layer = plain.get_submodule(name.removesuffix(".base_layer.weight"))
                a, b = (whole(getattr(layer, f"lora_{f}")["default"].weight.detach()) for f in "AB")
                value = value + (layer.scaling["default"] * (b @ a)).to(value.dtype)
            yield name.replace(".base_layer.", "."), value.cpu().contiguous()

    def _named(self) -> dict[str, Tensor]:
        return {name: p for name, p in self.model.named_parameters() if p.requires_grad}

    def _optimizer_state(self) -> tuple[dict[str, Tensor], dict[str, Any]]:
        """Divided tensors by parameter and name, and everything else, which is the same on all ranks."""
        names = {id(p): name for name, p in self._named().items()}
        own = self.optimizer.state_dict()
        order = [names[id(p)] for group in self.optimizer.param_groups for p in group["params"]]
        tensors: dict[str, Tensor] = {}
        others: dict[str, dict[str, Any]] = {}
        for number, entry in own["state"].items():
            for key, value in entry.items():
                if isinstance(value, DTensor):
                    tensors[f"{order[number]}/{key}"] = value
                else:
                    others.setdefault(order[number], {})[key] = value
        return tensors, {
            "order": order,
            "others": others,
            "dtypes": {key: tensor.dtype for key, tensor in tensors.items()},
            "whole": {key: value for key, value in own.items() if key != "state"},
        }


def whole(tensor: Tensor) -> Tensor:
    """The whole of a divided tensor, gathered on every rank; any other tensor as it is."""
    return tensor.full_tensor() if isinstance(tensor, DTensor) else tensor


def _layers(model: Any) -> list[Any]:
    """The decoder layers, which are gathered one at a time."""
    plain = model.get_base_model() if hasattr(model, "peft_config") else model
    named = set(plain._no_split_modules or ())
    return [module for module in model.modules() if type(module).__name__ in named]


def _one_dtype(model: Any) -> None:
    """Adapters in the dtype of the model: FSDP2 gathers a layer's parameters in one buffer."""
    kinds = {p.dtype for p in model.parameters() if not p.requires_grad}
    if len(kinds) == 1:
        model.to(kinds.pop())


def _file(rank: int, world: int) -> str:
    return f"model-{rank + 1:05d}-of-{world:05d}.safetensors"
