"""The warm start of a given model: what is learnt, resuming, LoRA, stages, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.errors import DataError, ModelError
from physprover.insight.records import Insight
from physprover.insight.techniques import Technique
from physprover.lean.text.statements import with_commands
from physprover.models.load import load_sampler
from physprover.prompts import get_prompt
from physprover.records import Theorem
from rl.validation import conflicts
from rl.warmstart import pretrained
from rl.warmstart.pretrained import insight_answer, warm_start_pretrained
from tests.chat_tokenizer import chat_tokenizer
from tests.rl.toy import Told

THEOREMS = [
    Theorem(name=f"t{i}", statement=f"theorem t{i} : {i} + 1 = 1 + {i}", proof="by\n  omega", split="train")
    for i in range(16)
]


@pytest.fixture
def base(tmp_path: Path) -> Path:
    torch.manual_seed(0)
    shape = LlamaConfig(
        vocab_size=len(chat_tokenizer()),
        hidden_size=32,
        intermediate_size=64,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        max_position_embeddings=512,
        tie_word_embeddings=True,
        pad_token_id=0,
        eos_token_id=2,
        bos_token_id=None,
    )
    LlamaForCausalLM(shape).save_pretrained(tmp_path / "base")
    chat_tokenizer().save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def config_of(base: Path, sft: dict[str, Any] | None = None, **model: Any) -> RunConfig:
    return parse_config(
        {
            "model": {
                "path": str(base),
                "prompt": "chat",
                "max_prompt_tokens": 200,
                "max_new_tokens": 40,
                **model,
            },
            "sft": {
                "pretrained": True,
                "share": 1.0,
                "epochs": 4,
                "batch_size": 4,
                "learning_rate": 5e-3,
                **(sft or {}),
            },
        }
    )


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return dict(AutoModelForCausalLM.from_pretrained(folder).state_dict())


def test_a_chat_model_learns_to_answer_and_to_end(base: Path, tmp_path: Path) -> None:
    config = config_of(base, {"epochs": 12, "learning_rate": 1e-2})
    stats = warm_start_pretrained(config, THEOREMS, (), tmp_path / "warm", Told())
    assert (stats.proofs, stats.too_long, stats.steps) == (16, 0, 48)
    assert stats.loss < 0.3 * stats.first_loss
    assert not (tmp_path / "warm-checkpoints").exists()
    from physprover.models.sampler import SamplingParams

    sampler = load_sampler(tmp_path / "warm", config)
    attempts = list(sampler.sample(THEOREMS[:4], 4, SamplingParams(max_new_tokens=40, temperature=0.5)))
    right = [a for a in attempts if a.proof.split() == ["by", "omega"]]
    assert len(right) > len(attempts) / 2
    assert all(not a.truncated for a in right)
    assert warm_start_pretrained(config, [], (), tmp_path / "warm", Told()) == stats, (
        "a finished one is returned"
    )


def test_lora_is_folded_in(base: Path, tmp_path: Path) -> None:
    """A random head cannot be taught through adapters alone; that they learn is seen in the loss."""
    config = config_of(base, {"epochs": 12, "learning_rate": 3e-2}, lora_rank=8)
    stats = warm_start_pretrained(config, THEOREMS, (), tmp_path / "warm", Told())
    assert stats.loss < stats.first_loss
    assert not list((tmp_path / "warm").glob("adapter*"))
    before, after = weights(base), weights(tmp_path / "warm")
    assert before.keys() == after.keys()
    assert torch.equal(before["model.embed_tokens.weight"], after["model.embed_tokens.weight"])
    assert not torch.equal(
        before["model.layers.0.self_attn.q_proj.weight"], after["model.layers.0.self_attn.q_proj.weight"]
    )


def test_loss_is_on_answers_only(base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[torch.Tensor, torch.Tensor]] = []
    original = LlamaForCausalLM.forward

    def spy(self: Any, input_ids: Any = None, labels: Any = None, **rest: Any) -> Any:
        if labels is not None:
            seen.append((input_ids, labels))
        return original(self, input_ids=input_ids, labels=labels, **rest)

    monkeypatch.setattr(LlamaForCausalLM, "forward", spy)
    warm_start_pretrained(config_of(base, {"epochs": 1}), THEOREMS, (), tmp_path / "warm", Told())
    tokenizer = chat_tokenizer()
    for ids, labels in seen:
        for row, wanted in zip(ids, labels, strict=True):
            assert tokenizer.decode(row[wanted >= 0]) == "\n  omega\n```<|im_end|>"


def test_a_killed_warm_start_goes_on_and_ends_the_same(
    base: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = config_of(base)
    warm_start_pretrained(config, THEOREMS, (), tmp_path / "whole", Told())

    class Killed(Exception):
        pass

    class Kills(Told):
        steps = 0

        def advance(self, count: int = 1, **figures: float | int | str) -> None:
            Kills.steps += count
            if Kills.steps == 9:
                raise Killed

    with pytest.raises(Killed):
        warm_start_pretrained(config, THEOREMS, (), tmp_path / "broken", Kills())
    assert not (tmp_path / "broken").exists()
    (tmp_path / "broken-checkpoints" / "checkpoint-99").mkdir()  # what a kill in the middle of a save leaves
    told: list[int] = []
    monkeypatch.setattr(Told, "advance", lambda self, count=1, **_: told.append(count))
    warm_start_pretrained(config, THEOREMS, (), tmp_path / "broken", Told())
    assert sum(told) < 16, "it did not start anew"
    for name, value in weights(tmp_path / "whole").items():
        torch.testing.assert_close(weights(tmp_path / "broken")[name], value)


def test_a_batch_of_any_size_is_cut_into_equal_parts(base: Path, tmp_path: Path) -> None:
    """Nine proofs make one step, three at a time; eight to a part, as larger batches have, would not divide them."""
    config = config_of(base, {"epochs": 1, "batch_size": 9}, max_prompt_tokens=900, max_new_tokens=100)
    assert warm_start_pretrained(config, THEOREMS[:9], (), tmp_path / "nine", Told()).steps == 1


def test_packed_rows_have_the_loss_of_rows_of_their_own(base: Path, tmp_path: Path) -> None:
    """One step over all of them, so that the order does not matter."""
    made = {}
    for packing in (False, True):
        sft = {"epochs": 1, "batch_size": 8, "packing": packing}
        config = config_of(base, sft, max_prompt_tokens=900, max_new_tokens=100)
        monkeypatched = THEOREMS[:8]
        stats = warm_start_pretrained(config, monkeypatched, (), tmp_path / f"packed-{packing}", Told())
        made[packing] = stats.first_loss
    assert made[True] == pytest.approx(made[False], rel=1e-4)


INSIGHT = Insight(
    theorem=THEOREMS[0],
    techniques=(Technique(name="claim", detail="h"), Technique(name="simplify")),
    sketch="by\n  have h : 0 + 1 = 1 := sorry\n  omega",
    holes=1,
    core="by\n  have h : 0 + 1 = 1 := by simp\n  omega",
)


def test_an_insight_is_told_in_comments_before_the_same_proof() -> None:
    prompt = get_prompt("chat", chat_tokenizer())
    sketch = insight_answer(prompt, THEOREMS[0], INSIGHT, "sketch")
    assert sketch.startswith("\n  -- sketch:\n  --   have h : 0 + 1 = 1 := sorry\n  --   omega\n  have h")
    insight = insight_answer(prompt, THEOREMS[0], INSIGHT, "insight")
    assert insight.startswith("\n  -- claim h\n  -- simplify\n  -- sketch:")
    for answer in (sketch, insight):
        body = prompt.extract(answer, THEOREMS[0])
        code = [line for line in body.splitlines() if not line.strip().startswith("--")]
        assert "\n".join(code) == INSIGHT.core


def test_stages_follow_each_other(base: Path) -> None:
    config = config_of(base, {"stages": ["proof", "sketch", "insight"], "epochs": 3})
    tokenizer = chat_tokenizer()
    insights = {t.name: INSIGHT.model_copy(update={"theorem": t}) for t in THEOREMS}
    examples = list(
        pretrained._examples(config, tokenizer, get_prompt("chat", tokenizer), THEOREMS, insights)
    )
    texts = [tokenizer.decode(ids) for _, (ids, _) in examples]
    assert len(texts) == 48
    assert all("-- sketch:" not in text for text in texts[:16])
    assert all("-- sketch:" in text and "-- claim" not in text for text in texts[16:32])
    assert all("-- claim" in text for text in texts[32:])


def test_a_proof_that_the_prompt_cannot_say_is_left_out(base: Path, tmp_path: Path) -> None:
    own = THEOREMS[0].replace(name="own", proof=with_commands("def h := 1", "by\n  simp [h]"))
    config = config_of(base, {"epochs": 1})
    stats = warm_start_pretrained(config, [*THEOREMS, own], (), tmp_path / "warm", told := Told())
    assert (stats.proofs, stats.too_long, stats.steps) == (16, 0, 4)
    assert [note.partition(":")[0] for note in told.notes] == ["1 proofs with commands of their own left out"]


def test_what_cannot_be_learnt_from_is_said(base: Path, tmp_path: Path) -> None:
    bare = [t.replace(proof=None) for t in THEOREMS]
    with pytest.raises(DataError, match="no train theorem has a proof"):
        warm_start_pretrained(config_of(base), bare, (), tmp_path / "warm", Told())
    with pytest.raises(DataError, match="every proof is longer"):
        warm_start_pretrained(config_of(base, max_prompt_tokens=16), THEOREMS, (), tmp_path / "warm", Told())
    with pytest.raises(ModelError, match="splits"):
        warm_start_pretrained(
            config_of(base, prompt="deepseek-prover-v2"), THEOREMS, (), tmp_path / "warm", Told()
        )


@pytest.mark.parametrize(
    ("tree", "reason"),
    [
        (
            {"model": {"path": "m", "prompt": "chat"}, "sft": {"epochs": 1}},
            "sft.epochs is set, but a given model",
        ),
        ({"model": {"path": "m", "prompt": "chat"}, "sft": {"stages": ["proof"]}}, "sft.stages is set"),
        ({"model": {"path": "m", "prompt": "chat"}, "sft": {"pretrained": True}}, "sft.learning_rate: 0.001"),
        ({"sft": {"pretrained": True}}, "sft.pretrained is for a given model"),
        (
            {
                "model": {"path": "m", "prompt": "chat"},
                "sft": {"pretrained": True, "learning_rate": 1e-5, "stage_mix": 0.1},
            },
            "sft.stage_mix is for the tiny prover",
        ),
    ],
)
def test_settings_that_nothing_would_read_are_named(tree: dict[str, Any], reason: str) -> None:
    assert any(reason in line for line in conflicts(parse_config(tree)))
