"""Renaming for the warm start: the same problem with other names, so that copying is learned rather than names.

What a statement binds (variables, hypotheses) is renamed consistently in statement and proof; definitions and lemmas get
other handles (tiny prompt). Both are bijections: the inverse restores the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from physprover.prompts import handles as names
from physprover.prompts.definitions import IDENT
from physprover.prompts.handles import Handles, bound_names, is_hypothesis
from physprover.prompts.tiny import TinyPrompt, handles_of

if TYPE_CHECKING:
    from random import Random

    from physprover.prompts import PromptFormat
    from physprover.records import Theorem

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

    def inverse(self) -> Renaming:
        return Renaming({new: old for old, new in self.names.items()})

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
