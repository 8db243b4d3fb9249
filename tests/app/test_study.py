"""Studies over seeds: files that load, settings laid over one another, and a table that says what it means."""

from __future__ import annotations

from pathlib import Path

import pytest
import tomli_w
from typer.testing import CliRunner

from eval.compare import arms_table, over_seeds, t_quantile, values
from eval.passk import Estimate
from eval.results import EvalResult, EvalSettings, PassAtK
from eval.results import Group as ResultGroup
from physprover.app.commands import app
from physprover.app.commands.run import summary
from physprover.app.commands.study import arm_config, load_study, only, run_study, study_table
from physprover.app.display import Display
from physprover.config import RunConfig
from physprover.config_file import with_preset
from physprover.errors import ConfigError
from physprover.files import write_record
from physprover.runs import lasting
from rl.warmstart.stages import StagesStats, StageStats

FILES = sorted(
    p for p in (Path(__file__).parents[2] / "configs/studies").glob("*.toml") if "[arms." in p.read_text()
)


@pytest.mark.parametrize("file", FILES, ids=lambda p: p.stem)
def test_every_study_of_runs_loads(file: Path) -> None:
    study = load_study(file)
    budgets = {arm_config(study, arm, 0, Path("x")).sft.stage_tokens for arm in study.arms}
    assert len(budgets) == 1  # equal tokens
    assert len({arm_config(study, arm, 3, Path("x")).name for arm in study.arms}) == len(study.arms)
    for arm, options in study.arms.items():
        if options.start is not None:  # a warm start is taken over only from an arm that trains alike
            own, other = (arm_config(study, name, 0, Path("x")) for name in (arm, options.start))
            assert own.sft == other.sft
            assert own.model.model_copy(update={"prompt": ""}) == other.model.model_copy(
                update={"prompt": ""}
            )


STUDY = """
base = "configs/quickstart.toml"
seeds = 2
[common.model]
prompt = "tiny"
[common.sft]
stages = ["proof", "sketch"]
share = 0.5
[arms.plain]
[arms."with more"]
start = "plain"
settings.sft.share = 1.0
settings.model.prompt = "tiny-sketch"
"""


