"""The warm start in stages: equal tokens whatever the arm, shares that hold, and nothing lost that does not fit."""

from pathlib import Path

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.errors import ConfigError, DataError
from physprover.insight.records import Insight
from physprover.insight.script import read_script
from physprover.insight.sketch import sketch_of
from physprover.insight.techniques import Scope, found
from physprover.lean.text.statements import with_commands
from physprover.models.load import load_model, load_sampler
from physprover.models.sampler import SamplingParams
from physprover.progress import Silent
from physprover.prompts import get_prompt
from physprover.prompts.insight import InsightPrompt
from physprover.records import Theorem
from rl.warmstart.stages import StagesStats, ledgers, lesson_text, lessons, warm_start_in_stages
from tests.rl.toy import Told

HEADER = "def f (n : Nat) : Nat := n\ndef g : Nat → Nat\n  | 0 => 0\n  | n + 1 => g n\n"


def theorem(name: str, function: str, last: str) -> Theorem:
    return Theorem(
        name=name,
        header=HEADER,
        statement=f"theorem {name} (n : Nat) : {function} (n + {len(name)}) = {function} ({len(name)} + n)",
        proof=f"by\n  simp only [{function}]\n  {last}",
        premises=(function,),
        split="train",
    )


THEOREMS = [
    theorem(f"{w}{'i' * k}", w, last) for w, last in (("f", "omega"), ("g", "grind")) for k in range(8)
]


def labelled(theorem: Theorem) -> Insight:
    """Labels as they can be read off; tests/data_gen/insight asks Lean for them."""
    script = read_script(theorem.proof or "")
    named = found(script, Scope(theorem.header, theorem.statement))
    sketch = sketch_of(script)
    return Insight(
        theorem=theorem,
        techniques=tuple(t for t, _ in named),
        sketch=sketch.text,
        holes=sketch.holes,
        core=script.text,
    )


INSIGHTS = [labelled(t) for t in THEOREMS]


def config(stages: list[str], tokens: int = 6000, **changes: object) -> RunConfig:
    return parse_config(
        {
            "model": {
                "prompt": "tiny-insight", "hidden_size": 64, "layers": 2, "heads": 4, "vocab_size": 350,
                "max_prompt_tokens": 120, "max_new_tokens": 60,
            },
            "sft": {
                "share": 1.0, "epochs": 3, "batch_size": 8, "learning_rate": 5e-3, "stages": stages,
                "stage_tokens": tokens, **changes,
            },
        }
    )  # fmt: skip


def start(out: Path, settings_: RunConfig, theorems: list[Theorem] = THEOREMS) -> StagesStats:
    return warm_start_in_stages(settings_, theorems, INSIGHTS, out, Silent())


def test_arms_see_equal_tokens(tmp_path: Path) -> None:
    arms = (["proof"], ["proof", "sketch"], ["proof", "sketch", "insight"], ["mixed"])
    seen = {}
    for number, stages in enumerate(arms):
        stats = start(tmp_path / str(number), config(stages))
        assert [s.stage for s in stats.stages] == stages
        assert (
            stats.tokens
            == sum(s.tokens for s in stats.stages)
            == sum(sum(s.by_format.values()) for s in stats.stages)
        )
        largest = 8 * (120 + 60 + 1)  # one batch
        assert 6000 <= stats.tokens < 6000 + largest
        seen[number] = stats
    assert [set(s.by_format) for s in seen[2].stages] == [
        {"proof"}, {"proof", "sketch"}, {"proof", "sketch", "insight"},
    ]  # fmt: skip


def test_without_a_count_the_budget_is_that_of_plain_epochs(tmp_path: Path) -> None:
    one = start(tmp_path / "a", config(["proof"], 0))
    two = start(tmp_path / "b", config(["insight"], 0))
    assert one.budget == two.budget > 0
    assert one.budget % 3 == 0  # three passes


@given(
    st.lists(st.sampled_from(["proof", "sketch", "insight", "mixed"]), min_size=1, max_size=4),
    st.floats(0, 1),
    st.randoms(use_true_random=False),
)
@settings(max_examples=30)
def test_shares_hold_in_tokens(stages: list[str], mix: float, rng) -> None:
    for ledger in ledgers(stages, mix):
        for _ in range(400):
            ledger.drawn[ledger.due()] += rng.randrange(20, 200)
        total = ledger.drawn.total()
        wanted = {form: 1 / len(ledger.own) for form in ledger.own}
        if ledger.earlier:
            wanted = {form: share * (1 - mix) for form, share in wanted.items()}
            wanted |= {form: mix / len(ledger.earlier) for form in ledger.earlier}
        for form, share in wanted.items():
            assert ledger.drawn[form] / total == pytest.approx(share, abs=0.03)


