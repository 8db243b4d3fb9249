"""The bookkeeping of `physprover bench rl`; the figures themselves need an idle machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from physprover.app.lab import Row, table
from physprover.app.lab.bench_rl import RLBench, _accounts, _prepare, _records, bench_rl
from physprover.errors import RunError
from physprover.records import Attempt, JudgedAttempt, Outcome, Verdict
from physprover.runs import RunDir, StepMetrics
from tests.rl import toy


def recorded(path: Path, groups: dict[tuple[int, str], int], steps: list[int]) -> Path:
    run = RunDir(path)
    for (step, theorem), count in groups.items():
        for i in range(count):
            attempt = Attempt(theorem=theorem, proof=str(i))
            verdict = Verdict(outcome=Outcome.REJECTED, seconds=float(i))
            run.append("attempts.jsonl", JudgedAttempt(attempt=attempt, verdict=verdict, step=step))
    for step in steps:
        attempts = sum(count for (at, _), count in groups.items() if at == step)
        run.append("metrics.jsonl", StepMetrics(step=step, reward=0, attempts=attempts, judged=0, proved=0))
    return path


@pytest.mark.parametrize(
    ("groups", "steps", "wanted"),
    [
        ({(1, "a"): 4, (1, "b"): 4, (2, "a"): 4}, [1, 2], (0, 0)),
        ({(1, "a"): 3, (1, "b"): 4}, [1], (1, 0)),
        ({(1, "a"): 6, (1, "b"): 4}, [1], (0, 2)),
        ({(1, "a"): 4}, [1, 1], (4, 1)),  # a step recorded twice, its attempts once
    ],
)
def test_missing_and_doubled_attempts_are_counted(
    tmp_path: Path, groups: dict[tuple[int, str], int], steps: list[int], wanted: tuple[int, int]
) -> None:
    assert _accounts(recorded(tmp_path / "run", groups, steps), 4) == wanted


def test_records_are_compared_without_the_clock(tmp_path: Path) -> None:
    first = recorded(tmp_path / "a", {(1, "a"): 2}, [1])
    second = recorded(tmp_path / "b", {(1, "a"): 2}, [1])
    text = (second / "attempts.jsonl").read_text().replace('"seconds":1.0', '"seconds":9.0')
    (second / "attempts.jsonl").write_text(text)
    assert _records(first) == _records(second)
    (second / "attempts.jsonl").write_text(text.replace('"proof":"1"', '"proof":"2"'))
    assert _records(first) != _records(second)


def test_records_of_self_play_are_compared_too(tmp_path: Path) -> None:
    first = recorded(tmp_path / "a", {(1, "a"): 2}, [1])
    second = recorded(tmp_path / "b", {(1, "a"): 2}, [1])
    for path, kept in ((first, 8), (second, 9)):
        (path / "selfplay.jsonl").write_text(
            f'{{"round": 1, "step": 4, "kept": {kept}, "seconds": {kept}.5}}\n'
        )
    assert _records(first) != _records(second)


def test_work_starts_from_the_runs_data_in_a_folder_of_its_own(tmp_path: Path) -> None:
    _, run = toy.open_run(tmp_path / "toy")
    (run.path / "config.toml").write_text("seed = 5\n[rl]\nsteps = 9\n")
    folder = _prepare(run, tmp_path / "out" / "speed", ("rl.steps=2",))
    from physprover.config_file import load_config

    config = load_config(folder / "config.toml")
    assert (config.seed, config.rl.steps, config.name) == (5, 2, "speed")
    assert (folder / "warmstart" / "config.json").exists()
    with pytest.raises(RunError, match="exists already"):
        bench_rl(run.path, tmp_path / "out", RLBench(steps=1, kills=0), (), print)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "config.toml").write_text("")
    with pytest.raises(RunError, match="needs its own data"):
        bench_rl(tmp_path / "bare", tmp_path / "new", RLBench(steps=1, kills=0), (), print)


def test_the_table_marks_what_was_missed() -> None:
    rows = [Row(figure="x", reach="0", measured=m, met=m == "0") for m in ("0", "3")]
    assert [line.split()[-1] for line in table(rows).splitlines()[2:]] == ["reached", "missed"]
