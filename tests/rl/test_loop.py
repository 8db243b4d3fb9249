"""The whole loop on a toy: Ray actors, the real Lean engine, the real trainer; killed, interrupted and continued."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from eval.report.data import gather
from physprover.config import EvalConfig
from physprover.dataset import write_dataset
from physprover.errors import DataError, KernelsDisagree, ModelError, RunError
from physprover.lean.pool import LocalPool
from physprover.lean.protocol import Problem
from physprover.records import JudgedAttempt, Outcome, Source, Theorem, Verdict, read_jsonl
from physprover.runs import RunDir, StepMetrics
from rl.canary import must_agree
from rl.cluster import ray
from rl.loop import train
from rl.replay import replay
from rl.rollout import Rollout, Rollouts
from rl.sampling.remote_sampler import RemoteSampler
from tests.rl import toy
from tests.rl.conftest import build_tokenizer

ROOT = Path(__file__).parents[2]


def start(path: Path, settings: dict[str, Any]) -> subprocess.Popen[str]:
    """Training in a process group of its own, as a terminal would start it."""
    return subprocess.Popen(
        [sys.executable, "-m", "tests.rl.toy", str(path), json.dumps(settings)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )


def wait_for(process: subprocess.Popen[str], file: Path, timeout: float = 300.0) -> None:
    """Return as soon as `file` exists; fail when the process ends or takes too long."""
    for _ in range(int(timeout / 0.05)):
        if file.exists():
            return
        try:
            process.wait(0.05)
        except subprocess.TimeoutExpired:
            continue
        break
    pytest.fail(f"training ended or hung before {file}: exit status {process.poll()}")


def records(run: RunDir) -> list[Any]:
    """Everything recorded, without what depends on the clock or on the folder's name."""

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            return {k: plain(v) for k, v in value.items() if not _is_timed(k) and k != "model"}
        return [plain(v) for v in value] if isinstance(value, list) else value

    files = [run.path / name for name in ("metrics.jsonl", "attempts.jsonl")]
    return [plain(json.loads(line)) for file in files for line in file.read_text().splitlines()]


def test_when_the_time_is_up_nothing_goes_on_behind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The step sampled ahead is over before its actors are ended: its thread would start a Ray of its own."""
    assert not ray.is_initialized()  # the run's own Ray ends, so this test is the file's first
    sampling, left = [0], []
    collect, close = Rollouts.collect, RemoteSampler.close

    def counted(self: Rollouts, step: int) -> Rollout:
        sampling[0] += 1
        try:
            return collect(self, step)
        finally:
            sampling[0] -= 1

    def noted(self: RemoteSampler) -> None:
        left.append(sampling[0])
        close(self)

    monkeypatch.setattr(Rollouts, "collect", counted)
    monkeypatch.setattr(RemoteSampler, "close", noted)
    # Steps large enough that the one ahead is still going on when the time is up.
    size: dict[str, object] = {"problems_per_step": 12, "group_size": 64}
    config, run = toy.open_run(tmp_path / "toy", steps=1000, max_staleness=1, max_seconds=1.0, **size)
    told = toy.Told()
    train(config, run, told)
    assert any("rl.max_seconds = 1 is used up" in note for note in told.notes)
    assert left == [0]
    assert not ray.is_initialized()


@pytest.fixture(scope="module")
def unbroken(lean: object, tmp_path_factory: pytest.TempPathFactory) -> RunDir:
    config, run = toy.open_run(tmp_path_factory.mktemp("loop") / "toy", steps=14)
    train(config, run, toy.Told())
    return run


def test_it_learns(unbroken: RunDir) -> None:
    """Within 14 steps the toy stops guessing among eight tactics; verdicts are Lean's."""
    steps = list(unbroken.metrics())
    assert [m.step for m in steps] == list(range(1, 15))
    assert sum(m.reward for m in steps[-3:]) / 3 > sum(m.reward for m in steps[:3]) / 3 + 0.2
    assert steps[-1].entropy < steps[0].entropy
    assert all(m.ratio_mean == pytest.approx(1.0, abs=1e-3) for m in steps)
    assert all(m.staleness == 0 for m in steps)
    assert sum(m.canaries for m in steps) > 0


def test_lean_says_what_the_statements_deserve(unbroken: RunDir) -> None:
    judged = list(read_jsonl(unbroken.path / "attempts.jsonl", JudgedAttempt))
    seen = {(j.attempt.theorem.split("_")[0], j.attempt.completion, j.verdict.outcome.value) for j in judged}
    assert ("sum", "rfl", "proved") in seen
    assert ("swap", "omega", "proved") in seen
    assert ("swap", "rfl", "proved") not in seen
    assert not [case for case in seen if case[1] == "sorry" and case[2] != "cheated"]


