"""The dry run: arithmetic that can be checked by hand, and what it must refuse."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
import torch

from physprover.config_file import load_config, parse_config
from rl.planning import capacity
from rl.trainer.optimizers import build_optimizer
from rl.validation import conflicts, explain, missing
from tests.rl.conftest import build_model

CONFIGS = Path(__file__).parents[2] / "configs"


def test_parameters_are_counted_as_transformers_does(tmp_path: Path) -> None:
    model = build_model()
    model.save_pretrained(tmp_path)
    shape = capacity.architecture(parse_config({"model": {"path": str(tmp_path)}}))
    norm = model.config.hidden_size  # the final norm is not worth a term
    assert shape.parameters == sum(p.numel() for p in model.parameters()) - norm


def test_the_7b_model_has_its_published_size() -> None:
    shape = capacity.KNOWN["deepseek-ai/DeepSeek-Prover-V2-7B"]
    assert shape.parameters == pytest.approx(6.91e9, rel=0.01)


def test_trainer_memory_by_hand() -> None:
    config = parse_config(
        {
            "model": {"path": "deepseek-ai/DeepSeek-Prover-V2-7B"},
            "rl": {"optimizer": {"name": "adamw"}},
            "cluster": {"gpus": 8, "trainer_gpus": 4},
        }
    )
    parts = capacity.trainer_need(config, capacity.architecture(config)).parts
    shape = capacity.architecture(config)
    assert parts["weights (4 B)"] == parts["gradients"] == shape.parameters
    assert parts["adamw state"] == 2 * shape.parameters


@pytest.mark.parametrize(
    ("optimizer", "dtype", "bytes_a_weight"),
    [
        ({"name": "stosignsgd"}, "bfloat16", 8),  # float32 momentum and maximum, whatever the weights are
        ({"name": "stosignsgd", "state_dtype": "bfloat16"}, "float32", 4),
        ({"name": "stosignsgd", "state_dtype": "8bit"}, "bfloat16", 2),
        ({"name": "adamw"}, "bfloat16", 4),
        ({"name": "signsgd"}, "float32", 4),  # momentum 0.9
        ({"name": "signsgd", "momentum": 0}, "float32", 0),
    ],
)
def test_state_is_counted_as_the_optimizer_keeps_it(
    optimizer: dict[str, object], dtype: str, bytes_a_weight: int
) -> None:
    config = parse_config({"model": {"dtype": dtype}, "rl": {"optimizer": optimizer}})
    model = build_model().to(getattr(torch, dtype))
    built = build_optimizer(config.rl.optimizer, model, set(), seed=0)
    for p in model.parameters():
        p.grad = torch.ones_like(p)
    built.step()
    shape = capacity.architecture(config)
    assert shape is not None
    planned = capacity.trainer_need(config, shape).parts[f"{optimizer['name']} state"]
    assert planned == bytes_a_weight * shape.parameters
    held = sum(t.nbytes for state in built.state.values() for t in state.values() if t.numel() > 1)
    assert held == bytes_a_weight * sum(p.numel() for p in model.parameters())


def test_the_cluster_config_fits_and_says_what_is_missing() -> None:
    text = explain(load_config(CONFIGS / "physprover-7b.toml"))
    assert "256 problems x 8 attempts = 2,048" in text
    assert "does not fit" not in text
    assert list(conflicts(load_config(CONFIGS / "physprover-7b.toml"))) == []
    assert "`physprover lean install --project physlean` sets it up" in text


def test_the_quickstart_is_ready() -> None:
    assert "# Ready: nothing is missing on this machine" in explain(load_config(CONFIGS / "quickstart.toml"))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"model": {"prompt": "chat"}}, "model.path is not set"),
        ({"model": {"prompt": "tiny-insight"}}, "is taught by sft.stages, which names no stage"),
        (
            {"model": {"prompt": "tiny-insight"}, "sft": {"stages": ["proof", "sketch"]}},
            'no stage of sft.stages teaches the format tiny-insight: add "insight"',
        ),
        (
            {"model": {"prompt": "tiny"}, "sft": {"stages": ["sketch"]}},
            'no stage of sft.stages teaches the format tiny: add "proof"',
        ),
        (
            {"model": {"prompt": "tiny-brief"}, "sft": {"stages": ["proof"]}},
            "sft.stages teaches the formats tiny,",
        ),
    ],
)
def test_a_prover_from_scratch_is_refused_formats_it_is_not_taught(
    change: dict[str, object], complaint: str
) -> None:
    assert any(complaint in line for line in conflicts(parse_config(change)))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"cluster": {"nodes": 2}}, "cluster.nodes = 2 needs a Ray cluster"),
        ({"engine": {"workers": 4096}}, "GB of memory are free and this run needs about 5,19"),
        ({"model": {"layers": 10**6}}, "lower what asks for most of it"),
        ({"eval": {"minif2f": "none.jsonl"}}, "eval.minif2f: none.jsonl: no such file"),
        ({"data": {"benchmarks": ["none.jsonl"]}}, "data.benchmarks: none.jsonl: no such file"),
        ({"sft": {"insight": "nowhere"}}, "sft.insight: nowhere: no such file"),
    ],
)
def test_what_this_machine_lacks_is_said(change: dict[str, object], complaint: str) -> None:
    assert any(complaint in line for line in missing(parse_config(change)))


@pytest.mark.parametrize(
    ("change", "package", "complaint"),
    [
        ({"tracker": "wandb"}, "wandb", 'tracker = "wandb" needs its package'),
        (
            {"rl": {"optimizer": {"name": "lion"}}},
            "lion_pytorch",
            'rl.optimizer.name = "lion" needs its package',
        ),
    ],
)
def test_a_package_that_is_not_installed_is_said(
    change: dict[str, object], package: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    assert any(complaint in line for line in missing(parse_config(change)))


def test_places_that_are_not_there_are_told_by_their_key(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    asked = {
        "output": str(tmp_path / "file" / "runs"),
        "engine": {"verdicts": str(tmp_path / "file" / "verdicts.sqlite")},
        "data": {"dataset": str(tmp_path / "none")},
    }
    text = explain(parse_config(asked))
    assert "# Ready" not in text
    for told in ("output: ", "engine.verdicts: ", "data.dataset: "):
        assert told in text
    assert "data.library: nolib: no such" in explain(parse_config({"data": {"library": "nolib"}}))


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"cluster": {"gpus": 2, "trainer_gpus": 2}}, "need 3 GPUs"),
        ({"cluster": {"gpus": 2, "trainer_gpus": 1, "gpu_memory_gb": 80}}, "the trainer needs"),
        ({"cluster": {"gpus": 8, "trainer_gpus": 4, "gpu_memory_gb": 16}}, "key/value cache"),
        ({"rl": {"self_play_every": 5}}, "stp-conjecture is not for a prover of the prompt format tiny"),
        ({"cluster": {"trainer_gpus": 1}}, "cluster.gpus is 0"),
        ({"model": {"prompt": "tinny"}}, "model.prompt: unknown prompt format `tinny`"),
        ({"rl": {"optimizer": {"name": "adamw", "state_dtype": "8bit"}}}, "state_dtype is for stosignsgd"),
        ({"data": {"generators": ["llm"]}}, "data.llm.model names no model"),
        (
            {"data": {"generators": ["llm"], "llm": {"model": "m", "url": "here:80"}}},
            "data.llm.url `here:80`",
        ),
        ({"data": {"generators": ["self-play"]}}, "data.self_play.model names no model"),
        ({"data": {"test_share": 0.5, "validation_share": 0.5}}, "leave no train split"),
        ({"data": {"split": "lemma"}, "rl": {"eval_every": 1}}, "rl.eval_every needs a validation split"),
        ({"rl": {"final": "best"}}, "rl.eval_every (0) must be a multiple of rl.save_every (5)"),
        ({"rl": {"final": "best", "eval_every": 5, "save_every": 2}}, "rl.eval_every (5) must be a multiple"),
        (
            {"model": {"prompt": "tiny-conjecture"}},
            "model.prompt: the format tiny-conjecture asks for conjectures",
        ),
    ],
)
def test_what_cannot_work_is_said_before_anything_starts(change: dict[str, object], complaint: str) -> None:
    config = parse_config({"model": {"path": "deepseek-ai/DeepSeek-Prover-V2-7B"}, **change})
    assert any(complaint in line for line in conflicts(config))


@pytest.mark.parametrize("name", ["lion", "signsgd", "adamw"])
def test_weights_that_rounding_keeps_still_are_said(name: str) -> None:
    def told(optimizer: str, lr: float, **model: object) -> str:
        asked = {"model": model, "rl": {"optimizer": {"name": optimizer, "learning_rate": lr}}}
        return explain(parse_config(asked))

    for lr in (1e-5, 3e-4):
        size = float(
            re.search(r"do not move bfloat16 weights of (\S+) and more", told(name, lr, dtype="bfloat16"))[1]
        )
        weights = torch.tensor([size * 1.01, size * 0.24]).bfloat16()
        assert (weights - lr == weights).tolist() == [True, False]
    assert "do not move" not in told(name, 1e-5)
    assert "do not move" not in told(name, 1e-5, dtype="bfloat16", lora_rank=4)  # adapters are float32
    assert "do not move" not in told("stosignsgd", 1e-5, dtype="bfloat16")
