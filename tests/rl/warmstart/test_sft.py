"""The warm start learns, repeats, resumes and says what is wrong."""

import itertools
from pathlib import Path

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, trainers
from transformers import PreTrainedTokenizerFast

from physprover.config import ModelConfig, RunConfig, SFTConfig
from physprover.errors import DataError, RunError
from physprover.lean.text.statements import with_commands
from physprover.models.load import load_model, load_sampler
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.records import Theorem
from rl.warmstart.sft import Training, choose, encode, warm_start, with_proofs
from tests.rl.toy import Told

# Two kinds of goal, told apart by the definition they mention: which tactic, and which name, must be read off the prompt.
HEADER = "def f (n : Nat) : Nat := n\ndef g : Nat → Nat\n  | 0 => 0\n  | n + 1 => g n\n"
THEOREMS = [
    Theorem(
        name=f"{name}{i}",
        header=HEADER,
        statement=f"theorem {name}{i} (n : Nat) : {name} (n + {i}) = {name} ({i} + n)",
        proof=f"by\n  {tactic} [{name}]",
        premises=(name,),
        split="train",
    )
    for name, tactic in (("f", "simp only"), ("g", "grind"))
    for i in range(12)
]
CONFIG = RunConfig(
    model=ModelConfig(
        hidden_size=64, layers=2, heads=4, vocab_size=350, max_prompt_tokens=120, max_new_tokens=16
    ),
    sft=SFTConfig(share=1.0, epochs=30, batch_size=8, learning_rate=5e-3),
)


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("sft") / "warmstart"
    stats = warm_start(CONFIG, THEOREMS, out, Silent())
    assert stats.steps == stats.planned_steps == 90
    assert stats.loss < 0.3 < stats.first_loss
    assert stats.stopped_by == "epochs"
    return out


def test_the_model_writes_the_right_tactic_with_the_right_name(trained: Path) -> None:
    sampler = load_sampler(trained, CONFIG)
    fresh = [
        t.replace(name=f"new_{t.name}", statement=t.statement.replace("n", "k"), proof=None)
        for t in THEOREMS[::5]
    ]
    attempts = list(sampler.sample(fresh, 4, SamplingParams(temperature=0.3, max_new_tokens=16)))
    wanted = {"f": "by\n  simp only [f]", "g": "by\n  grind [g]"}
    right = [a.proof == wanted[a.theorem.removeprefix("new_")[0]] for a in attempts]
    assert sum(right) >= 0.9 * len(right), [a.proof for a in attempts]


def test_a_finished_warm_start_is_not_repeated(trained: Path) -> None:
    before = (trained / "model.safetensors").stat().st_mtime_ns
    assert warm_start(CONFIG, [], trained, Silent()).steps == 90
    assert (trained / "model.safetensors").stat().st_mtime_ns == before


def test_same_seed_same_weights(tmp_path: Path) -> None:
    short = CONFIG.model_copy(update={"sft": CONFIG.sft.model_copy(update={"epochs": 2.0})})
    models = []
    for name, config in (("a", short), ("b", short), ("c", short.model_copy(update={"seed": 1}))):
        warm_start(config, THEOREMS, tmp_path / name, Silent())
        models.append(load_model(tmp_path / name)[0].state_dict())
    assert all(torch.equal(models[0][n], models[1][n]) for n in models[0])
    assert not all(torch.equal(models[0][n], models[2][n]) for n in models[0])


def test_choice_is_a_share_and_repeats() -> None:
    some = choose(THEOREMS, 0.5, seed=3)
    assert len(some) == 12
    assert some == choose(THEOREMS[::-1], 0.5, seed=3)
    assert some != choose(THEOREMS, 0.5, seed=4)


def test_test_split_and_unproved_are_never_learned(tmp_path: Path) -> None:
    held_out = [t.replace(split="test") for t in THEOREMS] + [THEOREMS[0].replace(proof=None)]
    with pytest.raises(DataError, match="no train theorem has a proof"):
        warm_start(CONFIG, held_out, tmp_path / "x", Silent())


