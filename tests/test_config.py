from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from physprover.config import RunConfig
from physprover.config_file import PRESETS, load_config, parse_config, with_preset
from physprover.errors import ConfigError
from physprover.resources import resolve

CONFIGS = sorted(resolve("configs").glob("*.toml"))


@pytest.mark.parametrize("file", CONFIGS, ids=lambda path: path.stem)
def test_every_shipped_config_is_valid(file: Path) -> None:
    assert load_config(file).name


def test_there_are_shipped_configs() -> None:
    assert {"quickstart", "physprover-7b"} <= {file.stem for file in CONFIGS}


def write(folder: Path, text: str) -> Path:
    file = folder / "c.toml"
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stepz = 3", "unknown key `stepz`"),
        ("[rl]\ngroup_sise = 3", "unknown key `rl.group_sise`; did you mean `group_size`?"),
        ("[rl.optimizer]\nlearning_rat = 1", "did you mean `learning_rate`?"),
        ("[rl]\nlearning_rte = 1", "did you mean `rl.optimizer.learning_rate`?"),
        ("[rl]\ntensor_paralel = 1", "did you mean `sampler.tensor_parallel`?"),
        ("[rl]\nzzz = 3", "valid keys: preset, steps"),
        ("[rl]\ngroup_size = 1", "`rl.group_size`: Input should be greater than or equal to 2"),
        ("[rl]\nloss = 'ppo'", "`rl.loss`"),
        ("[rl\n", "c.toml"),
        ("rl = 3", "`rl`"),
        ("name = '../b'", "`name`: must be the name of one folder, not a path"),
        ("name = '..'", "`name`"),
    ],
)
def test_bad_config_names_the_key(tmp_path: Path, text: str, expected: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(write(tmp_path, text))
    assert expected in str(error.value)
    assert "\n" not in str(error.value).strip()


def test_missing_file_and_wrong_encoding(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no such config file"):
        load_config(tmp_path / "none.toml")
    with pytest.raises(ConfigError, match="Is a directory"):
        load_config(tmp_path)
    (tmp_path / "latin.toml").write_bytes(b"name = '\xe9'")
    with pytest.raises(ConfigError, match="not UTF-8"):
        load_config(tmp_path / "latin.toml")


def test_overrides(tmp_path: Path) -> None:
    file = write(tmp_path, "seed = 1\n[rl]\nsteps = 5\n")
    config = load_config(
        file, ("rl.steps=7", "name=seed two", "rl.optimizer.learning_rate=1e-3", "eval.ks=[1, 4]")
    )
    assert (config.seed, config.rl.steps, config.name) == (1, 7, "seed two")
    assert config.rl.optimizer.learning_rate == 1e-3
    assert config.eval.ks == (1, 4)
    assert load_config(file, ("eval.ks=[2, 1, 1, 2]",)).eval.ks == (2, 1)


@pytest.mark.parametrize(
    ("override", "said"),
    [
        ("rl.optimizer.learning_rate=true", "`rl.optimizer.learning_rate`: must be a number, not true"),
        ("rl.steps=false", "`rl.steps`: must be a number, not false"),
        ("data.max_candidates=true", "must be a number, not true"),
        ("eval.ks=[true]", "`eval.ks`: must be a number, not true"),
        ("eval.ks=1,8", "`eval.ks`: must be a list, not `1,8`: --set 'eval.ks=[1, 8]'"),
        ("eval.ks=8", "not `8`: --set 'eval.ks=[8]'"),
        ("data.generators=mutate, explore", """--set 'data.generators=["mutate", "explore"]'"""),
    ],
)
def test_what_arrived_is_said(override: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        load_config(None, (override,))
    assert said in str(error.value)


def test_whole_numbers_are_numbers_and_switches_are_switches() -> None:
    config = load_config(None, ("engine.seconds=5", "engine.judge=false", "model.autocast=true"))
    assert (config.engine.seconds, config.engine.judge, config.model.autocast) == (5.0, False, True)


def test_none_unsets_what_may_be_unset(tmp_path: Path) -> None:
    file = write(tmp_path, '[model]\npath = "m"\nautocast = true\nlora_rank = 4\n[rl]\nclip_high = 0.3\n')
    config = load_config(
        file, ("model.path=none", "model.autocast=none", "model.lora_rank='none'", "rl.clip_high=none")
    )
    assert (config.model.path, config.model.autocast) == (None, None)
    assert (config.model.lora_rank, config.rl.clip_high) == (None, None)
    assert load_config(None, ("tracker=none", "rl.scale_rewards=none")).rl.scale_rewards == "none"
    with pytest.raises(ConfigError, match=r"`rl\.steps`"):
        load_config(None, ("rl.steps=none",))


def test_a_mark_at_the_beginning_and_a_path_as_text(tmp_path: Path) -> None:
    file = tmp_path / "c.toml"
    file.write_bytes(b"\xef\xbb\xbfseed = 4\n")
    assert load_config(str(file)).seed == 4


def test_home_is_expanded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/someone")
    config = load_config(None, ("output=~/runs", "engine.verdicts=~/v.sqlite", "data.self_play.model=~/m"))
    assert (config.output, config.engine.verdicts) == ("/home/someone/runs", "/home/someone/v.sqlite")
    assert config.data.self_play.model == "/home/someone/m"


@pytest.mark.parametrize("override", ["rl.steps", "=3", "seed.x=3", "rl.stepz=3"])
def test_bad_overrides(tmp_path: Path, override: str) -> None:
    with pytest.raises(ConfigError):
        load_config(write(tmp_path, "seed = 1"), (override,))


@given(key=st.text(st.characters(codec="ascii", categories=["Ll"]), min_size=1, max_size=12))
def test_any_unknown_key_is_one_line(key: str) -> None:
    if key not in RunConfig.model_fields:
        with pytest.raises(ConfigError) as error:
            parse_config({key: 1})
        assert str(error.value).count("\n") == 0


def test_every_field_is_documented() -> None:
    def undocumented(section: type) -> list[str]:
        found = []
        for name, field in section.model_fields.items():  # type: ignore[attr-defined]
            if hasattr(field.annotation, "model_fields"):
                found += undocumented(field.annotation)
            elif not field.description:
                found.append(f"{section.__name__}.{name}")
        return found

    assert undocumented(RunConfig) == []


# -- Presets: what they set, and that the user's own fields win. --


def test_the_paper_as_a_preset() -> None:
    rl = with_preset(parse_config({"rl": {"preset": "paper"}})).rl
    assert (rl.problems_per_step, rl.group_size, rl.kl, rl.clip) == (256, 8, 0.001, 0.2)
    assert (rl.optimizer.name, rl.optimizer.learning_rate, rl.optimizer.weight_decay) == ("adamw", 1e-6, 0.01)


def test_given_fields_win_also_inside_the_optimizer() -> None:
    rl = with_preset(
        parse_config({"rl": {"preset": "paper", "kl": 0.5, "optimizer": {"name": "stosignsgd"}}})
    ).rl
    assert (rl.kl, rl.optimizer.name, rl.optimizer.learning_rate) == (0.5, "stosignsgd", 1e-6)


@pytest.mark.parametrize("preset", list(PRESETS))
def test_resolving_twice_changes_nothing(preset: str) -> None:
    once = with_preset(parse_config({"rl": {"preset": preset}}))
    assert with_preset(once) == once


def test_custom_is_the_documented_default() -> None:
    config = parse_config({"rl": {"steps": 3}})
    assert with_preset(config) == config
