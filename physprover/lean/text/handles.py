"""Names of one theorem <-> handles, single tokens that stand for them.

Types, definitions and lemmas are numbered in the order of the prompt, each apart: what `simp` can unfold is d0, d1, …; what a text binds (`(m v : Int)`, `∃ x,`, `fun y =>`) is
numbered in the order of binding, hypotheses (names that begin with h) apart. Two problems that differ in names only have
the same prompt and the same answer.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from physprover.lean.text.definitions import IDENT

TYPES = tuple(f"<|t{i}|>" for i in range(6))
DEFINITIONS = tuple(f"<|d{i}|>" for i in range(12))
LEMMAS = tuple(f"<|l{i}|>" for i in range(6))
VARIABLES = tuple(f"<|v{i}|>" for i in range(10))
HYPOTHESES = tuple(f"<|h{i}|>" for i in range(6))
HANDLES = (*TYPES, *DEFINITIONS, *LEMMAS, *VARIABLES, *HYPOTHESES)

HANDLE = re.compile(r"<\|[tdlvh]\d+\|>")
_SPACE_BEFORE = re.compile(r"(?<=\S) (?=<\|[tdlvh]\d+\|>)")
_NO_SPACE_AFTER = frozenset("([{⟨@.? \n")
_BINDER = re.compile(r"[({⦃\[]\s*((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*:(?!=)")
_QUANTIFIER = re.compile(r"(?:[∀∃]|\bfun)\s+((?:[^\W\d][\w']*\s+)*[^\W\d][\w']*)\s*(?:,|:|=>|[<>≤≥∈≠])")


def bound_names(text: str) -> list[str]:
    """Names that a signature or statement binds: those of binders in order, then of quantifiers and `fun`."""
    groups = [m[1] for pattern in (_BINDER, _QUANTIFIER) for m in pattern.finditer(text)]
    return list(dict.fromkeys(name for group in groups for name in group.split() if name != "_"))


def is_hypothesis(name: str) -> bool:
    """By the library's habit: h, h₁, hx, hpos."""
    return name.startswith("h")


@dataclass(frozen=True)
class Handles:
    """A one-to-one map between names and handles; a bound name shadows a declared one."""

    declared: dict[str, str]  # definition or lemma, as written -> handle
    bound: dict[str, str] = field(default_factory=dict)  # variable or hypothesis -> handle
    back: dict[str, str] = field(init=False)

    def __post_init__(self) -> None:
        both = (*self.declared.items(), *self.bound.items())
        object.__setattr__(self, "back", {handle: name for name, handle in both})

    def binding(self, text: str) -> Handles:
        """The same declarations with what `text` binds."""
        names = bound_names(text)
        bound = dict(zip((n for n in names if not is_hypothesis(n)), VARIABLES, strict=False))
        bound.update(zip((n for n in names if is_hypothesis(n)), HYPOTHESES, strict=False))
        return Handles(self.declared, bound)

    def hide(self, text: str) -> str:
        """Replace known names by handles, with no space before them; `Spin.up` keeps `.up` after the handle of `Spin`."""
        return _SPACE_BEFORE.sub("", IDENT.sub(lambda match: self._hide(match[0]), text))

    def show(self, text: str) -> str:
        """Replace handles by names, with a space before them wherever Lean allows one.

        A variable or hypothesis beyond those of the problem is a fresh name: proofs bind some too (`| succ k ih`). A
        definition or lemma beyond them stays a handle, and Lean refuses it.
        """

        def name(match: re.Match[str]) -> str:
            before = text[match.start() - 1 : match.start()]
            space = "" if not before or before in _NO_SPACE_AFTER else " "
            return space + (self.back.get(match[0]) or self._fresh(match[0]))

        return HANDLE.sub(name, text)

    def _fresh(self, handle: str) -> str:
        if handle not in VARIABLES + HYPOTHESES:
            return handle
        name = ("x" if handle in VARIABLES else "h") + handle[3:-2]
        while name in self.bound or name in self.declared:
            name += "'"
        return name

    def _hide(self, ident: str) -> str:
        parts = ident.split(".")
        if parts[0] in self.bound:
            return ".".join([self.bound[parts[0]], *parts[1:]])
        for end in range(len(parts), 0, -1):
            handle = self.declared.get(".".join(parts[:end]))
            if handle:
                return ".".join([handle, *parts[end:]])
        return ident
