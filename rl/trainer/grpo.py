"""The GRPO update: TRL's `GRPOTrainer` fed with attempts that are already sampled and already judged.

TRL owns the loss (clipping, KL, normalisation), the reference model, mixed precision and the wrapping by accelerate. Ours is
what its own loop cannot do (TRL 1.16, measured in tests/rl/trainer/test_grpo.py):

* the ratio uses the behaviour log-probs of the sampler that wrote the attempt; TRL drops those of an outside sampler;
* tokens that the sampler's mask excludes are excluded from the recomputed log-probs too, also the reference's; attempts drawn
  at another temperature or in another format than the run's own (self-play) are recomputed as they were drawn (`Drawn`);
* steps may hold any number of groups, cut into micro-batches of similar length with exact normalisation;
* with attempts several updates old (`rl.max_staleness` above 1), the clipped ratio is against the weights at the start of
  the update, and each token's advantage is weighted by how much likelier these weights make it than the sampler did,
  truncated at `rl.importance_cap`: decoupled PPO, arXiv 2505.24298. TRL takes advantages of shape (B, T) for such uses;
* a step without gradient does not touch the weights: a sign method would move every one of them by the full rate;
* the optimizer is ours, built over the model as it is after LoRA was added, and checked to hold every trainable tensor.

The driver calls `update` with the samples of a step; `train()` of the base class is not used.
"""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import torch
from datasets import Dataset
from torch import Tensor
from transformers import PreTrainedModel, PreTrainedTokenizerBase
from trl import GRPOConfig, GRPOTrainer

from physprover.config import RunConfig
from physprover.errors import RunError
from physprover.models.load import load_model
from physprover.models.lora import factors, folded, peft_config, read_adapter, write_adapter
from physprover.models.sampler import TokenMask
from physprover.prompts import get_prompt
from rl.checkpoint import ADAPTER, TRAINING
from rl.groups import Drawn, Sample
from rl.planning.capacity import CPU_TOKENS, GPU_TOKENS
from rl.trainer.batches import Batch, MicroBatch, Whole, micro_batches
from rl.trainer.logps import padded_logps_and_entropies, shared_prefix_logps_and_entropies, shares_prefixes
from rl.trainer.optimizers import build_optimizer, check_covers, clip_grad_norm


@dataclass(frozen=True, slots=True)
class UpdateStats:
    """What one call of `update` did. Means are over completion tokens of the batch."""

    loss: float = 0.0
    grad_norm: float = 0.0  # before clipping
    kl: float = 0.0  # against the warm start, nats
    ratio_mean: float = 1.0  # trainer / sampler probability before the first update
    entropy: float = 0.0  # nats
    clipped: float = 0.0  # share of tokens whose ratio was clipped
    moved: bool = False
    seconds: float = 0.0
    tokens: int = 0  # of prompts and answers; 0 = there was nothing to learn from
    # Of forward and backward: 6 a weight and token (recomputation and reference not counted)
    flops: float = 0.0
    # Payload bytes that this process has sent in the whole run so far; None: nothing counts them
    exchanged: int | None = None


def never_called(**_: Any) -> list[float]:
    """TRL requires a reward function; ours were earned before the trainer saw the attempts."""
    raise RunError("TRL asked for a reward although attempts arrive judged")


