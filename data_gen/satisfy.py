"""Values at which a theorem's hypotheses hold: found in Python, checked by Lean.

A theorem whose hypotheses no values satisfy says nothing, and one that only zeros and ones satisfy says little. Each point that
`data_gen.points` finds is written as a closed proposition, which Lean checks.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

from data_gen.candidates import marks, probe
from data_gen.headers import read_header
from data_gen.judging import Judging
from data_gen.points import TRIVIAL, Point, facts, points
from data_gen.terms import mentions, parse_statement
from physprover.records import Theorem

_END = "satisfied_end"
_MARK = "satisfied_"
_NUMBER = r"\(\(*(-?\d+(?:/\d+)?)\)* : (?:Rat|Int|Nat)\)"
_CLOSERS = (
    "decide",
    "decide +kernel",
    "grind{0}",
    "(simp{0}; done)",
    "(intros; grind{0})",
    "(simp{0}; grind{0})",
)


@dataclass(frozen=True)
class Found:
    """What is known of a theorem's hypotheses."""

    point: Point | None  # values at which Lean finds them true; None where none was found
    trivial: bool = False  # every number of the point that a hypothesis speaks of is 0, 1 or -1


def find(
    theorems: Iterable[Theorem], judging: Judging, tick: Callable[[], None] = lambda: None
) -> dict[str, Found]:
    """Look for values for each theorem that has hypotheses, by name."""
    asked = {t.name: (t, *drawn) for t in theorems if (drawn := question(t))}
    answers = judging.ask({n: (t, body) for n, (t, body, _) in asked.items()}, tick, messages=1)
    return {n: answer(t, answers[n].message, drawn) for n, (t, _, drawn) in asked.items()}


def question(theorem: Theorem) -> tuple[str, list[Point]] | None:
    """A proof body that fails on purpose with a mark for each point at which Lean finds the hypotheses true, and the
    points; None where there is no hypothesis. Ask with one message."""
    statement, header = parse_statement(theorem.statement), read_header(theorem.header)
    if statement is None or not statement.hypotheses():
        return None
    found = list(points(statement, header))
    names = [n for n in theorem.premises if n in header.functions]
    tries = []
    for number, point in enumerate(found):
        closed = [f"({fact})" for fact in facts(statement, point)]
        hint = f" [{', '.join(names)}]" if names else ""
        closer = "first | " + " | ".join(c.format(hint) for c in _CLOSERS)
        split = f"refine ⟨{', '.join(['?_'] * len(closed))}⟩ <;> ({closer})" if len(closed) > 1 else closer
        tries.append((f"{_MARK}{number}", " ∧ ".join(closed), (split,)))
    return probe(_END, tries), found


def answer(theorem: Theorem, message: str, found: Sequence[Point]) -> Found:
    """What Lean's answer to `question` says: the first point that satisfies the hypotheses, less trivial ones first."""
    for number, point in enumerate(found):
        if f"{_MARK}{number}" in marks(message):
            return Found(point, _trivial(theorem, point))
    return Found(None)


def written(point: Point) -> str:
    """A point in words: `m = 2, v = 1/2`."""
    return ", ".join(f"{name} = {_bare(value)}" for name, value in point.items())


def _bare(value: str) -> str:
    """A value without the type ascribed to the whole of it."""
    found = re.fullmatch(r"\((.*) : [\w. ]+\)", value)
    return found[1] if found else value


def _trivial(theorem: Theorem, point: Point) -> bool:
    statement = parse_statement(theorem.statement)
    assert statement is not None  # `question` read it
    spoken = " ".join(statement.hypotheses().values())
    typed = [re.fullmatch(_NUMBER, v) for n, v in point.items() if mentions(spoken, n)]
    numbers = [Fraction(v[1]) for v in typed if v]
    return bool(numbers) and all(number in TRIVIAL for number in numbers)
