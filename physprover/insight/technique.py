"""Techniques by name: which theorems a proof calls, what it constructs, how it transforms the goal.

A technique is one short line: `use Int.mul_comm`, `induction n`, `decide grind`.
"""

from __future__ import annotations

from typing import Literal, get_args

from physprover.records import Record

Kind = Literal["theorem call", "construction", "transformation"]
Name = Literal[
    "use", "unfold", "apply",
    "witness", "claim", "obtain", "suffices", "define", "generalise",
    "rewrite", "simplify", "cases", "induction", "contradiction", "split", "extensionality", "symmetry", "calc",
    "decide", "tactic",
]  # fmt: skip
Evidence = Literal["needed", "sketch", "proof"]

_CALLS = frozenset({"use", "unfold", "apply"})
_CONSTRUCTIONS = frozenset({"witness", "claim", "obtain", "suffices", "define", "generalise"})


class Technique(Record):
    """One technique of one proof."""

    name: Name
    detail: str = ""  # on one line: the constant as written, the variable, the term, the claim
    decl: str = ""  # full name of the constant, where it names one
    evidence: Evidence = (
        "proof"  # needed: the proof fails without it; sketch: it stands in the sketch; proof: in the proof
    )

    @property
    def kind(self) -> Kind:
        if self.name in _CALLS:
            return "theorem call"
        return "construction" if self.name in _CONSTRUCTIONS else "transformation"

    @property
    def line(self) -> str:
        """As a prover writes it."""
        return f"{self.name} {self.detail}".strip()


def read_line(line: str) -> Technique | None:
    """The technique that `line` names; None where its first word is no technique."""
    name, _, detail = " ".join(line.split()).partition(" ")
    return Technique.model_validate({"name": name, "detail": detail}) if name in get_args(Name) else None