def test_some_arms_only(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    study = load_study(file)
    assert list(only(study, ["with more", "plain"]).arms) == ["plain", "with more"]
    assert list(only(study, ["plain"]).arms) == ["plain"]
    with pytest.raises(ConfigError, match="starts from `plain`: name that one too"):
        only(study, ["with more"])
    with pytest.raises(ConfigError, match="no arm `less`"):
        only(study, ["less"])


def test_an_arm_that_cannot_run_is_named_before_the_others_run(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY.replace(', "sketch"', ""))
    with pytest.raises(ConfigError, match=r"arm `with more`: .* no stage of sft\.stages teaches"):
        run_study(load_study(file), tmp_path / "out", [0], Display())
    assert not (tmp_path / "out").exists()


def test_layers(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    study = load_study(file)
    config = arm_config(study, "with more", 1, tmp_path / "out")
    assert (config.name, config.seed, config.output) == ("with-more-1", 1, str(tmp_path / "out"))
    assert (config.sft.share, config.sft.stages, config.sft.epochs) == (1.0, ("proof", "sketch"), 2.0)
    assert config.data.dataset == str(tmp_path / "out" / "data")
    assert config.sft.insight == str(tmp_path / "out" / "insight")
    assert study_table(study, tmp_path / "out", range(2)) == "nothing evaluated yet"


def test_a_data_set_that_is_given_is_used_and_none_is_built(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = STUDY.replace("[common.sft]", '[common.data]\ndataset = "given"\n[common.sft]\ninsight = "labels"')
    (tmp_path / "s.toml").write_text(text + "settings.data.self_play.temperature = 0.5\n")
    used: list[tuple[str | None, str | None, float]] = []

    def pipeline(config: RunConfig, _: object) -> None:
        used.append((config.data.dataset, config.sft.insight, config.data.self_play.temperature))

    def no_lean(*_: object, **__: object) -> None:
        raise AssertionError("something is built")

    monkeypatch.setattr("physprover.app.pipeline.run_pipeline", pipeline)
    monkeypatch.setattr("physprover.app.commands.study.open_pool", no_lean)
    run_study(load_study(tmp_path / "s.toml"), tmp_path / "out", [0], Display())
    assert used == [("given", "labels", 1.0), ("given", "labels", 0.5)]


WARM = {"config.json": "{}", "model.safetensors": "weights" * 99, "sft_stats.json": "{}"}
LINES = '{"lines": []}'


class Killed(BaseException):
    pass


@pytest.mark.parametrize("at", [0, 1, 2, 3])
def test_a_kill_while_copying_leaves_no_half_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    """Killed in the middle of the file number `at` that the second arm takes over, and run again."""
    (tmp_path / "s.toml").write_text(STUDY)
    study, out = load_study(tmp_path / "s.toml"), tmp_path / "out"
    for job in ("data", "insight"):
        (out / job).mkdir(parents=True)
        (out / job / "stats.json").touch()
    ran: list[str] = []

    def pipeline(config: RunConfig, _: object) -> None:
        run, lines = out / config.name, out / config.name / "eval" / "portfolio-test.json"
        if not ran:  # the first arm makes what the second takes over
            (run / "warmstart").mkdir(parents=True)
            for name, text in WARM.items():
                (run / "warmstart" / name).write_text(text)
            lines.parent.mkdir()
            lines.write_text(LINES)
            (run / "config.toml").write_text(tomli_w.dumps(lasting(config)))
        assert {f.name: f.read_text() for f in (run / "warmstart").iterdir()} == WARM
        assert lines.read_text() == LINES
        ran.append(config.name)

    copied: list[object] = []

    def torn(source: Path, target: Path, **_: object) -> None:
        text = Path(source).read_text()
        copied.append(target)
        Path(target).write_text(text[: len(text) // 2] if len(copied) == at + 1 else text)
        if len(copied) == at + 1:
            raise Killed

    monkeypatch.setattr("physprover.app.pipeline.run_pipeline", pipeline)
    monkeypatch.setattr("shutil.copyfile", torn)
    with pytest.raises(Killed):
        run_study(study, out, [0], Display())
    assert ran == ["plain-0"]
    run_study(study, out, [0], Display())
    assert ran == ["plain-0", "plain-0", "with-more-0"]
    assert not list(out.rglob("*.tmp"))


@pytest.mark.parametrize(
    ("settings", "alike"),
    [
        ("rl.steps = 2", True),
        ("engine.workers = 1", True),
        ("eval.max_problems = 5", False),
        ("engine.seconds = 5.0", False),
        ('eval.minif2f = "other.jsonl"', False),
    ],
)
def test_model_free_lines_are_taken_over_where_they_would_come_out_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: str, alike: bool
) -> None:
    (tmp_path / "s.toml").write_text(
        f'base = "configs/quickstart.toml"\n[arms.one]\n[arms.two.settings]\n{settings}\n'
    )
    out = tmp_path / "out"
    (out / "data").mkdir(parents=True)
    (out / "data" / "stats.json").touch()
    found: list[bool] = []

    def pipeline(config: RunConfig, _: object) -> None:
        lines = out / config.name / "eval" / "portfolio-test.json"
        found.append(lines.exists())
        lines.parent.mkdir(parents=True, exist_ok=True)
        lines.write_text(LINES)
        (out / config.name / "config.toml").write_text(tomli_w.dumps(lasting(config)))

    monkeypatch.setattr("physprover.app.pipeline.run_pipeline", pipeline)
    run_study(load_study(tmp_path / "s.toml"), out, [0], Display())
    assert found == [False, alike]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("seeds = 2", "seeds = 0"), "seeds"),
        (("share = 0.5", "shares = 0.5"), "shares"),
        (('start = "plain"', 'start = "nobody"'), "nobody"),
        (("[arms.plain]", "[arms.plain]\nsetting = 1"), "setting"),
        (("base =", "bases ="), "base"),
        (("seeds = 2", "seeds = = 2"), "s.toml"),
        (
            ('start = "plain"', 'start = "with more"'),
            "`with more` starts from `with more`, which comes later, or is",
        ),
        (
            ("[arms.plain]", '[arms.plain]\nstart = "with more"'),
            "`plain` starts from `with more`, which comes later",
        ),
        (("settings.sft.share = 1.0", "settings.seed = 7"), "arm `with more`: `seed` cannot be set here"),
        (("settings.sft.share = 1.0", 'settings.data.library = "lib"'), "`data.library` cannot be set here"),
        (("settings.sft.share = 1.0", 'settings.data.dataset = "d"'), "`data.dataset` cannot be set here"),
        (("[common.sft]", '[common]\noutput = "o"\n[common.sft]'), "common: `output` cannot be set here"),
        (("[arms.plain]", "[arms.plain]\n[arms.with-more]"), "directory of arm `with-more`"),
        (("[arms.plain]", '[arms.plain]\n[arms."a|b"]'), "must fit in a table"),
        (("[arms.plain]", '[arms.plain]\n[arms."a\\nb"]'), "must fit in a table"),
    ],
)
def test_bad_study_files_are_refused(tmp_path: Path, change: tuple[str, str], message: str) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY.replace(*change))
    with pytest.raises(ConfigError, match=message):
        load_study(file)