class GroupTrainer(GRPOTrainer):
    """TRL's GRPO loss and model handling around judged attempts."""

    # The base class leaves both None until `_prepare_for_training` has called the two `create_` methods below.
    optimizer: Any
    lr_scheduler: Any

    def __init__(
        self, model: PreTrainedModel, tokenizer: PreTrainedTokenizerBase, config: RunConfig, output: Path
    ) -> None:
        self.run_config = config
        self._collected: dict[str, float] = {}
        self._latest_logps: Tensor | None = None
        if tokenizer.pad_token_id is None:
            tokenizer.pad_token = tokenizer.eos_token
        self._masks: dict[str, TokenMask] = {}  # by prompt format
        self._drawn = Drawn()  # how the micro-batch at hand was
        self._weights = sum(p.numel() for p in model.parameters())
        super().__init__(
            model=model,
            reward_funcs=never_called,
            args=_arguments(config, output),
            train_dataset=Dataset.from_dict({"prompt": [""]}),
            processing_class=tokenizer,
            peft_config=peft_config(config.model.lora_rank),
        )
        self._share_prefixes = (
            self.accelerator.num_processes == 1
            and self.accelerator.device.type == "cpu"
            and shares_prefixes(model)
        )
        if self.args.gradient_checkpointing:
            # transformers (5.19) acts on the argument in `train()` only, which is not called.
            self.model.gradient_checkpointing_enable({"use_reentrant": False})
        self._distribute()
        self._prepare_for_training(max(1, config.rl.steps), None, None)
        check_covers(self.model, self.optimizer)

    def _distribute(self) -> None:
        """Divide the model over processes, where they do; called before the optimizer is built."""

    # -- What TRL asks of us --

    def create_optimizer(self, model: torch.nn.Module | None = None) -> torch.optim.Optimizer:
        """Called by the base class once the model is final (after LoRA)."""
        if self.optimizer is None:
            target = self.model if model is None else model
            decayed = set(self.get_decay_parameter_names(target))
            self.optimizer = build_optimizer(
                self.run_config.rl.optimizer, target, decayed, self.run_config.seed
            )
        return cast("torch.optim.Optimizer", self.optimizer)

    def create_scheduler(
        self,
        num_training_steps: int,  # noqa: ARG002
        optimizer: torch.optim.Optimizer | None = None,  # noqa: ARG002
    ) -> torch.optim.lr_scheduler.LRScheduler:
        """Linear warm-up whose first step is not zero, then constant."""
        warmup = self.run_config.rl.optimizer.warmup_steps
        self.lr_scheduler = torch.optim.lr_scheduler.LambdaLR(
            self.optimizer, lambda step: min(1.0, (step + 1) / (warmup + 1))
        )
        self._created_lr_scheduler = True
        return cast("torch.optim.lr_scheduler.LRScheduler", self.lr_scheduler)

    def _prepare_inputs(self, generation_batch: Batch) -> Batch:
        return generation_batch  # already tensors: nothing to generate, nothing to score

    def _get_per_token_logps_and_entropies(  # TRL's private seam, see tests/rl/trainer/test_shared_prefix.py
        self,
        model: Any,
        input_ids: Tensor,
        attention_mask: Tensor,
        logits_to_keep: int,
        *args: Any,
        **kwargs: Any,
    ) -> tuple[Tensor, Tensor | None, Tensor | None]:
        token_mask = self._mask(self._drawn.prompt or self.run_config.model.prompt)
        temperature = self._drawn.temperature or self.temperature
        result: tuple[Tensor, Tensor | None, Tensor | None]
        # TRL's kernel, below, has no place for a mask, and one temperature for good.
        if self._share_prefixes or token_mask.active or temperature != self.temperature:
            ours = shared_prefix_logps_and_entropies if self._share_prefixes else padded_logps_and_entropies
            # The model's layers are called without the wrapper in which accelerate would switch autocast on.
            with self.accelerator.autocast():
                logps, entropies = ours(
                    model, input_ids, attention_mask, logits_to_keep, temperature, token_mask
                )
            result = (logps, entropies, None)
        else:
            result = super()._get_per_token_logps_and_entropies(
                model, input_ids, attention_mask, logits_to_keep, *args, **kwargs
            )
        self._latest_logps = result[0].detach()
        return result

    # -- What the loop asks of us --

    def update(self, samples: Sequence[Sample]) -> UpdateStats:
        """Learn from one batch of attempts; `rl.updates_per_batch` optimizer steps. No samples, no change."""
        return self._learn(samples, Whole.of(samples)) if samples else UpdateStats()

    def _learn(self, samples: Sequence[Sample], whole: Whole) -> UpdateStats:
        """The update from `samples`, which are `whole` or, with several processes, this one's part of it."""
        started = time.perf_counter()
        batches = self._batches(samples)
        if self.beta != 0.0:
            for batch in batches:
                batch.tensors["ref_per_token_logps"] = self._reference_logps(batch)
        if self.run_config.rl.max_staleness > 1:
            for batch in batches:
                self._weigh(batch)
        moved, loss, norm, first = False, 0.0, 0.0, {}
        for number in range(self.run_config.rl.updates_per_batch):
            self._collected = {}
            loss = self._backward(batches, whole) / self.accelerator.num_processes
            norm = self._apply_gradient()
            moved = moved or (norm > 0.0 and math.isfinite(norm))
            if number == 0:
                first = self._collected
        mean = {key: value / whole.tokens for key, value in first.items()}
        return UpdateStats(
            loss=loss,
            grad_norm=norm if math.isfinite(norm) else 0.0,
            kl=mean.get("kl", 0.0),
            ratio_mean=mean["ratio"],
            entropy=mean["entropy"],
            clipped=mean["clip_ratio/region_mean"],
            moved=moved,
            seconds=time.perf_counter() - started,
            tokens=(tokens := sum(len(s.prompt_ids) + len(s.token_ids) for s in samples)),
            flops=6.0 * self._weights * tokens * self.run_config.rl.updates_per_batch,
        )

    def plain_model(self) -> Any:
        """The model without what accelerate wrapped round it; with LoRA, the PEFT model."""
        return self.accelerator.unwrap_model(self.model)

    def student(self) -> tuple[Any, Any]:
        """Model and tokenizer for supervised steps in place; all its weights are trained. Raises RunError with LoRA."""
        if self.run_config.model.lora_rank is not None:
            raise RunError("rl.expert trains all weights: leave model.lora_rank out")
        return self.plain_model(), self.processing_class

    def weights(self) -> dict[str, Tensor]:
        """Weights of the plain model: LoRA folded in, what is tied once."""
        model = self.plain_model()
        lora = self.run_config.model.lora_rank is not None
        weights = folded(model) if lora else {n: t.detach() for n, t in model.state_dict().items()}
        tied = getattr(model.get_base_model() if lora else model, "all_tied_weights_keys", None) or ()
        return {name: tensor for name, tensor in weights.items() if name not in tied}

    def handover(self) -> dict[str, Tensor]:
        """What the samplers take: the weights or, with LoRA, its factors alone (physprover/models/lora.py)."""
        return self.weights() if self.run_config.model.lora_rank is None else factors(self.plain_model())

    def write(self, folder: Path) -> None:
        """Everything `load` reads, and a model directory that any other tool can load."""
        weights = {name: tensor.cpu().contiguous() for name, tensor in self.weights().items()}
        plain = self.plain_model()
        if self.run_config.model.lora_rank is not None:
            adapters, plain = factors(plain), plain.get_base_model()
            write_adapter(adapters, folder / ADAPTER, plain.config.name_or_path)
        plain.save_pretrained(folder, state_dict=weights)
        self.processing_class.save_pretrained(folder)
        torch.save(self.training_state(), folder / TRAINING)

    def load(self, checkpoint: Path) -> None:
        """Move on to what `write` left. Raises RunError when it is of another model or optimizer."""
        model = self.run_config.model
        weights: dict[str, Tensor] = (
            load_model(checkpoint, model.dtype)[0].state_dict()
            if model.lora_rank is None
            else read_adapter(checkpoint / ADAPTER)
        )
        own = dict(self.plain_model().named_parameters())
        wrong = [name for name, tensor in weights.items() if name in own and own[name].shape != tensor.shape]
        missing = sorted({name for name, parameter in own.items() if parameter.requires_grad} - set(weights))
        if wrong or missing:
            name = (wrong + missing)[0]
            raise RunError(
                f"{checkpoint}: checkpoint of another model ({name} is missing or has another shape)"
            )
        self.plain_model().load_state_dict(weights, strict=False)
        self.load_training_state(torch.load(checkpoint / TRAINING, weights_only=True))

    def training_state(self) -> dict[str, Any]:
        """Optimizer and scheduler, as `load_training_state` takes them back."""
        return {"optimizer": self.optimizer.state_dict(), "scheduler": self.lr_scheduler.state_dict()}

    def load_training_state(self, state: dict[str, Any]) -> None:
        """Raises RunError when the state is of another model or optimizer."""
        try:
            self.optimizer.load_state_dict(state["optimizer"])
            self.lr_scheduler.load_state_dict(state["scheduler"])
        except (KeyError, ValueError, RuntimeError) as error:
            raise RunError(f"the checkpoint's optimizer does not fit this run: {error}") from None

    # -- Inside an update --

    def _batches(self, samples: Sequence[Sample]) -> list[MicroBatch]:
        tokens = CPU_TOKENS if self.accelerator.device.type == "cpu" else GPU_TOKENS
        return micro_batches(samples, tokens, self._tokenizer.pad_token_id, self.accelerator.device)

    def _mask(self, prompt: str) -> TokenMask:
        """The mask of a prompt format by name."""
        if prompt not in self._masks:
            self._masks[prompt] = TokenMask(self._tokenizer, get_prompt(prompt))
        return self._masks[prompt]

    def _backward(self, batches: Sequence[MicroBatch], whole: Whole) -> float:
        """Forward and backward of all micro-batches; the loss."""
        return sum(self._accumulate(batch, whole) for batch in batches)

    def _accumulate(self, micro: MicroBatch, whole: Whole) -> float:
        """Forward and backward of one micro-batch; its share of the loss, times the processes that average it."""
        batch, self._drawn = micro.tensors, micro.drawn
        share = _share(batch, whole, self.loss_type) * self.accelerator.num_processes
        # TRL divides a micro-batch's mean by this; with 1/share the sum over micro-batches is the mean of the batch.
        self.current_gradient_accumulation_steps = 1.0 / share
        # "dapo" divides by num_items_in_batch x accumulation / steps_per_generation: make that the batch's token count.
        items = whole.tokens * self.args.steps_per_generation * share
        inputs = {**batch, "num_items_in_batch": torch.tensor(items, device=batch["advantages"].device)}
        loss = float(self.training_step(self.model_wrapped, inputs, None))
        self._collect(batch)
        return loss

    def _collect(self, batch: Batch) -> None:
        mask = batch["completion_mask"]
        count = int(mask.sum())
        logps = cast("Tensor", self._latest_logps)
        sampled = batch.get("sampled_logps", batch["old_per_token_logps"])
        ratio = torch.exp(logps - sampled.to(logps.dtype))
        figures = {name: self._metrics["train"][name][-1] for name in ("entropy", "clip_ratio/region_mean")}
        if self.beta != 0.0:
            figures["kl"] = self._metrics["train"]["kl"][-1]
        for name, value in figures.items():
            self._collected[name] = self._collected.get(name, 0.0) + value * count
        self._collected["ratio"] = self._collected.get("ratio", 0.0) + float((ratio * mask).sum())
        self._metrics["train"].clear()

    def _apply_gradient(self) -> float:
        """Clip and apply the gradient unless it is zero or not finite; its norm before clipping."""
        norm = self._clip()
        if norm > 0.0 and math.isfinite(norm):
            self.optimizer.step()
            self.lr_scheduler.step()
        self.model_wrapped.zero_grad()
        return norm

    def _clip(self) -> float:
        """Scale the gradient down to `rl.max_grad_norm` if it is longer; its norm before."""
        return clip_grad_norm(self.model.parameters(), self.args.max_grad_norm)

    def _weigh(self, micro: MicroBatch) -> None:
        """Truncated importance weights of a micro-batch, see the module's text."""
        batch = micro.tensors
        now, sampled = self._logps(self.model, micro), batch["old_per_token_logps"]
        weight = torch.exp(now - sampled).clamp(max=self.run_config.rl.importance_cap)
        batch["advantages"] = batch["advantages"][:, None] * weight
        batch["old_per_token_logps"], batch["sampled_logps"] = now, sampled

    def _reference_logps(self, micro: MicroBatch) -> Tensor:
        if self.ref_model is not None:
            return self._logps(self.ref_model, micro)
        with self.plain_model().disable_adapter():
            return self._logps(self.model, micro)

    def _logps(self, model: Any, micro: MicroBatch) -> Tensor:
        """Log-probs of a micro-batch's answers under `model`, without a gradient."""
        batch, self._drawn = micro.tensors, micro.drawn
        ids = torch.cat([batch["prompt_ids"], batch["completion_ids"]], dim=1)
        mask = torch.cat([batch["prompt_mask"], batch["completion_mask"]], dim=1)
        keep = batch["completion_ids"].size(1)
        with torch.no_grad():
            return self._get_per_token_logps_and_entropies(model, ids, mask, keep)[0]


