"""`physprover bench rl`: what the RL loop is to reach, measured on a run that has its data and its warm start.

Speed against stock TRL, and the share of a step that waits or is spent by the framework. That a killed run goes on as the unbroken
one is asserted by tests/rl/test_loop.py.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import tomli_w

from physprover.app.lab import Row
from physprover.app.provers import open_run
from physprover.config import RunConfig
from physprover.config_file import load_config, with_preset
from physprover.dataset import load_theorems
from physprover.errors import RunError
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.load import load_model
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.runs import RunDir, StepMetrics


def bench_rl(
    source: Path,
    out: Path,
    steps: int,
    baseline: bool,
    overrides: tuple[str, ...],
    note: Callable[[str], None],
) -> list[Row]:
    """Measure `steps` steps, the first not counted, and with `baseline` stock TRL's, with the data and the warm start of run
    `source`; work goes to `out`, which must be new."""
    run = open_run(source)
    if not (run.path / "warmstart").exists() or not (run.path / "data").exists():
        raise RunError(f"{source}: needs its own data/ and warmstart/")
    if out.exists():
        raise RunError(f"{out}: exists already; choose another folder")
    note(f"our loop, {steps} steps")
    ours, rows = _speed(run, out / "speed", steps, overrides)
    if baseline:
        note(f"stock TRL, {steps} steps")
        theirs = _baseline(run, out, steps, overrides)
        rows.append(_against(ours, theirs))
    return rows


def _against(ours: float, theirs: float) -> Row:
    speeds = f"{ours:.1f} : {theirs:.1f} attempts/s"
    return Row.of("attempts a second, loop : stock TRL", ours / theirs, "≥ 2 ×", speeds, shown="{:.1f} ×")


# -- Parts --


def _speed(run: RunDir, folder: Path, steps: int, overrides: tuple[str, ...]) -> tuple[float, list[Row]]:
    """Attempts a second, and the shares of waiting and of overhead, without the first step."""
    fresh = _prepare(
        run, folder, (*overrides, f"rl.steps={steps + 1}", "rl.eval_every=0", "rl.max_refills=0")
    )
    _finish(fresh)
    timed = list(RunDir(fresh).metrics())[1:]
    return sum(m.attempts for m in timed) / sum(m.seconds for m in timed), _shares(timed)


def _shares(timed: Sequence[StepMetrics]) -> list[Row]:
    seconds = sum(m.seconds for m in timed)
    waiting = sum(min(m.seconds_waiting, m.seconds_blocked) for m in timed) / seconds
    overhead = 1 - sum(m.seconds_training + m.seconds_blocked for m in timed) / seconds
    return [
        Row.of("trainer waits for verdicts", 100 * waiting, "≤ 10 %", "of a step", shown="{:.1f} %"),
        Row.of("outside sampling, judging and training", 100 * overhead, "≤ 5 %", shown="{:.1f} %"),
    ]


def _baseline(run: RunDir, out: Path, steps: int, overrides: tuple[str, ...]) -> float:
    from physprover.lean.pool import LocalPool

    config = with_preset(load_config(run.path / "config.toml", overrides))
    with LocalPool(config.engine) as pool:
        return attempts_a_second(
            config, run.path / "warmstart", run.path / "data", pool, steps, out / "baseline"
        )


# -- Runs --


def _prepare(run: RunDir, folder: Path, overrides: tuple[str, ...]) -> Path:
    """A run directory with the data and warm start of `run` and its settings, changed by `overrides`."""
    folder.mkdir(parents=True)
    for name in ("data", "warmstart"):
        (folder / name).symlink_to((run.path / name).resolve(), target_is_directory=True)
    config: RunConfig = load_config(
        run.path / "config.toml", (*overrides, f"name={folder.name}", f"output={folder.parent}")
    )
    tree = config.model_dump(mode="json", exclude_none=True)
    (folder / "config.toml").write_text(tomli_w.dumps(tree), encoding="utf-8")
    return folder


def _finish(folder: Path) -> None:
    """The RL stage of a prepared run directory, in a process of its own."""
    command = [sys.executable, "-m", "physprover.app.lab.bench_rl", str(folder)]
    done = subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise RunError(f"{folder}: the run ended with status {done.returncode}: {done.stderr[-300:].strip()}")


def _train(folder: Path) -> None:
    from rl.loop import train

    train(load_config(folder / "config.toml"), RunDir(folder), Silent())


# -- The yardstick of `physprover bench rl`: stock TRL `GRPOTrainer` with its own `generate` and a reward that asks Lean in sequence. --
#
# Same model, prompts, judge, batch and optimizer steps as our loop; nothing of ours but the prompt text and the pool.


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


if __name__ == "__main__":
    _train(Path(sys.argv[1]))
