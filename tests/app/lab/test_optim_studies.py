"""The studies show what they claim: the separation on both problems, and that each file in configs/studies loads."""

from pathlib import Path

import pytest
import torch
from typer.testing import CliRunner

from physprover.app.commands import app
from physprover.app.lab.optim_studies import NonSmoothStudy, load, table, through
from physprover.errors import ConfigError

FOLDER = Path(__file__).parents[3] / "configs" / "studies"


def test_sign_descent_fails_where_the_stochastic_sign_does_not():
    records = {(r.problem, r.optimizer): r for r in NonSmoothStudy(steps=2000, replicas=32).run()}
    assert records["A", "SignSGD"].gap > 0.45  # the wrong end of the box is at 0.5
    assert records["A", "StoSignSGD"].gap < 0.25
    assert records["B", "SignSGD"].gap > 0.99
    assert records["B", "StoSignSGD"].gap < 0.1
    stochastic, plain = records["A, regret", "StoSignSGD"], records["A, regret", "SignSGD"]
    assert stochastic.regret < stochastic.bound
    assert plain.regret > 0.4 * 2000 * 0.25 * 2  # grows with T, not with its root


# Files with arms are studies of whole runs, see tests/app/test_study.py.
OURS = sorted(p for p in FOLDER.glob("*.toml") if "[arms." not in p.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", OURS, ids=lambda p: p.stem)
def test_every_study_file_loads(path):
    assert load(path).run


def test_bad_files_are_refused(tmp_path):
    file = tmp_path / "study.toml"
    unknown = 'kind = "language"\noptimizers = ["adam"]', 'kind = "language"\nprecisions = ["fp32", "fp4"]'
    for text in ('kind = "poetry"', 'kind = "nonsmooth"\nsteeps = 3', "kind =", *unknown):
        file.write_text(text)
        with pytest.raises(ConfigError):
            load(file)


def test_the_verb_prints_a_table_and_writes_records(tmp_path):
    file = tmp_path / "study.toml"
    file.write_text('kind = "nonsmooth"\nsteps = 20\nreplicas = 4')
    done = CliRunner().invoke(app, ["study", str(file), "--out", str(tmp_path / "out.jsonl")])
    assert done.exit_code == 0, done.output
    assert "| A, regret | StoSignSGD |" in done.stdout
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 6
    assert table(NonSmoothStudy(steps=2, replicas=2).run()).count("\n") == 7


def test_language_study_trains_in_every_precision(tmp_path):
    (tmp_path / "a.lean").write_text("theorem t (a b : Nat) : a + b = b + a := Nat.add_comm a b\n" * 400)
    file = tmp_path / "study.toml"
    file.write_text(
        f'kind = "language"\ntext = "{tmp_path}"\noptimizers = ["adamw", "stosignsgd"]\n'
        'precisions = ["fp32", "bf16", "fp8"]\nfactors = [1.0]\nseeds = 1\nsteps = 25\nwidth = 32\ncontext = 32'
    )
    records = load(file).run()
    for record in records:
        assert record.loss < 3.3  # 33 characters at random: 3.5
    assert {record.error for record in records} == {None}  # one seed has no spread
    assert "nan" not in table(records)


@pytest.mark.parametrize("dtype", [torch.float8_e5m2, torch.float8_e4m3fn])
def test_simulated_fp8_rounds_within_a_step_and_upward_where_asked(dtype):
    x = torch.rand(5000, generator=torch.Generator().manual_seed(0)) * 1e-4
    half_step = 0.125 if dtype == torch.float8_e5m2 else 0.0625
    near, up = through(x, dtype), through(x, dtype, up=True)
    normal = x > 1e-6
    assert ((near - x).abs() <= half_step * x * 1.001)[normal].all()
    assert (up >= x).all()
    assert (up <= x * (1 + 2 * half_step) * 1.001)[normal].all()
    assert not through(torch.zeros(3), dtype).any()
