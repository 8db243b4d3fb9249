"""The yardstick of `physprover bench rl`: stock TRL `GRPOTrainer` with its own `generate` and a reward that asks Lean in sequence.

Same model, prompts, judge, batch and optimizer steps as our loop; nothing of ours but the prompt text and the pool.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from physprover.dataset import load_theorems
from physprover.lean.protocol import Check, Problem
from physprover.models.load import load_model
from physprover.prompts import get_prompt

if TYPE_CHECKING:
    from pathlib import Path

    from physprover.config import RunConfig
    from physprover.lean.protocol import Pool


def attempts_a_second(config: RunConfig, start: Path, data: Path, pool: Pool, steps: int, out: Path) -> float:
    """Attempts a second of `steps` steps after a first one that warms everything up."""
    from datasets import Dataset
    from transformers import PrinterCallback, TrainerCallback
    from trl import GRPOConfig, GRPOTrainer

    rl = config.rl
    prompt = get_prompt(config.model.prompt)
    model, tokenizer = load_model(start, config.model.dtype)
    theorems = {prompt.render(t): t for t in load_theorems(data, "train")}
    fits = [
        text
        for text in theorems
        if len(tokenizer(text, add_special_tokens=False)["input_ids"]) <= config.model.max_prompt_tokens
    ]

    def lean(prompts: list[str], completions: list[str], **_: Any) -> list[float | None]:
        checks = []
        for i, (asked, written) in enumerate(zip(prompts, completions, strict=True)):
            theorem = theorems[asked]
            proof = prompt.extract(written.replace(str(tokenizer.eos_token), ""), theorem)
            checks.append(
                Check(
                    id=str(i),
                    problem=Problem.of(theorem),
                    proof=proof,
                    seconds=config.engine.seconds,
                    messages=0,
                )
            )
        # None where Lean gave no verdict: TRL leaves such an attempt out of its group's mean and learns nothing from it.
        rewards = {check.id: verdict.reward for check, verdict in pool.check_many(checks)}
        return [rewards[check.id] for check in checks]

    ends: list[float] = []

    class Clock(TrainerCallback):
        def on_step_end(self, *_: Any, **__: Any) -> None:
            ends.append(time.perf_counter())

    trainer = GRPOTrainer(
        model=model,
        reward_funcs=lean,
        args=GRPOConfig(
            output_dir=str(out),
            per_device_train_batch_size=rl.problems_per_step * rl.group_size,
            num_generations=rl.group_size,
            max_completion_length=config.model.max_new_tokens,
            max_steps=steps + 1,
            temperature=rl.temperature,
            learning_rate=rl.optimizer.learning_rate,
            loss_type=rl.loss,
            seed=config.seed,
            use_cpu=True,
            bf16=False,
            report_to="none",
            disable_tqdm=True,
            logging_strategy="no",
            save_strategy="no",
        ),
        train_dataset=Dataset.from_dict({"prompt": fits}),
        processing_class=tokenizer,
        callbacks=[Clock()],
    )
    trainer.remove_callback(PrinterCallback)  # it prints a dict of its own between our lines
    trainer.train()
    return steps * rl.problems_per_step * rl.group_size / (ends[-1] - ends[0])
