"""`physprover bench rl`: what the RL loop is to reach, measured on a run that has its data and its warm start.

Speed against stock TRL, the share of a step that waits or is spent by the framework, and runs killed at random: resumed
ones must repeat the records of the unbroken one, and no attempt may be missing or twice.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import tomli_w

from physprover.app.lab import Row, row
from physprover.app.provers import open_run
from physprover.config import RunConfig
from physprover.config_file import load_config, with_preset
from physprover.dataset import load_theorems
from physprover.errors import PhysProverError, RunError
from physprover.lean.protocol import Check, Pool, Problem
from physprover.models.load import load_model
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.records import JudgedAttempt, Record, read_jsonl
from physprover.runs import RunDir
from rl.checkpoint import RECORDS


class RLBench(Record):
    """What to measure."""

    steps: int  # of the timed runs, the first not counted
    kills: int
    baseline: bool = True


def bench_rl(
    source: Path, out: Path, plan: RLBench, overrides: tuple[str, ...], note: Callable[[str], None]
) -> list[Row]:
    """Measure `plan` with the data and the warm start of run `source`; work goes to `out`, which must be new."""
    run = open_run(source)
    if not (run.path / "warmstart").exists() or not (run.path / "data").exists():
        raise RunError(f"{source}: needs its own data/ and warmstart/")
    if out.exists():
        raise RunError(f"{out}: exists already; choose another folder")
    rows: list[Row] = []
    note(f"our loop, {plan.steps} steps")
    ours, timed = _speed(run, out / "speed", plan.steps, overrides)
    rows += timed
    if plan.baseline:
        note(f"stock TRL, {plan.steps} steps")
        baseline = _baseline(run, out, plan.steps, overrides)
        measured = f"{ours:.1f} against {baseline:.1f} attempts/s, {ours / baseline:.1f} x"
        rows.append(row("attempts a second, loop : stock TRL", "≥ 2 x", measured, ours >= 2 * baseline))
    if plan.kills:
        rows += _killed(run, out, plan, overrides, note)
    return rows


# -- Parts --


def _speed(run: RunDir, folder: Path, steps: int, overrides: tuple[str, ...]) -> tuple[float, list[Row]]:
    """Attempts a second, and the shares of waiting and of overhead, without the first step."""
    fresh = _prepare(
        run, folder, (*overrides, f"rl.steps={steps + 1}", "rl.eval_every=0", "rl.max_refills=0")
    )
    _finish(fresh)
    timed = list(RunDir(fresh).metrics())[1:]
    seconds = sum(m.seconds for m in timed)
    waiting = sum(min(m.seconds_waiting, m.seconds_blocked) for m in timed) / seconds
    overhead = 1 - sum(m.seconds_training + m.seconds_blocked for m in timed) / seconds
    rows = [
        row("trainer waits for verdicts", "≤ 10 % of a step", f"{waiting:.1%}", waiting <= 0.1),
        row("outside sampling, judging and training", "≤ 5 %", f"{overhead:.1%}", overhead <= 0.05),
    ]
    return sum(m.attempts for m in timed) / seconds, rows


def _baseline(run: RunDir, out: Path, steps: int, overrides: tuple[str, ...]) -> float:
    from physprover.lean.pool import LocalPool

    config = with_preset(load_config(run.path / "config.toml", overrides))
    with LocalPool(config.engine) as pool:
        return attempts_a_second(
            config, run.path / "warmstart", run.path / "data", pool, steps, out / "baseline"
        )


def _killed(
    run: RunDir, out: Path, plan: RLBench, overrides: tuple[str, ...], note: Callable[[str], None]
) -> list[Row]:
    """Whole runs killed once at a random moment and resumed, in deterministic mode."""
    settings = (*overrides, "rl.max_staleness=0", "rl.steps=6", "rl.save_every=2", "rl.problems_per_step=4")
    note("the unbroken run of 6 small steps")
    whole = _prepare(run, out / "whole", settings)
    _finish(whole)
    wanted, size = _records(whole), load_config(whole / "config.toml").rl.group_size
    rng = random.Random(0)
    same, lost, twice = 0, 0, 0
    for number in range(plan.kills):
        folder = _prepare(run, out / f"kill-{number}", settings)
        note(f"kill {number + 1} of {plan.kills}: {_kill_once(folder, rng)}")
        _finish(folder)
        same += _records(folder) == wanted
        missing, double = _accounts(folder, size)
        lost, twice = lost + missing, twice + double
        shutil.rmtree(folder)
    return [
        row(
            "killed at a random point, resumed: same records",
            f"{plan.kills} of {plan.kills}",
            f"{same} of {plan.kills}",
            same == plan.kills,
        ),
        row("attempts lost or trained twice", "0", f"{lost} lost, {twice} twice", not lost + twice),
    ]


def _kill_once(folder: Path, rng: random.Random) -> str:
    """Start, let a random number of lines be recorded and a random moment pass, SIGKILL the whole group."""
    target = rng.randrange(0, 6)
    process = _start(folder)
    after = rng.uniform(0.0, 3.0)
    while process.poll() is None and len(_lines(folder / "metrics.jsonl")) < target:
        try:
            process.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    try:
        process.wait(after)
        return "it had finished before"
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        return f"after {len(_lines(folder / 'metrics.jsonl'))} steps"


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


def train_alone(folder: Path) -> int:
    """The RL stage alone on a prepared run directory, or the rest of it; returns the exit status (130: interrupted)."""
    from rl.loop import train

    run = RunDir(folder)
    run.repair()
    try:
        train(load_config(folder / "config.toml"), run, Silent())
    except KeyboardInterrupt:
        return 130
    except PhysProverError as error:
        print(f"physprover: {error}", file=sys.stderr)
        return 2
    return 0


def _start(folder: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "physprover.app.lab.bench_rl", str(folder)]
    return subprocess.Popen(
        command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    )


def _finish(folder: Path) -> None:
    process = _start(folder)
    _, errors = process.communicate()
    if process.returncode:
        raise RunError(
            f"{folder}: the run ended with status {process.returncode}: {errors.decode()[-300:].strip()}"
        )


def _lines(file: Path) -> list[str]:
    return file.read_text(encoding="utf-8").splitlines() if file.exists() else []


def _records(folder: Path) -> list[Any]:
    """Everything recorded, without what depends on the clock or on the folder."""
    return [_plain(json.loads(line)) for name in RECORDS for line in _lines(folder / name)]


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {k: _plain(v) for k, v in value.items() if not k.startswith("seconds") and k != "model"}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _accounts(folder: Path, size: int) -> tuple[int, int]:
    """Attempts missing from groups, and attempts beyond them; steps missing count as whole groups."""
    groups: Counter[tuple[int, str]] = Counter()
    judged: Iterator[JudgedAttempt] = read_jsonl(folder / "attempts.jsonl", JudgedAttempt)
    for item in judged:
        groups[item.step, item.attempt.theorem] += 1
    steps = [m.step for m in RunDir(folder).metrics()]
    expected = sum(m.attempts for m in RunDir(folder).metrics())
    missing = sum(max(0, size - count) for count in groups.values()) + max(0, expected - groups.total())
    return missing, sum(max(0, count - size) for count in groups.values()) + len(steps) - len(set(steps))


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
    sys.exit(train_alone(Path(sys.argv[1])))