def test_t_quantiles() -> None:
    # Tables of Student's t, two-sided 95 %.
    for freedom, value in ((1, 12.706), (2, 4.303), (4, 2.776), (9, 2.262), (100, 1.984)):
        assert t_quantile(0.975, freedom) == pytest.approx(value, abs=6e-4)


def test_means_over_seeds() -> None:
    mean = over_seeds([0.1, 0.2, 0.3, 0.4, 0.5])
    assert mean.points() == "30.0 ± 19.6"  # 2.776 * 0.1581 / sqrt 5
    assert over_seeds([0.25]).points(sign=True) == "+25.0"
    with pytest.raises(ValueError, match="no values"):
        over_seeds([])


def result(value: float) -> EvalResult:
    estimate = Estimate(value=value, low=0, high=1, theorems=10)
    groups = [
        ResultGroup(name=name, theorems=10, solved=1, pass_at=(PassAtK(k=8, estimate=estimate),))
        for name in ("test", "multi-step")
    ]
    settings = EvalSettings(
        samples=8, ks=(8,), temperature=1, top_p=1, max_new_tokens=8, seed=0, check_seconds=1
    )
    return EvalResult(
        label="x", benchmark="test", sampler="hf", model="m", weights_version=0, settings=settings,
        overall=groups[0], by_domain=(), by_level=(groups[1],), outcomes={}, theorems=(),
    )  # fmt: skip


def seen(tokens: int) -> StagesStats:
    stages = (StageStats(stage="proof", tokens=tokens),)
    return StagesStats(budget=1, tokens=tokens, stages=stages, proofs=1, without_insight=0, too_long={})


def test_differences_are_paired_by_seed() -> None:
    arms = {
        "plain": {0: values(result(0.2)), 1: values(result(0.4)), 2: values(result(0.9))},
        "staged": {0: values(result(0.3)), 1: values(result(0.5))},
    }
    table = arms_table(arms, {"plain": "proof, 10 tokens"}).splitlines()
    assert table[0] == "| arm | training | seeds | all: pass@8 | multi-step: pass@8 |"
    assert table[2].startswith("| plain | proof, 10 tokens | 3 | 50.0 ± ")
    assert table[4] == "| staged − plain |  | 2 | +10.0 ± 0.0 | +10.0 ± 0.0 |"


