"""The negation of a conjecture, as a theorem with proofs to try: what is false says so with a counterexample.

`theorem t (x y : Int) (h : 0 < x) : x ≤ y` is refuted by `¬ ∀ (x y : Int) (h : 0 < x), x ≤ y`, proved at x = 1, y = 0.
"""

from __future__ import annotations

from itertools import product
from random import Random
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate
from data_gen.headers import read_header
from data_gen.proofs import proof_text
from data_gen.terms import Statement, normal_form, parse_statement
from data_gen.values import small_values

if TYPE_CHECKING:
    from data_gen.headers import Header
    from physprover.records import Theorem

_POINTS = 12  # counterexamples tried in one check


def negation(theorem: Theorem) -> Candidate | None:
    """The negation under the same header; None where the statement has implicit or instance arguments, or none at all."""
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.binders or any(b.bracket != "(" for b in statement.binders):
        return None
    header = read_header(theorem.header)
    quantified = " ".join(map(str, statement.binders))
    negated = Statement(f"{statement.name}_not", (), f"¬ ∀ {quantified}, {statement.goal}")
    renamed = theorem.replace(
        name=f"{theorem.name}_not",
        statement=str(negated),
        rule=f"not-{theorem.rule}",
        lemmas=(),
        informal=None,
    )
    return Candidate(renamed, _proofs(statement, header, theorem), normal_form(negated))


def _proofs(statement: Statement, header: Header, theorem: Theorem) -> tuple[str, ...]:
    names = ", ".join(n for n in theorem.premises if n in header.functions)
    closers = ["(revert this; decide)", f"(simp [{names}] at this; done)", f"(grind [{names}])"]
    tries = [
        f"| (have := all {' '.join(point)}; first | {' | '.join(closers)})"
        for point in _points(statement, header)
    ]
    if not tries:
        return (proof_text(("intro all", f"grind [{names}]")),)
    return (proof_text(("intro all", "first", *tries)),)


def _points(statement: Statement, header: Header) -> list[tuple[str, ...]]:
    """Argument lists worth trying: small values for the variables, `by decide`-like proofs for the hypotheses."""
    variables = statement.variables()
    choices = [small_values(kind, header) for kind in variables.values()]
    if not choices or not all(choices):
        return []
    wide = [c[:3] for c in choices[:5]] + [c[:1] for c in choices[5:]]
    drawn = Random(str(statement)).sample(list(product(*wide)), min(_POINTS, _size(wide)))
    found = []
    for point in drawn:
        values = dict(zip(variables, point, strict=True))
        found.append(
            tuple(values.get(name, "(by first | decide | simp | omega)") for name in statement.arguments())
        )
    return found


def _size(choices: list[tuple[str, ...]]) -> int:
    total = 1
    for options in choices:
        total *= len(options)
    return total
