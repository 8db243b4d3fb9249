"""The formats that sketch and name techniques: what is written comes back in parts, and broken answers say why."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from physprover.insight.records import Insight
from physprover.insight.script import read_script
from physprover.insight.sketch import fills, sketch_of
from physprover.insight.techniques import Technique
from physprover.prompts import get_prompt
from physprover.prompts.insight import InsightPrompt, brief
from physprover.prompts.tiny import HANDLE, INSIGHT, PROOF, SKETCH, TinyPrompt
from physprover.records import Theorem
from tests.insight.proofs import Made, blocks, proof_of

THEOREM = Theorem(
    name="Lab.t",
    statement="theorem t (a b : Nat) (h : f a = b) : ∃ k, f k = b",
    header="def f (n : Nat) : Nat := n\ntheorem f_eq (n : Nat) : f n = n := rfl\n",
    premises=("f",),
    lemmas=("f_eq",),
)
FULL = get_prompt("tiny-insight")
SHORT = get_prompt("tiny-sketch")
assert isinstance(FULL, InsightPrompt)
assert isinstance(SHORT, InsightPrompt)

WORDS = st.sampled_from(["a", "h", "f", "f_eq", "Int.mul_comm", "a + b", "0 ≤ a", "x"])
TECHNIQUES = st.lists(
    st.builds(
        Technique,
        name=st.sampled_from(["use", "unfold", "induction", "cases", "claim", "witness", "decide"]),
        detail=WORDS,
    ),
    min_size=1,
    max_size=5,
)


def canonical(proof: str) -> str:
    """A proof as it comes back: names hidden and shown again, facts in one order."""
    tiny = TinyPrompt()
    return tiny.extract(tiny.target(THEOREM, proof), THEOREM)


@given(blocks, TECHNIQUES)
@settings(max_examples=150)
def test_an_answer_comes_back_in_parts(made: Made, techniques: list[Technique]) -> None:
    proof = proof_of(made)
    sketch = sketch_of(read_script(proof)).text
    insight = Insight(
        theorem=THEOREM, techniques=tuple(techniques), sketch=sketch, holes=sketch.count("sorry"), core=proof
    )
    for prompt in (FULL, SHORT):
        text = prompt.answer(insight)
        answer = prompt.read(text, THEOREM)
        assert answer.problem == ""
        assert answer.sketch == canonical(sketch)
        assert answer.proof == canonical(proof) == prompt.extract(text, THEOREM)
        assert fills(answer.sketch, answer.proof)
    named = FULL.read(FULL.answer(insight), THEOREM).techniques
    assert named == tuple(dict.fromkeys(brief(t) for t in techniques))
    assert SHORT.read(SHORT.answer(insight), THEOREM).techniques == ()


def test_a_proof_alone_is_written_with_what_can_be_read_off_it() -> None:
    proof = "by\n  refine ⟨a, ?_⟩\n  rw [f_eq]"
    answer = FULL.read(FULL.target(THEOREM, proof), THEOREM)
    assert [t.line for t in answer.techniques] == ["witness", "rewrite", "use f_eq"]
    assert answer.sketch == "by\n  refine ⟨a, ?_⟩\n  sorry"
    assert answer.proof == proof


def test_the_last_token_of_the_prompt_says_what_is_wanted() -> None:
    plain = get_prompt("tiny").render(THEOREM)
    assert plain.endswith(PROOF)
    assert FULL.render(THEOREM) == plain.removesuffix(PROOF) + INSIGHT
    assert SHORT.render(THEOREM) == plain.removesuffix(PROOF) + SKETCH


@pytest.mark.parametrize(
    ("completion", "problem", "proof"),
    [
        ("decide rfl<|sketch|>sorry<|proof|>rfl", "", "by\n  rfl"),
        ("decide rfl", "no proof", ""),
        ("", "no proof", ""),
        ("decide rfl<|proof|>rfl", "no sketch", "by\n  rfl"),
        ("decide rfl<|sketch|>sorry", "no proof", ""),
        ("decide rfl<|sketch|>sorry<|proof|>rfl<|proof|>omega", "a part stands twice", "by\n  omega"),
        ("decide rfl<|sketch|>sorry<|sketch|>sorry<|proof|>rfl", "a part stands twice", "by\n  rfl"),
        ("think hard<|sketch|>sorry<|proof|>rfl", "a line names no technique", "by\n  rfl"),
        ("think hard<|proof|>rfl", "a line names no technique", "by\n  rfl"),
        ("decide rfl<|proof|>rfl<|sketch|>sorry", "a part stands twice", None),
        ("decide rfl<|sketch|>sorry<|proof|>", "", ""),
    ],
)
def test_broken_answers_say_why_and_keep_their_proof(
    completion: str, problem: str, proof: str | None
) -> None:
    answer = FULL.read(completion, THEOREM)
    assert answer.problem == problem
    assert answer.proof == FULL.extract(completion, THEOREM)
    assert proof is None or answer.proof == proof


def test_techniques_stand_before_the_proof() -> None:
    answer = FULL.read("decide omega\nuse Nat.add_comm<|proof|>cases a\ninduction b\nomega", THEOREM)
    assert [t.line for t in answer.techniques] == ["decide omega", "use Nat.add_comm"]
    assert (answer.sketch, answer.proof) == ("", "by\n  cases a\n  induction b\n  omega")
    assert (answer.problem, answer.broken) == ("no sketch", False)


PARTS = st.sampled_from([INSIGHT, SKETCH, PROOF, "use", "sorry", "\n", " ", "<|d0|>", "<|v9|>", "by", "rfl"])


@given(st.lists(PARTS, max_size=12))
def test_any_completion_is_read(parts: list[str]) -> None:
    for prompt in (FULL, SHORT):
        answer = prompt.read("".join(parts), THEOREM)
        assert answer.proof == prompt.extract("".join(parts), THEOREM)


def test_tokens_of_the_parts_to_come_may_be_written() -> None:
    text = FULL.render(THEOREM)
    assert {SKETCH, PROOF}.isdisjoint(FULL.excluded(text))
    assert INSIGHT in FULL.excluded(text)
    assert PROOF not in SHORT.excluded(text)
    assert {INSIGHT, SKETCH} <= set(SHORT.excluded(text))
    used = set(HANDLE.findall(FULL.target(THEOREM, "by\n  exact ⟨a, h ▸ f_eq b⟩")))
    assert used
    assert used.isdisjoint(FULL.excluded(text))
