"""What the dry run says of a data set before anything is built: a split that is empty, problems that do not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from physprover.app.preflight import data_problems
from physprover.config_file import parse_config
from physprover.dataset import write_dataset
from rl.validation import explain
from tests.config_schema import merged
from tests.rl import toy

if TYPE_CHECKING:
    from pathlib import Path


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


def test_a_given_data_set_is_read(tmp_path: Path) -> None:
    write_dataset(tmp_path / "data", toy.theorems(), "toy\n")  # all in the train split
    found = list(
        data_problems(parse_config(merged([FITTING, {"data": {"dataset": str(tmp_path / "data")}}])))
    )
    assert len(found) == 1
    assert "the test split, which is empty" in found[0]
