"""Renaming for the warm start: the same problem with other names, so that copying is learned rather than names.

What a statement binds (variables, hypotheses) is renamed consistently in statement and proof; definitions and lemmas get
other handles (tiny prompt). Both are bijections: the inverse restores the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.prompts.definitions import IDENT
from physprover.prompts.tiny import DEFINITION_HANDLES, LEMMA_HANDLES, Handles, TinyPrompt, handles_of

if TYPE_CHECKING:
    from random import Random

    from physprover.prompts import PromptFormat
    from physprover.records import Theorem

_BINDER = re.compile(r"[({⦃\[]\s*((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*:(?!=)")
_QUANTIFIER = re.compile(r"(?:[∀∃]|\bfun)\s+((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*(?:,|:|=>|[<>≤≥∈≠])")
_NAMED_ARGUMENT = re.compile(r"([^\W\d][\w']*)\s*:=")
_VARIABLES = (*"abcdefgijkmnpqrstuvwxyz", "n'", "x'", "s'", "u₁", "u₂", "x₁", "x₂", "ℓ", "ρ", "ω", "θ")
_HYPOTHESES = (
    "h",
    "hx",
    "hy",
    "hz",
    "h1",
    "h2",
    "h₁",
    "h₂",
    "h'",
    "ha",
    "hb",
    "hm",
    "hn",
    "hp",
    "hq",
    "hk",
    "hs",
)


@dataclass(frozen=True)
class Renaming:
    """A one-to-one map of identifiers. Fresh names must not occur in the texts it is applied to."""

    names: dict[str, str]

    def apply(self, text: str) -> str:
        """Rename the first component of each identifier: `s.level` follows `s`, a projection `.s` does not."""
        return IDENT.sub(lambda match: self._rename(match[0]), text)

    def inverse(self) -> Renaming:
        return Renaming({new: old for old, new in self.names.items()})

    def _rename(self, ident: str) -> str:
        head, dot, tail = ident.partition(".")
        return self.names.get(head, head) + dot + tail


def bound_names(statement: str) -> list[str]:
    """Names that a statement binds, in order: binders, quantifiers, `fun`. The theorem's own name is not one."""
    goal = " ".join(statement.split()[2:])
    groups = [m[1] for pattern in (_BINDER, _QUANTIFIER) for m in pattern.finditer(goal)]
    return list(dict.fromkeys(name for group in groups for name in group.split() if name != "_"))


def draw_renaming(statement: str, proof: str, taken: str, rng: Random) -> Renaming:
    """A random renaming of what `statement` binds; no fresh name occurs in the statement, the proof or `taken`."""
    used = {m[0].partition(".")[0] for text in (statement, proof, taken) for m in IDENT.finditer(text)}
    used |= set(
        re.findall(r"[^\W\d][\w']*", statement + " " + proof)
    )  # fields too: `⟨x⟩` must not become a clash
    fixed = set(_NAMED_ARGUMENT.findall(proof)) | set(_NAMED_ARGUMENT.findall(statement))
    pools = {False: [v for v in _VARIABLES if v not in used], True: [h for h in _HYPOTHESES if h not in used]}
    for pool in pools.values():
        rng.shuffle(pool)
    names: dict[str, str] = {}
    for name in bound_names(statement):
        pool = pools[name.startswith("h") and (len(name) > 1 or name == "h")]
        if name not in fixed and name != "h" and name[0].islower() and pool and rng.random() < 0.7:
            names[name] = pool.pop()
    return Renaming(names)


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
    definitions = rng.sample(DEFINITION_HANDLES, len(DEFINITION_HANDLES))
    lemmas = rng.sample(LEMMA_HANDLES, len(LEMMA_HANDLES))
    pools = {"d": iter(definitions), "l": iter(lemmas)}
    return Handles({name: next(pools[handle[2]]) for name, handle in own.names.items()})


def example(prompt: PromptFormat, theorem: Theorem, rng: Random | None) -> tuple[str, str]:
    """Prompt and target text of one training example; `rng` None leaves all names as they are."""
    if rng is not None:
        theorem = rename(theorem, rng)
    proof = theorem.proof or ""
    if isinstance(prompt, TinyPrompt):
        handles = shuffled_handles(theorem, rng) if rng is not None and rng.random() < 0.5 else None
        return prompt.render(theorem, handles), prompt.target(theorem, proof, handles)
    return prompt.render(theorem), prompt.target(theorem, proof)
