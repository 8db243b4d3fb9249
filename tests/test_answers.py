"""Answers as published provers write them: shapes whose right proof is known."""

from __future__ import annotations

import pytest

from physprover.prompts import get_prompt
from physprover.prompts.extract import begins_tactics, body_in_answer, body_in_prefill
from physprover.records import Theorem

STATEMENT = "theorem t (n : Nat) (h : 0 < n) :\n    n + 0 = n"
PROOF = "by\n  have k := h\n  simp"
CODE = f"{STATEMENT} := {PROOF}"
OTHER = "theorem other (n : Nat) : n = n := by rfl"
HEADER = "def two := 2\n\ntheorem known : two = 2 := rfl\n"
OUTLINE = f"{STATEMENT} := by\n  have k := h\n  sorry"


def fenced(code: str, tag: str = "lean4") -> str:
    return f"```{tag}\n{code}\n```"


RIGHT = fenced(CODE)
SHAPES = {
    "plain block": RIGHT,
    "no block at all": CODE,
    "text around": f"Here is the proof.\n\n{RIGHT}\n\nIt uses `h`.",
    "a later block proves something else": f"{RIGHT}\nA lemma one could add:\n{fenced(OTHER)}",
    "a later block of another language": f"{RIGHT}\n{fenced('print(1)', 'python')}",
    "a later block is plain": f"{RIGHT}\nLean says:\n{fenced('Goals accomplished!', '')}",
    "a later block is an outline": f"{RIGHT}\nIn outline:\n{fenced(OUTLINE)}",
    "a later block is cut off": f"{RIGHT}\nShorter:\n```lean4\n{STATEMENT} := by\n  have k",
    "a later block is only a tactic": f"{RIGHT}\nor\n{fenced('  omega')}",
    "an outline before": f"{fenced(OUTLINE)}\nFilled in:\n{RIGHT}",
    "two proofs, the last counts": f"{fenced(STATEMENT + ' := by omega')}\nBetter:\n{RIGHT}",
    "only a cut off block": f"Proof:\n```lean4\n{CODE}",
    "a block that a new one cuts off": f"```lean4\n{STATEMENT} := by\n  nonsense\n\nWait.\n\n{RIGHT}",
    "thinking before": f"<think>\nTry\n{fenced(OTHER)}\n</think>\n{RIGHT}",
    "a draft left open before </think>": f"<think>\n```lean4\n{STATEMENT} := by\n  draft\n</think>\n\n{RIGHT}",
    "a whole draft in the thinking": f"<think>\n{fenced(STATEMENT + ' := by draft')}\n</think>\n{RIGHT}",
    "the proof only in the thinking": f"<think>\n{RIGHT}\n</think>\nThis proves it.",
    "CRLF": RIGHT.replace("\n", "\r\n"),
    "tag lean": fenced(CODE, "lean"),
    "tag lean 4": fenced(CODE, "lean 4"),
    "tag Lean4": fenced(CODE, "Lean4"),
    "tag with a space before": fenced(CODE, " lean4"),
    "tag in braces": fenced(CODE, "{.lean4 .numbered}"),
    "tag with attributes": fenced(CODE, 'lean4 title="Proof.lean"'),
    "no tag": fenced(CODE, ""),
    "tildes": f"~~~lean4\n{CODE}\n~~~",
    "four backticks": f"````lean4\n{CODE}\n````",
    "code on the fence's line": f"```lean4 {CODE}\n```",
    "an indented fence": f"  ```lean4\n{CODE}\n  ```",
    "lemma for theorem": fenced(CODE.replace("theorem", "lemma", 1)),
    "docstring added": fenced(f"/-- Nothing added. -/\n{CODE}"),
    "attribute added": fenced(f"@[simp]\n{CODE}"),
    "attribute on the line": fenced(f"@[simp] {CODE}"),
    "private": fenced(f"private {CODE}"),
    "imports and opens before": fenced(
        f"import Mathlib\nimport Aesop\n\nset_option linter.all false\n\nopen Real\n\n{CODE}"
    ),
    "the header again": fenced(f"{HEADER}\n{CODE}"),
    "in a namespace": fenced(f"namespace A\n{CODE}\nend A"),
    "more behind it": fenced(f"{CODE}\n\n#print axioms t\n\n{OTHER}"),
    "the statement in a comment": fenced(f"/- We show\n{STATEMENT} := by wrong\n-/\n{CODE}"),
    "the statement in a line comment": fenced(f"-- {' '.join(STATEMENT.split())} := by wrong\n{CODE}"),
    "the statement in a comment behind": fenced(f"{CODE}\n/- {STATEMENT} := by wrong -/"),
    "spacing changed": fenced(f"theorem t (n : Nat)\n  (h : 0 < n) : n + 0 = n := {PROOF}"),
    "a comment in the statement": fenced(
        f"theorem t (n : Nat) (h : 0 < n) : -- easy\n    n + 0 = n := {PROOF}"
    ),
    "an end token behind the fence": f"{RIGHT}<|im_end|>",
    "end tokens and padding": f"{RIGHT} <|im_end|>\n<|endoftext|></s><pad><pad>",
    "an end token of DeepSeek": f"{RIGHT}<｜end▁of▁sentence｜>",
    "an end token and no block": f"{CODE}</s>",
    "an end token inside": f"{RIGHT}<|eot_id|>\n<|start_header_id|>user",
    "answer tags": f"I show <it>.\n<answer>{CODE}</answer>",
    "a block in answer tags": f"<think>\n{fenced(OTHER)}\n</think><answer>\n{RIGHT}</answer><|im_end|>",
    "answer tags behind a draft": f"{fenced(STATEMENT + ' := by draft')}\n<answer>\n{RIGHT}\n</answer>",
    "answer tags that are only spoken of": f"{RIGHT}\nYou asked for <answer> tags.",
    "the assignment on its own line": fenced(f"{STATEMENT}\n    := {PROOF}"),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_the_right_proof_is_found(shape: str) -> None:
    assert body_in_answer(SHAPES[shape], STATEMENT, HEADER) == PROOF


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (fenced(f"{STATEMENT} := by\n-- first\n  simp\n-- done\n"), "by\n-- first\n  simp"),
        (fenced(f"{STATEMENT} := by\n  have k := h\n-- then\n  simp"), "by\n  have k := h\n-- then\n  simp"),
        (fenced(f"{STATEMENT} :=\n  Nat.add_zero n"), "Nat.add_zero n"),
        (fenced(OUTLINE), "by\n  have k := h\n  sorry"),
        (fenced(f"{STATEMENT} := by_contra fun k => k rfl"), "by_contra fun k => k rfl"),
        (fenced(STATEMENT.replace("n + 0", "0 + n") + " := by simp"), ""),
        (fenced(f"example : 1 = 1 := rfl\n{OTHER}"), ""),
        (fenced(STATEMENT), ""),
        ("I cannot prove it.", ""),
        ("", ""),
    ],
)
def test_bodies_of_other_forms(answer: str, body: str) -> None:
    assert body_in_answer(answer, STATEMENT, HEADER) == body


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        (fenced("by omega"), "by omega"),
        ("It is linear.\n" + fenced("-- linear\nby\n  simp\n") + "\nDone.", "-- linear\nby\n  simp"),
        (f"{fenced('by omega')}\nBetter:\n{fenced('by simp')}", "by simp"),
        (f"{fenced('by omega')}\nor\n```lean4\nby si", "by omega"),
        (f"{fenced(CODE.replace('n + 0', '0 + n'))}\n{fenced('by simp')}", "by simp"),
        (fenced("by simp\n\ntheorem other : 1 = 2 := by sorry"), "by simp"),
        (f"{RIGHT}\nor\n{fenced('by omega')}", PROOF),
        (f"<think>\n{fenced('by omega')}\n</think>\nIt holds.", ""),
        (fenced("by"), ""),
        (fenced("by_contra h"), ""),
        (fenced("by omega", "python"), ""),
    ],
)
def test_a_block_that_is_a_proof_by_itself_counts_where_none_states_the_theorem(
    answer: str, body: str
) -> None:
    assert body_in_answer(answer, STATEMENT, HEADER) == body


