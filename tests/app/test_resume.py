"""Which settings may change between two starts of a run: free ones, a longer run, and nothing else."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from eval.baselines import read_portfolio
from eval.benchmarks import Benchmark
from eval.evaluate import cap
from physprover.app.pipeline import _baselines, open_run_dir, reopen
from physprover.config import RunConfig
from physprover.config_file import load_config, parse_config, with_preset
from physprover.errors import RunError
from physprover.progress import Silent
from physprover.records import Outcome, Theorem
from physprover.runs import FREE, LONGER, RunDir
from rl import checkpoint
from rl.checkpoint import IDLE_LIMIT, LoopState
from tests.models.test_fetch import write_model
from tests.scripted import ScriptedPool
from tests.test_config_bounds import merged, tree

OTHER: dict[str, Any] = {
    "engine.workers": 7,
    "engine.verdicts": "verdicts.db",
    "tracker": "tensorboard",
    "cluster.address": "10.0.0.2:6379",
    "cluster.nodes": 2,
    "data.max_seconds": 9.0,
    "sft.max_seconds": 9.0,
    "rl.max_seconds": 9.0,
    "rl.steps": 50,
}


def start(tmp_path: Path, **more: Any) -> dict[str, Any]:
    return merged(
        [{"name": "r", "output": str(tmp_path)}, *(tree(key, value) for key, value in more.items())]
    )


def test_the_free_keys_exist() -> None:
    for key in FREE | LONGER:
        section: Any = RunConfig
        for part in key.split("."):
            field = section.model_fields[part]
            section = field.annotation


@pytest.mark.parametrize("key", sorted(OTHER))
def test_a_key_that_changes_no_record_may_differ_and_is_noted(tmp_path: Path, key: str) -> None:
    run = open_run_dir(parse_config(start(tmp_path)))
    changed = parse_config(merged([start(tmp_path), tree(key, OTHER[key])]))
    open_run_dir(changed)
    notes = [event.text for event in run.events()]
    if key == "cluster.address":  # in no record at all
        assert notes == []
        return
    assert len(notes) == 1
    assert notes[0].startswith(f"{key}: ")
    open_run_dir(changed)  # config.toml has the new value
    assert len(list(run.events())) == 1


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("seed", 1, "`seed` was 0, now 1"),
        ("rl.group_size", 4, "`rl.group_size` was 8, now 4"),
        ("engine.seconds", 5.0, "`engine.seconds` was 20.0, now 5.0"),
        ("rl.clip_high", 0.3, "`rl.clip_high` was none, now 0.3"),
        ("eval.ks", [1, 4], "`eval.ks` was [1, 8], now [1, 4]"),
        ("rl.preset", "dapo", "`rl.clip_high` was none, now 0.28"),
    ],
)
def test_any_other_key_is_refused_by_name(tmp_path: Path, key: str, value: Any, said: str) -> None:
    run = open_run_dir(parse_config(start(tmp_path)))
    before = (run.path / "config.toml").read_bytes()
    with pytest.raises(RunError) as error:
        open_run_dir(with_preset(parse_config(merged([start(tmp_path), tree(key, value)]))))
    assert said in str(error.value)
    assert "\n" not in str(error.value)
    assert (run.path / "config.toml").read_bytes() == before


def test_config_toml_keeps_the_preset_spelled_out(tmp_path: Path) -> None:
    config = with_preset(parse_config(merged([start(tmp_path), {"rl": {"preset": "paper"}}])))
    run = open_run_dir(config)
    kept = with_preset(load_config(run.path / "config.toml"))
    assert kept.rl == config.rl
    assert kept.rl.problems_per_step == 256


def test_what_is_unset_against_a_preset_stays_unset(tmp_path: Path) -> None:
    unset = {"rl": {"preset": "dapo", "clip_high": "none"}}
    config = with_preset(parse_config(merged([start(tmp_path), unset])))
    run = open_run_dir(config)
    assert with_preset(load_config(run.path / "config.toml")).rl.clip_high is None
    open_run_dir(config)
    assert list(run.events()) == []
    with pytest.raises(RunError, match=r"`rl\.clip_high` was none, now 0\.28"):
        open_run_dir(with_preset(parse_config(merged([start(tmp_path), {"rl": {"preset": "dapo"}}]))))


def test_a_run_goes_on_with_the_model_it_began_with_wherever_that_is(tmp_path: Path) -> None:
    """Another one in its place is refused; so is one that `model.fingerprint` does not name."""
    model, other = write_model(tmp_path / "model", b"first"), write_model(tmp_path / "other", b"other")

    def config(path: Path, **more: Any) -> RunConfig:
        return parse_config(merged([start(tmp_path), {"model": {"path": str(path), **more}}]))

    run = open_run_dir(config(model))
    open_run_dir(config(model))
    moved = model.rename(tmp_path / "moved")
    open_run_dir(config(moved))
    assert [e.text for e in run.events()] == [f"model.path: {str(model)!r} → {str(moved)!r}"]
    open_run_dir(load_config(run.path / "config.toml"))
    with pytest.raises(RunError, match=r"`model\.path` was .*moved.*, now .*other"):
        open_run_dir(config(other))
    moved.rename(model)
    other.rename(moved)
    for again in (config(moved), load_config(run.path / "config.toml")):
        with pytest.raises(RunError, match=r"began with another model: the files of .*moved have changed"):
            open_run_dir(again)
    open_run_dir(config(model))  # the first one, where it was
    pinned = load_config(run.path / "config.toml").model.fingerprint
    fresh = config(moved, fingerprint=pinned).model_copy(update={"name": "fresh"})
    with pytest.raises(RunError, match=r"moved: not the model that model\.fingerprint names"):
        open_run_dir(fresh)
    assert open_run_dir(fresh.model_copy(update={"model": config(model, fingerprint=pinned).model}))


def test_a_byte_budget_fixes_the_number_of_steps(tmp_path: Path) -> None:
    exchange = {"rl": {"exchange": {"name": "topk-norm", "run_bytes": 10**6}}}
    open_run_dir(parse_config(merged([start(tmp_path), exchange])))
    with pytest.raises(RunError, match=r"`rl\.steps` was 40, now 50: rl\.exchange\.run_bytes"):
        open_run_dir(parse_config(merged([start(tmp_path), exchange, {"rl": {"steps": 50}}])))


def finished(tmp_path: Path, state: LoopState, **rl: Any) -> tuple[RunConfig, RunDir]:
    config = parse_config(merged([start(tmp_path), {"rl": rl}]))
    run = open_run_dir(config)
    checkpoint.save(run, state, lambda folder: (folder / "config.json").write_text("{}"), None)
    (run.path / "rl-finished").touch()
    run.write_json("eval/test-after.json", {"label": "test-after", "n": 1})
    (run.path / "eval" / "test-after.attempts.jsonl").write_text("{}\n")
    return config, run


def test_more_steps_reopen_a_finished_run_and_keep_its_evaluation(tmp_path: Path) -> None:
    _, run = finished(tmp_path, LoopState(step=4, seconds=30), steps=4)
    longer = parse_config(merged([start(tmp_path), {"rl": {"steps": 8}}]))
    reopen(longer, run)
    assert not (run.path / "rl-finished").exists()
    assert sorted(f.name for f in (run.path / "eval").iterdir()) == [
        "test-step-4.attempts.jsonl",
        "test-step-4.json",
    ]
    assert json.loads((run.path / "eval" / "test-step-4.json").read_text()) == {
        "label": "test-step-4",
        "n": 1,
    }


def test_more_time_reopens_a_run_that_the_clock_ended(tmp_path: Path) -> None:
    _, run = finished(tmp_path, LoopState(step=3, seconds=31), steps=4, max_seconds=30)
    same, more = ({"rl": {"steps": 4, "max_seconds": limit}} for limit in (30, 60))
    reopen(parse_config(merged([start(tmp_path), same])), run)
    assert (run.path / "rl-finished").exists()
    reopen(parse_config(merged([start(tmp_path), more])), run)
    assert not (run.path / "rl-finished").exists()


@pytest.mark.parametrize("idle", [0, IDLE_LIMIT])
def test_nothing_to_do_leaves_a_finished_run_alone(tmp_path: Path, idle: int) -> None:
    config, run = finished(tmp_path, LoopState(step=4, idle_steps=idle), steps=4 if not idle else 9)
    reopen(config, run)
    assert (run.path / "rl-finished").exists()
    assert (run.path / "eval" / "test-after.json").exists()


def test_steps_that_are_trained_cannot_be_taken_back(tmp_path: Path) -> None:
    _, run = finished(tmp_path, LoopState(step=4), steps=4)
    with pytest.raises(RunError, match=r"rl\.steps is 2, but step 4 is already trained"):
        reopen(parse_config(merged([start(tmp_path), {"rl": {"steps": 2}}])), run)


def test_the_baselines_are_measured_on_the_problems_that_are_evaluated(tmp_path: Path) -> None:
    theorems = tuple(Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} = {i + 1}") for i in range(9))
    config = parse_config(start(tmp_path, **{"eval.max_problems": 3}))
    run, pool = open_run_dir(config), ScriptedPool(lambda _: Outcome.REJECTED)
    _baselines(config, run, Benchmark(name="test", theorems=theorems), pool, Silent())
    assert {check.problem.statement for check in pool.asked} == {t.statement for t in cap(theorems, 3)}
    assert len(read_portfolio(run.path / "eval" / "portfolio-test.json").theorems) == 3