def _share(batch: Batch, whole: Whole, loss: str) -> float:
    """Weight of a micro-batch's own mean in the mean of the whole batch: by tokens or by rows, as the loss averages."""
    if loss in ("dapo", "bnpo"):
        tokens = int(batch["completion_mask"].sum())
        return max(tokens, 1) / whole.tokens  # none only where a process has nothing to learn from
    return len(batch["advantages"]) / whole.rows


def _arguments(config: RunConfig, output: Path) -> GRPOConfig:
    rl = config.rl
    on_gpu = config.cluster.trainer_gpus > 0
    return GRPOConfig(
        output_dir=str(output),
        per_device_train_batch_size=rl.group_size,
        num_generations=rl.group_size,
        max_completion_length=config.model.max_new_tokens,
        temperature=rl.temperature,
        learning_rate=rl.optimizer.learning_rate,
        max_grad_norm=rl.max_grad_norm,
        beta=rl.kl,
        epsilon=rl.clip,
        epsilon_high=rl.clip_high,
        loss_type=rl.loss,
        scale_rewards=rl.scale_rewards,
        seed=config.seed,
        use_cpu=not on_gpu,
        bf16=config.model.autocasts(on_gpu=on_gpu),  # bfloat16 weights are trained as they are
        gradient_checkpointing=config.model.recomputes(on_gpu=on_gpu),
        disable_dropout=True,
        # With several processes: every trained tensor is used in every pass, and no buffer ever changes.
        ddp_find_unused_parameters=False,
        ddp_broadcast_buffers=False,
        report_to="none",
        disable_tqdm=True,
        logging_strategy="no",
        save_strategy="no",
    )
