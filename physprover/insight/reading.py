"""Reading techniques off the steps of a proof: static, by the form of each step and the constants it names.

Whether a named theorem is needed is for Lean to say: see `physprover.insight.drops`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from physprover.insight.names import Scope, argument_list, arguments, constants
from physprover.insight.sketch import components, witness_spans
from physprover.insight.technique import Technique

if TYPE_CHECKING:
    from collections.abc import Iterator

    from physprover.insight.names import Named
    from physprover.insight.script import Script, Step
    from physprover.insight.technique import Name

_TACTICS: dict[str, Name] = {
    **dict.fromkeys(("rw", "rwa", "erw", "simp_rw", "conv", "nth_rewrite", "subst"), "rewrite"),
    **dict.fromkeys(("simp", "simp_all", "simpa", "dsimp", "unfold", "norm_num", "push_cast", "field_simp"), "simplify"),
    **dict.fromkeys(("cases", "split", "by_cases", "match", "interval_cases", "fin_cases"), "cases"),
    **dict.fromkeys(("exfalso", "contradiction", "by_contra", "nomatch", "absurd"), "contradiction"),
    **dict.fromkeys(("omega", "decide", "grind", "rfl", "trivial", "linarith", "nlinarith", "ring", "positivity"), "decide"),
    **dict.fromkeys(("set", "let", "generalize"), "define"),
    **dict.fromkeys(("funext", "ext"), "extensionality"),
    "constructor": "split", "symm": "symmetry", "calc": "calc", "suffices": "suffices",
}  # fmt: skip
_SILENT = frozenset(
    {"intro", "intros", "rintro", "have", "exact", "refine", "apply", "show", "revert", "·", "skip"}
)
_STATED = re.compile(r"(?:have|suffices)(?:\s+[^\s:]+)?\s*:(?!=)\s*")
_INDUCTION = re.compile(r"induction\s+(.+?)(?:\s+generalizing\s+(.+?))?(?:\s+with\b|\s*$)", re.DOTALL)
_PATTERN = re.compile(r"rcases\s+(.*?)\s+with\s+(.*)", re.DOTALL)


def found(script: Script, scope: Scope, witnesses: int = 0) -> list[tuple[Technique, int]]:
    """Techniques of a proof in order, each once, with the offset of what names it."""
    seen: dict[tuple[str, str], tuple[Technique, int]] = {}
    for step in script.walk():
        if not step.parts:  # their parts are walked too
            for technique, at in _of_step(script, step, scope, witnesses):
                seen.setdefault((technique.name, technique.detail), (technique, at))
    return list(seen.values())


def _of_step(script: Script, step: Step, scope: Scope, witnesses: int) -> Iterator[tuple[Technique, int]]:
    own = _own_text(script, step)
    for name, detail in _structure(own, step.head, bool(argument_list(script, step))):
        yield Technique(name=name, detail=" ".join(detail.split())), step.start
    for start, end in witness_spans(script, step, witnesses):
        yield Technique(name="witness", detail=" ".join(script.text[start:end].split())), start
    if step.head in ("refine", "exact") and "⟨" in own and not witness_spans(script, step, witnesses):
        yield Technique(name="split"), step.start
    named = [a.constant for a in arguments(script, step, scope) if a.constant is not None]
    named += constants(script, step, scope)
    for constant in named:
        yield call(constant), constant.start
    if step.head in ("exact", "apply") and not named and not step.blocks and "⟨" not in own:
        yield Technique(name="apply", detail=" ".join(own.split()[1:])), step.start


def call(constant: Named) -> Technique:
    """The technique of naming a constant: using a theorem or unfolding a definition."""
    return Technique(name="use" if constant.role == "theorem" else "unfold", detail=constant.name)


def _own_text(script: Script, step: Step) -> str:
    """A step's text up to the first block inside it."""
    end = min((b.steps[0].start for b in step.blocks if b.steps), default=step.end)
    return script.text[step.start : end]


def _structure(text: str, head: str, listed: bool) -> Iterator[tuple[Name, str]]:
    """What the form of a step says, without the constants it names."""
    if head == "induction" and (match := _INDUCTION.match(text)):
        yield "induction", match[1]
        if match[2]:
            yield "generalise", match[2]
    elif head == "rcases" and (match := _PATTERN.match(text)):
        yield ("cases" if "|" in match[2] else "obtain"), match[1]
    elif head == "obtain":
        yield "obtain", text.partition(":=")[2] or text[len(head) :]
    elif match := _STATED.match(text):
        yield ("claim" if head == "have" else "suffices"), _type(text[match.end() :])
    elif (name := _TACTICS.get(head)) is not None:
        detail = "" if listed or name in ("simplify", "rewrite", "split", "calc") else text[len(head) :]
        yield (
            name,
            f"{head} {detail}"
            if name == "decide" and not listed
            else head
            if name == "decide"
            else _target(detail),
        )
    elif head not in _SILENT and head:
        yield "tactic", head


def _type(text: str) -> str:
    """Up to the `:=` or `from` outside brackets."""
    spans = components(f"({text})", 0)
    whole = text if not spans else text[: spans[-1][1]]
    return re.split(r"\s*:=|\s+from\b|\s+by\b", whole, maxsplit=1)[0]


def _target(detail: str) -> str:
    return re.split(r"\s+with\b|\s*:=", detail.strip(), maxsplit=1)[0]
