"""The prompt formats of given models: published provers' own, and the chat template of any model's tokenizer.

Those of provers are complete texts with their chat markers (no chat template is applied later).

Sources: DeepSeek-Prover-V2 paper, appendix A, and README (CoT and non-CoT); Goedel-Prover-V2 README (the same CoT text in
a Qwen chat); Kimina-Prover README; PhysProver's released evaluation data (answer prefilled up to `:=`); STP and
DeepSeek-Prover-V1.5 (raw completion after `:= by`, behind the tokenizer's first token).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from textwrap import indent
from typing import TYPE_CHECKING

from physprover.errors import ModelError, first_line
from physprover.lean.text.definitions import declarations
from physprover.lean.text.statements import as_laid_out, as_tactics, as_term, compose, parted, with_commands
from physprover.prompts.extract import PlainPrompt, begins_tactics, body_in_answer, body_in_prefill
from physprover.prompts.tiny import relevant
from physprover.records import Theorem

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


_COMPLETE = "Complete the following Lean 4 code:\n\n```lean4\n{code} := by\n  sorry\n```"
_PLAN = (
    "\n\nBefore producing the Lean 4 code to formally prove the given theorem, provide a detailed proof plan outlining the "
    "main proof steps and strategies.\nThe plan should highlight key ideas, intermediate lemmas, and proof structures that "
    "will guide the construction of the final formal proof."
)
_THINK = (
    "Think about and solve the following problem step by step in Lean 4.\n# Problem:{informal}\n"
    "# Formal statement:\n```lean4\n{code} := by\n  sorry\n```\n"
)
_PHYSICIST = "You are an expert in mathematics, physics and Lean 4."
_DEEPSEEK_FIRST = "<｜begin▁of▁sentence｜>"
_DEEPSEEK = _DEEPSEEK_FIRST + "{system}<｜User｜>{user}<｜Assistant｜>"
_QWEN = "{system}<|im_start|>user\n{user}<|im_end|>\n<|im_start|>assistant\n"


@dataclass(frozen=True)
class ChatPrompt(PlainPrompt):
    """A user turn with the problem; the model answers with a fenced block that repeats the statement."""

    name: str
    user: str  # slots {code}, {informal}
    chat: str  # slots {system}, {user}
    system: str = ""

    @property
    def markers(self) -> tuple[str, ...]:  # type: ignore[override]
        return _markers(self.chat + self.system)

    def render(self, theorem: Theorem) -> str:
        return _fill(self.chat, {"system": self.system, "user": _fill(self.user, _slots(theorem))})

    def target(self, theorem: Theorem, proof: str) -> str:
        commands, body = parted(proof)
        return f"```lean4\n{compose(_code(theorem, commands), body.rstrip())}\n```"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        if theorem is None:
            return body_in_answer(completion, None)
        return body_in_answer(completion, theorem.statement, theorem.header)


@dataclass(frozen=True)
class PrefilledPrompt(PlainPrompt):
    """The answer is begun for the model, up to `opening`; it writes the rest of the proof and closes the fence."""

    name: str
    text: str  # slots {code}, {informal}
    opening: str  # the last characters of the prompt: " :=" or " := by"
    stop: tuple[str, ...] = ("\n```",)  # the fence was opened in the prompt

    @property
    def markers(self) -> tuple[str, ...]:  # type: ignore[override]
        return _markers(self.text)

    def render(self, theorem: Theorem) -> str:
        return _fill(self.text, _slots(theorem)) + self.opening

    def target(self, theorem: Theorem, proof: str) -> str:
        body = as_term(proof)
        if self.opening.endswith("by"):
            # The line break is the model's to write: with the indentation after it, it is one token of most tokenizers.
            body = "\n" + indent(as_tactics(proof, theorem.statement), "  ")
        elif not body.startswith("\n"):
            body = " " + body
        return body + "\n```"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        problem = (theorem.statement, theorem.header) if theorem else (None, None)
        commands, body = parted(body_in_prefill(completion, *problem))
        if self.opening.endswith("by") and body.strip() and not begins_tactics(body):
            body = "by\n" + body.removeprefix("\n")
        return with_commands(commands, as_laid_out(body))


@dataclass(frozen=True)
class RawPrompt(PrefilledPrompt):
    """No chat: a text that the model goes on with. `before` is the token that its tokenizer begins every text with, from `bind`."""

    before: str = ""

    def bind(self, tokenizer: PreTrainedTokenizerBase) -> RawPrompt:
        return replace(self, before=_first_token(tokenizer))

    def render(self, theorem: Theorem) -> str:
        return self.before + super().render(theorem)


def _first_token(tokenizer: PreTrainedTokenizerBase) -> str:
    """The text of the token that this tokenizer puts before a plain text, "" where it puts none."""
    first = str(tokenizer.bos_token or "")
    # transformers 5 does not read `add_bos_token` beside a tokenizer.json that adds none: DeepSeek's
    added = first == _DEEPSEEK_FIRST or tokenizer("a")["input_ids"][:1] == [tokenizer.bos_token_id]
    return first if added else ""


def _markers(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"<[|｜][^|｜<>]+[|｜]>", text)))


def _code(theorem: Theorem, commands: str = "") -> str:
    """Header, a proof's own commands, docstring and statement, as the provers were shown them."""
    header = f"{theorem.header.strip()}\n\n" if theorem.header.strip() else ""
    doc = f"/-- {theorem.informal} -/\n" if theorem.informal else ""
    return header + commands + doc + theorem.statement.strip()


def _slots(theorem: Theorem) -> dict[str, str]:
    return {"code": _code(theorem), "informal": theorem.informal or ""}


