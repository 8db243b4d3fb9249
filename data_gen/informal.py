"""Statements in words, from the docstrings of the definitions they speak of.

If r is positive and s is positive, then the resistance of two resistors side by side (`parallel r s`) is less than r.
"""

from __future__ import annotations

import re
from functools import lru_cache

from data_gen.arithmetic import UnknownError, read
from data_gen.headers import Header
from physprover.lean.text.terms import Statement, bare, relation, split_at, top_level

_DOCSTRING = r"/--((?:(?!-/).)*)-/\s*(?:@\[[^\]]*\]\s*)?(?:def|abbrev|structure|inductive)\s+{name}\b"
# Beginnings of a docstring that is a sentence or an adverbial, which cannot be the subject of another sentence.
_NO_NOUN = r"(?:after|at|back|behind|between|from|in|no|something|under|vanishes|with)\b"
_WORDS = {
    "=": "equals",
    "≠": "differs from",
    "≤": "is at most",
    "<": "is less than",
    "≥": "is at least",
    ">": "is greater than",
}
_ZERO = {"<": "is positive", "≤": "is not negative", "≠": "is not zero"}
_JOINTS = (("↔", "exactly when"), ("∧", "and"), ("∨", "or"))


def sentence(statement: Statement, header: Header) -> str:
    """The statement as one English sentence; terms that are not read stay as they are written."""
    facts = [_phrase(fact, header) for fact in statement.hypotheses().values()]
    goal = _phrase(statement.goal, header)
    text = f"If {' and '.join(facts)}, then {goal}" if facts else goal
    return text[:1].upper() + text[1:] + "."


@lru_cache(maxsize=4096)
def described(name: str, header: Header) -> str:
    """What a definition is, from its docstring: its first sentence without the full stop; its name where that is none
    or no noun."""
    short = name.rpartition(".")[2]
    found = re.search(_DOCSTRING.format(name=rf"(?:[\w.']+\.)?{re.escape(short)}"), header.text, re.DOTALL)
    if not found:
        return f"`{short}`"
    text = re.split(r"\.(?:\s|$)|[:;]\s", " ".join(found[1].split()), maxsplit=1)[0]
    if re.match(_NO_NOUN, text, re.IGNORECASE):
        return f"`{short}`"
    as_it_is = re.match(
        r"(?:the|a|an|one|two|three|twice|half|whether|what|how)\b|[\w-]+'s\b", text, re.IGNORECASE
    )
    return text if as_it_is else f"The {text[:1].lower()}{text[1:]}"


def _phrase(fact: str, header: Header) -> str:
    fact = bare(fact)
    if fact.startswith(("∀", "∃", "fun")):
        return f"`{fact}`"
    for joint, word in _JOINTS:
        parts = split_at(fact, (joint,))
        if parts:
            return f"{_phrase(parts[0], header)} {word} {_phrase(parts[2], header)}"
    if fact.startswith("¬"):
        return f"it is not so that {_phrase(fact[1:].strip(), header)}"
    if any(token == "→" for token, _, _ in top_level(fact)):
        premise, _, rest = fact.partition("→")
        return f"{_phrase(rest.strip(), header)} whenever {_phrase(premise.strip(), header)}"
    sides = relation(fact)
    if sides is None:
        return _term(fact, header) + " holds"
    left, sign, right = sides
    if left == "0" and sign in _ZERO:
        return f"{_term(right, header)} {_ZERO[sign]}"
    if right == "0" and sign == "≠":
        return f"{_term(left, header)} is not zero"
    return f"{_term(left, header)} {_WORDS[sign]} {_term(right, header)}"


def _term(text: str, header: Header) -> str:
    """A term: an application of one definition by its docstring, anything else as it is written."""
    text = bare(text)
    try:
        head = read(text)
    except (UnknownError, RecursionError):
        return f"`{text}`"
    if head[0] == "name":
        return f"`{text}`"
    if head[0] == "call" and head[1][0] == "name":  # type: ignore[index]
        name = str(head[1][1])  # type: ignore[index]
        if name in header.functions:
            words = described(name, header)
            if not words.startswith("`"):
                return f"{words[:1].lower()}{words[1:]} (`{text}`)"
    return f"`{text}`"
