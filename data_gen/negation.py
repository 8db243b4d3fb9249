"""The negation of a conjecture, as a theorem with proofs to try: what is false says so with a counterexample.

`theorem t (x y : Int) (h : 0 < x) : x ≤ y` is refuted by `¬ ∀ (x y : Int) (h : 0 < x), x ≤ y`, proved at x = 1, y = 0.
"""

from __future__ import annotations

from itertools import product
from random import Random

from data_gen.candidates import Candidate, proof_text
from data_gen.headers import Header, read_header
from data_gen.terms import Statement, atom, normal_form, parse_statement, top_level
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
    names = ", ".join(header.definitions(theorem.premises))
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


# -- Small closed terms of a type, for trying a statement at points: numbers, constructors, pairs, lists, structures. --

_BASE = {
    "Int": ("0", "1", "(-1)", "2", "3"),
    "Nat": ("0", "1", "2", "3"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
}
_DEPTH = 2  # structures within structures
_COUNT = 3  # values of a compound type


def small_values(kind: str, header: Header, depth: int = 0) -> tuple[str, ...]:
    """Terms of the type, simplest first; none where the type is not understood."""
    kind = kind.strip()
    if kind in _BASE:
        return _BASE[kind]
    if kind in header.enums:
        return header.enums[kind]
    if depth > _DEPTH:
        return ()
    if parts := _product(kind):
        return tuple(f"({', '.join(row)})" for row in _rows(parts, header, depth))
    if kind.startswith("List "):
        one = small_values(kind.removeprefix("List ").strip("()"), header, depth + 1)
        return ("[]", f"[{one[0]}]", f"[{one[0]}, {one[-1]}]") if one else ()
    if kind in header.structures:
        fields = [type_ for _, type_ in header.fields(kind)]
        return tuple(f"(⟨{', '.join(row)}⟩ : {kind})" for row in _rows(fields, header, depth))
    return ()


def _rows(kinds: list[str], header: Header, depth: int) -> list[tuple[str, ...]]:
    """One term for each type, `_COUNT` times, shifted so that fields of one type differ."""
    choices = [small_values(kind, header, depth + 1) for kind in kinds]
    if not choices or not all(choices):
        return []
    return [
        tuple(atom(options[(number + place) % len(options)]) for place, options in enumerate(choices))
        for number in range(_COUNT)
    ]


def _product(kind: str) -> list[str]:
    """The factors of `A × B`, none for any other type."""
    marks = [(start, end) for token, start, end in top_level(kind) if token == "×"]
    if not marks:
        return []
    edges = [0, *(edge for mark in marks for edge in mark), len(kind)]
    return [kind[a:b].strip().strip("()") for a, b in zip(edges[::2], edges[1::2], strict=True)]
