"""LoRA on its way: factors handed over, folded in by the sampler, and kept in PEFT's format."""

from __future__ import annotations

import copy
from pathlib import Path

import pytest
import torch
from peft import AutoPeftModelForCausalLM, PeftConfig, PeftModel
from transformers import AutoModelForCausalLM

from physprover.config import ModelConfig
from physprover.errors import ModelError
from physprover.models.hf_sampler import HFSampler
from physprover.models.lora import factors, write_adapter
from physprover.prompts import get_prompt
from physprover.runs import RunDir
from rl import checkpoint
from rl.checkpoint import LoopState
from rl.trainer.build import open_trainer
from rl.trainer.grpo import GroupTrainer
from tests.rl.conftest import build_model, build_tokenizer, random_samples, run_config

CONFIG = run_config().model_copy(update={"model": ModelConfig(max_new_tokens=16, lora_rank=2)})


@pytest.fixture
def trained(warm_start: Path) -> GroupTrainer:
    trainer = GroupTrainer(
        AutoModelForCausalLM.from_pretrained(warm_start), build_tokenizer(), CONFIG, warm_start.parent / "out"
    )
    samples = random_samples(build_model())
    for _ in range(3):
        trainer.update(samples)
    return trainer


def test_a_sampler_with_the_factors_has_the_folded_weights(trained: GroupTrainer) -> None:
    factors, weights = trained.handover(), trained.weights()
    assert all(".lora_" in name for name in factors)
    model = build_model()
    sampler = HFSampler(model, build_tokenizer(), get_prompt("stp"), max_prompt_tokens=64, batch_size=4)
    assert not torch.equal(
        model.state_dict()["model.layers.0.mlp.up_proj.weight"], weights["model.layers.0.mlp.up_proj.weight"]
    )
    for version in (
        1,
        2,
    ):  # twice: the products are added to the weights of the start, not to those of the last time
        sampler.load_weights(factors, version)
        for name, value in model.state_dict().items():
            torch.testing.assert_close(value, weights[name], atol=1e-7, rtol=1e-6)
    assert sampler.info.weights_version == 2
    odd = {name.replace("layers.0", "layers.9"): value for name, value in factors.items()}
    with pytest.raises(ModelError, match="the new adapters do not fit"):
        sampler.load_weights(odd, 3)


def test_peft_loads_the_checkpoints_adapter_and_a_run_goes_on_from_it(
    trained: GroupTrainer, tmp_path: Path
) -> None:
    run = RunDir(tmp_path / "run")
    folder = checkpoint.save(run, LoopState(step=3), trained.write, None)
    assert not (folder / "adapter_config.json").exists(), (
        "transformers would add it to weights that hold it already"
    )
    ids = torch.tensor([[5, 6, 7, 8]])
    plain = AutoModelForCausalLM.from_pretrained(folder)
    wrapped = PeftModel.from_pretrained(build_model(), folder / "adapter")
    with torch.no_grad():
        expected = trained.model.eval()(ids).logits
        torch.testing.assert_close(plain(ids).logits, expected, atol=1e-5, rtol=1e-5)
        torch.testing.assert_close(wrapped(ids).logits, expected, atol=1e-5, rtol=1e-5)
    resumed = open_trainer(CONFIG, run, str(tmp_path / "warmstart"), folder)
    for name, value in trained.handover().items():
        assert torch.equal(resumed.handover()[name], value)
    samples = random_samples(build_model(), seed=1)
    once = copy.deepcopy(trained.update(samples))
    again = resumed.update(samples)
    assert (again.loss, again.grad_norm) == (once.loss, once.grad_norm)
    for name, value in trained.handover().items():
        assert torch.equal(resumed.handover()[name], value)


def test_the_adapter_names_the_model_it_belongs_to(
    trained: GroupTrainer, warm_start: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = checkpoint.save(RunDir(tmp_path / "run"), LoopState(step=3), trained.write, None) / "adapter"
    ids = torch.tensor([[5, 6, 7, 8]])
    with torch.no_grad():
        expected = trained.model.eval()(ids).logits
        for kind in (AutoPeftModelForCausalLM, AutoModelForCausalLM):
            torch.testing.assert_close(
                kind.from_pretrained(folder)(ids).logits, expected, atol=1e-5, rtol=1e-5
            )
    base = PeftConfig.from_pretrained(folder).base_model_name_or_path
    assert base == str(warm_start.resolve())
    monkeypatch.chdir(warm_start.parent)
    write_adapter(factors(trained.plain_model()), tmp_path / "again", warm_start.name)
    assert PeftConfig.from_pretrained(tmp_path / "again").base_model_name_or_path == base


def test_the_reference_of_a_kl_term_is_the_model_without_its_adapter(warm_start: Path) -> None:
    """No second copy of the model is held."""
    config = CONFIG.model_copy(update={"rl": CONFIG.rl.model_copy(update={"kl": 0.1})})
    trainer = GroupTrainer(
        AutoModelForCausalLM.from_pretrained(warm_start), build_tokenizer(), config, warm_start.parent / "out"
    )
    assert trainer.ref_model is None
    samples = random_samples(build_model())
    assert trainer.update(samples).kl == pytest.approx(0.0, abs=1e-7)
    for _ in range(3):
        stats = trainer.update(samples)
    assert stats.kl > 1e-6
