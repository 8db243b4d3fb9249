"""The negation of a conjecture, as a theorem with proofs to try: what is false says so with a counterexample.

`theorem t (x y : Int) (h : 0 < x) : x ≤ y` is refuted by `¬ ∀ (x y : Int) (h : 0 < x), x ≤ y`, proved at x = 1, y = 0.
"""

from __future__ import annotations

import re
from itertools import product
from random import Random
from typing import TYPE_CHECKING

from data_gen.candidates import Candidate, marked, proof_text, tactics
from data_gen.headers import read_header
from data_gen.terms import Statement, atom, mentions, normal_form, parse_statement, top_level

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


# -- Small closed terms of a type, for trying a statement at points: numbers, constructors, pairs, lists, structures. --

_BASE = {
    "Int": ("0", "1", "(-1)", "2", "3"),
    "Nat": ("0", "1", "2", "3"),
    "Bool": ("true", "false"),
    "Prop": ("True", "False"),
}
_FIELD = re.compile(r"^[ \t]+\(?([\w' ]+?)[ \t]*:[ \t]*([^:=\n]+?)\)?[ \t]*(?:--.*)?$", re.MULTILINE)
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
        fields = _fields(kind, header)
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


def _fields(kind: str, header: Header) -> list[str]:
    """Types of a structure's fields as the header writes them, none where it cannot be found."""
    body = re.search(rf"^structure {re.escape(kind)}\b[^\n]*where\n((?:[ \t]+.*\n|\n)+)", header.text, re.M)
    if body is None:
        return []
    return [kind for names, kind in _FIELD.findall(body[1]) for _ in names.split()]


# -- Are a proved theorem's hypotheses consistent, and does it need them? One check asks both. --
#
# The check is a proof body that fails on purpose: each thing that could be shown leaves a mark in the context, and the closing
# `fail` prints the context.

END = "hypotheses_end"
VACUOUS = "hypotheses_clash"
_SPARE = "spare_"


def question(theorem: Theorem) -> str | None:
    """A proof body to ask; None for a theorem without hypotheses.

    A contradiction is sought by omega, simp_all and grind; a hypothesis is spare when the theorem's own proof, or grind,
    goes through after it was cleared.
    """
    statement = parse_statement(theorem.statement)
    if statement is None or not statement.hypotheses():
        return None
    lines = ["by", marked(VACUOUS, "False", (_clash(theorem),))]
    own = tactics(theorem.proof or "")
    for name in statement.hypotheses():
        if own and not any(mentions(line, name) for line in own):
            lines.append(marked(_SPARE + name, statement.goal, (f"clear {name}", *own)))
        lines.append(
            marked(_SPARE + name, statement.goal, (f"clear {name}", f"grind [{_definitions(theorem)}]"))
        )
    return "\n".join([*lines, f'  fail "{END}"'])


def refutation(theorem: Theorem) -> str:
    """A proof that uses the hypotheses only: it goes through when they contradict each other."""
    return f"by\n  exfalso\n  {_clash(theorem)}"


def contradictory(message: str) -> bool:
    """Whether Lean's answer says that the hypotheses contradict each other."""
    return VACUOUS in message.split()


def spare(message: str, theorem: Theorem) -> list[str]:
    """Hypotheses the answer marks as not needed."""
    statement = parse_statement(theorem.statement)
    words = set(message.split())
    return [name for name in statement.hypotheses() if _SPARE + name in words] if statement else []


def idle_variables(theorem: Theorem) -> list[str]:
    """Explicit variables that neither the goal nor another binder mentions."""
    statement = parse_statement(theorem.statement)
    if statement is None:
        return []
    text = " ".join([*(b.type for b in statement.binders), statement.goal])
    return [name for name in statement.variables() if not mentions(text, name)]


def _clash(theorem: Theorem) -> str:
    return f"first | omega | (simp_all; done) | grind [{_definitions(theorem)}]"


def _definitions(theorem: Theorem) -> str:
    functions = read_header(theorem.header).functions
    return ", ".join(name for name in theorem.premises if name in functions)
