"""Warm start of a given model (`model.path`): TRL's `SFTTrainer` on the train proofs, all weights or LoRA.

Prompts are those of `model.prompt`, so a chat model is taught in its own template; loss is on answers only, end token
included. Attempts of like length share a batch, or `sft.packing` lays several in one row. With `sft.stages` the answers of
later stages begin with what the insight records say, as Lean comments: the techniques, then the sketch. One schedule
runs through all stages. A killed warm start goes on from its last checkpoint; LoRA is folded in at the end, so that the
result is a model folder like any other.
"""

from __future__ import annotations

import math
import random
import shutil
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from physprover.config import RunConfig
from physprover.insight.records import Insight
from physprover.models.fetch import resolve_model
from physprover.models.load import check_prompt, load_model
from physprover.models.lora import peft_config
from physprover.progress import Progress, Stage
from physprover.prompts import PromptFormat, get_prompt
from physprover.records import Theorem, read_record
from rl.warmstart.sft import (
    SORT_WINDOW,
    Example,
    SFTStats,
    choose,
    encode,
    example,
    fits,
    last_tenth,
    none_fits,
    of_like_length,
    with_proofs,
    write_model,
)

Row = dict[str, list[int]]
"""`input_ids` of prompt, answer and end, and `completion_mask`, 1 on the tokens that are learnt."""

_SAVES = 5  # checkpoints of a warm start


def warm_start_pretrained(
    config: RunConfig, theorems: Sequence[Theorem], insights: Sequence[Insight], out: Path, progress: Progress
) -> SFTStats:
    """Train `model.path` and write model, tokenizer and `sft_stats.json` into `out`.

    A finished `out` is returned as it is. Raises `DataError` without usable proofs, `ModelError` when the model and the
    prompt format do not belong together.
    """
    done = out / "sft_stats.json"
    if done.is_file():
        return read_record(done, SFTStats, "the record of a warm start")
    assert config.model.path is not None
    train, lost = with_proofs(theorems, config)
    start = resolve_model(config.model.path)
    if not config.cluster.trainer_gpus:
        from rl.trainer.build import return_freed_memory

        return_freed_memory()  # RL begins in this process, with a model of its own
    model, tokenizer = load_model(start, config.model.dtype)
    prompt = get_prompt(config.model.prompt, tokenizer)
    check_prompt(start, tokenizer, prompt)
    chosen = choose(train, config.sft.share, config.seed)
    by_name = {insight.theorem.name: insight for insight in insights}
    rows = [pair for pair in _examples(config, tokenizer, prompt, chosen, by_name) if fits(pair[1], config)]
    fitting = [_row(item) for _, item in rows]
    taught = len({name for name, _ in rows})
    if not fitting:
        raise none_fits(chosen)
    checkpoints = out.with_name(out.name + "-checkpoints")
    began = time.monotonic()
    with progress.stage("warm start") as stage:
        if lost:
            stage.note(lost)
        trainer = _trainer(config, model, tokenizer, fitting, checkpoints, stage)
        trainer.train(resume_from_checkpoint=_last(checkpoints))
        losses = [entry["loss"] for entry in trainer.state.log_history if "loss" in entry]
        trained = trainer.accelerator.unwrap_model(trainer.model)
        if config.model.lora_rank is not None:
            trained = trained.merge_and_unload()
        stats = SFTStats(
            proofs=taught,
            too_long=len(chosen) - taught,
            steps=trainer.state.global_step,
            planned_steps=trainer.state.max_steps,
            examples=len(fitting),
            target_tokens=sum(sum(row["completion_mask"]) for row in fitting),
            loss=last_tenth(losses),
            first_loss=losses[0] if losses else 0.0,
            parameters=sum(p.numel() for p in trained.parameters()),
            vocabulary=len(tokenizer),
            seconds=round(time.monotonic() - began, 1),
            stopped_by="epochs" if trainer.state.global_step >= trainer.state.max_steps else "max_seconds",
        )
    write_model(trained, tokenizer, stats, out)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return stats


def _examples(
    config: RunConfig,
    tokenizer: Any,
    prompt: PromptFormat,
    theorems: Sequence[Theorem],
    insights: dict[str, Insight],
) -> Iterator[tuple[str, Example]]:
    """All examples, each with its theorem's name, in the order they are learnt: stage after stage, each pass shuffled anew."""
    sft, rng = config.sft, random.Random(f"pretrained {config.seed}")
    stages = sft.stages or ("proof",)
    passes = max(1, math.ceil(sft.epochs / len(stages)))
    for stage in stages:
        for turn in range(passes):
            # A last pass that is not whole is a part of the theorems.
            share = min(1.0, sft.epochs / len(stages) - turn)
            for theorem in rng.sample(theorems, max(1, round(share * len(theorems)))):
                insight = insights.get(theorem.name)
                if insight is None or stage == "proof":
                    text, answer = example(prompt, theorem)
                else:
                    form = rng.choice(("sketch", "insight")) if stage == "mixed" else stage
                    text, answer = prompt.render(theorem), insight_answer(prompt, theorem, insight, form)
                yield theorem.name, encode(tokenizer, text, answer)


