"""A theorem's statement taken apart, `theorem name binders : type`: read off its text, without Lean."""

from __future__ import annotations

import re

_OPEN, _CLOSE = "([{⟨⦃", ")]}⟩⦄"
_NAMED = re.compile(r"\s*(?:theorem|lemma)\s+(?:«[^»]*»|(?!\.\{)[^\s:(\[{⟨⦃«»])+(?:\.\{[^}]*\})?")
_COLON, _COMMA = re.compile(r":(?!=)"), re.compile(",")
# What stands behind the first of these belongs to it, so a `→` after another one ends no premise of the whole.
_REACHES_ON = re.compile(r"[→↔∀∃λ]|(?<![\w'.])(?:fun|let|have|if|match)(?![\w'])")


def signature(statement: str) -> tuple[str, str] | None:
    """(binders, type), without the space around them; None for a text of another form."""
    named = _NAMED.match(statement)
    if named is None:
        return None
    rest = statement[named.end() :]
    colon = _outside_brackets(_COLON, rest)
    return (rest[: colon.start()].strip(), rest[colon.end() :].strip()) if colon else None


def conclusion(statement: str) -> str:
    """The type behind its `∀ …,` and its premises, as after `intro`; "" for a text of another form."""
    parts = signature(statement)
    goal = _unwrapped(parts[1]) if parts else ""
    while (end := _introduced(goal)) is not None:
        goal = _unwrapped(goal[end:])
    return goal


def _introduced(goal: str) -> int | None:
    """Where the `∀ …,` or the premise that a type begins with ends."""
    found = _outside_brackets(_COMMA if goal.startswith("∀") else _REACHES_ON, goal)
    return found.end() if found and found[0] in (",", "→") else None


def _unwrapped(text: str) -> str:
    """The text without brackets around the whole of it."""
    text = text.strip()
    while text.startswith("(") and _closing(text) == len(text) - 1:
        text = text[1:-1].strip()
    return text


def _closing(text: str) -> int | None:
    """Offset of the bracket that closes the one a text begins with."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0:
            return at
    return None


def _outside_brackets(pattern: re.Pattern[str], text: str) -> re.Match[str] | None:
    """The first match outside all brackets."""
    depth = 0
    for at, char in enumerate(text):
        depth += (char in _OPEN) - (char in _CLOSE)
        if depth == 0 and (found := pattern.match(text, at)) is not None:
            return found
    return None
