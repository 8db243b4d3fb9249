"""The chat template of the model's own tokenizer: for any instruction-tuned model, whatever family it is of.

    prompt = get_prompt("chat", tokenizer)     # needs the tokenizer; the other formats are complete texts

The theorem is the user's message. The answer is begun for the model, "```lean4\\nby", so that what it writes is the proof
alone, and ends at the closing fence. `chat` shows the whole header, `chat-short` only the declarations that the statement
rests on, which small models and small machines can afford.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from physprover.errors import ModelError, first_line
from physprover.lean.text.definitions import declarations
from physprover.prompts.extract import PlainPrompt, body_in_prefill
from physprover.prompts.tiny import relevant

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

    from physprover.records import Theorem

_MARK = "<physprover-message>"  # found again in the rendered template
_OPENING = "```lean4\nby"
_KEYWORDS = {
    "prop": "def",
    "rec": "def",
    "match": "def",
    "struct": "structure",
    "enum": "inductive",
    "ind": "inductive",
}
_CHARS = 160  # of a declaration shown by `chat-short`
_LEMMAS = 3  # shown by it


@dataclass(frozen=True)
class TemplatePrompt(PlainPrompt):
    """`before` and `after` are what the template puts round the user's message; empty until `bind`."""

    name: str = "chat"
    short: bool = False
    before: str = ""
    after: str = ""
    stop: tuple[str, ...] = ("\n```",)

    def bind(self, tokenizer: PreTrainedTokenizerBase) -> TemplatePrompt:
        """The format in the template of `tokenizer`. Raises `ModelError` where there is none, or none that can be used."""
        if not getattr(tokenizer, "chat_template", None):
            raise ModelError(
                f'model.prompt = "{self.name}": the model\'s tokenizer has no chat template; it is a base model, or the '
                'template was lost. Choose another format, e.g. model.prompt = "stp"'
            )
        try:
            text = tokenizer.apply_chat_template(
                [{"role": "user", "content": _MARK}], tokenize=False, add_generation_prompt=True
            )
        except Exception as error:  # templates are programs: jinja2 raises what they raise
            raise ModelError(
                f'model.prompt = "{self.name}": the model\'s chat template fails: {first_line(error)}'
            ) from None
        before, found, after = str(text).partition(_MARK)
        if not found:
            raise ModelError(
                f"model.prompt = \"{self.name}\": the model's chat template drops the user's message"
            )
        return replace(self, before=before, after=after)

    def render(self, theorem: Theorem) -> str:
        if not self.after and not self.before:
            raise ModelError(f"the prompt format `{self.name}` needs the model's tokenizer")
        context = _relevant_text(theorem) if self.short else theorem.header.strip()
        doc = f"/-- {theorem.informal} -/\n" if theorem.informal else ""
        code = "\n\n".join(part for part in (context, doc + theorem.statement.strip()) if part)
        message = f"Prove this theorem in Lean 4.\n\n```lean4\n{code}\n```"
        return f"{self.before}{message}{self.after}{_OPENING}"

    def target(self, theorem: Theorem, proof: str) -> str:  # noqa: ARG002 - the prompt states it already
        body = proof.strip()
        if body == "by" or not body.startswith(("by ", "by\n")):
            return f"\n  exact {body}\n```"
        body = body[2:]
        return (body if body.startswith("\n") else "\n  " + body.strip()) + "\n```"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        body = body_in_prefill(completion, theorem.statement if theorem else None)
        return f"by\n{body}" if body.strip() and not body.startswith("by") else body.lstrip(" ")


def _relevant_text(theorem: Theorem) -> str:
    """What the statement rests on, a declaration a line, cut where it is long."""
    known = declarations(theorem.header)
    lines, lemmas = [], 0
    for found in (known[name] for name in relevant(theorem) if name in known):
        lemmas += found.kind == "theorem"
        if found.kind == "theorem" and lemmas > _LEMMAS:
            continue
        text = f"{_KEYWORDS.get(found.kind, found.kind)} {found.name} {found.text}"
        lines.append(text if len(text) <= _CHARS else text[:_CHARS] + " …")
    return "\n".join(lines)


CHAT: dict[str, TemplatePrompt] = {
    p.name: p for p in (TemplatePrompt(), TemplatePrompt("chat-short", short=True))
}
