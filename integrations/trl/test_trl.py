"""The plug-in in a real GRPOTrainer of a two-layer model made on the spot: rewards, groups without evidence, the environment."""

from __future__ import annotations

import pytest
import torch
from conftest import CASES, answer
from physprover_trl import LeanEnvironment, lean_reward
from physprover_trl import problems as load
from transformers import LlamaConfig, LlamaForCausalLM, PreTrainedTokenizerFast
from trl import GRPOConfig, GRPOTrainer

from physprover.client import JudgeUnavailable


def test_rewards_of_completions_in_both_forms(rows: dict[str, dict[str, str]]) -> None:
    names, answers, rewards = zip(*CASES, strict=True)
    columns = {
        "statement": [rows[name]["statement"] for name in names],
        "header": [rows[name].get("header") for name in names],
        "lemmas_proved": [rows[name].get("lemmas_proved") for name in names],
    }
    metrics: dict[str, float] = {}
    plain = lean_reward(
        prompts=[""] * len(CASES),
        completions=list(answers),
        completion_ids=[],
        log_metric=metrics.__setitem__,
        **columns,
    )
    assert plain == list(rewards)
    assert metrics["lean/proved"] == pytest.approx(3 / 7)
    talks = [[{"role": "assistant", "content": text}] for text in answers]
    assert lean_reward(completions=talks, **columns) == list(rewards)
    broken = lean_reward(
        completions=["```lean4\ntheorem t : 1 = 1 := rfl\n```"],
        statement=["theorem t : 1 = 1"],
        header=["def x : Nat := true"],
    )
    assert broken == [None]


def test_the_environment_checks_proofs_and_owns_its_reward(rows: dict[str, dict[str, str]]) -> None:
    environment = LeanEnvironment()
    environment.reset(**rows["twice_eq"], prompt="…")
    assert environment.get_reward() == 0.0
    assert "rejected" in environment.check_proof("by rfl")
    assert environment.get_reward() == 0.0
    assert "proved" in environment.check_proof("by unfold twice; omega")
    assert "already" in environment.check_proof("by rfl")
    assert environment.get_reward() == 1.0
    environment.reset(**rows["broken"])
    environment.check_proof("rfl")
    assert environment.get_reward() is None


@pytest.fixture
def trainer(problems: str, tmp_path: object) -> GRPOTrainer:
    from tokenizers import Tokenizer, models, pre_tokenizers

    vocabulary = {token: i for i, token in enumerate(["<pad>", "<eos>", *map(chr, range(32, 127))])}
    core = Tokenizer(models.WordLevel(vocabulary, unk_token="<pad>"))
    core.pre_tokenizer = pre_tokenizers.Split("", "isolated")
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=core, pad_token="<pad>", eos_token="<eos>")
    tokenizer.chat_template = "{% for m in messages %}{{ m.content }}{% endfor %}"
    torch.manual_seed(0)
    config = LlamaConfig(
        vocab_size=len(vocabulary),
        hidden_size=16,
        intermediate_size=16,
        num_hidden_layers=1,
        num_attention_heads=2,
        max_position_embeddings=1024,
        pad_token_id=0,
        eos_token_id=1,
        bos_token_id=None,
    )
    args = GRPOConfig(
        output_dir=str(tmp_path),
        per_device_train_batch_size=4,
        num_generations=4,
        max_completion_length=8,
        max_steps=1,
        report_to="none",
        use_cpu=True,
        bf16=False,
        save_strategy="no",
        logging_steps=1,
    )
    return GRPOTrainer(
        LlamaForCausalLM(config),
        reward_funcs=lean_reward,
        args=args,
        train_dataset=load(problems),
        processing_class=tokenizer,
    )


def test_grpo_trains_on_it(trainer: GRPOTrainer) -> None:
    trainer.train()
    [log] = [entry for entry in trainer.state.log_history if "reward" in entry]
    assert (
        log["reward"] == 0.0 or log["reward"] != log["reward"]
    )  # noise proves nothing; a broken header is NaN, not 0


def test_a_judge_that_is_gone_ends_the_training(trainer: GRPOTrainer, gone: None) -> None:
    with pytest.raises(JudgeUnavailable, match="cannot be reached"):
        trainer.train()


def test_an_answer_is_what_a_prover_writes() -> None:
    assert answer("le", "by omega").count("```") == 2
