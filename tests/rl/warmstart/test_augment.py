"""Renaming: a bijection, consistent in statement and proof."""

import random

from hypothesis import given
from hypothesis import strategies as st

from physprover.lean.text.definitions import bound_names
from physprover.prompts import get_prompt
from physprover.records import Theorem
from rl.warmstart.batches import Renaming, draw_renaming, example, rename, shuffled_handles

THEOREM = Theorem(
    name="raise_level",
    header="structure Ket where\n  level : Nat\ndef raise (s : Ket) : Ket := ⟨s.level + 1⟩\ntheorem low : 0 < 1 := by simp\n",
    statement="theorem raise_level (n : Nat) (s : Ket) (hn : 0 < n) : ∃ t, (raise s).level = t.level ∧ ∀ k, k < n → k ≠ s.level",
    proof="by\n  cases s\n  refine ⟨raise s, ?_⟩\n  simp [raise, Nat.le_of_lt hn] at *\n  exact low (n := n)",
    premises=("raise", "Ket"),
    lemmas=("low",),
)
IDENTIFIER = st.sampled_from(
    ["n", "s", "hn", "s.level", "k", "raise", "Nat.succ", "(raise s).level", "x1", "simp", "3", "≤"]
)


def test_definitions_and_projections_keep_their_names() -> None:
    renamed = Renaming({"s": "q", "level": "z", "raise": "y"}).apply("(raise s).level = s.level")
    assert renamed == "(y q).level = q.level"


def test_rename_is_consistent_and_leaves_named_arguments() -> None:
    changed = [rename(THEOREM, random.Random(seed)) for seed in range(20)]
    for theorem in changed:
        n, s, hn, *_ = bound_names(" ".join(theorem.statement.split()[2:]))
        assert n == "n", "`(n := n)` names a binder of another theorem too: not renamed"
        assert theorem.proof is not None
        assert f"cases {s}\n" in theorem.proof
        assert f"Nat.le_of_lt {hn}]" in theorem.proof
        assert f"(raise {s}).level" in theorem.statement
    assert len({t.statement for t in changed}) > 10


@given(st.lists(IDENTIFIER, max_size=15), st.integers(0, 10_000))
def test_the_inverse_restores_the_text(words: list[str], seed: int) -> None:
    text = " ".join(words)
    renaming = draw_renaming(THEOREM.statement, text, "", random.Random(seed))
    assert len(set(renaming.names.values())) == len(renaming.names)
    inverse = Renaming({new: old for old, new in renaming.names.items()})
    assert inverse.apply(renaming.apply(text)) == text
    assert inverse.apply(renaming.apply(THEOREM.statement)) == THEOREM.statement


@given(st.integers(0, 10_000))
def test_shuffled_handles_are_one_to_one_and_of_their_kind(seed: int) -> None:
    handles = shuffled_handles(THEOREM, random.Random(seed))
    found = [*handles.declared.values(), *handles.bound.values()]
    assert len(set(found)) == len(found) == 8
    assert [handles.declared[n][2] for n in ("raise", "Ket", "low")] == ["d", "t", "l"]
    assert [handles.bound[n][2] for n in ("n", "s", "hn", "t", "k")] == ["v", "v", "h", "v", "v"]


def test_other_prompts_see_other_bound_names() -> None:
    text, target = example(get_prompt("stp"), THEOREM, random.Random(1))
    assert text != get_prompt("stp").render(THEOREM)
    assert "raise" in target


def test_example_without_rng_is_the_prompt_itself() -> None:
    prompt = get_prompt("tiny")
    assert example(prompt, THEOREM, None) == (
        prompt.render(THEOREM),
        prompt.target(THEOREM, THEOREM.proof or ""),
    )


def test_example_uses_the_same_handles_in_prompt_and_answer() -> None:
    for seed in range(10):
        text, target = example(get_prompt("tiny"), THEOREM, random.Random(seed))
        handle = target.partition("simp [")[2].partition(",")[0]
        assert handle in text.partition("<|goal|>")[2]
        assert f"{handle}<|def|>" in text