def test_tables_of_what_was_evaluated_on_the_way(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    folder = tmp_path / "plain-0" / "eval"
    folder.mkdir(parents=True)
    for label in ("test-before", "validation-step-20", "validation-step-5", "test-after"):
        (folder / f"{label}.json").write_text(result(0.5).model_dump_json())
        (folder / f"{label}.state.json").write_text("{}")  # of a resumable evaluation
    table = study_table(load_study(file), tmp_path, range(1))
    heads = [line for line in table.splitlines() if line.endswith(", in points")]
    assert heads == [
        f"{when}, in points"
        for when in (
            "before RL", "validation, step 5", "validation, step 20", "after RL", "gain of RL (after − before)",
        )
    ]  # fmt: skip


def test_a_table_names_runs_that_the_study_no_longer_describes(tmp_path: Path) -> None:
    file, first, moved = tmp_path / "s.toml", tmp_path / "first", tmp_path / "moved"
    file.write_text(STUDY)
    study = load_study(file)
    for arm, folder in (("plain", "plain-0"), ("with more", "with-more-0")):
        (first / folder / "eval").mkdir(parents=True)
        (first / folder / "eval" / "test-after.json").write_text(result(0.5).model_dump_json())
        kept = tomli_w.dumps(lasting(with_preset(arm_config(study, arm, 0, first))))
        (first / folder / "config.toml").write_text(kept)
    first.rename(moved)
    asked = ["study", str(file), "--out", str(moved), "--table"]
    table = CliRunner().invoke(app, asked).output
    assert "| plain |" in table
    assert "note:" not in table
    file.write_text(STUDY.replace("share = 1.0", "share = 0.75"))
    changed = CliRunner().invoke(app, asked).output
    assert changed.startswith(table)
    assert changed.count("note:") == 1
    assert "with-more-0 holds a run of another configuration: `sft.share` was 1.0, now 0.75" in changed


def test_the_gain_of_rl_is_paired_by_seed(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    for seed, before, after in ((0, 0.1, 0.4), (1, 0.3, 0.4)):
        folder = tmp_path / f"plain-{seed}" / "eval"
        folder.mkdir(parents=True)
        (folder / "test-before.json").write_text(result(before).model_dump_json())
        (folder / "test-after.json").write_text(result(after).model_dump_json())
        write_record(tmp_path / f"plain-{seed}" / "warmstart" / "stages.json", seen(6_836 + 449 * seed))
    table = study_table(load_study(file), tmp_path, range(2))
    assert "| plain | proof, 6,836 to 7,285 tokens | 2 |" in table.split("after RL, in points")[1]
    gain = table.split("gain of RL (after − before), in points\n\n")[1].splitlines()
    assert (
        gain[2] == "| plain | proof, 6,836 to 7,285 tokens | 2 | 20.0 ± 127.1 | 20.0 ± 127.1 |"
    )  # 12.706 * 0.1414 / sqrt 2


def test_a_lone_evaluation_after_rl_is_not_called_the_one_before(tmp_path: Path) -> None:
    (tmp_path / "test-after.json").write_text(result(0.5).model_dump_json())
    rows = summary(tmp_path).splitlines()
    assert len(rows) == 3
    assert rows[-1].startswith("  after RL ")


def test_a_study_of_optimizers_alone_prints_its_table(tmp_path: Path) -> None:
    file, records = tmp_path / "s.toml", tmp_path / "records.jsonl"
    file.write_text('kind = "nonsmooth"\nsteps = 50\nreplicas = 2\n')
    result = CliRunner().invoke(app, ["study", str(file), "--out", str(records)])
    assert result.exit_code == 0
    assert "| A, regret | StoSignSGD | 50 |" in result.stdout
    assert len(records.read_text().splitlines()) == result.stdout.count("SGD |") == 6
    deeper = tmp_path / "no" / "folder" / "yet.jsonl"
    assert CliRunner().invoke(app, ["study", str(file), "--out", str(deeper)]).exit_code == 0
    assert deeper.read_text() == records.read_text()
    for refused, said in ((["--out", str(tmp_path)], "directory"), (["--table"], "studies of runs")):
        result = CliRunner().invoke(app, ["study", str(file), *refused])
        assert result.exit_code == 2
        assert said in result.output
        assert "SGD |" not in result.output


def test_a_study_of_runs_needs_a_directory(tmp_path: Path) -> None:
    file = tmp_path / "s.toml"
    file.write_text(STUDY)
    result = CliRunner().invoke(app, ["study", str(file)])
    assert result.exit_code == 2
    assert "need a directory, --out DIR" in result.output
