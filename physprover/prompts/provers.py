"""The prompt formats of published provers, as complete texts with their chat markers (no chat template is applied later).

Sources: DeepSeek-Prover-V2 paper, appendix A, and README (CoT and non-CoT); Goedel-Prover-V2 README (the same CoT text in
a Qwen chat); Kimina-Prover README; PhysProver's released evaluation data (answer prefilled up to `:=`); STP and
DeepSeek-Prover-V1.5 (raw completion after `:= by`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.lean.text.statements import as_term, compose
from physprover.prompts.extract import PlainPrompt, begins_tactics, body_in_answer, body_in_prefill

if TYPE_CHECKING:
    from physprover.records import Theorem

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
_DEEPSEEK = "<｜begin▁of▁sentence｜>{system}<｜User｜>{user}<｜Assistant｜>"
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
        return f"```lean4\n{compose(_code(theorem), proof.strip())}\n```"

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

    def target(self, theorem: Theorem, proof: str) -> str:  # noqa: ARG002 - the prompt states it already
        body = as_term(proof)
        if self.opening.endswith("by"):
            # The line break is the model's to write: with the indentation after it, it is one token of most tokenizers.
            body = "\n  " + (body[2:].strip() if begins_tactics(body) else f"exact {body}")
        else:
            body = " " + body
        return body + "\n```"

    def extract(self, completion: str, theorem: Theorem | None = None) -> str:
        problem = (theorem.statement, theorem.header) if theorem else (None, None)
        body = body_in_prefill(completion, *problem)
        if self.opening.endswith("by") and body.strip() and not begins_tactics(body):
            return f"by\n{body}"
        return body.lstrip(" ")


def _markers(text: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(re.findall(r"<[|｜][^|｜<>]+[|｜]>", text)))


def _code(theorem: Theorem) -> str:
    """Header, docstring and statement, as the provers were shown them."""
    header = f"{theorem.header.strip()}\n\n" if theorem.header.strip() else ""
    doc = f"/-- {theorem.informal} -/\n" if theorem.informal else ""
    return header + doc + theorem.statement.strip()


def _slots(theorem: Theorem) -> dict[str, str]:
    return {"code": _code(theorem), "informal": theorem.informal or ""}


def _fill(template: str, slots: dict[str, str]) -> str:
    """`str.format` without its care for braces: one pass, so a value's own braces are left alone."""
    return re.sub(r"\{(\w+)\}", lambda match: slots.get(match[1], match[0]), template)


def _qwen_system(text: str) -> str:
    return f"<|im_start|>system\n{text}<|im_end|>\n"


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
        ChatPrompt("kimina", _THINK, _QWEN, _qwen_system("You are an expert in mathematics and Lean 4.")),
        ChatPrompt("goedel", _COMPLETE + _PLAN, _QWEN),
        PrefilledPrompt("physprover", _PHYSPROVER, " :="),
        PrefilledPrompt("stp", "Complete the following Lean 4 code:\n\n```lean4\n{code}", " := by"),
    )
}
