"""Prompts: what goes to a model, and what is taken from its answer."""

import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers.processors import TemplateProcessing

from physprover.errors import ConfigError, ModelError
from physprover.lean.text.definitions import bound_types, declarations, mentioned
from physprover.prompts import PROMPT_NAMES, get_prompt, says
from physprover.prompts.extract import body_after, body_in_answer, body_in_prefill
from physprover.prompts.provers import ChatPrompt
from physprover.prompts.tiny import Handles, handles_of
from physprover.records import Theorem
from tests.chat_tokenizer import chat_tokenizer

HEADER = """
namespace Lab
/-- Which way. -/
inductive Spin where
  | up
  | down
/-- Turned round. -/
def flip : Spin → Spin
  | .up => .down
  | .down => .up
/-- Twice the kinetic energy; a remark on momentum. -/
def ke (m v : Int) : Int := m * v * v
structure Body where
  mass : Int
  speed : Int
def total : List Body → Int
  | [] => 0
  | b :: bs => ke b.mass b.speed + total bs
@[simp] theorem ke_zero (m : Int) : ke m 0 = 0 := by
  simp [ke]
"""
THEOREM = Theorem(
    name="Lab.total_cons",
    statement="theorem total_cons (b : Body) (bs : List Body) :\n    total (b :: bs) = ke b.mass b.speed + total bs",
    header=HEADER,
    premises=("Lab.total", "Lab.Body", "Lab.ke"),
    lemmas=("ke_zero",),
    informal="Adding a body adds its energy.",
    proof="by\n  simp only [total, ke]",
)
PROOFS = [
    "by\n  simp only [total, ke]",
    "by\n  induction bs with\n  | nil => rfl\n  | cons b bs ih =>\n    simp [total, ih]\n    omega",
    "by\n  cases b\n  exact ⟨0, by grind [ke]⟩",
]


def test_declarations_know_their_kind() -> None:
    found = declarations(HEADER)
    kinds = {name: d.kind for name, d in found.items()}
    assert kinds == {
        "Spin": "enum", "flip": "match", "ke": "def", "Body": "struct", "total": "rec", "ke_zero": "theorem",
    }  # fmt: skip
    assert found["ke"].text == "(m v : Int) : Int := m * v * v"
    assert found["ke_zero"].text == "(m : Int) : ke m 0 = 0"


def test_mentioned_follows_bodies() -> None:
    assert mentioned(declarations(HEADER), "total [] = 0") == ["total", "Body", "ke"]


def test_tiny_prompt_hides_every_name() -> None:
    text = get_prompt("tiny").render(THEOREM)
    goal = "(<|c0|> :<|t0|>) (<|n0|> : List<|t0|>) :<|d0|> (<|c0|> ::<|n0|>) =<|d1|><|c0|>.mass<|c0|>.speed +<|d0|><|n0|>"
    assert text.partition("<|goal|>")[2] == goal + "<|proof|>"
    assert "<|d0|><|rec|>" in text
    assert "<|t0|><|struct|>where" in text
    assert "<|d1|><|def|>(<|v0|><|v1|> : Int) : Int :=<|v0|> *<|v1|> *<|v1|>" in text
    assert "<|l0|>(<|v0|> : Int) :<|d1|><|v0|> 0 = 0" in text


def test_names_do_not_change_the_tiny_prompt() -> None:
    prompt = get_prompt("tiny")
    renamed = THEOREM.model_validate_json(
        THEOREM.model_dump_json().replace("total", "sumOfAll").replace("Body", "Lump")
    )
    assert prompt.render(renamed) == prompt.render(THEOREM)
    proof = "by\n  cases b\n  simp [total, ke_zero] at bs"
    target = prompt.target(THEOREM, proof)
    assert target == "cases<|c0|>\nsimp [<|d0|>,<|l0|>] at<|n0|>"
    assert prompt.extract(target, renamed) == "by\n  cases b\n  simp [sumOfAll, ke_zero] at bs"


def test_bound_types() -> None:
    statement = "(n : Nat) (s : Ket) (hn : 0 < n) : ∃ t, (raise s).level = t.level ∧ ∀ k, k < n → k ≠ s.level"
    assert bound_types(statement) == {"n": "Nat", "s": "Ket", "hn": "0 < n", "t": "", "k": ""}
    text = "{α : Type} [Ring α] (f : Nat → α) : (fun x => f x) = f ∧ ∃ k : Nat, ∀ _ : α, k = k"
    assert bound_types(text) == {"α": "Type", "f": "Nat → α", "x": "", "k": "Nat"}