def test_arms_and_where_come_as_they_are() -> None:
    arms = "theorem t : ∀ n : Nat, 0 ≤ n"
    code = f"{arms}\n  | 0 => Nat.le_refl 0\n  | n + 1 => Nat.zero_le _"
    assert body_in_answer(fenced(code), arms) == "| 0 => Nat.le_refl 0\n  | n + 1 => Nat.zero_le _"
    both = "theorem t : 1 = 1 ∧ 2 = 2"
    assert body_in_answer(fenced(f"{both} where\n  left := rfl\n  right := rfl"), both).startswith("where\n")


def test_helpers_come_along_and_what_the_header_declares_does_not() -> None:
    code = (
        f"{HEADER}\n@[simp] lemma first (m : Nat) : m = m := rfl\n\ntheorem second (m : Nat) : m = m := by\n  exact first m\n\n"
        f"theorem unused : 1 = 1 := rfl\n\n{STATEMENT} := by\n  have := known\n  have := second n\n  simp"
    )
    assert body_in_answer(fenced(code), STATEMENT, HEADER) == (
        "@[simp] theorem first (m : Nat) : m = m := rfl\ntheorem second (m : Nat) : m = m := by\n  exact first m\n"
        "-- statement\nby\n  have := known\n  have := second n\n  simp"
    )
    assert body_in_answer(fenced(code), STATEMENT) == "by\n  have := known\n  have := second n\n  simp"


