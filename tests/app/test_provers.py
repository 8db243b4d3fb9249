"""Which settings a prover has when nothing but its name is said."""

from __future__ import annotations

import json
import runpy
import sys
from pathlib import Path

import pytest

from physprover.app.provers import find_settings
from physprover.errors import ModelError


@pytest.mark.parametrize(
    ("positions", "prompt", "answer"),
    [(163840, 4096, 2048), (6144, 4096, 2048), (4096, 2048, 2048), (1024, 512, 512), (None, 4096, 2048)],
)
def test_a_prompt_and_an_answer_fit_the_positions_of_a_model(
    tmp_path: Path, positions: int | None, prompt: int, answer: int
) -> None:
    shape = {"model_type": "llama", "max_position_embeddings": positions}
    if positions is None:
        shape = {"model_type": "no such type"}
    (tmp_path / "config.json").write_text(json.dumps(shape), encoding="utf-8")
    chosen, _ = find_settings(str(tmp_path), ["model.prompt=kimina"])
    assert (chosen.model.max_prompt_tokens, chosen.model.max_new_tokens) == (prompt, answer)
    told, _ = find_settings(str(tmp_path), ["model.prompt=kimina", "model.max_new_tokens=7"])
    assert told.model.max_new_tokens == 7


def test_an_adapter_is_called_one_with_what_to_do(tmp_path: Path) -> None:
    folder = tmp_path / "step-3" / "adapter"
    folder.mkdir(parents=True)
    for text, said in [
        ('{"base_model_name_or_path": "org/base"}', "an adapter of org/base, no model: merge it"),
        ("[", "of another model"),
    ]:
        (folder / "adapter_config.json").write_text(text)
        with pytest.raises(ModelError, match=said):
            find_settings(str(folder))
    (folder.parent / "config.json").write_text("{}")
    with pytest.raises(ModelError, match=r"adapter of a checkpoint; give .*step-3, whose weights hold it"):
        find_settings(str(folder))


@pytest.mark.parametrize(
    ("example", "asked"),
    [("sample_and_judge", []), ("sample_and_judge", ["--help"]), ("train_small", ["--help"])],
)
def test_the_examples_say_how_to_call_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str, asked: list[str]
) -> None:
    file = Path(__file__).parents[2] / "examples" / f"{example}.py"
    monkeypatch.chdir(tmp_path)  # where a run called --help would begin
    monkeypatch.setattr(sys, "argv", [str(file), *asked])
    with pytest.raises(SystemExit, match="RUN is"):
        runpy.run_path(str(file), run_name="__main__")


@pytest.mark.parametrize(
    ("example", "argument", "words"),
    [
        ("sample_and_judge", "nothing", "^nothing: there is no such folder"),
        ("sample_and_judge", "folder", "^folder: neither a run directory"),
        ("train_small", "file/run", "Not a directory: .file/run-library"),
    ],
)
def test_the_examples_say_what_is_wrong_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, example: str, argument: str, words: str
) -> None:
    file = Path(__file__).parents[2] / "examples" / f"{example}.py"
    monkeypatch.chdir(tmp_path)
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").touch()
    monkeypatch.setattr(sys, "argv", [str(file), argument])
    with pytest.raises(SystemExit, match=words) as told:
        runpy.run_path(str(file), run_name="__main__")
    assert "\n" not in str(told.value)
