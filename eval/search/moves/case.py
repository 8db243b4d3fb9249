"""One statement under search, as the moves see it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Literal, Protocol

from eval.search.budget import Amount
from eval.search.library import Lemma, lemmas
from eval.search.statement import definitions
from physprover.lean.text.statements import shape

if TYPE_CHECKING:
    from eval.search.desk import Desk
    from eval.search.experience import View
    from eval.search.library import Library
    from eval.search.moves.fill import Filling
    from physprover.lean.text.statements import Shape
    from physprover.records import Theorem

Kind = Literal["script", "direct", "retrieve", "decompose", "repair"]
KINDS: tuple[Kind, ...] = ("script", "direct", "retrieve", "decompose", "repair")

PREMISES = 6  # lemmas that RETRIEVE brings in
ANALOGIES = 12  # proofs of alike statements that it looks at
SAMPLES = 4  # attempts of one sampling move
ONE_CHECK = Amount(checks=1, seconds=0.3)
SAMPLING = Amount(tokens=400, checks=SAMPLES, seconds=1.0)
FILLING = Amount(checks=3, seconds=1.0)
"""What a move is expected to cost before it was ever made."""


class Move(Protocol):
    """Something that may be done next. Its `arm` names what is learned about it."""

    @property
    def arm(self) -> str: ...

    @property
    def kind(self) -> Kind: ...

    @property
    def guess(self) -> Amount:
        """Expected cost before there is any experience."""
        ...

    def run(self, case: Case) -> None:
        """Do it. Raises `OutOfBudget` as soon as the next step is not affordable."""
        ...


@dataclass
class Case:
    """What is known of one statement so far."""

    theorem: Theorem
    desk: Desk
    library: Library
    view: View
    done: set[str] = field(default_factory=set)  # arms that can be used once and were
    repaired: set[str] = field(default_factory=set)  # attempts that REPAIR has seen
    drafts: list[str] = field(default_factory=list)  # what the prover wrote with names that stand for nothing
    leaves: list[tuple[str, bool]] = field(default_factory=list)  # (closing script, whether it closed a hole)
    fillings: dict[str, Filling] = field(default_factory=dict)  # sketches that DECOMPOSE has opened
    facts: tuple[str, ...] = ()  # lemmas that RETRIEVE has found
    kinds: frozenset[Kind] = frozenset(KINDS)
    shape: Shape = field(init=False)
    definitions: list[str] = field(init=False)

    def __post_init__(self) -> None:
        self.shape = shape(self.theorem.statement)
        self.definitions = definitions(self.theorem)

    @cached_property
    def lemmas(self) -> list[Lemma]:
        """Those of the header that RETRIEVE would bring in."""
        return lemmas(self.theorem, PREMISES)

    @cached_property
    def analogies(self) -> list[str]:
        """Proofs of alike statements, this one's names put in."""
        return self.library.analogies(self.theorem, ANALOGIES)

    @property
    def solved(self) -> bool:
        return self.desk.proof is not None

    def leaf(self, template: str, closed: bool) -> None:
        """Remember whether a closing script closed a hole."""
        self.leaves.append((template, closed))
