"""Which settings a prover has when nothing but its name is said."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from physprover.app.provers import find_settings


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
