from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data_gen.candidates import from_text
from data_gen.generators.self_play import (
    SelfPlay,
    conjecture_reward,
    load_conjecturer,
    propose,
)
from physprover.config import RunConfig
from physprover.config_file import parse_config
from physprover.errors import ConfigError, ModelError
from physprover.models.sampler import SamplingParams
from physprover.prompts.provers import STPConjecture
from physprover.records import Attempt, SamplerInfo, Theorem

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    import torch


HEADER = """namespace T
def double (x : Int) : Int := x + x
theorem double_zero : double 0 = 0 := by rfl
"""
SEEDS = [
    Theorem(
        name=f"T.s{i}",
        statement=f"theorem s{i} (x : Int) : double x = x + x + {i} - {i}",
        header=HEADER,
        proof="by grind [double]",
        split="train",
        lemmas=("double_zero",),
    )
    for i in range(3)
]
WRITTEN = (
    " foo (x : Int) : double (double x) = 4 * x := by sorry\n</hard theorem>",
    " is what I would have to think about",
    " bar (x : Int) (h : by exact True) : x = x\n</hard theorem>",
)


class Scripted:
    """A sampler that writes the same three texts about every seed: the interface without a model."""

    info = SamplerInfo(name="scripted")

    def __init__(self) -> None:
        self.prompt, self.calls = STPConjecture(), 0

    def sample(self, theorems: Sequence[Theorem], n: int, params: SamplingParams) -> Iterator[Attempt]:
        self.calls += 1
        for index in reversed(range(n)):  # attempts come back in any order
            for theorem in theorems:
                text = WRITTEN[index]
                yield Attempt(
                    theorem=theorem.name, proof=self.prompt.extract(text), completion=text, seed=index
                )

    def skipped(self, theorems: Sequence[Theorem]) -> list[str]:
        return ["T.s2"]

    def load_weights(self, weights: Mapping[str, torch.Tensor], version: int) -> None:
        raise NotImplementedError


def test_the_prompt_shows_lemma_and_proved_theorem() -> None:
    text = STPConjecture().render(SEEDS[0])
    assert text.startswith("Complete the following Lean 4 code:\n\n```lean4\nnamespace T\n")
    assert "<lemma>\ntheorem double_zero : double 0 = 0\n</lemma>" in text
    assert "<easy theorem>\ntheorem s0 (x : Int) : double x = x + x + 0 - 0 := by grind [double]\n" in text
    assert text.endswith("<hard theorem>\ntheorem")


@given(statement=st.text(alphabet="abx :(+)∀Int=", min_size=1).filter(lambda s: s.strip() and ":=" not in s))
def test_a_written_statement_is_read_back(statement: str) -> None:
    prompt = STPConjecture()
    written = prompt.target(SEEDS[0], f"theorem {statement}")
    assert prompt.extract(written) == f"theorem {statement.strip()}"


def test_proposals_come_in_the_order_of_seeds_with_reasons() -> None:
    proposals = propose(Scripted(), SEEDS, 3, SamplingParams())
    assert [(p.theorem, p.seed) for p in proposals] == [(s.name, i) for s in SEEDS for i in range(3)]
    first, second, third = (from_text(SEEDS[0], p.proof, "self-play") for p in proposals[:3])
    assert first.theorem.statement == "theorem s0_self_play (x : Int) : double (double x) = 4 * x"
    assert first.theorem.parents == ("T.s0",)
    assert second.key == third.key == ""
    assert "no `theorem name binders" in second.reason
    assert "`by` has no place" in third.reason


def test_the_generator_samples_once_also_after_a_kill(tmp_path: Path) -> None:
    sampler, notes = Scripted(), list[str]()
    journal = tmp_path / "proposals.jsonl"

    def build() -> list[str]:
        rounds = SelfPlay(sampler, 3, SamplingParams(), journal).rounds(SEEDS, notes.append)
        return [c.theorem.statement for r in rounds for c in r]

    first = build()
    assert len(first) == 6
    assert notes == ["self-play: the prompts of 1 seeds are too long"]
    assert build() == first
    assert sampler.calls == 1
    lines = journal.read_text().splitlines(keepends=True)
    journal.write_text("".join(lines[:4]) + lines[4][:20])
    assert build() == first
    assert sampler.calls == 2
    assert build() == first
    assert sampler.calls == 2


@given(attempts=st.integers(1, 64), proved=st.integers(0, 64))
def test_reward_is_for_what_is_proved_now_and_then(attempts: int, proved: int) -> None:
    if proved > attempts:
        with pytest.raises(ValueError, match="proofs in"):
            conjecture_reward(proved, attempts)
        return
    assert conjecture_reward(proved, attempts) == float(0 < proved / attempts < 0.25)


def test_a_conjecturer_must_be_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"data\.self_play\.model names no model"):
        load_conjecturer(RunConfig(), tmp_path)


def test_a_real_model_proposes_and_repeats_itself() -> None:
    from physprover.config import ModelConfig
    from physprover.models.hf_sampler import HFSampler
    from physprover.models.tiny import build_tiny, train_tokenizer

    prompt = STPConjecture()
    tokenizer = train_tokenizer([prompt.render(s) + prompt.target(s, s.statement) for s in SEEDS], 380)
    shape = ModelConfig(hidden_size=32, layers=1, heads=4, max_prompt_tokens=512, max_new_tokens=12)
    model = build_tiny(shape, tokenizer, seed=1)
    sampler = HFSampler(model, tokenizer, prompt, max_prompt_tokens=512, batch_size=4)
    proposals = propose(sampler, SEEDS, 2, SamplingParams(max_new_tokens=12))
    assert [p.theorem for p in proposals] == [s.name for s in SEEDS for _ in range(2)]
    assert all(p.token_ids and len(p.logprobs) == len(p.token_ids) for p in proposals)
    assert propose(sampler, SEEDS, 2, SamplingParams(max_new_tokens=12)) == proposals


def test_a_conjecturer_must_have_the_positions_of_its_own_answers(tmp_path: Path) -> None:
    """Those of a prover may be shorter."""
    (tmp_path / "config.json").write_text('{"model_type": "llama", "max_position_embeddings": 100}')
    lengths = {"max_prompt_tokens": 50, "max_new_tokens": 20}
    own = {"self_play": {"model": str(tmp_path), "max_new_tokens": 51}}
    with pytest.raises(
        ModelError, match=r"100 positions, .* 50 \+ data\.self_play\.max_new_tokens 51 are 101"
    ):
        load_conjecturer(parse_config({"model": lengths, "data": own}), tmp_path)