OWN = THEOREMS[0].replace(name="own", proof=with_commands("def h := 1", "by\n  simp [f, h]"))


@pytest.mark.parametrize("name", ["tiny", "tiny-insight", "physprover", "stp", "chat"])
def test_proofs_that_a_prompt_format_cannot_say_are_left_out_and_counted(name: str) -> None:
    config = CONFIG.model_copy(update={"model": CONFIG.model.model_copy(update={"prompt": name})})
    train, lost = with_proofs([*THEOREMS, OWN], config)
    assert train == THEOREMS
    assert lost.startswith(
        f"1 proofs with commands of their own left out: an answer in the prompt format `{name}`"
    )
    assert with_proofs(THEOREMS, config) == (THEOREMS, "")
    with pytest.raises(DataError, match=r"1 proofs with commands .* nothing to learn from"):
        with_proofs([OWN], config)


def test_an_answer_is_encoded_as_the_prompts_continuation() -> None:
    """A tokenizer of SentencePiece's kind begins each text with a space, which no model writes there."""
    inner = Tokenizer(models.BPE())
    inner.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    text, target = "theorem t : 1 = 1 := by", "\n  simp\n```"
    inner.train_from_iterator(
        [text + target, target], trainers.BpeTrainer(vocab_size=40, special_tokens=["</s>"])
    )
    tokenizer = PreTrainedTokenizerFast(tokenizer_object=inner, eos_token="</s>")
    ids, start = encode(tokenizer, text, target)
    assert ids == [*tokenizer(text + target)["input_ids"], 0]
    assert ids[:start] == tokenizer(text)["input_ids"]
    # A prompt that ends within a word
    ids, start = encode(tokenizer, text[:-1], "y" + target)
    assert ids[:start] == tokenizer(text[:-1])["input_ids"]


def test_a_model_that_writes_the_theorem_is_taught_commands_too() -> None:
    config = CONFIG.model_copy(update={"model": CONFIG.model.model_copy(update={"prompt": "kimina"})})
    assert with_proofs([OWN], config) == ([OWN], "")


def test_too_long_proofs_are_counted_or_refused(tmp_path: Path) -> None:
    long = THEOREMS[0].replace(name="long", proof="by\n" + "  simp\n" * 60)
    short = CONFIG.model_copy(update={"sft": CONFIG.sft.model_copy(update={"epochs": 1.0})})
    assert warm_start(short, [*THEOREMS, long], tmp_path / "a", Silent()).too_long == 1
    with pytest.raises(DataError, match="every proof is longer"):
        warm_start(short, [long], tmp_path / "b", Silent())
    assert not (tmp_path / "b").exists()


def test_no_time_means_no_steps_but_a_usable_model(tmp_path: Path) -> None:
    hurried = CONFIG.model_copy(update={"sft": CONFIG.sft.model_copy(update={"max_seconds": 1e-9})})
    stats = warm_start(hurried, [*THEOREMS, OWN], tmp_path / "w", told := Told())
    assert [note.partition(":")[0] for note in told.notes] == ["1 proofs with commands of their own left out"]
    assert (stats.steps, stats.stopped_by) == (0, "max_seconds")
    assert list(
        load_sampler(tmp_path / "w", CONFIG).sample(THEOREMS[:1], 1, SamplingParams(max_new_tokens=2))
    )


def test_a_loss_that_is_not_finite_ends_the_training(trained: Path) -> None:
    model, _ = load_model(trained)
    with torch.no_grad():
        model.lm_head.weight[0, 0] = float("nan")
    batch = (torch.tensor([[2, 3, 4, 5]]), torch.tensor([[-3, -4, 4, 5]]))
    training = Training(model, 1e-3, 0.3)  # type: ignore[arg-type]
    with pytest.raises(RunError, match=r"step 1 has the loss nan: lower sft\.learning_rate"):
        training.teach(itertools.repeat(batch), lambda: len(training.losses) / 9)
    assert training.losses == []