def test_every_tensor_moved(unbroken: RunDir) -> None:
    before = load_file(unbroken.path / "warmstart" / "model.safetensors")
    after = load_file(unbroken.path / "checkpoints" / "step-14" / "model.safetensors")
    assert [name for name in before if torch.equal(before[name], after[name])] == []


def test_a_finished_run_made_longer_is_the_long_run(unbroken: RunDir, tmp_path: Path) -> None:
    """Three steps, then `rl.steps = 6` on the same directory: what a run of 14 recorded in its first six."""
    for steps in (3, 6):
        config, run = toy.open_run(tmp_path / "toy", steps=steps)
        train(config, run, told := toy.Told())
    assert told.figures["judged"] == sum(m.judged for m in run.metrics())  # of the whole run
    assert told.figures["step_judged"] == ""
    mine, whole = ([m.replace(**_no_clock(m)) for m in r.metrics()] for r in (run, unbroken))
    assert [m.step for m in mine] == [1, 2, 3, 4, 5, 6]
    assert mine == whole[:6]


def _no_clock(metrics: StepMetrics) -> dict[str, float]:
    return {name: 0.0 for name in type(metrics).model_fields if _is_timed(name)}


def _is_timed(name: str) -> bool:
    return name.startswith("seconds") or name.endswith("_per_second")


@pytest.mark.parametrize(("staleness", "handover"), [(0, "full"), (1, "delta")])
def test_killed_and_continued_is_the_unbroken_run(
    unbroken: RunDir, tmp_path: Path, staleness: int, handover: str
) -> None:
    """SIGKILL in the middle of the loop, then the same command: the same records and the same weights."""
    sampler: dict[str, object] = {"handover": handover}
    if staleness:
        config, whole = toy.open_run(tmp_path / "toy", sampler, steps=8, max_staleness=1)
        train(config, whole, toy.Told())
    else:
        whole = unbroken
    steps = len(list(whole.metrics()))
    path = tmp_path / "killed" / "toy"
    process = start(path, {"steps": steps, "max_staleness": staleness, "sampler": sampler})
    wait_for(process, path / "checkpoints" / "step-2" / "complete")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    config, run = toy.open_run(path, sampler, steps=steps, max_staleness=staleness)
    train(config, run, toy.Told())
    assert records(run) == records(whole)
    assert max(m.staleness for m in run.metrics()) == staleness
    recorded = list(read_jsonl(run.path / "attempts.jsonl", JudgedAttempt))
    assert len(recorded) == sum(m.attempts for m in run.metrics())
    last = f"checkpoints/step-{steps}/model.safetensors"
    assert (run.path / last).read_bytes() == (whole.path / last).read_bytes()


# -- From here on with one Ray, and with the Lean that runs already: the tests above have their own. --


@pytest.mark.usefixtures("machines")
def test_the_best_checkpoint_on_validation_is_kept_and_final(workers: LocalPool, tmp_path: Path) -> None:
    """Training rewards `omega`; the validation theorems are closed by `rfl` alone, so the first evaluation is the best one."""
    held_out = [
        Theorem(
            name=f"id_{i}",
            statement=f"theorem id_{i} : (fun x : Nat => x + {i}) = fun x => x + {i}",
            domain="Toy",
            split="validation",
            source=Source(file=f"Held{i}.lean"),
        )
        for i in range(4)
    ]
    toy.model().save_pretrained(tmp_path / "toy" / "warmstart")
    toy.tokenizer().save_pretrained(tmp_path / "toy" / "warmstart")
    write_dataset(tmp_path / "toy" / "data", [*toy.theorems(), *held_out], "toy\n")
    settings: dict[str, object] = {"eval_every": 2, "save_every": 1, "final": "best"}
    config, run = toy.open_run(
        tmp_path / "toy", steps=8, optimizer={"name": "stosignsgd", "learning_rate": 5e-3}, **settings
    )
    config = config.model_copy(update={"eval": EvalConfig(samples=16, ks=(1, 8))})
    told = toy.Told()
    train(config, run, told, local=workers)
    scores = {
        step: json.loads((run.path / "eval" / f"validation-step-{step}.json").read_text())["overall"][
            "pass_at"
        ][0]
        for step in (2, 4, 6, 8)
    }
    values = {step: score["estimate"]["value"] for step, score in scores.items()}
    best = max(values, key=lambda step: values[step])
    assert best < 7, values
    assert [p.name for p in run.checkpoints()] == [f"step-{best}", "step-7", "step-8"]
    assert run.final_checkpoint() == run.path / "checkpoints" / f"step-{best}"
    assert any(f"ends with step {best}, the best on validation: {values[best]:.1%}" in n for n in told.notes)
    # resumed after its end, it still knows
    train(config, run, toy.Told())
    assert run.final_checkpoint() == run.path / "checkpoints" / f"step-{best}"


