"""Texts of the warm start: with the theorem's handles, and with others for the tokenizer."""

import random

from hypothesis import given
from hypothesis import strategies as st

from physprover.prompts import get_prompt
from physprover.prompts.tiny import TinyPrompt, handles_of
from physprover.records import Theorem
from rl.warmstart.sft import example

THEOREM = Theorem(
    name="raise_level",
    header="structure Ket where\n  level : Nat\ndef raise (s : Ket) : Ket := ⟨s.level + 1⟩\ntheorem low : 0 < 1 := by simp\n",
    statement="theorem raise_level (n : Nat) (s : Ket) (hn : 0 < n) : ∃ t, (raise s).level = t.level ∧ ∀ k, k < n → k ≠ s.level",
    proof="by\n  cases s\n  refine ⟨raise s, ?_⟩\n  simp [raise, Nat.le_of_lt hn] at *\n  exact low (n := n)",
    premises=("raise", "Ket"),
    lemmas=("low",),
)


@given(st.integers(0, 10_000))
def test_shuffled_handles_are_one_to_one_and_of_their_kind(seed: int) -> None:
    handles = handles_of(THEOREM).shuffled(random.Random(seed))
    found = [*handles.declared.values(), *handles.bound.values()]
    assert len(set(found)) == len(found) == 8
    assert [handles.declared[n][2] for n in ("raise", "Ket", "low")] == ["d", "t", "l"]
    assert [handles.bound[n][2] for n in ("n", "s", "hn", "t", "k")] == ["n", "c", "h", "v", "v"]


def test_an_example_is_the_prompt_itself() -> None:
    prompt = get_prompt("tiny")
    assert example(prompt, THEOREM) == (prompt.render(THEOREM), prompt.target(THEOREM, THEOREM.proof or ""))


def test_prompt_and_answer_have_the_same_shuffled_handles() -> None:
    prompt = get_prompt("tiny")
    assert isinstance(prompt, TinyPrompt)
    for seed in range(10):
        handles = handles_of(THEOREM).shuffled(random.Random(seed))
        text, target = prompt.render(THEOREM, handles), prompt.target(THEOREM, THEOREM.proof or "", handles)
        handle = target.partition("⟨")[2].partition(" ")[0].partition("<|c")[0]
        assert handle in text.partition("<|goal|>")[2]
        assert f"{handle}<|def|>" in text