def _fill(template: str, slots: dict[str, str]) -> str:
    """`str.format` without its care for braces: one pass, so a value's own braces are left alone."""
    return re.sub(r"\{(\w+)\}", lambda match: slots.get(match[1], match[0]), template)


_PHYSPROVER = (
    f"<｜begin▁of▁sentence｜>{_PHYSICIST}<｜User｜>"
    "Think about and solve the following problem step by step in Lean 4. -> Directly give the formal statement in Lean 4.\n"
    "# Problem:{informal}\n# Formal statement:\n```lean4\n{code} :=\n  sorry\n```\n<｜Assistant｜>```lean4\n{code}"
)

PROVERS: dict[str, ChatPrompt | PrefilledPrompt] = {
    prompt.name: prompt
    for prompt in (
        ChatPrompt("deepseek-prover-v2", _COMPLETE, _DEEPSEEK),
        ChatPrompt("deepseek-prover-v2-cot", _COMPLETE + _PLAN, _DEEPSEEK),
        ChatPrompt(
            "kimina",
            _THINK,
            _QWEN,
            "<|im_start|>system\nYou are an expert in mathematics and Lean 4.<|im_end|>\n",
        ),
        ChatPrompt("goedel", _COMPLETE + _PLAN, _QWEN),
        PrefilledPrompt("physprover", _PHYSPROVER, " :="),
        RawPrompt("stp", "Complete the following Lean 4 code:\n\n```lean4\n{code}", " := by"),
    )
}


# -- The chat template of the model's own tokenizer: for any instruction-tuned model, whatever family it is of. --
#
#     prompt = get_prompt("chat", tokenizer)     # needs the tokenizer; the other formats are complete texts
#
# The theorem is the user's message. The answer is begun for the model, "```lean4\\nby", so that what it writes is the proof
# alone, and ends at the closing fence. `chat` shows the whole header, `chat-short` only the declarations that the statement
# rests on, which small models and small machines can afford.

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
        if after.rstrip().endswith("<think>"):  # the proof is no part of the thoughts
            after = after.rstrip() + "\n\n</think>\n\n"
        return replace(self, before=before, after=after)

    def render(self, theorem: Theorem) -> str:
        if not self.after and not self.before:
            raise ModelError(f"the prompt format `{self.name}` needs the model's tokenizer")
        context = _relevant_text(theorem) if self.short else theorem.header.strip()
        doc = f"/-- {theorem.informal} -/\n" if theorem.informal else ""
        code = "\n\n".join(part for part in (context, doc + theorem.statement.strip()) if part)
        message = f"Prove this theorem in Lean 4.\n\n```lean4\n{code}\n```"
        return f"{self.before}{message}{self.after}{_OPENING}"

    def target(self, theorem: Theorem, proof: str) -> str:
        body = as_term(proof)
        if body.startswith("by\n"):
            return body.removeprefix("by") + "\n```"
        return "\n" + indent(as_tactics(proof, theorem.statement), "  ") + "\n```"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        body = body_in_prefill(completion, theorem.statement if theorem else None)
        if body.strip() and not begins_tactics(body):
            return "by\n" + body.removeprefix("\n")
        return as_laid_out(body)


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


# -- A conjecturer: a proved theorem in, a harder statement out. Source: STP (arXiv 2502.00212), with the header put before its three
# blocks, since our theorems rest on definitions that a model has not learned by heart. `extract` returns the text of a statement,
# which nobody trusts: `data_gen.candidates.read_statement` decides what may become a conjecture. --

_END = "</hard theorem>"
_CUT = re.compile(rf"{re.escape(_END)}|```|:=")


@dataclass(frozen=True)
class STPConjecture(PlainPrompt):
    """Lemma, easy theorem with its proof, and the beginning of a hard one; the model writes on."""

    name: str = "stp-conjecture"
    before: str = ""

    def bind(self, tokenizer: PreTrainedTokenizerBase) -> STPConjecture:
        return replace(self, before=_first_token(tokenizer))

    def render(self, theorem: Theorem) -> str:
        """`theorem` is the seed, with its proof; its first known lemma goes before it."""
        lemma = next(filter(None, (_stated(theorem.header, name) for name in theorem.lemmas)), "")
        blocks = [f"<lemma>\n{lemma}\n</lemma>"] if lemma else []
        blocks.append(
            f"<easy theorem>\n{compose(theorem.statement, theorem.proof or 'sorry')}\n</easy theorem>"
        )
        header = theorem.header.strip()
        code = "\n".join([*([header] if header else []), *blocks, "<hard theorem>\ntheorem"])
        return f"{self.before}Complete the following Lean 4 code:\n\n```lean4\n{code}"

    def target(self, theorem: Theorem, proof: str) -> str:  # noqa: ARG002 - the seed is in the prompt
        """What a model should write to state `proof`, here the statement of a conjecture."""
        return f" {proof.removeprefix('theorem').strip()}\n{_END}"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:  # noqa: ARG002
        """The statement a completion begins with, "" where there is none."""
        text = _CUT.split(completion, maxsplit=1)[0].strip()
        return f"theorem {text}" if text else ""


def _stated(header: str, name: str) -> str:
    """The statement of a theorem of the header, "" where it cannot be found by its written name."""
    found = re.search(rf"^theorem {re.escape(name.rpartition('.')[2])}\b.*?(?=:=)", header, re.DOTALL | re.M)
    return " ".join(found[0].split()) if found else ""


CONJECTURERS: dict[str, STPConjecture] = {"stp-conjecture": STPConjecture()}
