"""Before a run: a split that is empty, problems that do not fit, what the run is said to take."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from transformers import AutoTokenizer

from physprover.app import preflight
from physprover.app.commands.run import run
from physprover.app.pipeline import open_run_dir, run_pipeline
from physprover.app.preflight import Speed, Work, data_problems
from physprover.config import ModelConfig
from physprover.config_file import load_config, parse_config
from physprover.dataset import write_dataset
from physprover.errors import DataError
from physprover.lean.embedded.engine import EmbeddedEngine
from physprover.lean.text.statements import with_commands
from physprover.models.tiny import build_tiny, train_tokenizer
from physprover.progress import Silent
from physprover.records import Theorem
from physprover.resources import resolve
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.validation import explain
from tests.config_schema import merged
from tests.one_engine import OneEngine
from tests.rl import toy


def library(folder: Path) -> str:
    """Eight files of three theorems each."""
    folder.mkdir()
    for k in range(8):
        theorems = [f"theorem t{k}_{i} (n : Nat) : n + {i} = {i} + n := by\n  omega\n" for i in range(3)]
        (folder / f"File{k}.lean").write_text("\n".join(theorems), encoding="utf-8")
    return str(folder)


FITTING = {
    "data": {"test_share": 0.2},
    "model": {"prompt": "tiny", "max_prompt_tokens": 100, "max_new_tokens": 40},
}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({}, ""),
        ({"data": {"test_share": 0}}, "the evaluation needs the test split, which is empty"),
        ({"data": {"validation_share": 0}}, ""),
        (
            {"data": {"validation_share": 0}, "rl": {"eval_every": 5}},
            "rl.eval_every needs the validation split",
        ),
        (
            {"data": {"max_statement_chars": 5}},
            "no theorem to build from: 24 statements of more than 5 characters",
        ),
        (
            {"model": {"max_prompt_tokens": 16}},
            "nothing in the train split fits model.max_prompt_tokens = 16",
        ),
        (
            {"model": {"max_new_tokens": 1}},
            "nothing in the train split fits model.max_prompt_tokens = 100 and",
        ),
    ],
)
def test_a_data_set_that_cannot_serve_the_run_is_told(
    tmp_path: Path, change: dict[str, Any], expected: str
) -> None:
    asked = {"data": {"library": library(tmp_path / "library")}}
    config = parse_config(merged([FITTING, asked, change]))
    found = list(data_problems(config))
    assert bool(found) == bool(expected)
    assert all("\n" not in line for line in found)
    assert any(expected in line for line in found) or not expected
    assert ("# Ready" in explain(config, found)) == (not expected)


def test_proofs_that_the_prompt_cannot_say_are_no_fault_of_the_others(tmp_path: Path) -> None:
    own = Theorem(
        name="t", statement="theorem t : 1 = 1", split="train", proof=with_commands("def h := 1", "by rfl")
    )
    others = [own.replace(name=split, split=split, proof="by rfl") for split in ("train", "test")]
    write_dataset(tmp_path / "data", [own, *others], "card")
    model = {"prompt": "stp", "max_prompt_tokens": 200, "max_new_tokens": 40}
    config = parse_config({"data": {"dataset": str(tmp_path / "data")}, "model": model})
    assert list(data_problems(config)) == []


def test_a_given_data_set_is_read(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", toy.theorems(), "toy\n")  # all in the train split
    found = list(
        data_problems(parse_config(merged([FITTING, {"data": {"dataset": str(tmp_path / "data")}}])))
    )
    assert len(found) == 1
    assert "the test split, which is empty" in found[0]


def test_a_run_that_cannot_be_gone_on_with_is_told_by_the_dry_run(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = {"data": {"library": library(tmp_path / "library")}, "output": str(tmp_path / "runs")}
    config = tmp_path / "config.toml"
    config.write_text(tomli_w.dumps(merged([FITTING, asked])), encoding="utf-8")
    kept = open_run_dir(load_config(config))
    checkpoint.save(kept, LoopState(step=7), lambda _: None, None)
    for change, said in (
        ("rl.steps=41", "# Ready"),
        ("rl.steps=6", "- .*rl.steps is 6, but step 7 is already trained"),
        ("sft.batch_size=9", "- .*`sft.batch_size` was 32, now 9"),
    ):
        run(config, [change], dry_run=True)
        assert re.search(said, capsys.readouterr().out)
        assert load_config(tmp_path / "runs" / "run" / "config.toml").rl.steps == 40


def test_prompts_too_long_for_a_given_model_end_the_run_before_it_begins(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held_out, *others = (t.replace(statement=t.statement.replace(": ", ": 0 + ", 1)) for t in toy.theorems())
    rows = [held_out.replace(split="test"), *others]
    tokenizer = train_tokenizer(["little"], 300)  # a token a byte, nearly
    shape = ModelConfig(hidden_size=32, layers=1, heads=2, max_prompt_tokens=512, max_new_tokens=8)
    build_tiny(shape, tokenizer, seed=1).save_pretrained(tmp_path / "model")
    tokenizer.save_pretrained(tmp_path / "model")
    write_dataset(tmp_path / "data", rows, "toy\n")
    model = {"path": str(tmp_path / "model"), "prompt": "tiny", "max_prompt_tokens": 512, "max_new_tokens": 8}
    given = {"data": {"dataset": str(tmp_path / "data")}, "output": str(tmp_path / "runs"), "model": model}
    read = []
    monkeypatch.setattr(
        AutoTokenizer,
        "from_pretrained",
        lambda place, load=AutoTokenizer.from_pretrained: read.append(place) or load(place),
    )
    assert "tokens (median)" in explain(parse_config(given), data_problems(parse_config(given)))
    assert read == [str(tmp_path / "model")]
    short = parse_config(merged([given, {"model": {"max_prompt_tokens": 16}}]))
    said = "data: no problem of the test split fits model.max_prompt_tokens = 16; the shortest prompt has 19 tokens"
    assert said in explain(short, data_problems(short))
    with pytest.raises(DataError, match=said):
        run_pipeline(short, Silent())
    assert not (tmp_path / "runs").exists()


QUICKSTART = load_config(resolve("configs/quickstart.toml"))
SPEED = Speed(step=0.2, check=0.05, wait=1.0, cores=2)


def test_a_slower_machine_takes_longer_and_does_the_same_work() -> None:
    work = preflight.work_of(QUICKSTART, preflight.theorems_of(resolve(QUICKSTART.data.library)))
    minutes = work.minutes(SPEED, 2)
    assert 2 < minutes < 30
    one_core = work.minutes(Speed(0.2, 0.05, 1.0, cores=1), 2)
    assert one_core == pytest.approx(2 * minutes)
    busy = work.minutes(Speed(0.2, 0.05, 3.0, cores=2), 2)
    assert busy == pytest.approx(3 * minutes)


def test_more_work_is_a_longer_run() -> None:
    def with_rl(**changes: object) -> Work:
        config = QUICKSTART.model_copy(update={"rl": QUICKSTART.rl.model_copy(update=changes)})
        return preflight.work_of(config, 800)

    assert with_rl(steps=40).checks > with_rl(steps=10).checks
    assert with_rl(steps=0).steps < with_rl(steps=10).steps


def test_this_machine_is_measured(lean: EmbeddedEngine) -> None:
    speed = preflight.measure(QUICKSTART, OneEngine(lean))
    assert speed.step > 0
    assert speed.check > 0
    assert speed.wait >= 1
    text = preflight.sentence(speed, 7.2)
    assert "about 7 minutes" in text
    assert "1 core," in preflight.sentence(Speed(0.2, 0.05, 1.0, 1), 7.2)
    assert "times as long as on an idle machine" in preflight.sentence(Speed(0.2, 0.05, 2.0, 2), 7.2)
