"""Prompt formats by name: how a theorem is put to a model, and how a proof body is taken from what it wrote.

    prompt = get_prompt("tiny")
    text = prompt.render(theorem)                 # the complete prompt, special tokens included
    proof = prompt.extract(completion, theorem)   # what goes after `:=`, see text.statements.compose

`render` is the whole text: samplers tokenise it with `add_special_tokens=False` and apply no chat template.
`extract` never trusts a statement in a completion: only a proof body leaves it, and Lean judges that body against the
problem's own statement.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from physprover.errors import ConfigError, DataError
from physprover.lean.text.statements import parted
from physprover.prompts.insight import InsightPrompt
from physprover.prompts.provers import CHAT, CONJECTURERS, PROVERS, RawPrompt, STPConjecture, TemplatePrompt
from physprover.prompts.tiny import SKETCH, TinyConjecture, TinyPrompt
from physprover.records import Theorem

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


__all__ = ["PROMPT_NAMES", "PromptFormat", "get_prompt", "says"]


class PromptFormat(Protocol):
    """One way of asking a model for a proof."""

    @property
    def name(self) -> str: ...

    @property
    def tokens(self) -> tuple[str, ...]:
        """Tokens of its own that a model's vocabulary must hold."""
        ...

    @property
    def markers(self) -> tuple[str, ...]:
        """Chat markers in its text, each of which is one token of the models it was made for."""
        ...

    @property
    def stop(self) -> tuple[str, ...]:
        """Texts that end an answer, as the end token does: what follows is no part of it."""
        ...

    def render(self, theorem: Theorem) -> str:
        """The text a model continues. It ends where a tokenizer ends a token, whatever the model writes next."""
        ...

    def target(self, theorem: Theorem, proof: str) -> str:
        """What a model should write after the prompt to state `proof`; the end token is the caller's."""
        ...

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        """The proof body in a completion, "" where there is none. Formats that abbreviate names need the theorem."""
        ...

    def excluded(self, prompt: str) -> tuple[str, ...]:
        """Tokens of this and like formats that no answer to the rendered `prompt` can contain; samplers never draw them."""
        ...

    @property
    def parts(self) -> tuple[str, ...]:
        """Tokens that begin the parts of an answer after its first, in order; samplers draw the last before the end."""
        ...


_FORMATS: dict[str, PromptFormat] = {
    "tiny": TinyPrompt(),
    "tiny-brief": TinyPrompt(name="tiny-brief", lemma_limit=0),
    "tiny-sketch": InsightPrompt(name="tiny-sketch", opening=SKETCH),
    "tiny-insight": InsightPrompt(),
    **CHAT,
    **PROVERS,
}
_BOUND = (TemplatePrompt, RawPrompt, STPConjecture)  # texts of the tokenizer's own in them
PROMPT_NAMES = tuple(_FORMATS)  # those that ask for a proof


def get_prompt(name: str, tokenizer: PreTrainedTokenizerBase | None = None) -> PromptFormat:
    """The format called `name`, of a prover or a conjecturer; `ConfigError` names the known ones.

    `chat` formats render in the template of `tokenizer`; `ModelError` where it has none. Raw ones (`stp`) begin with its first token.
    """
    formats: dict[str, PromptFormat] = {**_FORMATS, **CONJECTURERS, "tiny-conjecture": TinyConjecture()}
    try:
        found = formats[name]
        return found.bind(tokenizer) if isinstance(found, _BOUND) and tokenizer is not None else found
    except KeyError:
        raise ConfigError(f"unknown prompt format `{name}`; known: {', '.join(formats)}") from None


def says(prompt: PromptFormat, theorem: Theorem) -> bool:
    """Whether an answer in this format can hold the theorem's proof.

    Commands of a proof's own stand before the statement, where an answer that begins behind it cannot put them.
    """
    proof = theorem.proof or ""
    if not parted(proof)[0]:
        return True
    try:
        return bool(parted(prompt.extract(prompt.target(theorem, proof), theorem))[0])
    except DataError:
        return False
