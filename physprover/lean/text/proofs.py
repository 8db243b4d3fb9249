"""A proof body: how it joins its statement, and whether anything in it is still open.

A body is what follows the statement: a term or tactic block behind `:=`, arms `| pattern => …`, or `where …`.
"""

from __future__ import annotations

import re

from physprover.errors import DataError
from physprover.lean.text.tokens import Source, mask

_SORRY = re.compile(r"(?<![\w'.])sorry(?![\w'])")
_HOLES = frozenset({"", "by", "sorry", "by sorry", "by skip sorry"})
_OPENER = re.compile(r"\s*(?::=|\|(?![|])|where(?![\w'.]))")


def compose(statement: str, proof: str) -> str:
    """Statement and proof as one Lean text, without a newline at its end.

    `:=` is put between them unless the body brings its own beginning: `| pattern => …`, `where …` or `:= …`.
    """
    statement = statement.rstrip()
    begins = _OPENER.match(_masked(proof))
    form = begins[0].strip() if begins else ""
    between = {"": " := ", ":=": " ", "where": " "}.get(form, "\n  ")
    if "--" in statement.rpartition("\n")[2]:  # a comment at its end would swallow what follows
        between = "\n" + between.lstrip("\n")
    return statement + between + (proof.lstrip() if form else proof)


def as_term(proof: str) -> str:
    """A body that can stand behind `:=`: arms become a `fun`, `where` a structure instance."""
    text = proof.strip()
    begins = _OPENER.match(_masked(text))
    form = begins[0].strip() if begins else ""
    if form == ":=":
        return text[2:].lstrip()
    if form == "|":
        return f"fun\n  {text}"
    if form == "where":
        return "{" + text[len("where") :].rstrip() + " }"
    return text


def has_sorry(proof: str) -> bool:
    """Whether a proof is unfinished; the word in a comment or string does not count."""
    return bool(_SORRY.search(_masked(proof)))


def is_hole(body: str) -> bool:
    """Whether a body is an empty place (`by`, `sorry`, `by sorry`, nothing) rather than a proof."""
    text = " ".join(_masked(body).replace(";", " ").split())
    return text.removeprefix(":=").strip() in _HOLES


def _masked(text: str) -> str:
    """The masked text; the text itself where a comment or string in it never ends: Lean will say so."""
    return masked_or_plain(text).masked


def masked_or_plain(text: str) -> Source:
    """`mask`, which for a text with an unclosed comment or string masks nothing."""
    try:
        return mask(text)
    except DataError:
        return Source(text, text, ())
