"""Batches of the warm start, and the loss on one."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.lean.text import definitions as names
from physprover.lean.text.definitions import IDENT, Handles, bound_names, is_hypothesis
from physprover.prompts.tiny import TinyPrompt, handles_of

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator
    from random import Random

    import torch
    from transformers import LlamaForCausalLM, PreTrainedTokenizerFast

    from physprover.config import RunConfig
    from physprover.prompts import PromptFormat
    from physprover.records import Theorem


Example = tuple[list[int], int]
"""Token ids of prompt + target + end, and the length of the prompt."""

PAD_LABEL = -(10**9)
SORT_WINDOW = 16  # batches whose examples are sorted by length together


def loss(
    model: LlamaForCausalLM, ids: torch.Tensor, labels: torch.Tensor
) -> tuple[torch.Tensor, torch.Tensor]:
    """Mean cross-entropy of target tokens and of prompt tokens. `ids`, `labels` (rows, length).

    Labels are the ids, negated less one on the prompt, `PAD_LABEL` on padding. Padding is on the right, so causal attention alone
    hides it.
    """
    import torch

    hidden = model.model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
    wanted = labels[:, 1:]
    target, prompt = wanted >= 0, (wanted < 0) & (wanted > PAD_LABEL)
    on_target = torch.nn.functional.cross_entropy(model.lm_head(hidden[target]), wanted[target])
    on_prompt = torch.nn.functional.cross_entropy(model.lm_head(hidden[prompt]), -1 - wanted[prompt])
    return on_target, on_prompt


def batches(
    tokenizer: PreTrainedTokenizerFast,
    prompt: PromptFormat,
    theorems: list[Theorem],
    size: int,
    rng: random.Random,
    *,
    rename: bool,
) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Endless (ids, labels), reshuffled and renamed afresh every pass; like lengths share a batch."""
    while True:
        order = rng.sample(theorems, len(theorems))
        for start in range(0, len(order), size * SORT_WINDOW):
            window = order[start : start + size * SORT_WINDOW]
            examples = [encode(tokenizer, *example(prompt, t, rng if rename else None)) for t in window]
            examples.sort(key=lambda e: len(e[0]))
            chunks = [examples[i : i + size] for i in range(0, len(examples), size)]
            rng.shuffle(chunks)
            for chunk in chunks:
                yield collate(chunk, tokenizer.pad_token_id)


def encode(tokenizer: PreTrainedTokenizerFast, prompt: str, target: str) -> Example:
    """Tokens of one training example."""
    head: list[int] = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    tail: list[int] = tokenizer(target, add_special_tokens=False)["input_ids"]
    return [*head, *tail, tokenizer.eos_token_id], len(head)


def fits(item: Example, config: RunConfig) -> bool:
    """Whether prompt and target keep within the configured lengths."""
    ids, prompt_length = item
    return (
        prompt_length <= config.model.max_prompt_tokens
        and len(ids) - prompt_length <= config.model.max_new_tokens
    )


def collate(chunk: list[Example], pad: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Ids and labels (rows, longest), as `loss` reads them; padding `pad` is on the right."""
    import torch

    longest = max(len(ids) for ids, _ in chunk)
    ids = torch.full((len(chunk), longest), pad)
    labels = torch.full((len(chunk), longest), PAD_LABEL)
    for row, (tokens, prompt_length) in enumerate(chunk):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        labels[row, :prompt_length] = -1 - ids[row, :prompt_length]
        labels[row, prompt_length : len(tokens)] = torch.tensor(tokens[prompt_length:])
    return ids, labels


# -- Renaming for the warm start: the same problem with other names, so that copying is learned rather than names. --
#
# What a statement binds (variables, hypotheses) is renamed consistently in statement and proof; definitions and lemmas get
# other handles (tiny prompt). Both are bijections: the inverse restores the text.

_NAMED_ARGUMENT = re.compile(r"([^\W\d][\w']*)\s*:=")
_VARIABLES = (*"abcdefgijkmnpqrstuvwxyz", "n'", "x'", "s'", "u₁", "u₂", "x₁", "x₂", "ℓ", "ρ", "ω", "θ")
_HYPOTHESES = (*("h" + s for s in ("x", "y", "z", "1", "2", "₁", "₂", "'", *"abmnpqks")),)


@dataclass(frozen=True)
class Renaming:
    """A one-to-one map of identifiers. Fresh names must not occur in the texts it is applied to."""

    names: dict[str, str]

    def apply(self, text: str) -> str:
        """Rename the first component of each identifier: `s.level` follows `s`, a projection `.s` does not."""
        return IDENT.sub(lambda match: self._rename(match[0]), text)

    def _rename(self, ident: str) -> str:
        head, dot, tail = ident.partition(".")
        return self.names.get(head, head) + dot + tail


def draw_renaming(statement: str, proof: str, taken: str, rng: Random) -> Renaming:
    """A random renaming of what `statement` binds; no fresh name occurs in the statement, the proof or `taken`."""
    texts = " ".join((statement, proof, taken))
    used = set(re.findall(r"[^\W\d][\w']*", texts))
    fixed = set(_NAMED_ARGUMENT.findall(texts))  # `(n := 3)` names a binder of another theorem
    pools = {
        False: [v for v in _VARIABLES if v not in used],
        True: [h for h in _HYPOTHESES if h not in used],
    }
    for pool in pools.values():
        rng.shuffle(pool)
    chosen: dict[str, str] = {}
    for name in bound_names(" ".join(statement.split()[2:])):
        pool = pools[is_hypothesis(name)]
        if name not in fixed and pool and rng.random() < 0.7:
            chosen[name] = pool.pop()
    return Renaming(chosen)


def rename(theorem: Theorem, rng: Random) -> Theorem:
    """The same theorem and proof with other bound names."""
    proof = theorem.proof or ""
    renaming = draw_renaming(theorem.statement, proof, " ".join((*theorem.premises, *theorem.lemmas)), rng)
    return theorem.model_copy(
        update={"statement": renaming.apply(theorem.statement), "proof": renaming.apply(proof)},
    )


def shuffled_handles(theorem: Theorem, rng: Random) -> Handles:
    """The theorem's handles, dealt at random among all there are."""
    own = handles_of(theorem)
    kinds = (names.TYPES, names.DEFINITIONS, names.LEMMAS, names.VARIABLES, names.HYPOTHESES)
    deal = {old: new for kind in kinds for old, new in zip(kind, rng.sample(kind, len(kind)), strict=True)}
    return Handles(
        {name: deal[handle] for name, handle in own.declared.items()},
        {name: deal[handle] for name, handle in own.bound.items()},
    )


def example(prompt: PromptFormat, theorem: Theorem, rng: Random | None) -> tuple[str, str]:
    """Prompt and target text of one training example; `rng` None leaves all names as they are."""
    proof = theorem.proof or ""
    if rng is None:
        return prompt.render(theorem), prompt.target(theorem, proof)
    if isinstance(prompt, TinyPrompt):  # bound names do not show
        handles = shuffled_handles(theorem, rng)
        return prompt.render(theorem, handles), prompt.target(theorem, proof, handles)
    theorem = rename(theorem, rng)
    return prompt.render(theorem), prompt.target(theorem, theorem.proof or "")