def insight_answer(prompt: PromptFormat, theorem: Theorem, insight: Insight, form: str) -> str:
    """The proof after comments that announce it: its techniques (`insight` only), then its sketch."""
    announced = [f"{t.name} {t.detail}".strip() for t in insight.techniques] if form == "insight" else []
    lines = [*(f"-- {line}" for line in dict.fromkeys(announced)), "-- sketch:"]
    lines += [f"-- {line}" for line in insight.sketch.splitlines() if line.strip() and line.strip() != "by"]
    body = insight.core.strip()
    body = body[2:].strip("\n") if body.startswith("by") else f"  exact {body}"
    body = body if body.startswith(" ") and "\n" in insight.core else "  " + body.strip()
    return prompt.target(theorem, "by\n" + "\n".join("  " + line for line in lines) + "\n" + body)


def _row(item: Example) -> Row:
    ids, prompt_length = item
    return {"input_ids": ids, "completion_mask": [0] * prompt_length + [1] * (len(ids) - prompt_length)}


def _trainer(
    config: RunConfig, model: Any, tokenizer: Any, rows: Sequence[Row], output: Path, stage: Stage
) -> Any:
    from datasets import Dataset, disable_progress_bars
    from trl import SFTConfig, SFTTrainer

    from rl.trainer.build import quiet

    quiet()
    disable_progress_bars()
    sft = config.sft
    on_gpu = model.device.type == "cuda"
    together = max(n for n in range(1, 9) if sft.batch_size % n == 0)
    steps = max(1, len(rows) // sft.batch_size)
    arguments = SFTConfig(
        output_dir=str(output),
        per_device_train_batch_size=together,
        gradient_accumulation_steps=sft.batch_size // together,
        num_train_epochs=1,  # the rows are all passes, in order
        train_sampling_strategy="sequential",
        learning_rate=sft.learning_rate,
        lr_scheduler_type="cosine",
        warmup_steps=max(1, round(0.06 * steps)),
        max_grad_norm=1.0,
        max_length=config.model.max_prompt_tokens + config.model.max_new_tokens,
        completion_only_loss=True,
        packing=sft.packing,
        shuffle_dataset=False,
        use_cpu=not on_gpu,
        bf16=config.model.autocasts(on_gpu=on_gpu),
        gradient_checkpointing=config.model.recomputes(on_gpu=on_gpu),
        seed=config.seed,
        save_strategy="steps",
        save_steps=max(1, steps // _SAVES),
        save_total_limit=1,
        logging_steps=1,
        report_to="none",
        disable_tqdm=True,
    )
    if not on_gpu and not sft.packing:
        rows = _by_length(rows, sft.batch_size, config.seed)
    trainer = SFTTrainer(
        model=model,
        args=arguments,
        train_dataset=Dataset.from_list(list(rows)),
        processing_class=tokenizer,
        peft_config=peft_config(config.model.lora_rank),
        callbacks=[_watch(stage, sft.max_seconds)],
    )
    from transformers import PrinterCallback

    trainer.remove_callback(PrinterCallback)
    return trainer


def _by_length(rows: Sequence[Row], size: int, seed: int) -> list[Row]:
    """Rows of like length beside each other within windows of `SORT_WINDOW` batches, the batches of a window shuffled."""
    rng, window, found = random.Random(f"windows {seed}"), SORT_WINDOW * size, []
    for start in range(0, len(rows), window):
        batches = of_like_length(rows[start : start + window], size, rng, lambda row: len(row["input_ids"]))
        found += [row for batch in batches for row in batch]
    return found


def _watch(stage: Stage, max_seconds: float | None) -> Any:
    """Shows each step, and ends training when the time is up."""
    from transformers import TrainerCallback

    class Watch(TrainerCallback):
        began = time.monotonic()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:  # noqa: ARG002
            if max_seconds is not None and time.monotonic() - self.began > max_seconds:
                control.should_training_stop = True

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:  # noqa: ARG002
            if logs and "loss" in logs:
                stage.advance(1, loss=round(float(logs["loss"]), 3), of=state.max_steps)

    return Watch()


def _last(folder: Path) -> str | None:
    """The newest whole checkpoint; one that a kill left without its state is removed."""
    from transformers.trainer_utils import get_last_checkpoint

    while folder.is_dir() and (found := get_last_checkpoint(str(folder))) is not None:
        if (folder / found / "trainer_state.json").is_file():
            return str(found)
        shutil.rmtree(found)
    return None