def test_a_variable_s_handle_tells_what_can_be_done_with_it() -> None:
    statement = "(n : Nat) (xs : List Body) (b : Body) (on : Bool) (f : Nat → Body) (w : Int) (hn : 0 < n) : ∃ k : Nat, k = n"
    handles = [f"<|{handle}|>" for handle in ("n0", "n1", "c0", "c1", "v0", "v1", "h0", "n2")]
    assert list(handles_of(THEOREM).binding(statement).bound.values()) == handles


def test_a_bound_name_shadows_a_definition() -> None:
    handles = Handles({"ke": "<|d0|>"}).binding("(ke : Int) : ke = ke")
    assert handles.hide("ke + x.ke") == "<|v0|> + x.ke"


def test_tiny_prompt_finds_premises_itself() -> None:
    bare = THEOREM.replace(premises=(), lemmas=())
    assert list(handles_of(bare).declared) == ["Body", "total", "ke"]
    assert list(handles_of(bare).declared.values()) == ["<|t0|>", "<|d0|>", "<|d1|>"]


@pytest.mark.parametrize("name", PROMPT_NAMES)
@pytest.mark.parametrize("proof", PROOFS)
def test_extract_inverts_target(name: str, proof: str) -> None:
    prompt = get_prompt(name, chat_tokenizer())
    assert prompt.extract(prompt.target(THEOREM, proof), THEOREM).split() == proof.split()
    assert (
        "\n".join(x.rstrip() for x in prompt.extract(prompt.target(THEOREM, proof), THEOREM).splitlines())
        == proof
    )


OWN_COMMANDS = [
    "theorem twice (m : Int) : 2 * m = m + m := by omega\n-- statement\nby\n  simp only [total, ke, twice]",
    "mutual\n-- statement\nby\n  exact other b bs\n\ntheorem other (b : Body) (bs : List Body) : total (b :: bs) = total (b :: bs) :=\n"
    "  have := total_cons b bs\n  rfl\nend",
]


@pytest.mark.parametrize("name", [n for n in PROMPT_NAMES if isinstance(get_prompt(n), ChatPrompt)])
@pytest.mark.parametrize("proof", OWN_COMMANDS)
def test_a_target_has_a_proofs_own_commands_between_header_and_statement(name: str, proof: str) -> None:
    prompt, theorem = get_prompt(name), THEOREM.replace(proof=proof)
    target = prompt.target(theorem, proof)
    commands = proof.partition("-- statement")[0]
    before, _, behind = target.partition(commands)
    assert HEADER.strip() in before
    assert "total_cons (b : Body)" in behind
    assert says(prompt, theorem)
    assert prompt.extract(target, theorem).split() == proof.split()


def test_a_handle_without_a_name_stays_for_lean_to_refuse() -> None:
    assert get_prompt("tiny").extract("simp [<|d9|>]", THEOREM) == "by\n  simp [<|d9|>]"


def test_spare_variables_are_fresh_names() -> None:
    answer = "induction<|n0|> with\n| nil => rfl\n| cons<|v2|><|v3|> ih => simp [ih,<|h0|>]"
    assert get_prompt("tiny").extract(answer, THEOREM).endswith("| cons x2 x3 ih => simp [ih, h0]")
    clash = THEOREM.replace(statement="theorem t (b x1 : Body) : ∀ x2, x2 = b")
    assert get_prompt("tiny").extract("intro<|v3|><|v1|>", clash) == "by\n  intro x3 x1'"


def test_facts_of_simp_and_grind_are_put_in_order_those_of_rw_are_not() -> None:
    proof = "by\n  simp only [ih, ke_zero, ke, total, Body.mk.injEq]\n  rw [ke, total]"
    target = "simp only [<|all|>,<|t0|>.mk.injEq,<|l0|>, ih]\nrw [<|d1|>,<|d0|>]"
    assert get_prompt("tiny").target(THEOREM, proof) == target
    assert get_prompt("tiny").extract(target, THEOREM).splitlines()[1] == (
        "  simp only [total, ke, Body.mk.injEq, ke_zero, ih]"
    )


