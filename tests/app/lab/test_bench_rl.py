"""What `physprover bench rl` starts from; the figures themselves need an idle machine."""

from __future__ import annotations

from pathlib import Path

import pytest

from physprover.app.lab import table
from physprover.app.lab.bench_rl import _against, _prepare, _shares, bench_rl
from physprover.config_file import load_config
from physprover.errors import RunError
from physprover.runs import StepMetrics
from tests.rl import toy


def test_work_starts_from_the_runs_data_in_a_folder_of_its_own(tmp_path: Path) -> None:
    _, run = toy.open_run(tmp_path / "toy")
    (run.path / "config.toml").write_text("seed = 5\n[rl]\nsteps = 9\n")
    folder = _prepare(run, tmp_path / "out" / "speed", ("rl.steps=2",))
    config = load_config(folder / "config.toml")
    assert (config.seed, config.rl.steps, config.name) == (5, 2, "speed")
    assert (folder / "warmstart" / "config.json").exists()
    with pytest.raises(RunError, match="exists already"):
        bench_rl(run.path, tmp_path / "out", 1, False, (), print)
    (tmp_path / "bare").mkdir()
    (tmp_path / "bare" / "config.toml").write_text("")
    with pytest.raises(RunError, match="needs its own data"):
        bench_rl(tmp_path / "bare", tmp_path / "new", 1, False, (), print)


def test_the_figures_fit_eighty_columns() -> None:
    counts = {"step": 2, "reward": 0.0, "attempts": 128, "judged": 128, "proved": 0, "seconds": 8.0}
    spent = {"seconds_training": 2.0, "seconds_blocked": 4.0, "seconds_waiting": 3.0}
    rows = [*_shares([StepMetrics.model_validate(counts | spent)]), _against(123.4, 12.34)]
    assert [row.measured for row in rows] == ["37.5 %", "25.0 %", "10.0 ×"]
    assert [row.verdict for row in rows] == ["missed", "missed", "reached"]
    assert max(map(len, table(rows).splitlines())) <= 80