@pytest.mark.usefixtures("machines")
def test_several_steps_ahead_killed_continued_and_replayed(workers: LocalPool, tmp_path: Path) -> None:
    """With rl.max_staleness = 3 a step's groups depend on the clock; what is recorded makes the same weights again."""
    path = tmp_path / "toy"
    process = start(path, {"steps": 8, "max_staleness": 3})
    wait_for(process, path / "checkpoints" / "step-2" / "complete")
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    config, run = toy.open_run(path, steps=8, max_staleness=3)
    train(config, run, toy.Told(), local=workers)
    steps = list(run.metrics())
    assert [m.step for m in steps] == list(range(1, 9))
    assert max(m.staleness for m in steps) <= 3
    assert all(m.seconds_sampler_idle is not None for m in steps)
    recorded = list(read_jsonl(run.path / "attempts.jsonl", JudgedAttempt))
    assert len(recorded) == sum(m.attempts for m in steps)
    assert len({(j.attempt.theorem, j.attempt.seed) for j in recorded}) * config.rl.group_size == len(
        recorded
    )
    again = RunDir(tmp_path / "again")
    replay(config, run, again, toy.Told())
    last = "checkpoints/step-8/model.safetensors"
    assert (again.path / last).read_bytes() == (run.path / last).read_bytes()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_interrupted_run_says_how_to_go_on_and_loses_nothing(tmp_path: Path, stop: signal.Signals) -> None:
    path = tmp_path / "toy"
    process = start(path, {"steps": 1000, "save_every": 500})
    wait_for(process, path / "metrics.jsonl")
    if stop is signal.SIGINT:
        os.killpg(process.pid, stop)  # as Ctrl-C does: to every process of the group
    else:
        process.send_signal(stop)  # as batch systems do
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 130
    _, run = toy.open_run(path, steps=1000)
    done = [m.step for m in run.metrics()]
    assert done == list(range(1, len(done) + 1))
    assert f"stopped at step {done[-1]}; the same command continues after step-{done[-1]}" in output
    assert run.last_checkpoint() == run.path / "checkpoints" / f"step-{done[-1]}"


@pytest.mark.usefixtures("machines")
def test_a_prover_of_another_prompt_format_is_named(workers: LocalPool, tmp_path: Path) -> None:
    """The sampler's process finds out; its error arrives as one line."""
    config, run = toy.open_run(tmp_path / "toy")
    build_tokenizer().save_pretrained(run.path / "warmstart")
    with pytest.raises(ModelError, match="does not know the prompt format `tiny`"):
        train(config, run, toy.Told(), local=workers)


def test_nothing_to_start_from(tmp_path: Path) -> None:
    config, run = toy.open_run(tmp_path / "toy")
    (run.path / "warmstart" / "config.json").unlink()
    with pytest.raises(RunError, match=r"no warm start and no model\.path"):
        train(config, run, toy.Told())
    (run.path / "data" / "data" / "train.parquet").unlink()
    with pytest.raises(DataError, match="no data set with a split `train`"):
        train(config, run, toy.Told())


@pytest.mark.usefixtures("machines")
def test_the_step_in_which_the_kernels_disagree_is_recorded(
    workers: LocalPool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    collect = Rollouts.collect

    def disagreeing(self: Rollouts, step: int) -> Rollout:
        if step == 2:
            verdict = Verdict(outcome=Outcome.CHEATED, check="second kernel")
            must_agree(Problem(header="", statement="theorem t : 1 = 1"), "rfl", verdict, step)
        return collect(self, step)

    monkeypatch.setattr(Rollouts, "collect", disagreeing)
    config, run = toy.open_run(tmp_path / "toy", steps=3, max_staleness=0)
    with pytest.raises(KernelsDisagree, match="step 2: the two kernels disagree"):
        train(config, run, toy.Told(), local=workers)
    assert [(line.step, line.disagreements) for line in run.metrics()] == [(1, 0), (2, 1)]
    report = gather(run)
    assert [line.step for line in report.metrics] == [1]
    assert report.disagreement == 2