def test_it_learns_its_formats_and_is_not_repeated(tmp_path: Path) -> None:
    settings_ = config(["sketch", "insight"], 160_000)
    stats = start(tmp_path / "a", settings_)
    assert stats.stages[-1].loss < 0.3
    last = stats.stages[-1]
    assert last.by_format["sketch"] / last.tokens == pytest.approx(0.25, abs=0.03)
    asked = [t.replace(proof=None) for t in THEOREMS[::4]]
    for name in ("tiny-sketch", "tiny-insight"):
        shown = settings_.model_copy(update={"model": settings_.model.model_copy(update={"prompt": name})})
        sampler = load_sampler(tmp_path / "a", shown)
        attempts = list(sampler.sample(asked, 4, SamplingParams(temperature=0.3, max_new_tokens=60)))
        references = {t.name: t.proof for t in THEOREMS}
        right = [a.proof == references[a.theorem] for a in attempts]
        assert sum(right) >= 0.8 * len(right), (name, [a.completion for a in attempts])
        prompt = get_prompt(name)
        assert isinstance(prompt, InsightPrompt)
        by_name = {t.name: t for t in THEOREMS}
        read = [prompt.read(a.completion, by_name[a.theorem]) for a in attempts]
        assert sum(not answer.problem for answer in read) >= 0.8 * len(read)
    assert start(tmp_path / "a", settings_) == stats  # finished: read, not repeated


def test_same_seed_same_weights(tmp_path: Path) -> None:
    short = config(["proof", "insight"], 3000)
    states = []
    for name in ("a", "b"):
        start(tmp_path / name, short)
        states.append(load_model(tmp_path / name)[0].state_dict())
    assert all(torch.equal(states[0][n], states[1][n]) for n in states[0])


def test_no_epochs_train_nothing_and_a_proof_that_the_format_cannot_say_is_named(tmp_path: Path) -> None:
    own = THEOREMS[0].replace(name="own", proof=with_commands("def h := 1", "by\n  simp [h]"))
    settings_, told = config(["proof", "insight"], 0, epochs=0), Told()
    stats = warm_start_in_stages(settings_, [*THEOREMS, own], INSIGHTS, tmp_path / "a", told)
    assert [note.partition(":")[0] for note in told.notes] == ["1 proofs with commands of their own left out"]
    assert stats.proofs == len(THEOREMS)
    assert (stats.budget, stats.tokens, [stage.steps for stage in stats.stages]) == (0, 0, [0, 0])


def test_what_does_not_fit_is_taught_in_a_poorer_format(tmp_path: Path) -> None:
    long = theorem("long", "f", "omega").replace(proof="by\n" + "  simp only [f]\n" * 8 + "  omega")
    row = labelled(long)
    stats = warm_start_in_stages(
        config(["insight"], 4000), [*THEOREMS, long], [*INSIGHTS, row], tmp_path / "a", Silent()
    )
    assert stats.too_long == {"proof": 0, "sketch": 1, "insight": 1}
    assert stats.proofs == 17
    assert stats.stages[0].by_format["proof"] > 0


def test_a_proof_without_a_record_is_taught_as_it_is(tmp_path: Path) -> None:
    stats = warm_start_in_stages(config(["insight"], 2000), THEOREMS, INSIGHTS[:4], tmp_path / "a", Silent())
    assert (stats.proofs, stats.without_insight) == (16, 12)


def test_kinds_of_technique_can_be_left_out() -> None:
    (full,), (less,) = lessons(THEOREMS[:1], INSIGHTS, ()), lessons(THEOREMS[:1], INSIGHTS, ("theorem call",))
    assert "unfold" in lesson_text(full, "insight")[1]
    assert "unfold" not in lesson_text(less, "insight")[1]
    assert lesson_text(full, "proof") == lesson_text(less, "proof")


def test_what_cannot_be_taught_is_refused(tmp_path: Path) -> None:
    other = parse_config({"model": {"prompt": "goedel-v2"}, "sft": {"stages": ["proof"]}})
    with pytest.raises(ConfigError, match=r"model\.prompt"):
        start(tmp_path / "a", other)
    with pytest.raises(DataError, match="nothing to learn"):
        start(tmp_path / "b", config(["proof"]), [t.replace(split="test") for t in THEOREMS])
    tight = config(["proof"]).model_copy(
        update={"model": config(["proof"]).model.model_copy(update={"max_new_tokens": 2})}
    )
    with pytest.raises(DataError, match="every proof is longer"):
        start(tmp_path / "c", tight)