def test_a_list_of_all_definitions_is_one_token_and_no_other_list_is() -> None:
    prompt = get_prompt("tiny")
    alone = THEOREM.replace(header="", premises=(), lemmas=(), statement="theorem t (a : Int) : a = a")
    for proof, target in (
        ("grind [total]", "grind [<|d0|>]"),
        ("simp_all [ke, total]", "simp_all [<|all|>]"),
    ):
        assert prompt.target(THEOREM, f"by\n  {proof}") == target
    for proof, target in (("grind []", "grind [<|all|>]"), ("simp [foo]", "simp [foo]"), ("simp", "simp")):
        assert prompt.target(alone, f"by\n  {proof}") == target
        assert prompt.extract(target, alone) == f"by\n  {proof}"
    assert prompt.extract("simp [<|all|>, foo]", alone) == "by\n  simp [foo]"
    assert prompt.extract("simp [<|all|>,<|l0|>] <;> grind [<|all|>]", THEOREM) == (
        "by\n  simp [total, ke, ke_zero] <;> grind [total, ke]"
    )


def test_terms_become_exact_in_the_tiny_prompt() -> None:
    assert get_prompt("tiny").target(THEOREM, "rfl") == "exact rfl"


@pytest.mark.parametrize("name", [n for n in PROMPT_NAMES if not n.startswith("tiny") and n != "chat-short"])
def test_prover_prompts_hold_the_whole_problem(name: str) -> None:
    text = get_prompt(name, chat_tokenizer()).render(THEOREM)
    assert HEADER.strip() in text
    assert THEOREM.statement in text
    assert THEOREM.informal is not None
    assert THEOREM.informal in text


def test_braces_in_lean_text_survive() -> None:
    theorem = THEOREM.replace(header="def s : Set := {code} {informal}")
    for name in PROMPT_NAMES:
        if not name.startswith("tiny") and name != "chat-short":  # which shows declarations only
            assert "{code} {informal}" in get_prompt(name, chat_tokenizer()).render(theorem)


def test_physprover_prompt_is_prefilled() -> None:
    assert get_prompt("physprover").render(THEOREM).endswith("+ total bs :=")
    assert get_prompt("stp").render(THEOREM).endswith("+ total bs := by")


ANSWER = "Plan: unfold.\n```lean4\ntheorem a : 1 = 1 := by rfl\n```\nBetter:\n```lean4\n{code}\n```\nDone."


def test_last_complete_block_counts() -> None:
    code = "theorem a : 1 = 1 := by\n  decide"
    assert body_in_answer(ANSWER.replace("{code}", code), "theorem a : 1 = 1") == "by\n  decide"
    assert (
        body_in_answer(ANSWER.replace("{code}", code).removesuffix("\n```\nDone."), "theorem a : 1 = 1")
        == "by rfl"
    )


def test_white_space_in_the_statement_does_not_matter() -> None:
    assert body_after("theorem  a\n  : 1 = 1 := by\n  rfl\n", "theorem a : 1 = 1") == "by\n  rfl"


def test_changed_statement_yields_nothing() -> None:
    code = "theorem a : 1 = 1 ∨ True := by simp"
    assert body_in_answer(f"```lean4\n{code}\n```", "theorem a : 1 = 1") == ""
    assert body_in_answer(f"```lean4\n{code}\n```", None) == "by simp"


def test_body_ends_before_the_next_command() -> None:
    code = "```lean4\ntheorem a : 1 = 1 := by\n  rfl\n\ntheorem b : True := by\n  trivial\nend Lab\n```"
    assert body_in_answer(code, "theorem a : 1 = 1") == "by\n  rfl"


def test_assignment_inside_brackets_is_not_the_proof() -> None:
    assert body_after("theorem a (n : Nat := 3) : n = n := by rfl", None) == "by rfl"


def test_prefilled_answer_stops_at_its_fence_and_skips_repetition() -> None:
    assert body_in_prefill(" by\n  rfl\n```\nThis proves it.", "theorem a : 1 = 1").strip() == "by\n  rfl"
    assert body_in_prefill("\n```lean4\ntheorem a : 1 = 1 := by rfl\n```", "theorem a : 1 = 1") == "by rfl"


def test_unknown_prompt_names_the_known() -> None:
    with pytest.raises(ConfigError, match="tiny"):
        get_prompt("nope")


@given(st.text(), st.sampled_from(PROMPT_NAMES))
def test_extract_never_raises(text: str, name: str) -> None:
    assert isinstance(get_prompt(name, chat_tokenizer()).extract(text, THEOREM), str)
    assert isinstance(get_prompt(name, chat_tokenizer()).extract(text), str)


NAME = st.sampled_from(["ke", "total", "Body", "ke_zero", "flip", "x", "n", "Spin"])
PIECE = st.one_of(
    NAME, NAME.map(lambda n: f"({n} x)"), st.sampled_from(["+", "=", "∀ y,", "3", "[ke, total]"])
)