@pytest.mark.parametrize(
    ("completion", "body"),
    [
        (" by\n  simp\n```\nDone.", " by\n  simp"),
        (" by\r\n  simp\r\n```", " by\n  simp"),
        (f"\n{RIGHT}", PROOF),
        (" by\n  simp<|im_end|>", " by\n  simp"),
        (f" {CODE.split(':=', 1)[1].strip()}\n\ntheorem more : 1 = 1 := rfl\n```", f" {PROOF}"),
    ],
)
def test_prefilled_answers(completion: str, body: str) -> None:
    assert body_in_prefill(completion, STATEMENT, HEADER) == body


@pytest.mark.parametrize(
    ("completion", "body"),
    [
        ("by simp", "by simp"),
        ("<think>hm, by luck</think>\n\nby simp\n", "by simp"),
        ("by\n  simp<|im_end|>", "by\n  simp"),
        ("<think>hm</think><answer>by simp</answer>", "by simp"),
        ("by simp\n```\nDone.", "by simp"),
        ("by exact f <| g x |>.1", "by exact f <| g x |>.1"),
        ("by_contra h", ""),
        ("It holds by simp", ""),
        (f"by simp\n{fenced(OTHER)}", "by simp"),
        (f"by simp\n{RIGHT}", PROOF),
        ("by symmetry of equality", "by symmetry of equality"),  # which Lean refuses
        ("<think>by simp", ""),
    ],
)
def test_a_bare_proof_behind_the_thinking(completion: str, body: str) -> None:
    assert body_in_answer(completion, STATEMENT, HEADER) == body


@pytest.mark.parametrize("text", ["</s>", "<|a|> ", " " * 9 + "<", "<|" + "a"])
def test_end_tokens_without_an_end_take_no_time(text: str) -> None:
    """Behind 200,000 of these, no longer than a reader of lines takes; a quadratic one would be at it for hours."""
    assert body_in_answer(f"{text * 200_000}x\n{RIGHT}", STATEMENT, HEADER) == PROOF


@pytest.mark.parametrize(
    ("body", "tactics"), [("by simp", True), ("by\n  simp", True), ("by_contra h", False), ("bye", False)]
)
def test_by_is_a_word(body: str, tactics: bool) -> None:
    assert begins_tactics(body) == tactics


@pytest.mark.parametrize("name", ["stp", "physprover", "deepseek-prover-v2", "kimina", "goedel"])
@pytest.mark.parametrize(
    "proof",
    [
        "by_contra fun h => h rfl",
        "| 0 => rfl\n  | n + 1 => rfl",
        "where\n  left := rfl\n  right := rfl",
        "bytes.rfl",
        "by\n  simp",
    ],
)
def test_training_targets_are_read_back(name: str, proof: str) -> None:
    """What a model is taught to write gives, read back, a body that says the same."""
    theorem = Theorem(name="t", statement=STATEMENT, header=HEADER)
    prompt = get_prompt(name)
    body = prompt.extract(prompt.target(theorem, proof), theorem)
    plain = body.removeprefix("by\n").strip().removeprefix("exact ").split()
    expected = {"|": f"fun {proof}", "w": "{ left := rfl right := rfl }"}.get(proof[0], proof)
    assert plain in (proof.split(), expected.split(), proof.removeprefix("by\n").split())
