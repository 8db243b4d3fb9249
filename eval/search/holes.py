"""`sorry` in a person's proof as the holes of a sketch."""

from __future__ import annotations

import re

from eval.search.sketch import ROOT, HoleSketch
from physprover.lean.text.proofs import masked_or_plain

_SORRY = re.compile(r"(?<![\w'.])sorry(?![\w'])")
_WHOLE = re.compile(r"(?:by\s+)?sorry")
# What may stand before a `sorry` that ends its line, and how the line then ends when the hole goes below it.
_ENDINGS = (
    (re.compile(r"^(.*:=)\s*(?:by\s+)?$"), " by"),
    (re.compile(r"^(.*\bby)\s*$"), ""),
    (re.compile(r"^(.*=>)\s*$"), ""),
    (re.compile(r"^(\s*·)\s*$"), ""),
)


def sorry_sketch(proof: str) -> HoleSketch | None:
    """The proof with a hole for each `sorry` that stands for a tactic block; None when one stands elsewhere, or there is none."""
    text = proof.strip()
    masked_text = masked_or_plain(text).masked
    if _WHOLE.fullmatch(" ".join(masked_text.split())):
        return ROOT
    lines: list[str] = []
    number = 0
    for line, masked in zip(text.split("\n"), masked_text.split("\n"), strict=True):
        found = _SORRY.search(masked)
        if found is None:
            lines.append(line)
            continue
        if masked[found.end() :].strip():
            return None
        above = _above(masked[: found.start()])
        if above is None:
            return None
        pad = len(line) - len(line.lstrip()) + (2 if above else 0)
        lines += [*([above] if above else []), f"{' ' * pad}⟪{number}⟫"]
        number += 1
    return HoleSketch(text="\n".join(lines)) if number else None


def _above(before: str) -> str | None:
    """The line that opens the hole's block, "" when the hole is a line of its own; None where no block can stand."""
    if not before.strip():
        return ""
    for pattern, ending in _ENDINGS:
        if match := pattern.match(before):
            return match[1] + ending
    return None