@given(st.lists(PIECE, min_size=1, max_size=12))
def test_handles_are_one_to_one(pieces: list[str]) -> None:
    handles = Handles(
        {"ke": "<|d0|>", "total": "<|d5|>", "Body": "<|d2|>", "ke_zero": "<|l1|>"}, {"x": "<|v3|>"}
    )
    text = " ".join(pieces)
    hidden = handles.hide(text)
    assert handles.show(hidden) == text
    assert handles.hide(hidden) == hidden


@pytest.mark.parametrize("name", [n for n in PROMPT_NAMES if not n.startswith("tiny")])
@pytest.mark.parametrize("proof", PROOFS)
def test_prompts_end_where_a_token_ends(name: str, proof: str) -> None:
    """What a model should write is encoded alike after the prompt and as a continuation of its text."""
    tokenizer = chat_tokenizer()
    prompt = get_prompt(name, tokenizer)
    text, target = prompt.render(THEOREM), prompt.target(THEOREM, proof)
    apart = [tokenizer(part, add_special_tokens=False)["input_ids"] for part in (text, target)]
    assert tokenizer(text + target, add_special_tokens=False)["input_ids"] == apart[0] + apart[1]


@pytest.mark.parametrize("name", ["chat", "chat-short"])
@pytest.mark.parametrize("proof", [*PROOFS, "rfl", "by simp", "fun x => x"])
def test_chat_answers_round_trip_and_end_at_their_fence(name: str, proof: str) -> None:
    prompt = get_prompt(name, chat_tokenizer())
    target = prompt.target(THEOREM, proof)
    assert target.index(prompt.stop[0]) == len(target) - len(prompt.stop[0])
    found = prompt.extract(target + "\nThis proves it.", THEOREM)
    assert found.split() == (proof if proof.startswith("by") else f"by exact {proof}").split()
    text = prompt.render(THEOREM)
    assert text.startswith("<|im_start|>user\nProve")
    assert text.endswith("<|im_end|>\n<|im_start|>assistant\n```lean4\nby")


@pytest.mark.parametrize("name", ["stp", "stp-conjecture"])
@pytest.mark.parametrize(("first", "put"), [("<|endoftext|>", True), ("<|endoftext|>", False), (None, False)])
def test_raw_texts_begin_with_the_token_that_the_tokenizer_puts_first(
    name: str, first: str | None, put: bool
) -> None:
    tokenizer = copy.deepcopy(chat_tokenizer())
    tokenizer.bos_token = first
    if put:
        tokenizer.backend_tokenizer.post_processor = TemplateProcessing(
            single=f"{first} $A", special_tokens=[(first, tokenizer.bos_token_id)]
        )
    prompt = get_prompt(name, tokenizer)
    text = prompt.render(THEOREM)
    assert text == ("<|endoftext|>" if put else "") + get_prompt(name).render(THEOREM)
    assert tokenizer(text, add_special_tokens=False)["input_ids"].count(tokenizer.bos_token_id) == put


def test_a_template_that_opens_the_thoughts_has_them_closed() -> None:
    tokenizer = copy.deepcopy(chat_tokenizer())
    tokenizer.chat_template = tokenizer.chat_template.replace("assistant\n'", "assistant\n<think>\n'")
    text = get_prompt("chat", tokenizer).render(THEOREM)
    assert text.endswith("<|im_start|>assistant\n<think>\n\n</think>\n\n```lean4\nby")


def test_chat_short_shows_what_the_statement_rests_on_only() -> None:
    text = get_prompt("chat-short", chat_tokenizer()).render(THEOREM)
    assert "def total : List Body" in text
    assert "theorem ke_zero (m : Int) : ke m 0 = 0" in text
    assert "flip" not in text


@pytest.mark.parametrize(
    ("template", "reason"),
    [
        (None, "no chat template"),
        ("{{ raise_exception('only pictures') }}", "only pictures"),
        ("{% for m in messages %}{{ m.role }}{% endfor %}", "drops the user's message"),
        ("{{ messages[0]['content'] ", "fails"),
    ],
)
def test_a_template_that_cannot_be_used_is_one_line(template: str | None, reason: str) -> None:
    tokenizer = copy.deepcopy(chat_tokenizer())
    tokenizer.chat_template = template
    with pytest.raises(ModelError, match=reason) as caught:
        get_prompt("chat", tokenizer)
    assert "model.prompt" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_chat_format_needs_a_tokenizer() -> None:
    with pytest.raises(ModelError, match="needs the model's tokenizer"):
        get_prompt("chat").render(THEOREM)
